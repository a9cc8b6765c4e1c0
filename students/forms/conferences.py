"""Parent conferences: what is recorded in the room, attempts, promises, appointments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from district.enums import Role
from district.forms import DayField, LanguageField, Line, Part, PlanForm, today
from district.wording import day_month
from students.actions import Promise
from students.duties.conferences import OWNERS
from students.enums import AttemptOutcome, ConferenceKind, ContactChannel
from students.rules.conferences import Slot

PROMISES = 3
TOPICS = ("told_results", "told_options", "told_recommendation")


class ConferenceForm(PlanForm):
    """In the order in which a conference goes (MP1-26 to MP1-30, MP1-37 to MP1-39)."""

    prefix = "conference"
    submit_label = _("Record the conference")
    submit_name = "conference"
    is_primary = True

    kind = forms.ChoiceField(label=_("About"), choices=ConferenceKind.choices)
    held_on = DayField(label=_("Held on"), latest=today, help_text=_("Such as 3/9/26"))
    language = LanguageField(label=_("Language"), help_text=_("English or the parents' language"))
    interpreter = forms.CharField(label=_("Interpreter, if there was one"), max_length=120, required=False)
    attended = forms.CharField(
        label=_("Who came"), max_length=200, help_text=_("Names, with relation or office: Manpreet Gill, mother.")
    )
    principal_present = forms.BooleanField(label=_("the principal was there"), required=False)
    principal_absent_reason = forms.CharField(
        label=_("If not, why"),
        max_length=200,
        required=False,
        help_text=_("The Plan calls for the principal (MP1-26)."),
    )
    told_results = forms.BooleanField(label=_("the results"), required=False)
    told_options = forms.BooleanField(label=_("the programs there are"), required=False)
    told_recommendation = forms.BooleanField(label=_("the recommended program"), required=False)
    topics_reason = forms.CharField(label=_("If not all three, why"), max_length=200, required=False)
    concerns = forms.CharField(
        label=_("Questions and concerns"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    parent_input = forms.CharField(
        label=_("What the parents said"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, PROMISES + 1):
            add_promise_fields(self, place)

    def buttons(self) -> Any:
        """On the page of the placement the one primary button is the decision's."""
        row = super().buttons()
        if not self.is_primary:
            row.fields[0] = replace(row.fields[0], css_class="btn btn-plain")
        return row

    def layout(self) -> Any:
        promises = [
            Line((f"what_{place}", "w6"), (f"owner_{place}", "w3"), (f"due_on_{place}", "w3"))
            for place in range(1, PROMISES + 1)
        ]
        return Layout(
            Line(("kind", "w4"), ("held_on", "w4"), ("language", "w4")),
            Line(("attended", "w8"), ("interpreter", "w4")),
            Line(("principal_present", "w4"), ("principal_absent_reason", "w8")),
            Part(_("The parents heard and saw"), *TOPICS, "topics_reason"),
            "concerns",
            "parent_input",
            Part(_("What was promised"), *promises),
        )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for place in range(1, PROMISES + 1):
            what, due_on = found.get(f"what_{place}"), found.get(f"due_on_{place}")
            if what and not due_on and f"due_on_{place}" not in self.errors:
                self.add_error(f"due_on_{place}", _("Say by when it is done."))
            if due_on and not what:
                self.add_error(f"what_{place}", _("Say what was promised."))
        return found

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        promises = []
        for place in range(1, PROMISES + 1):
            what, owner, due_on = (given.pop(f"{name}_{place}") for name in ("what", "owner", "due_on"))
            if what:
                promises.append(Promise(what, owner, due_on))
        return {**given, "promises": promises}


class MeetingForm(ConferenceForm):
    """The same beside the decision of the placement."""

    is_primary = False


def add_promise_fields(form: PlanForm, place: int) -> None:
    """One line of what was promised: what, whose it is, by when."""
    label = {"n": place}
    form.fields[f"what_{place}"] = forms.CharField(
        label=_("Promise %(n)d: what is to be done") % label, max_length=200, required=False
    )
    form.fields[f"owner_{place}"] = forms.ChoiceField(
        label=_("by whom"), choices=owners(), required=False, initial=Role.TEACHER
    )
    form.fields[f"due_on_{place}"] = DayField(label=_("by when"), required=False, help_text="")


def owners() -> list[tuple[str, Any]]:
    """Roles that a promise can be given to."""
    return [(owner.value, owner.label) for owner in OWNERS]


class AttemptForm(PlanForm):
    """One attempt to meet the parents, documented (D-11)."""

    submit_label = _("Log the attempt")

    on = DayField(label=_("Day"), latest=today)
    channel = forms.ChoiceField(label=_("How"), choices=ContactChannel.choices)
    outcome = forms.ChoiceField(label=_("What came of it"), choices=AttemptOutcome.choices)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class AttemptsForm(AttemptForm):
    """One attempt with all the families ticked in the list around it."""

    form_tag = False
    warns_unsaved = False

    def layout(self) -> Any:
        return Layout(Line(("on", "w3"), ("channel", "w4"), ("outcome", "w5")), "note")


class FollowUpForm(PlanForm):
    """Something promised outside of the record of a conference."""

    submit_label = _("Note the promise")

    what = forms.CharField(label=_("What is to be done"), max_length=200)
    owner = forms.ChoiceField(label=_("by whom"), choices=owners)
    due_on = DayField(label=_("by when"))

    def layout(self) -> Any:
        return Layout("what", Line(("owner", "w6"), ("due_on", "w6")))


class DoneForm(PlanForm):
    submit_label = _("Note that it is done")

    on = DayField(label=_("Done on"), latest=today)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class SlotField(forms.ChoiceField):
    """A free slot; the value names block and time."""

    def offer(self, slots: Sequence[Slot], rooms: dict[int, str]) -> None:
        """Choose from these, day by day."""
        days: dict[Any, list[tuple[str, str]]] = {}
        for slot in sorted(slots, key=lambda each: (each.starts, each.block)):
            words = f"{slot.starts:%H:%M}, {rooms[slot.block]}"
            days.setdefault(slot.starts.date(), []).append((f"{slot.block}:{slot.starts:%H:%M}", words))
        self.choices = [("", "-"), *((day_month(day, today()), choices) for day, choices in days.items())]


class BookForm(PlanForm):
    """An appointment for one family."""

    submit_label = _("Make the appointment")

    kind = forms.ChoiceField(label=_("About"), choices=ConferenceKind.choices)
    slot = SlotField(label=_("Free slot"))

    def layout(self) -> Any:
        return Line(("kind", "w6"), ("slot", "w6"))


class MoveForm(PlanForm):
    submit_label = _("Move the appointment")

    slot = SlotField(label=_("New slot"))
    reason = forms.CharField(label=_("Why"), max_length=200)

    def layout(self) -> Any:
        return Line(("slot", "w6"), ("reason", "w6"))


class ReasonForm(PlanForm):
    """Calling something off, with the reason."""

    submit_label = _("Cancel the appointment")

    reason = forms.CharField(label=_("Why"), max_length=200)


class MissForm(PlanForm):
    """Nobody came to an appointment."""

    submit_label = _("Nobody came")

    note = forms.CharField(label=_("Note"), max_length=200, required=False)
