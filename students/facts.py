"""Facts that Aeries must show as well, and that the principal reviews: statuses, surveys, placements, results.

Each kind is described once, here or by the app that keeps it (results), in `AppConfig.ready`. From the description
come the list of what is not entered in Aeries yet, the fields to copy, and what has changed since a review.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from district.wording import long_day
from students import rules
from students.enums import FactKind
from students.models import AeriesTick, HomeLanguageSurvey, LanguageStatus, Placement

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class FactSource:
    """A kind of fact.

    rows: (since) to a queryset of the facts that became known on that day or later, of a model with a foreign key
    `student`, annotated `f_known` (the day) and `f_at` (the moment). told: (ids) to the words for each fact, and its
    values by the names of `AeriesField.fact`. source: Plan row.
    """

    kind: FactKind
    source: str
    rows: Callable[[date], QuerySet]
    told: Callable[[Sequence[int]], dict[int, tuple[str, Pairs]]]


_sources: dict[FactKind, FactSource] = {}


def register(source: FactSource) -> None:
    """Make a kind of fact known."""
    if _sources.get(source.kind, source) is not source:
        raise ValueError(f"There are two sources of {source.kind}.")
    _sources[source.kind] = source


def sources() -> dict[FactKind, FactSource]:
    """Every kind that is known, in the order of the choices."""
    return {kind: _sources[kind] for kind in FactKind if kind in _sources}


def moment(day: date) -> datetime:
    """The first moment of a day in the district's time zone, for columns that an index helps to find."""
    return timezone.make_aware(datetime.combine(day, time()))


def not_entered(source: FactSource, on: date) -> QuerySet:
    """The facts of this school year (from 1 July) that nobody has entered in Aeries up to a day."""
    ticked = AeriesTick.objects.filter(kind=source.kind, fact=OuterRef("pk"), entered_on__lte=on)
    return source.rows(rules.school_year_begins(on)).filter(~Exists(ticked), f_known__lte=on)


def statuses(since: date) -> QuerySet:
    """Statuses that hold or held for at least a day."""
    rows = LanguageStatus.objects.filter(recorded_at__gte=moment(since)).exclude(ends=F("starts"))
    return rows.annotate(f_known=TruncDate("recorded_at"), f_at=F("recorded_at"))


def surveys(since: date) -> QuerySet:
    """The version in force of each survey."""
    newer = HomeLanguageSurvey.objects.filter(student=OuterRef("student_id"), version__gt=OuterRef("version"))
    rows = HomeLanguageSurvey.objects.filter(~Exists(newer), entered_at__gte=moment(since))
    return rows.annotate(f_known=TruncDate("entered_at"), f_at=F("entered_at"))


def placements(since: date) -> QuerySet:
    """Placements that have begun and were not taken back within the day."""
    rows = Placement.objects.filter(decided_at__gte=moment(since)).filter(
        Q(ends__isnull=True) | Q(ends__gte=F("starts"))
    )
    return rows.annotate(f_known=TruncDate("decided_at"), f_at=F("decided_at"))


def _told_statuses(ids: Sequence[int]) -> dict[int, tuple[str, Pairs]]:
    told = {}
    for row in LanguageStatus.objects.filter(pk__in=ids):
        words = _("%(status)s since %(day)s") % {"status": row.get_status_display(), "day": long_day(row.starts)}
        told[row.pk] = words, [("status", row.status), (f"{row.status.lower()}_since", row.starts.isoformat())]
    return told


def _told_surveys(ids: Sequence[int]) -> dict[int, tuple[str, Pairs]]:
    told = {}
    languages = [f"question_{number}" for number in range(1, 5)]
    rows = HomeLanguageSurvey.objects.filter(pk__in=ids).select_related(*languages, "student__primary_language")
    for row in rows:
        answers = [answer.name if answer else "-" for answer in row.answers]
        pairs = [(name, answer.code) for name, answer in zip(languages, row.answers, strict=True) if answer]
        if home := row.student.primary_language:
            pairs.append(("home_language", home.code))
        told[row.pk] = _("answers: %(answers)s") % {"answers": ", ".join(answers)}, pairs
    return told


def _told_placements(ids: Sequence[int]) -> dict[int, tuple[str, Pairs]]:
    return {
        row.pk: (
            _("%(program)s from %(day)s") % {"program": row.program.name, "day": long_day(row.starts)},
            [("program", row.program.state_code), ("program_since", row.starts.isoformat())],
        )
        for row in Placement.objects.filter(pk__in=ids).select_related("program")
    }


OWN: tuple[Any, ...] = (
    FactSource(FactKind.SURVEY, "MP1-11", surveys, _told_surveys),
    FactSource(FactKind.STATUS, "MP1-11, MP1-31", statuses, _told_statuses),
    FactSource(FactKind.PLACEMENT, "MP1-31", placements, _told_placements),
)
