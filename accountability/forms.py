"""Stakeholder input, and what became of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accountability.enums import InputChannel, StakeholderGroup
from accountability.models import PolicyArea
from district.fields import today
from district.forms import DayField, Line, Part, PlanForm


class InputForm(PlanForm):
    """Who said what about which part of the Plan."""

    submit_label = _("Record the input")

    on = DayField(label=_("Day"), latest=today, initial=today)
    group = forms.ChoiceField(label=_("Who"), choices=StakeholderGroup.choices)
    channel = forms.ChoiceField(label=_("How"), choices=InputChannel.choices)
    area = forms.ModelChoiceField(label=_("About"), queryset=PolicyArea.objects.all(), empty_label=None)
    said = forms.CharField(
        label=_("What was said"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Without names of children"),
    )

    def layout(self) -> Any:
        return Part("", Line(("on", "w3"), ("group", "w4"), ("channel", "w5")), "area", "said")


class AnswerForm(PlanForm):
    """What became of an input."""

    submit_label = _("Record what became of it")

    outcome = forms.CharField(label=_("What became of it"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    on = DayField(label=_("Decided on"), latest=today, initial=today)
