"""The Home Language Survey: entered, amended, signed, and put back while nothing stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from district import entries
from district.history import acting
from district.models import Entry, Language, User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day
from students import rules, standing
from students.actions.guard import first_day_here, lock_child_of, lock_student
from students.actions.statuses import take_back, take_back_number, write_status
from students.enums import ElStatus, FolderKind, StatusSource, SurveyReason
from students.models import FolderItem, HomeLanguageSurvey, LanguageStatus, Student

SURVEY = "survey"
SIGNED = "survey_signed"


class ChangedMeanwhile(Refusal):
    """Another version came while this one was typed. `survey` is the version in force now."""

    def __init__(self, survey: HomeLanguageSurvey, made_from: int) -> None:
        self.survey = survey
        if survey.pk < made_from:
            said = _("The version that you amend was put back meanwhile: look again.")
        else:
            who_and_when = {"who": survey.entered_by, "day": long_day(survey.entered_at)}
            said = _("The survey was changed meanwhile by %(who)s on %(day)s: look again.") % who_and_when
        mend = _("Version %(n)s is in force and stands below. What you typed is kept; save it again if it is right.")
        super().__init__(said, mend % {"n": survey.version})


def record_survey(
    *,
    by: User,
    student: Student,
    answers: Sequence[Language | None],
    answered_on: date,
    signed_by: str = "",
    signed_on: date | None = None,
    form_language: Language | None = None,
    reason: str = SurveyReason.FIRST,
    note: str = "",
    made_from: int | None = None,
) -> HomeLanguageSurvey:
    """Enter the family's four answers, or a new version of them; set what follows: status and primary language.

    The rule is applied to an unsigned survey too (D-07). `made_from` is the id of the version that whoever amends had
    before the eyes. Refusal: a first survey where there is one, doubt of the staff (that is correction A), an amendment
    where there is none or after the test was begun (HLS-06), a typing error that the state already knows, another
    version that came meanwhile.
    """
    with transaction.atomic(), acting(by, str(SurveyReason(reason).label)):
        child = lock_student(student, by, Permission.RECORD_SURVEY)
        before = HomeLanguageSurvey.objects.filter(student=child).order_by("-version").first()
        if before and made_from and before.pk != made_from:
            raise ChangedMeanwhile(before, made_from)
        _check_version(child, before, reason, answered_on)
        survey = HomeLanguageSurvey.objects.create(
            student=child,
            version=before.version + 1 if before else 1,
            **{f"question_{number + 1}": answer for number, answer in enumerate(answers)},
            answered_on=answered_on,
            form_language=form_language,
            signed_by=signed_by,
            signed_on=signed_on,
            reason=reason,
            note=note,
            entered_by=by,
        )
        replaced = _replaced(child, survey)
        status = _status_that_follows(by, child, survey)
        languages = _set_primary_language(child, before, answers)
        _note_entry(by, child, survey, status, replaced, languages)
    return survey


def _note_entry(
    by: User,
    child: Student,
    survey: HomeLanguageSurvey,
    status: LanguageStatus | None,
    replaced: dict[str, str] | None,
    languages: tuple[str | None, str | None],
) -> None:
    """What putting the survey back needs: the status it gave, the one it replaced, the primary language before."""
    entries.enter(
        by=by,
        kind=SURVEY,
        summary=_("Home Language Survey of %(name)s entered") % {"name": child.name},
        student_id=child.pk,
        school_id=child.school.pk if child.school else None,
        survey=survey.pk,
        sequence=status.sequence if status else None,
        replaced=replaced,
        language_before=languages[0],
        language_after=languages[1],
    )


def _check_version(child: Student, before: HomeLanguageSurvey | None, reason: str, answered_on: date) -> None:
    if reason == SurveyReason.STAFF_CORRECTION:
        raise Refusal(
            _("The survey is the family's; what staff see does not stand in it."),
            _("Ask for a correction by process A on the child's page: “Correct the status”."),
            field="reason",
        )
    if reason == SurveyReason.FIRST:
        if before:
            raise Refusal(
                _("The survey of %(name)s was already entered by %(who)s on %(day)s.")
                % {"name": child.name, "who": before.entered_by, "day": long_day(before.entered_at)},
                _("Open it to see what it says, or amend it with the reason."),
            )
        return
    if before is None:
        raise Refusal(_("There is no survey yet that could be amended."), _("Enter the first one."))
    if answered_on < before.answered_on:
        raise Refusal(
            _("The survey in force is of %(day)s; an amendment cannot be older.")
            % {"day": long_day(before.answered_on)},
            _("Give the day on which it was amended."),
            field="answered_on",
        )
    if closed := amending_closed(child):
        raise closed
    if reason == SurveyReason.ENTRY_ERROR:
        _check_typing_error(child, before)


def amending_closed(child: Student) -> Refusal | None:
    """Why the child's survey can no longer be amended (HLS-06), or None while it can."""
    last = LanguageStatus.objects.filter(student=child).order_by("-sequence").first()
    why = standing.tested(child)
    if not why and last and last.status not in (ElStatus.EO, ElStatus.TBD):
        why = _("%(name)s has been “%(status)s” since %(day)s.") % {
            "name": child.called,
            "status": last.get_status_display(),
            "day": long_day(last.starts),
        }
    if not why:
        return None
    return Refusal(
        _("The survey can be amended until the Initial ELPAC. %(why)s") % {"why": why},
        _("A wrong classification is now corrected by process B or C (5 CCR 11518.20): “Correct the status”."),
    )


