"""The yearly test: its windows, the tracker with its counts, the list of a day, and one child's test."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments import actions
from assessments.enums import Outcome, Test
from assessments.forms.testing import SittingForm, SittingsForm, WindowForm
from assessments.models import TestWindow
from assessments.queries import testing as found
from assessments.rules import windows as rules
from assessments.views.loading import child_or_404
from assessments.views.tracker import Filters, Tracker, examiners_for
from district.access import Scope, requires
from district.calendar import year_name
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from students.actions.guard import entry_of
from students.views.pages import carry_out, head_of

P = Permission
ON_A_PAGE = 50


@requires(P.COORDINATE_TESTS)
def test_windows(request: HttpRequest) -> HttpResponse:
    """The windows by year, each with its source; the test coordinator sets them from the state's calendar."""
    on = timezone.localdate()
    year = year_name(on)
    years = [year, year_name(date(on.year + 1, on.month, 1))]
    lawful = found.lawful_window(Test.SUMMATIVE_ELPAC, year)
    first = {"administration": year, "source": lawful.source if lawful else ""}
    first |= {"opens": lawful.opens, "closes": lawful.closes} if lawful else {}
    form = WindowForm(request.POST if request.method == "POST" else None, years=years, initial=first)
    said = _("The window is set.")
    if carry_out(request, form, actions.set_window, said=said, entry=actions.WINDOW):
        return redirect("test_windows")
    rows = list(TestWindow.objects.select_related("recorded_by"))
    set_now = {row.test for row in rows if row.administration == year}
    context = {
        "title": _("Windows of the yearly tests"),
        "lead": _("From when to when a test is given, as the state's calendar says; nothing is assumed."),
        "form": form if Scope.of(request.user, P.COORDINATE_TESTS).everywhere else None,
        "windows": [(row, rules.window_on(row.opens, row.closes, on)) for row in rows],
        "missing": [Test(test).label for test in found.YEARLY_ELPAC if test not in set_now],
        "year": year,
        "lawful": lawful,
    }
    return render(request, "assessments/test_windows.html", context)


test_windows.__test__ = False  # type: ignore[attr-defined] -- a page, whatever its name says


@requires(P.VIEW_DUTIES)
def yearly_tests(request: HttpRequest) -> HttpResponse:
    """Every English learner of the window: tested, not yet, in part, exempt; many are noted at once."""
    on = timezone.localdate()
    tracker = Tracker(request.user, Filters.read(request.GET, on), on)
    may_note = request.user.may(P.GIVE_YEARLY_TEST) and tracker.has_begun
    form = SittingsForm(
        request.POST if request.method == "POST" else None,
        examiners=examiners_for(request.user, on),
        initial={"on": on, "examiner": request.user.pk},
    )
    refused: list[Any] = []
    if request.method == "POST" and may_note and form.is_valid():
        noted = _note(request, form)
        if noted and not noted.refused:
            return redirect(request.get_full_path())
        refused = noted.refused if noted else []
    page = Paginator(tracker.listed(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Yearly ELPAC %(year)s") % {"year": tracker.year},
        "tracker": tracker,
        "filters": tracker.filters,
        "page_obj": page,
        "lines": tracker.lines(list(page.object_list)),
        "ticked": set(request.POST.getlist("child")),
        "refused": refused,
        "may_note": may_note,
        "may_tell": request.user.may(P.VIEW_LETTERS),
        "may_set": request.user.may(P.COORDINATE_TESTS),
        "form": form,
    }
    return render(request, "assessments/yearly_tests.html", context)


def _note(request: HttpRequest, form: SittingsForm) -> actions.Noted | None:
    """Do what was asked for the children ticked; None where the whole was refused."""
    picked = [int(pk) for pk in request.POST.getlist("child") if pk.isascii() and pk.isdigit()]
    outcome = Outcome.ABSENT if request.POST.get("do") == "absent" else Outcome.TAKEN
    if not picked:
        form.add_error(None, _("No child is ticked. Tick those whom the note is about."))
        return None
    said = form.cleaned_data
    examiner = said["examiner"] if outcome == Outcome.TAKEN else None
    try:
        noted = actions.note_sittings(
            by=request.user, students=picked, outcome=outcome, on=said["on"], examiner=examiner
        )
    except Refusal as refusal:
        say_refused(request, refusal)
        return None
    if noted.rows:
        words = ngettext("%(count)d child noted: %(what)s.", "%(count)d children noted: %(what)s.", len(noted.rows))
        entry = entry_of(request.user, actions.SITTING)
        say(request, words % {"count": len(noted.rows), "what": Outcome(outcome).label}, entry=entry)
    return noted


@requires(P.VIEW_DUTIES, methods=("GET",))
def yearly_schools(request: HttpRequest) -> HttpResponse:
    """Counts of the tracker by school and grade; every number opens its list."""
    on = timezone.localdate()
    tracker = Tracker(request.user, Filters.read(request.GET, on), on)
    context = {
        "title": _("Yearly ELPAC %(year)s by school and grade") % {"year": tracker.year},
        "tracker": tracker,
        "filters": tracker.filters,
        "groups": tracker.by_school(),
    }
    return render(request, "assessments/yearly_schools.html", context)


@requires(P.GIVE_YEARLY_TEST)
def yearly_test(request: HttpRequest, pk: int) -> HttpResponse:
    """One child's yearly test: how it stands, how it is given, and what is noted of it."""
    student = child_or_404(request, pk, P.GIVE_YEARLY_TEST, _("opened the yearly test"))
    on = timezone.localdate()
    year = year_name(on)
    rows = found.yearly_tests(on).filter(student=student.pk)
    row = rows.first()
    test = row.test if row else Test.SUMMATIVE_ELPAC
    window = found.windows_of(year).of(test)
    stands = rules.window_on(window and window.opens, window and window.closes, on)
    is_open = stands.outcome in (rules.OPEN, rules.NOT_SET)
    form = SittingForm(
        request.POST if request.method == "POST" else None,
        examiners=found.trained(test, student.school, on)
        if request.method == "GET"
        else examiners_for(request.user, on),
        initial={"on": on if is_open else None, "examiner": request.user.pk},
        leave_url=reverse("child", args=[pk]),
    )
    said = _("The yearly test of %(name)s is noted.") % {"name": student.name}
    if carry_out(request, form, actions.note_sitting, said=said, entry=actions.SITTING, about=student, student=student):
        return redirect("yearly_test", pk=pk)
    context = {
        "title": _("Yearly test: %(test)s %(year)s") % {"test": Test(test).label, "year": year},
        "student": student,
        "head": head_of(student, clocks=False),
        "form": form,
        "takes": row is not None,
        "state": _state(row) if row else None,
        "window": stands,
        "is_open": is_open,
        "plan": found.plans_on([pk], on).get(pk),
        "plan_url": reverse("test_plan", args=[pk]),
        "sittings": student.sittings.filter(administration=year).select_related("examiner", "recorded_by"),
    }
    return render(request, "assessments/yearly_test.html", context)


def _state(row: Any) -> Any:
    """What is known of the child's test, as the rule says it."""
    return rules.yearly_state(
        rules.Known(
            attempted="Y" if row.by_state else "P" if row.outcome == rules.PARTIAL and not row.partial_why else "",
            taken_on=row.tested_on,
            exempt=row.exempt_why or "",
            partial=row.partial_why or "",
            absent_on=row.absent_on,
        )
    )
