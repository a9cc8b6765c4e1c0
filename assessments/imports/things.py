"""Measures, marks, statuses and lists in words, as a file's page shows them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import ImportTarget, LongTerm, NotTaken, Subject, Test, Window
from assessments.models import LocalMeasure, ScoreImportRow
from district.wording import long_day
from students.enums import ElStatus


def name_of(row: ScoreImportRow) -> str:
    """What a line is about: the test, a measure and its window, a course and its term, a status."""
    facts = row.facts
    if "measure" in facts:
        return kind_of(ImportTarget.LOCAL, row.item)
    if "course" in facts:
        return f"{facts['course']}, {Window(facts['term']).label}" if facts["term"] else facts["course"]
    if "status" in facts:
        return _("language status")
    if "meaning" in facts:
        return _("state list of long-term English learners")
    return str(Test(row.test).label) if row.test else ""


def value_of(facts: dict[str, Any]) -> str:
    """What a line says, in a word."""
    if "status" in facts:
        return said("status", facts["status"])
    if "meaning" in facts:
        return said("meaning", facts["meaning"])
    if "mark" in facts:
        return str(facts["mark"])
    value = facts.get("value")
    return said("not_taken", facts["not_taken"]) if value is None and facts.get("not_taken") else said("value", value)


def kind_of(target: str, thing: str) -> str:
    """What is counted together on the page."""
    if target == ImportTarget.LOCAL:
        slug, _space, window = thing.partition(" ")
        name = LocalMeasure.objects.filter(slug=slug).values_list("name", flat=True).first() or slug
        return f"{name}, {Window(window).label}" if window in Window.values else name
    if target == ImportTarget.MARK:
        return _("Marks, %(term)s") % {"term": Window(thing).label}
    return said("status" if target == ImportTarget.STATUS else "meaning", thing)


def word_of(name: str) -> str:
    """A field of a record in words."""
    return {
        "value": _("score"),
        "level": _("level"),
        "grade": _("grade"),
        "not_taken": _("not taken"),
        "taken_on": _("day"),
        "mark": _("mark"),
        "subject": _("subject"),
        "teacher": _("teacher"),
        "status": _("status"),
        "starts": _("since"),
        "since": _("since"),
        "meaning": _("says"),
        "code": _("code"),
    }.get(name, name)


def said(name: str, value: Any) -> str:
    """A value in words."""
    if value in (None, ""):
        return _("nothing")
    if name in ("taken_on", "starts", "since"):
        return long_day(date.fromisoformat(value))
    choices = {"not_taken": NotTaken, "subject": Subject, "status": ElStatus, "meaning": LongTerm}.get(name)
    return str(choices(value).label) if choices and value in choices.values else str(value)


def follows(row: ScoreImportRow) -> str:
    """What a change means for the child."""
    if "status" in row.facts:
        return _("The status changes as the state has it.")
    if (row.before or {}).get("source") == "entered":
        return _("It was entered by hand; the file takes its place.")
    return _("The value of the file takes its place.")
