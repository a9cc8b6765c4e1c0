"""Help: short, and about the work of the person's own roles."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from district.access import requires
from district.permissions import Permission


@requires(Permission.SIGNED_IN, methods=("GET",))
def help_page(request: HttpRequest) -> HttpResponse:
    """The person's roles, what each does here, and the keys."""
    roles = list(dict.fromkeys(role for role, _school in request.user.grants))
    return render(request, "elplan/help.html", {"title": _("Help"), "roles": roles})
