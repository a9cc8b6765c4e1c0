"""Enrolling, moving and leaving, and the particulars of a child."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from district.access import Scope
from district.enums import Grade, Role
from district.fields import today
from district.forms import DayField, LanguageField, Line, Part, PlanForm, shown_when
from district.models import School, User
from district.permissions import Permission
from students.actions import Parent
from students.enums import Gender, Origin
from students.models import Student

# Where the child comes from, and which way it goes from there (MP1-45, MP1-50).
PATHS = (
    (Origin.NEW, _("new to school, or from home: the survey decides about the test")),
    (Origin.CALIFORNIA, _("from another California district: keeps its status, and its records are asked for")),
    (Origin.OUT_OF_STATE, _("from another state: the survey decides about the test")),
    (Origin.OTHER_COUNTRY, _("from another country: the survey decides about the test")),
)
NOT_CHOSEN = ("", "-")
FOR_LETTERS = _("Needed for letters")
SSID_HINT = _("10 digits, if the child has one")


def schools_of(user: User, permission: Permission) -> Any:
    """The schools in which the person holds a permission."""
    scope = Scope.of(user, permission)
    return School.objects.all() if scope.everywhere else School.objects.filter(pk__in=scope.schools)


def teachers_of(schools: Any) -> Any:
    """Who holds the role of a teacher today, in one of the schools or the whole district, by name."""
    on = today()
    held = User.objects.none()
    for school in schools:
        held = held | User.objects.holding(Role.TEACHER, school, on)
    return held.distinct().order_by("last_name", "first_name")


class TeacherField(forms.ModelChoiceField):
    """A class teacher, or none yet; the form says whose teachers are offered."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Class teacher"), queryset=User.objects.none(), required=False, empty_label=_("none yet")
        )


