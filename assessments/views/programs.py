"""Programs where results count: the catalog with its rule, who is ready to move, and children into ELD sections."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import actions, scales
from assessments.enums import Measure, Test
from assessments.queries.programs import levels_of, ready_to_move
from district.access import log_look, requires
from district.dates import NotADate, read_date
from district.enums import Grade
from district.models import School, in_force
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from notifications.facts import Term
from notifications.languages import language
from notifications.terms import capital, shipped
from students import actions as students
from students.actions.guard import entry_of
from students.actions.placing import PLACED
from students.actions.services import SERVED, STAYS
from students.models import EldSection, FluencyCut, Program, Student
from students.queries.services import learners
from students.rules.services import FITS, Span, fits_section
from students.wording import levels_of as section_levels

P = Permission
ON_A_PAGE = 100
CATALOG = ("en", "es", "pa")  # the languages of the Plan's catalog (MP1-52)


# --- the catalog ------------------------------------------------------------------------------------------------


@requires(P.SIGNED_IN, methods=("GET",))
def program_catalog(request: HttpRequest) -> HttpResponse:
    """The programs in a family's words, and the rule for placing a child, with the cut (MP1-52, MP2-01, MP2-11)."""
    chosen = request.GET.get("language", "")
    code = chosen if chosen in CATALOG else CATALOG[0]
    said, on = shipped(), timezone.localdate()
    rows = Program.objects.all()
    context = {
        "title": _("Program catalog"),
        "languages": [(each, language(each).name) for each in CATALOG],
        "chosen": code,
        "text": {
            key: said.word(f"catalog.{key}", code)
            for key in ("title", "lead", "offered", "not_offered", "rule", "all_daily", "cuts", "rights", "draft")
        },
        "programs": [_program(row, code) for row in rows],
        "cuts": _cuts(on, code),
        "not_set": said.word("catalog.not_set", code),
        "is_draft": code != "en",
        "may_set_cut": request.user.may(P.MANAGE_DISTRICT),
    }
    return render(request, "assessments/program_catalog.html", context)


def _program(row: Program, code: str) -> dict[str, Any]:
    said, kind = shipped(), f"program.{row.kind}"
    home = said.word("catalog.home_language", code)
    return {
        "name": capital(said.word(kind, code)),
        "how": said.word(f"{kind}.how", code),
        "languages": said.word(f"{kind}.languages", code, language=home),
        "row": row,
    }


def _cuts(on: date, code: str) -> list[dict[str, str]]:
    """The district's cuts in force, in words of the language; nothing is shown where none is set."""
    said, found = shipped(), []
    for cut in FluencyCut.objects.filter(in_force(on, "valid_from", "valid_to")):
        known = scales.level_name(cut.test, Measure.OVERALL, cut.level)
        level: Any = Term(known.term) if known else cut.level
        if known and scales.is_counted(known):
            top = len(scales.levels(cut.test, Measure.OVERALL))
            level = Term("level.of", {"level": known.rank, "top": top, "words": Term(known.term)})
        words = said.word(
            "catalog.cut",
            code,
            test=Term(f"test.{cut.test}"),
            low=Term(f"grade.{cut.grade_low}"),
            high=Term(f"grade.{cut.grade_high}"),
            level=level,
        )
        found.append({"words": words, "source": cut.source, "since": cut.valid_from})
    return found


# --- ready to move ----------------------------------------------------------------------------------------------


@requires(P.VIEW_STUDENTS, methods=("GET",))
def ready(request: HttpRequest) -> HttpResponse:
    """Children in SEI whose newest level reaches the cut: ticked, they go to the confirmation (MP2-08)."""
    on = timezone.localdate()
    rows = ready_to_move(on).filter(student__in=Student.objects.visible_to(request.user))
    school = request.GET.get("school", "")
    if school.isascii() and school.isdigit() and len(school) < 10:
        rows = rows.filter(stay__school=int(school))
    rows = rows.select_related("student", "stay__school").order_by("stay__school", "since", "student__search_key")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    log_look(request.user, [row.student_id for row in page], _("opened the list of who is ready to move"))
    context = {
        "title": _("Ready to move to the mainstream"),
        "lead": _("Children in SEI whose newest result reaches reasonable fluency."),
        "page_obj": page,
        "lines": [(row, Grade(row.stay.grade).label, _level(row)) for row in page],
        "is_set": FluencyCut.objects.filter(in_force(on, "valid_from", "valid_to")).exists(),
        "may_set_cut": request.user.may(P.MANAGE_DISTRICT),
        "may_decide": request.user.may(P.DECIDE_PLACEMENT),
        "schools": [each for each in School.objects.all() if request.user.may(P.VIEW_STUDENTS, each.pk)],
        "school": school,
    }
    return render(request, "assessments/ready_to_move.html", context)


def _level(row: Any) -> str:
    words = scales.level_words(row.newest_test, Measure.OVERALL, row.newest_level)
    return f"{Test(row.newest_test).label} {row.newest_in}: {words}"


@requires(P.DECIDE_PLACEMENT, methods=("POST",))
def moves_preview(request: HttpRequest) -> HttpResponse:
    """What moving would do, child by child; the second button does it."""
    on = timezone.localdate()
    chosen = list(Student.objects.visible_to(request.user, P.DECIDE_PLACEMENT).filter(pk__in=_picked(request)))
    if not chosen:
        say_refused(request, Refusal(_("No child is ticked."), _("Tick those who move to the mainstream.")))
        return redirect("ready_to_move")
    if request.POST.get("do") == "confirm" and _move(request, chosen, on):
        return redirect("ready_to_move")
    previews = actions.preview_placements(by=request.user, students=chosen, starts=on, on=on, moving=True)
    context = {
        "title": _("Confirm moves to another program"),
        "placing": [each for each in previews if each.outcome == actions.PLACES],
        "staying": [each for each in previews if each.outcome != actions.PLACES],
        "picked": len(previews),
        "starts": on,
        "may_set_cut": request.user.may(P.MANAGE_DISTRICT),
    }
    return render(request, "assessments/moves_preview.html", context)


