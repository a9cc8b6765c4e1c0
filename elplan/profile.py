"""The district in numbers, computed from what is stored: enrollment, groups, languages (MP0-07 to MP0-10).

Groups overlap, so each is counted beside those who are not in it; small groups, and what would betray them, are hidden
from who may not see names (D-27).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.enums import Grade
from district.models import Language, School, in_force
from elplan.small_groups import hidden_cells, is_small
from students.enums import ElStatus, FlagKind
from students.models import Enrollment, Flag, LanguageStatus

ENROLLED, LEARNERS, MIGRANT_LEARNERS = "enrolled", "learners", "migrant_learners"
FLAGS = (FlagKind.MIGRANT, FlagKind.HOMELESS, FlagKind.FOSTER, FlagKind.IEP, FlagKind.SECTION_504)
LANGUAGES = 6  # columns of languages; the rest are one column
# The groups of the table: name, title, and what the roster is asked for its list.
GROUPS: tuple[tuple[str, Any, dict[str, str]], ...] = (
    (LEARNERS, gettext_lazy("English learners"), {"status": "EL"}),
    (MIGRANT_LEARNERS, gettext_lazy("of them migrant"), {"status": "EL", "flag": "migrant"}),
    *((kind.value, kind.label, {"flag": kind.value}) for kind in FLAGS),
)


@dataclass(frozen=True)
class Number:
    """A count; None where it is hidden. share: of 100 enrolled (or of 100 learners). url: the list behind it."""

    count: int | None
    share: int | None = None
    url: str = ""


@dataclass(frozen=True)
class Line:
    """A school, or all of them."""

    name: str
    note: str
    enrolled: Number
    numbers: list[Number]


@dataclass(frozen=True)
class Profile:
    """groups: a line for each school and one for all. languages: the same for the learners' languages."""

    groups: list[Line]
    group_names: list[str]
    languages: list[Line]
    language_names: list[str]
    grades: list[tuple[str, Number]]


def profile(schools: Sequence[School], on: date, *, with_names: bool) -> Profile:
    """Five queries, whatever the number of children. with_names: exact numbers with links to their lists."""
    stays = Enrollment.objects.filter(in_force(on), school__in=schools).order_by()
    enrolled = dict(stays.values_list("school").annotate(number=Count("pk")))
    groups = _groups(stays, on)
    names = [str(title) for _name, title, _asked in GROUPS]
    counts = [[groups.get((name, school.pk), 0) for name, _title, _asked in GROUPS] for school in schools]
    hide = _Hider(with_names)
    lines = _group_lines(schools, enrolled, counts, hide)
    spoken, language_names = _languages(stays, on, schools)
    return Profile(
        groups=lines,
        group_names=names,
        languages=_language_lines(schools, spoken, hide),
        language_names=[name for _code, name in language_names],
        grades=_grades(stays, hide),
    )


def _learning(on: date) -> Exists:
    return Exists(LanguageStatus.objects.on(on).filter(student=OuterRef("student_id"), status=ElStatus.EL))


def _groups(stays: Any, on: date) -> dict[tuple[str, int], int]:
    """How many of each group in each school."""
    found: dict[tuple[str, int], int] = {}
    for school, number in stays.filter(_learning(on)).values_list("school").annotate(number=Count("pk")):
        found[LEARNERS, school] = number
    held = Flag.objects.filter(in_force(on), student=OuterRef("student_id"))
    for kind in FLAGS:
        flagged = stays.filter(Exists(held.filter(kind=kind)))
        for school, number in flagged.values_list("school").annotate(number=Count("pk")):
            found[kind.value, school] = number
    both = stays.filter(_learning(on), Exists(held.filter(kind=FlagKind.MIGRANT)))
    for school, number in both.values_list("school").annotate(number=Count("pk")):
        found[MIGRANT_LEARNERS, school] = number
    return found


