"""Changes that the principal asks for and the secretary enters; what has been entered in Aeries by hand (MP1-41)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district import entries
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students import facts
from students.actions.guard import lock_child_of, lock_student
from students.enums import ChangeField, FactKind
from students.models import AeriesTick, ChangeTask, Student

ASKED, ENTERED, TICKED = "change_asked", "changes_entered", "aeries_ticked"
P = Permission


def ask_for_change(
    *, by: User, student: Student, field: ChangeField | str, new_value: str, why: str, on: date, old_value: str = ""
) -> ChangeTask:
    """Something in the record is wrong; the secretary gets it to change (MP1-40, MP1-41).

    Refusal: the same field is asked for already, the new value is the old one, nothing is said of the why.
    """
    with transaction.atomic(), acting(by, _("change asked for")):
        child = lock_student(student, by, P.REVIEW_RECORDS)
        field = ChangeField(field)
        new_value, old_value, why = new_value.strip(), old_value.strip(), why.strip()
        if not new_value:
            raise Refusal(_("What should stand there?"), _("Type the right value."), field="new_value")
        if new_value.casefold() == old_value.casefold():
            raise Refusal(_("The new value is the old one."), _("Type what should stand there."), field="new_value")
        if not why:
            raise Refusal(_("A change needs its reason."), _("Say by which paper or whom it is known."), field="why")
        same = ChangeTask.objects.filter(student=child, field=field, entered_on__isnull=True).first()
        if same and field != ChangeField.OTHER:
            raise Refusal(
                _("A change of this was asked for on %(day)s and waits: %(value)s.")
                % {"day": long_day(same.asked_on), "value": same.new_value},
                _("Put that one back first, or wait until it is entered."),
                field="field",
            )
        task = ChangeTask.objects.create(
            student=child, field=field, old_value=old_value, new_value=new_value, why=why, asked_on=on, asked_by=by
        )
        said = _("Change asked for, %(what)s of %(name)s") % {"what": field.label, "name": child.name}
        entries.enter(by=by, kind=ASKED, summary=said, student_id=child.pk, task=task.pk)
    return task


def enter_changes(*, by: User, tasks: Iterable[int], on: date, note: str = "") -> int:
    """These changes are entered, here and in Aeries (MP1-41). Returns how many; those entered before stay as they are.

    Refusal: a day before the change was asked for.
    """
    with transaction.atomic(), acting(by, _("changes entered")):
        rows = list(
            ChangeTask.objects.select_for_update(of=("self",))
            .filter(pk__in=set(tasks), entered_on__isnull=True)
            .select_related("student")
            .order_by("pk")
        )
        _must_see(by, [row.student_id for row in rows])
        for row in rows:
            if on < row.asked_on:
                raise Refusal(
                    _("The change of %(name)s was asked for on %(day)s.")
                    % {"name": row.student.name, "day": long_day(row.asked_on)},
                    _("Give that day or a later one."),
                    field="on",
                )
            row.entered_on, row.entered_by, row.entered_note = on, by, note.strip()
        ChangeTask.objects.bulk_update(rows, ["entered_on", "entered_by", "entered_note"])
        if rows:
            said = ngettext("%(n)d change entered", "%(n)d changes entered", len(rows)) % {"n": len(rows)}
            one = rows[0].student_id if len(rows) == 1 else None
            entries.enter(by=by, kind=ENTERED, summary=said, student_id=one, tasks=[row.pk for row in rows])
    return len(rows)


def _must_see(by: User, children: Sequence[int]) -> None:
    keys = set(children)
    if Student.objects.visible_to(by, P.ENTER_CHANGES).filter(pk__in=keys).count() != len(keys):
        raise NotAllowed(str(P.ENTER_CHANGES.label))


def tick_in_aeries(*, by: User, picked: Iterable[tuple[FactKind | str, int]], on: date) -> int:
    """These facts are entered in Aeries (MP1-11, MP1-31). Returns how many; those ticked before stay as they are.

    Only facts that wait can be ticked; one of another school is NotAllowed. Refusal: a day before the fact was known.
    """
    asked: dict[FactKind, set[int]] = {}
    for kind, fact in picked:
        asked.setdefault(FactKind(kind), set()).add(fact)
    with transaction.atomic(), acting(by, _("entered in Aeries")):
        made: list[AeriesTick] = []
        for kind, source in facts.sources().items():
            rows = facts.not_entered(source, on).filter(pk__in=asked.get(kind, ()))
            found = list(rows.values_list("pk", "student_id"))
            _must_see(by, [student for _pk, student in found])
            made += [
                AeriesTick(student_id=student, kind=kind, fact=pk, entered_on=on, entered_by=by)
                for pk, student in found
            ]
        # Whoever ticks the same a moment earlier is the one who is named.
        before = set(AeriesTick.objects.values_list("kind", "fact").filter(fact__in=[row.fact for row in made]))
        fresh = [row for row in made if (row.kind, row.fact) not in before]
        AeriesTick.objects.bulk_create(fresh, batch_size=2000)
        if fresh:
            said = ngettext("%(n)d fact entered in Aeries", "%(n)d facts entered in Aeries", len(fresh)) % {
                "n": len(fresh)
            }
            one = fresh[0].student_id if len(fresh) == 1 else None
            entries.enter(by=by, kind=TICKED, summary=said, student_id=one, ticks=[row.pk for row in fresh])
    return len(fresh)


def put_back_change(entry: Entry, by: User) -> None:
    """The change was asked for by mistake."""
    lock_child_of(entry, by, P.REVIEW_RECORDS)
    task = ChangeTask.objects.filter(pk=entry.data["task"]).first()
    if task and task.entered_on:
        raise Refusal(
            _("The change was entered on %(day)s.") % {"day": long_day(task.entered_on)},
            _("Ask for the change back, with its reason."),
        )
    if task:
        task.delete()


def put_back_entered(entry: Entry, by: User) -> None:
    """The changes have not been entered after all."""
    rows = ChangeTask.objects.filter(pk__in=entry.data["tasks"])
    _must_see(by, list(rows.values_list("student_id", flat=True)))
    rows.update(entered_on=None, entered_by=None, entered_note="")


def put_back_ticks(entry: Entry, by: User) -> None:
    """The facts are not in Aeries after all."""
    rows = AeriesTick.objects.filter(pk__in=entry.data["ticks"])
    _must_see(by, list(rows.values_list("student_id", flat=True)))
    rows.delete()


PUT_BACK = {ASKED: put_back_change, ENTERED: put_back_entered, TICKED: put_back_ticks}
