"""The conference with the parents, and the decision about the program."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from district.forms import DayField, LanguageField, Line, Part, PlanForm, today
from district.wording import long_day
from students.enums import ConferenceKind
from students.models import Conference, Program


class ConferenceForm(PlanForm):
    """In the order in which a conference goes (MP1-26 to MP1-30)."""

    prefix = "conference"
    submit_label = _("Record the conference")
    submit_name = "conference"

    kind = forms.ChoiceField(label=_("About"), choices=ConferenceKind.choices)
    held_on = DayField(label=_("Held on"), latest=today, help_text=_("Such as 3/9/26"))
    language = LanguageField(label=_("Language"))
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
    parent_input = forms.CharField(
        label=_("What the parents said"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def buttons(self) -> Any:
        """The page's one primary button is the decision's."""
        row = super().buttons()
        row.fields[0] = replace(row.fields[0], css_class="btn btn-plain")
        return row

    def layout(self) -> Any:
        topics = ("told_results", "told_options", "told_recommendation")
        return Layout(
            Line(("kind", "w4"), ("held_on", "w4"), ("language", "w4")),
            Line(("attended", "w8"), ("interpreter", "w4")),
            Line(("principal_present", "w4"), ("principal_absent_reason", "w8")),
            Part(_("The parents heard and saw"), *topics),
            "parent_input",
        )


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
