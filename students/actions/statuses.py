"""The language status: written as a history, by declared moves only, one child or a whole state file at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from district.history import acting
from district.models import User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students import rules
from students.actions.guard import lock_student, must_hold
from students.enums import ElStatus, StatusSource
from students.models import LanguageStatus, Student
from students.queries import move_table

# Who may write a status from where. A decision is made by the EL administrator, who may correct as well.
PERMISSION_FOR = {
    StatusSource.SURVEY: Permission.RECORD_SURVEY,
    StatusSource.RECORDS: Permission.RECORD_RECORDS,
    StatusSource.STATE_FILE: Permission.IMPORT_RESULTS,
    StatusSource.CORRECTION: Permission.CORRECT_STATUS,
    StatusSource.DECISION: Permission.CORRECT_STATUS,
}


@dataclass(frozen=True)
class StateStatus:
    """A status that the state's file gives a child. correction: the state's reason code, where it sends one."""

    student_id: int
    status: ElStatus | str
    starts: date
    reason: str
    correction: str = ""


@dataclass(frozen=True)
class StatusOutcome:
    """What a state file did. refused: (student id, sentence). ids: the statuses written, for `withdraw_statuses`."""

    set: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)


def set_status(
    *,
    by: User,
    student: Student,
    status: ElStatus,
    starts: date,
    source: StatusSource,
    reason: str,
    correction: str = "",
    is_provisional: bool = False,
    place: str = "",
) -> LanguageStatus:
    """Give a child a status from a day on. Refusal: undeclared move, or a day not after what is in force.

    The state's day stands even when it is earlier than what is in force; records may end a time of waiting with the
    true day of the status (D-04, D-05).
    """
    with transaction.atomic(), acting(by, reason):
        child = lock_student(student, by, PERMISSION_FOR[StatusSource(source)])
        return write_status(
            by=by,
            child=child,
            status=status,
            starts=starts,
            source=source,
            reason=reason,
            correction=correction,
            is_provisional=is_provisional,
            place=place,
        )


def write_status(
    *,
    by: User,
    child: Student,
    status: ElStatus | str,
    starts: date,
    source: StatusSource | str,
    reason: str,
    correction: str = "",
    is_provisional: bool = False,
    place: str = "",
) -> LanguageStatus:
    """The write itself, for a child that the caller has locked and may write about."""
    last = LanguageStatus.objects.filter(student=child).order_by("-sequence").first()
    _check_move(child, last, status, starts, source, correction)
    if last:
        _make_room([child.pk], [starts])
    return LanguageStatus.objects.create(
        student=child,
        sequence=last.sequence + 1 if last else 1,
        status=status,
        starts=starts,
        source=source,
        correction=correction,
        is_provisional=is_provisional,
        reason=reason,
        place=place,
        recorded_by=by,
    )


def _check_move(
    child: Student, last: LanguageStatus | None, status: str, starts: date, source: str, correction: str
) -> None:
    found = rules.transition(last.status if last else "", status, source, correction, move_table())
    if found.outcome == rules.REFUSED:
        raise Refusal(found.reason, _("Source: %(source)s.") % {"source": found.source}, field="status")
    if last is None or starts > last.starts or _may_start_early(last, starts, source):
        return
    raise Refusal(
        _("“%(status)s” has been in force for %(name)s since %(day)s; a later status must start after that day.")
        % {"status": last.get_status_display(), "name": child.called, "day": long_day(last.starts)},
        _("Give a later day."),
        field="starts",
    )


def _may_start_early(last: LanguageStatus, starts: date, source: str) -> bool:
    """The state's and the records' days stand (D-04, D-05); what a survey corrects on its first day keeps none."""
    if source in (StatusSource.STATE_FILE, StatusSource.RECORDS):
        return True
    return starts == last.starts and last.status in (ElStatus.EO, ElStatus.TBD)


def set_statuses_from_state(*, by: User, rows: Iterable[StateStatus]) -> StatusOutcome:
    """Set the statuses that a state file gives; those that may not move are refused by name and nothing is guessed.

    Rows that say what is already in force count as unchanged. One UPDATE and one INSERT, whatever the number.
    """
    must_hold(by, Permission.IMPORT_RESULTS)
    wanted = list(rows)
    with transaction.atomic():
        _lock_all([row.student_id for row in wanted])
        accepted, outcome = sort_state_statuses(by=by, rows=wanted)
        if not accepted:
            return outcome
        with acting(by, _("state file")):
            _make_room([row.student_id for row in accepted], [row.starts for row in accepted])
            ids = _insert(accepted, by)
    return StatusOutcome(len(ids), outcome.unchanged, outcome.refused, ids)


def sort_state_statuses(*, by: User, rows: Iterable[StateStatus]) -> tuple[list[StateStatus], StatusOutcome]:
    """What a state file would do, without doing it: the rows to be set, and the outcome for the others."""
    wanted, refused = _one_per_child(rows)
    visible = set(
        Student.objects.visible_to(by, Permission.IMPORT_RESULTS)
        .filter(pk__in=[row.student_id for row in wanted])
        .values_list("pk", flat=True)
    )
    latest = {
        last.student_id: last
        for last in LanguageStatus.objects.filter(student__in=visible)
        .order_by("student_id", "-sequence")
        .distinct("student_id")
    }
    table = move_table()
    accepted, unchanged = [], 0
    for row in wanted:
        if row.student_id not in visible:
            refused.append((row.student_id, _("This child is not among those whose results you may read in.")))
            continue
        last = latest.get(row.student_id)
        if last and (last.status, last.starts) == (row.status, row.starts):
            unchanged += 1
        elif reason := _refused_by_state(row, last, table):
            refused.append((row.student_id, reason))
        else:
            accepted.append(row)
    return accepted, StatusOutcome(0, unchanged, refused)


def _refused_by_state(row: StateStatus, last: LanguageStatus | None, table: rules.MoveTable) -> str:
    if last and last.status == row.status:
        return _(
            "%(status)s has been in force since %(day)s; the file says since %(other)s. The same status keeps its "
            "start day (SELA0283)."
        ) % {"status": last.get_status_display(), "day": long_day(last.starts), "other": long_day(row.starts)}
    found = rules.transition(last.status if last else "", row.status, StatusSource.STATE_FILE, row.correction, table)
    return found.reason if found.outcome == rules.REFUSED else ""


def _one_per_child(rows: Iterable[StateStatus]) -> tuple[list[StateStatus], list[tuple[int, str]]]:
    """One row per child: the same thing said twice counts once; two that disagree are both refused (D-22)."""
    said: dict[int, set[tuple[str, date]]] = {}
    first: dict[int, StateStatus] = {}
    for row in rows:
        said.setdefault(row.student_id, set()).add((str(row.status), row.starts))
        first.setdefault(row.student_id, row)
    sentence = _("The file gives this child two statuses that disagree.")
    refused = [(pk, sentence) for pk, things in said.items() if len(things) > 1]
    return [row for pk, row in first.items() if len(said[pk]) == 1], refused


def withdraw_statuses(*, by: User, status_ids: Sequence[int], reason: str) -> int:
    """Take statuses back as if they had not been given; what they followed is in force again. Returns how many.

    Refusal, and nothing is written, when a later status stands on one of them. The history keeps both moves.
    """
    with transaction.atomic(), acting(by, reason):
        found = LanguageStatus.objects.filter(pk__in=status_ids)
        children = set(found.values_list("student_id", flat=True))
        for source in set(found.values_list("source", flat=True)):
            permission = PERMISSION_FOR[StatusSource(source)]
            if Student.objects.visible_to(by, permission).filter(pk__in=children).count() != len(children):
                raise NotAllowed(str(permission.label))
        return take_back(status_ids)


def take_back(status_ids: Sequence[int]) -> int:
    """The withdrawal itself, inside a transaction, for a caller who may do it. Refusal where a later status stands."""
    found = LanguageStatus.objects.filter(pk__in=status_ids)
    children = sorted(set(found.values_list("student_id", flat=True)))
    _lock_all(children)
    _check_nothing_later(status_ids, children)
    found.delete()
    _lay_out(children)
    return len(children)


def take_back_number(child: Student, sequence: int | None) -> None:
    """Take back the child's status of that number in its history, if an entry gave one."""
    if sequence is None:
        return
    take_back(list(LanguageStatus.objects.filter(student=child, sequence=sequence).values_list("pk", flat=True)))


