"""A child's page: everything that is known, with reason, date and source; opening it is written down."""

from __future__ import annotations

from dataclasses import replace

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import log_look, requires
from district.looks import looks_for
from district.permissions import Permission
from elplan.child import page as found
from elplan.child.classification import corrections_of_child, long_term_of_child
from elplan.child.conferences import conference_events
from elplan.child.progress import progress
from elplan.child.services import services_of_child
from students.doings import doings_for
from students.head import child_head, clocks_of
from students.models import Student

ON_A_PAGE = 100


@requires(Permission.VIEW_STUDENTS, methods=("GET",))
def child(request: HttpRequest, pk: int) -> HttpResponse:
    """The child's page; a child whom the person may not see is not found."""
    user, on = request.user, timezone.localdate()
    student = get_object_or_404(_loaded(request), pk=pk)
    log_look(user, [student.pk], _("opened the page"))
    duties = found.duties_of(student, on)
    head = child_head(student, on, own_page=True, rules=())
    context = {
        "title": student.name,
        "student": student,
        "head": replace(head, clocks=clocks_of([duty for duty in duties if not duty.done], on)),
        "doings": doings_for(user, student),
        "statuses": found.statuses(student),
        "survey": found.survey(student),
        "long_term": long_term_of_child(student, on),
        "corrections": corrections_of_child(student) if user.may(Permission.ASK_CORRECTION) else [],
        "score_tables": found.score_tables(student),
        "progress": progress(student, on),
        "services": services_of_child(student, on),
        "placements": found.placements(student),
        "conference_events": conference_events(student, on),
        "letters": found.letters(student, user),
        "duties": found.duty_tasks(duties, on) if user.may(Permission.VIEW_DUTIES) else [],
        "folder": found.folder(student, on),
        "stays": found.stays(student),
        "access": found.access(student, on, user) if user.may(Permission.VIEW_ACCESS) else None,
    }
    return render(request, "elplan/child.html", context)


@requires(Permission.VIEW_ACCESS, methods=("GET",))
def looks(request: HttpRequest, pk: int) -> HttpResponse:
    """Who opened, printed or exported the child's record: for the parents who ask (Education Code 49064)."""
    student = get_object_or_404(_loaded(request, Permission.VIEW_ACCESS), pk=pk)
    listed = looks_for(request.user).filter(student_id=student.pk)
    context = {
        "title": _("Who looked at the record of %(name)s") % {"name": student.name},
        "student": student,
        "head": child_head(student, timezone.localdate(), rules=()),
        "page_obj": Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "elplan/child_looks.html", context)


def _loaded(request: HttpRequest, permission: Permission = Permission.VIEW_STUDENTS):
    return Student.objects.visible_to(request.user, permission).select_related(
        "current_enrollment__school", "current_enrollment__teacher", "primary_language", "letter_language"
    )
