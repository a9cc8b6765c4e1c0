"""The local score of the Initial test, and the day on which score reports were given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from assessments import scales
from assessments.actions import Given
from assessments.enums import Measure, Test
from assessments.models import TestPlan
from district.forms import DayField, Line, Part, PlanForm, today
from district.models import User
from students.models import Student

COMPOSITES = (Measure.ORAL_LANGUAGE, Measure.WRITTEN_LANGUAGE)


@dataclass(frozen=True)
class WithoutScript:
    """A button for browsers that run no script; with script the page does by itself what it asks for."""

    name: str
    label: Any

    def render(self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any) -> SafeString:
        button = '<noscript><button type="submit" class="btn btn-plain" name="{}" value="1">{}</button></noscript>'
        return format_html(button, self.name, self.label)


class ResultForm(PlanForm):
    """In the order of the local score sheet: which test, when and by whom, then the scores."""

    submit_label = _("Save the score")
    more_submits = (("next", _("Save and next child")),)

    test = forms.ChoiceField(widget=forms.HiddenInput)
    tested_on = DayField(label=_("Day of the test"), latest=today)
    examiner = forms.ModelChoiceField(
        label=_("Examiner"),
        queryset=User.objects.none(),
        help_text=_("People trained to give the test at this school."),
    )
    overall = forms.IntegerField(
        label=_("Overall scale score"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "class": "short", "autocomplete": "off", "autofocus": True}
        ),
    )
    oral_language = forms.ChoiceField(label=_("Oral language"), required=False)
    written_language = forms.ChoiceField(label=_("Written language"), required=False)

    def __init__(
        self,
        *args: Any,
        student: Student,
        plan: TestPlan | None,
        examiners: Any,
        level_url: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.student, self.level_url = student, level_url
        alternate = plan is not None and plan.kind == TestPlan.Kind.ALTERNATE
        self.taken = Test.INITIAL_ALTERNATE_ELPAC if alternate else Test.INITIAL_ELPAC
        self.fields["test"].choices = [(test.value, test.label) for test in Test if test.is_initial]
        self.fields["test"].initial = self.taken.value
        self.fields["examiner"].queryset = examiners
        for measure in COMPOSITES:
            names = [(each.level, each.name) for each in reversed(scales.levels(self.taken, measure))]
            if not names:
                del self.fields[measure]
                continue
            self.fields[measure].choices = [("", _("not on the sheet")), *names]
            self.fields[measure].help_text = _("The level in words; it has no scale score.")

    @property
    def helper(self) -> FormHelper:
        """With the address that tells the level of what is typed so far."""
        helper = super().helper
        if self.level_url:
            helper.attrs |= {
                "hx-post": self.level_url,
                "hx-trigger": "input changed delay:250ms, change",
                "hx-target": "#follows",
            }
        return helper

    def layout(self) -> Any:
        composites = [(measure, "w6") for measure in COMPOSITES if measure in self.fields]
        return Layout(
            "test",
            Part(_("Test"), Line(("tested_on", "w6"), ("examiner", "w6"))),
            Part(_("Scores"), "overall", *([Line(*composites)] if composites else [])),
        )

    def buttons(self) -> Any:
        """Without script the level is asked for by a button of its own."""
        row = super().buttons()
        row.fields.insert(-1, WithoutScript("show", _("Show the level, save nothing")))
        return row

    @property
    def given(self) -> dict[str, Given]:
        """The scores as the action takes them."""
        scores = {Measure.OVERALL.value: Given(self.cleaned_data["overall"])}
        for measure in COMPOSITES:
            if level := self.cleaned_data.get(measure):
                scores[measure.value] = Given(level=level)
        return scores


class GivenForm(PlanForm):
    """When the families got the score reports that are ticked in the list."""

    form_tag = False
    on = DayField(label=_("Given on"), latest=today, initial=today)

    def buttons(self) -> Any:
        return Layout()
