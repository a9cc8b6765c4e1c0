"""Papers in the office: the Yellow Folder, the pile to be filed, and placement copies for the teachers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.access import requires
from district.dates import NotADate, read_date
from district.duties import DutyList, duties
from district.duties import rules as duty_rules
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from district.wording import due_words, long_day
from students import actions, originals
from students.actions import Original
from students.actions.guard import entry_of
from students.enums import FolderKind
from students.models import FolderScan, Placement, Student
from students.originals import WantedOriginal
from students.queries import originals_of
from students.views.pages import child_or_404, head_of

P = Permission
ON_A_PAGE = 50


@requires(P.FILE_ORIGINALS)
def folder(request: HttpRequest, pk: int) -> HttpResponse:
    """What must lie in the child's folder, and what does; what is ticked is filed."""
    student = child_or_404(request, pk, P.FILE_ORIGINALS)
    on = timezone.localdate()
    wanted = originals_of(student, on)
    scans = _scans(student)
    if request.method == "POST":
        offered = {_value(each.kind, each.about_on): each for each in wanted if not each.filed_on}
        ticked = [offered[value] for value in request.POST.getlist("pick") if value in offered]
        if _file(request, [Original(student.pk, each.kind, each.about_on) for each in ticked], on):
            return redirect("folder", student.pk)
    context = {
        "title": _("Yellow Folder"),
        "student": student,
        "head": head_of(student),
        "filed": sum(1 for each in wanted if each.filed_on),
        "wanted": wanted,
        "waiting": [_tick(each) for each in wanted if not each.filed_on],
        "tasks": [_task(each) for each in wanted],
        "wanted_for": [_why(each, scans.get((str(each.kind), each.about_on), [])) for each in wanted],
        "on": on,
    }
    return render(request, "students/folder.html", context)


def _scans(student: Student) -> dict[tuple[str, date], list[FolderScan]]:
    found: dict[tuple[str, date], list[FolderScan]] = {}
    for scan in student.scans.select_related("scanned_by"):
        found.setdefault((scan.kind, scan.about_on), []).append(scan)
    return found


def _why(each: WantedOriginal, scans: list[FolderScan]) -> dict[str, Any]:
    """An original with the reason why it must be there, and where it is: filed, scanned, or missing."""
    tone, word = (
        ("done", _("filed")) if each.filed_on else ("info", _("scanned")) if scans else ("missing", _("missing"))
    )
    return {
        "each": each,
        "why": originals.sources()[each.kind].source,
        "scans": scans,
        "value": _value(each.kind, each.about_on),
        "tone": tone,
        "word": word,
    }


def _tick(each: WantedOriginal) -> dict[str, Any]:
    label = _("%(what)s of %(day)s") % {"what": each.kind.label, "day": long_day(each.about_on)}
    return {"value": _value(each.kind, each.about_on), "label": label}


def _task(each: WantedOriginal) -> dict[str, Any]:
    about = _("of %(day)s") % {"day": long_day(each.about_on)}
    if each.filed_on:
        said = _("filed %(day)s by %(who)s") % {"day": long_day(each.filed_on), "who": each.filed_by}
        return {"what": each.kind.label, "tone": "done", "word": _("filed"), "sub": f"{about}, {said}"}
    return {"what": each.kind.label, "tone": "wait", "word": _("not filed yet"), "sub": about}


def _value(kind: str, about: date, student: int | None = None) -> str:
    """An original as its box says it: `survey:2026-11-23`, in the pile with the child before."""
    return ":".join(filter(None, (str(student or ""), str(kind), about.isoformat())))


def _file(request: HttpRequest, picked: list[Original], on: date) -> bool:
    """File what is ticked on the day typed; False when nothing was ticked or the action refuses."""
    try:
        filed_on = read_date(request.POST.get("on", ""), on) if request.POST.get("on") else on
        number = actions.file_originals(by=request.user, originals=picked, on=filed_on)
    except NotADate as problem:
        say_refused(request, Refusal(str(problem)))
        return False
    except Refusal as refusal:
        say_refused(request, refusal)
        return False
    if not picked:
        say_refused(request, Refusal(_("Nothing was ticked."), _("Tick what lies in its folder.")))
        return False
    said = ngettext("%(n)d original is filed.", "%(n)d originals are filed.", number) % {"n": number}
    say(request, said, entry=entry_of(request.user, "filed") if number else None)
    return True


