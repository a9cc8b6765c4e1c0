"""The other papers: notice before the first test, request for records, label of the Yellow Folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from assessments import queries
from assessments.enums import Test
from assessments.letters import values as say
from assessments.letters.values import Facts
from assessments.models import TestPlan
from assessments.queries import Child, gather
from district.enums import Role
from district.models import District, School, User
from district.queries import due, period
from notifications.facts import Checklist, Day, LetterFacts, Missing, Term
from notifications.kinds import NoticeRun
from notifications.models import Letter
from students.enums import ElStatus
from students.models import RecordsRequest, Student
from students.queries import with_status

Said = Mapping[int, LetterFacts | list[Missing]]
FOLDER_STATUSES = (ElStatus.EL, ElStatus.RFEP)


class BeforeTestNotice:
    """The Initial ELPAC will be given: told before it is (IA-01, 5 CCR 11518.5(c))."""

    run = NoticeRun("before_test_notice", ("before_test",))

    def due(self, school: School | None, on: date) -> QuerySet[Student]:
        return Student.objects.enrolled(on, school).filter(pk__in=queries.before_test_letters_due(on).values("student"))

    def facts_for(self, students: Sequence[Student], on: date) -> Said:
        keys = [student.pk for student in students]
        due_on = dict(queries.waiting(on).filter(student__in=keys).values_list("student", "due_on"))
        return {
            child.student.pk: before_test_facts(child, due_on.get(child.student.pk)) for child in gather(students, on)
        }


def before_test_facts(child: Child, due_on: date | None) -> LetterFacts | list[Missing]:
    """What the notice before the test says. due_on: the last day of the clock, None where none runs."""
    facts = Facts(child)
    say.put_person(facts)
    say.put_language(facts)
    say.put_survey_language(facts)
    survey = child.survey
    facts.put("survey_date", Day(survey.answered_on) if survey else None)
    is_alternate = child.plan is not None and child.plan.kind == TestPlan.Kind.ALTERNATE
    test = Test.INITIAL_ALTERNATE_ELPAC if is_alternate else Test.INITIAL_ELPAC
    facts.put("test_name", Term(f"test.{test}"))
    facts.conditions["alternate"] = is_alternate
    what = _("a running clock: the child is tested already, or is not to be tested")
    facts.put("test_due", Day(due_on) if due_on else None, what, "child", pk=child.student.pk)
    return facts.missing or LetterFacts(
        facts.values, facts.conditions, facts.blocks, f"survey {survey.pk}" if survey else ""
    )


class RecordsRequestLetter:
    """The request to the former district for survey, scores and status (MP1-46 to MP1-48, MP1-51)."""

    def due(self, school: School | None, on: date) -> QuerySet[Student]:
        """Children whose records are awaited and were not asked for by letter."""
        letter = Letter.objects.filter(
            kind=queries.RECORDS_REQUEST, student=OuterRef("student"), dated__gte=OuterRef("enrollment__starts")
        )
        awaited = RecordsRequest.objects.filter(~Exists(letter), entered_on__isnull=True, enrollment__starts__lte=on)
        return Student.objects.enrolled(on, school).filter(pk__in=awaited.values("student"))

    def facts_for(self, students: Sequence[Student], on: date) -> Said:
        keys = [student.pk for student in students]
        length = period("TR-01", on)
        requests = (
            RecordsRequest.objects.filter(student__in=keys)
            .select_related("enrollment")
            .annotate(due_on=due(F("enrollment__starts"), F("enrollment__school"), length))
            .order_by("student_id", "-pk")
            .distinct("student_id")
        )
        by_child = {request.student_id: request for request in requests}
        children = gather(students, on)
        signers = _signers({child.stay.school for child in children if child.stay}, on)
        fax = District.objects.values_list("fax", flat=True).first() or ""
        return {
            child.student.pk: records_facts(child, by_child.get(child.student.pk), signers, fax) for child in children
        }


def _signers(schools: set[School], on: date) -> dict[int, User]:
    """The secretary of each school: who asks for records."""
    found = {school.pk: User.objects.holding(Role.SECRETARY, school, on).order_by("pk").first() for school in schools}
    return {school: user for school, user in found.items() if user}


def records_facts(
    child: Child, request: RecordsRequest | None, signers: Mapping[int, User], fax: str
) -> LetterFacts | list[Missing]:
    """What the request says; what has come already is ticked."""
    facts = Facts(child)
    student = child.student
    say.put_person(facts)
    if request is None:
        facts.lack(_("a request for records: the child is no transfer from California"), "records", pk=student.pk)
        return facts.missing
    edit = {"url_name": "student_edit", "pk": student.pk}
    stay = request.enrollment
    facts.put("ssid", student.ssid, _("the SSID"), **edit)
    facts.put("former_district", stay.former_district, _("the former district"), **edit)
    facts.put("former_school", stay.former_school or stay.former_district)
    facts.put("enrollment_date", Day(stay.starts))
    due_on = request.due_on  # type: ignore[attr-defined]
    facts.put("records_due", Day(due_on) if due_on else None, _("the calendar of the school year"), "school_calendar")
    _put_reach(facts, fax)
    signer = signers.get(child.stay.school_id) if child.stay else None
    facts.put("signer_name", str(signer) if signer else None, _("a secretary at the school"), "people")
    facts.put("signer_title", str(Role.SECRETARY.label))
    facts.blocks["records_list"] = Checklist(
        (
            (Term("records.survey"), request.survey_received_on is not None),
            (Term("records.scores"), request.scores_received_on is not None),
            (Term("records.status"), request.status_received_on is not None),
            (Term("records.placement"), False),
        )
    )
    return facts.missing or LetterFacts(facts.values, facts.conditions, facts.blocks, f"request {request.pk}")


def _put_reach(facts: Facts, fax: str) -> None:
    """Where the answer can be sent: the district's fax, the school's address."""
    if facts.child.stay is None:
        return
    school = facts.child.stay.school
    ways = [_("fax %(number)s") % {"number": fax}] if fax else []
    ways += [school.address] if school.address else []
    reach = _(" or ").join(ways)
    facts.put("contact_reach", reach, _("a fax number or an address for the answer"), "school_change", pk=school.pk)


class FolderLabel:
    """The label of the Yellow Folder of every English learner and every reclassified child (MP1-33, MP1-34)."""

    def due(self, school: School | None, on: date) -> QuerySet[Student]:
        """English learners and reclassified children without a label."""
        labelled = Letter.objects.filter(kind=queries.FOLDER_LABEL, student=OuterRef("pk"))
        children = with_status(Student.objects.enrolled(on, school), on)
        return children.filter(~Exists(labelled), status__in=FOLDER_STATUSES)

    def facts_for(self, students: Sequence[Student], on: date) -> Said:
        return {child.student.pk: label_facts(child) for child in gather(students, on)}


def label_facts(child: Child) -> LetterFacts | list[Missing]:
    """The lines of the label."""
    facts = Facts(child)
    student = child.student
    edit = {"url_name": "student_edit", "pk": student.pk}
    facts.put("student", student.name)
    facts.put("birth_date", Day(student.birth_date))
    facts.put("student_number", student.local_id)
    facts.put("ssid", student.ssid, _("the SSID"), **edit)
    facts.put("school", child.stay.school.name if child.stay else None, _("an enrollment on this day"), "enroll")
    language = student.primary_language
    what = _("the primary language")
    facts.put("primary_language", say.language_term(language) if language else None, what, "survey", pk=student.pk)
    status, since = student.status, student.status_since  # type: ignore[attr-defined]
    facts.put("status", Term(f"status.{status}") if status else None, _("a language status"), "survey", pk=student.pk)
    facts.put("status_date", Day(since) if since else None)
    return facts.missing or LetterFacts(facts.values, facts.conditions, facts.blocks, f"{status} {since}")
