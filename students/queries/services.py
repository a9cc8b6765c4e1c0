"""Reads of ELD sections and services: who is a learner on a day, what each has, and where something is missing.

The audits of chapter 2 are built here once, for the duties, the pages and their counts: each is a queryset of the
language statuses of learners, joined to the enrollment of the day as `stay`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.calendar import add_years
from district.enums import Grade
from district.findings import Finding
from district.models import Entry, SchoolYear, User, in_force
from district.queries import school_year
from district.wording import long_day
from students.enums import ElStatus, ProgramKind, ServiceEnd, ServiceKind
from students.models import (
    Enrollment,
    LanguageStatus,
    Placement,
    Service,
    Student,
    TeacherAuthorization,
)
from students.queries import with_stay
from students.rules import services as cards

SECONDARY = [grade.value for grade in Grade if grade.rank >= Grade.G07.rank]  # MP2-06
MOST = 6  # from so many years in the program on they stand in one column


def year_in_session(on: date) -> SchoolYear | None:
    """The school year in whose days of instruction a day lies; None in the summer, when nobody has ELD."""
    year = school_year(on)
    return year if year and year.first_day <= on <= year.last_day else None


def learners(on: date) -> QuerySet[LanguageStatus]:
    """English learners enrolled on a day, annotated `since`: from when on they are to be served in this stay."""
    rows = with_stay(LanguageStatus.objects.on(on).filter(status=ElStatus.EL), on)
    year = year_in_session(on)
    if year is None:
        return rows.annotate(since=F("starts")).none()
    return rows.annotate(since=Greatest("starts", "stay__starts", year.first_day, output_field=DateField()))


def placed_in(on: date, *kinds: ProgramKind) -> Exists:
    """The learner is in one of the programs on the day."""
    return Exists(Placement.objects.filter(in_force(on), student=OuterRef("student_id"), program__kind__in=kinds))


def given(on: date) -> QuerySet[Service]:
    """Services of the learner at hand on the day."""
    return Service.objects.on(on).filter(student=OuterRef("student_id"))


def declined_eld(on: date) -> Q:
    """The parents declined the program, or the ELD of this stay (PL-02)."""
    ended = Service.objects.filter(
        enrollment=OuterRef("stay__pk"),
        kind__in=[ServiceKind.DESIGNATED, ServiceKind.INTEGRATED],
        end_reason=ServiceEnd.DECLINED,
        ends__lte=on,
    )
    return placed_in(on, ProgramKind.DECLINED) | Exists(ended)


def without_daily_eld(on: date) -> QuerySet[LanguageStatus]:
    """Learners without ELD on every day of the week; there must be none (MP2-05)."""
    return learners(on).filter(~Exists(given(on).eld().daily())).exclude(declined_eld(on))


def declining(on: date) -> QuerySet[LanguageStatus]:
    """Learners whose parents declined ELD, and who have none; they are tested all the same."""
    return learners(on).filter(declined_eld(on)).exclude(Exists(given(on).eld().daily()))


def without_leveled_section(on: date) -> QuerySet[LanguageStatus]:
    """Learners in grades 7 to 12 without a section of leveled ELD (MP2-06, DI-07)."""
    leveled = given(on).eld().filter(section__level_low__isnull=False)
    return learners(on).filter(~Exists(leveled), stay__grade__in=SECONDARY).exclude(declined_eld(on))


def without_designated_eld(on: date) -> QuerySet[LanguageStatus]:
    """Learners in SEI without daily designated ELD (MP2-07)."""
    designated = given(on).daily().filter(kind=ServiceKind.DESIGNATED)
    return learners(on).filter(placed_in(on, ProgramKind.SEI), ~Exists(designated)).exclude(declined_eld(on))


def without_supports(on: date) -> QuerySet[LanguageStatus]:
    """Learners in the mainstream without recorded supports (MP2-04)."""
    return learners(on).filter(placed_in(on, ProgramKind.ELM), ~Exists(given(on).filter(kind=ServiceKind.SUPPORT)))


def authorized(on: date, teacher: str) -> Exists:
    """The teacher at a path is authorized for English learners on the day."""
    valid = TeacherAuthorization.objects.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=on), seen_on__lte=on)
    return Exists(valid.filter(teacher=OuterRef(teacher)))


def section_teacher(on: date) -> Subquery:
    """Who teaches the learner's ELD section, where that is not said to be nobody."""
    sections = given(on).eld().filter(section__teacher__isnull=False).order_by("kind")
    return Subquery(sections.values("section__teacher_id")[:1])


def without_authorized_teacher(on: date) -> QuerySet[LanguageStatus]:
    """Learners whose class teacher, or teacher of ELD, has no valid authorization (MP5-75, X-14)."""
    rows = learners(on).annotate(eld_teacher=section_teacher(on))
    in_class = Q(stay__teacher__isnull=False) & ~authorized(on, "stay__teacher_id")
    in_eld = Q(eld_teacher__isnull=False) & ~authorized(on, "eld_teacher")
    return rows.filter(in_class | in_eld)


