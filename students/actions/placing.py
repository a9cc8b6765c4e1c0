"""Placements, the copy for the teacher, and the district's cut for reasonable fluency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district import entries
from district.enums import Grade
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students import standing
from students.actions.guard import lock_child_of, lock_student, must_hold
from students.enums import ElStatus
from students.models import Conference, FluencyCut, LanguageStatus, Placement, Program, Student

PLACED = "placement"
COPY_GIVEN = "copy"
CUT_SET = "fluency_cut"


def place_student(
    *,
    by: User,
    student: Student,
    program: Program,
    starts: date,
    recommended: Program | None = None,
    recommendation_reason: str = "",
    evidence: Mapping[str, Any] | None = None,
    conference: Conference | None = None,
    parent_input: str = "",
    reason: str = "",
) -> Placement:
    """Decide a child's program (MP1-25, MP1-30, MP1-49). What was in force ends the day before.

    Refusal: a decision that differs from the recommendation without a reason, a program that is not offered, a first
    day not after that of the placement in force, a child that is neither an English learner nor waiting to be tested.
    """
    with transaction.atomic(), acting(by, reason or _("placement")):
        child = lock_student(student, by, Permission.DECIDE_PLACEMENT)
        _check_placement(child, program, recommended, reason)
        ended = _end_placement(child, starts)
        placed = Placement.objects.create(
            student=child,
            program=program,
            starts=starts,
            recommended=recommended,
            recommendation_reason=recommendation_reason,
            evidence=dict(evidence or {}),
            conference=conference,
            parent_input=parent_input,
            reason=reason,
            decided_by=by,
        )
        entries.enter(
            by=by,
            kind=PLACED,
            summary=_("%(name)s placed in %(program)s") % {"name": child.name, "program": program.name},
            student_id=child.pk,
            school_id=child.school.pk if child.school else None,
            placement=placed.pk,
            ended=ended,
        )
    return placed


def _check_placement(child: Student, program: Program, recommended: Program | None, reason: str) -> None:
    status = LanguageStatus.objects.filter(student=child, ends__isnull=True).first()
    if status and status.status not in (ElStatus.EL, ElStatus.TBD):
        raise Refusal(
            _("%(name)s is %(status)s; placements are for English learners.")
            % {"name": child.name, "status": status.get_status_display()},
            _("If the status is wrong, correct it first."),
        )
    if not program.is_offered:
        raise Refusal(
            _("%(program)s is not offered in this district.") % {"program": program.name},
            _("Choose another program."),
            field="program",
        )
    if recommended and program != recommended and not reason.strip():
        raise Refusal(
            _("%(recommended)s is recommended; the decision differs.") % {"recommended": recommended.name},
            _("Write down the reason."),
            field="reason",
        )


def _end_placement(child: Student, starts: date) -> int | None:
    """End the placement in force the day before; its id, for putting back."""
    here = Placement.objects.filter(student=child, ends__isnull=True).first()
    if here is None:
        return None
    if starts <= here.starts:
        raise Refusal(
            _("The placement in force began on %(day)s; the new one must begin later.")
            % {"day": long_day(here.starts)},
            _("Give a later day, or put the placement in force back."),
            field="starts",
        )
    here.ends = starts - timedelta(days=1)
    here.save(update_fields=["ends"])
    return here.pk


def give_copy(*, by: User, placement: Placement, to: str, on: date) -> Placement:
    """The teacher has the copy of a placement (MP1-32, MP1-42)."""
    give_copies(by=by, copies={placement.pk: to}, on=on)
    return Placement.objects.get(pk=placement.pk)


def give_copies(*, by: User, copies: Mapping[int, str], on: date) -> int:
    """Note for a selection (placement id to name of the teacher) that the copies are handed out. Returns how many.

    Those already handed out are left as they are. One entry, so that the selection is put back as one.
    """
    with transaction.atomic(), acting(by, _("placement copies handed out")):
        rows = list(
            Placement.objects.select_for_update(of=("self",))
            .filter(pk__in=copies, copy_given_on__isnull=True)
            .select_related("student__current_enrollment")
            .order_by("pk")
        )
        _check_all_visible(by, rows)
        for row in rows:
            if on < row.starts and on < row.decided_at.date():
                raise Refusal(
                    _("The placement of %(name)s was decided after %(day)s.")
                    % {"name": row.student.name, "day": long_day(on)},
                    _("Give a later day."),
                    field="on",
                )
            row.copy_given_on, row.copy_given_by, row.copy_given_to = on, by, copies[row.pk]
        Placement.objects.bulk_update(rows, ["copy_given_on", "copy_given_by", "copy_given_to"], batch_size=500)
        if rows:
            _enter_copies(by, rows)
    return len(rows)


def _check_all_visible(by: User, rows: Sequence[Placement]) -> None:
    seen = Placement.objects.visible_to(by, Permission.HAND_OUT_COPY).filter(pk__in=[row.pk for row in rows])
    if seen.count() != len(rows):
        raise NotAllowed(str(Permission.HAND_OUT_COPY.label))


def _enter_copies(by: User, rows: Sequence[Placement]) -> None:
    one = rows[0].student if len(rows) == 1 else None
    number = len(rows)
    if one:
        said = _("Placement copy of %(name)s handed out") % {"name": one.name}
    else:
        said = ngettext("%(n)d placement copy handed out", "%(n)d placement copies handed out", number) % {"n": number}
    entries.enter(
        by=by,
        kind=COPY_GIVEN,
        summary=said,
        student_id=one.pk if one else None,
        school_id=rows[0].student.current_enrollment.school_id if rows[0].student.current_enrollment else None,
        placements=[row.pk for row in rows],
    )


def set_fluency_cut(
    *,
    by: User,
    test: str,
    grade_low: Grade | str,
    grade_high: Grade | str,
    level: str,
    valid_from: date,
    source: str,
) -> FluencyCut:
    """Say from which level a child has reasonable fluency (MP2-11). A change is a new row; the old one ends.

    Refusal: no source, grades the wrong way round or across an older cut's, a day not after that of the cut in force.
    """
    with transaction.atomic(), acting(by, source):
        must_hold(by, Permission.MANAGE_DISTRICT)
        if not source.strip():
            raise Refusal(_("A cut needs its source."), _("Write down who decided it, and when."), field="source")
        if Grade(grade_low).rank > Grade(grade_high).rank:
            raise Refusal(_("The grades stand the wrong way round."), _("Give the lower one first."), field="grade_low")
        _end_cuts(test, Grade(grade_low), Grade(grade_high), valid_from)
        cut = FluencyCut.objects.create(
            test=test,
            grade_low=grade_low,
            grade_high=grade_high,
            level=level,
            valid_from=valid_from,
            source=source.strip(),
            set_by=by,
        )
        entries.enter(by=by, kind=CUT_SET, summary=_("Cut for reasonable fluency set"), cut=cut.pk)
    return cut


def _end_cuts(test: str, low: Grade, high: Grade, valid_from: date) -> None:
    """End what held for the same grades; refuse what would leave two cuts for one grade."""
    for old in FluencyCut.objects.select_for_update().filter(test=test, valid_to__isnull=True):
        old_low, old_high = Grade(old.grade_low), Grade(old.grade_high)
        if old_high.rank < low.rank or old_low.rank > high.rank:
            continue
        if (old_low, old_high) != (low, high):
            raise Refusal(
                _("There is a cut for %(low)s to %(high)s already.") % {"low": old_low.label, "high": old_high.label},
                _("Give the same grades, and the new cut follows the old one."),
                field="grade_low",
            )
        if valid_from <= old.valid_from:
            raise Refusal(
                _("The cut in force holds since %(day)s.") % {"day": long_day(old.valid_from)},
                _("Give a later day from which the new one holds."),
                field="valid_from",
            )
        old.valid_to = valid_from - timedelta(days=1)
        old.save(update_fields=["valid_to"])


def put_back_placement(entry: Entry, by: User) -> None:
    """The decision goes, the one before is in force again."""
    child = lock_child_of(entry, by, Permission.DECIDE_PLACEMENT)
    placed = Placement.objects.filter(pk=entry.data["placement"]).first()
    if placed is None or placed.ends:
        raise Refusal(_("A later placement follows this one."), _("Put the later one back first."))
    if placed.copy_given_on:
        raise Refusal(
            _("The teacher has had the copy since %(day)s.") % {"day": long_day(placed.copy_given_on)},
            _("Put the copy back first, or decide a new placement."),
        )
    if why := standing.stands_on(child, entry):
        raise Refusal(
            _("The placement cannot be put back any more. %(why)s") % {"why": why}, _("Decide a new placement.")
        )
    placed.delete()
    if entry.data["ended"]:
        Placement.objects.filter(pk=entry.data["ended"]).update(ends=None)


def put_back_copies(entry: Entry, by: User) -> None:
    """The copies have not been handed out after all."""
    rows = Placement.objects.select_for_update(of=("self",)).filter(pk__in=entry.data["placements"])
    _check_all_visible(by, list(rows))
    Placement.objects.filter(pk__in=entry.data["placements"]).update(
        copy_given_on=None, copy_given_by=None, copy_given_to=""
    )


def put_back_cut(entry: Entry, by: User) -> None:
    """The cut goes while no placement rests on it; what it followed holds again."""
    must_hold(by, Permission.MANAGE_DISTRICT)
    cut = FluencyCut.objects.filter(pk=entry.data["cut"]).first()
    if cut is None or cut.valid_to:
        raise Refusal(_("A later cut follows this one."), _("Set a new cut instead."))
    if Placement.objects.filter(evidence__cut=cut.pk).exists():
        raise Refusal(_("Placements have been decided by this cut."), _("Set a new cut instead."))
    FluencyCut.objects.filter(
        test=cut.test, grade_low=cut.grade_low, grade_high=cut.grade_high, valid_to=cut.valid_from - timedelta(days=1)
    ).update(valid_to=None)
    cut.delete()
