"""What must lie in a child's Yellow Folder: derived from the documents there are, never stored (MP1-33, MP1-43).

Each kind of original is described once, here or by the app that makes it (letters, score reports), in
`AppConfig.ready`. From the description come the folder's page, the pile to be filed, and the duty to file it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest, TruncDate
from django.utils.translation import gettext_lazy as _

from students.enums import FolderKind, SurveyReason
from students.models import FolderItem, HomeLanguageSurvey, Placement


@dataclass(frozen=True)
class OriginalSource:
    """A kind of original.

    rows: (on) to a queryset of documents that there are on the day, of a model with a foreign key `student`,
    annotated `o_about` (the day the document is of) and `o_there` (the day from which it can be filed). title: the
    task as a verb phrase. source: Plan row.
    """

    kind: FolderKind
    title: Any
    source: str
    rows: Callable[[date], QuerySet]


@dataclass(frozen=True)
class WantedOriginal:
    """An original of one child: of which day, since when it can be filed, when it was."""

    kind: FolderKind
    about_on: date
    there_on: date
    filed_on: date | None
    filed_by: str


_sources: dict[FolderKind, OriginalSource] = {}


def register(source: OriginalSource) -> None:
    """Make a kind of original known; its duty is `students.duties.filing_duty(source)`."""
    if _sources.get(source.kind, source) is not source:
        raise ValueError(f"There are two sources of {source.kind}.")
    _sources[source.kind] = source


def sources() -> dict[FolderKind, OriginalSource]:
    """Every kind that is known, in the order of the folder."""
    return {kind: _sources[kind] for kind in FolderKind if kind in _sources}


def wanted(source: OriginalSource, on: date) -> QuerySet:
    """The documents of a kind that there are on a day, each with `o_filed`: when it was filed, None while not."""
    item = FolderItem.objects.filter(
        student=OuterRef("student_id"), kind=source.kind, about_on=OuterRef("o_about"), filed_on__lte=on
    )
    filed = Subquery(item.values("filed_on")[:1], output_field=DateField())
    return source.rows(on).filter(o_there__lte=on).annotate(o_filed=filed)


def of_child(student_id: int, on: date) -> Iterator[WantedOriginal]:
    """The child's folder: every original that must lie in it, filed or not; one query a kind, and one for who filed."""
    items = FolderItem.objects.filter(student=student_id, filed_on__lte=on).select_related("filed_by")
    filed = {(item.kind, item.about_on): item for item in items}
    for kind, source in sources().items():
        found = source.rows(on).filter(student=student_id, o_there__lte=on).order_by("o_about", "pk")
        for about, there in found.values_list("o_about", "o_there"):
            item = filed.get((kind, about))
            yield WantedOriginal(
                kind, about, there, item.filed_on if item else None, str(item.filed_by) if item else ""
            )


def surveys(on: date) -> QuerySet:
    """Signed surveys; the paper without a signature is still with the family. A mended typing error is no new paper."""
    same_paper = HomeLanguageSurvey.objects.filter(
        Q(answered_on=OuterRef("answered_on")) | Q(reason=SurveyReason.ENTRY_ERROR, version=OuterRef("version") + 1),
        student=OuterRef("student_id"),
        version__gt=OuterRef("version"),
    )
    return HomeLanguageSurvey.objects.filter(~Exists(same_paper), signed_on__isnull=False).annotate(
        o_about=F("answered_on"), o_there=Greatest("signed_on", TruncDate("entered_at"))
    )


def placements(on: date) -> QuerySet:
    """Placements that were decided."""
    return Placement.objects.annotate(o_about=F("starts"), o_there=TruncDate("decided_at"))


SURVEYS = OriginalSource(FolderKind.SURVEY, _("File the Home Language Survey"), "MP1-10, MP1-33", surveys)
PLACEMENTS = OriginalSource(FolderKind.PLACEMENT, _("File the placement form"), "MP1-33", placements)
