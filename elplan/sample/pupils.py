"""Who the children are: school, grade, path of the language status, language, family and when they came.

Shares are dealt from decks, so that a district of any size has the Plan's proportions (MP0-07 to MP0-10) and not only
on average. Everything that can be an awkward case on purpose stands in `CASES`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from district.enums import Grade
from elplan.sample import district, names, years
from students.enums import Origin

GRADES = list(Grade)
EO, IFEP, EL, RFEP = "eo", "ifep", "el", "rfep"
ENGLISH, SPANISH, PUNJABI, HMONG, MIXTECO, SIGN = "00", "01", "28", "23", "49", "37"

# Of 100 children of a grade, by rank (TK is -1): English learners, initially fluent, reclassified; the rest are EO.
PATHS = {
    -1: (56, 8, 0),
    0: (62, 8, 0),
    1: (64, 7, 0),
    2: (63, 6, 1),
    3: (62, 5, 4),
    4: (60, 5, 7),
    5: (57, 5, 10),
    6: (54, 5, 14),
    7: (53, 5, 16),
    8: (52, 4, 18),
    9: (52, 4, 19),
    10: (51, 4, 20),
    11: (51, 4, 21),
    12: (50, 4, 22),
}
LANGUAGES = {
    SPANISH: 166,
    PUNJABI: 17,
    HMONG: 4,
    "11": 3,
    "02": 2,
    MIXTECO: 2,
    "05": 1,
    "29": 1,
    "06": 1,
    "38": 1,
    "03": 1,
    "99": 1,
}
GRADE_SHARES = (
    {-1: 60, 0: 96, 1: 103, 2: 103, 3: 103},
    {4: 103, 5: 103, 6: 103},
    {7: 93, 8: 92, 9: 91, 10: 91, 11: 90, 12: 90},
    {10: 5, 11: 8, 12: 9},
)


@dataclass(frozen=True)
class Case:
    """An awkward case: in which grades (ranks) it stands, and what of the child it settles."""

    ranks: tuple[int, ...]
    settles: Mapping[str, Any] = field(default_factory=dict)


_NEW: dict[str, Any] = {"is_new": True}

# Here since kindergarten, so that there is a past to speak of.
_LONG_HERE: dict[str, Any] = {"is_new": False, "entry_rank": 0, "origin": Origin.NEW}


def _ago(days: int) -> dict[str, Any]:
    """New this year, since about so many days before the day for which the district is made, and to be tested here."""
    return _NEW | {"ago": days, "origin": Origin.OTHER_COUNTRY}


CASES: dict[str, Case] = {
    # clocks
    "late_test": Case((0, 1, 4, 9), {"path": EL, **_ago(41)}),
    "test_due": Case((0, 2, 7), {"path": EL, **_ago(27)}),
    "local_only": Case((0, 1, 5), {"path": EL, **_ago(20)}),
    "official_differs": Case((1, 6), {"path": IFEP, **_ago(50)}),
    "records_open": Case((2, 5, 8), {"path": EL, **_ago(9), "origin": Origin.CALIFORNIA}),
    "records_late": Case((3, 10), {"path": EL, **_ago(35), "origin": Origin.CALIFORNIA}),
    "records_in_part": Case((4, 9), {"path": EL, **_ago(14), "origin": Origin.CALIFORNIA}),
    # surveys
    "no_survey": Case((0, 7), {"path": EL, **_ago(6)}),
    "unsigned": Case((0, 1, 3, 6), {"path": EL, **_ago(12)}),
    "incomplete": Case((1, 8), {"path": EL, **_ago(8)}),
    "question_4": Case((0, 3, 5, 11), {"path": EO}),
    "sign_language": Case((2,), {"path": EO}),
    "tk_other_language": Case((-1,), {"path": EL, "language": PUNJABI}),
    "amended": Case((1,), {"path": EL, **_ago(24)}),
    # families
    "two_languages": Case((2, 4), {"path": EL, "language": MIXTECO}),
    "no_translation": Case((3, 6), {"path": EL, "language": HMONG}),
    "english_letters": Case((5,), {"path": EL}),
    "twins": Case((2, 9), {"path": EL, "language": SPANISH, "is_new": False}),
    "twin_of": Case((2, 9), {"path": IFEP, "language": SPANISH, "is_new": False}),
    "one_name": Case((4, 7), {"path": EL, "language": HMONG}),
    "apostrophe": Case((1, 10), {"path": EO}),
    "hyphens": Case((3, 8), {"path": EL, "language": SPANISH}),
    # tests and programs
    "no_scores": Case((5, 10), {"path": EL, **_LONG_HERE}),
    "alternate": Case((2, 5, 8, 11), {"path": EL, "iep": True, **_LONG_HERE}),
    "partial_test": Case((6,), {"path": EL, "iep": True, **_LONG_HERE}),
    "iep_no_detail": Case((4, 12), {"path": EL, "iep": True}),
    "declined": Case((6, 9), {"path": EL, **_LONG_HERE}),
    "parent_choice": Case((3, 8), {"path": EL, **_LONG_HERE}),
    "unplaced": Case((1, 7), {"path": EL, **_LONG_HERE}),
    "retained": Case((4,), {"path": EL, **_LONG_HERE}),
    # statuses
    "correction_a": Case((4,), {"path": EL, **_LONG_HERE}),
    "correction_b": Case((3,), {"path": EO, "language": SPANISH, **_LONG_HERE}),
    "correction_c": Case((2,), {"path": IFEP, **_LONG_HERE}),
    "rfep_from_records": Case((6, 10), {"path": RFEP, "is_new": True, "origin": Origin.CALIFORNIA}),
    "no_ssid": Case((0, 3), {"path": EL, **_NEW}),
}


@dataclass(slots=True)
class Pupil:
    """A child as dealt; what follows from it is written by `lives`."""

    number: int
    school: int
    rank: int
    path: str
    language: str
    case: str
    is_new: bool
    origin: str
    iep: bool
    entry_rank: int
    entry_year: int
    start: date
    girl: bool
    birth: date
    name: names.Person
    family: str
    address: str

    @property
    def grade(self) -> str:
        return GRADES[self.rank + 1].value

    @property
    def quarter(self) -> int:
        return self.school // district.SCHOOLS

    def school_in(self, rank: int) -> int:
        """The place of the school in which the child is, or was, in a grade."""
        return self.quarter * district.SCHOOLS + district.school_of(rank)


class Deck:
    """Cards dealt in an order of chance; a new deck when it is used up."""

    def __init__(self, rng: Random, cards: Mapping[Any, int]) -> None:
        self.rng = rng
        self.cards = [card for card, count in cards.items() for _each in range(count)]
        self.left: list[Any] = []

    def draw(self) -> Any:
        if not self.left:
            self.left = self.cards.copy()
            self.rng.shuffle(self.left)
        return self.left.pop()


def shared_out(total: int, shares: Mapping[Any, int] | Sequence[int]) -> dict[Any, int]:
    """`total` in whole numbers by shares, the largest remainders first."""
    weights = dict(shares) if isinstance(shares, Mapping) else dict(enumerate(shares))
    whole = sum(weights.values())
    exact = {key: total * weight / whole for key, weight in weights.items()}
    found = {key: int(value) for key, value in exact.items()}
    for key in sorted(exact, key=lambda key: found[key] - exact[key])[: total - sum(found.values())]:
        found[key] += 1
    return found


def seats(total: int, quarters: int = 1) -> list[tuple[int, int, int]]:
    """Place of the school, rank of the grade, number of children."""
    return [
        (quarter * district.SCHOOLS + school, rank, count)
        for quarter, part in shared_out(total, [1] * quarters).items()
        for school, pupils in shared_out(part, district.ADA).items()
        for rank, count in shared_out(pupils, GRADE_SHARES[school]).items()
    ]


def by_grade(total: int) -> list[dict[str, int]]:
    """Children of each grade in the three ordinary schools of each quarter, for their classes."""
    quarters = district.quarters(total)
    found: list[dict[str, int]] = [{} for _each in range(quarters)]
    for school, rank, count in seats(total, quarters):
        if school % district.SCHOOLS != district.CONTINUATION:
            found[school // district.SCHOOLS][GRADES[rank + 1].value] = count
    return found


def _cases_of(rank: int) -> dict[int, str]:
    """Which child of a grade, counted from 0, is which awkward case: every other child from the first on."""
    named = [name for name, case in CASES.items() if rank in case.ranks]
    return {2 * place + 1: name for place, name in enumerate(named)}


class Dealer:
    """Deals the children of a district of `total`, for a seed and the day `on`; numbers begin after `after`."""

    def __init__(self, total: int, seed: int, on: date, *, after: int = 0, quarters: int = 1) -> None:
        self.quarters = quarters
        self.total, self.on, self.year, self.after = total, on, years.year_of(on), after
        self.rng = rng = Random(f"elplan {seed} {after}")
        self.languages = Deck(rng, LANGUAGES)
        self.paths = {
            rank: Deck(rng, {EL: el, IFEP: ifep, RFEP: rfep, EO: 100 - el - ifep - rfep})
            for rank, (el, ifep, rfep) in PATHS.items()
        }
        self.comers = Deck(rng, {True: 5, False: 95})
        self.ieps = Deck(rng, {True: 11, False: 89})
        self.tk_before = Deck(rng, {True: 15, False: 85})
        begun = years.first_day(self.year) <= on
        self.days_so_far = [day for day in years.school_days(self.year) if day <= on] if begun else []

    def deal(self) -> Iterator[Pupil]:
        """Child by child, school by school; the awkward cases are among the first children of each grade."""
        number = self.after
        for school, rank, count in seats(self.total, self.quarters):
            ordinary = school >= district.CONTINUATION or self.after
            cases = {} if ordinary else _cases_of(rank)
            twin: Pupil | None = None
            for place in range(count):
                number += 1
                case = cases.get(place, "")
                pupil = self._pupil(number, school, rank, case, twin if case == "twin_of" else None)
                twin = pupil if case == "twins" else twin
                yield pupil

    def _pupil(self, number: int, school: int, rank: int, case: str, twin: Pupil | None) -> Pupil:
        rng, settles = self.rng, CASES[case].settles if case else {}
        path = settles.get("path") or self.paths[rank].draw()
        language = settles.get("language") or (ENGLISH if path == EO else self.languages.draw())
        iep = settles.get("iep", False) or self.ieps.draw()
        is_new = settles.get("is_new", self.comers.draw()) or rank == -1
        entry_rank = twin.entry_rank if twin else settles.get("entry_rank", self._entry_rank(rank, path, is_new))
        entry_year = self.year - (rank - entry_rank) - (case == "retained")
        origin = settles.get("origin") or self._origin(path, entry_rank)
        start = twin.start if twin else self._start(entry_year, entry_rank, settles.get("ago", 0))
        pool = names.pool_of(language)
        girl = rng.random() < 0.487
        family = twin.family if twin else names.family_name(rng, pool)
        name = names.child_name(rng, pool, family, girl)
        return Pupil(
            number=number,
            school=school,
            rank=rank,
            path=path,
            language=language,
            case=case,
            is_new=entry_year == self.year,
            origin=origin,
            iep=iep,
            entry_rank=entry_rank,
            entry_year=entry_year,
            start=start,
            girl=girl,
            birth=twin.birth if twin else self._birth(rank, case),
            name=name,
            family=family,
            address=twin.address if twin else names.address(rng),
        )

    def _entry_rank(self, rank: int, path: str, is_new: bool) -> int:
        """The grade in which the child came to the district; who is reclassified here has been here two years."""
        if is_new:
            return rank
        latest = rank - 2 if path == RFEP else rank - 1
        if rank <= 0 or latest <= 0 or self.rng.random() < 0.62:
            return -1 if self.tk_before.draw() and rank > -1 else 0
        return self.rng.randint(1, latest)

    def _origin(self, path: str, entry_rank: int) -> str:
        draw = self.rng.random()
        if entry_rank <= 0:
            return Origin.NEW if draw < 0.93 else Origin.OTHER_COUNTRY if path != EO else Origin.OUT_OF_STATE
        if path in (EO, RFEP, IFEP):
            return Origin.CALIFORNIA if draw < 0.8 else Origin.OUT_OF_STATE
        if draw < 0.42:
            return Origin.CALIFORNIA
        return Origin.OTHER_COUNTRY if draw < 0.86 else Origin.OUT_OF_STATE

    def _start(self, entry_year: int, entry_rank: int, ago: int) -> date:
        """The first day of attendance, mostly the year's first; in the future only where that has not come yet."""
        rng = self.rng
        if ago:
            since = self.on - timedelta(days=ago)
            return next((day for day in reversed(self.days_so_far) if day <= since), years.first_day(entry_year))
        on_time = rng.random() < (0.94 if entry_rank <= 0 else 0.6)
        if entry_year < self.year:
            return years.first_day(entry_year) if on_time else rng.choice(years.school_days(entry_year)[5:150])
        if on_time or not self.days_so_far:
            return years.first_day(entry_year)
        return rng.choice(self.days_so_far)

    def _birth(self, rank: int, case: str) -> date:
        """Five years old by 1 September of kindergarten."""
        last = date(self.year - rank - 5 - (case == "retained"), 9, 1)
        return last - timedelta(days=self.rng.randrange(365))
