"""What parents ask for: another program for their own child, or a language program for many (X-05, EC 310)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from district import entries
from district.actions.doing import doing
from district.history import acting
from district.models import Entry, Language, School, SchoolYear, User
from district.permissions import Permission
from district.queries import school_year
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students import standing
from students.actions.guard import lock_child_of, lock_student, not_before_birth
from students.enums import AskedProgram, ElStatus, FamilyWish, ProgramKind, WishChannel
from students.models import LanguageStatus, Placement, Program, ProgramCase, ProgramRequest, ProgramWish, Student
from students.queries.requests import reached_of
from students.queries.services import stays_on
from students.rules.requests import Reached

WISHED = "program_wish"
ANSWERED = "program_answer"
ASKED = "program_request"
WITHDRAWN = "program_withdrawn"
TOLD = "program_told"
DECIDED = "program_decided"
RECORD, DECIDE = Permission.RECORD_REQUEST, Permission.DECIDE_REQUEST
WHOM = ("parents", "teachers", "administrators", "delac")  # PL-04


# --- one family, its own child ----------------------------------------------------------------------------------


def record_wish(
    *,
    by: User,
    student: Student,
    wish: FamilyWish | str,
    said_on: date,
    said_by: str,
    channel: WishChannel | str,
    words: str,
    program: Program | None = None,
) -> ProgramWish:
    """Write down what a family wants, in its own words (X-05). Refusal: a program is not named, no learner."""
    with transaction.atomic(), acting(by, _("wish of the family")):
        child = lock_student(student, by, RECORD)
        not_before_birth(child.birth_date, said_on=said_on)
        if wish == FamilyWish.CHOOSE and program is None:
            raise Refusal(_("Which program does the family want?"), _("Choose one."), field="program")
        status = LanguageStatus.objects.filter(student=child, ends__isnull=True).first()
        if status is None or status.status not in (ElStatus.EL, ElStatus.TBD):
            raise Refusal(
                _("%(name)s is no English learner.") % {"name": child.name}, _("Programs are for English learners.")
            )
        row = ProgramWish.objects.create(
            student=child,
            wish=wish,
            program=program if wish == FamilyWish.CHOOSE else None,
            said_on=said_on,
            said_by=said_by.strip(),
            channel=channel,
            words=words.strip(),
            recorded_by=by,
        )
        _enter(by, WISHED, _("Wish of the family of %(name)s recorded") % {"name": child.name}, child, wish=row.pk)
    return row


def answer_wish(*, by: User, wish: ProgramWish, on: date, answer: str) -> ProgramWish:
    """Say what followed: the placement that was decided since, or why another one was not.

    Refusal: declining is the parents' right, so the placement must say so first; no words of an answer.
    """
    with transaction.atomic(), acting(by, answer):
        child = lock_student(wish.student_id, by, DECIDE)
        row = ProgramWish.objects.select_for_update(of=("self",)).get(pk=wish.pk)
        if row.answered_on:
            raise Refusal(_("This was answered on %(day)s.") % {"day": long_day(row.answered_on)})
        if not answer.strip():
            raise Refusal(_("What did the school answer?"), _("Write it down."), field="answer")
        placed = Placement.objects.filter(student=child, ends__isnull=True).select_related("program").first()
        if row.wish == FamilyWish.DECLINE and (placed is None or placed.program.kind != ProgramKind.DECLINED):
            raise Refusal(
                _("The parents decline the program, which is their right; the placement does not say so yet."),
                _("Decide the placement “EL services declined” first."),
            )
        row.answered_on, row.answered_by, row.answer = on, by, answer.strip()
        row.placement = placed if placed and placed.starts >= row.said_on else None
        row.save(update_fields=["answered_on", "answered_by", "answer", "placement"])
        _enter(by, ANSWERED, _("Family of %(name)s answered") % {"name": child.name}, child, wish=row.pk)
    return row


def _enter(by: User, kind: str, said: str, child: Student, **data: object) -> None:
    entries.enter(
        by=by,
        kind=kind,
        summary=said,
        student_id=child.pk,
        school_id=child.school.pk if child.school else None,
        **data,
    )


def put_back_wish(entry: Entry, by: User) -> None:
    """The wish was written down by mistake."""
    lock_child_of(entry, by, RECORD)
    if ProgramWish.objects.filter(pk=entry.data["wish"], answered_on__isnull=False).exists():
        raise Refusal(_("The family has been answered."), _("Put the answer back first."))
    ProgramWish.objects.filter(pk=entry.data["wish"]).delete()


def put_back_answer(entry: Entry, by: User) -> None:
    """The family waits for its answer again."""
    lock_child_of(entry, by, DECIDE)
    ProgramWish.objects.filter(pk=entry.data["wish"]).update(
        answered_on=None, answered_by=None, answer="", placement=None
    )


# --- many families, a program of the school ---------------------------------------------------------------------


def record_request(
    *,
    by: User,
    student: Student,
    asked_for: AskedProgram | str,
    language: Language,
    asked_on: date,
    asked_by: str,
    channel: WishChannel | str,
    words: str,
) -> ProgramRequest:
    """Record that a parent asks for a language program, with day and words (5 CCR 11311(d)). Any child counts.

    Refusal: not enrolled on that day, no school year, the same request of the child counts already.
    """
    with transaction.atomic(), acting(by, _("request for a language program")):
        child = lock_student(student, by, RECORD)
        not_before_birth(child.birth_date, asked_on=asked_on)
        stay, year = stays_on([child.pk], asked_on).get(child.pk), school_year(asked_on)
        if stay is None or year is None:
            said = {"name": child.name, "day": long_day(asked_on)}
            raise Refusal(
                _("%(name)s is not enrolled on %(day)s.") % said, _("Give the day of the request."), field="asked_on"
            )
        same = ProgramRequest.objects.filter(
            student=child, year=year, asked_for=asked_for, language=language, withdrawn_on__isnull=True
        ).first()
        if same:
            raise Refusal(
                _("This request was recorded on %(day)s and counts.") % {"day": long_day(same.asked_on)},
                _("Nothing is left to do."),
            )
        row = ProgramRequest.objects.create(
            student=child,
            school=stay.school,
            year=year,
            grade=stay.grade,
            asked_for=asked_for,
            language=language,
            asked_on=asked_on,
            asked_by=asked_by.strip(),
            channel=channel,
            words=words.strip(),
            recorded_by=by,
        )
        _enter(by, ASKED, _("Request for %(name)s recorded") % {"name": child.name}, child, request=row.pk)
    return row


def withdraw_request(*, by: User, asked: ProgramRequest, on: date) -> None:
    """The parent takes the request back; from that day it does not count."""
    with transaction.atomic(), acting(by, _("request withdrawn")):
        child = lock_student(asked.student_id, by, RECORD)
        row = ProgramRequest.objects.select_for_update(of=("self",)).get(pk=asked.pk)
        if row.withdrawn_on:
            raise Refusal(_("This was withdrawn on %(day)s.") % {"day": long_day(row.withdrawn_on)})
        if on < row.asked_on:
            raise Refusal(_("It was asked for later."), _("Give a later day."), field="on")
        row.withdrawn_on = on
        row.save(update_fields=["withdrawn_on"])
        _enter(by, WITHDRAWN, _("Request for %(name)s withdrawn") % {"name": child.name}, child, request=row.pk)


def put_back_request(entry: Entry, by: User) -> None:
    """The request was entered by mistake; while a case rests on its number, it stays."""
    lock_child_of(entry, by, RECORD)
    row = ProgramRequest.objects.filter(pk=entry.data["request"]).first()
    if row is None:
        return
    if _case_of(row.school, row.year, row.asked_for, row.language):
        raise Refusal(
            _("Requests like this have reached the number that the law names, and somebody has acted on it."),
            _("If the parent takes it back, note it as withdrawn."),
        )
    row.delete()


def put_back_withdrawal(entry: Entry, by: User) -> None:
    """The request counts again."""
    lock_child_of(entry, by, RECORD)
    row = ProgramRequest.objects.get(pk=entry.data["request"])
    same = ProgramRequest.objects.filter(
        student=row.student_id, year=row.year, asked_for=row.asked_for, language=row.language, withdrawn_on=None
    )
    if same.exists():
        raise Refusal(_("The parent has asked again since."), _("Withdraw the newer request first."))
    row.withdrawn_on = None
    row.save(update_fields=["withdrawn_on"])


def _case_of(school: School, year: SchoolYear, asked_for: str, language: Language) -> ProgramCase | None:
    return ProgramCase.objects.filter(school=school, year=year, asked_for=asked_for, language=language).first()


def note_told(
    *, by: User, school: School, year: SchoolYear, asked_for: str, language: Language, on: date, whom: list[str]
) -> ProgramCase:
    """Parents, teachers, administrators and DELAC have been told of the requests (PL-04): all four, or it is open."""
    with doing(by, DECIDE, _("told of the requests"), school):
        case = _case(school, year, asked_for, language)
        if case.notified_on:
            raise Refusal(_("They were told on %(day)s.") % {"day": long_day(case.notified_on)})
        if set(whom) != set(WHOM):
            raise Refusal(
                _("The law names parents, teachers, administrators and the DELAC; not all are ticked."),
                _("Tick each who has been told."),
                field="whom",
            )
        _not_before(case, on, "on")
        case.notified_on, case.notified_by = on, by
        case.save()
        said = _("Told of the requests at %(school)s") % {"school": school}
        entries.enter(by=by, kind=TOLD, summary=said, school_id=school.pk, case=case.pk)
    return case


def decide_requests(
    *,
    by: User,
    school: School,
    year: SchoolYear,
    asked_for: str,
    language: Language,
    on: date,
    is_offered: bool,
    explanation: str,
    begins_on: date | None = None,
) -> ProgramCase:
    """Decide in writing whether the program is offered: from when and how, or why not (PL-05)."""
    with doing(by, DECIDE, explanation, school):
        case = _case(school, year, asked_for, language)
        if case.decided_on:
            raise Refusal(_("This was decided on %(day)s.") % {"day": long_day(case.decided_on)})
        if not explanation.strip():
            raise Refusal(
                _("The decision needs its timeline, or its reasons (5 CCR 11311(h)(3))."),
                _("Write them down; they stand in the letters."),
                field="explanation",
            )
        if is_offered and begins_on is None:
            raise Refusal(_("From when is the program offered?"), _("Give the day."), field="begins_on")
        _not_before(case, on, "on")
        case.decided_on, case.decided_by, case.is_offered = on, by, is_offered
        case.begins_on = begins_on if is_offered else None
        case.explanation = explanation.strip()
        case.save()
        said = _("Requests at %(school)s decided") % {"school": school}
        entries.enter(by=by, kind=DECIDED, summary=said, school_id=school.pk, case=case.pk)
    return case


def _case(school: School, year: SchoolYear, asked_for: str, language: Language) -> ProgramCase:
    """The case of like requests, locked; made when the first step is noted. Refusal: they are not enough."""
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)
    case = _case_of(school, year, asked_for, language)
    if case:
        return case
    reached: Reached | None = reached_of(school, year, asked_for, language)
    if reached is None:
        raise Refusal(_("These requests are fewer than the law names."), _("They are counted; nothing is due before."))
    return ProgramCase(
        school=school,
        year=year,
        asked_for=asked_for,
        language=language,
        reached_on=reached.on,
        grade=reached.grade,
    )


def _not_before(case: ProgramCase, on: date, field: str) -> None:
    if on < case.reached_on:
        raise Refusal(
            _("The number was reached on %(day)s only.") % {"day": long_day(case.reached_on)},
            _("Give a later day."),
            field=field,
        )


def put_back_told(entry: Entry, by: User) -> None:
    """They have not been told after all."""
    _step_back(entry, by, notified_on=None, notified_by=None)


def put_back_decision(entry: Entry, by: User) -> None:
    """The requests wait to be decided again; not once a letter says the decision to a family."""
    case = ProgramCase.objects.get(pk=entry.data["case"])
    for row in ProgramRequest.objects.filter(
        school=case.school, year=case.year, asked_for=case.asked_for, language=case.language
    ).select_related("student"):
        if why := standing.stands_on(row.student, entry):
            raise Refusal(_("The decision cannot be put back any more. %(why)s") % {"why": why})
    nothing = {"decided_on": None, "decided_by": None, "is_offered": None, "begins_on": None, "explanation": ""}
    _step_back(entry, by, **nothing)


def _step_back(entry: Entry, by: User, **values: object) -> None:
    case = ProgramCase.objects.select_for_update(of=("self",)).get(pk=entry.data["case"])
    if not by.may(DECIDE, case.school_id):
        raise NotAllowed(str(DECIDE.label), case.school.name)
    for name, value in values.items():
        setattr(case, name, value)
    if case.notified_on is None and case.decided_on is None:
        case.delete()
    else:
        case.save()


PUT_BACK = {
    WISHED: put_back_wish,
    ANSWERED: put_back_answer,
    ASKED: put_back_request,
    WITHDRAWN: put_back_withdrawal,
    TOLD: put_back_told,
    DECIDED: put_back_decision,
}
