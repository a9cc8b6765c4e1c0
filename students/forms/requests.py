"""What parents ask for, in their own words, and what they are answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from district.fields import today
from district.forms import DayField, LanguageField, Line, Part, PlanForm, shown_when
from students.enums import AskedProgram, FamilyWish, WishChannel
from students.models import Program

WORDS = forms.Textarea(attrs={"rows": 3})


class WishForm(PlanForm):
    """What a family wants for its own child: the reply box of a letter, or what it said."""

    submit_label = _("Record the family's wish")

    wish = forms.ChoiceField(label=_("The family wants"), choices=FamilyWish.choices, widget=forms.RadioSelect)
    program = forms.ModelChoiceField(
        label=_("Which program"), queryset=Program.objects.none(), required=False, empty_label="-"
    )
    said_on = DayField(label=_("Said or signed on"), latest=today)
    said_by = forms.CharField(label=_("By whom"), max_length=120)
    channel = forms.ChoiceField(label=_("How it came"), choices=WishChannel.choices)
    words = forms.CharField(label=_("In the family's own words"), widget=WORDS)

    def __init__(self, *args: Any, programs: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["program"].queryset = programs

    def layout(self) -> Any:
        self.fields["program"].widget.attrs.update(shown_when("wish", FamilyWish.CHOOSE))
        return Part(
            "",
            "wish",
            "program",
            Line(("said_on", "w4"), ("said_by", "w4"), ("channel", "w4")),
            "words",
        )


class AnswerForm(PlanForm):
    submit_label = _("Note the answer")

    on = DayField(label=_("Answered on"), latest=today)
    answer = forms.CharField(label=_("What the family was told"), max_length=300)


class RequestForm(PlanForm):
    """A request for a language program that the school does not have yet."""

    submit_label = _("Record the request")

    asked_for = forms.ChoiceField(label=_("Language program"), choices=AskedProgram.choices)
    language = LanguageField(label=_("In English and"))
    asked_on = DayField(label=_("Asked on"), latest=today)
    asked_by = forms.CharField(label=_("By whom"), max_length=120)
    channel = forms.ChoiceField(label=_("How it came"), choices=WishChannel.choices)
    words = forms.CharField(label=_("In the family's own words"), widget=WORDS)

    def layout(self) -> Any:
        return Part(
            "",
            Line(("asked_for", "w6"), ("language", "w6")),
            Line(("asked_on", "w4"), ("asked_by", "w4"), ("channel", "w4")),
            "words",
        )


class WithdrawForm(PlanForm):
    submit_label = _("Note it as withdrawn")

    on = DayField(label=_("Withdrawn on"), latest=today)


class ToldForm(PlanForm):
    """Who has been told that the number of requests is reached (PL-04)."""

    prefix = "told"
    submit_name = "told"
    submit_label = _("Note who was told")

    on = DayField(label=_("Told on"), latest=today)
    whom = forms.MultipleChoiceField(
        label=_("Who was told"),
        choices=[
            ("parents", _("the parents of the school")),
            ("teachers", _("the teachers")),
            ("administrators", _("the administrators")),
            ("delac", _("the DELAC")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )


class DecisionForm(PlanForm):
    """Whether the program is offered: with its timeline, or with written reasons (PL-05)."""

    prefix = "decided"
    submit_name = "decided"
    submit_label = _("Decide")

    on = DayField(label=_("Decided on"), latest=today)
    is_offered = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("the program is offered")), ("no", _("the program cannot be offered"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        empty_value=None,
    )
    begins_on = DayField(label=_("Begins on, if it is offered"), required=False)
    explanation = forms.CharField(
        label=_("Timeline, or the reasons why not"),
        widget=WORDS,
        help_text=_("These words stand in the letters to the families, beside the district's translation of the rest."),
    )
