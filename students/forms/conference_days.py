"""Days of parent conferences: blocks of slots, interpreters, the languages that the staff speak."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from district.enums import Grade
from district.forms import DayField, LanguageField, Line, Part, PlanForm, today
from district.models import Language, School, User, in_force
from district.queries import school_calendar
from students.enums import InterpreterState
from students.forms.enrolling import teachers_of
from students.models import StaffLanguage

ROWS = 5
TIMES = ["%H:%M", "%H.%M", "%I:%M %p", "%I:%M%p", "%I %p", "%I%p"]


class ClockField(forms.TimeField):
    """A time as people type it: `15:10`, `3:10 pm`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Such as 15:10 or 3:10 pm"))
        widget = forms.TextInput(attrs={"autocomplete": "off", "class": "short"})
        super().__init__(input_formats=TIMES, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if hasattr(value, "hour") else value


class BlockForm(PlanForm):
    """A stretch of slots, on one day or on every school day until another one."""

    submit_label = _("Open the slots")

    school = forms.ModelChoiceField(School.objects.none(), label=_("School"), empty_label=None)
    day = DayField(label=_("Day"))
    until = DayField(
        label=_("Every school day until"), required=False, help_text=_("Empty: this day only. Six weeks at most.")
    )
    starts = ClockField(label=_("From"))
    ends = ClockField(label=_("To"))
    minutes = forms.IntegerField(label=_("Minutes for each"), min_value=5, max_value=120, initial=15)
    room = forms.CharField(label=_("Room"), max_length=40)
    language = LanguageField(
        label=_("Language"), required=False, help_text=_("Empty: any. One language: an interpreter sits once.")
    )
    grade_low = forms.ChoiceField(label=_("From grade"), choices=[("", _("any")), *Grade.choices], required=False)
    grade_high = forms.ChoiceField(label=_("To grade"), choices=[("", _("any")), *Grade.choices], required=False)
    class_of = forms.ModelChoiceField(
        User.objects.none(), label=_("Only the class of"), required=False, empty_label=_("all classes")
    )
    staff = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Staff who are there"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )
    principal_planned = forms.BooleanField(label=_("the principal is there"), required=False)

    def __init__(self, *args: Any, schools: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
        held = Q(role_assignments__school__in=schools) | Q(role_assignments__school=None)
        people = User.objects.filter(in_force(today(), "role_assignments__starts", "role_assignments__ends"), held)
        people = people.filter(is_active=True, is_service=False).distinct().order_by("last_name", "first_name")
        self.fields["staff"].queryset = people  # type: ignore[attr-defined]
        self.fields["class_of"].queryset = teachers_of(schools)  # type: ignore[attr-defined]

    def layout(self) -> Any:
        return Layout(
            Line(("school", "w4"), ("day", "w4"), ("until", "w4")),
            Line(("starts", "w3"), ("ends", "w3"), ("minutes", "w3"), ("room", "w3")),
            Part(
                _("For whom"),
                Line(("language", "w4"), ("grade_low", "w2"), ("grade_high", "w2"), ("class_of", "w4")),
            ),
            Part(_("Who is there"), "staff", "principal_planned"),
        )

    def clean_until(self) -> date | None:
        until, day = self.cleaned_data["until"], self.cleaned_data.get("day")
        if until and day and not day <= until <= day + timedelta(weeks=6):
            raise forms.ValidationError(_("Give a day after the first one, six weeks later at most."))
        return until

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        day, until = given.pop("day"), given.pop("until")
        return {**given, "days": _days(given["school"], day, until), "staff": list(given["staff"])}


def _days(school: School, day: date, until: date | None) -> list[date]:
    """The day, or it and every school day after it; where the calendar is not open, every weekday."""
    if until is None:
        return [day]
    calendar = school_calendar(school)
    days = [day + timedelta(days=number) for number in range((until - day).days + 1)]
    try:
        return [each for each in days if calendar.is_school_day(each)]
    except LookupError:
        return [each for each in days if each.weekday() < 5]


class AskForm(PlanForm):
    """Whom one asked to interpret; the needs are ticked in the list."""

    form_tag = False
    submit_label = _("Note that I asked")

    name = forms.CharField(label=_("Person or service"), max_length=120)
    is_service = forms.BooleanField(label=_("a service, by telephone or video"), required=False)
    contact = forms.CharField(label=_("Telephone or e-mail"), max_length=120, required=False)
    on = DayField(label=_("Asked on"), latest=today)

    def layout(self) -> Any:
        return Layout(Line(("name", "w6"), ("contact", "w6")), Line(("on", "w4"), ("is_service", "w8")))


class AnswerForm(PlanForm):
    submit_label = _("Note the answer")

    state = forms.ChoiceField(
        label=_("Answer"),
        choices=[(state.value, state.label) for state in InterpreterState if state != InterpreterState.ASKED],
    )
    on = DayField(label=_("Answered on"), latest=today)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def layout(self) -> Any:
        return Layout(Line(("state", "w6"), ("on", "w6")), "note")


class SpokenForm(PlanForm):
    """The languages in which a school's staff hold conferences, and who."""

    submit_label = _("Save the languages")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, ROWS + 1):
            self.fields[f"language_{place}"] = LanguageField(label=_("Language %(n)d") % {"n": place}, required=False)
            self.fields[f"who_{place}"] = forms.CharField(label=_("Who speaks it"), max_length=200, required=False)
        self._share_languages()

    def layout(self) -> Any:
        return Layout(*(Line((f"language_{n}", "w4"), (f"who_{n}", "w8")) for n in range(1, ROWS + 1)))

    def values(self) -> dict[str, Any]:
        pairs = [(self.cleaned_data[f"language_{n}"], self.cleaned_data[f"who_{n}"]) for n in range(1, ROWS + 1)]
        spoken: dict[Language, str] = {language: who for language, who in pairs if language}
        return {"spoken": spoken}

    @staticmethod
    def initial_of(rows: Sequence[StaffLanguage]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for place, row in enumerate(rows[:ROWS], 1):
            found |= {f"language_{place}": row.language, f"who_{place}": row.who}
        return found
