"""Forms of the settings: they check shape and wording; what the district may and may not do stands in the actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from district.actions.calendar import MOST_TERMS
from district.enums import Role, TermSystem
from district.forms import DayField, Line, Part, PlanForm, PlanModelForm
from district.holidays import DayOff, Suggestion
from district.models import District, Language, School, SchoolYear, User
from district.wording import long_day

# Held at one school as a rule; the others are the district's own.
SCHOOL_ROLES = frozenset(Role) - {Role.LIAISON, Role.EL_ADMINISTRATOR, Role.SUPERINTENDENT, Role.BOARD}
WHOLE_DISTRICT = _("whole district")


class LetterheadForm(PlanModelForm):
    submit_label = _("Save the letterhead")

    class Meta:
        model = District
        fields = (
            "name",
            "cds_code",
            "address",
            "phone",
            "fax",
            "website",
            "superintendent",
            "vision",
            "mission",
        )
        labels = {"name": _("Name of the district"), "vision": _("Vision"), "mission": _("Mission")}
        help_texts = {
            "cds_code": _("7 digits"),
            "address": _("Street or P.O. box, city and ZIP code, on one line"),
            "vision": _("One sentence. It stands on every letter."),
            "mission": _("For handbooks and reports."),
        }
        widgets = {"mission": forms.Textarea(attrs={"rows": 5})}

    def layout(self) -> Any:
        return Part(
            "",
            Line(("name", "w8"), ("cds_code", "w4")),
            "address",
            Line(("phone", "w4"), ("fax", "w4"), ("website", "w4")),
            "superintendent",
            "vision",
            "mission",
        )


class TrusteeForm(PlanForm):
    submit_label = _("Add the trustee")
    name = forms.CharField(label=_("Name"), max_length=120)
    starts = DayField(label=_("In office from"))


class EndForm(PlanForm):
    """The last day of something that has a beginning."""

    ends = DayField(label=_("Last day"))

    def __init__(self, *args: Any, submit_label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submit_label = submit_label


class SchoolForm(PlanModelForm):
    class Meta:
        model = School
        fields = (
            "name",
            "short_name",
            "cds_code",
            "grade_low",
            "grade_high",
            "terms",
            "address",
            "phone",
            "contact_name",
            "contact_phone",
        )
        labels = {
            "short_name": _("Short name"),
            "grade_low": _("Lowest grade"),
            "grade_high": _("Highest grade"),
            "terms": _("Report cards come by"),
        }
        help_texts = {
            "short_name": _("For lists and menus"),
            "cds_code": _("14 digits: county, district, school"),
            "contact_name": _("Whom families ask. Stands in letters."),
        }

    def layout(self) -> Any:
        return Part(
            "",
            Line(("name", "w8"), ("short_name", "w4")),
            Line(("cds_code", "w4"), ("grade_low", "w4"), ("grade_high", "w4")),
            "terms",
            "address",
            "phone",
            Line(("contact_name", "w8"), ("contact_phone", "w4")),
        )


class OpenYearForm(PlanForm):
    submit_label = _("Open the school year")
    first_day = DayField(label=_("First day of instruction"))
    last_day = DayField(label=_("Last day of instruction"))
    days_off = forms.MultipleChoiceField(
        label=_("Days on which the whole district is closed"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Public holidays in California. Tick what the Board has adopted; breaks are added later."),
    )

    def __init__(self, *args: Any, suggested: Iterable[Suggestion], **kwargs: Any) -> None:
        offered = list(suggested)
        self.suggested = {each.off.day.isoformat(): each.off for each in offered}
        super().__init__(*args, **kwargs)
        field = self.fields["days_off"]
        field.choices = [(key, f"{long_day(off.day)}, {off.name}") for key, off in self.suggested.items()]  # type: ignore[attr-defined]
        field.initial = [each.off.day.isoformat() for each in offered if each.is_usual]

    def clean_days_off(self) -> list[DayOff]:
        return [self.suggested[key] for key in self.cleaned_data["days_off"]]


class YearForm(PlanForm):
    submit_label = _("Move the school year")
    first_day = DayField(label=_("First day of instruction"))
    last_day = DayField(label=_("Last day of instruction"))


class TermsForm(PlanForm):
    """First and last day of each quarter or trimester."""

    def __init__(self, *args: Any, year: SchoolYear, system: TermSystem, **kwargs: Any) -> None:
        known = {term.number: term for term in year.terms.filter(system=system)}
        super().__init__(*args, **kwargs)
        self.submit_label = _("Set the %(terms)s") % {"terms": system.label}
        self.numbers = range(1, MOST_TERMS[system] + 1)
        for number in self.numbers:
            term = known.get(number)
            self.fields[f"starts_{number}"] = DayField(
                label=_("%(number)d. from") % {"number": number}, initial=term and term.starts, help_text=""
            )
            self.fields[f"ends_{number}"] = DayField(
                label=_("%(number)d. to") % {"number": number}, initial=term and term.ends, help_text=""
            )

    def layout(self) -> Any:
        return Part("", *(Line((f"starts_{number}", "w6"), (f"ends_{number}", "w6")) for number in self.numbers))

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"spans": [(given[f"starts_{number}"], given[f"ends_{number}"]) for number in self.numbers]}


class DayOffForm(PlanForm):
    """A day without instruction, or a whole break."""

    submit_label = _("Add it to the calendar")
    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"), required=False, help_text=_("Of a break. Empty: the one day"))
    name = forms.CharField(label=_("Why there is no instruction"), max_length=80)
    is_holiday = forms.BooleanField(
        label=_("a holiday: the district office is closed as well"),
        required=False,
        help_text=_("Holidays do not count as business days."),
    )

    def __init__(self, *args: Any, school: School | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if school:
            del self.fields["is_holiday"]
            self.submit_label = _("Add it to the calendar of %(school)s") % {"school": school.short_name}

    def layout(self) -> Any:
        holiday = ["is_holiday"] if "is_holiday" in self.fields else []
        return Part("", Line(("first", "w4"), ("last", "w4")), "name", *holiday)


class LanguageForm(PlanModelForm):
    submit_label = _("Save the language")

    class Meta:
        model = Language
        fields = ("name", "autonym", "code3", "tag", "script", "is_rtl", "note")
        help_texts = {
            "tag": _("Names the letter texts in this language, such as es or pa"),
        }


class PersonForm(PlanModelForm):
    class Meta:
        model = User
        fields = ("first_name", "last_name", "title", "email")
        labels = {"title": _("Title"), "email": _("E-mail address")}
        help_texts = {"title": _("As it stands under letters"), "email": _("Can be used for signing in")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name"):
            self.fields[name].required = True

    def layout(self) -> Any:
        return Part("", Line(("first_name", "w6"), ("last_name", "w6")), "title", "email")


class NewPersonForm(PersonForm):
    submit_label = _("Make the account")

    class Meta(PersonForm.Meta):
        fields = ("username", *PersonForm.Meta.fields)
        help_texts = {**PersonForm.Meta.help_texts, "username": _("Letters and digits. It stays for good.")}

    def layout(self) -> Any:
        return Part("", Line(("first_name", "w6"), ("last_name", "w6")), "username", "title", "email")


class Places(ModelChoiceIterator):
    """Nothing, the whole district, then the schools."""

    def __iter__(self) -> Iterator[Any]:
        offered = super().__iter__()
        yield next(offered)
        yield WhereField.DISTRICT, WHOLE_DISTRICT
        yield from offered


class WhereField(forms.ModelChoiceField):
    """Where a role is held: a school, or the whole district where that is offered; neither is chosen beforehand."""

    DISTRICT = "district"

    def __init__(self) -> None:
        super().__init__(
            label=_("School"),
            queryset=School.objects.none(),
            required=False,
            empty_label=_("choose"),
            help_text=_("Not asked for the roles of the district"),
        )
        self.schools_only = False

    def offer(self, schools: Iterable[int] | None) -> None:
        """The schools of who gives the role; None is all of them, and the whole district."""
        self.schools_only = self.required = schools is not None
        self.iterator = ModelChoiceIterator if self.schools_only else Places
        self.queryset = School.objects.all() if schools is None else School.objects.filter(pk__in=schools)

    def clean(self, value: Any) -> Any:
        return value if value == self.DISTRICT and not self.schools_only else super().clean(value)


class RoleForm(PlanForm):
    """A role at a school from a day on, or in the whole district; for the roles of a school that is said on purpose."""

    submit_label = _("Give the role")
    role = forms.ChoiceField(label=_("Role"), choices=[("", "")])
    school = WhereField()
    starts = DayField(label=_("First day"))
    ends = DayField(label=_("Last day"), required=False, help_text=_("Empty: until further notice"))

    def __init__(self, *args: Any, schools: Iterable[int] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("choose a role")), *Role.choices]  # type: ignore[attr-defined]
        self.fields["school"].offer(schools)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Nobody is given a school's role in the whole district because a box was passed over."""
        values = super().clean() or {}
        where = values.get("school")
        if where is None and values.get("role") in SCHOOL_ROLES and "school" not in self.errors:
            self.add_error("school", _("Choose the school, or the whole district if the role is held in all of them."))
        if where == WhereField.DISTRICT:
            values["school"] = None
        return values

    def layout(self) -> Any:
        return Part("", Line(("role", "w6"), ("school", "w6")), Line(("starts", "w6"), ("ends", "w6")))


