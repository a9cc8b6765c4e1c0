"""Forms of giving tests: trainings, windows, what became of a yearly test, supports of the district's own."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import Outcome, SupportKind
from assessments.queries.testing import TRAINED_FOR, YEARLY_ELPAC
from district.forms import DayField, Line, Part, PlanForm, shown_when, today
from district.models import User

OUTCOMES = (Outcome.TAKEN, Outcome.PARTIAL, Outcome.ABSENT, Outcome.EXEMPT)


class TrainingForm(PlanForm):
    submit_label = _("Enter the training")

    user = forms.ModelChoiceField(label=_("Examiner"), queryset=User.objects.none())
    tests = forms.MultipleChoiceField(
        label=_("Trained for"),
        choices=[(test.value, test.label) for test in TRAINED_FOR],
        widget=forms.CheckboxSelectMultiple,
    )
    trained_on = DayField(label=_("Day of the training"))
    expires_on = DayField(
        label=_("Good until"), required=False, help_text=_("As its paper says. Empty: a year from the training.")
    )
    given_by = forms.CharField(
        label=_("Trained by"), max_length=200, help_text=_("Whose training it was, or the paper that shows it.")
    )

    def __init__(self, *args: Any, examiners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = examiners

    def layout(self) -> Any:
        return Layout(
            Part(_("Enter a training"), "user", "tests", Line(("trained_on", "w6"), ("expires_on", "w6")), "given_by")
        )


class WindowForm(PlanForm):
    submit_label = _("Set the window")

    test = forms.ChoiceField(label=_("Test"), choices=[(test.value, test.label) for test in YEARLY_ELPAC])
    administration = forms.ChoiceField(label=_("School year"))
    opens = DayField(label=_("First day"))
    closes = DayField(label=_("Last day"))
    source = forms.CharField(
        label=_("Where it stands"), max_length=200, help_text=_("The state's calendar with its date, or the law.")
    )

    def __init__(self, *args: Any, years: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["administration"].choices = [(year, year) for year in years]

    def layout(self) -> Any:
        return Layout(
            Part(
                _("Set a window"),
                Line(("test", "w8"), ("administration", "w4")),
                Line(("opens", "w6"), ("closes", "w6")),
                "source",
            )
        )


class SittingForm(PlanForm):
    """What became of one child's yearly test."""

    submit_label = _("Note it")

    outcome = forms.ChoiceField(
        label=_("The yearly test is"),
        choices=[(each.value, each.label) for each in OUTCOMES],
        widget=forms.RadioSelect,
        initial=Outcome.TAKEN,
    )
    on = DayField(label=_("Day"), latest=today)
    examiner = forms.ModelChoiceField(
        label=_("Examiner"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Who is trained for this test; for a test taken, whole or in part."),
        widget=forms.Select(attrs=shown_when("outcome", Outcome.TAKEN, Outcome.PARTIAL)),
    )
    reason = forms.CharField(
        label=_("Why, where it is exempt or taken in part"),
        max_length=300,
        required=False,
        help_text=_("Parents cannot decline the test (PL-02). The sentence stands in the list."),
        widget=forms.Textarea(attrs={"rows": 2, **shown_when("outcome", Outcome.PARTIAL, Outcome.EXEMPT)}),
    )

    def __init__(self, *args: Any, examiners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["examiner"].queryset = examiners

    def layout(self) -> Any:
        return Layout("outcome", Line(("on", "w6"), ("examiner", "w6")), "reason")


class SittingsForm(PlanForm):
    """When, and by whom, the children that are ticked in a list were tested."""

    form_tag = False
    on = DayField(label=_("Day"), latest=today, initial=today)
    examiner = forms.ModelChoiceField(label=_("Examiner"), queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, examiners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["examiner"].queryset = examiners

    def layout(self) -> Any:
        return Layout(Line(("on", "w6"), ("examiner", "w6")))

    def buttons(self) -> Any:
        return Layout()


class SheetForm(PlanForm):
    """One sitting of the Initial test: the day and the examiner for all lines of the grid."""

    form_tag = False
    tested_on = DayField(label=_("Day of the test"), latest=today, initial=today)
    examiner = forms.ModelChoiceField(label=_("Examiner"), queryset=User.objects.none())

    def __init__(self, *args: Any, examiners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["examiner"].queryset = examiners

    def layout(self) -> Any:
        return Layout(Line(("tested_on", "w6"), ("examiner", "w6")))

    def buttons(self) -> Any:
        return Layout()


class SupportForm(PlanForm):
    submit_label = _("Add it to the list")

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=SupportKind.choices, initial=SupportKind.UNSORTED)
    source = forms.CharField(label=_("Where it stands"), max_length=200, help_text=_("The paper it stands in."))

    def layout(self) -> Any:
        return Layout(Part(_("Add one of the district's own"), Line(("name", "w8"), ("kind", "w4")), "source"))
