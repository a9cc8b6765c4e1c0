"""The district's cut for reasonable fluency, and the hand-shake with the state."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from district.enums import Grade
from district.fields import today
from district.forms import DayField, Line, Part, PlanForm
from students.ladders import ladders


class FluencyCutForm(PlanForm):
    """From which level a child has reasonable fluency, for which grades, since when, and who decided it."""

    submit_label = _("Set the cut")

    level = forms.ChoiceField(label=_("Reasonable fluency begins at"))
    grade_low = forms.ChoiceField(label=_("From grade"), choices=Grade.choices, initial=Grade.KN)
    grade_high = forms.ChoiceField(label=_("To grade"), choices=Grade.choices, initial=Grade.G12)
    valid_from = DayField(label=_("Holds from"))
    source = forms.CharField(
        label=_("Who decided it, and when"),
        max_length=200,
        help_text=_("Such as: Board of Trustees, meeting of 12 May"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [
            ("", "-"),
            *(
                (ladder.name, [(f"{ladder.test}:{slug}", words) for slug, words in ladder.levels])
                for ladder in ladders().values()
            ),
        ]

    def layout(self) -> Any:
        return Part(
            "",
            Line(("level", "w6"), ("grade_low", "w3"), ("grade_high", "w3")),
            Line(("valid_from", "w4"), ("source", "w8")),
        )

    def values(self) -> dict[str, Any]:
        test, _sign, level = self.cleaned_data["level"].partition(":")
        return {**self.cleaned_data, "test": test, "level": level}


class SettleForm(PlanForm):
    submit_label = _("Note that it is settled")

    on = DayField(label=_("Settled on"), latest=today)
    how = forms.CharField(label=_("What was agreed with the state"), max_length=200)
