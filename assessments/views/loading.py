"""How the pages of tests about one child load the child."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from district.access import log_look
from district.permissions import Permission
from students.models import Student
from students.views.pages import children


def child_or_404(request: HttpRequest, pk: int, permission: Permission, look: Any = "") -> Student:
    """The child, or the page of a stranger; opening the page is written down in the words of `look`."""
    student = get_object_or_404(children(request, permission), pk=pk)
    if look and request.method == "GET":
        log_look(request.user, [student.pk], str(look))
    return student
