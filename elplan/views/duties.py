"""The list of what is due, with its filters in the address bar, and the same list as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.access import log_look, requires
from district.duties import SOON, Duty, DutyList, State, duties_for, rules
from district.enums import Role
from district.models import School, User
from district.permissions import Permission
from district.sheets import csv_file
from district.wording import due_words, long_day
from elplan.today import LATELY

ON_A_PAGE = 50
STATES = {
    "waiting": gettext_lazy("all that is waiting"),
    "late": gettext_lazy("late"),
    "week": gettext_lazy("due within a week"),
    "later": gettext_lazy("due later"),
    "done": gettext_lazy("done in the last 7 days"),
}


@dataclass(frozen=True)
class Filters:
    """What the address asks for; anything unknown in it counts as not asked."""

    state: str
    rule: str
    school: School | None
    owner: str
    due: str
    mine: bool

    @classmethod
    def read(cls, query: QueryDict) -> Filters:
        state, rule, owner, due = (query.get(key, "") for key in ("state", "rule", "owner", "due"))
        school = query.get("school", "")
        return cls(
            state=state if state in STATES else "waiting",
            rule=rule if rule in rules() else "",
            school=School.objects.filter(pk=school).first() if school.isascii() and school.isdigit() else None,
            owner=owner if owner in Role.values else "",
            due=due if due == "none" or _date(due) else "",
            mine=query.get("mine") == "1",
        )

    def list(self, user: User, on: date) -> DutyList:
        """The duties that fit, among those the person may see."""
        where = {
            "late": Q(d_due__lt=on),
            "week": Q(d_due__gte=on, d_due__lt=on + SOON),
            "later": Q(d_due__gte=on + SOON) | Q(d_due__isnull=True),
            "done": Q(d_done__gt=on - LATELY),
        }.get(self.state, Q())
        if self.school:
            where &= Q(d_school=self.school.pk)
        if self.due:
            where &= Q(d_due__isnull=True) if self.due == "none" else Q(d_due=_date(self.due))
        state = State.DONE if self.state == "done" else "waiting"
        found = duties_for(user, as_of=on, state=state, where=where, own=self.mine)
        chosen = (
            part
            for part in found.parts
            if (not self.rule or part[0].id == self.rule) and (not self.owner or part[0].owner == self.owner)
        )
        return DutyList(on, tuple(chosen))


@requires(Permission.VIEW_DUTIES, methods=("GET",))
def duties(request: HttpRequest) -> HttpResponse:
    """The duties the person may see, most urgent first, fifty at a time."""
    on = timezone.localdate()
    filters = Filters.read(request.GET)
    listed = filters.list(request.user, on)
    if request.GET.get("recount"):
        listed.forget()
    page = Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page"))
    schools = {school.pk: school for school in School.objects.all()}
    context = {
        "title": _("What you have to do") if filters.mine else _("All that is due"),
        "filters": filters,
        "page_obj": page,
        "tally": listed.tally,
        "rows": [_row(duty, schools, on) for duty in page.object_list],
        "states": STATES.items(),
        "rules": sorted(((rule.id, rule.title) for rule in rules().values()), key=lambda pair: str(pair[1])),
        "schools": schools.values(),
        "roles": sorted({(rule.owner, Role(rule.owner).label) for rule in rules().values()}, key=lambda pair: pair[1]),
    }
    return render(request, "elplan/duties.html", context)


@requires(Permission.VIEW_DUTIES, methods=("GET",))
def duties_file(request: HttpRequest) -> HttpResponse:
    """The list with its filters as a CSV file; who took it is written down for every child in it."""
    on = timezone.localdate()
    listed = list(Filters.read(request.GET).list(request.user, on))
    names = dict(School.objects.values_list("pk", "name"))
    head = [_("Due"), _("State"), _("What"), _("For whom"), _("School"), _("Whose work"), _("Why")]
    rows = [
        (
            duty.due,
            duty.state.label,
            duty.rule.title,
            duty.subject,
            names.get(duty.school_id, ""),
            Role(duty.rule.owner).label,
            duty.why,
        )
        for duty in listed
    ]
    log_look(request.user, sorted({duty.student_id for duty in listed if duty.student_id}), _("list of duties"))
    return csv_file(f"due-{on.isoformat()}.csv", head, rows)


def _row(duty: Duty, schools: dict[int, School], on: date) -> dict[str, object]:
    due = due_words(duty.due, on) if duty.due else None
    if duty.done:
        tone, words = "done", _("done %(day)s") % {"day": long_day(duty.done)}
    else:
        tone, words = (due.tone, due.words) if due else ("soon", _("no due day"))
    return {
        "duty": duty,
        "tone": tone,
        "words": words,
        "due_day": long_day(duty.due),
        "school": schools[duty.school_id].short_name if duty.school_id in schools else "",
        "owner": Role(duty.rule.owner).label,
    }


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
