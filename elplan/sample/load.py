"""Fill an empty database with the sample district."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from district.history import acting
from district.models import Language, School, User
from district.reference import load_all
from district.refusal import Refusal
from elplan.sample import district, programs, pupils
from elplan.sample.book import Book
from elplan.sample.lives import Lives
from students.enums import ElStatus
from students.models import LanguageStatus, Student

TOGETHER = 2000  # children whose rows are held in memory before they are written


@transaction.atomic
def load(*, students: int, seed: int, on: date) -> dict[str, int]:
    """Write the district of so many children as it stands on the day `on`. Refuses a database that is not empty."""
    refuse_unless_empty()
    by = User.objects.command_line()
    if not Language.objects.exists():
        load_all(by=by)
    with acting(by, "sample district"):
        ground = district.build(on, pupils.by_grade(students))
        programs.set_cuts(ground.people["el_administrator"].pk)
        book = Book(ground, seed, on)
        lives = Lives(book)
        for number, pupil in enumerate(pupils.Dealer(students, seed, on).deal(), 1):
            lives.write(pupil)
            if number % TOGETHER == 0:
                book.write()
        book.write()
        book.count_on()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return counts(on)


def refuse_unless_empty() -> None:
    for model, what in ((School, "schools"), (Student, "children")):
        if model.objects.exists():
            raise Refusal(
                f"The database is not empty: it has {what}. The sample district was not loaded.",
                mend="Make an empty database first (createdb, manage.py migrate), or point DATABASE_URL to one.",
            )


def counts(on: date) -> dict[str, int]:
    learners = LanguageStatus.objects.on(on).filter(status=ElStatus.EL)
    return {"students": Student.objects.count(), "els": learners.count(), "schools": School.objects.count()}
