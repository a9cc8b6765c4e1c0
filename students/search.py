"""Finding a child by what people have at hand: a name in any order, a number, a birth date, or some of each.

Accents, capitals, apostrophes and hyphens do not matter, and every word may be cut short. When nothing begins like
what was typed, names that sound like it are offered (trigrams), so that a slip of the finger still finds the child.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from district.dates import NotADate, read_date
from students.models import LanguageStatus, Student
from students.models.student import search_key

SHORTEST = 2  # signs; with one, half the district would be found
LIKE_ENOUGH = 0.4  # of 1: a name with one letter missing, doubled or swapped is found
ALIKE_SHOWN = 25


@dataclass(frozen=True)
class Wanted:
    """What was typed, taken apart: words of a name, numbers, birth dates."""

    words: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    days: tuple[date, ...] = ()

    @property
    def is_number(self) -> bool:
        """Nothing but a number: then one hit is the child who was meant."""
        return bool(self.numbers) and not self.words

    @classmethod
    def read(cls, typed: str, today: date) -> Wanted:
        """Take apart what was typed. Six or eight digits may be a birth date as well as a number."""
        whole = typed.strip()
        if re.fullmatch(r"[\d\s-]{3,}", whole) and (digits := re.sub(r"\D", "", whole)):
            return cls(numbers=(digits,), days=_days(whole, today) or _days(digits, today))
        words: list[str] = []
        numbers: list[str] = []
        days: list[date] = []
        for piece in whole.replace(",", " ").replace(";", " ").split():
            if found := _days(piece, today):
                days.extend(found)
            elif piece.isdigit():
                numbers.append(piece)
            else:
                words.extend(search_key(piece).split())
        return cls(tuple(words), tuple(numbers), tuple(days))


def _days(piece: str, today: date) -> tuple[date, ...]:
    try:
        return (read_date(piece, today),)
    except NotADate:
        return ()


def found(students: QuerySet[Student], typed: str, today: date) -> tuple[QuerySet[Student], bool]:
    """The children who fit what was typed, by name; and whether they are only alike.

    `students` are those the person may see. Fewer than two signs find nobody.
    """
    if len(search_key(typed).replace(" ", "")) < SHORTEST:
        return students.none(), False
    wanted = Wanted.read(typed, today)
    exact = _with_what_tells_apart(students.filter(_fits(wanted))).order_by("search_key", "pk")
    if not wanted.words or exact.exists():
        return exact, False
    name = " ".join(wanted.words)
    nearness = TrigramWordSimilarity(name, "search_key").desc()
    alike = students.filter(pk__in=_alike(students, name))
    return _with_what_tells_apart(alike).order_by(nearness, "pk"), True


def _alike(students: QuerySet[Student], name: str) -> list[int]:
    """The children whose names share most letters in a row with what was typed; the index does the search."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKE_ENOUGH)])
        near = students.filter(search_key__trigram_word_similar=name)
        nearness = TrigramWordSimilarity(name, "search_key").desc()
        return list(near.order_by(nearness, "pk").values_list("pk", flat=True)[:ALIKE_SHOWN])


def _fits(wanted: Wanted) -> Q:
    condition = Q()
    for word in wanted.words:
        condition &= Q(search_key__startswith=word) | Q(search_key__contains=f" {word}")
    if wanted.numbers:
        numbered = Q()
        for number in wanted.numbers:
            numbered |= Q(ssid__startswith=number) | Q(local_id__startswith=number)
        condition &= numbered | Q(birth_date__in=wanted.days) if wanted.is_number else numbered
    elif wanted.days:
        condition &= Q(birth_date__in=wanted.days)
    return condition or Q(pk__in=[])


def _with_what_tells_apart(students: QuerySet[Student]) -> QuerySet[Student]:
    """School, grade, teacher and status, by which twins and namesakes are told apart; no further query per child."""
    now = LanguageStatus.objects.filter(student=OuterRef("pk"), ends__isnull=True)
    return students.select_related("current_enrollment__school", "current_enrollment__teacher").annotate(
        status_code=Subquery(now.values("status")[:1]), status_since=Subquery(now.values("starts")[:1])
    )
