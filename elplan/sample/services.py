"""The sample's ELD sections, services, authorizations, and what parents ask for.

Most is in order. Awkward on purpose: learners without ELD, with ELD on some days only, in SEI without designated ELD,
in the mainstream without supports, teachers without a document or with one that has ended, families who wait for an
answer, requests that have just been enough, that are late to be told, and that were decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import OuterRef, Subquery

from assessments.models import Result
from assessments.queries.programs import newest_english
from district.enums import Grade, Role
from district.models import RoleAssignment, School, SchoolYear, in_force
from elplan.sample import years
from elplan.sample.book import Book, at_noon
from elplan.sample.copying import Table, Writer
from elplan.sample.pupils import ENGLISH, SPANISH
from students.enums import (
    AskedProgram,
    AuthorizationKind,
    FamilyWish,
    Funding,
    ProgramKind,
    ServiceEnd,
    ServiceKind,
    ServiceSetting,
    WishChannel,
)
from students.models import (
    EldSection,
    Enrollment,
    LanguageStatus,
    Placement,
    Program,
    ProgramCase,
    ProgramRequest,
    ProgramWish,
    Service,
    Student,
    TeacherAuthorization,
)
from students.queries.services import learners, year_in_session

# What others point to comes first.
MODELS: tuple[type[models.Model], ...] = (
    EldSection,
    Service,
    TeacherAuthorization,
    ProgramWish,
    ProgramRequest,
    ProgramCase,
)
PUNJABI = "28"
GROUPS = (("ELD 1", 1, 1), ("ELD 2", 2, 2), ("ELD 3 and 4", 3, 4))  # leveled sections of grades 7 to 12
SPANS = ((Grade.G07, Grade.G08), (Grade.G09, Grade.G12))
SUPPORTS = (
    "sentence frames and word walls in all subjects",
    "small group before each new unit, with pictures",
    "glossary, and more time for written work",
)
HOME = ("bilingual aide explains new ideas", "books in the family's language in the class library")
CURRICULA = ("Bridges to English", "Open Doors ELD")
WISHES = (
    "Quiero que esté en la clase regular con su prima.",
    "We speak English at home now and want the regular class.",
    "ਅਸੀਂ ਚਾਹੁੰਦੇ ਹਾਂ ਕਿ ਉਹ ਆਮ ਜਮਾਤ ਵਿੱਚ ਪੜ੍ਹੇ।",
)
ASKING = ("Queremos que aprenda a leer en los dos idiomas.", "We want the school to teach in both languages.")
ONE_WISH_OF = 90


@dataclass
class Shelf:
    """The tables, the school year, and the sections by school, grade and level (0: all levels)."""

    book: Book
    on: date
    year: SchoolYear
    tables: dict[type[models.Model], Table]
    sections: dict[tuple[int, str, int], tuple[int, int | None, int]] = field(default_factory=dict)


def write(book: Book, on: date) -> None:
    """All of it, for the children who are in the database; nothing on a day without school."""
    year = year_in_session(on)
    if year is None:
        return
    always = {"recorded_by_id": book.office, "seen_by_id": book.office}
    tables = {model: Table(model, at_noon(on), **_known(model, always)) for model in MODELS}
    shelf = Shelf(book, on, year, tables)
    _tell_sizes()
    _sections(shelf)
    _services(shelf)
    _authorizations(shelf)
    _wishes(shelf)
    _requests(shelf)
    writer = Writer()
    writer.send([table.take() for table in tables.values()])
    writer.wait()
    for table in tables.values():
        table.count_on()


def _tell_sizes() -> None:
    """Let the database know how full the tables have become; it would plan the reads that follow for empty ones."""
    names = [model._meta.db_table for model in (Student, Enrollment, LanguageStatus, Placement, Result)]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(names)}")


def _known(model: type[models.Model], values: dict[str, int]) -> dict[str, int]:
    names = {each.attname for each in model._meta.concrete_fields}
    return {name: value for name, value in values.items() if name in names}


# --- sections and services --------------------------------------------------------------------------------------


def _sections(shelf: Shelf) -> None:
    """To grade 6 one for each grade and school, for all levels; from grade 7 on leveled ones for a span of grades."""
    teachers: dict[tuple[int, str], list[int]] = {}
    here = Enrollment.objects.filter(in_force(shelf.on), teacher__isnull=False).order_by("teacher_id")
    for school, grade, teacher in here.values_list("school_id", "grade", "teacher_id").distinct():
        teachers.setdefault((school, grade), []).append(teacher)
    for school in School.objects.order_by("pk"):
        for grade in school.grades:
            if grade.rank < Grade.G07.rank:
                own = teachers.get((school.pk, grade.value), [None])
                _section(shelf, school.pk, f"ELD {grade.label}", grade, grade, (None, None), own[0], 30)
        for low, high in SPANS:
            inside = [grade for grade in school.grades if low.rank <= grade.rank <= high.rank]
            if not inside:
                continue
            own = [each for grade in inside for each in teachers.get((school.pk, grade.value), [])] or [None]
            for place, (name, first, last) in enumerate(GROUPS):
                who = own[place % len(own)]
                name = f"{name}, grades {low.rank} to {high.rank}"
                _section(shelf, school.pk, name, inside[0], inside[-1], (first, last), who, 50)


def _section(
    shelf: Shelf,
    school: int,
    name: str,
    low: Grade,
    high: Grade,
    levels: tuple[int | None, int | None],
    teacher: int | None,
    minutes: int,
) -> None:
    number = shelf.tables[EldSection].add(
        school_id=school,
        year_id=shelf.year.pk,
        name=name,
        kind=ServiceKind.DESIGNATED.value,
        grade_low=low.value,
        grade_high=high.value,
        level_low=levels[0],
        level_high=levels[1],
        teacher_id=teacher,
        period="" if minutes < 50 else f"period {2 + (levels[0] or 0)}",
        minutes=minutes,
        curriculum=CURRICULA[minutes > 30],
    )
    for grade in Grade:
        if low.rank <= grade.rank <= high.rank:
            for level in range(levels[0] or 0, (levels[1] or 0) + 1):
                shelf.sections[school, grade.value, level] = (number, teacher, minutes)


def _services(shelf: Shelf) -> None:
    placed = Placement.objects.filter(in_force(shelf.on), student=OuterRef("student_id"))
    newest = newest_english(shelf.on, "student_id").filter(test="summative_elpac")
    rows = learners(shelf.on).annotate(
        program=Subquery(placed.values("program__kind")[:1]),
        code=Subquery(placed.values("program__state_code")[:1]),
        newest=Subquery(newest.values("level")[:1]),
    )
    names = ("student_id", "stay", "stay__school_id", "stay__grade", "since", "program", "code", "newest")
    for row in rows.order_by("student_id").values_list(*names, "student__primary_language_id").iterator():
        _learner(shelf, *row)


def _learner(
    shelf: Shelf,
    child: int,
    stay: int,
    school: int,
    grade: str,
    since: date,
    program: str | None,
    code: str | None,
    level: str | None,
    language: str | None,
) -> None:
    """The services of one learner; the child's number says which are missing."""
    starts = years.school_day_from(since + timedelta(days=child % 5))
    if program == ProgramKind.DECLINED or starts > shelf.on:
        return
    known = {
        "student_id": child,
        "enrollment_id": stay,
        "starts": starts,
        "ends": shelf.year.last_day,
        "state_code": code or "",
    }
    _eld(shelf, known, child, school, grade, int(level or 0))
    add = shelf.tables[Service].add
    in_class = {"setting": ServiceSetting.CLASS.value}
    if (program == ProgramKind.ELM and child % 13 != 4) or (program == ProgramKind.SEI and child % 3 == 0):
        add(
            **known,
            **in_class,
            kind=ServiceKind.SUPPORT.value,
            supports=SUPPORTS[child % len(SUPPORTS)],
            funding=(Funding.TITLE_III if child % 4 == 0 else Funding.SUPPLEMENTAL).value,
        )
    if language and language != ENGLISH and child % 3:
        add(
            **known,
            **in_class,
            kind=ServiceKind.HOME_LANGUAGE.value,
            supports=HOME[child % len(HOME)],
            language_id=language,
            funding=(Funding.TITLE_I_C if child % 9 == 1 else Funding.SUPPLEMENTAL).value,
        )


