"""What a child's page shows, gathered from the apps: each part as plain rows for its table or list.

The child has been loaded through `visible_to` before any of this is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from assessments.enums import Measure, Test
from assessments.models import Result, Score
from assessments.scales import is_counted, level_name
from district.duties import Duty, duties
from district.enums import Role
from district.looks import looks_for
from district.models import Delegation, Look, RoleAssignment, User, in_force
from district.permissions import ROLE_PERMISSIONS, Permission
from district.queries import remembering
from district.wording import capital, due_words, local_day, long_day, sentence
from notifications.models import Letter
from notifications.queries import with_deliveries
from students import originals
from students.enums import FolderKind
from students.models import HomeLanguageSurvey, LanguageStatus, Student

ORDER = list(Measure)
DONE_SHOWN = timedelta(days=120)  # of duties that are done, those of about a term
LOOKS_SHOWN = 5


@dataclass(frozen=True)
class Cell:
    """A score with its level: `1551`, `4 Well developed`."""

    score: str = ""
    level: str = ""


@dataclass(frozen=True)
class ScoreRow:
    """One administration of a test from one source."""

    test: str
    when: str
    source: str
    note: str
    cells: list[Cell]


@dataclass(frozen=True)
class ScoreTable:
    """A family of tests whose rows have the same columns, newest first."""

    id: str
    title: str
    caption: str
    columns: list[str]
    rows: list[ScoreRow]


def score_tables(student: Student) -> list[ScoreTable]:
    """Every result with its scores: the ELPAC, the CELDT before it, then the state's other tests."""
    scores = Prefetch("scores", queryset=Score.objects.all())
    results = list(student.results.select_related("examiner").prefetch_related(scores))
    families = [
        ("elpac", _("ELPAC, year by year"), lambda test: "elpac" in test),
        ("celdt", _("CELDT, before 2018"), lambda test: test == Test.CELDT),
        ("state", _("Other state tests"), lambda test: test not in (Test.CELDT, *ELPACS)),
    ]
    tables = [
        _score_table(slug, title, [each for each in results if fits(each.test)]) for slug, title, fits in families
    ]
    return [table for table in tables if table.rows]


ELPACS = [test for test in Test if "elpac" in test]


def _score_table(slug: str, title: str, results: list[Result]) -> ScoreTable:
    given = {score.measure for result in results for score in result.scores.all()}
    given |= {Measure.OVERALL for result in results if result.overall_score or result.level}
    columns = [measure for measure in ORDER if measure in given]
    newest = sorted(results, key=lambda each: (each.administration, each.tested_on or date.min), reverse=True)
    return ScoreTable(
        slug,
        title,
        _("Scale score, and how far English is developed: of four levels overall, of three in the domains.")
        if slug == "elpac"
        else _("Scale score, and the level in words."),
        [str(measure.label).capitalize() for measure in columns],
        [_score_row(result, columns) for result in newest],
    )


def _score_row(result: Result, columns: list[Measure]) -> ScoreRow:
    by_measure = {score.measure: score for score in result.scores.all()}
    cells = []
    for measure in columns:
        score = by_measure.get(measure)
        if measure == Measure.OVERALL:
            number, level = result.overall_score or getattr(score, "scale_score", None), result.level
            cells.append(Cell(str(number or ""), short_level(result.test, measure, level)))
        elif score is None:
            cells.append(Cell())
        elif score.is_exempt:
            cells.append(Cell("", _("exempt")))
        else:
            cells.append(Cell(str(score.scale_score or ""), short_level(result.test, measure, score.level)))
    return ScoreRow(
        test=f"{result.get_test_display()} {result.administration}",
        when=", ".join(part for part in (str(result.get_grade_display()), long_day(result.tested_on)) if part),
        source=_("%(source)s, %(day)s") % {"source": result.get_source_display(), "day": long_day(result.received_on)},
        note=_result_note(result),
        cells=cells,
    )


def _result_note(result: Result) -> str:
    notes = []
    if result.attempted == "P":
        notes.append(_("partial test"))
    if result.attempted == "N":
        notes.append(_("not attempted"))
    if result.condition_code:
        notes.append(_("condition code %(code)s") % {"code": result.condition_code})
    return "; ".join(notes)


def short_level(test: str, measure: str, level: str) -> str:
    """`4 Well`, or the word alone where the state gives words. The table's caption says that English is developed."""
    known = level_name(test, measure, level)
    if known is None:
        return level
    if not is_counted(known):
        return known.name
    name = known.name.removesuffix(" Developed").replace("/", "/\u200b")  # may be broken after the stroke
    return f"{known.rank} {name}"


