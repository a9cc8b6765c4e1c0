"""Writes of this app: what stakeholders said about the Plan, and what became of it (MP0-06)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from accountability.models import PolicyArea, StakeholderInput
from district import entries
from district.actions.doing import doing
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day

RECORDED, ANSWERED = "input_recorded", "input_answered"


def record_input(*, by: User, on: date, group: str, channel: str, area: PolicyArea, said: str) -> StakeholderInput:
    """Write down what was said about an area of the Plan. Refusal: nothing was said."""
    with doing(by, Permission.MANAGE_DISTRICT, _("stakeholder input")):
        if not said.strip():
            raise Refusal(_("What was said?"), _("Write it down in a sentence or two."), field="said")
        row = StakeholderInput.objects.create(
            on=on, group=group, channel=channel, area=area, said=said.strip(), recorded_by=by
        )
        entries.enter(by=by, kind=RECORDED, summary=_("Input on “%(area)s” recorded") % {"area": area}, input=row.pk)
    return row


def answer_input(*, by: User, row: StakeholderInput, outcome: str, on: date) -> StakeholderInput:
    """Say what became of an input. Refusal: it was said already, nothing is said, a day before the input."""
    with doing(by, Permission.MANAGE_DISTRICT, _("stakeholder input")):
        locked = StakeholderInput.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if locked.answered_on:
            raise Refusal(_("This was answered on %(day)s.") % {"day": long_day(locked.answered_on)})
        if not outcome.strip():
            raise Refusal(_("What became of it?"), _("Say what was changed, or why not."), field="outcome")
        if on < locked.on:
            raise Refusal(
                _("The input is of %(day)s.") % {"day": long_day(locked.on)}, _("Give a later day."), field="on"
            )
        locked.outcome, locked.answered_on, locked.answered_by = outcome.strip(), on, by
        locked.save(update_fields=["outcome", "answered_on", "answered_by"])
        entries.enter(by=by, kind=ANSWERED, summary=_("Input of %(day)s answered") % {"day": locked.on}, input=row.pk)
    return locked


def put_back_input(entry: Entry, by: User) -> None:
    """The input was recorded by mistake."""
    row = StakeholderInput.objects.filter(pk=entry.data["input"]).first()
    if row and row.answered_on:
        raise Refusal(_("It has been answered."), _("Put the answer back first."))
    if row:
        row.delete()


def put_back_answer(entry: Entry, by: User) -> None:
    """The input waits again."""
    StakeholderInput.objects.filter(pk=entry.data["input"]).update(outcome="", answered_on=None, answered_by=None)


PUT_BACK = {RECORDED: put_back_input, ANSWERED: put_back_answer}
