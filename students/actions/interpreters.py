"""Interpreters for parent conferences, and the languages that a school's staff speak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district import entries
from district.history import acting
from district.models import Entry, Language, School, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students.actions.conference_days import lock_block
from students.actions.guard import must_hold
from students.enums import InterpreterState
from students.models import ConferenceBlock, InterpreterRequest, StaffLanguage

P = Permission
ASKED = "interpreter"
ANSWERED = "interpreter_answer"
SPOKEN = "staff_languages"


def ask_interpreters(
    *,
    by: User,
    needs: Sequence[tuple[ConferenceBlock, Language]],
    name: str,
    is_service: bool,
    contact: str,
    on: date,
) -> list[InterpreterRequest]:
    """Note that an interpreter was asked for blocks and languages (MP1-28). Refusal where one is asked already."""
    with transaction.atomic(), acting(by, _("interpreter asked")):
        made = []
        for block, language in sorted(needs, key=lambda each: each[0].pk):
            row = lock_block(block.pk, by)
            live = row.interpreters.filter(
                language=language, state__in=(InterpreterState.ASKED, InterpreterState.CONFIRMED)
            )
            if other := live.first():
                raise Refusal(
                    _("%(who)s is %(state)s for %(day)s already.")
                    % {"who": other.name, "state": other.get_state_display(), "day": long_day(row.day)},
                    _("Note that answer first."),
                    field="name",
                )
            made.append(
                InterpreterRequest.objects.create(
                    block=row,
                    language=language,
                    name=name,
                    is_service=is_service,
                    contact=contact,
                    asked_on=on,
                    asked_by=by,
                )
            )
        words = ngettext("Interpreter asked for %(n)d block", "Interpreter asked for %(n)d blocks", len(made))
        facts = {"requests": [each.pk for each in made], "school_id": made[0].block.school_id if made else None}
        entries.enter(by=by, kind=ASKED, summary=words % {"n": len(made)}, **facts)
    return made


def answer_interpreter(
    *, by: User, request: InterpreterRequest, state: InterpreterState | str, on: date, note: str = ""
) -> InterpreterRequest:
    """Note the answer: confirmed, declined, or later that the person did not come."""
    with transaction.atomic(), acting(by, note or _("interpreter's answer")):
        lock_block(request.block_id, by)
        row = InterpreterRequest.objects.select_for_update(of=("self",)).select_related("block").get(pk=request.pk)
        before = {"state": row.state, "on": row.answered_on.isoformat() if row.answered_on else None, "note": row.note}
        if state == InterpreterState.ASKED:
            raise Refusal(_("That is no answer."), _("Choose confirmed, declined or did not come."), field="state")
        if on < row.asked_on:
            raise Refusal(_("The interpreter was asked later than that."), _("Check the day."), field="on")
        row.state, row.answered_on, row.note = state, on, note
        row.save(update_fields=["state", "answered_on", "note"])
        said = _("%(who)s: %(state)s") % {"who": row.name, "state": row.get_state_display()}
        facts = {"request": row.pk, "before": before}
        entries.enter(by=by, kind=ANSWERED, summary=said, school_id=row.block.school_id, **facts)
    return row


def set_staff_languages(*, by: User, school: School, spoken: Mapping[Language, str]) -> None:
    """Say in which languages the staff of a school can hold a conference, and who (MP1-28)."""
    with transaction.atomic(), acting(by, _("languages of the staff")):
        must_hold(by, P.PLAN_CONFERENCE, school)
        rows = StaffLanguage.objects.select_for_update().filter(school=school)
        before = [[row.language_id, row.who] for row in rows]
        rows.exclude(language__in=list(spoken)).delete()
        for language, who in spoken.items():
            StaffLanguage.objects.update_or_create(school=school, language=language, defaults={"who": who})
        said = _("Languages of the staff of %(school)s set") % {"school": school}
        entries.enter(by=by, kind=SPOKEN, summary=said, school_id=school.pk, before=before)


# --- putting back -----------------------------------------------------------------------------------------------


def put_back_asked(entry: Entry, by: User) -> None:
    """Nobody was asked; not once there is an answer."""
    rows = InterpreterRequest.objects.filter(pk__in=entry.data["requests"])
    if rows.visible_to(by, P.PLAN_CONFERENCE).count() != rows.count():
        raise NotAllowed(str(P.PLAN_CONFERENCE.label))
    if rows.exclude(state=InterpreterState.ASKED).exists():
        raise Refusal(_("The interpreter has answered."), _("Put the answer back first."))
    rows.delete()


def put_back_answer(entry: Entry, by: User) -> None:
    """The answer before holds again."""
    row = InterpreterRequest.objects.get(pk=entry.data["request"])
    lock_block(row.block_id, by)
    before = entry.data["before"]
    day = date.fromisoformat(before["on"]) if before["on"] else None
    InterpreterRequest.objects.filter(pk=row.pk).update(state=before["state"], answered_on=day, note=before["note"])


def put_back_staff_languages(entry: Entry, by: User) -> None:
    """The languages of before."""
    if entry.school_id is None:
        raise ValueError(f"The entry {entry.pk} is about no school.")
    must_hold(by, P.PLAN_CONFERENCE, School.objects.get(pk=entry.school_id))
    StaffLanguage.objects.filter(school_id=entry.school_id).delete()
    StaffLanguage.objects.bulk_create(
        StaffLanguage(school_id=entry.school_id, language_id=code, who=who) for code, who in entry.data["before"]
    )


PUT_BACK = {ASKED: put_back_asked, ANSWERED: put_back_answer, SPOKEN: put_back_staff_languages}
