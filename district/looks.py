"""The log of looks: who opened, printed or exported a child's record (Education Code 49064, MP3-10).

The ground knows no children. The app that does says, by `register`, whose records a person answers for; a person
reads the log of those children only, and their names come from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import Model, QuerySet

from district.models import Look, User

Children = Callable[[User], QuerySet]

_children: list[Children] = []


def register(children: Children) -> None:
    """Say whose log a person may read: (user) to a queryset of children, each printing as a name."""
    _children[:] = [children]


def looks_for(user: User) -> QuerySet[Look]:
    """The looks at children whose log the person may read, newest first."""
    looks = Look.objects.select_related("user").order_by("-at", "-pk")
    return looks.filter(student_id__in=_answers_for(user).values("pk")) if _children else looks.none()


def names(user: User, student_ids: Iterable[int]) -> dict[int, Model]:
    """The children behind the numbers, as far as the person may know them."""
    return _answers_for(user).in_bulk(list(set(student_ids))) if _children else {}


def _answers_for(user: User) -> QuerySet:
    return _children[0](user)