class DelegationForm(RoleForm):
    submit_label = _("Name who stands in")
    delegate = forms.ModelChoiceField(label=_("Stands in"), queryset=User.objects.none(), empty_label=_("choose"))
    reason = forms.CharField(label=_("Why"), max_length=200, help_text=_("Such as: the post is vacant"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, is_service=False).order_by("last_name", "first_name")
        self.fields["delegate"].queryset = people  # type: ignore[attr-defined]

    def layout(self) -> Any:
        return Part(
            "",
            Line(("role", "w6"), ("school", "w6")),
            "delegate",
            Line(("starts", "w6"), ("ends", "w6")),
            "reason",
        )


class CloseAccountForm(PlanForm):
    submit_label = _("Close the account")
    reason = forms.CharField(label=_("Why"), max_length=200, help_text=_("Such as: left the district"))


class PeriodForm(PlanForm):
    submit_label = _("Set the period")
    days = forms.IntegerField(label=_("Length"), min_value=0, max_value=2000)
    starts = DayField(label=_("Holds from"))
    source = forms.CharField(
        label=_("Who decided it"), max_length=200, help_text=_("Such as: Board of Trustees, 10 Dec 2026")
    )

    def __init__(self, *args: Any, kind: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].label = _("Length in %(kind)s") % {"kind": kind}


class PasswordForm(PlanForm):
    """A password of one's own choice, typed twice."""

    submit_label = _("Set the password")
    warns_unsaved = False
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Three or four words in a row are easy to remember and hard to guess."),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]

    def clean_again(self) -> str:
        again = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("The two passwords differ."), code="differ")
        return again
