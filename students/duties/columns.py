"""What the duties of this app have in common: the child, the school, the days of the sentence, the link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import (
    DateField,
    F,
    OuterRef,
    QuerySet,
    Subquery,
)
from django.db.models.functions import JSONObject
from django.urls import reverse

from district.duties import Duty
from district.wording import long_day
from students.models import (
    Enrollment,
)
from students.queries import child_name


def day(duty: Duty, fact: str) -> str:
    """A day among the facts, in words."""
    return long_day(date.fromisoformat(duty.facts[fact]))


def of_child(rows: QuerySet, child: str = "student", **facts: Any) -> QuerySet:
    """The columns that every duty about an enrolled child has; `rows` went through `with_stay`."""
    return rows.annotate(
        d_student=F(f"{child}_id" if child else "pk"),
        d_school=F("stay__school_id"),
        d_teacher=F("stay__teacher_id"),
        d_facts=JSONObject(
            name=child_name(child),
            ssid=F(f"{child}__ssid" if child else "ssid"),
            local_id=F(f"{child}__local_id" if child else "local_id"),
            grade=F("stay__grade"),
            **facts,
        ),
    )


def first_day(child: str) -> Subquery:
    """The child's first day of attendance in this district."""
    stays = Enrollment.objects.filter(student=OuterRef(child)).order_by("starts")
    return Subquery(stays.values("starts")[:1], output_field=DateField())


def to_child(name: str) -> Callable[[Duty], str]:
    return lambda duty: reverse(name, args=[duty.student_id])
