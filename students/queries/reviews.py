"""The records that the principal reviews: every English learner and reclassified child, with what has changed since.

A record waits while nobody has found it right in this school year, or while a status, placement or result came after
it was found right (MP1-35, MP1-40, MP1-44).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from district.calendar import year_name
from district.models import School, Term, User, in_force
from district.permissions import Permission
from district.wording import long_day
from students import facts, rules
from students.enums import ElStatus, FactKind
from students.models import ChangeTask, Flag, LanguageStatus, Placement, RecordReview, Student
from students.queries import with_stay

REVIEWED = (ElStatus.EL, ElStatus.RFEP)
CHANGES = (FactKind.STATUS, FactKind.RESULT, FactKind.PLACEMENT)


def records(on: date) -> QuerySet[LanguageStatus]:
    """The statuses of the children whose records are reviewed, joined to their enrollment as `stay`."""
    return with_stay(LanguageStatus.objects.on(on).filter(status__in=REVIEWED), on)


def records_for(user: User, on: date) -> QuerySet[LanguageStatus]:
    """Those of the children whom the person may review."""
    return records(on).filter(student__in=Student.objects.visible_to(user, Permission.REVIEW_RECORDS))


def waiting(on: date) -> Q:
    """The condition under which a record waits for the principal: not found right as it is, no change asked for."""
    return unreviewed(on) & ~asked()


def asked() -> Q:
    """The condition under which something is wrong with a record: a change waits to be entered by the secretary."""
    return Q(student__in=ChangeTask.objects.filter(entered_on__isnull=True).values("student"))


def unreviewed(on: date) -> Q:
    """The condition under which a record was not found right as it is: not reviewed this year, or changed since."""
    found = Q(student__in=changed(FactKind.STATUS, on)) | Q(student__in=_mended(on))
    for kind in CHANGES[1:]:
        if kind in facts.sources():
            found |= Q(student__in=changed(kind, on))
    return ~Q(student__in=reviews(on).values("student")) | found


def reviews(on: date) -> QuerySet[RecordReview]:
    """The reviews of the school year of a day, up to that day."""
    return RecordReview.objects.filter(year__name=year_name(on), reviewed_on__lte=on)


def _mended(on: date) -> QuerySet:
    """The children of whom a change was entered this year that no review has seen."""
    seen = reviews(on).filter(
        student=OuterRef("student_id"),
        reviewed_on__gte=OuterRef("entered_on"),
        recorded_at__gte=OuterRef("recorded_at"),
    )
    since = rules.school_year_begins(on)
    return ChangeTask.objects.filter(~Exists(seen), entered_on__gte=since, entered_on__lte=on).values("student")


def changed(kind: FactKind, on: date) -> QuerySet:
    """The children of whom a fact came this year that no review has seen."""
    seen = reviews(on).filter(student=OuterRef("student_id"), recorded_at__gte=OuterRef("f_at"))
    rows = facts.sources()[kind].rows(rules.school_year_begins(on)).filter(~Exists(seen), f_known__lte=on)
    return rows.values("student")


def year_sample_from(school: School, on: date) -> date | None:
    """From when on the folders of the whole year are drawn: the first day of the school's last term, if any."""
    terms = Term.objects.filter(system=school.terms, year__name=year_name(on))
    return terms.order_by("-starts").values_list("starts", flat=True).first()


@dataclass
class Record:
    """What the principal sees of one child, and what of it is new since it was last found right."""

    student: Student
    status: str
    status_note: str
    level: str = ""
    placement: str = ""
    service: str = ""
    reviewed: str = ""
    fresh: list[str] = field(default_factory=list)
    asked: list[ChangeTask] = field(default_factory=list)
    seen: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """What is kept of it when it is found right."""
        names = ("status", "status_note", "level", "placement", "service")
        return {name: str(getattr(self, name)) for name in names}


def records_of(statuses: Sequence[LanguageStatus], on: date) -> list[Record]:
    """The records behind a page of statuses (with `student` loaded), in their order; a fixed number of queries."""
    keys = [row.student_id for row in statuses]
    found = {row.student_id: _record(row) for row in statuses}
    for placed in Placement.objects.filter(in_force(on), student__in=keys).select_related("program", "decided_by"):
        found[placed.student_id].placement = _("%(program)s since %(day)s, decided by %(who)s") % {
            "program": placed.program.name,
            "day": long_day(placed.starts),
            "who": placed.decided_by,
        }
    for flag in Flag.objects.filter(in_force(on), student__in=keys):
        record = found[flag.student_id]
        said = _("%(flag)s since %(day)s") % {"flag": flag.get_kind_display(), "day": long_day(flag.starts)}
        record.service = ", ".join(filter(None, (record.service, said)))
    for task in ChangeTask.objects.filter(student__in=keys, entered_on__isnull=True):
        found[task.student_id].asked.append(task)
    last: dict[int, RecordReview] = {}
    for review in RecordReview.objects.filter(student__in=keys, reviewed_on__lte=on).select_related("reviewed_by"):
        last.setdefault(review.student_id, review)
    for pk, review in last.items():
        found[pk].reviewed = _("found right on %(day)s by %(who)s") % {
            "day": long_day(review.reviewed_on),
            "who": review.reviewed_by,
        }
    _add_results(found)
    _mark_fresh(found, last, on)
    return list(found.values())


def _record(row: LanguageStatus) -> Record:
    words = str(row.get_status_display())
    note = _("since %(day)s, %(source)s") % {"day": long_day(row.starts), "source": row.get_source_display()}
    return Record(row.student, words[:1].upper() + words[1:], note)


def _add_results(found: dict[int, Record]) -> None:
    """The newest result in words, by whoever keeps results."""
    source = facts.sources().get(FactKind.RESULT)
    if source is None:
        return
    rows = (
        source.rows(date.min.replace(year=1990)).filter(student__in=found).order_by("student_id", "-tested_on", "-pk")
    )
    newest = dict(rows.distinct("student_id").values_list("student_id", "pk"))
    told = source.told(list(newest.values()))
    for student, pk in newest.items():
        if pk in told:
            found[student].level = told[pk][0]


def _mark_fresh(found: dict[int, Record], last: dict[int, RecordReview], on: date) -> None:
    """What came after the last review, newest first; `seen` says up to which moment the page knows."""
    since = rules.school_year_begins(on)
    for kind in CHANGES:
        source = facts.sources().get(kind)
        if source is None:
            continue
        rows = source.rows(since).filter(student__in=found, f_known__lte=on).values_list("student_id", "pk", "f_at")
        listed = [row for row in rows if row[0] not in last or _at(row[2]) > last[row[0]].recorded_at]
        told = source.told([pk for _student, pk, _moment in listed])
        for student, pk, _moment in listed:
            said = _("%(what)s: %(words)s") % {"what": kind.label, "words": told[pk][0] if pk in told else ""}
            found[student].fresh.append(said[:1].upper() + said[1:])
    stamp = timezone.now().isoformat()
    for record in found.values():
        record.seen = stamp


def _at(value: Any) -> datetime:
    """A moment; facts that are known by day count from its beginning."""
    return value if isinstance(value, datetime) else facts.moment(value)
