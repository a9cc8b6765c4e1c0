"""How the IEP team says that a child is tested."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import Measure
from assessments.models import TestPlan
from district.forms import DayField, Line, Part, PlanForm

DOMAINS = (Measure.LISTENING, Measure.SPEAKING, Measure.READING, Measure.WRITING)


class TestPlanForm(PlanForm):
    __test__ = False  # not a test class, whatever its name

    submit_label = _("Save the test plan")

    kind = forms.ChoiceField(
        label=_("The child takes"), choices=TestPlan.Kind.choices, widget=forms.RadioSelect, initial=TestPlan.Kind.FULL
    )
    left_out = forms.MultipleChoiceField(
        label=_("Left out, where the test is given without a domain"),
        choices=[(domain.value, domain.label) for domain in DOMAINS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("At most one of listening and speaking, and one of reading and writing."),
    )
    accommodations = forms.CharField(
        label=_("Accommodations, as the examiner must know them"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    in_iep_since = DayField(label=_("The IEP or 504 plan says so since"))
    starts = DayField(label=_("Holds from"))

    def layout(self) -> Any:
        return Layout(
            Part(_("Test plan"), "kind", "left_out", "accommodations"),
            Part(_("Where it is written"), Line(("in_iep_since", "w6"), ("starts", "w6"))),
        )


class EndPlanForm(PlanForm):
    submit_label = _("End the plan")
    submit_name = "end"
    warns_unsaved = False

    ends = DayField(label=_("Last day on which it holds"))

    def buttons(self) -> Any:
        """The page's one primary button is that of the plan."""
        row = super().buttons()
        row.fields[0] = replace(row.fields[0], css_class="btn btn-plain")
        return row
