"""Scans and photos of originals: attached by hand, opened by who may."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from district import storage
from district.access import log_look, requires
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say
from district.uploads import too_large
from district.wording import long_day
from students import actions, scanning
from students.actions.guard import entry_of
from students.enums import ScanType
from students.forms.reviews import ScanForm
from students.models import FolderScan, Student
from students.queries import originals_of
from students.views.pages import LOOKED, child_or_404, head_of

P = Permission
READ_AT_MOST = scanning.MOST_BYTES + 1


@requires(P.SCAN_ORIGINALS)
def scan_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach a scan or photo to one of the child's originals."""
    student = child_or_404(request, pk, P.SCAN_ORIGINALS)
    on = timezone.localdate()
    wanted = originals_of(student, on)
    choices = [
        (
            f"{each.kind}:{each.about_on}",
            _("%(what)s of %(day)s") % {"what": each.kind.label, "day": long_day(each.about_on)},
        )
        for each in wanted
    ]
    form = ScanForm(
        request.POST or None,
        request.FILES or None,
        originals=choices,
        refused=str(scanning.too_large()) if too_large(request) else "",
        initial={"original": request.GET.get("of", "")},
        leave_url=reverse("folder", args=[student.pk]),
    )
    if request.method == "POST" and form.is_valid() and _attach(request, student, form, on):
        return redirect("scan_attach" if "another" in request.POST else "folder", student.pk)
    context = {"title": _("Attach a scan"), "student": student, "head": head_of(student, clocks=False), "form": form}
    context["choices"] = choices
    context["scans"] = student.scans.select_related("scanned_by")
    return render(request, "students/scan_attach.html", context)


def _attach(request: HttpRequest, student: Student, form: ScanForm, on: date) -> bool:
    kind, _mark, about = form.cleaned_data["original"].partition(":")
    try:
        row = actions.attach_scan(
            by=request.user,
            student=student,
            kind=kind,
            about_on=date.fromisoformat(about),
            data=form.cleaned_data["file"].read(READ_AT_MOST),
            on=on,
            is_of_both=form.cleaned_data["is_of_both"],
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    say(request, _("The scan is attached: %(what)s.") % {"what": row}, entry=entry_of(request.user, "scanned", student))
    return True


@requires(P.VIEW_SCANS, methods=("GET",))
def scan_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan itself. Nothing of it runs: its type is ours, and the browser is told to allow it nothing."""
    row = get_object_or_404(FolderScan.objects.visible_to(request.user, P.VIEW_SCANS), pk=pk)
    data = storage.fetch(row.file)
    if data is None:
        raise Http404
    log_look(request.user, [row.student_id], LOOKED["scan_open"])
    kind = ScanType(row.file_type)
    response = HttpResponse(data, content_type=scanning.MEDIA_TYPES[kind])
    response["Content-Disposition"] = f'inline; filename="{row.kind}-{row.about_on.isoformat()}.{kind}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