def _check_typing_error(child: Student, before: HomeLanguageSurvey) -> None:
    """A typing error is mended as if it had not been made, as long as nobody has acted on it."""
    unmade = Entry(kind=SURVEY, student_id=child.pk, made_at=before.entered_at)
    if why := standing.stands_on(child, unmade):
        raise Refusal(
            _("This cannot be mended as a typing error any more. %(why)s") % {"why": why},
            _("Ask the family, and enter the parent's correction."),
            field="reason",
        )
    if timezone.now() - before.entered_at > entries.KEPT:
        raise Refusal(
            _("The entry of %(day)s is older than 30 days; what it says may be known to the state.")
            % {"day": long_day(before.entered_at)},
            _("Ask the family, and enter the parent's correction."),
            field="reason",
        )


def _replaced(child: Student, survey: HomeLanguageSurvey) -> dict[str, str] | None:
    """For a typing error: the status that the wrong entry gave is taken back, so that the right one starts as it did.

    Returns what was taken back, for putting back; None for every other amendment.
    """
    last = LanguageStatus.objects.filter(student=child).order_by("-sequence").first()
    outcome = rules.survey_finding(survey.answers, child.grade).outcome
    if survey.reason != SurveyReason.ENTRY_ERROR or last is None or not _survey_decides(last, outcome, survey.reason):
        return None
    if outcome == rules.INCOMPLETE:
        return None
    take_back([last.pk])
    return {
        "status": last.status,
        "starts": last.starts.isoformat(),
        "source": last.source,
        "correction": last.correction,
        "reason": last.reason,
    }


def _status_that_follows(by: User, child: Student, survey: HomeLanguageSurvey) -> LanguageStatus | None:
    """The status that the rule gives, written where it differs from the one in force; None when nothing changes."""
    found = rules.survey_finding(survey.answers, child.grade)
    last = LanguageStatus.objects.filter(student=child).order_by("-sequence").first()
    if found.outcome == rules.INCOMPLETE or (last and not _survey_decides(last, found.outcome, survey.reason)):
        return None
    is_first = last is None or survey.reason == SurveyReason.FIRST
    starts = first_day_here(child) if is_first else survey.answered_on
    if last and starts < last.starts:
        starts = last.starts
    is_correction = bool(last and last.status == ElStatus.EO)
    return write_status(
        by=by,
        child=child,
        status=ElStatus(found.outcome),
        starts=starts,
        source=StatusSource.CORRECTION if is_correction else StatusSource.SURVEY,
        correction="1" if is_correction else "",
        reason=found.reason,
    )


