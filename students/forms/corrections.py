"""Corrections of a classification: asking, evidence, notice, decision, result."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from district.fields import today
from district.forms import DayField, Line, Part, PlanForm, shown_when
from students.enums import CorrectionAsker, CorrectionOutcome, CorrectionProcess, EvidenceKind


class AskForm(PlanForm):
    """Who asks for which correction, since when, and why. Only the processes that are open for this child."""

    submit_label = _("Ask for the correction")

    process = forms.ChoiceField(label=_("Which correction?"), widget=forms.RadioSelect)
    asked_on = DayField(label=_("Asked for on"), latest=today)
    asked_by = forms.ChoiceField(label=_("Who asks?"), choices=CorrectionAsker.choices)
    asked_name = forms.CharField(label=_("Name of who asks"), max_length=120)
    why = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was seen or said, and when. It stands in the history."),
    )

    def __init__(self, *args: Any, processes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["process"].choices = [(each, CorrectionProcess(each).label) for each in processes]

    def layout(self) -> Any:
        return Part("", "process", Line(("asked_on", "w3"), ("asked_by", "w5"), ("asked_name", "w4")), "why")


class EvidenceForm(PlanForm):
    """A piece of evidence."""

    submit_label = _("Add the evidence")
    warns_unsaved = False

    kind = forms.ChoiceField(label=_("Kind"), choices=EvidenceKind.choices)
    of_day = DayField(label=_("Of which day"), latest=today)
    what = forms.CharField(
        label=_("What it says"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The parents get it with the result."),
    )

    def layout(self) -> Any:
        return Part("", "kind", "of_day", "what")


class NoticeForm(PlanForm):
    submit_label = _("Note that the notice went out")
    warns_unsaved = False

    on = DayField(label=_("Given or mailed to the parents on"), latest=today)


class ResultForm(PlanForm):
    submit_label = _("Note that the result went out")
    warns_unsaved = False

    on = DayField(label=_("Given or mailed to the parents on"), latest=today)


class DecideForm(PlanForm):
    """The decision with its reason; for process B what is not kept, for process C who reviewed."""

    submit_label = _("Decide")

    outcome = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    on = DayField(label=_("Decided on"), latest=today)
    reviewers = forms.CharField(
        label=_("Qualified staff who reviewed the evidence"),
        max_length=300,
        required=False,
        help_text=_("Names and offices"),
    )
    results = forms.MultipleChoiceField(
        label=_("Results that are not kept"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences that the parents can read; they stand in the letter and in the history."),
    )

    def __init__(self, *args: Any, process: str, after: str, results: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {outcome.value: outcome.label for outcome in CorrectionOutcome}
        if after:
            words["changed"] = _("the status becomes “%(status)s”") % {"status": after}
        else:
            del words["changed"]
        self.fields["outcome"].choices = list(words.items())
        self.fields["results"].choices = results
        if process != CorrectionProcess.B:
            del self.fields["results"]
        if process != CorrectionProcess.C:
            del self.fields["reviewers"]
        else:
            self.fields["reviewers"].widget.attrs.update(shown_when("outcome", "changed", "unchanged", ""))

    def layout(self) -> Any:
        own = [name for name in ("reviewers", "results") if name in self.fields]
        return Part("", "outcome", Line(("on", "w4")), *own, "reason")
