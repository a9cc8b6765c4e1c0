"""What stands on an entry, so that putting it back would not be honest any more.

This app does not know the tests and letters of the apps above. They say so here, in `AppConfig.ready`:

    standing.register(check)       check(student, entry): a sentence such as "The initial letter was issued on ...",
                                   or None. Asked before an entry about the child is put back; `entry.kind`,
                                   `entry.made_at` and `entry.data` say what it was.
    standing.register_test(check)  check(student): a sentence when the child has begun the Initial test, else None.
                                   From then on the survey cannot be amended (HLS-06).
"""

from __future__ import annotations

from collections.abc import Callable

from district.models import Entry
from students.models import Student

Check = Callable[[Student, Entry], str | None]
TestCheck = Callable[[Student], str | None]

_checks: list[Check] = []
_test_checks: list[TestCheck] = []


def register(check: Check) -> None:
    """Have the check asked before anything about a child is put back."""
    if check not in _checks:
        _checks.append(check)


def register_test(check: TestCheck) -> None:
    """Have the check asked before a survey is amended."""
    if check not in _test_checks:
        _test_checks.append(check)


def stands_on(student: Student, entry: Entry) -> str | None:
    """The first reason why the entry cannot be put back any more, or None."""
    return next((reason for check in _checks if (reason := check(student, entry))), None)


def tested(student: Student) -> str | None:
    """Why the survey may not be amended any more, or None."""
    return next((reason for check in _test_checks if (reason := check(student))), None)
