"""Forms of action plans and of referrals about question 4; what they may say is decided by the actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import PlanOutcome, ReferralAnswer, Subject
from district.forms import DayField, Line, Part, PlanForm, today
from district.models import User

MOST = 600


def _sentences(label: Any, rows: int = 3, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=MOST, help_text=hint, widget=forms.Textarea(attrs={"rows": rows}))


class ActionPlanForm(PlanForm):
    """Need, action, owner, dates, and the values that the plan stands on."""

    submit_label = _("Begin the plan")

    subject = forms.ChoiceField(label=_("Subject"), choices=Subject.choices)
    need = _sentences(_("Need: what is the child not yet able to do?"))
    action = _sentences(_("Action: what is done, how often, by whom?"))
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none())
    starts = DayField(label=_("First day"))
    review_on = DayField(label=_("Day of review"))
    ends = DayField(label=_("Last day"))
    evidence = forms.MultipleChoiceField(
        label=_("Evidence: values of the child that show the need"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, owners: Iterable[User], values: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = {user.pk for user in owners}
        self.fields["owner"].queryset = User.objects.filter(pk__in=people).order_by("last_name", "first_name")
        self.fields["evidence"].choices = list(values)

    def layout(self) -> Any:
        return Layout(
            Part(_("Need and action"), "subject", "need", "action"),
            Part(
                _("Who and when"),
                "owner",
                Line(("starts", "w4"), ("review_on", "w4"), ("ends", "w4")),
            ),
            "evidence",
        )


class BulkPlansForm(PlanForm):
    """What all plans begun at once have in common."""

    form_tag = False
    warns_unsaved = False

    action = _sentences(_("Action: what is done, how often, by whom?"))
    starts = DayField(label=_("First day"))
    review_on = DayField(label=_("Day of review"))
    ends = DayField(label=_("Last day"))

    def layout(self) -> Any:
        return Layout("action", Line(("starts", "w4"), ("review_on", "w4"), ("ends", "w4")))

    def buttons(self) -> Any:
        """The page brings its own."""
        return Div()


class ReviewForm(PlanForm):
    submit_label = _("Save the review")
    submit_name = "review"

    held_on = DayField(label=_("Looked at on"), latest=today)
    note = _sentences(_("What was found?"))
    next_on = DayField(label=_("Next day of review"))


class CloseForm(PlanForm):
    submit_label = _("End the plan")
    submit_name = "close"

    outcome = forms.ChoiceField(label=_("Outcome"), choices=PlanOutcome.choices, widget=forms.RadioSelect)
    note = _sentences(_("In a sentence"))
    closed_on = DayField(label=_("Ended on"), latest=today)


class ReferForm(PlanForm):
    submit_label = _("Refer the child")
    submit_name = "refer"

    reason = _sentences(
        _("What shows limited English?"), hint=_("What you see in class. The EL administrator reads it.")
    )


class AnswerForm(PlanForm):
    submit_label = _("Save the answer")
    submit_name = "answer"

    answer = forms.ChoiceField(label=_("Answer"), choices=ReferralAnswer.choices, widget=forms.RadioSelect)
    note = _sentences(_("What the teacher should know"))