def _eld(shelf: Shelf, known: dict[str, Any], child: int, school: int, grade: str, level: int) -> None:
    add, daily = shelf.tables[Service].add, ServiceKind.DESIGNATED.value
    if child % 61 == 5:
        return  # nothing at all
    if child % 47 == 3:
        kind, where = ServiceKind.INTEGRATED.value, ServiceSetting.CLASS.value
        add(**known, kind=kind, setting=where, minutes=30, curriculum=CURRICULA[0])
        return
    if child % 53 == 7:
        add(**known, kind=daily, setting=ServiceSetting.PUSH_IN.value, minutes=40, days_a_week=3)
        return
    wanted = (school, grade, max(level, 1) if Grade(grade).rank >= Grade.G07.rank else 0)
    section, teacher, minutes = shelf.sections.get(wanted, (None, None, 30))
    if section is None:
        add(**known, kind=daily, setting=ServiceSetting.CLASS.value, minutes=minutes)
        return
    ended: dict[str, Any] = {}
    if child % 211 == 9:
        words = "The mother said at the door that her son does not want to leave the class for ELD."
        ended = {"ends": shelf.on, "end_reason": ServiceEnd.DECLINED.value, "end_note": words}
    add(
        **(known | ended),
        kind=daily,
        setting=ServiceSetting.SECTION.value,
        section_id=section,
        provider_id=teacher,
        minutes=minutes,
        curriculum=CURRICULA[minutes > 30],
    )


