"""Placement copies to hand out, and originals to file."""

from __future__ import annotations

from datetime import date

from django.db.models import (
    F,
    Q,
    QuerySet,
)
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.duties import Duty, DutyRule, Many, until
from district.enums import Role
from district.queries import due, period
from students import originals
from students.duties.columns import day, of_child
from students.models import (
    Placement,
)
from students.originals import OriginalSource
from students.queries import with_stay


def copies_missing(on: date) -> QuerySet:
    """A copy of each placement in force goes to the teacher (MP1-32, MP1-42)."""
    rows = Placement.objects.annotate(d_starts=TruncDate("decided_at")).filter(d_starts__lte=on)
    rows = rows.filter(Q(ends__isnull=True) | Q(ends__gte=on) | Q(copy_given_on__isnull=False))
    rows = with_stay(rows, on).annotate(
        d_done=until(on, "copy_given_on"), d_due=due("d_starts", "stay__school_id", period("OWN-04", on))
    )
    return of_child(rows, program=F("program__name"), decided=F("d_starts"))


def why_copy(duty: Duty) -> str:
    return _("Placed in %(program)s on %(day)s; the teacher needs the copy.") % {
        "program": duty.facts["program"],
        "day": day(duty, "decided"),
    }


def filing_duty(source: OriginalSource) -> DutyRule:
    """The duty to file originals of a kind; for the kinds of the apps above as well."""

    def rows(on: date) -> QuerySet:
        there = with_stay(originals.wanted(source, on), on).annotate(d_starts=F("o_there"), d_done=F("o_filed"))
        there = there.annotate(d_due=due("d_starts", "stay__school_id", period("OWN-05", on)))
        return of_child(there, about=F("o_about"), there=F("o_there"))

    return DutyRule(
        id=f"file_{source.kind}",
        title=source.title,
        owner=Role.SECRETARY,
        source=source.source,
        rows=rows,
        why=_why_filing,
        link=lambda duty: reverse("folder", args=[duty.student_id]),
        action=gettext_lazy("File"),
        many=Many("folder_queue", gettext_lazy("File a pile")),
    )


def _why_filing(duty: Duty) -> str:
    return _("The document of %(day)s belongs in the Yellow Folder of the cumulative file.") % {
        "day": day(duty, "about")
    }