def current_program(on: date) -> Subquery:
    """The program of the learner at hand, in words."""
    placed = Placement.objects.filter(in_force(on), student=OuterRef("student_id")).order_by("-starts")
    return Subquery(placed.values("program__name")[:1], output_field=CharField())


def in_immersion(on: date) -> QuerySet[Placement]:
    """Placements in SEI in force, annotated `first` (since when in SEI, all times together) and `years` (full ones)."""
    same = Placement.objects.filter(student=OuterRef("student_id"), program__kind=ProgramKind.SEI, starts__lte=on)
    first = Subquery(same.order_by("starts").values("starts")[:1], output_field=DateField())
    rows = with_stay(Placement.objects.filter(in_force(on), program__kind=ProgramKind.SEI), on).annotate(first=first)
    spans = [When(first__lte=add_years(on, -number), then=Value(number)) for number in range(MOST, 0, -1)]
    return rows.annotate(years=Case(*spans, default=Value(0), output_field=IntegerField()))


# --- one child, or some -----------------------------------------------------------------------------------------


def stays_on(children: Iterable[int], on: date) -> dict[int, Enrollment]:
    """The enrollment of each child on a day, by child."""
    rows = Enrollment.objects.filter(in_force(on), student__in=children).select_related("school", "teacher")
    return {row.student_id: row for row in rows}


def programs_of(children: Sequence[int], on: date) -> dict[int, Placement]:
    """The placement in force of each child on a day, by child."""
    rows = Placement.objects.filter(in_force(on), student__in=children).select_related("program")
    return {row.student_id: row for row in rows.order_by("starts")}


def given_to(children: Sequence[int], on: date) -> dict[int, list[Service]]:
    """What each child is given on a day, by child."""
    found: dict[int, list[Service]] = {}
    for row in Service.objects.on(on).filter(student__in=children).select_related("section").order_by("kind"):
        found.setdefault(row.student_id, []).append(row)
    return found


def documents_of(teacher: User | None) -> list[tuple[str, date | None]]:
    """A teacher's authorizations as `rules.services.authorization` takes them."""
    if teacher is None:
        return []
    return [(document_name(row), row.expires_on) for row in teacher.authorizations.all()]


def document_name(row: TeacherAuthorization) -> str:
    """CLAD, or what the document itself says."""
    name = row.get_kind_display() if row.kind != "other" or not row.code else row.code
    return f"{name} ({row.code})" if row.kind != "other" and row.code else str(name)


def authorization_of(teacher: User | None, on: date) -> Finding:
    """Whether a teacher is authorized for English learners, with the documents on file."""
    return cards.authorization(str(teacher or ""), documents_of(teacher), on)


def is_authorized(teacher: User, on: date) -> bool:
    return authorization_of(teacher, on).outcome == cards.VALID


def lights(student: Student, on: date) -> dict[str, Finding]:
    """The service card: ELD, access to the core subjects, primary-language or multicultural support (MP0-05)."""
    placed = programs_of([student.pk], on).get(student.pk)
    program = placed.program.kind if placed else None
    stay = stays_on([student.pk], on).get(student.pk)
    held = [cards.Given(row.kind, row.is_daily, row.starts) for row in Service.objects.on(on).filter(student=student)]
    held += [
        cards.Given(row.kind, row.is_daily, row.starts, declined=True)
        for row in Service.objects.filter(enrollment=stay, end_reason=ServiceEnd.DECLINED, ends__lte=on)
        if stay
    ]
    allowed = authorization_of(stay.teacher if stay else None, on)
    return {
        "eld": cards.eld_light(held, program),
        "core": cards.core_light(held, program, allowed),
        "home": cards.home_light(held, program),
    }


def stands_on(student: Student, entry: Entry) -> str | None:
    """The service that rests on an enrollment, as a sentence; the enrollment is not put back while it is there."""
    if entry.kind not in ("enroll", "transfer"):
        return None
    held = Service.objects.filter(enrollment=student.current_enrollment_id, recorded_at__gt=entry.made_at).first()
    if held is None:
        return None
    said = {"what": held.get_kind_display(), "day": long_day(held.starts)}
    return _("The child has %(what)s from %(day)s on.") % said


@dataclass(frozen=True)
class Light:
    """One of the three lights: what it is about, a word for its state, the reason, and tone."""

    name: Any
    word: Any
    tone: str
    reason: str
    source: str


WORDS = {
    cards.GIVEN: (gettext_lazy("given"), "done"),
    cards.PARTLY: (gettext_lazy("in part"), "soon"),
    cards.MISSING: (gettext_lazy("missing"), "late"),
    cards.DECLINED: (gettext_lazy("declined by the parents"), "wait"),
}
NAMES = {
    "eld": gettext_lazy("English language development (ELD)"),
    "core": gettext_lazy("Access to the core subjects"),
    "home": gettext_lazy("Primary-language and multicultural support"),
}


def card(student: Student, on: date) -> list[Light]:
    """The service card in words (MP0-05); nothing for a child who is no English learner that day."""
    if not LanguageStatus.objects.filter(student=student, status=ElStatus.EL).on(on).exists():
        return []
    return [
        Light(NAMES[name], *WORDS[found.outcome], found.reason, found.source)
        for name, found in lights(student, on).items()
    ]