def _authorizations(shelf: Shelf) -> None:
    """Of most teachers a document was seen. No code is invented: what is printed on it stays empty."""
    held = RoleAssignment.objects.filter(in_force(shelf.on), role=Role.TEACHER).order_by("user_id")
    teachers = held.values_list("user_id", flat=True).distinct()
    seen = shelf.year.first_day
    for place, teacher in enumerate(teachers):
        if place % 12 == 5:
            continue
        ends = None if place % 3 else date(seen.year + 1 + place % 4, 8, 1)
        if place % 17 == 8:
            ends = date(seen.year, 6, 30)
        elif place % 15 == 3:
            ends = shelf.on + timedelta(days=25)
        kind = AuthorizationKind.BCLAD if place % 4 == 0 else AuthorizationKind.CLAD
        shelf.tables[TeacherAuthorization].add(
            teacher_id=teacher, kind=kind.value, issued_on=seen - timedelta(days=1500), expires_on=ends, seen_on=seen
        )


# --- what parents ask for ---------------------------------------------------------------------------------------


def _wishes(shelf: Shelf) -> None:
    """Reply boxes that came back: some wait for an answer, some have one; who declined was answered."""
    programs = {row.kind: row.pk for row in Program.objects.all()}
    rows = Placement.objects.filter(in_force(shelf.on), student__current_enrollment__ends=None).order_by("student_id")
    names = ("pk", "student_id", "program__kind", "starts")
    for place, (pk, child, kind, starts) in enumerate(rows.values_list(*names)):
        if kind == ProgramKind.DECLINED:
            _wish(shelf, child, starts, FamilyWish.DECLINE, None, answered=starts, placement=pk)
        elif kind == ProgramKind.SEI and place % ONE_WISH_OF == 11:
            said = years.school_day_from(max(shelf.year.first_day, shelf.on - timedelta(days=3 + place % 30)))
            _wish(shelf, child, min(said, shelf.on), FamilyWish.CHOOSE, programs[ProgramKind.ELM])


