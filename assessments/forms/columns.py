"""The form by which the columns of an unknown file are named, over its first lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import ImportTarget, Kept, Window
from assessments.imports import mapping
from assessments.imports.layouts import Mapped
from assessments.models import LocalMeasure
from district.forms import Line, Part, PlanForm, shown_when

MARK, LOCAL = ImportTarget.MARK.value, ImportTarget.LOCAL.value
IN_COLUMN: tuple[str, ...] = ("number", "last_name", "first_name", "birth_date", "grade", "value", "level")
IN_COLUMN += ("not_taken", "measure", "course", "subject", "teacher", "window", "taken_on", "year")


def _column(label: Any, hint: Any = "", *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=required, help_text=hint)


class ColumnsForm(PlanForm):
    """Each field is a choice among the file's own columns; what stands in no column is said for the whole file."""

    submit_label = _("Remember the columns and look at what the file would do")
    leave_label = _("Leave the file waiting")

    kind = forms.ChoiceField(
        label=_("What the file holds"),
        choices=[(MARK, _("Marks of courses")), (LOCAL, _("Results of a local measure: a benchmark, writing, iLit"))],
        widget=forms.RadioSelect,
        initial=MARK,
    )
    name = forms.CharField(
        label=_("What to call such files"), max_length=80, help_text=_("Such as “Marks from the gradebook”.")
    )
    number = _column(
        _("Student number"), _("The SSID, or the district's own number. Ten digits are the SSID."), required=True
    )
    last_name = _column(_("Last name"), _("Compared with ours, so that a wrong number is noticed."))
    first_name = _column(_("First name"))
    birth_date = _column(_("Birth date"))
    grade = _column(_("Grade"))
    value = _column(_("Mark or score"))
    level = _column(_("Level in words"))
    not_taken = _column(_("Reason why there is no score"))
    measure = _column(_("Column that names the measure"))
    fixed_measure = forms.ChoiceField(label=_("or every line is of"), required=False)
    course = _column(_("Course"))
    subject = _column(_("Subject"), _("Without one it follows from the course: Algebra is mathematics."))
    teacher = _column(_("Teacher"))
    window = _column(_("Column of the term or window"), _("Read are: Q1, T2, BOY, Fall and the like."))
    fixed_window = forms.ChoiceField(label=_("or every line is of"), required=False)
    taken_on = _column(_("Day"))
    year = _column(_("Column of the school year"))
    fixed_year = forms.CharField(
        label=_("or every line is of"),
        required=False,
        max_length=9,
        help_text=_("As 2026-27. Left out: the year of the day, or of the day of receipt."),
        widget=forms.TextInput(attrs={"class": "short"}),
    )

    def __init__(self, *args: Any, header: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [("", _("not in the file")), *((name, name) for name in header if name)]
        for name in IN_COLUMN:
            self.fields[name].choices = columns  # type: ignore[attr-defined]
        measures = LocalMeasure.objects.filter(kept=Kept.LOCAL, is_offered=True).values_list("slug", "name")
        self.fields["fixed_measure"].choices = [("", _("no choice")), *measures]  # type: ignore[attr-defined]
        self.fields["fixed_window"].choices = [("", _("no choice")), *Window.choices]  # type: ignore[attr-defined]
        for name in ("course", "subject", "teacher"):
            self.fields[name].widget.attrs |= shown_when("kind", MARK)
        for name in ("measure", "fixed_measure", "level", "not_taken"):
            self.fields[name].widget.attrs |= shown_when("kind", LOCAL)

    def layout(self) -> Any:
        return Layout(
            "kind",
            "name",
            Part(
                _("The child"),
                Line(("number", "w6"), ("birth_date", "w6")),
                Line(("last_name", "w4"), ("first_name", "w4"), ("grade", "w4")),
            ),
            Part(
                _("What was reached"),
                Line(("value", "w4"), ("level", "w4"), ("not_taken", "w4")),
                Line(("course", "w4"), ("subject", "w4"), ("teacher", "w4")),
                Line(("measure", "w6"), ("fixed_measure", "w6")),
            ),
            Part(
                _("When"),
                Line(("window", "w6"), ("fixed_window", "w6")),
                Line(("taken_on", "w4"), ("year", "w4"), ("fixed_year", "w4")),
            ),
        )

    def named(self) -> Mapped:
        """The columns as the person has named them; what belongs to the other kind of file is left aside."""
        said, target = self.cleaned_data, ImportTarget(self.cleaned_data["kind"])
        is_mark = target == ImportTarget.MARK
        other = {"value": "mark", "window": "term"} if is_mark else {}
        allowed = mapping.fields_of(target)
        columns = {other.get(name, name): said[name] for name in IN_COLUMN if said.get(name)}
        fixed = {"term" if is_mark else "window": said["fixed_window"], "year": said["fixed_year"].strip()}
        fixed |= {} if is_mark else {"measure": said["fixed_measure"]}
        return Mapped(
            said["name"],
            target,
            {name: column for name, column in columns.items() if name in allowed},
            {name: value for name, value in fixed.items() if value and name not in columns},
        )
