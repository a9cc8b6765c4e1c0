"""Days of parent conferences: opening slots, the proposal, one day, one block, one appointment, calendars."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.access import log_look, requires
from district.models import School
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from district.wording import day_month, long_day
from students import actions, calendars
from students.actions.conference_days import BLOCKS, BOOKED, CANCELLED, ENDED, MOVED
from students.actions.guard import entry_of
from students.forms.conference_days import BlockForm
from students.forms.conferences import MoveForm, ReasonForm
from students.forms.enrolling import schools_of
from students.models import ConferenceBlock, ConferenceBooking, Student
from students.queries import conferences as meetings
from students.rules.conferences import Plan, Slot, propose, suits
from students.views.conferences import invited, school_named
from students.views.pages import carry_out, child_or_404, head_of, sent

P = Permission
MOST = 600  # families in one proposal, the most urgent first
KEPT_DAYS = timedelta(days=30)  # how long days that are over stay in the list and in calendars
CALENDAR = "text/calendar; charset=utf-8"


@requires(P.PLAN_CONFERENCE)
def conference_days(request: HttpRequest) -> HttpResponse:
    """The days to come with what is still free, and the form that opens more slots."""
    on = timezone.localdate()
    schools = schools_of(request.user, P.PLAN_CONFERENCE)
    school = school_named(request, P.PLAN_CONFERENCE)
    form = BlockForm(
        request.POST or None,
        schools=schools,
        initial={"school": school, "day": on + timedelta(days=1), "starts": time(14, 30), "ends": time(17)},
        leave_url=reverse("conferences"),
    )
    said = _("The slots are open. The proposal fills them.")
    if carry_out(request, form, actions.make_blocks, said=said, entry=BLOCKS):
        return redirect(f"{reverse('conference_days')}?school={form.cleaned_data['school'].pk}")
    rows = ConferenceBlock.objects.visible_to(request.user, P.PLAN_CONFERENCE).filter(day__gte=on - KEPT_DAYS)
    blocks = meetings.with_bookings(rows.select_related("school", "language").prefetch_related("staff__user"))
    context = {
        "title": _("Conference days"),
        "form": form,
        "days": _by_day(blocks, on),
        "school": school,
    }
    return render(request, "students/conference_days.html", context)


def _by_day(blocks: QuerySet[ConferenceBlock], on: date) -> list[dict[str, Any]]:
    """Days with their blocks, those to come first, then those that are over, newest first."""
    found: dict[tuple[date, School], list[ConferenceBlock]] = defaultdict(list)
    for block in blocks:
        found[block.day, block.school].append(block)
    days = [
        {
            "day": day,
            "school": school,
            "over": day < on,
            "blocks": listed,
            "slots": sum(len(block.slots) for block in listed if not block.cancelled_on),
            "taken": sum(len(block.held) for block in listed),  # type: ignore[attr-defined]
        }
        for (day, school), listed in found.items()
    ]
    coming = sorted((each for each in days if not each["over"]), key=lambda each: (each["day"], each["school"].pk))
    over = sorted((each for each in days if each["over"]), key=lambda each: (each["day"], each["school"].pk))
    return coming + over[::-1]


# --- the proposal -----------------------------------------------------------------------------------------------


@requires(P.PLAN_CONFERENCE)
def conference_plan(request: HttpRequest) -> HttpResponse:
    """Families without an appointment dealt out over the free slots of a school: shown first, then booked."""
    on = timezone.localdate()
    school = school_named(request, P.PLAN_CONFERENCE)
    if request.method == "POST" and request.POST.get("do") == "book" and _book_all(request):
        return redirect("conference_days")
    picked = [int(value) for value in request.POST.getlist("child") if value.isascii() and value.isdigit()]
    found = _proposal(request, school, picked, on) if school else (Plan((), ()), {}, {}, {}, 0)
    plan, students, kinds, blocks, left = found
    context = {
        "title": _("Proposal for appointments"),
        "school": school,
        "schools": schools_of(request.user, P.PLAN_CONFERENCE),
        "groups": _groups(plan, students, kinds, blocks),
        "unplaced": [(students[child.student], finding) for child, finding in plan.unplaced],
        "number": len(plan.placed),
        "late": sum(each.late for each in plan.placed),
        "free": left - len(plan.placed),
        "most": MOST,
    }
    return render(request, "students/conference_plan.html", context)


def _proposal(request: HttpRequest, school: School, picked: list[int], on: date) -> tuple[Any, ...]:
    """The proposal for a school's families without an appointment, or for those picked of them."""
    where = Q(d_school=school.pk, booked_for__isnull=True)
    if picked:
        where &= Q(d_student__in=picked)
    listed = meetings.waiting(request.user, on, where, permission=P.PLAN_CONFERENCE)[0:MOST]
    due, kinds = {}, {}
    for duty in listed:
        due.setdefault(duty.student_id, duty.due)
        kinds.setdefault(duty.student_id, duty.facts["kind"])
    mine = Student.objects.visible_to(request.user, P.PLAN_CONFERENCE).filter(pk__in=due)
    children = meetings.wanted(mine, due)
    blocks = {block.pk: block for block in meetings.open_blocks([school], on)}
    slots = meetings.free_slots(blocks.values(), meetings.now())
    plan = propose(children, slots, meetings.busy_slots(on, school), meetings.taken_slots(blocks.values()))
    return plan, {row.pk: row for row in mine.select_related("current_enrollment__teacher")}, kinds, blocks, len(slots)


