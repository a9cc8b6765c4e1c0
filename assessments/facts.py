"""Results as facts that Aeries must show and that the principal reviews; annual forms as copies for the teacher."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import CharField, F, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from assessments import queries
from assessments.enums import ResultSource
from assessments.models import Result
from assessments.scales import level_words
from district.wording import long_day
from notifications.languages import language
from notifications.models import Letter
from students.enums import CopyKind, FactKind
from students.facts import FactSource, Pairs
from students.queries.copies import CopySource

OVERALL = "overall"
PART = "0"  # of a test record in Aeries: the overall score


def results(since: date) -> QuerySet[Result]:
    """English results with a level, the state's or a former district's; a local score is no final one."""
    rows = Result.objects.filter(
        Q(level__gt="") | Q(calculated_status__gt=""),
        test__in=queries.ENGLISH_TESTS,
        tested_on__isnull=False,
        received_on__gte=since,
    ).exclude(source=ResultSource.LOCAL)
    return rows.annotate(f_known=F("received_on"), f_at=F("recorded_at"))


def _words(row: Result) -> str:
    level = level_words(row.test, OVERALL, row.level) if row.level else row.calculated_status
    said = {"test": row.get_test_display(), "level": level, "day": long_day(row.tested_on)}
    if row.overall_score:
        return _("%(test)s of %(day)s: %(score)d, %(level)s") % {**said, "score": row.overall_score}
    return _("%(test)s of %(day)s: %(level)s") % said


def told_results(ids: Sequence[int]) -> dict[int, tuple[str, Pairs]]:
    told = {}
    for row in Result.objects.filter(pk__in=ids):
        pairs = [("test", str(row.get_test_display())), ("part", PART), ("tested_on", row.tested_on.isoformat())]
        if row.overall_score:
            pairs.append(("scale_score", str(row.overall_score)))
        if row.level:
            pairs.append(("level", level_words(row.test, OVERALL, row.level)))
        told[row.pk] = _words(row), pairs
    return told


def annual_letters(since: date) -> QuerySet[Letter]:
    """The annual notifications issued this year."""
    rows = Letter.objects.filter(kind=queries.ANNUAL, dated__gte=since, corrections__isnull=True)
    return rows.annotate(c_fact=Cast("pk", CharField()), c_known=F("dated"))


def told_letters(ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """The day and the language of the form; the form itself is printed with the letters."""
    return {
        str(row.pk): [
            (_("Annual notification"), long_day(row.dated)),
            (_("Languages"), ", ".join(language(tag).name for tag in row.languages.split(","))),
            (_("Issued by"), str(row.issued_by)),
        ]
        for row in Letter.objects.filter(pk__in=ids).select_related("issued_by")
    }


RESULTS = FactSource(FactKind.RESULT, "MP1-31", results, told_results)
ANNUAL = CopySource(CopyKind.ANNUAL, "MP1-42", annual_letters, told_letters)
