"""Placements that somebody should look at again, school by school."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.queries.placement_review import DIFFERS, NEW_RESULT, NO_LEARNER, placements_to_review
from district.access import requires
from district.permissions import Permission
from students.forms.enrolling import schools_of

P = Permission
ON_A_PAGE = 100
WHY = {
    NO_LEARNER: gettext_lazy("not an English learner any more"),
    NEW_RESULT: gettext_lazy("a result came after the decision"),
    DIFFERS: gettext_lazy("another program than recommended"),
}


@requires(P.DECIDE_PLACEMENT, methods=("GET",))
def placement_review(request: HttpRequest) -> HttpResponse:
    """Each reason with its number, which opens its list; the decision is made on the child's placement."""
    on = timezone.localdate()
    schools = list(schools_of(request.user, P.DECIDE_PLACEMENT).order_by("cds_code"))
    school = next((each for each in schools if str(each.pk) == request.GET.get("school")), next(iter(schools), None))
    why = request.GET.get("why", "")
    rows = placements_to_review(request.user, school, on) if school else None
    tally = [
        {
            "count": rows.filter(**{name: True}).count() if rows is not None else 0,
            "words": words,
            "url": f"?school={school.pk if school else ''}&why={name}",
            "current": why == name,
        }
        for name, words in WHY.items()
    ]
    why = why if why in WHY else NO_LEARNER
    listed = []
    if rows is not None:
        listed = rows.filter(**{why: True}).select_related("student", "program", "recommended", "decided_by")
        listed = listed.order_by("student__search_key", "pk")
    context = {
        "title": _("Review of placements"),
        "schools": schools,
        "school": school,
        "why": why,
        "why_words": WHY[why],
        "tally": tally,
        "page_obj": Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "assessments/placement_review.html", context)