def _survey_decides(last: LanguageStatus, outcome: str, reason: str) -> bool:
    """Whether a survey that says this moves the status in force."""
    return last.status != outcome and rules.survey_moves(
        last.status,
        last.is_provisional,
        by_records=last.source == StatusSource.RECORDS,
        amends=reason == SurveyReason.PARENT_AMENDMENT,
    )


def _set_primary_language(
    child: Student, before: HomeLanguageSurvey | None, answers: Sequence[Language | None]
) -> tuple[str | None, str | None]:
    """Set what the answers say (D-07), unless somebody has set another one by hand. Codes before and after."""
    was = child.primary_language_id
    derived = rules.primary_language(before.answers) if before else None
    by_hand = was is not None and (derived is None or was != derived.code)
    found = rules.primary_language(answers)
    if found is None or by_hand:
        return was, was
    child.primary_language_id = found.code
    child.save(update_fields=["primary_language"])
    return was, found.code


def sign_survey(*, by: User, survey: HomeLanguageSurvey, signed_by: str, signed_on: date) -> HomeLanguageSurvey:
    """Add the signature that was missing (MP1-03). Refusal: it is signed already, or signed before it was filled in."""
    with transaction.atomic(), acting(by, _("signature of the survey")):
        child = lock_student(survey.student_id, by, Permission.RECORD_SURVEY)
        row = HomeLanguageSurvey.objects.get(pk=survey.pk)
        if row.signed_on:
            raise Refusal(
                _("The survey was signed by %(who)s on %(day)s.")
                % {"who": row.signed_by, "day": long_day(row.signed_on)}
            )
        if not signed_by.strip():
            raise Refusal(
                _("The name of who signed is missing."), _("Type it as it stands on the paper."), field="signed_by"
            )
        row.signed_by, row.signed_on = signed_by.strip(), signed_on
        row.save(update_fields=["signed_by", "signed_on"])
        entries.enter(
            by=by,
            kind=SIGNED,
            summary=_("Signature on the survey of %(name)s") % {"name": child.name},
            student_id=child.pk,
            school_id=child.school.pk if child.school else None,
            survey=row.pk,
        )
    return row


def put_back_survey(entry: Entry, by: User) -> None:
    """Take a survey and what followed from it back. Refusal where something already stands on it."""
    child = lock_child_of(entry, by, Permission.RECORD_SURVEY)
    survey = HomeLanguageSurvey.objects.filter(pk=entry.data["survey"]).first()
    newest = HomeLanguageSurvey.objects.filter(student=child).order_by("-version").first()
    if survey is None or newest != survey:
        raise Refusal(_("A later version of the survey stands on this one."), _("Put the later version back first."))
    filed = FolderItem.objects.filter(student=child, kind=FolderKind.SURVEY, about_on=survey.answered_on).first()
    if filed:
        raise Refusal(
            _("The original was filed on %(day)s.") % {"day": long_day(filed.filed_on)},
            _("Put the filing back first, or amend the survey."),
        )
    if why := standing.stands_on(child, entry):
        raise Refusal(
            _("The survey cannot be put back any more. %(why)s") % {"why": why},
            _("Amend the survey with the reason."),
        )
    take_back_number(child, entry.data["sequence"])
    if replaced := entry.data["replaced"]:
        write_status(by=by, child=child, **{**replaced, "starts": date.fromisoformat(replaced["starts"])})
    survey.delete()
    if child.primary_language_id == entry.data["language_after"] != entry.data["language_before"]:
        child.primary_language_id = entry.data["language_before"]
        child.save(update_fields=["primary_language"])


def put_back_signature(entry: Entry, by: User) -> None:
    """The signature was entered by mistake."""
    lock_child_of(entry, by, Permission.RECORD_SURVEY)
    HomeLanguageSurvey.objects.filter(pk=entry.data["survey"]).update(signed_by="", signed_on=None)
