"""Which originals of tests and letters belong in the Yellow Folder (MP1-33, MP1-43)."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assessments import queries
from assessments.enums import ResultSource
from assessments.models import Result
from notifications.models import Letter
from students.enums import ElStatus, FolderKind
from students.models import LanguageStatus
from students.originals import OriginalSource


def _has_folder(on: date) -> Exists:
    """A child with a Yellow Folder on the day: an English learner, or a reclassified one (MP1-34)."""
    statuses = LanguageStatus.objects.on(on).filter(status__in=(ElStatus.EL, ElStatus.RFEP))
    return Exists(statuses.filter(student=OuterRef("student_id")))


def score_reports(on: date) -> QuerySet[Result]:
    """Official English results that came since this school year's clocks began to count."""
    rows = Result.objects.filter(
        _has_folder(on),
        Q(level__gt="") | Q(calculated_status__gt=""),
        test__in=queries.ENGLISH_TESTS,
        received_on__gte=queries.clocks_since(on),
        tested_on__isnull=False,
    ).exclude(source=ResultSource.LOCAL)
    return rows.annotate(o_about=F("tested_on"), o_there=F("received_on"))


def _letters(kind: str, on: date) -> QuerySet[Letter]:
    rows = Letter.objects.filter(_has_folder(on), kind=kind, dated__gte=queries.clocks_since(on))
    return rows.annotate(o_about=F("dated"), o_there=F("dated"))


def initial_letters(on: date) -> QuerySet[Letter]:
    return _letters(queries.INITIAL, on)


def annual_letters(on: date) -> QuerySet[Letter]:
    return _letters(queries.ANNUAL, on)


SOURCES = (
    OriginalSource(FolderKind.SCORE_REPORT, _("File the score report"), "MP1-33", score_reports),
    OriginalSource(FolderKind.INITIAL_LETTER, _("File the initial letter"), "MP1-33", initial_letters),
    OriginalSource(FolderKind.ANNUAL_LETTER, _("File the annual letter"), "MP1-43", annual_letters),
)
