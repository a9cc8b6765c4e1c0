"""The watch list by core subject (MP2-02), and starting action plans from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.actions import action_plans as actions
from assessments.enums import Subject
from assessments.forms.action_plans import BulkPlansForm
from assessments.models import ActionPlan
from assessments.queries.measures import not_configured, said_on
from assessments.queries.watch import CORE, WATCHED, Watched, watch_lines, watched
from district.access import log_look, requires
from district.enums import Grade
from district.models import School
from district.permissions import Permission
from district.queries import period
from district.refusal import Refusal
from district.said import say
from students.actions.guard import entry_of
from students.enums import ElStatus
from students.forms.enrolling import schools_of
from students.models import Student

P = Permission
ON_A_PAGE = 25
MOST = 500  # children in one start
PLANS = (("without", gettext_lazy("without a plan")), ("with", gettext_lazy("with an open plan")))


@dataclass(frozen=True)
class Filters:
    """What the address asks for; what is not known counts as not asked."""

    subject: str
    school: str
    grade: str
    status: str
    plan: str

    @classmethod
    def read(cls, request: HttpRequest, schools: list[School]) -> Filters:
        known = {
            "subject": {subject.value for subject in CORE},
            "school": {str(school.pk) for school in schools},
            "grade": set(Grade.values),
            "status": {status.value for status in WATCHED},
            "plan": {slug for slug, _label in PLANS},
        }
        return cls(**{name: value if (value := request.GET.get(name, "")) in known[name] else "" for name in known})

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return (Subject(self.subject),) if self.subject else CORE

    def apply(self, rows: QuerySet[Student]) -> QuerySet[Student]:
        if self.school:
            rows = rows.filter(current_enrollment__school=self.school)
        if self.grade:
            rows = rows.filter(current_enrollment__grade=self.grade)
        if self.status:
            rows = rows.filter(status=self.status)
        if self.plan:
            plans = ActionPlan.objects.filter(student=OuterRef("pk"), closed_on=None, subject__in=self.subjects)
            rows = rows.filter(Exists(plans) if self.plan == "with" else ~Exists(plans))
        return rows


@requires(P.VIEW_STUDENTS, methods=("GET",))
def watch_list(request: HttpRequest) -> HttpResponse:
    """Who is below in a core subject, with value, date and reason."""
    on = timezone.localdate()
    schools = list(schools_of(request.user, P.VIEW_STUDENTS))
    asked = Filters.read(request, schools)
    rows = asked.apply(watched(request.user, on, subjects=asked.subjects))
    rows = rows.select_related("current_enrollment__school", "current_enrollment__teacher")
    page = Paginator(rows.order_by("search_key", "pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    lines = watch_lines(list(page.object_list), on, asked.subjects)
    log_look(request.user, [line.student.pk for line in lines], _("stood on the watch list"))
    context = {
        "title": _("Watch list"),
        "lead": _(
            "English learners and reclassified children who are below grade level, or have a mark below C, in a"
            " core subject."
        ),
        "page_obj": page,
        "lines": [(line, _status(line), _by_subject(line)) for line in lines],
        "asked_items": [(name, value) for name, value in vars(asked).items() if value],
        "filters": _choices(schools),
        "not_set": not_configured(on),
        "may_plan": request.user.may(P.PLAN_ACTION),
        "query": request.GET.urlencode(),
    }
    return render(request, "assessments/watch_list.html", context)


def _by_subject(line: Watched) -> list[tuple[Subject, list[tuple[Any, str]]]]:
    """What is below, subject by subject, each with its day."""
    return [
        (subject, [(each, said_on(each)) for each in line.below if each.subject == subject])
        for subject in line.subjects
    ]


def _status(line: Watched) -> str:
    return str(ElStatus(line.student.status).label)  # type: ignore[attr-defined]


def _choices(schools: list[School]) -> list[tuple[str, Any, Any]]:
    """The filters over the list: name, label, choices."""
    found: list[tuple[str, Any, Any]] = [("subject", _("Subject"), [(each.value, each.label) for each in CORE])]
    if len(schools) > 1:
        found.append(("school", _("School"), [(str(each.pk), each.short_name) for each in schools]))
    return [
        *found,
        ("grade", _("Grade"), Grade.choices),
        ("status", _("Language status"), [(each.value, each.label) for each in WATCHED]),
        ("plan", _("Action plan"), PLANS),
    ]


@requires(P.PLAN_ACTION, methods=("POST",))
def action_plans_start(request: HttpRequest) -> HttpResponse:
    """What would begin for the ticked children, and, when it is confirmed, the plans."""
    on = timezone.localdate()
    schools = list(schools_of(request.user, P.VIEW_STUDENTS))
    asked = Filters.read(request, schools)
    picked = [int(pk) for pk in request.POST.getlist("child") if pk.isascii() and pk.isdigit()][:MOST]
    proposed = actions.preview_action_plans(by=request.user, children=picked, subjects=asked.subjects, on=on)
    confirmed = request.POST.get("do") == "begin"
    form = BulkPlansForm(request.POST if confirmed else None, initial=days_from(on))
    if confirmed and form.is_valid() and _begun(request, form, picked, asked, on):
        return redirect(reverse("action_plans"))
    begin = [each for each in proposed if each.begins]
    context = {
        "title": _("Begin action plans"),
        "form": form,
        "begin": begin,
        "stay": [each for each in proposed if not each.begins],
        "count": sum(len(each.subjects) for each in begin),
        "query": request.GET.urlencode(),
    }
    return render(request, "assessments/action_plans_start.html", context)


def days_from(on: date) -> dict[str, date]:
    """First day, day of review and last day as the district has set their periods."""
    review, last = period("OWN-30", on), period("OWN-31", on)
    return {"starts": on, "review_on": on + timedelta(days=review.days), "ends": on + timedelta(days=last.days)}


def _begun(request: HttpRequest, form: BulkPlansForm, picked: list[int], asked: Filters, on: date) -> bool:
    try:
        made = actions.begin_action_plans(
            by=request.user, children=picked, subjects=asked.subjects, on=on, **form.cleaned_data
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    if not made:
        form.add_error(None, _("No plan can begin for the children that are picked."))
        return False
    words = ngettext("%(count)d action plan begun.", "%(count)d action plans begun.", len(made))
    say(request, words % {"count": len(made)}, entry=entry_of(request.user, actions.PLANS_BEGUN))
    return True