class SchoolField(forms.ModelChoiceField):
    """A school; where there is one only, it is chosen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=School.objects.none(), empty_label=None, **kwargs)


class ParentFields(forms.Form):
    """Parents and guardians, two rows for a start; a row without a name is left out."""

    def read_parents(self, rows: int) -> list[Parent]:
        parents = []
        for number in range(1, rows + 1):
            value = {name: self.cleaned_data.get(f"parent_{number}_{name}") for name in PARENT_FIELDS}
            if value["name"]:
                parents.append(
                    Parent(**{name: value[name] or (None if name == "language" else "") for name in PARENT_FIELDS})
                )
        return parents

    def parent_lines(self, rows: int) -> list[Any]:
        lines: list[Any] = []
        for number in range(1, rows + 1):
            prefix = f"parent_{number}_"
            lines.append(
                Line(
                    (f"{prefix}name", "w4"),
                    (f"{prefix}relation", "w2"),
                    (f"{prefix}language", "w3"),
                    (f"{prefix}phone", "w3"),
                )
            )
            lines.append(Line((f"{prefix}address", "w8"), (f"{prefix}email", "w4")))
        return lines


PARENT_FIELDS = ("name", "relation", "language", "phone", "email", "address")


def add_parent_fields(form: forms.BaseForm, rows: int) -> None:
    """The fields of so many parents, numbered as the family names them."""
    for number in range(1, rows + 1):
        prefix = f"parent_{number}_"
        who = _("Parent or guardian") if rows == 1 else _("Parent or guardian %(n)s") % {"n": number}
        form.fields[f"{prefix}name"] = forms.CharField(label=who, max_length=120, required=False)
        form.fields[f"{prefix}relation"] = forms.CharField(label=_("Relation"), max_length=40, required=False)
        form.fields[f"{prefix}language"] = LanguageField(label=_("Speaks"), required=False)
        form.fields[f"{prefix}phone"] = forms.CharField(label=_("Phone"), max_length=40, required=False)
        form.fields[f"{prefix}email"] = forms.EmailField(label=_("E-mail"), required=False)
        form.fields[f"{prefix}address"] = forms.CharField(label=_("Address"), max_length=200, required=False)


class EnrollForm(ParentFields, PlanForm):
    """A new child on one page, in the order of the registration packet."""

    ROWS = 2
    submit_label = _("Enroll and go on")
    more_submits = (("another", _("Enroll, then another child")),)

    origin = forms.ChoiceField(
        label=_("Where does the child come from?"),
        choices=PATHS,
        widget=forms.RadioSelect(attrs={"autofocus": True}),
    )
    last_name = forms.CharField(label=_("Last name"), max_length=80)
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    middle_name = forms.CharField(label=_("Middle name"), max_length=80, required=False)
    birth_date = DayField(label=_("Birth date"), latest=today)
    gender = forms.ChoiceField(
        label=_("Sex"), choices=[("", "-"), *Gender.choices], required=False, help_text=FOR_LETTERS
    )
    ssid = forms.RegexField(
        label=_("SSID"),
        regex=r"^\d{10}$",
        required=False,
        help_text=SSID_HINT,
        error_messages={"invalid": _("An SSID has 10 digits.")},
    )
    local_id = forms.CharField(label=_("Local student number"), max_length=15)
    school = SchoolField(label=_("School"))
    grade = forms.ChoiceField(label=_("Grade"), choices=[NOT_CHOSEN, *Grade.choices])
    starts = DayField(label=_("First day of attendance"))
    teacher = TeacherField()
    room = forms.CharField(label=_("Room"), max_length=20, required=False)
    former_district = forms.CharField(label=_("Former district"), max_length=120, required=False)
    former_school = forms.CharField(label=_("Former school"), max_length=120, required=False)
    first_california_on = DayField(
        label=_("First enrolled in California on"),
        required=False,
        latest=today,
        help_text=_("When known; the clock of the first test runs from this day"),
    )
    first_us_school_on = DayField(
        label=_("First day in a school of the United States"), required=False, latest=today, help_text=FOR_LETTERS
    )
    letter_language = LanguageField(
        label=_("Letters wanted in"),
        required=False,
        help_text=_("Empty: the language of the first parent, or else of the survey"),
    )
    is_another_child = forms.BooleanField(
        label=_("This is another child, with the same name and birth date"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_parent_fields(self, self.ROWS)
        schools = schools_of(user, Permission.ENROLL)
        self.fields["school"].queryset = schools
        self.fields["teacher"].queryset = teachers_of(schools)
        listed = list(schools)
        if len(listed) == 1:
            self.fields["grade"].choices = [NOT_CHOSEN, *((grade, grade.label) for grade in listed[0].grades)]
            self.fields["school"].initial = listed[0]
        self.fields["starts"].initial = today()
        if self.initial.get("origin"):  # the next child of a stack: what was chosen stays, and typing goes on
            del self.fields["origin"].widget.attrs["autofocus"]
            self.fields["last_name"].widget.attrs["autofocus"] = True
        self._share_languages()

    def ask_about_another(self) -> None:
        """After a child of this name was found: let the person say that this is another one."""
        self.fields["is_another_child"].widget = forms.CheckboxInput()

    def clean_ssid(self) -> str | None:
        return self.cleaned_data["ssid"] or None

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        names = [name for name in self.fields if not name.startswith("parent_")]
        return {**{name: self.cleaned_data[name] for name in names}, "guardians": self.read_parents(self.ROWS)}

    def layout(self) -> Any:
        came = shown_when("origin", Origin.CALIFORNIA, Origin.OUT_OF_STATE, Origin.OTHER_COUNTRY)
        california = shown_when("origin", Origin.CALIFORNIA)
        for name, asked in (
            ("former_district", california),
            ("former_school", came),
            ("first_california_on", california),
        ):
            self.fields[name].widget.attrs.update(asked)
        self.fields["first_us_school_on"].widget.attrs.update(came)
        another = [] if isinstance(self.fields["is_another_child"].widget, forms.HiddenInput) else ["is_another_child"]
        return Layout(
            *another,
            "origin",
            Part(
                _("Child"),
                Line(("last_name", "w4"), ("first_name", "w4"), ("middle_name", "w4")),
                Line(("birth_date", "w4"), ("gender", "w2"), ("local_id", "w3"), ("ssid", "w3")),
            ),
            Part(
                _("School"),
                Line(("school", "w4"), ("grade", "w3"), ("starts", "w5")),
                Line(("teacher", "w4"), ("room", "w2"), ("former_school", "w3"), ("former_district", "w3")),
                Line(("first_california_on", "w6"), ("first_us_school_on", "w6")),
            ),
            Part(_("Family"), *self.parent_lines(self.ROWS), Field("letter_language")),
        )


class ParticularsForm(PlanForm):
    """What is written about the child itself, and the class."""

    submit_label = _("Save the particulars")

    last_name = forms.CharField(label=_("Last name"), max_length=80)
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    middle_name = forms.CharField(label=_("Middle name"), max_length=80, required=False)
    birth_date = DayField(label=_("Birth date"), latest=today)
    gender = forms.ChoiceField(
        label=_("Sex"), choices=[("", "-"), *Gender.choices], required=False, help_text=FOR_LETTERS
    )
    ssid = forms.RegexField(
        label=_("SSID"),
        regex=r"^\d{10}$",
        required=False,
        help_text=SSID_HINT,
        error_messages={"invalid": _("An SSID has 10 digits.")},
    )
    local_id = forms.CharField(label=_("Local student number"), max_length=15)
    first_california_on = DayField(label=_("First enrolled in California on"), required=False, latest=today)
    first_us_school_on = DayField(
        label=_("First day in a school of the United States"), required=False, latest=today, help_text=FOR_LETTERS
    )

    def layout(self) -> Any:
        return Part(
            _("Child"),
            Line(("last_name", "w4"), ("first_name", "w4"), ("middle_name", "w4")),
            Line(("birth_date", "w4"), ("gender", "w2"), ("local_id", "w3"), ("ssid", "w3")),
            Line(("first_california_on", "w6"), ("first_us_school_on", "w6")),
        )


class StayForm(PlanForm):
    """The class of the present stay, and its first day when that was typed wrongly."""

    submit_label = _("Save class and first day")

    teacher = TeacherField()
    room = forms.CharField(label=_("Room"), max_length=20, required=False)
    grade = forms.ChoiceField(label=_("Grade"))
    starts = DayField(label=_("First day of attendance"))

    def __init__(self, *args: Any, student: Student, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        school = student.school
        self.fields["teacher"].queryset = teachers_of([school] if school else [])
        self.fields["grade"].choices = [(grade, grade.label) for grade in school.grades] if school else []

    def layout(self) -> Any:
        return Part(_("Class"), Line(("teacher", "w4"), ("room", "w2"), ("grade", "w3"), ("starts", "w3")))


class MoveForm(PlanForm):
    """To another school of the district, or to another grade and class."""

    submit_label = _("Record the move")

    school = SchoolField(label=_("School"))
    grade = forms.ChoiceField(label=_("Grade"), choices=Grade.choices)
    starts = DayField(label=_("First day there"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = School.objects.all()

    def layout(self) -> Any:
        return Line(("school", "w4"), ("grade", "w4"), ("starts", "w4"))


class LeaveForm(PlanForm):
    """Out of the district."""

    submit_label = _("Record that the child leaves")

    last_day = DayField(label=_("Last day of attendance"))
    reason = forms.CharField(label=_("Where to, or why"), max_length=80)

    def layout(self) -> Any:
        return Line(("last_day", "w4"), ("reason", "w8"))


class NewYearForm(PlanForm):
    """Where a class goes on when a school year begins."""

    submit_label = _("Begin the year for those ticked")
    form_tag = False

    school = SchoolField(label=_("School"))
    grade = forms.ChoiceField(label=_("Grade"), choices=Grade.choices)
    starts = DayField(label=_("First day there"))
    teacher = TeacherField()
    room = forms.CharField(label=_("Room"), max_length=20, required=False)

    def __init__(self, *args: Any, school: School | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = School.objects.all()
        self.fields["teacher"].queryset = teachers_of([school] if school else [])

    def layout(self) -> Any:
        return Line(("school", "w4"), ("grade", "w3"), ("starts", "w5"), ("teacher", "w4"), ("room", "w3"))
