"""School years, terms, and days without instruction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from district.actions.doing import doing, save
from district.calendar import year_name
from district.enums import TermSystem
from district.holidays import DayOff
from district.models import NonSchoolDay, School, SchoolYear, Term, User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day

LONGEST_BREAK = 45  # calendar days; longer is a typing error
MOST_TERMS = {TermSystem.QUARTER: 4, TermSystem.TRIMESTER: 3}


def open_school_year(*, by: User, first_day: date, last_day: date, days_off: Sequence[DayOff] = ()) -> SchoolYear:
    """Open a school year with its first and last day of instruction, and its days off for the whole district.

    From then on due dates in school days are known up to its end.
    """
    with doing(by, Permission.MANAGE_DISTRICT, _("school year opened")):
        year = SchoolYear(name=year_name(first_day))
        known = SchoolYear.objects.filter(name=year.name).first()
        if known:
            raise Refusal(
                _("The school year %(year)s is open already, from %(first)s to %(last)s.")
                % {"year": known, "first": long_day(known.first_day), "last": long_day(known.last_day)},
                _("Change its first or last day on its own page."),
                field="first_day",
            )
        _set_days(year, first_day, last_day)
        taken = set(NonSchoolDay.objects.filter(school=None).values_list("day", flat=True))
        NonSchoolDay.objects.bulk_create(
            [
                NonSchoolDay(day=off.day, name=off.name, is_holiday=off.is_holiday)
                for off in days_off
                if off.day not in taken
            ]
        )
    return year


def change_school_year(year_id: int, *, by: User, first_day: date, last_day: date) -> SchoolYear:
    """Move the first or last day of instruction; every due date in school days follows at once."""
    with doing(by, Permission.MANAGE_DISTRICT, _("school year changed")):
        year = SchoolYear.objects.select_for_update().get(pk=year_id)
        _set_days(year, first_day, last_day)
        outside = year.terms.exclude(starts__gte=first_day, ends__lte=last_day).first()
        if outside:
            raise Refusal(
                _("%(term)s would lie outside the school year.") % {"term": outside},
                _("Change the terms first."),
                field="first_day" if outside.starts < first_day else "last_day",
            )
    return year


def remove_school_year(year_id: int, *, by: User) -> None:
    """Take back a school year that was opened by mistake. Refused once something hangs on it or it has begun."""
    with doing(by, Permission.MANAGE_DISTRICT, _("school year taken back")):
        year = SchoolYear.objects.select_for_update().get(pk=year_id)
        later = SchoolYear.objects.filter(first_day__gt=year.first_day).first()
        if later:
            raise Refusal(
                _("%(later)s follows on %(year)s; without it no days could be counted from one to the other.")
                % {"later": later, "year": year},
                _("Take back the later year first."),
            )
        try:
            year.delete()
        except ProtectedError as error:
            raise Refusal(
                _("The school year %(year)s is in use: terms or figures belong to it.") % {"year": year},
                _("Change its first and last day instead."),
            ) from error


def _set_days(year: SchoolYear, first_day: date, last_day: date) -> None:
    if year_name(first_day) != year.name:
        raise Refusal(
            _("%(day)s does not lie in the school year %(year)s.") % {"day": long_day(first_day), "year": year.name},
            field="first_day",
        )
    if last_day <= first_day:
        raise Refusal(_("The last day of instruction must come after the first."), field="last_day")
    if (last_day - first_day).days > 366:
        raise Refusal(
            _("From %(first)s to %(last)s is more than a year.")
            % {"first": long_day(first_day), "last": long_day(last_day)},
            field="last_day",
        )
    save(year, {"first_day": first_day, "last_day": last_day})


def set_terms(year_id: int, *, by: User, system: TermSystem, spans: Sequence[tuple[date, date]]) -> list[Term]:
    """Set the quarters or trimesters of a school year; they follow each other inside it (D-20)."""
    with doing(by, Permission.MANAGE_DISTRICT, _("terms set")):
        year = SchoolYear.objects.select_for_update().get(pk=year_id)
        if len(spans) != MOST_TERMS[system]:
            raise Refusal(
                _("A year has %(count)d %(terms)s.") % {"count": MOST_TERMS[system], "terms": system.label},
                _("Give the first and last day of each."),
            )
        ended: date | None = None
        for number, (starts, ends) in enumerate(spans, start=1):
            if starts > ends or (ended and starts <= ended):
                raise Refusal(
                    _("Term %(number)d must end after it starts, and start after the one before has ended.")
                    % {"number": number},
                    field=f"starts_{number}",
                )
            if starts < year.first_day or ends > year.last_day:
                raise Refusal(
                    _("Term %(number)d lies outside the school year, %(first)s to %(last)s.")
                    % {"number": number, "first": long_day(year.first_day), "last": long_day(year.last_day)},
                    field=f"starts_{number}" if starts < year.first_day else f"ends_{number}",
                )
            ended = ends
        terms = []
        for number, (starts, ends) in enumerate(spans, start=1):
            term = year.terms.filter(system=system, number=number).first() or Term(
                year=year, system=system, number=number
            )
            term.starts, term.ends = starts, ends
            term.save()
            terms.append(term)
    return terms


def add_days_off(
    *,
    by: User,
    first: date,
    last: date | None = None,
    name: str,
    school: School | None = None,
    is_holiday: bool = False,
) -> list[NonSchoolDay]:
    """Days without instruction, for the whole district or for one school (D-15). Due dates follow at once.

    Every weekday from `first` to `last` that is not off yet; without `last` the one day.
    Refused when that changes nothing: weekends, days that are off already, a year that is not open.
    """
    with doing(by, Permission.MANAGE_DISTRICT, _("days off added"), school):
        days = _weekdays(first, last or first)
        taken = NonSchoolDay.objects.filter(Q(school=None) | Q(school=school), day__in=days)
        off = {each.day: each.name for each in taken}
        if len(off) == len(days):
            raise Refusal(
                _("%(day)s is off already: %(name)s.") % {"day": long_day(first), "name": off[days[0]]}, field="first"
            )
        if is_holiday and school:
            raise Refusal(
                _("A holiday is one of the whole district."),
                _("Leave the school empty, or do not mark the day as a holiday."),
                field="is_holiday",
            )
        return NonSchoolDay.objects.bulk_create(
            [NonSchoolDay(day=day, name=name, school=school, is_holiday=is_holiday) for day in days if day not in off]
        )


def _weekdays(first: date, last: date) -> list[date]:
    """The weekdays of a span that lies in open school years and is no longer than a break can be."""
    if last < first:
        raise Refusal(_("The last day lies before the first."), field="last")
    if (last - first).days > LONGEST_BREAK:
        raise Refusal(_("A break of more than %(days)d days cannot be meant.") % {"days": LONGEST_BREAK}, field="last")
    for field, day in (("first", first), ("last", last)):
        if not SchoolYear.objects.filter(name=year_name(day)).exists():
            raise Refusal(
                _("The school year %(year)s is not open yet.") % {"year": year_name(day)},
                _("Open it first."),
                field=field,
            )
    span = (first + timedelta(days=count) for count in range((last - first).days + 1))
    days = [day for day in span if day.weekday() < 5]
    if not days:
        raise Refusal(_("%(day)s is no school day anyway.") % {"day": long_day(first)}, field="first")
    return days


def remove_non_school_day(day_id: int, *, by: User) -> None:
    """Instruction is held after all. Due dates follow at once."""
    off = NonSchoolDay.objects.select_related("school").get(pk=day_id)
    with doing(by, Permission.MANAGE_DISTRICT, _("day off taken back"), off.school):
        off.delete()