def _check_nothing_later(status_ids: Sequence[int], children: Sequence[int]) -> None:
    withdrawn = LanguageStatus.objects.filter(student=OuterRef("student"), pk__in=status_ids)
    standing = list(
        LanguageStatus.objects.filter(Exists(withdrawn.filter(sequence__lt=OuterRef("sequence"))), student__in=children)
        .exclude(pk__in=status_ids)
        .select_related("student")
        .order_by("student__search_key")[:6]
    )
    if standing:
        names = ", ".join(f"{last.student.name} ({last.get_status_display()})" for last in standing[:5])
        raise Refusal(
            _("A later status stands on it: %(names)s.") % {"names": names},
            _("Put the later one back first, or enter a correction with its reason."),
        )


def settle_status(*, by: User, status: LanguageStatus, on: date, how: str) -> LanguageStatus:
    """Note that the days of a status have been settled with the state (D-05)."""
    with transaction.atomic(), acting(by, how):
        lock_student(status.student_id, by, Permission.CORRECT_STATUS)
        row = LanguageStatus.objects.get(pk=status.pk)
        if row.settled_on:
            raise Refusal(_("This was already settled on %(day)s.") % {"day": long_day(row.settled_on)})
        row.settled_on, row.settled_by, row.settled_how = on, by, how
        row.save(update_fields=["settled_on", "settled_by", "settled_how"])
    return row