class _Hider:
    """Which numbers are not shown, by whether the reader may see names."""

    def __init__(self, with_names: bool) -> None:
        self.with_names = with_names

    def cells(self, counts: Sequence[Sequence[int]]) -> set[tuple[int, int]]:
        return set() if self.with_names else hidden_cells(counts)

    def small(self, count: int) -> bool:
        return not self.with_names and is_small(count)


def _group_lines(
    schools: Sequence[School], enrolled: dict[int, int], counts: list[list[int]], hide: _Hider
) -> list[Line]:
    totals = [enrolled.get(school.pk, 0) for school in schools]
    whole_of = [*totals, sum(totals)]
    shown: list[list[Number]] = [[] for _each in whole_of]
    for place, (name, _title, asked) in enumerate(GROUPS):
        column = [line[place] for line in counts]
        base = [line[0] for line in counts] if name == MIGRANT_LEARNERS else totals
        hidden = hide.cells([[some, of - some] for some, of in zip(column, base, strict=True)])
        rows = zip([*column, sum(column)], [*base, sum(base)], [*schools, None], strict=True)
        for row, (some, of, school) in enumerate(rows):
            shown[row].append(_number(some, of, (row, 0) in hidden, hide, {**asked, **_at(school)}))
    return [
        Line(*_named(school), _number(whole_of[row], 0, hide.small(whole_of[row]), hide, _at(school)), shown[row])
        for row, school in enumerate([*schools, None])
    ]


def _number(some: int, of: int, is_hidden: bool, hide: _Hider, asked: dict[str, str]) -> Number:
    if is_hidden:
        return Number(None)
    url = f"{reverse('roster')}?{urlencode(asked)}" if hide.with_names else ""
    return Number(some, round(100 * some / of) if of else None, url)


def _at(school: School | None) -> dict[str, str]:
    return {"school": str(school.pk)} if school else {}


def _named(school: School | None) -> tuple[str, str]:
    if school is None:
        return _("Altogether"), ""
    return school.name, _("%(low)s to %(high)s") % {
        "low": school.get_grade_low_display(),
        "high": school.get_grade_high_display(),
    }


def _languages(stays: Any, on: date, schools: Sequence[School]) -> tuple[list[list[int]], list[tuple[str, str]]]:
    """English learners by school and primary language: the most frequent languages, then all others together."""
    rows = stays.filter(_learning(on)).values_list("school", "student__primary_language").annotate(number=Count("pk"))
    numbers = {(school, code): number for school, code, number in rows}
    totals: dict[str | None, int] = {}
    for (_school, code), number in numbers.items():
        totals[code] = totals.get(code, 0) + number
    most = sorted((code for code in totals if code), key=lambda code: -totals[code])[:LANGUAGES]
    named = Language.objects.in_bulk(most)
    table = [
        [
            *(numbers.get((school.pk, code), 0) for code in most),
            sum(number for (at, code), number in numbers.items() if at == school.pk and code not in most),
        ]
        for school in schools
    ]
    return table, [*((code, named[code].name) for code in most), ("", _("others and not known"))]


def _language_lines(schools: Sequence[School], table: list[list[int]], hide: _Hider) -> list[Line]:
    hidden = hide.cells(table)
    whole = [sum(column) for column in zip(*table, strict=True)]
    lines = []
    for row, (school, counts) in enumerate(zip([*schools, None], [*table, whole], strict=True)):
        learners = sum(counts)
        total = _number(learners, 0, (row, len(counts)) in hidden, hide, {"status": "EL", **_at(school)})
        numbers = [
            Number(None)
            if (row, column) in hidden
            else Number(count, round(100 * count / learners) if learners else None)
            for column, count in enumerate(counts)
        ]
        lines.append(Line(*_named(school), total, numbers))
    return lines


def _grades(stays: Any, hide: _Hider) -> list[tuple[str, Number]]:
    counted = dict(stays.values_list("grade").annotate(number=Count("pk")))
    listed: Iterable[Grade] = (grade for grade in Grade if grade in counted)
    return [
        (str(grade.label), _number(counted[grade], 0, hide.small(counted[grade]), hide, {"grade": grade.value}))
        for grade in listed
    ]
