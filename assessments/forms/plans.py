"""How the IEP team says a child is tested."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import Measure, OtherTest, SupportKind
from assessments.models import Support, TestPlan
from district.forms import DayField, Line, Part, PlanForm, shown_when

DOMAINS = (Measure.LISTENING, Measure.SPEAKING, Measure.READING, Measure.WRITING)
SIDE_BY_SIDE = "in-line align-items-start mb-3"
CAASPP = (
    (OtherTest.SAME, _("Smarter Balanced, as other children of the grade")),
    (OtherTest.SUPPORTED, _("Smarter Balanced, with the accommodations named")),
    (OtherTest.ALTERNATE, _("California Alternate Assessments (CAA)")),
)
BENCHMARKS = (
    (OtherTest.SAME, _("as other children of the grade")),
    (OtherTest.SUPPORTED, _("with the accommodations named")),
    (OtherTest.ALTERNATE, _("something else in their place")),
)


def listed(kind: SupportKind) -> list[tuple[str, str]]:
    """The supports of a kind; those built into the test on the screen say so."""
    rows = Support.objects.filter(is_offered=True, kind=kind)
    return [(row.code, f"{row.name} ({_('on the screen')})" if row.is_embedded else row.name) for row in rows]


def ticks(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, widget=forms.CheckboxSelectMultiple, required=False)


class AsOthers(forms.ChoiceField):
    """A choice that is the first one where nothing is said: the child is tested as other children are."""

    def clean(self, value: Any) -> Any:
        return super().clean(value or OtherTest.SAME)


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
    listed_accommodation = ticks(_("Accommodations"))
    listed_designated = ticks(_("Designated supports"))
    listed_unsorted = ticks(_("The district's own, not sorted"))
    accommodations = forms.CharField(
        label=_("What is in no list, as the examiner must know it"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    caaspp = AsOthers(label=_("State tests of grades 3 to 8 and 11"), choices=CAASPP, initial=OtherTest.SAME)
    benchmarks = AsOthers(label=_("Tests of the district"), choices=BENCHMARKS, initial=OtherTest.SAME)
    benchmarks_instead = forms.CharField(
        label=_("In place of the tests of the district"),
        max_length=120,
        required=False,
        help_text=_("As the IEP names it; only where something else is taken."),
        widget=forms.TextInput(attrs=shown_when("benchmarks", OtherTest.ALTERNATE)),
    )
    starts = DayField(label=_("Holds from"))
    in_iep_since = DayField(
        label=_("Documented in the IEP on"),
        required=False,
        help_text=_("Or in the 504 plan. Empty: decided, not written yet; no test is complete before it is."),
    )
    review_by = DayField(
        label=_("Next yearly review of the IEP"), required=False, help_text=_("Empty: a year from the IEP.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.initial.get("supports", [])
        for kind in SupportKind:
            field = self.fields[f"listed_{kind}"]
            field.choices = listed(kind)
            field.initial = [code for code, _name in field.choices if code in chosen]
            if not field.choices:
                del self.fields[f"listed_{kind}"]

    @property
    def listed_fields(self) -> list[str]:
        return [f"listed_{kind}" for kind in SupportKind if f"listed_{kind}" in self.fields]

    def values(self) -> dict[str, Any]:
        """As the action takes them: what is ticked in the lists together."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in self.listed_fields}
        said["supports"] = [code for name in self.listed_fields for code in self.cleaned_data[name]]
        return said

    def layout(self) -> Any:
        return Layout(
            Part(_("ELPAC"), "kind", "left_out"),
            Part(
                _("What helps, as the state's score file names it"),
                Div(
                    *(Field(name, wrapper_class="w6") for name in self.listed_fields),
                    css_class="in-line align-items-start mb-3",
                ),
                "accommodations",
            ),
            Part(_("Other tests"), Line(("caaspp", "w6"), ("benchmarks", "w6")), "benchmarks_instead"),
            Part(_("Where it is written"), "starts", Line(("in_iep_since", "w6"), ("review_by", "w6"))),
        )


class DocumentedForm(PlanForm):
    """On which day the IEP says it, or says it anew after its yearly review."""

    submit_label = _("Enter the IEP")
    submit_name = "document"
    warns_unsaved = False

    in_iep_since = DayField(label=_("Documented in the IEP on"))
    review_by = DayField(label=_("Next yearly review"), required=False, help_text=_("Empty: a year from the IEP."))

    def buttons(self) -> Any:
        """The page's one primary button is that of the plan."""
        row = super().buttons()
        row.fields[0] = replace(row.fields[0], css_class="btn btn-plain")
        return row


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
