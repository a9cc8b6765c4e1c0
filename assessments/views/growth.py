"""Growth in English: one child over the years, and matched children of a school from year to year (MP1-18)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import scales
from assessments.enums import Measure, Test
from assessments.models import Result
from assessments.pictures import bars, picture
from assessments.queries.growth import (
    COMPARED,
    OUTCOMES,
    Asked,
    administrations,
    compared,
    english_of,
    evidence_of,
    placed_by,
    points_by_measure,
    shares,
)
from assessments.queries.measures import history
from assessments.rules.growth import DOWN, FAMILIES, NOT_COMPARED, SAME, SHOWN, UP, Point, Share, compare, gaps
from assessments.views.classes import value_of
from assessments.views.loading import child_or_404
from district.access import log_look, requires
from district.enums import Grade
from district.permissions import Permission
from district.wording import long_day
from notifications import languages, pdf
from students.forms.enrolling import schools_of
from students.models import Student
from students.views.pages import head_of

P = Permission
ON_A_PAGE = 100
PAPER = Path(__file__).resolve().parent.parent.parent / "templates" / "assessments" / "growth_paper.css"
WORDS = {
    UP: gettext_lazy("up"),
    SAME: gettext_lazy("same"),
    DOWN: gettext_lazy("down"),
    NOT_COMPARED: gettext_lazy("not compared"),
}
FAMILY_WORDS = {
    "celdt": gettext_lazy("CELDT, five levels"),
    "initial": gettext_lazy("Initial ELPAC"),
    "elpac": gettext_lazy("Summative ELPAC"),
    "alternate": gettext_lazy("Alternate ELPAC, three levels"),
}


@requires(P.VIEW_STUDENTS, methods=("GET",))
def growth_child(request: HttpRequest, pk: int) -> HttpResponse:
    """Overall and four domains over the years, as a picture and a table; every other measure below, with its uses."""
    student = child_or_404(request, pk, P.VIEW_STUDENTS, _("opened the growth in English"))
    on = timezone.localdate()
    context = _of_child(student) | {
        "head": head_of(student, clocks=False),
        "values": [value_of(each) | {"uses": uses} for each, uses in _with_uses(student, on)],
    }
    return render(request, "assessments/growth_child.html", context)


@requires(P.VIEW_STUDENTS, methods=("GET",))
def growth_child_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same picture and table on paper."""
    student = child_or_404(request, pk, P.VIEW_STUDENTS, _("printed the growth in English"))
    html = render_to_string("assessments/growth_paper.html", _of_child(student))
    answer = HttpResponse(pdf.render(html, _layout()), content_type="application/pdf")
    name = slugify(f"growth {student.local_id}")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


@cache
def _layout() -> pdf.Layout:
    families = tuple(languages.ALWAYS)
    stack = ", ".join(f'"{family}"' for family in families)
    return pdf.Layout(PAPER.read_text(encoding="utf-8").replace("var(--stack)", stack), frozenset(families))


def _of_child(student: Student) -> dict[str, Any]:
    """What screen and paper have in common."""
    on = timezone.localdate()
    results = english_of(student.pk, on)
    points = points_by_measure(results)
    drawn = picture(points, name_of)
    return {
        "title": _("Growth in English"),
        "student": student,
        "on": on,
        "picture": drawn,
        "legend": [(FAMILY_WORDS[family], shape) for family, shape in drawn.families] if drawn else [],
        "columns": [name_of(each) for each in SHOWN],
        "rows": _rows(results, points, _uses(results, student)),
        "gaps": gaps([result.administration for result in results]),
    }


def name_of(measure: str) -> str:
    return capfirst(str(Measure(measure).label))


def _rows(results: list[Result], points: dict[str, list[Point]], uses: dict[int, str]) -> list[dict[str, Any]]:
    """A row for each administration, newest first, each level with what became of it since the one before."""
    found = []
    before: dict[tuple[str, str], Point] = {}
    for result in results:
        cells = []
        for measure in SHOWN:
            one = next((each for each in points[measure] if _is_of(each, result)), None)
            key = (_family(result.test), str(measure))
            moved = compare(before.get(key), one) if one and key in before else None
            cells.append(_cell(one, moved.outcome if moved else ""))
            if one and one.rank is not None:
                before[key] = one
        found.append(
            {
                "test": f"{result.get_test_display()} {result.administration}",
                "when": f"{result.get_grade_display()}, {long_day(result.tested_on)}",
                "source": result.get_source_display(),
                "cells": cells,
                "uses": uses[result.pk],
            }
        )
    return found[::-1]


def _is_of(one: Point, result: Result) -> bool:
    return one.test == result.test and one.administration == result.administration


def _family(test: str) -> str:
    return next((family for family, tests in FAMILIES.items() if test in tests), "")


