"""Parent conferences: who waits, one family in the room, attempts, what was promised."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.access import requires
from district.duties import Duty
from district.models import School
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say
from district.wording import due_words
from students import actions
from students.actions.conference_days import BOOKED, ENDED
from students.actions.conferences import ATTEMPTED, HELD, KEPT_PROMISE, PROMISED
from students.actions.guard import entry_of
from students.enums import ConferenceKind, InterpreterState
from students.forms.conferences import (
    AttemptForm,
    AttemptsForm,
    BookForm,
    ConferenceForm,
    DoneForm,
    FollowUpForm,
    MissForm,
)
from students.forms.enrolling import schools_of
from students.handouts import handout_of
from students.models import ConferenceBooking, FollowUp, InterpreterRequest, Student
from students.queries import conferences as meetings
from students.rules.conferences import conference_finding, interpreter_need, suits
from students.views.pages import carry_out, child_or_404, children, head_of, sent

P = Permission
ON_A_PAGE = 100
STATES = ("open", "booked", "tried", "")


# --- who waits --------------------------------------------------------------------------------------------------


@requires(P.HOLD_CONFERENCE)
def conferences(request: HttpRequest) -> HttpResponse:
    """The families to be met, most urgent first; those ticked get a proposal, or an attempt is logged for all."""
    on = timezone.localdate()
    schools = list(schools_of(request.user, P.HOLD_CONFERENCE))
    school = request.GET.get("school", "")
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    form = AttemptsForm(sent(request, "attempt"), prefix="attempt", initial={"on": on})
    if request.method == "POST" and _tried(request, form, on):
        return redirect(request.get_full_path())
    here = Q(d_school=int(school)) if school.isascii() and school.isdigit() else Q()
    listed = meetings.waiting(request.user, on, here & _in_state(state), kind=kind)
    page = Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page"))
    names = {each.pk: each.short_name for each in schools}
    context = {
        "title": _("Parent conferences"),
        "lead": _("Families of English learners to be met about results and placement."),
        "page_obj": page,
        "rows": [
            (duty, due_words(duty.due, on) if duty.due else None, names.get(duty.school_id or 0, "")) for duty in page
        ],
        "figures": meetings.in_time(schools, on),
        "schools": schools,
        "school": school,
        "kind": kind,
        "kinds": ConferenceKind.choices,
        "state": state,
        "states": [
            ("", _("all")),
            ("open", _("no appointment")),
            ("booked", _("with an appointment")),
            ("tried", _("tried before")),
        ],
        "form": form,
        "may_plan": request.user.may(P.PLAN_CONFERENCE),
    }
    return render(request, "students/conferences.html", context)


def _in_state(state: str) -> Q:
    match state:
        case "open":
            return Q(booked_for__isnull=True)
        case "booked":
            return Q(booked_for__isnull=False)
        case "tried":
            return Q(attempts__gt=0)
    return Q()


def _tried(request: HttpRequest, form: AttemptsForm, on: date) -> bool:
    """Log the attempt for those ticked; False, with the reason in the form, when the action refuses."""
    if not form.is_valid():
        return False
    picked = [int(value) for value in request.POST.getlist("child") if value.isascii() and value.isdigit()]
    chosen = list(children(request, P.HOLD_CONFERENCE).filter(pk__in=picked))
    due = meetings.kinds_due(chosen, on)
    chosen = [child for child in chosen if child.pk in due]
    try:
        if not chosen:
            raise Refusal(_("No family is ticked."), _("Tick those whom you tried to reach."))
        kinds = {child.pk: due[child.pk].facts["kind"] for child in chosen}
        number = actions.log_attempts(by=request.user, students=chosen, kinds=kinds, **form.cleaned_data)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    said = ngettext("The attempt is logged for %(n)d family.", "The attempt is logged for %(n)d families.", number)
    say(request, said % {"n": number}, entry=entry_of(request.user, ATTEMPTED))
    return True


# --- one child --------------------------------------------------------------------------------------------------


@requires(P.HOLD_CONFERENCE)
def child_conferences(request: HttpRequest, pk: int) -> HttpResponse:
    """Appointments, attempts, conferences and promises of one family; what is next is entered here."""
    student = child_or_404(request, pk, P.HOLD_CONFERENCE)
    on = timezone.localdate()
    duty = meetings.kinds_due([student], on).get(student.pk)
    kind = duty.facts["kind"] if duty else ConferenceKind.ANNUAL
    forms = _forms(request, student, on, kind)
    if _entered(request, student, on, kind, forms):
        return redirect("child_conferences", pk)
    context = {
        "title": _("Parent conferences"),
        "student": student,
        "head": head_of(student, clocks=False),
        "duty": duty,
        "due": due_words(duty.due, on) if duty and duty.due else None,
        "finding": _finding(student, duty, on),
        "need": _need(student),
        "booking": _open_booking(student),
        "bookings": student.conference_bookings.exclude(ended_on=None).select_related("block", "ended_by"),
        "attempts": student.conference_attempts.select_related("made_by"),
        "meetings": student.conferences.select_related("language", "recorded_by").prefetch_related("follow_ups"),
        "promises": student.follow_ups.select_related("done_by"),
        "handout": handout_of(student, kind, on),
        "problem": any(form.errors for form in forms.values()),
        **forms,
    }
    return render(request, "students/child_conferences.html", context)


def _forms(request: HttpRequest, student: Student, on: date, kind: str) -> dict[str, Any]:
    forms: dict[str, Any] = {
        "attempt": AttemptForm(sent(request, "attempt"), prefix="attempt", initial={"on": on}),
        "promise": FollowUpForm(sent(request, "promise"), prefix="promise"),
    }
    if request.user.may(P.PLAN_CONFERENCE) and student.school and not _open_booking(student):
        book = BookForm(sent(request, "book"), prefix="book", initial={"kind": kind})
        _offer(book, student, on)
        forms["book"] = book
    return forms


def _offer(form: Any, student: Student, on: date) -> None:
    """The free slots that suit the child."""
    assert student.school
    blocks = list(meetings.open_blocks([student.school], on))
    child = meetings.wanted_child(student)
    slots = [slot for slot in meetings.free_slots(blocks, meetings.now()) if child and suits(child, slot)]
    form.fields["slot"].offer(slots, {block.pk: block.room for block in blocks})


def _entered(request: HttpRequest, student: Student, on: date, kind: str, forms: dict[str, Any]) -> bool:
    """Carry out the one form that was sent."""
    verbs = {
        "attempt": (
            partial(actions.log_attempts, students=[student], kinds={student.pk: kind}),
            ATTEMPTED,
            _("The attempt is logged."),
        ),
        "promise": (
            partial(actions.add_follow_up, student=student, on=on, conference=student.conferences.first()),
            PROMISED,
            _("The promise is noted; it stands among what is due."),
        ),
        "book": (partial(_book, student), BOOKED, invited(request, _("The appointment is made."), student)),
    }
    for name, form in forms.items():
        verb, entry, said = verbs[name]
        about = None if name == "attempt" else student
        if form.is_bound and carry_out(request, form, verb, said=said, entry=entry, about=about):
            return True
    return False


def _book(student: Student, *, by: Any, kind: str, slot: str) -> ConferenceBooking:
    """Make the appointment that a form's slot names."""
    block, starts = meetings.chosen_slot(by, slot)
    return actions.book(by=by, student=student, kind=kind, block=block, starts=starts)


