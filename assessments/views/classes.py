"""A teacher's pages: the English learners of the class, groups by level, and the class data sheet (MP3-14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import scales
from assessments.enums import Kept, Measure
from assessments.models import LocalMeasure
from assessments.queries.classes import ALL, EL_AND_RFEP, EL_ONLY, Group, Line, children_of, groups, lines
from assessments.queries.measures import offered, said_on
from assessments.rules.growth import DOMAINS, SHOWN, Point, family_of
from assessments.rules.measures import MET, NOT_CONFIGURED, NOT_MET
from district.access import log_look, requires
from district.permissions import Permission
from district.wording import due_words, long_day

P = Permission
WHO = (
    (EL_ONLY, gettext_lazy("English learners")),
    (EL_AND_RFEP, gettext_lazy("English learners and reclassified")),
    (ALL, gettext_lazy("all children")),
)
TONES = {MET: "met", NOT_MET: "not", NOT_CONFIGURED: "missing"}
SHORT = {
    MET: gettext_lazy("at grade level"),
    NOT_MET: gettext_lazy("below grade level"),
    NOT_CONFIGURED: gettext_lazy("not configured"),
}


@dataclass(frozen=True)
class Asked:
    """Which class and which of its children; the first class and its English learners unless the address says more."""

    group: Group | None
    groups: list[Group]
    who: str
    lines: list[Line]
    on: date

    @property
    def context(self) -> dict[str, Any]:
        """What the filters of all three pages show."""
        return {"group": self.group, "groups": self.groups, "who": self.who, "whos": WHO, "on": self.on}


def _asked(request: HttpRequest, look: str, *, clocks: bool = False) -> Asked:
    on = timezone.localdate()
    found = groups(request.user, on)
    group = next((each for each in found if each.key == request.GET.get("class")), found[0] if found else None)
    who = request.GET.get("who", "")
    who = who if who in dict(WHO) else EL_ONLY
    children = list(children_of(group, request.user, on, who=who)) if group else []
    log_look(request.user, [child.pk for child in children], look)
    return Asked(group, found, who, lines(children, request.user, on, clocks=clocks), on)


@requires(P.VIEW_STUDENTS, methods=("GET",))
def classes(request: HttpRequest) -> HttpResponse:
    """My English learners: level by domain in words, newest measures, flags, clocks, how each is tested."""
    asked = _asked(request, _("opened the class list"), clocks=True)
    context = asked.context | {
        "title": _("My English learners"),
        "lines": [_shown(line, asked.on) for line in asked.lines],
        "query": request.GET.urlencode(),
    }
    return render(request, "assessments/classes.html", context)


def _shown(line: Line, on: date) -> dict[str, Any]:
    return {
        "line": line,
        "status": line.student.status,  # type: ignore[attr-defined]
        "overall": words_of(line.overall),
        "test": _test_of(line),
        "domains": [(str(Measure(each.measure).label), words_of(each)) for each in line.domains],
        "values": [value_of(each) for each in line.shown if each.finding.outcome in SHORT],
        "flags": ", ".join(str(flag.get_kind_display()) for flag in line.flags),
        "clocks": [(duty, due_words(duty.due, on) if duty.due else None) for duty in line.clocks],
        "plan": line.plan,
        "supports": "; ".join(line.supports),
    }


def words_of(one: Point | None) -> str:
    """A level in words; nothing where there is none."""
    if one is None or not one.level:
        return one.note if one else ""
    return capfirst(scales.level_words(one.test, one.measure, one.level))


def _test_of(line: Line) -> str:
    result = line.english
    if result is None:
        return ""
    return f"{result.get_test_display()} {result.administration}, {long_day(result.tested_on)}"


def value_of(shown: Any) -> dict[str, Any]:
    """A value for a list: name, value, day, and what it means with its tone."""
    return {
        "shown": shown,
        "day": said_on(shown),
        "tone": TONES.get(shown.finding.outcome, "na"),
        "says": SHORT.get(shown.finding.outcome, shown.finding.reason),
    }


@dataclass
class Pile:
    """Children who stand together, and the words over them."""

    title: str
    tone: str = ""
    rows: list[tuple[Line, str]] = field(default_factory=list)


@requires(P.VIEW_STUDENTS, methods=("GET",))
def class_groups(request: HttpRequest) -> HttpResponse:
    """The class in groups by overall level, by a domain or by a measure, to be printed and taken along."""
    asked = _asked(request, _("grouped the class"))
    measures = [row for row in offered() if row.kept != Kept.MARKS]
    by = request.GET.get("by", "")
    measure = next((row for row in measures if row.slug == by), None)
    domain = by if by in {str(each) for each in SHOWN} else str(Measure.OVERALL)
    piles = _by_measure(asked.lines, measure) if measure else _by_level(asked.lines, domain)
    context = asked.context | {
        "title": _("Groups by level"),
        "piles": piles,
        "by": by if measure else domain,
        "choices": [
            (_("English"), [(str(each), capfirst(str(Measure(each).label))) for each in SHOWN]),
            (_("Local measures"), [(row.slug, row.name) for row in measures]),
        ],
        "said": measure.name if measure else capfirst(str(Measure(domain).label)),
    }
    return render(request, "assessments/class_groups.html", context)


def _by_level(rows: list[Line], measure: str) -> list[Pile]:
    """Lowest level first; each scale has groups of its own, who has no level stands last."""
    piles: dict[tuple[str, int], Pile] = {}
    without = Pile(_("No level"), "missing")
    for line in rows:
        one = line.points.get(measure)
        if one is None or one.rank is None:
            without.rows.append((line, one.note if one else ""))
            continue
        key = (family_of(one.test), one.rank)
        title = f"{capfirst(scales.level_words(one.test, one.measure, one.level))} ({line.english.get_test_display()})"  # type: ignore[union-attr]
        piles.setdefault(key, Pile(title)).rows.append((line, one.administration))
    return [piles[key] for key in sorted(piles)] + ([without] if without.rows else [])


def _by_measure(rows: list[Line], measure: LocalMeasure) -> list[Pile]:
    """Below, at grade level, not configured, nothing entered; within a group the lowest first."""
    piles = {outcome: Pile(capfirst(str(SHORT[outcome])), TONES[outcome]) for outcome in (NOT_MET, MET, NOT_CONFIGURED)}
    nothing = Pile(_("Nothing entered"), "missing")
    for line in rows:
        shown = line.by_measure(measure.pk)
        pile = piles.get(shown.finding.outcome, nothing) if shown else nothing
        pile.rows.append((line, f"{shown.value}, {said_on(shown)}" if shown else ""))
    return [pile for pile in (*piles.values(), nothing) if pile.rows]


@requires(P.VIEW_STUDENTS, methods=("GET",))
def class_sheet(request: HttpRequest) -> HttpResponse:
    """The class data sheet: a line for each child, a column for each measure that anybody has."""
    asked = _asked(request, _("opened the class data sheet"))
    used = {each.measure for line in asked.lines for each in line.shown if each.measure}
    columns = [row for row in offered() if row.pk in used]
    courses = sorted({each.name for line in asked.lines for each in line.shown if each.measure is None})
    context = asked.context | {
        "title": _("Class data sheet"),
        "columns": [*(row.name for row in columns), *courses],
        "domains": [capfirst(str(domain.label)) for domain in DOMAINS],
        "rows": [_sheet_row(line, columns, courses) for line in asked.lines],
        "query": request.GET.urlencode(),
    }
    return render(request, "assessments/class_sheet.html", context)


def _sheet_row(line: Line, columns: list[LocalMeasure], courses: list[str]) -> dict[str, Any]:
    marks = {each.name: each for each in line.shown if each.measure is None}
    found = [*(line.by_measure(row.pk) for row in columns), *(marks.get(course) for course in courses)]
    return {
        "line": line,
        "overall": _rank(line.overall),
        "domains": [_rank(line.points.get(domain)) for domain in DOMAINS],
        "cells": [value_of(each) if each else None for each in found],
        "flags": ", ".join(str(flag.get_kind_display()) for flag in line.flags),
    }


def _rank(one: Point | None) -> str:
    """`2 of 4`: the sheet is narrow."""
    if one is None or one.rank is None:
        return one.note if one else ""
    return _("%(rank)d of %(of)d") % {"rank": one.rank, "of": one.of}
