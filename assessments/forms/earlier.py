"""A result from the records of another district, as its score report gives it."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from assessments import scales
from assessments.actions import Given
from assessments.enums import Measure, Test
from district.enums import Grade
from district.forms import DayField, Line, Part, PlanForm, today

TESTS = (
    Test.SUMMATIVE_ELPAC,
    Test.INITIAL_ELPAC,
    Test.SUMMATIVE_ALTERNATE_ELPAC,
    Test.INITIAL_ALTERNATE_ELPAC,
    Test.CELDT,
)
MEASURES = (
    Measure.ORAL_LANGUAGE,
    Measure.WRITTEN_LANGUAGE,
    Measure.LISTENING,
    Measure.SPEAKING,
    Measure.READING,
    Measure.WRITING,
)


def _number(label: Any, hint: Any = "", *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=1,
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short", "autocomplete": "off"}),
    )


class EarlierResultForm(PlanForm):
    """Numbers as on the report: a level where it is 5 or less, else a scale score."""

    submit_label = _("Save the result")
    more_submits = (("next", _("Save and enter another")),)

    test = forms.ChoiceField(
        label=_("Test"), choices=[("", _("choose")), *((test.value, test.label) for test in TESTS)]
    )
    grade = forms.ChoiceField(
        label=_("Grade tested in"),
        choices=[("", _("choose")), *((grade.value, grade.label) for grade in Grade if grade != Grade.TK)],
    )
    tested_on = DayField(label=_("Day of the test"), latest=today, help_text=_("Such as 3/9/26"))
    received_on = DayField(label=_("Came on"), latest=today, initial=today, help_text=_("Such as 3/9/26"))
    overall = _number(_("Overall scale score"), required=False)
    overall_level = _number(
        _("Overall level, as a number"), _("Needed for 2017-18 only: its scores are not comparable.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for measure in MEASURES:
            self.fields[measure.value] = _number(capfirst(measure.label))

    def layout(self) -> Any:
        pairs = [
            Line((one.value, "w6"), (two.value, "w6")) for one, two in zip(MEASURES[::2], MEASURES[1::2], strict=True)
        ]
        return Layout(
            Line(("test", "w6"), ("grade", "w6")),
            Line(("tested_on", "w6"), ("received_on", "w6")),
            Part(_("Overall"), Line(("overall", "w6"), ("overall_level", "w6"))),
            Part(_("Parts, as far as the report gives them: scale score, or level from 1 to 5"), *pairs),
        )

    @property
    def given(self) -> dict[str, Given]:
        """The scores as the action takes them."""
        said = self.cleaned_data
        scores = {}
        if said.get("overall") or said.get("overall_level"):
            level = _level(said["test"], Measure.OVERALL, said.get("overall_level"))
            scores[Measure.OVERALL.value] = Given(said.get("overall"), level)
        for measure in MEASURES:
            if number := said.get(measure.value):
                is_level = number <= len(scales.levels(Test.CELDT, Measure.OVERALL))
                level = _level(said["test"], measure, number) if is_level else ""
                scores[measure.value] = Given(None if is_level else number, level)
        return scores


def _level(test: str, measure: str, number: int | None) -> str:
    """The slug of the level with that number; the number itself where the test has none, for the refusal to name."""
    if not number:
        return ""
    return next((each.level for each in scales.levels(test, measure) if each.rank == number), str(number))
