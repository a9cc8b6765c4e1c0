"""Copies for the class teachers: read on the screen, or printed as a pile for each teacher (MP1-32, MP1-42)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.access import log_look, requires
from district.models import User
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from students import actions
from students.actions.guard import entry_of
from students.enums import CopyKind
from students.models import Enrollment, Student, TeacherCopy
from students.queries import copies, with_stay

P = Permission
MOST = 300  # copies on a page or in a pile


def _waiting(user: User, permission: Permission, on: date, *, all_of_year: bool = False) -> list[dict[str, Any]]:
    """The copies of children for whom the person holds the permission, by teacher and child, each with its lines."""
    mine = Student.objects.visible_to(user, permission)
    found: list[dict[str, Any]] = []
    for kind, source in copies.sources().items():
        rows = copies.of_year(source, on) if all_of_year else copies.waiting(source, on)
        rows = with_stay(rows.filter(student__in=mine), on).order_by("-c_known", "pk")
        listed = list(rows.values_list("c_fact", "student_id", "c_known", "stay")[:MOST])
        told = source.told([fact for fact, *_rest in listed])
        found += [
            {"kind": kind, "fact": fact, "student": student, "known": known, "stay": stay, "lines": told.get(fact, [])}
            for fact, student, known, stay in listed
        ]
    stays = Enrollment.objects.visible_to(user, permission).filter(pk__in=[each["stay"] for each in found])
    here = {stay.pk: stay for stay in stays.select_related("student", "school", "teacher")}
    for each in found:
        each["stay"] = here[each["stay"]]
        each["value"] = f"{each['kind']}:{each['fact']}"
    return sorted(found, key=lambda each: (str(each["stay"].teacher or ""), each["stay"].student.search_key))


def _picked(request: HttpRequest) -> list[tuple[str, str]]:
    pairs = [value.partition(":") for value in request.POST.getlist("pick")]
    return [(kind, fact) for kind, _mark, fact in pairs if kind in CopyKind.values and fact]


def _give(request: HttpRequest, permission: Permission, *, is_read: bool) -> None:
    picked = _picked(request)
    try:
        if not picked:
            raise Refusal(_("Nothing was ticked."), _("Tick the copies first."))
        number = actions.give_teacher_copies(
            by=request.user, picked=picked, on=timezone.localdate(), permission=permission, is_read=is_read
        )
    except Refusal as refusal:
        say_refused(request, refusal)
        return
    if is_read:
        said = ngettext("%(n)d copy is noted as read.", "%(n)d copies are noted as read.", number)
    else:
        said = ngettext("%(n)d copy is noted as handed out.", "%(n)d copies are noted as handed out.", number)
    say(request, said % {"n": number}, entry=entry_of(request.user, "teacher_copies") if number else None)


@requires(P.READ_COPIES)
def my_copies(request: HttpRequest) -> HttpResponse:
    """What came for the teacher's own class this year; what is ticked is read."""
    on = timezone.localdate()
    if request.method == "POST":
        _give(request, P.READ_COPIES, is_read=True)
        return redirect("my_copies")
    found = _waiting(request.user, P.READ_COPIES, on, all_of_year=True)
    marks = {(row.kind, row.fact): row for row in TeacherCopy.objects.visible_to(request.user, P.READ_COPIES)}
    for each in found:
        each["mark"] = marks.get((each["kind"], each["fact"]))
    fresh = {each["value"] for each in _waiting(request.user, P.READ_COPIES, on)}
    log_look(request.user, sorted({each["student"] for each in found}), _("read copies for the teacher"))
    context = {
        "title": _("Copies for me"),
        "fresh": [each for each in found if each["value"] in fresh],
        "old": [each for each in found if each["value"] not in fresh],
    }
    return render(request, "students/my_copies.html", context)


@requires(P.HAND_OUT_COPY)
def teacher_copies(request: HttpRequest) -> HttpResponse:
    """Changes, annual forms and placements of which no teacher has a copy yet, by teacher."""
    on = timezone.localdate()
    if request.method == "POST":
        _give(request, P.HAND_OUT_COPY, is_read=False)
        return redirect("teacher_copies")
    found = _waiting(request.user, P.HAND_OUT_COPY, on)
    return render(
        request, "students/teacher_copies.html", {"title": _("Copies for the teachers"), "found": found, "on": on}
    )


@requires(P.HAND_OUT_COPY, methods=("GET",))
def copies_print(request: HttpRequest) -> HttpResponse:
    """The waiting copies as sheets, a pile for each teacher; `only` prints those named."""
    on = timezone.localdate()
    found = _waiting(request.user, P.HAND_OUT_COPY, on)
    if only := request.GET.getlist("only"):
        found = [each for each in found if each["value"] in only]
    log_look(request.user, sorted({each["student"] for each in found}), _("printed copies for the teacher"))
    return render(request, "students/copies_print.html", {"title": _("Copies to print"), "found": found, "on": on})
