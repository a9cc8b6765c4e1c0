"""The register of examiners, and the list of what test plans may name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import actions
from assessments.enums import SupportKind, Test
from assessments.forms.testing import SupportForm, TrainingForm
from assessments.models import Support, Training
from assessments.queries.testing import TRAINED_FOR
from assessments.rules import examiners as rules
from district.access import Scope, requires
from district.calendar import add_calendar_days
from district.enums import Role
from district.models import RoleAssignment, School, User, in_force
from district.permissions import Permission
from district.queries import period
from students.views.pages import carry_out

P = Permission


@dataclass(frozen=True)
class Line:
    """A person of the register: where they examine, and for each test how their training stands."""

    user: User
    schools: list[str]
    trainings: list[tuple[str, str, str]]  # test, tone, sentence
    papers: list[str]


@requires(P.COORDINATE_TESTS)
def examiners(request: HttpRequest) -> HttpResponse:
    """Who is trained for which test until when; the test coordinator enters trainings."""
    on = timezone.localdate()
    coordinates = Scope.of(request.user, P.COORDINATE_TESTS).everywhere
    school = request.GET.get("school", "")
    people = _people(request, on, school)
    asked = request.GET.get("user", "")
    form = TrainingForm(
        request.POST if request.method == "POST" else None,
        examiners=_people(request, on, ""),
        initial={"trained_on": on, "user": asked if asked.isascii() and asked.isdigit() else None},
    )
    said = _("The training is entered.")
    if carry_out(request, form, actions.record_training, said=said, entry=actions.TRAINING):
        return redirect("examiners")
    lines = _lines(people, on)
    context = {
        "title": _("Register of test examiners"),
        "lead": _("Only who is trained on the day of a test gives it and scores it (MP1-23)."),
        "form": form if coordinates else None,
        "lines": lines,
        "schools": School.objects.all(),
        "school": school,
        "without": _schools_without(on),
    }
    return render(request, "assessments/examiners.html", context)


def _people(request: HttpRequest, on: date, school: str) -> Any:
    roles = RoleAssignment.objects.filter(in_force(on), role=Role.EXAMINER, user=OuterRef("pk"))
    scope = Scope.of(request.user, P.COORDINATE_TESTS)
    if not scope.everywhere:
        roles = roles.filter(school__in=scope.schools)
    if school.isascii() and school.isdigit():
        roles = roles.filter(school=int(school))
    return User.objects.filter(Exists(roles), is_active=True).order_by("last_name", "first_name")


def _lines(people: Any, on: date) -> list[Line]:
    """Each person with the state of each test; three queries for any number."""
    known: dict[tuple[int, str], list[rules.Trained]] = {}
    papers: dict[int, list[str]] = {}
    for row in Training.objects.filter(user__in=people).order_by("-trained_on"):
        known.setdefault((row.user_id, row.test), []).append(rules.Trained(row.trained_on, row.expires_on))
        if row.given_by not in papers.setdefault(row.user_id, []):
            papers[row.user_id].append(row.given_by)
    places: dict[int, list[str]] = {}
    roles = RoleAssignment.objects.filter(in_force(on), role=Role.EXAMINER, user__in=people).select_related("school")
    for role in roles:
        places.setdefault(role.user_id, []).append(role.school.short_name if role.school else _("whole district"))
    soon = add_calendar_days(on, period("TE-02", on).days)
    return [
        Line(
            user,
            sorted(places.get(user.pk, [])),
            [_state(test, known.get((user.pk, test), []), on, soon) for test in TRAINED_FOR],
            papers.get(user.pk, []),
        )
        for user in people
    ]


def _state(test: str, trainings: list[rules.Trained], on: date, soon: date) -> tuple[str, str, str]:
    found = rules.is_trained(trainings, on)
    good = found.outcome == rules.TRAINED
    ends = max((each.until or date.max for each in trainings), default=date.max)
    tone = "late" if found.outcome == rules.ENDED else "" if not good else "soon" if ends <= soon else "done"
    return str(Test(test).label), tone, found.reason


def _schools_without(on: date) -> list[School]:
    """Schools in which nobody is trained for the Initial test."""
    good = Training.objects.filter(in_force(on, "trained_on", "expires_on"), test=Test.INITIAL_ELPAC)
    roles = RoleAssignment.objects.filter(in_force(on), role=Role.EXAMINER, user__in=good.values("user"))
    staffed = set(roles.values_list("school", flat=True))
    return [] if None in staffed else [school for school in School.objects.all() if school.pk not in staffed]


@requires(P.PLAN_TEST)
def supports(request: HttpRequest) -> HttpResponse:
    """What a test plan may name, with its source; the EL administrator adds the district's own."""
    may_add = Scope.of(request.user, P.MANAGE_DISTRICT).everywhere
    form = SupportForm(request.POST if request.method == "POST" else None)
    said = _("It stands in the list.")
    if carry_out(request, form, actions.add_support, said=said, entry=actions.SUPPORT):
        return redirect("supports")
    rows = list(Support.objects.filter(is_offered=True))
    context = {
        "title": _("Accommodations and supports"),
        "lead": _("What a test plan may name. What the state's score file tells apart is told apart here."),
        "form": form if may_add else None,
        "groups": [(kind.label, [row for row in rows if row.kind == kind]) for kind in SupportKind],
    }
    return render(request, "assessments/supports.html", context)