def _lock_all(student_ids: Sequence[int]) -> None:
    """Lock the children in one order, so that two files never wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM students_student WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [list(student_ids)])


def _make_room(student_ids: Sequence[int], starts: Sequence[date]) -> None:
    """End what is in force where the new status starts. What starts no earlier keeps no day (D-05)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE students_languagestatus old SET ends = GREATEST(old.starts, new.starts)
              FROM unnest(%s::bigint[], %s::date[]) AS new(student_id, starts)
             WHERE old.student_id = new.student_id AND (old.ends IS NULL OR old.ends > new.starts)
               AND old.ends IS DISTINCT FROM GREATEST(old.starts, new.starts)
            """,
            [list(student_ids), list(starts)],
        )


def _lay_out(student_ids: Sequence[int]) -> None:
    """Set each stretch to end where a later one starts, as `_make_room` would have, from the rows that are left."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE students_languagestatus old SET ends = laid.ends
              FROM (SELECT id, CASE WHEN min(starts) OVER later IS NOT NULL
                                    THEN GREATEST(starts, min(starts) OVER later) END AS ends
                      FROM students_languagestatus WHERE student_id = ANY(%s)
                    WINDOW later AS (PARTITION BY student_id ORDER BY sequence
                                     ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)) laid
             WHERE laid.id = old.id AND old.ends IS DISTINCT FROM laid.ends
            """,
            [list(student_ids)],
        )


def _insert(rows: Sequence[StateStatus], by: User) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO students_languagestatus (student_id, sequence, status, starts, source, correction,
                is_provisional, reason, place, recorded_at, recorded_by_id, settled_how)
            SELECT new.student_id,
                   COALESCE((SELECT max(sequence) FROM students_languagestatus old
                              WHERE old.student_id = new.student_id), 0) + 1,
                   new.status, new.starts, %s, new.correction, false, new.reason, '', statement_timestamp(), %s, ''
              FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::text[], %s::text[])
                   AS new(student_id, status, starts, correction, reason)
            RETURNING id
            """,
            [
                StatusSource.STATE_FILE,
                by.pk,
                [row.student_id for row in rows],
                [str(row.status) for row in rows],
                [row.starts for row in rows],
                [row.correction for row in rows],
                [row.reason[:400] for row in rows],
            ],
        )
        return [pk for (pk,) in cursor.fetchall()]
