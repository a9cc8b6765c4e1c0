"""What the duties of this app have in common: the child, the school, the sentence's days, the link."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from district.duties import Duty
from district.wording import long_day
from students.queries import child_name


def here(rows: QuerySet, as_of: date) -> QuerySet:
    """Rows about children enrolled on the day, annotated with child, school and teacher; at most one stay a child."""
    stay = "student__enrollments"
    in_force = Q(**{f"{stay}__starts__lte": as_of}) & (
        Q(**{f"{stay}__ends__isnull": True}) | Q(**{f"{stay}__ends__gte": as_of})
    )
    rows = rows.annotate(here=FilteredRelation(stay, condition=in_force)).filter(here__isnull=False)
    return rows.annotate(d_student=F("student_id"), d_school=F("here__school_id"), d_teacher=F("here__teacher_id"))


def facts(**more: Any) -> JSONObject:
    """The child's name and numbers, and what the sentence needs."""
    return JSONObject(name=child_name("student"), ssid=F("student__ssid"), local_id=F("student__local_id"), **more)


def to(name: str, **fixed: Any) -> Any:
    """A link to a page about the child."""
    return lambda duty: reverse(name, kwargs={**fixed, "pk": duty.student_id})


def day_of(duty: Duty, key: str) -> str:
    value = duty.facts.get(key)
    return long_day(date.fromisoformat(value[:10])) if value else ""
