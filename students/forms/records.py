"""Records of a former district: what has come, attempts, and what is entered; flags; the family."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from district.fields import today
from district.forms import DayField, LanguageField, Line, Part, PlanForm, shown_when
from students.enums import AttemptChannel, ElStatus, FlagKind
from students.forms.enrolling import ParentFields, add_parent_fields
from students.models import RecordsRequest, Student

NO_STATUS = "none"


class ReceivedForm(PlanForm):
    """The three things asked of the former district, each with the day on which it came."""

    submit_label = _("Save what has come")

    survey_on = DayField(label=_("Survey came on"), required=False, latest=today)
    scores_on = DayField(label=_("ELPAC scores came on"), required=False, latest=today)
    status_on = DayField(label=_("Status came on"), required=False, latest=today)

    def layout(self) -> Any:
        return Line(("survey_on", "w4"), ("scores_on", "w4"), ("status_on", "w4"))

    @staticmethod
    def initial_of(asked: RecordsRequest) -> dict[str, Any]:
        return {
            "survey_on": asked.survey_received_on,
            "scores_on": asked.scores_received_on,
            "status_on": asked.status_received_on,
        }


class AttemptForm(PlanForm):
    """One attempt to reach the former district."""

    submit_label = _("Log the attempt")

    on = DayField(label=_("Day"), latest=today)
    channel = forms.ChoiceField(label=_("How"), choices=AttemptChannel.choices)
    outcome = forms.CharField(label=_("What came of it"), max_length=200)


class EnterRecordsForm(PlanForm):
    """What the records say: the status with its own day."""

    submit_label = _("Enter the records")

    status = forms.ChoiceField(
        label=_("Language status in the records"),
        choices=[
            ("", "-"),
            *((status, status.label) for status in ElStatus if status != ElStatus.ADEL),
            (NO_STATUS, _("they name none: the child goes the initial way")),
        ],
    )
    status_since = DayField(
        label=_("In force since"),
        required=False,
        latest=today,
        help_text=_("The day in the records, not today. Not asked where they name no status."),
    )
    place = forms.CharField(label=_("Given by"), max_length=120, required=False, help_text=_("District"))
    first_california_on = DayField(label=_("First enrolled in California on"), required=False, latest=today)
    primary_language = LanguageField(label=_("Primary language"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def layout(self) -> Any:
        self.fields["status_since"].widget.attrs.update(shown_when("status", *ElStatus.values, ""))
        return Part(
            "",
            Line(("status", "w6"), ("status_since", "w6")),
            Line(("place", "w4"), ("first_california_on", "w4"), ("primary_language", "w4")),
            "note",
        )

    def values(self) -> dict[str, Any]:
        status = self.cleaned_data["status"]
        return {
            **self.cleaned_data,
            "status": None if status == NO_STATUS else status,
            "primary_language": self.cleaned_data["primary_language"] or None,
        }


class FlagForm(PlanForm):
    """A dated fact that changes rules or lists."""

    submit_label = _("Set the flag")

    kind = forms.ChoiceField(label=_("Flag"), choices=FlagKind.choices)
    starts = DayField(label=_("Since"))
    detail = forms.CharField(
        label=_("Detail"),
        max_length=300,
        required=False,
        help_text=_("For an IEP: how the program helps to meet its goals. It stands in the family's letters."),
    )

    def layout(self) -> Any:
        return Part("", Line(("kind", "w4"), ("starts", "w4")), "detail")


class EndFlagForm(PlanForm):
    submit_label = _("End the flag")

    ends = DayField(label=_("Last day on which it holds"))


class FamilyForm(ParentFields, PlanForm):
    """Parents and guardians, the child's language, and the language of letters."""

    ROWS = 4
    submit_label = _("Save the family")

    primary_language = LanguageField(
        label=_("Primary language of the child"),
        required=False,
        help_text=_("The survey gives it; what is typed here stays when the survey is amended"),
    )
    letter_language = LanguageField(
        label=_("Letters wanted in"), required=False, help_text=_("Empty: the child's primary language")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_parent_fields(self, self.ROWS)
        self._share_languages()

    def layout(self) -> Any:
        return Part("", Line(("primary_language", "w6"), ("letter_language", "w6")), *self.parent_lines(self.ROWS))

    def values(self) -> dict[str, Any]:
        return {
            "guardians": self.read_parents(self.ROWS),
            "primary_language": self.cleaned_data["primary_language"] or None,
            "letter_language": self.cleaned_data["letter_language"] or None,
        }

    @classmethod
    def initial_of(cls, student: Student) -> dict[str, Any]:
        values: dict[str, Any] = {
            "primary_language": student.primary_language,
            "letter_language": student.letter_language,
        }
        for number, row in enumerate(student.guardians.select_related("language")[: cls.ROWS], start=1):
            for name in ("name", "relation", "language", "phone", "email", "address"):
                values[f"parent_{number}_{name}"] = getattr(row, name)
        return values