def _cell(one: Point | None, outcome: str) -> dict[str, Any]:
    words = scales.level_words(one.test, one.measure, one.level) if one and one.level else ""
    moved = WORDS[outcome] if outcome in (UP, SAME, DOWN) else ""
    return {
        "level": capfirst(words),
        "score": one.score if one else None,
        "note": one.note if one else "",
        "moved": moved,
    }


def _uses(results: list[Result], student: Student) -> dict[int, str]:
    """What each result was used for: identification, placement, progress, evidence of a plan (MP3-11)."""
    placed, proof = placed_by(student.pk), {row.result_id for row in evidence_of(student.pk)}
    found = {}
    for result in results:
        uses = [_("identification") if Test(result.test).is_initial else _("progress to reclassification")]
        uses += [_("placement")] if result.pk in placed else []
        uses += [_("evidence of an action plan")] if result.pk in proof else []
        found[result.pk] = ", ".join(uses)
    return found


def _with_uses(student: Student, on: Any) -> list[tuple[Any, list[Any]]]:
    """Every measure and mark, newest first, with the action plans that stand on it."""
    proof: dict[str, list[Any]] = {}
    for row in evidence_of(student.pk):
        proof.setdefault(row.key, []).append(row.plan)
    return [(each, proof.get(each.key, [])) for each in history(student.pk, on)]


@requires(P.VIEW_STUDENTS, methods=("GET",))
def growth(request: HttpRequest) -> HttpResponse:
    """How many matched children went up, stayed and went down, for the overall level and each domain."""
    schools = list(schools_of(request.user, P.VIEW_STUDENTS))
    asked, years = _asked(request, {str(school.pk) for school in schools})
    found = shares(request.user, asked) if asked else []
    context = {
        "title": _("Growth in English by school"),
        "lead": _(
            "Children with the same test in both years. A level is compared with the child's own of the year"
            " before; scales of different tests are never mixed."
        ),
        "asked": asked,
        "years": years,
        "tests": [(test.value, test.label) for test in COMPARED],
        "test": request.GET.get("test", COMPARED[0].value),
        "schools": schools,
        "grades": [(grade.value, grade.label) for grade in Grade if grade != Grade.TK],
        "bars": bars(found, name_of, WORDS) if found else None,
        "rows": [_share_row(each) for each in found],
        "outcomes": [(outcome, WORDS[outcome]) for outcome in OUTCOMES],
        "has_any": any(each.matched for each in found),
    }
    return render(request, "assessments/growth.html", context)


def _asked(request: HttpRequest, schools: set[str]) -> tuple[Asked | None, list[str]]:
    """From the address: test, years, school, grade; the two newest administrations unless it says more."""
    said = request.GET
    test = said.get("test", "")
    test = test if test in COMPARED else COMPARED[0].value
    years = administrations(request.user, test)
    after = said.get("after") if said.get("after") in years else years[0] if years else ""
    earlier = [year for year in years if year < after]
    if not after or not earlier:
        return None, years
    before = said["before"] if said.get("before") in earlier else earlier[0]
    school = int(said["school"]) if said.get("school") in schools else None
    grade = said.get("grade", "")
    return Asked(test, before, after, school, grade if grade in Grade.values else ""), years


def _share_row(share: Share) -> dict[str, Any]:
    counts = (share.up, share.same, share.down, share.not_compared)
    return {
        "measure": share.measure,
        "name": name_of(share.measure),
        "matched": share.matched,
        "cells": [
            (outcome, count, share.percent(count) if outcome != NOT_COMPARED else None)
            for outcome, count in zip(OUTCOMES, counts, strict=True)
        ],
    }


@requires(P.VIEW_STUDENTS, methods=("GET",))
def growth_list(request: HttpRequest) -> HttpResponse:
    """The children behind a number."""
    schools = {str(school.pk) for school in schools_of(request.user, P.VIEW_STUDENTS)}
    asked, _years = _asked(request, schools)
    measure = request.GET.get("measure", "")
    measure = measure if measure in {str(each) for each in SHOWN} else str(Measure.OVERALL)
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in OUTCOMES else UP
    rows: Any = []
    if asked:
        found = compared(request.user, asked, measure).filter(outcome=outcome)
        rows = found.select_related("student__current_enrollment__school").order_by("student__search_key", "pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    log_look(request.user, [row.student_id for row in page], _("stood on a list of growth"))
    context = {
        "title": _("%(measure)s: %(outcome)s")
        % {"measure": capfirst(str(Measure(measure).label)), "outcome": WORDS[outcome]},
        "asked": asked,
        "page_obj": page,
        "lines": [
            (
                row,
                capfirst(scales.level_words(row.test, measure, row.level_then or "")),
                capfirst(scales.level_words(row.test, measure, row.level_now or "")),
            )
            for row in page
        ],
        "query": request.GET.urlencode(),
    }
    return render(request, "assessments/growth_list.html", context)
