"""The catalog of local measures: what is given and when, and from where a child is at grade level (MP3-01)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions import schemes as actions
from assessments.candidates import candidate, candidates_for
from assessments.enums import Kept, Subject, Window
from assessments.forms.measures import AdoptForm, MarkForm, MeasureForm, SchemeForm, WindowsForm
from assessments.models import LocalMeasure, MarkScale, MeasureScheme, MeasureWindow
from assessments.queries.measures import cuts_on
from assessments.rules.measures import plain
from district.access import requires
from district.calendar import year_name
from district.enums import Certainty, Grade
from district.permissions import Permission
from district.queries import school_year
from district.refusal import NotAllowed
from district.said import say_refused
from district.wording import long_day
from students.views.pages import carry_out

P = Permission


@requires(P.SIGNED_IN, methods=("GET",))
def measures(request: HttpRequest) -> HttpResponse:
    """Every measure by subject: grades, windows of this year, and whether grade level is configured."""
    on = timezone.localdate()
    cuts, dates = cuts_on(on), _dates(year_name(on))
    rows = list(LocalMeasure.objects.all())
    lines = [_line(row, cuts, dates) for row in rows]
    context = {
        "title": _("Local measures"),
        "lead": _("What is measured in the school year %(year)s, and from where a child is at grade level.")
        % {"year": year_name(on)},
        "parts": [(subject.label, [each for each in lines if each["row"].subject == subject]) for subject in Subject],
        "may_set": request.user.may(P.MANAGE_DISTRICT),
        "may_enter": request.user.may(P.RECORD_MEASURES),
    }
    return render(request, "assessments/measures.html", context)


def _dates(year: str) -> dict[int, list[MeasureWindow]]:
    found: dict[int, list[MeasureWindow]] = {}
    for row in MeasureWindow.objects.filter(year=year):
        found.setdefault(row.measure_id, []).append(row)
    return found


def _line(row: LocalMeasure, cuts: Any, dates: Any) -> dict[str, Any]:
    set_in = [grade for grade in row.grades if any(cut.is_set for cut in cuts.get((row.pk, grade), ()))]
    return {
        "row": row,
        "grades": _("%(low)s to %(high)s") % {"low": row.grades[0].label, "high": row.grades[-1].label},
        "dates": dates.get(row.pk, []),
        "set_in": len(set_in),
        "of": len(row.grades),
        "is_set": len(set_in) == len(row.grades),
        "by_marks": row.kept == Kept.MARKS,
        "by_hand": row.kept == Kept.LOCAL and row.is_offered,
    }


@requires(P.SIGNED_IN)
def measure(request: HttpRequest, slug: str) -> HttpResponse:
    """One measure: its values by grade and window with their source, those of before, and the form for new ones."""
    row = get_object_or_404(LocalMeasure, slug=slug)
    if row.kept == Kept.MARKS:
        return redirect("mark_scale")
    on = timezone.localdate()
    window = _window_asked(request, row)
    may_set = _may_set(request)
    held = {each.grade: each for each in row.schemes.on(on).filter(window=window)}
    initial = {f"grade_{grade}": plain(each.at_grade_level) or each.at_level for grade, each in held.items()}
    form = SchemeForm(request.POST or None if may_set else None, measure=row, initial={"valid_from": on, **initial})
    if may_set and _saved_scheme(request, row, window, form):
        return redirect(f"{reverse('measure', args=[slug])}?window={window}")
    schemes = list(row.schemes.select_related("recorded_by"))
    context = {
        "title": row.name,
        "row": row,
        "form": form if may_set else None,
        "window": window,
        "windows": [("", _("every window")), *((each.value, each.label) for each in row.taken_in)],
        "table": _table(row, on),
        "notes": sorted({(each.source, each.get_certainty_display()) for each in schemes}),
        "older": [each for each in schemes if each.valid_to],
        "dates": MeasureWindow.objects.filter(measure=row, year=year_name(on)),
        "candidates": candidates_for(slug) if may_set else [],
        "may_set": may_set,
        "may_enter": row.kept == Kept.LOCAL and request.user.may(P.RECORD_MEASURES),
    }
    return render(request, "assessments/measure.html", context)


def _may_set(request: HttpRequest) -> bool:
    """May the person change measures? Whoever sends a change without that reads why nothing was done."""
    may = request.user.may(P.MANAGE_DISTRICT)
    if request.method == "POST" and not may:
        say_refused(request, NotAllowed(str(P.MANAGE_DISTRICT.label)))
    return may


def _window_asked(request: HttpRequest, row: LocalMeasure) -> str:
    asked = request.GET.get("window", "")
    return asked if asked in row.windows else ""


def _saved_scheme(request: HttpRequest, row: LocalMeasure, window: str, form: SchemeForm) -> bool:
    """Save what was sent, with the way back."""
    if request.method != "POST" or not form.is_valid():
        return False
    words = _("Where grade level begins is set from %(day)s.") % {"day": long_day(form.cleaned_data["valid_from"])}
    facts = {"measure": row, "window": window}
    done = carry_out(request, form, actions.set_scheme, said=words, entry=actions.SCHEME, **facts)
    return done is not None


def _table(row: LocalMeasure, on: Any) -> dict[str, Any]:
    """Grades down, windows across: the value that holds today, or "not configured"."""
    held = {(each.grade, each.window): each for each in row.schemes.on(on)}
    columns = [window for window in ("", *row.windows) if any(key[1] == window for key in held)] or [""]
    labels = [Window(window).label if window else _("every window") for window in columns]
    lines = [(grade.label, [_cell(held.get((grade.value, window))) for window in columns]) for grade in row.grades]
    return {"columns": labels, "lines": lines}


def _cell(scheme: MeasureScheme | None) -> dict[str, Any]:
    value = (plain(scheme.at_grade_level) or scheme.at_level) if scheme else ""
    return {"value": value, "scheme": scheme if value else None}


@requires(P.MANAGE_DISTRICT)
def measure_change(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Add a measure to the catalog, or change one."""
    row = get_object_or_404(LocalMeasure, slug=slug) if slug else LocalMeasure(windows=[])
    form = MeasureForm(request.POST or None, instance=row, leave_url=reverse("measures"))
    if request.method == "POST" and form.is_valid():
        said = _("%(name)s stands in the catalog.") % {"name": form.cleaned_data["name"]}
        if saved := carry_out(request, form, actions.save_measure, said=said):
            return redirect("measure", slug=saved.slug)
    context = {"title": row.name if slug else _("Add a measure"), "form": form}
    return render(request, "assessments/measure_form.html", context)


