"""A child whose question 4 names another language and who shows limited English (MP1-08): a word, and its answer.

No clock starts and no status changes. Where the doubt holds, the EL administrator begins a correction of the status.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import ReferralAnswer
from assessments.models import Question4Referral
from district import entries
from district.access import demand
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day
from students.actions.guard import lock_child_of, lock_student
from students.models import HomeLanguageSurvey, Student

REFERRED, ANSWERED = "question4_referred", "question4_answered"
P = Permission


def names_only_question_4(survey: HomeLanguageSurvey | None) -> bool:
    """Do questions 1 to 3 name no language that counts, and question 4 one that does?"""
    if survey is None:
        return False
    *first, fourth = survey.answers
    return bool(fourth and fourth.counts) and not any(answer and answer.counts for answer in first)


def survey_of(student: Student) -> HomeLanguageSurvey | None:
    """The version of the survey that counts."""
    rows = HomeLanguageSurvey.objects.filter(student=student).order_by("-version")
    return rows.select_related("question_1", "question_2", "question_3", "question_4").first()


def refer_question_4(*, by: User, student: Student, reason: str, on: date) -> Question4Referral:
    """Tell the EL administrator of a child. Refusal: another survey than "question 4 only", no reason, told already."""
    if not reason.strip():
        raise Refusal(_("What shows limited English?"), _("Write what you see in class."), field="reason")
    with transaction.atomic(), acting(by, _("referral about question 4")):
        child = lock_student(student, by, P.REFER_CHILD)
        survey = survey_of(child)
        if survey is None or not names_only_question_4(survey):
            raise Refusal(
                _("The survey of %(name)s does not name another language in question 4 alone.") % {"name": child.name},
                _("If it is wrong, the secretary enters the parents' correction."),
            )
        known = Question4Referral.objects.filter(student=child, answered_on=None).first()
        if known:
            raise Refusal(
                _("%(name)s was referred on %(day)s already.") % {"name": child.name, "day": long_day(known.made_on)},
                _("The EL administrator has not answered yet."),
            )
        row = Question4Referral.objects.create(
            student=child, survey=survey, reason=reason.strip(), made_on=on, made_by=by
        )
        summary = _("%(name)s referred about question 4") % {"name": child.name}
        _note(by, REFERRED, summary, child, row)
    return row


def put_back_referral(entry: Entry, by: User) -> None:
    """The referral out again, as long as it was not answered."""
    lock_child_of(entry, by, P.REFER_CHILD)
    row = Question4Referral.objects.filter(pk=entry.data["referral"]).first()
    if row and row.answered_on:
        raise Refusal(_("The EL administrator answered on %(day)s.") % {"day": long_day(row.answered_on)})
    if row:
        row.delete()


def answer_referral(*, by: User, referral: Question4Referral, answer: str, note: str, on: date) -> Question4Referral:
    """The EL administrator's answer, which the teacher reads on the child's page."""
    if not note.strip():
        raise Refusal(_("The teacher reads the answer."), _("Write a sentence."), field="answer_note")
    with transaction.atomic(), acting(by, _("answer to a referral")):
        demand(by, P.CORRECT_STATUS)
        child = lock_student(referral.student_id, by, P.CORRECT_STATUS)
        row: Question4Referral = Question4Referral.objects.select_for_update().get(pk=referral.pk)
        if row.answered_on:
            raise Refusal(_("It was answered on %(day)s.") % {"day": long_day(row.answered_on)})
        row.answer, row.answer_note, row.answered_on, row.answered_by = ReferralAnswer(answer), note.strip(), on, by
        row.save(update_fields=["answer", "answer_note", "answered_on", "answered_by"])
        summary = _("Referral of %(name)s answered: %(answer)s") % {
            "name": child.name,
            "answer": ReferralAnswer(answer).label,
        }
        _note(by, ANSWERED, summary, child, row)
    return row


def put_back_answer(entry: Entry, by: User) -> None:
    """The referral waits again, unless the child was referred once more."""
    child = lock_child_of(entry, by, P.CORRECT_STATUS)
    if Question4Referral.objects.filter(student=child, answered_on=None).exists():
        raise Refusal(_("The child was referred again since."), _("Answer that referral."))
    Question4Referral.objects.filter(pk=entry.data["referral"]).update(
        answer="", answer_note="", answered_on=None, answered_by=None
    )


def _note(by: User, kind: str, summary: str, child: Student, row: Question4Referral) -> None:
    school = child.school.pk if child.school else None
    entries.enter(by=by, kind=kind, summary=summary, student_id=child.pk, school_id=school, referral=row.pk)
