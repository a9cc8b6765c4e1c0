"""The tests of a child as a correction looks at them, and results that are not kept (5 CCR 11518.20(b))."""

from __future__ import annotations

from collections.abc import Sequence

from django.core import serializers
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models import Result, Score
from assessments.queries import INITIAL_TESTS, YEARLY_TESTS
from district.refusal import Refusal
from district.wording import long_day
from notifications.models import Letter
from students.models import Correction, Student
from students.taken import Paper, Taken

ELPAC = [test for test in (*INITIAL_TESTS, *YEARLY_TESTS) if "elpac" in test]


class ElpacTests:
    """`students.taken.Tests`, answered from the results on file."""

    def taken(self, student: Student) -> Taken:
        """The first Initial and the first yearly test that was begun; the CELDT counts as a yearly one."""
        rows = Result.objects.filter(student=student, test__in=(*INITIAL_TESTS, *YEARLY_TESTS)).exclude(attempted="N")
        found = list(rows.order_by("tested_on", "administration", "pk"))
        return Taken(
            next((_took(row) for row in found if row.test in INITIAL_TESTS), ""),
            next((_took(row) for row in found if row.test in YEARLY_TESTS), ""),
        )

    def on_file(self, student: Student) -> list[tuple[str, str]]:
        rows = Result.objects.filter(student=student, test__in=ELPAC).order_by("-administration", "pk")
        return [(str(row.pk), _words(row)) for row in rows]

    def take_out(self, student: Student, ids: Sequence[str]) -> tuple[str, str]:
        """Delete the results; the history keeps them, and so does what is returned for putting back."""
        rows = list(Result.objects.filter(student=student, test__in=ELPAC, pk__in=ids).order_by("pk"))
        if len(rows) != len(set(ids)):
            raise Refusal(_("A result that you named is not there any more."), _("Look again."), field="results")
        scores = list(Score.objects.filter(result__in=rows))
        kept = serializers.serialize("json", [*rows, *scores])
        words = "; ".join(_words(row) for row in rows)
        Result.objects.filter(pk__in=[row.pk for row in rows]).delete()
        return words, kept

    def put_in(self, kept: str) -> None:
        for each in serializers.deserialize("json", kept):
            each.save(force_insert=True)

    def paper(self, kind: str, correction: Correction) -> Paper | None:
        letters = Letter.objects.filter(kind=kind, student=correction.student_id, subject_key=correction.key)
        letter = letters.order_by("-pk").first()
        return Paper(letter.number, letter.dated, reverse("letter", args=[letter.pk])) if letter else None


def _took(row: Result) -> str:
    if row.tested_on is None:
        return _("The child has taken the %(test)s.") % {"test": row.get_test_display()}
    return _("The child took the %(test)s on %(day)s.") % {
        "test": row.get_test_display(),
        "day": long_day(row.tested_on),
    }


def _words(row: Result) -> str:
    day = long_day(row.tested_on) if row.tested_on else _("day not known")
    return f"{row.get_test_display()} {row.administration}, {day}, {row.get_source_display()}"
