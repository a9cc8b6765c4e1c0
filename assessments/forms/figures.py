"""Figures that letters quote, by school year."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from district.forms import Line, Part, PlanForm


def _share(label: Any, hint: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short", "autocomplete": "off"}),
    )


def _years(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=13,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short", "autocomplete": "off"}),
    )


class FiguresForm(PlanForm):
    """What the law makes every notice say about the district (20 USC 6312(e)(3)(A)(vi))."""

    submit_label = _("Save the figures")

    years_low = _years(_("from"))
    years_high = _years(_("to"))
    reclassified = _share(_("Of every 100 English learners, reclassified last year"))
    graduation = _share(
        _("Of every 100 students of the high school, how many graduate"), _("Stands in letters of grades 7 to 12.")
    )
    source = forms.CharField(label=_("Where the figures come from"), max_length=200)

    def layout(self) -> Any:
        return Layout(
            Part(
                _("Years in which a child is expected to be reclassified"),
                Line(("years_low", "w3"), ("years_high", "w3")),
            ),
            Part(_("Shares"), "reclassified", "graduation"),
            "source",
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        low, high = said.get("years_low"), said.get("years_high")
        if low and high and high < low:
            self.add_error("years_high", _("The second number is smaller than the first."))
        if high and not low:
            self.add_error("years_low", _("Enter the smaller number, or this one alone."))
        return said
