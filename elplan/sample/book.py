"""The tables that the children's rows go into, and what those rows refer to."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from random import Random

from django.db import models
from django.utils import timezone

from assessments.models import LocalResult, Mark, Result, Score, ScoreRange, TestPlan
from district.models import Language
from elplan.sample import years
from elplan.sample.copying import Table, Writer
from elplan.sample.district import Ground
from elplan.sample.pupils import Deck
from elplan.sample.scores import Scales
from students.models import (
    Conference,
    Enrollment,
    Flag,
    FluencyCut,
    FolderItem,
    Guardian,
    HomeLanguageSurvey,
    LanguageStatus,
    Placement,
    Program,
    RecordsAttempt,
    RecordsRequest,
    Student,
)

# In this order they are written: what others point to comes first.
MODELS: tuple[type[models.Model], ...] = (
    Student,
    Guardian,
    Enrollment,
    Flag,
    HomeLanguageSurvey,
    LanguageStatus,
    RecordsRequest,
    RecordsAttempt,
    TestPlan,
    Result,
    Score,
    LocalResult,
    Mark,
    Conference,
    Placement,
    FolderItem,
)


# School years since the reclassification: each of the four years of monitoring, and longer ago.
RFEP_YEARS = {0: 4, 1: 5, 2: 4, 3: 4, 4: 3, 5: 2, 6: 1}


class Book:
    """The rows of all children up to the day `on`, and the people, schools and scales that they refer to."""

    def __init__(self, ground: Ground, seed: int, on: date) -> None:
        self.look_from(on)
        self.writer = Writer()
        self.rng = Random(f"elplan lives {seed}")
        moment = at_noon(on)
        self.schools = [school.pk for school in ground.schools]
        self.teachers = ground.teachers
        self.people = {name: user.pk for name, user in ground.people.items()}
        self.secretaries = self._by_school("secretary", "secretary-upper", "secretary-high", "secretary-high")
        self.principals = self._by_school("principal", "principal-upper", "principal-high", "principal-continuation")
        self.examiners = self._by_school("examiner", "examiner-upper", "examiner-upper", "examiner-upper")
        self.office = self.people["el_administrator"]
        always = {"recorded_by_id": self.office, "decided_by_id": self.office, "filed_by_id": self.office}
        always |= {"entered_by_id": self.office, "made_by_id": self.office}
        self.tables = {model: Table(model, moment, **_known(model, always)) for model in MODELS}
        self.tables[RecordsRequest].blank["entered_by_id"] = "\\N"
        self.rfep_years = Deck(self.rng, RFEP_YEARS)
        self.migrants = Deck(self.rng, {True: 1, False: 2})
        self.cuts = dict(FluencyCut.objects.values_list("test", "pk"))
        self.add_score = self.tables[Score].adder("result_id", "measure", "scale_score", "level", "is_exempt")
        self.programs = {row.kind: row.pk for row in Program.objects.all()}
        self.languages = {row.code: row for row in Language.objects.all()}
        self.scales = Scales(
            ScoreRange.objects.values_list(
                "test", "grade", "measure", "level", "low", "high", "first_year", "last_year"
            )
        )

    def look_from(self, on: date, *, left_on: date | None = None) -> None:
        """Write the following children as they were on a day; `left_on` for those who then left the district."""
        self.on, self.year, self.left_on = on, years.year_of(on), left_on

    def _by_school(self, *usernames: str) -> list[int]:
        """Who holds a role in each school: the first four by name, those of the other quarters by the role's."""
        role = usernames[0]
        others = [
            self.people.get(f"{role}-{number}") or self.people[f"staff-{number}"]
            for number in range(2, len(self.schools) // len(usernames) + 1)
            for _each in usernames
        ]
        return [*(self.people[name] for name in usernames), *others]

    def write(self) -> None:
        """Send the rows collected so far, table by table; they are there after `wait`."""
        self.writer.send([table.take() for table in self.tables.values()])

    def wait(self) -> None:
        self.writer.wait()

    def count_on(self) -> None:
        for table in self.tables.values():
            table.count_on()


@lru_cache(maxsize=8192)
def at_noon(day: date) -> datetime:
    """A moment of the day for what was recorded on it."""
    return timezone.make_aware(datetime.combine(day, time(12)))


def _known(model: type[models.Model], values: dict[str, int]) -> dict[str, int]:
    names = {field.attname for field in model._meta.concrete_fields}
    return {name: value for name, value in values.items() if name in names}