@requires(P.MANAGE_DISTRICT)
def measure_windows(request: HttpRequest) -> HttpResponse:
    """The windows of this school year or the next one, for many measures at once."""
    on = timezone.localdate()
    begins = int(year_name(on)[:4])
    years = [f"{begins + each}-{(begins + each + 1) % 100:02}" for each in (0, 1)]
    year = request.GET.get("year") if request.GET.get("year") in years else years[0]
    rows = LocalMeasure.objects.filter(is_offered=True)
    asked = rows.filter(slug=request.GET.get("measure", ""))
    known = MeasureWindow.objects.filter(measure=asked.first(), year=year)
    initial: dict[str, Any] = {"measures": asked}
    for each in known:
        initial |= {f"{each.window}_opens": each.opens, f"{each.window}_closes": each.closes}
    used = [window for window in Window if any(window in row.windows for row in (asked or rows))]
    form = WindowsForm(request.POST or None, windows=used, initial=initial, leave_url=reverse("measures"))
    if request.method == "POST" and form.is_valid():
        words = _("The windows of %(year)s are saved.") % {"year": year}
        if carry_out(request, form, actions.set_windows, said=words, year=year) is not None:
            return redirect("measures")
    context = {"title": _("Windows of %(year)s") % {"year": year}, "form": form, "years": years, "year": year}
    return render(request, "assessments/measure_windows.html", context)


@requires(P.MANAGE_DISTRICT)
def measure_adopt(request: HttpRequest, slug: str) -> HttpResponse:
    """A published table, and taking it as the district's own choice."""
    table = candidate(slug)
    if table is None:
        raise Http404
    on = timezone.localdate()
    year = school_year(on)
    form = AdoptForm(
        request.POST or None, initial={"valid_from": year.first_day if year else on}, leave_url=reverse("measures")
    )
    said = _("%(table)s holds now, as the district's choice.") % {"table": table.title}
    if carry_out(request, form, actions.adopt, said=said, entry=actions.SCHEME, slug=slug):
        return redirect("measures" if len(table.measures) > 1 else reverse("measure", args=table.measures))
    names = dict(LocalMeasure.objects.values_list("slug", "name"))
    lines = [
        {
            "measure": names.get(row.measure, row.measure),
            "grade": Grade(row.grade).label,
            "window": Window(row.window).label if row.window else _("every window"),
            "value": plain(row.value) or row.level,
            "sure": Certainty(row.certainty).label,
        }
        for row in table.rows
    ]
    context = {
        "title": table.title,
        "table": table,
        "lines": lines,
        "form": form,
        "sources": {row.source for row in table.rows},
    }
    return render(request, "assessments/measure_adopt.html", context)


@requires(P.SIGNED_IN)
def mark_scale(request: HttpRequest) -> HttpResponse:
    """Which marks are "C or better" (D-10); what is not named is not configured."""
    may_set = _may_set(request)
    on = timezone.localdate()
    form = MarkForm(
        request.POST or None if may_set else None, initial={"valid_from": on}, leave_url=reverse("measures")
    )
    said = _("The mark has its meaning.")
    if may_set and carry_out(request, form, actions.set_mark, said=said, entry=actions.MARKS):
        return redirect("mark_scale")
    context = {
        "title": _("Marks: C or better"),
        "lead": _("C minus is below C (D-10). A mark that is not named here is not configured, and never counts as C."),
        "rows": MarkScale.objects.on(on),
        "older": MarkScale.objects.exclude(pk__in=MarkScale.objects.on(on).values("pk")),
        "form": form if may_set else None,
    }
    return render(request, "assessments/mark_scale.html", context)