def _wish(
    shelf: Shelf,
    child: int,
    said: date,
    wish: FamilyWish,
    program: int | None,
    *,
    answered: date | None = None,
    placement: int | None = None,
) -> None:
    shelf.tables[ProgramWish].add(
        student_id=child,
        wish=wish.value,
        program_id=program,
        said_on=said,
        said_by="mother",
        channel=WishChannel.REPLY_BOX.value,
        words=WISHES[child % len(WISHES)],
        answered_on=answered,
        answered_by_id=shelf.book.office if answered else None,
        answer="The child stays an English learner and is tested every year." if answered else "",
        placement_id=placement,
    )


def _requests(shelf: Shelf) -> None:
    """Elementary: just enough, and late to be told. Upper: still counted. High: a grade's, told and decided."""
    schools = list(School.objects.order_by("pk")[:4])
    if len(schools) < 4:
        return
    elementary, upper, high, _continuation = schools
    days = [day for day in years.school_days(years.year_of(shelf.on)) if day <= shelf.on]
    _ask(shelf, _children(shelf, elementary), days, AskedProgram.DUAL, SPANISH, 31, ends_before=12)
    _ask(shelf, _children(shelf, upper), days, AskedProgram.DUAL, SPANISH, 12, ends_before=2)
    ninth = _children(shelf, high, Grade.G09)
    last = _ask(shelf, ninth, days, AskedProgram.HERITAGE, PUNJABI, 20, ends_before=30)
    if len(ninth) < 20 or last is None:
        return
    shelf.tables[ProgramCase].add(
        school_id=high.pk,
        year_id=shelf.year.pk,
        asked_for=AskedProgram.HERITAGE.value,
        language_id=PUNJABI,
        reached_on=last,
        grade=Grade.G09.value,
        notified_on=years.school_day_from(last + timedelta(days=6)),
        notified_by_id=shelf.book.office,
        decided_on=years.school_day_from(last + timedelta(days=30)),
        decided_by_id=shelf.book.office,
        is_offered=False,
        explanation="No teacher authorized for Punjabi has answered the advertisement; it is repeated in the spring.",
    )


def _children(shelf: Shelf, school: School, grade: Grade | None = None) -> list[tuple[int, str]]:
    rows = Enrollment.objects.filter(in_force(shelf.on), school=school, starts__lte=shelf.year.first_day)
    rows = rows.filter(grade=grade) if grade else rows
    return list(rows.order_by("student_id").values_list("student_id", "grade"))


def _ask(
    shelf: Shelf,
    children: list[tuple[int, str]],
    days: list[date],
    asked_for: AskedProgram,
    language: str,
    number: int,
    *,
    ends_before: int,
) -> date | None:
    """So many children ask on school days up to some before now; the day of the last request."""
    until = days[: max(len(days) - ends_before, 1)]
    last = None
    for place, (child, grade) in enumerate(_spread(children, number)):
        last = until[max(len(until) - number + place, 0)]
        shelf.tables[ProgramRequest].add(
            student_id=child,
            school_id=Enrollment.objects.filter(student=child, ends=None).values_list("school_id", flat=True)[0],
            year_id=shelf.year.pk,
            grade=grade,
            asked_for=asked_for.value,
            language_id=language,
            asked_on=last,
            asked_by="mother" if place % 2 else "father",
            channel=(WishChannel.SPOKEN if place % 3 else WishChannel.WRITING).value,
            words=ASKING[place % len(ASKING)],
        )
    return last


def _spread(children: list[tuple[int, str]], number: int) -> Iterable[tuple[int, str]]:
    step = max(len(children) // number, 1)
    return children[::step][:number]
