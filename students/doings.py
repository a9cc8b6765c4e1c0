"""What can be done with a child, as a line of links on its page: by what the person may do at the child's school.

Each app registers its own pages in `AppConfig.ready`; the child's page shows `doings_for(user, student)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from district.models import User
from district.permissions import Permission
from students.models import Student


def _always(student: Student) -> bool:
    return True


@dataclass(frozen=True)
class Doing:
    """A page about one child: what it asks for, the verb on its link, and when there is something to do on it."""

    permission: Permission
    url_name: str
    label: Any
    when: Callable[[Student], bool] = _always


_doings: list[Doing] = []


def register(*doings: Doing) -> None:
    """Have the pages stand among what can be done, in the order of registration."""
    _doings.extend(each for each in doings if each not in _doings)


def doings_for(user: User, student: Student) -> list[tuple[str, str]]:
    """(label, address) of what this person can do with this child."""
    may = {
        permission
        for permission in {each.permission for each in _doings}
        if Student.objects.visible_to(user, permission).filter(pk=student.pk).exists()
    }
    return [
        (str(each.label), reverse(each.url_name, args=[student.pk]))
        for each in _doings
        if each.permission in may and each.when(student)
    ]