def _open_booking(student: Student) -> ConferenceBooking | None:
    rows = student.conference_bookings.filter(ended_on__isnull=True, conference__isnull=True)
    found: ConferenceBooking | None = rows.select_related("block__school", "block__language").first()
    return found


def _finding(student: Student, duty: Duty | None, on: date) -> Any:
    """Where the conference that waits stands, in a sentence; None where none waits."""
    if duty is None:
        return None
    asked = meetings.attempts_asked(on)
    since = meetings.counts_from(student, duty.facts["kind"], on)
    failed = [
        row.on for row in student.conference_attempts.filter(kind=duty.facts["kind"], on__gte=since) if row.failed
    ]
    return conference_finding(held_on=None, failed_on=failed, asked=asked.days, source=asked.source)


def _need(student: Student) -> Any:
    """Whether the family needs an interpreter at this school."""
    if student.school is None:
        return None
    language = student.letter_language_id or student.primary_language_id
    return interpreter_need(language, meetings.languages_at(student.school))


@requires(P.HOLD_CONFERENCE)
def conference_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """The page for the room: who came, what was said, what was promised; then the next family of the day."""
    student = child_or_404(request, pk, P.HOLD_CONFERENCE)
    on = timezone.localdate()
    booking = _open_booking(student)
    duty = meetings.kinds_due([student], on).get(student.pk)
    kind = booking.kind if booking else duty.facts["kind"] if duty else ConferenceKind.ANNUAL
    form = _conference_form(request, student, booking, kind, on)
    missed = MissForm(sent(request, "missed"), prefix="missed")
    following = meetings.after(booking) if booking else None
    there = reverse("conference_hold", args=[following.student_id]) if following else ""
    if _held(request, student, form) or (booking and _missed(request, booking, missed)):
        stays = "next" not in request.POST and not missed.is_bound
        return redirect(reverse("child_conferences", args=[pk]) if stays or not there else there)
    context = {
        "title": _("Conference with the parents"),
        "student": student,
        "head": head_of(student, clocks=False),
        "booking": booking,
        "following": following,
        "need": _need(student),
        "interpreter": _interpreter(booking, student),
        "parents": student.guardians.select_related("language"),
        "handout": handout_of(student, kind, on),
        "form": form,
        "missed": missed if booking and booking.block.day <= on else None,
    }
    return render(request, "students/conference_hold.html", context)


