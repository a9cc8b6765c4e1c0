"""The decision about the program."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from district.forms import DayField, Line, PlanForm
from district.wording import long_day
from students.models import Conference, Program


class DecisionForm(PlanForm):
    """Evidence, recommendation and the parents' words lead to the decision (MP1-30)."""

    prefix = "decision"
    submit_label = _("Decide the placement")
    submit_name = "decision"

    program = forms.ModelChoiceField(
        label=_("Program"), queryset=Program.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    starts = DayField(label=_("From"), help_text=_("Such as 3/9/26"))
    conference = forms.ModelChoiceField(
        label=_("Conference"),
        queryset=Conference.objects.none(),
        required=False,
        empty_label=_("no conference was held"),
    )
    parent_input = forms.CharField(
        label=_("What the parents want"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    reason = forms.CharField(
        label=_("Reason, where the decision is not the recommendation"), max_length=300, required=False
    )

    def __init__(self, *args: Any, conferences: Any, programs: Any, recommended: Program | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["conference"].queryset = conferences
        self.fields["program"].queryset = programs
        self.recommended = recommended
        self.fields["program"].label_from_instance = self._named
        self.fields["conference"].label_from_instance = _meeting

    def _named(self, program: Program) -> str:
        if self.recommended and program.pk == self.recommended.pk:
            return str(_("%(program)s (recommended)") % {"program": program.name})
        return program.name

    def layout(self) -> Any:
        """Evidence and recommendation stand above; here the decision, its day, and what the parents want."""
        return Layout("program", "reason", Line(("starts", "w4"), ("conference", "w8")), "parent_input")


def _meeting(meeting: Conference) -> str:
    """A conference in the list of those that may lead to the decision."""
    return f"{long_day(meeting.held_on)}, {meeting.get_kind_display()}"
