"""Forms of the catalog of measures; what they may say is decided by the actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import ValueType, Window
from assessments.models import LocalMeasure
from district.enums import Grade
from district.forms import DayField, Line, Part, PlanForm, PlanModelForm
from district.refusal import Refusal


def _short(label: Any, **more: Any) -> forms.CharField:
    attrs = {"class": "short", "autocomplete": "off"}
    return forms.CharField(label=label, required=False, max_length=60, widget=forms.TextInput(attrs=attrs), **more)


class SchemeForm(PlanForm):
    """From where a child is at grade level: a value for each grade, from a day on, for one window or all."""

    submit_label = _("Save from that day on")
    submit_name = "scheme"

    valid_from = DayField(label=_("Holds from"))
    source = forms.CharField(
        label=_("Decided by, and when"), max_length=200, help_text=_("Such as: Curriculum council, 12 May 2026.")
    )

    def __init__(self, *args: Any, measure: LocalMeasure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grades = measure.grades
        for grade in self.grades:
            self.fields[f"grade_{grade.value}"] = _short(str(grade.label).capitalize())

    def layout(self) -> Any:
        fields = [f"grade_{grade.value}" for grade in self.grades]
        lines = [Line(*((name, "w3") for name in fields[start : start + 4])) for start in range(0, len(fields), 4)]
        return Layout(
            Part(_("Lowest value at grade level; empty means not configured"), *lines),
            Part(_("From when, and by whom"), Line(("valid_from", "w4"), ("source", "w8"))),
        )

    def values(self) -> dict[str, Any]:
        """What the action takes: the values by grade, as typed."""
        said = self.cleaned_data
        typed = {grade.value: said[f"grade_{grade.value}"] for grade in self.grades}
        return {"typed": typed, "valid_from": said["valid_from"], "source": said["source"]}


class AdoptForm(PlanForm):
    submit_label = _("Take this table")
    warns_unsaved = False

    valid_from = DayField(label=_("Holds from"))


class WindowsForm(PlanForm):
    """The windows of a school year, for all measures that are ticked."""

    submit_label = _("Save the windows")

    measures = forms.ModelMultipleChoiceField(
        label=_("For these measures"),
        queryset=LocalMeasure.objects.filter(is_offered=True),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, windows: Sequence[Window], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.windows = windows
        for window in windows:
            self.fields[f"{window.value}_opens"] = DayField(label=_("Opens"), required=False)
            self.fields[f"{window.value}_closes"] = DayField(label=_("Closes"), required=False)

    def layout(self) -> Any:
        parts = [
            Part(
                str(window.label).capitalize(), Line((f"{window.value}_opens", "w4"), (f"{window.value}_closes", "w4"))
            )
            for window in self.windows
        ]
        return Layout("measures", Div(*parts))

    def values(self) -> dict[str, Any]:
        """What the action takes: the measures, and first and last day by window."""
        said = self.cleaned_data
        dates: dict[str, tuple[date | None, date | None]] = {
            each.value: (said[f"{each.value}_opens"], said[f"{each.value}_closes"]) for each in self.windows
        }
        return {"measures": said["measures"], "dates": dates}


class MeasureForm(PlanModelForm):
    """A measure of the catalog. Levels are typed one a line, lowest first."""

    submit_label = _("Save the measure")

    levels_typed = forms.CharField(
        label=_("Levels, one a line, lowest first"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For a measure that is written down as a level in words."),
    )
    windows_taken = forms.MultipleChoiceField(
        label=_("Taken at"), choices=Window.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = LocalMeasure
        fields = (
            "name",
            "slug",
            "subject",
            "value_type",
            "unit",
            "lowest",
            "highest",
            "grade_from",
            "grade_to",
            "is_offered",
            "source",
        )
        labels = {
            "name": _("Name"),
            "slug": _("Short name, for files"),
            "subject": _("Subject"),
            "value_type": _("Written down as"),
            "unit": _("Unit"),
            "lowest": _("Lowest value there can be"),
            "highest": _("Highest value there can be"),
            "grade_from": _("From grade"),
            "grade_to": _("To grade"),
            "is_offered": _("Given in the district"),
            "source": _("Where this comes from"),
        }
        help_texts = {"slug": _("Small letters, digits and _. It stays as it is once results are there.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        measure = self.instance
        self.fields["value_type"].choices = [each for each in ValueType.choices if each[0] != ValueType.MARK]
        self.fields["grade_from"].choices = self.fields["grade_to"].choices = Grade.choices
        self.fields["levels_typed"].initial = "\n".join(measure.levels)
        self.fields["windows_taken"].initial = measure.windows
        if measure.pk:
            self.fields["slug"].disabled = True

    def layout(self) -> Any:
        return Layout(
            Line(("name", "w6"), ("slug", "w6")),
            Line(("subject", "w6"), ("value_type", "w6")),
            Line(("unit", "w4"), ("lowest", "w4"), ("highest", "w4")),
            "levels_typed",
            Line(("grade_from", "w6"), ("grade_to", "w6")),
            "windows_taken",
            "is_offered",
            "source",
        )

    def values(self) -> dict[str, Any]:
        """What the action takes: the measure with what was typed, not yet saved."""
        measure: LocalMeasure = self.save(commit=False)
        said = self.cleaned_data
        measure.windows = [window.value for window in Window if window in said["windows_taken"]]
        measure.levels = [line.strip() for line in said["levels_typed"].splitlines() if line.strip()]
        return {"measure": measure}

    def refuse(self, refusal: Refusal) -> None:
        super().refuse(Refusal(refusal.message, refusal.mend, field=self._field_of(refusal.field)))

    def _field_of(self, name: str) -> str:
        return "windows_taken" if name == "windows" else name


class MarkForm(PlanForm):
    """What a mark means from a day on."""

    submit_label = _("Save from that day on")

    mark = forms.CharField(label=_("Mark"), max_length=10, help_text=_("As the gradebook writes it: C-, 3, P."))
    meets = forms.ChoiceField(
        label=_("It is"), choices=[("yes", _("C or better")), ("no", _("below C"))], widget=forms.RadioSelect
    )
    valid_from = DayField(label=_("Holds from"))
    source = forms.CharField(label=_("Decided by, and when"), max_length=200)

    def layout(self) -> Any:
        return Layout("mark", "meets", Line(("valid_from", "w4"), ("source", "w8")))

    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"meets": self.cleaned_data["meets"] == "yes"}