def _conference_form(
    request: HttpRequest, student: Student, booking: ConferenceBooking | None, kind: str, on: date
) -> ConferenceForm:
    asked = _interpreter(booking, student)
    confirmed = asked is not None and asked.state == InterpreterState.CONFIRMED
    form = ConferenceForm(
        sent(request, "conference"),
        initial={
            "kind": kind,
            "held_on": booking.block.day if booking and booking.block.day <= on else on,
            "language": student.language_of_letters,
            "interpreter": asked.name if asked and confirmed else "",
        },
        leave_url=reverse("child_conferences", args=[student.pk]),
    )
    if booking:
        form.more_submits = (("next", _("Record, and to the next family")),)
    return form


def _interpreter(booking: ConferenceBooking | None, student: Student) -> InterpreterRequest | None:
    """The newest request for the family's language in the block of its appointment."""
    language = student.letter_language_id or student.primary_language_id
    if booking is None or language is None:
        return None
    found: InterpreterRequest | None = booking.block.interpreters.filter(language=language).first()
    return found


def _held(request: HttpRequest, student: Student, form: ConferenceForm) -> bool:
    said = _("The conference of %(name)s is recorded.") % {"name": student.name}
    verb = partial(actions.record_conference, student=student)
    return form.is_bound and bool(carry_out(request, form, verb, said=said, entry=HELD, about=student))


def _missed(request: HttpRequest, booking: ConferenceBooking, form: MissForm) -> bool:
    said = _("Noted: nobody came. It counts as an attempt.")
    verb = partial(actions.miss_booking, booking=booking)
    return form.is_bound and bool(carry_out(request, form, verb, said=said, entry=ENDED, about=booking.student))


# --- what was promised ------------------------------------------------------------------------------------------


@requires(P.VIEW_STUDENTS)
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """What was promised to the parents, and that it is done."""
    rows = FollowUp.objects.visible_to(request.user).select_related("conference", "agreed_by", "done_by")
    row = get_object_or_404(rows, pk=pk)
    student = child_or_404(request, row.student_id, P.VIEW_STUDENTS)
    form = DoneForm(
        request.POST or None, initial={"on": timezone.localdate()}, leave_url=reverse("child", args=[student.pk])
    )
    verb = partial(actions.end_follow_up, follow_up=row)
    if carry_out(request, form, verb, said=_("It is done."), entry=KEPT_PROMISE, about=student):
        return redirect("child", student.pk)
    context = {
        "title": _("Promised to the parents"),
        "student": student,
        "head": head_of(student, clocks=False),
        "row": row,
        "form": form,
    }
    return render(request, "students/follow_up.html", context)


def invited(request: HttpRequest, said: str, student: Student | None = None) -> str:
    """What is said of an appointment that was made, with the way to its invitation; to all that wait without a child.

    Who issues no letters is told that the secretary has them to do.
    """
    if not request.user.may(P.ISSUE_LETTERS):
        return f"{said} {_('The secretary has the invitation among what is due.')}"
    kind = "conference_invitation"
    there = reverse("letter_preview", args=[kind, student.pk]) if student else reverse("letters_due", args=[kind])
    label = _("Open the invitation") if student else _("Make the invitations")
    return format_html('{} <a href="{}">{}</a>', said, there, label)


def school_named(request: HttpRequest, permission: Permission) -> School | None:
    """The school that the address names, of those where the person holds the permission; else the first."""
    schools = list(schools_of(request.user, permission))
    asked = request.POST.get("school") or request.GET.get("school", "")
    return next((each for each in schools if str(each.pk) == asked), schools[0] if schools else None)