@requires(P.FILE_ORIGINALS)
def folder_queue(request: HttpRequest) -> HttpResponse:
    """The pile of originals to be filed, most urgent first, ticked in bulk."""
    on = timezone.localdate()
    if request.method == "POST":
        _file(request, _ticked_in_pile(request, on), on)
        return redirect(request.get_full_path())
    kinds = _filing_rules()
    chosen = request.GET.get("kind", "")
    rules = [rule for kind, rule in kinds.items() if not chosen or chosen not in kinds or kind == chosen]
    page = Paginator(_pile(request, on, rules), ON_A_PAGE).get_page(request.GET.get("page"))
    duties_shown = list(page)
    scanned = _scanned(request, [duty.student_id for duty in duties_shown])
    context = {
        "title": _("Originals to be filed"),
        "page_obj": page,
        "lines": [_pile_line(duty, on, scanned) for duty in duties_shown],
        "kinds": [(kind, kind.label) for kind in kinds],
        "chosen": chosen,
        "on": on,
    }
    return render(request, "students/folder_queue.html", context)


def _filing_rules() -> dict[FolderKind, str]:
    """The duties to file, by the kind of original."""
    return {kind: f"file_{kind}" for kind in originals.sources() if f"file_{kind}" in duty_rules()}


def _pile(request: HttpRequest, on: date, rules: Iterable[str], more: Q | None = None) -> DutyList:
    """What waits to be filed of the children for whom the person may file."""
    mine = Q(d_student__in=Student.objects.visible_to(request.user, P.FILE_ORIGINALS))
    return duties(as_of=on, state="waiting", rule_ids=rules, where=mine & more if more else mine)


def _ticked_in_pile(request: HttpRequest, on: date) -> list[Original]:
    """The ticked lines that the pile has; what nobody offered is passed over."""
    ticked = set(request.POST.getlist("pick"))
    heads = {value.partition(":")[0] for value in ticked}
    children = [int(head) for head in heads if head.isascii() and head.isdigit() and len(head) < 19]
    found = [
        (duty.student_id, FolderKind(duty.rule.id.removeprefix("file_")), date.fromisoformat(duty.facts["about"]))
        for duty in _pile(request, on, _filing_rules().values(), Q(d_student__in=children))
    ]
    return [Original(*each) for each in found if _value(each[1], each[2], each[0]) in ticked]


def _scanned(request: HttpRequest, children: list[int]) -> dict[tuple[int, str, date], date]:
    """Of which documents there is a scan, and since when."""
    mine = FolderScan.objects.visible_to(request.user, P.FILE_ORIGINALS)
    rows = mine.filter(student__in=children).order_by("-scanned_on")
    return {(row.student_id, row.kind, row.about_on): row.scanned_on for row in rows}


def _pile_line(duty: Any, on: date, scanned: dict[tuple[int, str, date], date]) -> dict[str, Any]:
    kind = FolderKind(duty.rule.id.removeprefix("file_"))
    about = date.fromisoformat(duty.facts["about"])
    return {
        "scanned": scanned.get((duty.student_id, str(kind), about)),
        "value": _value(kind, about, duty.student_id),
        "name": duty.subject,
        "url": reverse("folder", args=[duty.student_id]),
        "kind": kind.label,
        "about": about,
        "due": due_words(duty.due, on) if duty.due else None,
    }


@requires(P.HAND_OUT_COPY)
def copies(request: HttpRequest) -> HttpResponse:
    """Placement copies that wait to be handed to the teachers, ticked in bulk."""
    on = timezone.localdate()
    if request.method == "POST":
        _hand_out(request, on)
        return redirect(request.get_full_path())
    waiting = _waiting_copies(request).order_by("decided_at", "pk")
    page = Paginator(waiting, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"title": _("Placement copies for the teachers"), "page_obj": page, "on": on}
    return render(request, "students/copies.html", context)


def _waiting_copies(request: HttpRequest) -> Any:
    rows = Placement.objects.visible_to(request.user, P.HAND_OUT_COPY).filter(
        copy_given_on__isnull=True, ends__isnull=True
    )
    return rows.select_related("student__current_enrollment__school", "student__current_enrollment__teacher", "program")


def _hand_out(request: HttpRequest, on: date) -> None:
    """Note the ticked copies as handed out, each to the teacher named beside it."""
    ticked = [int(value) for value in request.POST.getlist("pick") if value.isascii() and value.isdigit()]
    rows = _waiting_copies(request).filter(pk__in=ticked)
    given = {}
    for row in rows:
        here = row.student.current_enrollment
        name = request.POST.get(f"to_{row.pk}", "").strip()
        given[row.pk] = (name or (str(here.teacher) if here and here.teacher else ""))[:120]
    nameless = [row.student.name for row in rows if not given[row.pk]]
    try:
        if not given:
            raise Refusal(_("Nothing was ticked."), _("Tick the copies that were handed out."))
        if nameless:
            raise Refusal(
                _("Who has the copy of %(names)s?") % {"names": ", ".join(nameless)},
                _("Type the teacher's name beside it."),
            )
        number = actions.give_copies(by=request.user, copies=given, on=on)
    except Refusal as refusal:
        say_refused(request, refusal)
        return
    said = ngettext("%(n)d copy is noted as handed out.", "%(n)d copies are noted as handed out.", number) % {
        "n": number
    }
    say(request, said, entry=entry_of(request.user, "copy"))
