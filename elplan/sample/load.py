"""Fill an empty database with the sample district."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import pgtrigger
from django.db import connection, transaction
from django.db.models import Model

from district.history import acting
from district.models import Language, School, User
from district.reference import load_all
from district.refusal import Refusal
from elplan.sample import (
    conferences,
    corrections,
    district,
    files,
    letters,
    measures,
    office,
    programs,
    pupils,
    services,
    testing,
    years,
)
from elplan.sample.book import MODELS, Book
from elplan.sample.lives import Lives
from students.enums import ElStatus
from students.models import LanguageStatus, Student

TOGETHER = 2000  # children whose rows are held in memory before they are written
ONE_LEFT_OF, DAYS_BEFORE_LEAVING = 60, 140  # so many children for one who left, and when, in last year's days of school
HISTORY_UP_TO = 5000  # children; a larger sample is for measuring, and its rows begin without a history


@transaction.atomic
def load(*, students: int, seed: int, on: date) -> dict[str, int]:
    """Write the district of so many children as it stands on the day `on`. Refuses a database that is not empty."""
    refuse_unless_empty()
    by = User.objects.command_line()
    if not Language.objects.exists():
        load_all(by=by)
    with acting(by, "sample district"):
        ground = district.build(on, pupils.by_grade(students))
        quarters = district.quarters(students)
        programs.set_cuts(ground.people["el_administrator"].pk)
        measures.choose(on)
        book = Book(ground, seed, on)
        is_large = students > HISTORY_UP_TO
        with pgtrigger.ignore(*_quiet_triggers(history=not is_large)), checked_at_the_end(MODELS if is_large else ()):
            _write_children(book, pupils.Dealer(students, seed, on, quarters=quarters))
            gone = years.school_days(book.year - 1)[DAYS_BEFORE_LEAVING]
            book.look_from(gone, left_on=gone)
            leavers = -(-students // ONE_LEFT_OF)
            _write_children(book, pupils.Dealer(leavers, seed, gone, after=students, quarters=quarters))
            book.count_on()
            office.write(book, on)
            conferences.write(book, on)
            services.write(book, on)
        testing.write(book, on)
        corrections.write(book, on)
        if not is_large:
            measures.act(ground.people["el_administrator"], on)
            files.act(ground.people["el_administrator"], on)
            letters.letterhead(ground.people["el_administrator"], on)
        if letters.FROM_CHILDREN <= students <= HISTORY_UP_TO:
            letters.issue(ground.people["el_administrator"], on)
    with connection.cursor() as cursor:
        # By name: without, the server's own tables are locked too until the end, in the way of other databases there.
        cursor.execute(f"ANALYZE {', '.join(connection.introspection.django_table_names(only_existing=True))}")
    return counts(on)


def _write_children(book: Book, dealer: pupils.Dealer) -> None:
    with connection.cursor() as cursor:
        # Also tells the transaction which triggers are ignored; COPY alone would not. The trigger that checks moves of
        # the status would otherwise plan its look back for the empty table and keep that plan while it fills.
        cursor.execute("SET LOCAL enable_seqscan = off")
    lives = Lives(book)
    for number, pupil in enumerate(dealer.deal(), 1):
        lives.write(pupil)
        if number % TOGETHER == 0:
            book.write()
    book.write()
    book.wait()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = on")


def _quiet_triggers(*, history: bool) -> list[str]:
    """What need not run: the current enrollment is written with the child, and perhaps the history."""
    quiet = ["students.Enrollment:keep_current"]
    if not history:
        quiet += [
            f"{model._meta.label}:insert_insert"
            for model in (*MODELS, *office.MODELS, *conferences.MODELS, *services.MODELS)
        ]
    return quiet


@contextmanager
def checked_at_the_end(models: Sequence[type[Model]]) -> Iterator[None]:
    """Take foreign keys and exclusion constraints of empty tables off, and put them back on the filled ones.

    They are then checked for all rows at once, in place of one after another: nothing gets in that would not have.
    """
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype IN ('f', 'x') AND conrelid::regclass::text = ANY(%s)",
            [tables],
        )
        found = cursor.fetchall()
        for table, name, _definition in found:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield
        for table, name, definition in found:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def refuse_unless_empty() -> None:
    for model, what in ((School, "schools"), (Student, "children")):
        if model.objects.exists():
            raise Refusal(
                f"The database is not empty: it has {what}. The sample district was not loaded.",
                mend="Make an empty database first (createdb, manage.py migrate), or point DATABASE_URL to one.",
            )


def counts(on: date) -> dict[str, int]:
    """Children of the present school year (those who have left not among them), and the English learners of the day."""
    here = Student.objects.filter(current_enrollment__ends__isnull=True)
    learners = LanguageStatus.objects.on(on).filter(status=ElStatus.EL, student__in=here)
    return {"students": here.count(), "els": learners.count(), "schools": School.objects.count()}