def _groups(plan: Plan, students: dict[int, Student], kinds: dict[int, str], blocks: dict) -> list[dict[str, Any]]:
    """What is proposed, block by block; each line carries the value that books it."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for each in plan.placed:
        child = each.wanted.student
        value = f"{child}:{kinds[child]}:{each.slot.block}:{each.slot.starts:%H.%M}"
        line = {"placed": each, "student": students[child], "value": value, "kind": kinds[child]}
        found[each.slot.block].append(line)
    return [{"block": blocks[block], "lines": lines} for block, lines in found.items()]


def _book_all(request: HttpRequest) -> bool:
    """Make the appointments that are ticked; False, with the reason said, when the action refuses."""
    try:
        choices = [_choice(value) for value in request.POST.getlist("choice")]
        made = actions.book_all(by=request.user, choices=choices)
    except Refusal as refusal:
        say_refused(request, refusal)
        return False
    words = ngettext("%(n)d appointment is made.", "%(n)d appointments are made.", len(made)) % {"n": len(made)}
    say(request, invited(request, words), entry=entry_of(request.user, BOOKED))
    return True


def _choice(value: str) -> actions.Choice:
    """What a box of the proposal books."""
    try:
        student, kind, block, clock = value.split(":")
        return actions.Choice(int(student), kind, int(block), time.fromisoformat(clock.replace(".", ":")))
    except ValueError as error:
        raise Refusal(_("A line of the proposal cannot be read."), _("Ask for the proposal again.")) from error


# --- a day ------------------------------------------------------------------------------------------------------


@requires(P.HOLD_CONFERENCE, methods=("GET",))
def conference_day(request: HttpRequest) -> HttpResponse:
    """One day at a school: the list for the staff, for the door, for the interpreters."""
    on = _day(request)
    school = school_named(request, P.HOLD_CONFERENCE)
    blocks = _blocks_of_day(school, on)
    tables = [(block, meetings.timetable(block)) for block in blocks]
    seen = {row.student_id for block in blocks for row in block.held}  # type: ignore[attr-defined]
    log_look(request.user, sorted(seen), _("list of conferences"))
    context = {
        "title": _("Conferences on %(day)s") % {"day": long_day(on)},
        "day": on,
        "school": school,
        "schools": schools_of(request.user, P.HOLD_CONFERENCE),
        "tables": tables,
        "needs": meetings.interpreter_needs(ConferenceBlock.objects.filter(pk__in=[block.pk for block in blocks])),
        "list": request.GET.get("list", ""),
        "open": sum(1 for block in blocks for row in block.held if row.conference_id is None),  # type: ignore[attr-defined]
    }
    return render(request, "students/conference_day.html", context)


def _blocks_of_day(school: School | None, on: date) -> list[ConferenceBlock]:
    rows = ConferenceBlock.objects.filter(school=school, day=on, cancelled_on__isnull=True)
    listed = rows.select_related("school", "language", "class_of").prefetch_related("staff__user")
    return list(meetings.with_bookings(listed))


def _day(request: HttpRequest) -> date:
    """The day that the address names, else today."""
    try:
        return parse_date(request.GET.get("day", "")) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


@requires(P.HOLD_CONFERENCE, methods=("GET",))
def conference_day_calendar(request: HttpRequest) -> HttpResponse:
    """The appointments of a day at a school, for a calendar program."""
    on, school = _day(request), school_named(request, P.HOLD_CONFERENCE)
    rows = ConferenceBooking.objects.visible_to(request.user, P.HOLD_CONFERENCE)
    rows = rows.filter(block__school=school, block__day=on)
    name = _("Conferences, %(school)s, %(day)s") % {"school": school or "", "day": day_month(on)}
    return _calendar(request, rows, name, f"conferences-{on.isoformat()}.ics")


@requires(P.VIEW_DUTIES, methods=("GET",))
def my_conferences(request: HttpRequest) -> HttpResponse:
    """The person's own appointments, from those a month ago on, for a calendar program."""
    since = timezone.localdate() - KEPT_DAYS
    rows = meetings.bookings_of_staff(request.user, since)
    return _calendar(request, rows, _("My parent conferences"), "my-conferences.ics")


