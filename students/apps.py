from django.apps import AppConfig


class StudentsConfig(AppConfig):
    """Chapters 1 and 2: student, family, enrollment, survey, language status, placement, Yellow Folder."""

    name = "students"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from district import looks, parts, reference
        from district.permissions import Permission
        from students import loaders, standing
        from students.models import Student
        from students.queries import services

        reference.register("moves of the language status", loaders.load_transitions)
        reference.register("programs", loaders.load_programs)
        reference.register("fields of Aeries", loaders.load_aeries_fields)
        reference.register("parts of the packet", loaders.load_packet_parts)
        sections = _("Groups that have ELD together, with their levels, teacher and minutes.")
        parts.register(parts.Part(Permission.ASSIGN_SERVICES, "sections", _("ELD sections"), sections))
        documents = _("Who may teach English learners, and until when.")
        parts.register(parts.Part(Permission.RECORD_AUTHORIZATION, "authorizations", _("Authorizations"), documents))
        note = _("From which level a child is placed in the mainstream; not configured until the district sets it.")
        parts.register(parts.Part(Permission.MANAGE_DISTRICT, "fluency_cut", _("Reasonable fluency"), note))
        languages = _("In which languages each school owes what it sends home, by last year's count.")
        parts.register(parts.Part(Permission.VIEW_LETTERS, "school_languages", _("Languages owed"), languages))
        spoken = _("In which languages each school holds parent conferences by itself.")
        parts.register(parts.Part(Permission.PLAN_CONFERENCE, "staff_languages", _("Languages of the staff"), spoken))
        year = _("The children of a grade go on to their new class.")
        parts.register(parts.Part(Permission.ENROLL, "new_year", _("Begin a school year"), year))
        looks.register(lambda user: Student.objects.visible_to(user, Permission.VIEW_ACCESS))
        _register_looks()
        _register_put_back()
        standing.register(services.stands_on)
        _register_duties()
        _register_facts()
        _register_doings()


def _register_doings() -> None:
    """What the office can do with a child, in the order of a child's way through the year."""
    from django.utils.translation import gettext_lazy as _

    from district.permissions import Permission
    from students import doings
    from students.doings import Doing

    doings.register(
        Doing(Permission.RECORD_SURVEY, "survey", _("Enter the survey"), lambda child: not child.surveys.exists()),
        Doing(Permission.RECORD_SURVEY, "survey", _("Amend the survey"), lambda child: child.surveys.exists()),
        Doing(Permission.RECORD_RECORDS, "records", _("Records"), lambda child: child.records_requests.exists()),
        Doing(Permission.ASK_CORRECTION, "correction_ask", _("Correct the status"), _has_status),
        Doing(Permission.ENROLL, "student_edit", _("Particulars and class")),
        Doing(Permission.ENROLL, "family", _("Family and languages")),
        Doing(Permission.ENROLL, "flags", _("Flags")),
        Doing(Permission.HOLD_CONFERENCE, "child_conferences", _("Parent conferences")),
        Doing(Permission.VIEW_STUDENTS, "child_services", _("Services"), _is_learner),
        Doing(Permission.RECORD_REQUEST, "wish_new", _("What the family wants"), _is_learner),
        Doing(Permission.RECORD_REQUEST, "request_new", _("Request for a language program")),
        Doing(Permission.FILE_ORIGINALS, "folder", _("File originals")),
        Doing(Permission.SCAN_ORIGINALS, "scan_attach", _("Attach a scan")),
        Doing(Permission.ENROLL, "packet", _("Registration packet")),
        Doing(Permission.REVIEW_RECORDS, "change_ask", _("Something is wrong")),
        Doing(Permission.ENROLL, "transfer", _("Move or leave")),
    )


def _is_learner(child) -> bool:
    return child.statuses.filter(status__in=("EL", "TBD"), ends__isnull=True).exists()


def _has_status(child) -> bool:
    return child.statuses.exists()


def _register_duties() -> None:
    """Duties of this app, and the originals whose filing is one of them."""
    from district import duties as ground
    from students import duties, originals

    ground.register(*duties.RULES)
    for source in duties.OWN_ORIGINALS:
        originals.register(source)
        ground.register(duties.filing_duty(source))


def _register_facts() -> None:
    """What Aeries must show as well, and of what the teachers get copies; the duties that follow."""
    from django.utils.translation import gettext_lazy as _

    from district import duties as ground
    from students import duties, facts
    from students.enums import CopyKind
    from students.queries import copies

    for fact in facts.OWN:
        facts.register(fact)
        ground.register(duties.aeries_duty(fact, duties.OWN_FACTS[fact.kind]))
    for copy in copies.OWN:
        copies.register(copy)
        if copy.kind == CopyKind.CHANGE:  # the duty to hand out placement copies is older and its own
            ground.register(duties.copy_duty(copy, _("Give the teacher the change of the record")))


def _register_looks() -> None:
    """Say whose log of looks a person may read."""
    from district import looks
    from district.permissions import Permission
    from students.models import Student

    looks.register(lambda user: Student.objects.visible_to(user, Permission.VIEW_ACCESS))


def _register_put_back() -> None:
    """Say how each ordinary entry of this app is put back (D-25)."""
    from district import entries
    from students.actions import (
        authorizations,
        changes,
        conference_days,
        conferences,
        corrections,
        enrolling,
        family,
        filing,
        interpreters,
        packets,
        placing,
        records,
        requests,
        reviews,
        scans,
        services,
        surveys,
        years,
    )

    older = (changes, conference_days, conferences, corrections, interpreters, packets, reviews, scans)
    for module in (*older, authorizations, requests, services):
        for kind, put_back in module.PUT_BACK.items():
            entries.register(kind, put_back)
    entries.register(surveys.SURVEY, surveys.put_back_survey)
    entries.register(surveys.SIGNED, surveys.put_back_signature)
    entries.register(enrolling.ENROLLED, enrolling.put_back_enrollment)
    entries.register(enrolling.MOVED, enrolling.put_back_transfer)
    entries.register(years.PROMOTED, years.put_back_promotion)
    entries.register(enrolling.LEFT, enrolling.put_back_exit)
    entries.register(placing.PLACED, placing.put_back_placement)
    entries.register(placing.COPY_GIVEN, placing.put_back_copies)
    entries.register(placing.CUT_SET, placing.put_back_cut)
    entries.register(records.ATTEMPT, records.put_back_attempt)
    entries.register(records.RECEIVED, records.put_back_received)
    entries.register(records.RECORDS, records.put_back_records)
    entries.register(family.PARTICULARS, family.put_back_particulars)
    entries.register(family.FAMILY, family.put_back_family)
    entries.register(family.STAY, family.put_back_stay)
    entries.register(family.FLAGGED, family.put_back_flag)
    entries.register(family.FLAG_ENDED, family.put_back_flag_end)
    entries.register(filing.FILED, filing.put_back_filing)
