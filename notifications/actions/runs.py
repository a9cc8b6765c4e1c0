"""Many letters at once: asked for by a person, worked off in the background, each child exactly once.

A worker holds a run by a lease, which it renews with every letter. When it is killed, the lease ends and the next
worker takes the run up; what was issued stays issued, because letter and item are written in one transaction.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256

from django.db import Error as DatabaseError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from district import storage
from district.access import demand, log_look
from district.enums import Grade
from district.history import acting
from district.models import School, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from notifications.actions.letters import restore_letter, source_of
from notifications.actions.working import LeaseLost, Work, has_lapsed
from notifications.contents import Press
from notifications.enums import ItemState, RunState
from notifications.models import LetterRun, LetterRunItem
from notifications.pdf import merge
from notifications.queries import letters_of_run

LOG = logging.getLogger(__name__)
GRADES = list(Grade.values)
WATCH_EVERY = timedelta(seconds=15)  # a run whose worker is gone is taken up at most so long after its lease has ended


def ask_for_run(
    *,
    by: User,
    kind: str,
    school: School | None,
    on: date,
    accepts_drafts: bool = False,
    students: Sequence[int] | None = None,
    double_sided: bool = True,
    in_background: bool = True,
) -> LetterRun:
    """Ask for the letters of a kind that are due in a school (None: the whole district), or those of a selection.

    Where the same run is already open, that one is returned; `run.is_new` tells. Raises NotAllowed, or Refusal when
    no letter is due or no text is in force.
    """
    if students is None:
        demand(by, Permission.ISSUE_LETTERS, school)
    Press(kind, on)  # refuses where no text is in force
    due = _due(by, kind, school, on, students)
    if not due:
        raise Refusal(_("No letter of this kind is due here."), _("Choose another kind, school or day."))
    codes = {code for code, _pk in due}
    if school is None and students is not None and len(codes) == 1:
        school = School.objects.filter(cds_code=codes.pop()).first()
    scope = _scope(school, [pk for _code, pk in due] if students is not None else None)
    try:
        with transaction.atomic(), acting(by, _("letters asked for")):
            run = LetterRun.objects.create(
                kind=kind,
                school=school,
                scope=scope,
                as_of=on,
                accepts_drafts=accepts_drafts,
                double_sided=double_sided,
                asked_by=by,
            )
            items = [LetterRunItem(run=run, student_id=pk, position=place) for place, (_c, pk) in enumerate(due, 1)]
            LetterRunItem.objects.bulk_create(items, batch_size=5000)
    except IntegrityError:
        return _open_run(kind, scope)
    run.is_new = True
    if in_background:
        hand_over(run)
    return run


def _due(by: User, kind: str, school: School | None, on: date, students: Sequence[int] | None) -> list[tuple[str, int]]:
    """School code and primary key of the children, in the order of the print file: school, grade, name."""
    due = source_of(kind).due(school, on).visible_to(by, Permission.ISSUE_LETTERS)
    if students is not None:
        due = due.filter(pk__in=students)
    columns = ("current_enrollment__school__cds_code", "current_enrollment__grade", "search_key", "pk")
    rows = sorted(
        set(due.order_by().values_list(*columns)),
        key=lambda row: (row[0] or "", GRADES.index(row[1]) if row[1] in GRADES else -1, *row[2:]),
    )
    return [(code, pk) for code, _grade, _name, pk in rows]


def _scope(school: School | None, students: Sequence[int] | None) -> str:
    """What two runs must share to be the same run."""
    if students is not None:
        return "list " + sha256(",".join(map(str, sorted(set(students)))).encode()).hexdigest()[:40]
    return school.cds_code if school else "district"


def _open_run(kind: str, scope: str) -> LetterRun:
    run = LetterRun.objects.open().filter(kind=kind, scope=scope).first()
    if run is None:
        raise Refusal(_("The same run has finished this moment."), _("Open the list again: what is left is due."))
    run.is_new = False
    return run


def hand_over(run: LetterRun) -> None:
    """Have a background worker work the run, and look after it from time to time until it has ended."""
    work_letters.enqueue(str(run.pk))
    _watch_later(run.pk)


def _watch_later(run_id: uuid.UUID) -> None:
    watch_letters.using(run_after=timezone.now() + WATCH_EVERY).enqueue(str(run_id))


@task()
def work_letters(run_id: str) -> None:
    """Background task: work a run."""
    work_run(uuid.UUID(run_id))


@task()
def watch_letters(run_id: str) -> None:
    """Background task: take up a run whose worker is gone. It asks for the next watch before it does anything."""
    run = LetterRun.objects.open().filter(pk=run_id).first()
    if run is None:
        return
    _watch_later(run.pk)
    if has_lapsed(run):
        work_run(run.pk)


def revive_run(run: LetterRun) -> bool:
    """Hand a run over again when its worker is gone; once only, however many people look at it."""
    lapsed = LetterRun.objects.open().filter(pk=run.pk, lease_until__lt=timezone.now())
    if not lapsed.update(lease_until=None, worker=None):
        return False
    hand_over(run)
    return True


def work_run(run_id: uuid.UUID) -> None:
    """Issue the letters of a run that are not yet issued. Does nothing when the run is finished or another has it."""
    work = Work.take(run_id)
    if work is None:
        return
    try:
        work.issue_all()
        work.finish()
    except LeaseLost:
        LOG.info("letters run %s: stopped or taken by another worker", run_id)
    except (DatabaseError, OSError):
        LOG.exception("letters run %s: will be taken up when the lease ends", run_id)
        raise
    except Exception as error:
        # A fault of ours would come back with every attempt, so the run ends and says so; no record goes to the log.
        LOG.error("letters run %s: %s", run_id, type(error).__name__)
        work.give_up(type(error).__name__)


@transaction.atomic
def stop_run(*, by: User, run: LetterRun) -> LetterRun:
    """Stop after the letter in hand: what is issued stays. Raises NotAllowed, or Refusal when it is over."""
    run = _locked(by, run)
    if not run.is_open:
        raise Refusal(_("The run is already over."))
    with acting(by, _("letters run stopped")):
        run.state, run.stopped_by, run.finished_at = RunState.STOPPED, by, timezone.now()
        run.lease_until = run.worker = None
        run.save(update_fields=["state", "stopped_by", "finished_at", "lease_until", "worker"])
    return run


def retry_run(*, by: User, run: LetterRun) -> LetterRun:
    """Try again the letters that failed, were left out, or were not reached. Raises NotAllowed, Refusal."""
    with transaction.atomic(), acting(by, _("letters run tried again")):
        run = _locked(by, run)
        again = run.items.filter(state__in=(ItemState.FAILED, ItemState.SKIPPED))
        if run.is_open:
            raise Refusal(_("The run is at work."), _("Wait until it has finished, or stop it."))
        again.update(state=ItemState.WAITING, reason="", mend_url="")
        if not run.items.filter(state=ItemState.WAITING).exists():
            raise Refusal(_("There is nothing left to try again: every letter of the run is issued."))
        run.state, run.stopped_by, run.finished_at = RunState.WAITING, None, None
        try:
            with transaction.atomic():
                run.save(update_fields=["state", "stopped_by", "finished_at"])
        except IntegrityError as error:
            raise Refusal(
                _("The same letters have been asked for again and are being made."), _("Open that run.")
            ) from error
    hand_over(run)
    return run


def print_run(*, by: User, run: LetterRun) -> bytes:
    """The letters of a run in one file; of children whom the person may no longer see, none. The look is logged.

    Raises Refusal while there is no file yet.
    """
    if not run.print_file:
        raise Refusal(_("There is no file to print yet."), _("It is made when the run has finished."))
    letters = letters_of_run(run)
    seen = list(letters.visible_to(by, Permission.VIEW_LETTERS).defer("facts"))
    if not seen:
        raise Refusal(_("There is no letter in this run that you may see."))
    pdf = storage.fetch(run.print_file) if len(seen) == letters.count() else None
    if pdf is None or storage.sha256_of(pdf) != run.print_sha256:
        files = (storage.fetch(letter.file) or restore_letter(letter) for letter in seen)
        pdf = merge(files, double_sided=run.double_sided, title=str(run))
    log_look(by, [letter.student_id for letter in seen], f"printed letters, {run.kind} {run.as_of}")
    return pdf


def _locked(by: User, run: LetterRun) -> LetterRun:
    seen = LetterRun.objects.visible_to(by, Permission.ISSUE_LETTERS).filter(Q(pk=run.pk))
    locked = seen.select_for_update(of=("self",)).first()
    if locked is None:
        raise NotAllowed(_("stop or repeat this run"))
    return locked