def _move(request: HttpRequest, chosen: list[Student], on: date) -> bool:
    try:
        placed = actions.confirm_placements(by=request.user, students=chosen, starts=on, on=on, moving=True)
    except Refusal as refusal:
        say_refused(request, refusal)
        return False
    words = ngettext("%(n)d child moves to another program.", "%(n)d children move to another program.", len(placed))
    say(request, words % {"n": len(placed)}, entry=entry_of(request.user, PLACED) if len(placed) == 1 else None)
    return True


def _picked(request: HttpRequest) -> list[int]:
    sent = request.POST.getlist("child")
    return [int(pk) for pk in sent if pk.isascii() and pk.isdigit() and len(pk) < 19]


# --- children into a section ------------------------------------------------------------------------------------


@requires(P.ASSIGN_SERVICES, methods=("GET",))
def section_children(request: HttpRequest, pk: int) -> HttpResponse:
    """Learners of the section's school and grades with their newest level; those who fit are ticked."""
    rows = EldSection.objects.visible_to(request.user, P.ASSIGN_SERVICES).select_related("school", "year")
    section, on = get_object_or_404(rows, pk=pk), timezone.localdate()
    grades = [each.value for each in Grade if _between(section, each)]
    found = learners(on).filter(stay__school=section.school_id, stay__grade__in=grades)
    found = found.filter(student__in=Student.objects.visible_to(request.user, P.ASSIGN_SERVICES))
    found = found.exclude(student__services__in=section.services.on(on)).select_related("student", "stay")
    page = Paginator(found.order_by("stay__grade", "student__search_key"), ON_A_PAGE).get_page(request.GET.get("page"))
    log_look(request.user, [row.student_id for row in page], _("opened the choice of an ELD section"))
    levels = levels_of([row.student_id for row in page], on)
    context = {
        "title": _("Add children to %(section)s") % {"section": section.name},
        "section": section,
        "page_obj": page,
        "lines": [_candidate(section, row, levels.get(row.student_id, students.Level())) for row in page],
        "sections": [(section, section_levels(section))],
        "on": max(on, section.year.first_day),
    }
    return render(request, "assessments/section_children.html", context)


def _between(section: EldSection, grade: Grade) -> bool:
    return Grade(section.grade_low).rank <= grade.rank <= Grade(section.grade_high).rank


def _candidate(section: EldSection, row: Any, level: students.Level) -> dict[str, Any]:
    fit = fits_section(
        grade=row.stay.grade,
        test=level.test,
        level=level.level,
        level_name=level.words,
        span=Span(section.grade_low, section.grade_high, section.level_low, section.level_high),
    )
    return {
        "row": row,
        "grade": Grade(row.stay.grade).label,
        "level": level.words,
        "fit": fit,
        "fits": fit.outcome == FITS,
    }


@requires(P.ASSIGN_SERVICES, methods=("POST",))
def section_assign(request: HttpRequest) -> HttpResponse:
    """What assigning would do, child by child, with the reason; the second button does it."""
    number = request.POST.get("section", "")
    rows = EldSection.objects.visible_to(request.user, P.ASSIGN_SERVICES).select_related("school", "year", "teacher")
    section = (
        rows.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 19 else None
    )
    picked, on = _picked(request), timezone.localdate()
    back = reverse("section", args=[section.pk]) if section else reverse("service_audits")
    try:
        if section is None:
            raise Refusal(_("No section is chosen."), _("Choose one, or open one."))
        if not picked:
            raise Refusal(_("No child is ticked."), _("Tick those who go into the section."))
        starts = read_date(request.POST.get("starts", ""), on) if request.POST.get("starts") else on
        mine = Student.objects.visible_to(request.user, P.ASSIGN_SERVICES)
        seen = list(mine.filter(pk__in=picked).values_list("pk", flat=True))
        facts: dict[str, Any] = {
            "by": request.user,
            "section": section,
            "students": seen,
            "starts": starts,
            "levels": levels_of(seen, on),
            "outside": "outside" in request.POST,
        }
        if request.POST.get("do") == "confirm":
            return _assigned(request, section, facts)
        told = students.preview_assignment(**facts)
    except NotADate as problem:
        say_refused(request, Refusal(str(problem)))
        return redirect(back)
    except Refusal as refusal:
        say_refused(request, refusal)
        return redirect(back)
    context = {
        "title": _("Put children into %(section)s") % {"section": section.name},
        "section": section,
        "levels": section_levels(section),
        "going": [each for each in told if each.outcome != STAYS],
        "staying": [each for each in told if each.outcome == STAYS],
        "picked": len(told),
        "starts": starts,
        "outside": facts["outside"],
    }
    return render(request, "assessments/section_assign.html", context)


def _assigned(request: HttpRequest, section: EldSection, facts: dict[str, Any]) -> HttpResponse:
    made = students.assign_section(**facts)
    words = ngettext("%(n)d child is in %(name)s.", "%(n)d children are in %(name)s.", len(made))
    said = words % {"n": len(made), "name": section.name}
    one = made[0].student if len(made) == 1 else None
    say(request, said, entry=entry_of(request.user, SERVED, one))
    return redirect("section", section.pk)