def _calendar(request: HttpRequest, rows: QuerySet[ConferenceBooking], name: str, file: str) -> HttpResponse:
    listed = rows.select_related("block__school", "block__language", "student__current_enrollment")
    home = (settings.ALLOWED_HOSTS or ["elplan"])[0].strip("*.") or "elplan"
    body = calendars.calendar_of(listed.order_by("block__day", "starts", "pk"), name=name, home=home)
    response = HttpResponse(body, content_type=CALENDAR)
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


# --- a block and an appointment ---------------------------------------------------------------------------------


@requires(P.HOLD_CONFERENCE)
def conference_block(request: HttpRequest, pk: int) -> HttpResponse:
    """One block: its slots, its interpreters, and calling it off."""
    rows = ConferenceBlock.objects.visible_to(request.user, P.HOLD_CONFERENCE)
    listed = rows.select_related("school", "language", "class_of", "cancelled_by").prefetch_related("staff__user")
    block = get_object_or_404(meetings.with_bookings(listed), pk=pk)
    form = ReasonForm(request.POST or None, leave_url=reverse("conference_days"))
    form.submit_label = _("Call these conferences off")
    verb = partial(actions.cancel_block, block=block)
    said = _("The conferences are called off; their families are to be asked again.")
    if carry_out(request, form, verb, said=said, entry=CANCELLED):
        return redirect("conference_days")
    log_look(request.user, sorted({row.student_id for row in block.held}), _("list of conferences"))
    context = {
        "title": _("Conferences on %(day)s, %(room)s") % {"day": long_day(block.day), "room": block.room},
        "stretch": block,  # "block" is the template's own word
        "lines": meetings.timetable(block),
        "needs": meetings.interpreter_needs(ConferenceBlock.objects.filter(pk=block.pk)),
        "form": form if request.user.may(P.PLAN_CONFERENCE, block.school_id) and not block.cancelled_on else None,
    }
    return render(request, "students/conference_block.html", context)


@requires(P.PLAN_CONFERENCE)
def conference_booking(request: HttpRequest, pk: int) -> HttpResponse:
    """One appointment: move it, or cancel it with a reason."""
    rows = ConferenceBooking.objects.visible_to(request.user, P.PLAN_CONFERENCE)
    booking = get_object_or_404(rows.select_related("block__school", "booked_by", "ended_by"), pk=pk)
    student = child_or_404(request, booking.student_id, P.PLAN_CONFERENCE)
    on = timezone.localdate()
    move = MoveForm(sent(request, "move"), prefix="move")
    move.fields["slot"].offer(*_offers(student, on))
    cancel = ReasonForm(sent(request, "cancel"), prefix="cancel")
    if _changed(request, booking, student, move, cancel):
        return redirect("child_conferences", student.pk)
    context = {
        "title": _("Appointment"),
        "student": student,
        "head": head_of(student, clocks=False),
        "booking": booking,
        "is_open": not booking.ended_on and not booking.conference_id,
        "move": move,
        "cancel": cancel,
    }
    return render(request, "students/conference_booking.html", context)


def _offers(student: Student, on: date) -> tuple[list[Slot], dict[int, str]]:
    """The free slots that suit the child, and their rooms."""
    blocks = list(meetings.open_blocks([student.school] if student.school else [], on))
    child = meetings.wanted_child(student)
    slots = [slot for slot in meetings.free_slots(blocks, meetings.now()) if child and suits(child, slot)]
    return slots, {block.pk: block.room for block in blocks}


def _changed(
    request: HttpRequest, booking: ConferenceBooking, student: Student, move: MoveForm, cancel: ReasonForm
) -> bool:
    """Do what the one form that was sent asks."""
    if move.is_bound:
        verb = partial(_move, booking)
        return bool(carry_out(request, move, verb, said=_("The appointment is moved."), entry=MOVED, about=student))
    if cancel.is_bound:
        verb = partial(actions.cancel_booking, booking=booking)
        said = _("The appointment is cancelled; the slot is free.")
        return bool(carry_out(request, cancel, verb, said=said, entry=ENDED, about=student))
    return False


def _move(booking: ConferenceBooking, *, by: Any, slot: str, reason: str) -> ConferenceBooking:
    block, starts = meetings.chosen_slot(by, slot)
    return actions.move_booking(by=by, booking=booking, block=block, starts=starts, reason=reason)
