"""Reads of the ground: calendars, periods, and due dates as expressions inside queries.

An expression counts as `district.calendar` counts, for any number of rows in one query. Where the calendar of the
year is not known its value is NULL: no date is guessed, and the row says what `district.calendar.CalendarEnds` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.db import models
from django.db.models import DateField, F, Func, IntegerField, Q, Value
from django.db.models.functions import Cast

from district.calendar import Period, SchoolCalendar, Year, year_name
from district.enums import DayKind
from district.models import LegalRule, NonSchoolDay, School, SchoolYear
from district.refusal import Refusal

Expression = Any  # what Django takes for an expression: F(), Value(), a field's name


class ReferenceMissing(Refusal, LookupError):
    """The reference data of the product are not in the database, or not for that day."""


def school_calendar(school: School | int | None) -> SchoolCalendar:
    """The calendar of a school with all known years, or that of the district (None); two queries."""
    days = NonSchoolDay.objects.filter(Q(school=school) | Q(school=None)).values_list("day", "is_holiday", "school")
    rows = list(days)
    return SchoolCalendar(
        years=tuple(Year(*row) for row in SchoolYear.objects.values_list("name", "first_day", "last_day")),
        closed=frozenset(day for day, _holiday, _school in rows),
        holidays=frozenset(day for day, holiday, at in rows if holiday and at is None),
    )


_remembered: ContextVar[dict[Any, Any] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, law and school years are read once: twenty duties ask for the same few rows a hundred times."""
    if _remembered.get() is not None:
        yield
        return
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def _once(key: Any, read: Callable[[], Any]) -> Any:
    known = _remembered.get()
    if known is None:
        return read()
    if key not in known:
        known[key] = read()
    return known[key]


def school_year(on: date) -> SchoolYear | None:
    """The school year of a day, from 1 July to 30 June; None where it is not open."""
    name = year_name(on)
    return _once(("year", name), lambda: SchoolYear.objects.filter(name=name).first())


def rules_in_force(on: date) -> models.QuerySet[LegalRule]:
    """The wording of every rule that holds on a day."""
    return LegalRule.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=on), Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    )


def period(code: str, on: date) -> Period:
    """How long a rule gives on a day. LookupError where no rule of that code with a length is in force."""
    with_length = rules_in_force(on).filter(days__isnull=False)
    if _remembered.get() is None:
        rule = with_length.filter(code=code).first()
    else:
        rule = _once(("rules", on), lambda: {each.code: each for each in with_length}).get(code)
    if rule is None:
        raise ReferenceMissing(f"No period {code} is in force on {on}.", "Run: manage.py load_reference")
    return rule.length


def due(start: Expression, school: Expression, length: Period) -> models.Expression:
    """The due day of a period that begins on `start`, as an expression; NULL beyond the known calendar."""
    match length.kind:
        case DayKind.CALENDAR:
            return add_calendar_days(start, length.days)
        case DayKind.YEARS:
            return add_years(start, length.days)
        case DayKind.SCHOOL:
            return add_school_days(start, school, length.days)
    return add_business_days(start, school, length.days)


def add_calendar_days(start: Expression, number: int) -> models.Expression:
    """So many calendar days after `start`."""
    return Func(_expression(start), Value(number), template="(%(expressions)s)", arg_joiner=" + ", output_field=_DATE)


def add_years(start: Expression, number: int) -> models.Expression:
    """The anniversary; PostgreSQL too gives 28 February for 29 February in a common year."""
    years = Func(Value(number), function="make_interval", template="%(function)s(years => %(expressions)s)")
    return Cast(Func(_expression(start), years, template="(%(expressions)s)", arg_joiner=" + "), _DATE)


def add_school_days(start: Expression, school: Expression, number: int) -> models.Expression:
    """So many days of instruction of that school after `start`; NULL beyond the known school years."""
    return _counted("school", start, school, number)


def add_business_days(start: Expression, school: Expression, number: int) -> models.Expression:
    """So many business days of the district after `start`; NULL beyond the known school years."""
    return _counted("business", start, school, number)


def school_days_after(start: Expression, end: Expression, school: Expression) -> models.Expression:
    """How many school days lie after `start`, up to and with `end`; NULL beyond the known school years."""
    return _DaysBetween(_expression(school), _expression(start), _expression(end), output_field=IntegerField(null=True))


_DATE = DateField(null=True)


def _expression(value: Expression) -> Any:
    """A field's name, a plain value or an expression as an expression."""
    if isinstance(value, str):
        return F(value)
    return value if hasattr(value, "resolve_expression") else Value(value)


def _counted(kind: str, start: Expression, school: Expression, number: int) -> models.Expression:
    if number < 0:
        raise ValueError("School and business days are counted forwards only.")
    if number == 0:
        return Cast(_expression(start), _DATE)
    return _DayCounted(_expression(school), _expression(start), Value(number), kind=kind, output_field=_DATE)


class _DayCounted(Func):
    """From the number of the first day to the day with the number wanted: two index lookups a row."""

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        (school, start, number), params = _compiled(self, compiler)
        kind = self.extra["kind"]
        sql = (
            f"(SELECT due.day FROM district_schoolday begun JOIN district_schoolday due"
            f" ON due.school_id = begun.school_id AND due.run = begun.run AND due.is_{kind}_day"
            f" AND due.{kind}_number = begun.{kind}_number + {number}"
            f" WHERE begun.school_id = {school} AND begun.day = {start})"
        )
        return sql, [*params[2], *params[0], *params[1]]


class _DaysBetween(Func):
    """The difference of two days' numbers."""

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        (school, start, end), params = _compiled(self, compiler)
        sql = (
            f"(SELECT done.school_number - begun.school_number FROM district_schoolday begun"
            f" JOIN district_schoolday done ON done.school_id = begun.school_id AND done.run = begun.run"
            f" WHERE begun.school_id = {school} AND begun.day = {start} AND done.day = {end})"
        )
        return sql, [*params[0], *params[1], *params[2]]


def _compiled(func: Func, compiler: Any) -> tuple[list[str], list[list[Any]]]:
    pairs = [compiler.compile(expression) for expression in func.get_source_expressions()]
    return [sql for sql, _params in pairs], [list(params) for _sql, params in pairs]
