"""What the pages about one child share: loading, the head, and saying what was done with the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.access import log_look
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say
from students.actions.guard import entry_of
from students.models import Student
from students.queries import ChildHead, child_head

# The clocks that run while a child is being identified; the child's own page shows all.
CLOCKS = ("survey_missing", "transfer_records", "records_request", "initial_test")

# What the log of looks says of each page, by the name of its address.
LOOKED = {
    "survey": _("opened the survey"),
    "survey_sign": _("opened the survey"),
    "records": _("opened the former records"),
    "student_edit": _("opened the particulars"),
    "family": _("opened the family"),
    "flags": _("opened the flags"),
    "flag_end": _("opened the flags"),
    "folder": _("opened the Yellow Folder"),
    "scan_attach": _("opened the Yellow Folder"),
    "scan_open": _("opened a scan of the Yellow Folder"),
    "packet": _("opened the registration packet"),
    "change_ask": _("reviewed the record"),
    "attested_folder": _("looked into the Yellow Folder"),
    "transfer": _("opened the enrollment"),
    "status_settle": _("opened the language status"),
    "child_conferences": _("opened the conferences"),
    "conference_hold": _("opened the conferences"),
    "conference_booking": _("opened the conferences"),
    "follow_up": _("opened what was promised"),
    "correction_ask": _("opened the corrections"),
    "child_services": _("opened the services"),
    "service_end": _("opened the services"),
    "wish_new": _("opened what the family wants"),
    "wish_answer": _("opened what the family wants"),
    "request_new": _("opened the requests for a program"),
    "request_withdraw": _("opened the requests for a program"),
    "correction": _("opened the corrections"),
}


def children(request: HttpRequest, permission: Permission) -> QuerySet[Student]:
    """The children for whom the person holds a permission."""
    return Student.objects.visible_to(request.user, permission).select_related(
        "current_enrollment__school", "current_enrollment__teacher", "primary_language", "letter_language"
    )


def child_or_404(request: HttpRequest, pk: int, permission: Permission) -> Student:
    """The child, or the page of a stranger. Opening a page with a child's record is written down."""
    student = get_object_or_404(children(request, permission), pk=pk)
    if request.method == "GET":
        log_look(request.user, [student.pk], LOOKED[request.resolver_match.url_name])
    return student


def head_of(student: Student, *, clocks: bool = True) -> ChildHead:
    """The head of the page today, with the clocks of identification; without where the page is what they ask for."""
    return child_head(student, timezone.localdate(), rules=CLOCKS if clocks else ())


def sent(request: HttpRequest, prefix: str) -> Any:
    """What was sent of the form with this prefix, where a page has several; None when it was another one, or none."""
    return request.POST if any(name.startswith(f"{prefix}-") for name in request.POST) else None


def carry_out(
    request: HttpRequest,
    form: Any,
    verb: Callable[..., Any],
    *,
    said: Any,
    entry: str = "",
    about: Student | None = None,
    **facts: Any,
) -> Any:
    """Do what a sent form asks, and say so with the way back: by the newest entry of a kind, about a child.

    None when nothing was sent, or when form or action refused; then the form tells why.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    values = form.values() if hasattr(form, "values") else form.cleaned_data
    try:
        result = verb(by=request.user, **facts, **values)
    except Refusal as refusal:
        form.refuse(refusal)
        return None
    say(request, said, entry=entry_of(request.user, entry, about) if entry else None)
    return result if result is not None else True