@dataclass(frozen=True)
class Event:
    """An entry of a timeline (components/timeline.html)."""

    day: date
    what: str
    more: str = ""
    why: str = ""
    now: bool = False


def statuses(student: Student) -> list[Event]:
    """The status history, newest on top, each with its reason and who recorded it."""
    rows = LanguageStatus.objects.filter(student=student).select_related("recorded_by").order_by("-sequence")
    return [
        Event(
            row.starts,
            capital(row.get_status_display()),
            ", ".join(_status_more(row)),
            _("%(reason)s Recorded by %(who)s, %(day)s.")
            % {"reason": sentence(row.reason), "who": row.recorded_by, "day": long_day(row.recorded_at)},
            row.ends is None,
        )
        for row in rows
    ]


def _status_more(row: LanguageStatus) -> list[str]:
    more = [row.get_source_display()]
    if row.place:
        more.append(row.place)
    if row.is_provisional:
        more.append(_("provisional, records are awaited"))
    if row.ends == row.starts:
        more.append(_("kept no day: what came after counts from the same day or earlier"))
    return more


def placements(student: Student) -> list[Event]:
    """The placement history, newest on top: program, recommendation, the parents' words, who decided."""
    rows = student.placements.select_related("program", "recommended", "decided_by")
    return [
        Event(
            row.starts,
            str(row.program),
            _("until %(day)s") % {"day": long_day(row.ends)} if row.ends else "",
            " ".join(_placement_why(row)),
            row.ends is None,
        )
        for row in rows
    ]


def _placement_why(row) -> list[str]:
    parts = []
    if row.recommended:
        same = row.recommended_id == row.program_id
        name = _("As recommended.") if same else _("Recommended: %(program)s.") % {"program": row.recommended}
        parts += [name, sentence(row.recommendation_reason)]
    if row.reason:
        parts.append(sentence(row.reason))
    if row.parent_input:
        parts.append(_("The parents: “%(words)s”") % {"words": row.parent_input})
    parts.append(_("Decided by %(who)s, %(day)s.") % {"who": row.decided_by, "day": long_day(row.decided_at)})
    if row.copy_given_on:
        given = {"who": row.copy_given_to or _("the teacher"), "day": long_day(row.copy_given_on)}
        parts.append(_("Copy given to %(who)s, %(day)s.") % given)
    return [part for part in parts if part]


def stays(student: Student) -> list[Event]:
    """Schools and grades, newest on top."""
    rows = student.enrollments.select_related("school", "teacher").order_by("-starts")
    return [
        Event(
            row.starts,
            f"{row.school}, {row.get_grade_display()}",
            _("until %(day)s") % {"day": long_day(row.ends)} if row.ends else "",
            ". ".join(part for part in (_origin(row), row.exit_reason) if part),
            row.pk == student.current_enrollment_id,
        )
        for row in rows
    ]


def _origin(row) -> str:
    former = " ".join(part for part in (row.former_school, row.former_district) if part)
    said = [capital(row.get_origin_display())] if row.origin else []
    return ", ".join([*said, former] if former else said)


@dataclass(frozen=True)
class Survey:
    """A survey's answers in the paper form's order, with who signed and who entered."""

    answers: list[tuple[int, str]]
    is_signed: bool
    signer: str
    signed_on: date | None
    entered_by: str
    entered_on: date
    older: int


def survey(student: Student) -> Survey | None:
    """The version that counts, and how many there were before."""
    rows = HomeLanguageSurvey.objects.filter(student=student).order_by("-version")
    row = rows.select_related("question_1", "question_2", "question_3", "question_4", "entered_by").first()
    if row is None:
        return None
    return Survey(
        answers=[(number, str(answer) if answer else _("no answer")) for number, answer in enumerate(row.answers, 1)],
        is_signed=row.signed_on is not None,
        signer=row.signed_by,
        signed_on=row.signed_on,
        entered_by=str(row.entered_by),
        entered_on=local_day(row.entered_at),
        older=row.version - 1,
    )


@dataclass(frozen=True)
class Task:
    """A line of a task list (components/tasks.html)."""

    what: str
    tone: str
    word: str
    sub: str = ""
    url: str = ""


def duties_of(student: Student, on: date) -> list[Duty]:
    """What is due for the child, most urgent first, and what was done of late."""
    lately = Q(d_done__isnull=True) | Q(d_done__gt=on - DONE_SHOWN)
    return duties(as_of=on, where=Q(d_student=student.pk) & lately).page()


