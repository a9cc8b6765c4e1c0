"""Of what the class teacher gets a copy: placements, changes of the record, the annual form (MP1-32, MP1-42).

Each kind is described once, here or by the app that keeps it (letters), in `AppConfig.ready`. From the description
come the teacher's own list, the piles to print, and what is still to be handed out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, TruncDate
from django.utils.translation import gettext as _

from district.wording import long_day
from students import facts, rules
from students.enums import CopyKind
from students.models import ChangeTask, Placement, TeacherCopy


@dataclass(frozen=True)
class CopySource:
    """A kind of copy.

    rows: (since) to a queryset of what became known on that day or later, of a model with a foreign key `student`,
    annotated `c_fact` (its id as text) and `c_known` (the day). told: (ids as text) to the lines of the copy, label
    and words. given: the condition under which a copy was handed out otherwise. source: Plan row.
    """

    kind: CopyKind
    source: str
    rows: Callable[[date], QuerySet]
    told: Callable[[Sequence[str]], dict[str, list[tuple[str, str]]]]
    given: Q | None = None


_sources: dict[CopyKind, CopySource] = {}


def register(source: CopySource) -> None:
    """Make a kind of copy known."""
    if _sources.get(source.kind, source) is not source:
        raise ValueError(f"There are two sources of {source.kind}.")
    _sources[source.kind] = source


def sources() -> dict[CopyKind, CopySource]:
    """Every kind that is known, in the order of the choices."""
    return {kind: _sources[kind] for kind in CopyKind if kind in _sources}


def of_year(source: CopySource, on: date) -> QuerySet:
    """What of this school year a copy is made of."""
    return source.rows(rules.school_year_begins(on)).filter(c_known__lte=on)


def waiting(source: CopySource, on: date) -> QuerySet:
    """What of this school year no teacher has a copy of, read or handed out."""
    there = TeacherCopy.objects.filter(kind=source.kind, fact=OuterRef("c_fact"), given_on__lte=on)
    rows = of_year(source, on).filter(~Exists(there))
    return rows.exclude(source.given) if source.given is not None else rows


def placements(since: date) -> QuerySet:
    """Placements in force that were decided since."""
    rows = Placement.objects.filter(ends__isnull=True, decided_at__gte=facts.moment(since))
    return rows.annotate(c_fact=Cast("pk", CharField()), c_known=TruncDate("decided_at"))


def changes(since: date) -> QuerySet:
    """Changes of the record that were entered."""
    rows = ChangeTask.objects.filter(entered_on__gte=since)
    return rows.annotate(c_fact=Cast("pk", CharField()), c_known=F("entered_on"))


def _told_placements(ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    rows = Placement.objects.filter(pk__in=[int(pk) for pk in ids])
    found = {}
    for row in rows.select_related("program", "recommended", "decided_by"):
        lines = [(_("Program"), _("%(program)s, from %(day)s") % {"program": row.program, "day": long_day(row.starts)})]
        if row.recommended:
            lines.append((_("Recommended"), f"{row.recommended}. {row.recommendation_reason}".strip()))
        lines += [
            (label, words)
            for label, words in ((_("What the parents said"), row.parent_input), (_("Reason"), row.reason))
            if words
        ]
        lines.append((_("Decided"), f"{row.decided_by}, {long_day(row.decided_at)}"))
        found[str(row.pk)] = lines
    return found


def _told_changes(ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    return {
        str(row.pk): [
            (row.get_field_display(), f"{row.old_value or '-'} → {row.new_value}"),
            (_("Why"), row.why),
            (_("Entered"), f"{row.entered_by}, {long_day(row.entered_on)}"),
        ]
        for row in ChangeTask.objects.filter(pk__in=[int(pk) for pk in ids]).select_related("entered_by")
    }


OWN = (
    CopySource(
        CopyKind.PLACEMENT, "MP1-32, MP1-42", placements, _told_placements, given=Q(copy_given_on__isnull=False)
    ),
    CopySource(CopyKind.CHANGE, "MP1-42", changes, _told_changes),
)
