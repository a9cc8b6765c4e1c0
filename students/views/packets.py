"""The registration packet: part by part for each child who has come this year, many on one page (MP1-04)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.access import requires
from district.duties import duties
from district.models import Language, User
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from district.wording import due_words
from students import actions
from students.actions.guard import entry_of
from students.models import Enrollment, PacketPart, Student
from students.views.pages import child_or_404, head_of
from students.views.reviews import numbers

P = Permission
ON_A_PAGE = 25


@requires(P.ENROLL)
def packets(request: HttpRequest) -> HttpResponse:
    """The packets from which something is missing, oldest first: a row for each child, a box for each part."""
    on = timezone.localdate()
    if request.method == "POST":
        _tick(request, Student.objects.visible_to(request.user, P.ENROLL), on)
        return redirect(request.get_full_path())
    mine = Student.objects.visible_to(request.user, P.ENROLL)
    found = [
        (duty.student_id, duty.due)
        for duty in duties(as_of=on, state="waiting", rule_ids=["packet_incomplete"])
        if duty.student_id
    ]
    seen = set(mine.filter(pk__in=[pk for pk, _due in found]).values_list("pk", flat=True))
    page = Paginator([each for each in found if each[0] in seen], ON_A_PAGE).get_page(request.GET.get("page"))
    parts = list(PacketPart.objects.all())
    context = {
        "title": _("Registration packets"),
        "page_obj": page,
        "parts": parts,
        "lines": _lines(request.user, list(page), parts, on),
    }
    return render(request, "students/packets.html", context)


def _lines(user: User, found: list[tuple[int, date | None]], parts: list[PacketPart], on: date) -> list[dict[str, Any]]:
    stays = _first_stays(user, [pk for pk, _due in found])
    return [
        {
            "stay": stays[pk],
            "boxes": _boxes(stays[pk], parts),
            "due": due_words(due, on) if due else None,
        }
        for pk, due in found
        if pk in stays
    ]


def _first_stays(user: User, children: list[int]) -> dict[int, Enrollment]:
    rows = (
        Enrollment.objects.visible_to(user, P.ENROLL)
        .filter(student__in=children)
        .select_related("student", "school", "teacher")
    )
    first = rows.prefetch_related("packet__by", "packet__part").order_by("student_id", "starts").distinct("student_id")
    return {row.student_id: row for row in first}


def _boxes(stay: Enrollment, parts: list[PacketPart]) -> list[dict[str, Any]]:
    there = {tick.part_id: tick for tick in stay.packet.all()}
    return [{"part": part, "value": f"{stay.pk}:{part.code}", "tick": there.get(part.pk)} for part in parts]


@requires(P.ENROLL)
def packet(request: HttpRequest, pk: int) -> HttpResponse:
    """The packet of one child."""
    student = child_or_404(request, pk, P.ENROLL)
    on = timezone.localdate()
    if request.method == "POST":
        if _tick(request, Student.objects.visible_to(request.user, P.ENROLL).filter(pk=student.pk), on):
            return redirect("child", student.pk)
        return redirect("packet", student.pk)
    parts = list(PacketPart.objects.all())
    stay = _first_stays(request.user, [student.pk]).get(student.pk)
    context = {
        "title": _("Registration packet"),
        "student": student,
        "head": head_of(student, clocks=False),
        "stay": stay,
        "boxes": _boxes(stay, parts) if stay else [],
        "spoken": _of_forms(student),
        "may_print": request.user.may(P.VIEW_LETTERS),
    }
    return render(request, "students/packet.html", context)


def _of_forms(student: Student) -> Language | None:
    """The family's language, where it is known, is not English and has a tag by which texts are found."""
    language = student.language_of_letters
    return language if language and language.tag and language.tag != "en" else None


def _tick(request: HttpRequest, children: Any, on: date) -> bool:
    """What is ticked on the page is there, of the packets that the page showed."""
    stays = numbers(request.POST.getlist("stay"))
    mine = Enrollment.objects.visible_to(request.user, P.ENROLL).filter(pk__in=stays, student__in=children)
    shown = set(mine.values_list("pk", flat=True))
    parts: dict[int, list[str]] = {pk: [] for pk in shown}
    for value in request.POST.getlist("part"):
        stay, _mark, code = value.partition(":")
        for pk in numbers([stay]):
            if pk in parts:
                parts[pk].append(code)
    try:
        number = actions.tick_packets(by=request.user, parts=parts, on=on)
    except Refusal as refusal:
        say_refused(request, refusal)
        return False
    if not number:
        say_refused(request, Refusal(_("Nothing was changed."), _("Tick what the families have brought.")))
        return False
    said = ngettext("%(n)d tick is saved.", "%(n)d ticks are saved.", number) % {"n": number}
    say(request, said, entry=entry_of(request.user, "packet"))
    return True
