"""ELD sections, services outside of them, how services end, and teachers' authorizations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from district.enums import Grade
from district.fields import today
from district.forms import DayField, LanguageField, Line, Part, PlanForm, shown_when
from district.models import School, SchoolYear, User
from students.actions.authorizations import Document
from students.enums import AuthorizationKind, Funding, ServiceEnd, ServiceKind, ServiceSetting
from students.forms.enrolling import teachers_of
from students.ladders import ladders
from students.models import EVERY_DAY, EldSection
from students.rules.services import LEVEL_TEST

ELD = (ServiceKind.DESIGNATED, ServiceKind.INTEGRATED)


def level_choices() -> list[tuple[str, str]]:
    """The levels of the test by which sections are leveled, lowest first; numbers where the test is not known."""
    ladder = ladders().get(LEVEL_TEST)
    return [(str(number), words) for number, (_slug, words) in enumerate(ladder.levels, 1)] if ladder else []


class SectionForm(PlanForm):
    """In the order in which a schedule is written: where, what, for whom, by whom, when."""

    submit_label = _("Save the section")

    school = forms.ModelChoiceField(label=_("School"), queryset=School.objects.none())
    year = forms.ModelChoiceField(label=_("School year"), queryset=SchoolYear.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Such as: ELD 2, period 3"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind, kind.label) for kind in ELD])
    grade_low = forms.ChoiceField(label=_("From grade"), choices=Grade.choices)
    grade_high = forms.ChoiceField(label=_("To grade"), choices=Grade.choices)
    level_low = forms.TypedChoiceField(label=_("From level"), required=False, coerce=int, empty_value=None)
    level_high = forms.TypedChoiceField(
        label=_("To level"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Levels of the Summative ELPAC. Empty: the section is for all levels and is not leveled."),
    )
    teacher = forms.ModelChoiceField(
        label=_("Teacher"), queryset=User.objects.none(), required=False, empty_label=_("not named yet")
    )
    period = forms.CharField(label=_("Period or time"), max_length=30, required=False)
    minutes = forms.IntegerField(label=_("Minutes a day"), min_value=1, max_value=400)
    days_a_week = forms.IntegerField(
        label=_("Days a week"), min_value=1, max_value=EVERY_DAY, initial=EVERY_DAY, help_text=_("5 is daily ELD.")
    )
    curriculum = forms.CharField(label=_("Curriculum"), max_length=120, required=False)
    funding = forms.ChoiceField(label=_("Paid by"), choices=Funding.choices)

    def __init__(self, *args: Any, schools: Any, years: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools
        self.fields["year"].queryset = years
        self.fields["teacher"].queryset = teachers_of(schools)
        for name in ("level_low", "level_high"):
            self.fields[name].choices = [("", _("all levels")), *level_choices()]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        low, high = values.get("level_low"), values.get("level_high")
        if (low is None) != (high is None):
            self.add_error("level_high", _("Give both levels, or none. For one level give it twice."))
        elif low and high and low > high:
            self.add_error("level_low", _("The levels stand the wrong way round; give the lower one first."))
        return values

    def layout(self) -> Any:
        return Part(
            "",
            Line(("school", "w6"), ("year", "w3"), ("kind", "w3")),
            Line(("name", "w6"), ("teacher", "w6")),
            Line(("grade_low", "w3"), ("grade_high", "w3"), ("level_low", "w3"), ("level_high", "w3")),
            Line(("period", "w4"), ("minutes", "w4"), ("days_a_week", "w4")),
            Line(("curriculum", "w6"), ("funding", "w6")),
        )

    @staticmethod
    def initial_of(section: EldSection) -> dict[str, Any]:
        names = [*SectionForm.base_fields]
        return {name: getattr(section, name) for name in names}


class ServiceForm(PlanForm):
    """A service outside of a section, for one child or for many."""

    submit_label = _("Record the service")

    kind = forms.ChoiceField(label=_("What is given"), choices=ServiceKind.choices)
    setting = forms.ChoiceField(
        label=_("Where"), choices=[each for each in ServiceSetting.choices if each[0] != ServiceSetting.SECTION]
    )
    starts = DayField(label=_("From"))
    minutes = forms.IntegerField(label=_("Minutes a day"), min_value=1, max_value=400, required=False)
    days_a_week = forms.IntegerField(label=_("Days a week"), min_value=1, max_value=EVERY_DAY, initial=EVERY_DAY)
    supports = forms.CharField(
        label=_("Supports, in words"),
        max_length=400,
        required=False,
        help_text=_("Asked for supports and for the primary language. Such as: sentence frames, bilingual aide."),
    )
    language = LanguageField(label=_("Language, for primary-language support"), required=False)
    curriculum = forms.CharField(label=_("Curriculum, for ELD"), max_length=120, required=False)
    funding = forms.ChoiceField(label=_("Paid by"), choices=Funding.choices)

    def layout(self) -> Any:
        self.fields["language"].widget.attrs.update(shown_when("kind", ServiceKind.HOME_LANGUAGE))
        self.fields["curriculum"].widget.attrs.update(shown_when("kind", *ELD))
        return Part(
            "",
            Line(("kind", "w6"), ("setting", "w6")),
            Line(("starts", "w4"), ("minutes", "w4"), ("days_a_week", "w4")),
            "supports",
            Line(("language", "w4"), ("curriculum", "w4"), ("funding", "w4")),
        )

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "language": self.cleaned_data["language"] or None}


class EndServiceForm(PlanForm):
    """The last day of a service and why it ends."""

    submit_label = _("End the service")

    ends = DayField(label=_("Last day"))
    reason = forms.ChoiceField(
        label=_("Why"), choices=[each for each in ServiceEnd.choices if each[0] != ServiceEnd.YEAR]
    )
    note = forms.CharField(
        label=_("In words"),
        max_length=300,
        required=False,
        help_text=_("Where the parents declined: who said what. They may decline a service, not the test."),
    )


class AuthorizationsForm(PlanForm):
    """A line for each teacher: the document that was seen. Lines without a document are left as they are."""

    submit_label = _("Record what is filled in")

    seen_on = DayField(label=_("Documents seen on"), latest=today)

    def __init__(self, *args: Any, teachers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teachers = list(teachers)
        other = (AuthorizationKind.OTHER, _("other, by its code"))
        named = [each for each in AuthorizationKind.choices if each[0] != AuthorizationKind.OTHER]
        choices = [("", _("nothing new")), *named, other]
        for teacher in self.teachers:
            key = f"t{teacher.pk}"
            said = {"teacher": teacher}
            kind = forms.ChoiceField(label=_("Document of %(teacher)s") % said, choices=choices, required=False)
            self.fields[f"{key}_kind"] = kind
            self.fields[f"{key}_code"] = forms.CharField(
                label=_("Code on the document of %(teacher)s") % said,
                max_length=20,
                required=False,
                widget=forms.TextInput(attrs={"size": 8}),
            )
            ends = DayField(label=_("Last day of the document of %(teacher)s") % said, required=False, help_text="")
            self.fields[f"{key}_ends"] = ends

    def row(self, teacher: User) -> list[Any]:
        return [self[f"t{teacher.pk}_{name}"] for name in ("kind", "code", "ends")]

    def values(self) -> dict[str, Any]:
        found = []
        for teacher in self.teachers:
            key = f"t{teacher.pk}"
            if kind := self.cleaned_data.get(f"{key}_kind"):
                ends: date | None = self.cleaned_data.get(f"{key}_ends")
                found.append(Document(teacher, kind, self.cleaned_data.get(f"{key}_code", ""), expires_on=ends))
        return {"documents": found, "seen_on": self.cleaned_data["seen_on"]}
