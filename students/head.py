"""The head of every page about one child: the same facts in the same order, in words with their dates.

A view of a page about a child passes `head=child_head(student, on)` and its template includes
`components/child_head.html`. Load the child with `Student.objects.visible_to(user)` first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from district.duties import Duty, duties
from district.duties import rules as registered
from district.models import in_force
from district.wording import capital, due_words, long_day
from students.enums import FlagKind
from students.models import LanguageStatus, Student

# Clocks of law and Plan, each about one child; the apps above have registered theirs by these names.
CLOCKS = (
    "survey_missing",
    "transfer_records",
    "records_request",
    "initial_test",
    "initial_notice",
    "placement_decision",
    "annual_notice",
    "results_letter",
    "correction_notice",
    "correction_decision",
    "correction_result",
)
CLOCKS_SHOWN = 3
CLOCKS_WITHIN = timedelta(days=30)  # what is further off stands in the child's list of duties


@dataclass(frozen=True)
class Clock:
    """Something that is running for the child: `due tomorrow, Tue 24 Nov: Give the Initial ELPAC. 30 days from ...`"""

    tone: str
    words: str
    what: str
    why: str
    url: str


@dataclass(frozen=True)
class ChildHead:
    """What the five boxes and the notes under them show."""

    name: str
    url: str
    birth_date: date
    local_id: str
    ssid: str
    status: str
    status_note: str
    why_url: str
    grade: str
    teacher: str
    school: str
    school_note: str
    flags: str
    flags_note: str
    language: str
    letters_note: str
    clocks: list[Clock] = field(default_factory=list)


def child_head(student: Student, on: date, *, own_page: bool = False, rules: Iterable[str] = CLOCKS) -> ChildHead:
    """The head for a day. `own_page` leaves out the links to where the reader already is.

    rules: the duties whose clocks are shown, by id. Those of law and Plan that run about one child, unless the page
    names others: asking for all fifty duties costs half a second, and the child's own page lists them anyway.
    """
    url = reverse("child", args=[student.pk])
    status, status_note = _status(student, on)
    flags, flags_note = _flags(student, on)
    language, letters_note = _languages(student)
    here = student.current_enrollment
    return ChildHead(
        name=student.name,
        url=url,
        birth_date=student.birth_date,
        local_id=student.local_id,
        ssid=student.ssid or "",
        status=status,
        status_note=status_note,
        why_url="#status" if own_page else f"{url}#status",
        grade=capital(here.get_grade_display()) if here else _("Not enrolled"),
        teacher=", ".join(part for part in (_teacher(student), _room(student)) if part),
        school=here.school.short_name if here else "",
        school_note=_school_note(student, on),
        flags=flags,
        flags_note=flags_note,
        language=language,
        letters_note=letters_note,
        clocks=clocks(student, on, rules),
    )


def clocks(student: Student, on: date, rules: Iterable[str]) -> list[Clock]:
    """What is running for the child and near, most urgent first, of the duties named."""
    known = [rule for rule in rules if rule in registered()]
    near = Q(d_student=student.pk) & (Q(d_due__lte=on + CLOCKS_WITHIN) | Q(d_due__isnull=True))
    return clocks_of(duties(as_of=on, state="waiting", where=near, rule_ids=known).page(0, CLOCKS_SHOWN), on)


def clocks_of(waiting: Iterable[Duty], on: date) -> list[Clock]:
    """The near ones of a child's duties, most urgent first, for a page that has asked for all of them anyway."""
    near = [duty for duty in waiting if duty.due is None or duty.due <= on + CLOCKS_WITHIN]
    return [_clock(duty, on) for duty in near[:CLOCKS_SHOWN]]


def _clock(duty: Duty, on: date) -> Clock:
    if duty.due is None:
        return Clock("soon", _("no due day"), str(duty.rule.title), duty.why, duty.url)
    due = due_words(duty.due, on)
    return Clock(due.tone, str(due), str(duty.rule.title), duty.why, duty.url)


def _status(student: Student, on: date) -> tuple[str, str]:
    status = LanguageStatus.objects.filter(student=student).on(on).order_by("-sequence").first()
    if status is None:
        return _("Not known"), _("no survey has been entered")
    note = _("since %(day)s, %(source)s") % {"day": long_day(status.starts), "source": status.get_source_display()}
    if status.is_provisional:
        note = _("%(note)s; records are awaited") % {"note": note}
    return capital(status.get_status_display()), note


def _teacher(student: Student) -> str:
    here = student.current_enrollment
    return str(here.teacher) if here and here.teacher else ""


def _room(student: Student) -> str:
    here = student.current_enrollment
    return _("room %(room)s") % {"room": here.room} if here and here.room else ""


def _school_note(student: Student, on: date) -> str:
    here = student.current_enrollment
    if here is None:
        return ""
    if here.ends and here.ends < on:
        return _("left on %(day)s") % {"day": long_day(here.ends)}
    if here.starts > on:
        return _("from %(day)s") % {"day": long_day(here.starts)}
    return _("since %(day)s") % {"day": long_day(here.starts)}


def _flags(student: Student, on: date) -> tuple[str, str]:
    held = {FlagKind(kind) for kind in student.flags.filter(in_force(on)).values_list("kind", flat=True)}
    names = [str(kind.label) for kind in FlagKind if kind in held]
    asked = [str(kind.label) for kind in (FlagKind.IEP, FlagKind.SECTION_504, FlagKind.MIGRANT) if kind not in held]
    without = ", ".join(_("no %(flag)s") % {"flag": name} for name in asked)
    return (capital(", ".join(names)), without) if names else (_("None"), without)


def _languages(student: Student) -> tuple[str, str]:
    spoken, letters = student.primary_language, student.language_of_letters
    if letters is None:
        return _("Not known"), _("letters in English")
    shown = spoken or letters
    if letters.tag.split("-")[0] == "en":
        return shown.name, _("letters in English")
    return shown.name, _("letters in %(language)s and English") % {"language": letters.name}
