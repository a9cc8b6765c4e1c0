"""What stands on entries of the apps below: tests taken and letters sent, after which putting back is not honest."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assessments.models import Result
from assessments.queries.initial import ANNUAL, BEFORE_TEST, INITIAL, INITIAL_TESTS
from district.models import Entry
from district.wording import long_day
from notifications.models import Letter
from students.actions.enrolling import ENROLLED, MOVED
from students.actions.placing import PLACED
from students.actions.requests import DECIDED
from students.actions.surveys import SURVEY
from students.models import Student

# Kinds of letters that speak of what such an entry says.
LETTERS_ON = {
    SURVEY: (BEFORE_TEST, INITIAL, ANNUAL),
    PLACED: (INITIAL, ANNUAL),
    ENROLLED: (BEFORE_TEST, INITIAL, ANNUAL),
    MOVED: (),
    DECIDED: ("program_request_decision",),
}


def stands_on(student: Student, entry: Entry) -> str | None:
    """The letter or the result that rests on an entry about the child, as a sentence; None where nothing does."""
    if entry.kind not in LETTERS_ON:
        return None
    letters = Letter.objects.filter(student=student, kind__in=LETTERS_ON[entry.kind], issued_at__gt=entry.made_at)
    if letter := letters.order_by("issued_at").first():
        return _("Letter %(number)s of %(day)s says it to the family.") % {
            "number": letter.number,
            "day": long_day(letter.dated),
        }
    if entry.kind in (SURVEY, ENROLLED):
        return tested(student)
    return None


def tested(student: Student) -> str | None:
    """Whether the child has begun the Initial test, as a sentence; from then on the survey stays (HLS-06)."""
    results = Result.objects.filter(student=student, test__in=INITIAL_TESTS).exclude(attempted="N")
    result = results.order_by("tested_on").first()
    if result is None:
        return None
    if result.tested_on is None:
        return _("The child has taken the %(test)s.") % {"test": result.get_test_display()}
    return _("The child took the %(test)s on %(day)s.") % {
        "test": result.get_test_display(),
        "day": long_day(result.tested_on),
    }
