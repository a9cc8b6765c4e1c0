"""The district's profile: who is enrolled, which groups there are, which languages are spoken and owed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import requires
from district.permissions import Permission
from elplan.figures import schools_of
from elplan.profile import profile
from elplan.small_groups import LEAST_SHOWN
from notifications.queries import owed_languages
from students.rules import owed_share


@requires(Permission.VIEW_FIGURES, methods=("GET",))
def profile_page(request: HttpRequest) -> HttpResponse:
    """Numbers with their lists for who may see names; small groups hidden for who may not."""
    on = timezone.localdate()
    schools = schools_of(request.user)
    limit = owed_share(on)
    with_names = request.user.may(Permission.VIEW_STUDENTS)
    context = {
        "title": _("Profile of the district"),
        "on": on,
        "least": LEAST_SHOWN,
        "with_names": with_names,
        "profile": profile(schools, on, with_names=with_names),
        "owed": owed_languages(schools, on),
        "percent": limit.percent,
        "source": limit.source,
        "may_read_texts": request.user.may(Permission.PUBLISH_LETTERS),
    }
    return render(request, "elplan/profile.html", context)