def duty_tasks(found: list[Duty], on: date) -> list[Task]:
    """What is due for the child, then what was done, newest first."""
    done = sorted((duty for duty in found if duty.done), key=lambda duty: duty.done or on, reverse=True)
    return [_waiting(duty, on) for duty in found if not duty.done] + [_done(duty) for duty in done]


def _waiting(duty: Duty, on: date) -> Task:
    owner = capital(Role(duty.rule.owner).label)
    if duty.due is None:
        return Task(str(duty.rule.title), "soon", _("no due day"), f"{owner}. {duty.why}", duty.url)
    due = due_words(duty.due, on)
    return Task(str(duty.rule.title), due.tone or "info", due.words, f"{owner}, {due.day}. {duty.why}", duty.url)


def _done(duty: Duty) -> Task:
    late = not duty.on_time and duty.due is not None
    word = _("done late") if late else _("done in time")
    return Task(str(duty.rule.title), "done", word, _("done %(day)s") % {"day": long_day(duty.done)})


def letters(student: Student, user: User) -> list[Letter]:
    """The letters that the person may read, newest first, each with how it left and came back."""
    issued = Letter.objects.visible_to(user, Permission.VIEW_LETTERS).filter(student=student)
    return list(with_deliveries(issued.defer("facts", "content")))


@dataclass(frozen=True)
class Folder:
    """The Yellow Folder: how many originals lie in it, how many must, and each of them."""

    filed: int
    wanted: int
    tasks: list[Task]


def folder(student: Student, on: date) -> Folder:
    """Every original that must lie in the folder, and what lies in it from years before."""
    with remembering():
        wanted = list(originals.of_child(student.pk, on))
    asked = {(each.kind, each.about_on) for each in wanted}
    items = student.folder_items.filter(filed_on__lte=on).select_related("filed_by")
    older = [item for item in items if (item.kind, item.about_on) not in asked]
    rows = [(each.kind, each.about_on, each.there_on, each.filed_on, each.filed_by) for each in wanted]
    rows += [(FolderKind(item.kind), item.about_on, None, item.filed_on, str(item.filed_by)) for item in older]
    tasks = [_original(*row) for row in sorted(rows, key=lambda row: (list(FolderKind).index(row[0]), row[1]))]
    return Folder(sum(1 for row in rows if row[3]), len(rows), tasks)


def _original(kind: FolderKind, about: date, there: date | None, filed: date | None, by: str) -> Task:
    what = _("%(kind)s of %(day)s") % {"kind": capital(kind.label), "day": long_day(about)}
    if filed:
        return Task(what, "done", _("filed"), _("%(day)s, by %(who)s") % {"day": long_day(filed), "who": by})
    return Task(what, "soon", _("to be filed"), _("there since %(day)s") % {"day": long_day(there)})


@dataclass(frozen=True)
class Access:
    """Who may see the page by their roles today, and who has looked."""

    by_role: list[tuple[str, str]]
    count: int
    looks: list[Look]
    all_looks: int


def access(student: Student, on: date, user: User) -> Access:
    """People who may see the child today, and the looks that `user` may read: the school's and the district's roles,
    the class teacher, and who stands in for one of them."""
    seers = [role for role in Role if Permission.VIEW_STUDENTS in ROLE_PERMISSIONS[role]]
    here = student.current_enrollment
    where = Q(school=None) & ~Q(role=Role.TEACHER)
    if here:
        where |= Q(school=here.school_id) & ~Q(role=Role.TEACHER)
    own_class = Q(role=Role.TEACHER, user=here.teacher_id) if here else Q(pk__in=[])
    held = RoleAssignment.objects.filter(in_force(on), role__in=seers, user__is_active=True)
    stands_in = Delegation.objects.filter(in_force(on), where, role__in=seers, delegate__is_active=True)
    people: dict[Role, dict[int, str]] = {}
    for one in held.filter(where | own_class).select_related("user").order_by("user__last_name", "user__username"):
        people.setdefault(Role(one.role), {})[one.user_id] = str(one.user)
    for one in stands_in.select_related("delegate"):
        name = _("%(who)s standing in") % {"who": one.delegate}
        people.setdefault(Role(one.role), {}).setdefault(one.delegate_id, name)
    looks = looks_for(user).filter(student_id=student.pk)
    return Access(
        [(capital(role.label), ", ".join(people[role].values())) for role in Role if role in people],
        len({pk for users in people.values() for pk in users}),
        list(looks[:LOOKS_SHOWN]),
        looks.count(),
    )
