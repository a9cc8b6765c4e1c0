"""What the pages about one child share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from district.access import log_look
from district.permissions import Permission
from students.models import Student


def child_or_404(request: HttpRequest, pk: int, permission: Permission, look: Any = "") -> Student:
    """The child, or the page of a stranger; opening the page is written down in the words of `look`."""
    children = Student.objects.visible_to(request.user, permission).select_related(
        "current_enrollment__school", "current_enrollment__teacher", "primary_language", "letter_language"
    )
    student = get_object_or_404(children, pk=pk)
    if look and request.method == "GET":
        log_look(request.user, [student.pk], str(look))
    return student
