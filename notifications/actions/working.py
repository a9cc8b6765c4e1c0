"""How a worker works a run: facts read in chunks, letters set in two processes, each written with its item."""

from __future__ import annotations

import logging
import os
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from tempfile import TemporaryFile

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from district import storage
from district.history import acting
from district.models import User
from district.refusal import Refusal
from notifications.actions.letters import (
    AlreadyIssued,
    reserve_numbers,
    restore_letter,
    source_of,
    store_letter,
    students_by_pk,
)
from notifications.contents import NotReady, Prepared, Press, letter_corrected
from notifications.documents import LetterContent
from notifications.enums import ItemState, RunState
from notifications.facts import LetterFacts, Missing
from notifications.models import Letter, LetterRun, LetterRunItem
from notifications.pdf import Outcome, merge_into
from notifications.render import render_many
from students.models import Student

LOG = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)  # longer than one letter may take (pdf.render_many: 30 seconds)
CHUNK = 40  # children whose facts are read at once
PROCESSES = max(2, (os.cpu_count() or 1) // 2)  # the web server keeps the other half
FEW = 6  # letters for which starting a second process takes longer than it saves
RENEW_EVERY = 25  # letters put into the print file


class LeaseLost(Exception):
    """The run was stopped, or another worker has it: nothing more may be written."""


@dataclass(frozen=True)
class InHand:
    """A letter that is being set."""

    item: LetterRunItem
    student: Student
    made: Prepared
    corrects: Letter | None


def has_lapsed(run: LetterRun) -> bool:
    """Nobody works the run: it was never taken up, or its worker is gone."""
    return run.lease_until is None or run.lease_until < timezone.now()


@dataclass
class Work:
    """One worker's hold on a run. Every write first makes sure, under a lock, that the hold still is its own."""

    run: LetterRun
    token: uuid.UUID
    by: User
    press: Press | None = None
    in_hand: deque[InHand] = field(default_factory=deque)

    @classmethod
    def take(cls, run_id: uuid.UUID) -> Work | None:
        """Take the run, or None when it is over or a living worker has it."""
        token, now = uuid.uuid4(), timezone.now()
        with transaction.atomic():
            open_runs = LetterRun.objects.open().filter(pk=run_id).select_related("asked_by")
            run = open_runs.select_for_update(of=("self",), skip_locked=True).first()
            if run is None or not has_lapsed(run):
                return None
            with acting(run.asked_by, _("letters run")):
                run.state, run.started_at = RunState.RUNNING, run.started_at or now
                run.worker, run.lease_until = token, now + LEASE
                run.save(update_fields=["state", "started_at", "worker", "lease_until"])
        return cls(run, token, run.asked_by)

    def hold(self) -> None:
        """Renew the lease and lock the run until the transaction ends. Raises LeaseLost."""
        own = LetterRun.objects.filter(pk=self.run.pk, worker=self.token, state=RunState.RUNNING)
        if not own.update(lease_until=timezone.now() + LEASE):
            raise LeaseLost

    def issue_all(self) -> None:
        """Set and store every letter that waits. Raises LeaseLost."""
        try:
            self.press = Press(self.run.kind, self.run.as_of)
        except Refusal as refusal:
            return self._end_waiting(ItemState.SKIPPED, str(refusal))
        waiting = self.run.items.filter(state=ItemState.WAITING).count()
        workers = PROCESSES if waiting > FEW else 1
        with closing(render_many(self._contents(), workers=workers)) as outcomes:
            for outcome in outcomes:
                self._settle(self.in_hand.popleft(), outcome)
        return None

    def _contents(self) -> Iterator[LetterContent]:
        """Contents of the letters that wait, in order; children whose letter cannot be made are settled here."""
        position = 0
        while chunk := list(self.run.items.filter(state=ItemState.WAITING, position__gt=position)[:CHUNK]):
            position = chunk[-1].position
            students = students_by_pk(self.by, [item.student_id for item in chunk])
            facts = self._facts(list(students.values()))
            prepared = [self._prepare(item, students.get(item.student_id), facts) for item in chunk]
            hands = [hand for hand in prepared if hand]
            numbers = reserve_numbers(self.run.as_of.year, len(hands)) if hands else []
            for hand, number in zip(hands, numbers, strict=True):
                self.in_hand.append(replace(hand, made=hand.made.numbered(number)))
                yield self.in_hand[-1].made.content

    def _facts(self, students: list[Student]) -> Mapping[int, LetterFacts | list[Missing] | None]:
        """The facts of a chunk; where they cannot be read, child by child, so that one bad record stays alone."""
        source, on = source_of(self.run.kind), self.run.as_of
        try:
            return source.facts_for(students, on)
        except DatabaseError:
            raise
        except Exception as error:
            LOG.error("letters run %s: facts of a chunk: %s", self.run.pk, type(error).__name__)
        facts: dict[int, LetterFacts | list[Missing] | None] = {}
        for student in students:
            try:
                facts.update(source.facts_for([student], on))
            except DatabaseError:
                raise
            except Exception as error:
                LOG.error("letters run %s: facts of one child: %s", self.run.pk, type(error).__name__)
                facts[student.pk] = None
        return facts

    def _prepare(self, item: LetterRunItem, student: Student | None, facts: Mapping) -> InHand | None:
        """The letter to be set, or None: then the item says why not."""
        if student is None:
            return self._leave_out(
                item, _("%(person)s may no longer issue letters for this child.") % {"person": self.by}
            )
        if facts.get(student.pk) is None:
            reason = _(
                "The facts about this child could not be read. This is a fault of the program; please report it."
            )
            return self._leave_out(item, reason, state=ItemState.FAILED)
        corrects = letter_corrected(self.run.kind, student, facts[student.pk])
        try:
            made = self.press.letter(
                student=student,
                facts=facts[student.pk],
                accepts_drafts=self.run.accepts_drafts,
                corrects=corrects,
            )
        except NotReady as refusal:
            return self._leave_out(item, refusal.reason, refusal.mend_url)
        except Refusal as refusal:
            return self._leave_out(item, str(refusal))
        return InHand(item, student, made, corrects)

    def _leave_out(
        self, item: LetterRunItem, reason: str, mend_url: str = "", state: ItemState = ItemState.SKIPPED
    ) -> None:
        with transaction.atomic():
            self.hold()
            _settled(item, state, reason, mend_url)

    def _settle(self, hand: InHand, outcome: Outcome) -> None:
        """Write what became of a letter: row, file and item together, or none of them. Raises LeaseLost."""
        with transaction.atomic(), acting(self.by, _("letters run")):
            self.hold()
            item = LetterRunItem.objects.select_for_update(of=("self",)).get(pk=hand.item.pk)
            if item.state != ItemState.WAITING:
                return
            if outcome.pdf is None:
                _settled(item, ItemState.FAILED, outcome.error)
                return
            try:
                item.letter = store_letter(
                    by=self.by,
                    student=hand.student,
                    on=self.run.as_of,
                    made=hand.made,
                    pdf=outcome.pdf,
                    corrects=hand.corrects,
                )
            except AlreadyIssued as refusal:
                _settled(item, ItemState.SKIPPED, refusal.message)
            else:
                _settled(item, ItemState.ISSUED)

    def finish(self) -> None:
        """Put the letters into the print file, in order, and close the run. Raises LeaseLost."""
        letters = list(
            Letter.objects.filter(run_item__run=self.run).order_by("run_item__position").defer("facts", "content")
        )
        with TemporaryFile() as pdf:
            if letters:
                pages = merge_into(pdf, self._files(letters), double_sided=self.run.double_sided, title=str(self.run))
            with transaction.atomic(), acting(self.by, _("letters run")):
                self.hold()
                if letters:
                    self.run.print_pages, self.run.print_sha256 = pages, storage.sha256_of(pdf)
                    pdf.seek(0)
                    self.run.print_file = storage.keep("runs", self.run.pk, pdf)
                self._close()

    def _files(self, letters: list[Letter]) -> Iterator[bytes]:
        for place, letter in enumerate(letters):
            if place % RENEW_EVERY == 0:
                self.hold()
            pdf = storage.fetch(letter.file)
            yield pdf if pdf is not None else restore_letter(letter)

    def give_up(self, fault: str) -> None:
        """Close the run after a fault of the program; what was not reached can be tried again."""
        reason = _("The run ended with a fault of the program (%(fault)s); please report it.") % {"fault": fault}
        try:
            self._end_waiting(ItemState.FAILED, reason)
            with transaction.atomic(), acting(self.by, _("letters run")):
                self.hold()
                self._close()
        except LeaseLost:
            LOG.info("letters run %s: stopped or taken by another worker", self.run.pk)

    def _end_waiting(self, state: ItemState, reason: str) -> None:
        with transaction.atomic():
            self.hold()
            self.run.items.filter(state=ItemState.WAITING).update(state=state, reason=reason[:400])

    def _close(self) -> None:
        self.run.state, self.run.finished_at = RunState.FINISHED, timezone.now()
        self.run.lease_until = self.run.worker = None
        self.run.save(
            update_fields=["state", "finished_at", "lease_until", "worker", "print_file", "print_sha256", "print_pages"]
        )


def _settled(item: LetterRunItem, state: ItemState, reason: str = "", mend_url: str = "") -> None:
    item.state, item.reason, item.mend_url = state, reason[:400], mend_url[:200]
    item.attempts += 1
    item.save(update_fields=["state", "reason", "mend_url", "attempts", "letter"])
