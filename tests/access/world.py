"""The district that is walked through: a small sample, a token for each child, one person for each role."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO

from django.db.models import Q
from django.urls.resolvers import URLPattern
from PIL import Image

from accountability.models import StakeholderInput
from assessments.actions.action_plans import begin_action_plan
from assessments.enums import Subject
from assessments.imports.apply import apply_import
from assessments.imports.staging import stage
from assessments.models import ActionPlan, ScoreImport
from district.enums import Role
from district.models import (
    Delegation,
    Entry,
    Language,
    LegalRule,
    NonSchoolDay,
    RoleAssignment,
    School,
    SchoolYear,
    Term,
    Trustee,
    User,
)
from district.permissions import ROLE_PERMISSIONS, Permission
from notifications.actions import ask_for_run, issue_letter, note_sent, save_draft, work_run
from notifications.models import LetterVersion
from students import originals
from students.actions import add_evidence, ask_correction, attach_scan, draw_sample, set_flag
from students.enums import ElStatus, FlagKind
from students.models import Correction, Enrollment, LanguageStatus, Student
from tests.access import tokens
from tests.access.conferences import conference_things
from tests.access.score_lists import list_things
from tests.access.services import service_things
from tests.assessments.imports import files

ON = date(2026, 11, 24)
LONG_AGO = date(2018, 7, 1)
OWN, OTHER, NONE = "own school", "other school", "no school"
NOBODY, GONE = "nobody", "gone"  # not signed in; signed in, and held every role until yesterday
WHOLE_DISTRICT = (Role.LIAISON, Role.EL_ADMINISTRATOR, Role.SUPERINTENDENT, Role.BOARD)


@dataclass
class World:
    """`objects`: by what stands before the number in the address, then by place (or the same everywhere)."""

    own: School
    other: School
    office: User
    people: dict[str, User] = field(default_factory=dict)
    school_of: dict[int, int] = field(default_factory=dict)
    in_class: frozenset[int] = frozenset()
    objects: dict[str, dict[str, object]] = field(default_factory=dict)
    children: dict[str, Student] = field(default_factory=dict)

    def visible(self, role: str, permission: Permission | str) -> set[int]:
        """The children for whom the role gives the permission, by the table of permissions and nothing else."""
        if permission not in ROLE_PERMISSIONS.get(role, ()):
            return set()
        if role in WHOLE_DISTRICT:
            return set(self.school_of)
        if role == Role.TEACHER:
            return set(self.in_class)
        return {child for child, school in self.school_of.items() if school == self.own.pk}

    def address(self, path: str, route: URLPattern, place: str) -> tuple[str, bool]:
        """The route's address for something at a place, and whether that thing belongs to a school."""
        found, is_scoped, rest = "/", False, path
        while "<" in rest:
            before, _mark, rest = rest.partition("<")
            kwarg, _mark, rest = rest.partition(">")
            found += before
            value, scoped = self._fill(route, kwarg.partition(":")[2] or kwarg, path, place)
            found, is_scoped = found + str(value), is_scoped or scoped
        return found + rest, is_scoped

    def _fill(self, route: URLPattern, name: str, path: str, place: str) -> tuple[object, bool]:
        literal = path.split("<")[0]
        for key in (f"{route.name}:{name}", f"{literal}{name}", name):
            if key in self.objects:
                values = self.objects[key]
                return values.get(place, values.get("")), "" not in values
        raise LookupError(
            f"The address {path!r} has a part {name!r} that this walk cannot fill."
            f" Add {literal + name!r} to the objects in tests/access/world.py."
        )


def build() -> World:
    """Plant the tokens in the loaded sample, add people and things, and name what each address may be filled with."""
    tokens.plant()
    schools = list(School.objects.order_by("cds_code"))
    office = User.objects.get(username="el_administrator")
    world = World(schools[0], schools[1], office)
    for place, school in ((OWN, world.own), (OTHER, world.other)):
        world.children[place] = _learner(school)
    world.in_class = _give_class(world, User.objects.create(username="walk-teacher", last_name="Walker"))
    _people(world)
    things = {place: _things(office, child) for place, child in world.children.items()}
    for name in things[OWN]:
        world.objects[name] = {place: things[place][name] for place in things}
    _district_things(world, office)
    tokens.plant()  # once more: what was made here has words of children in it as well
    world.school_of = dict(Student.objects.values_list("pk", "current_enrollment__school"))
    return world


def _learner(school: School) -> Student:
    """An English learner of the school of whom much is on file."""
    learners = LanguageStatus.objects.on(ON).filter(status=ElStatus.EL).values("student")
    here = Student.objects.filter(current_enrollment__school=school, pk__in=learners, ssid__isnull=False)
    rich = here.filter(results__test="summative_elpac", results__administration="2025-26", placements__ends=None)
    return rich.filter(Q(letter_language=None) | Q(letter_language="01"), primary_language="01").distinct()[0]


def _give_class(world: World, teacher: User) -> frozenset[int]:
    """Half of the school's children, the one that is looked at among them, are the teacher's class."""
    here = Enrollment.objects.filter(school=world.own, ends=None).order_by("pk")
    ids = sorted({world.children[OWN].pk, *list(here.values_list("student", flat=True))[::2]})
    here.filter(teacher=teacher).update(teacher=None)
    here.filter(student__in=ids).update(teacher=teacher)
    return frozenset(ids)


def _people(world: World) -> None:
    """For each role one person who holds it, and one person who held all of them until yesterday."""
    gone = User.objects.create(username="walk-gone", last_name="Walker")
    for role in Role:
        school = None if role in WHOLE_DISTRICT else world.own
        name = f"walk-{role.value.replace('_', '-')}"
        user, _made = User.objects.get_or_create(username=name, defaults={"last_name": "Walker"})
        RoleAssignment.objects.create(user=user, role=role, school=school, starts=LONG_AGO)
        RoleAssignment.objects.create(user=gone, role=role, school=school, starts=LONG_AGO, ends=date(2026, 11, 23))
        world.people[role] = user
    world.people[GONE] = gone


def _things(office: User, child: Student) -> dict[str, object]:
    """What hangs on one child, by the part of the address it fills."""
    flag = set_flag(by=office, student=child, kind=FlagKind.FOSTER, starts=ON)
    letter = issue_letter(by=office, kind="annual", student=child, on=ON, accepts_drafts=True)
    note_sent(by=office, letters=[letter.pk], way="mailed", left_on=ON, on=ON, note="to both parents")
    run = ask_for_run(
        by=office,
        kind="folder_label",
        school=None,
        on=ON,
        students=[child.pk],
        accepts_drafts=True,
        in_background=False,
    )
    work_run(run.pk)
    attach_scan(by=office, student=child, kind="survey", about_on=_survey_day(child), data=_picture(child.pk), on=ON)
    school = child.current_enrollment.school
    last = Term.objects.filter(system=school.terms, year__first_day__lte=ON, year__last_day__gte=ON).latest("number")
    sample = draw_sample(by=office, school=school, on=last.starts, seed=child.pk)  # those of the year
    return {
        "children/pk": child.pk,
        "measure_enter_row:pk": child.pk,
        "action-plans/pk": _plan(office, child).pk,
        "scans/pk": child.scans.latest("pk").pk,
        "attestations/pk": sample.pk,
        "attestations/folders/pk": sample.folders.first().pk,
        "letters/preview/pk": child.pk,
        "letters/issue/pk": child.pk,
        "surveys/pk": child.surveys.first().pk,
        "flags/pk": flag.pk,
        "statuses/pk": child.statuses.first().pk,
        "corrections/pk": _correction(office, child).pk,
        "entries/pk": Entry.objects.filter(student_id=child.pk).latest("pk").pk,
        "letters/pk": letter.pk,
        "letters/runs/pk": run.pk,
        **conference_things(office, child, ON),
        **service_things(office, child, ON),
    }


def _survey_day(child: Student) -> date:
    return next(each.about_on for each in originals.of_child(child.pk, ON) if each.kind == "survey")


def _picture(number: int) -> bytes:
    file = BytesIO()
    Image.new("L", (20, 20), number % 256).save(file, "PNG")
    return file.getvalue()


def _correction(office: User, child: Student) -> Correction:
    """A running correction: the child was tested by mistake."""
    asked = {"asked_on": ON, "asked_by": "office", "asked_name": "Walker", "why": "misread"}
    case = ask_correction(by=office, student=child, process="B", **asked)
    add_evidence(by=office, case=case, kind="survey", of_day=ON, what="the survey as it was entered")
    return case


def _plan(office: User, child: Student) -> ActionPlan:
    """An open action plan of the child."""
    return begin_action_plan(
        by=office,
        student=child,
        subject=Subject.OTHER,
        need="walk",
        action="walk",
        owner=office,
        starts=ON,
        review_on=ON + timedelta(days=30),
        ends=ON + timedelta(days=60),
    )


def _district_things(world: World, office: User) -> None:
    """What belongs to no school."""
    secretary = User.objects.get(username="secretary-high")
    closed = User.objects.create(username="walk-closed", last_name="Walker", is_active=False)
    draft = _draft(office)
    for name, value in {
        "measures/slug": "sri",
        "measures/tables/slug": "dibels_8th",
        "kind": "annual",
        "services/missing/which": "eld",
        "letters/blank/kind": "survey_blank",
        "system": "quarter",
        "school_id": world.own.pk,
        "letters/versions/pk": draft.pk,
        "letters/versions/texts/pk": draft.texts.get(language="es").pk,
        "score-files/pk": _score_file(world, office, "2024-25").pk,
        "import_undo:pk": _score_file(world, office, "2023-24", applied=True).pk,
        "settings/input/pk": StakeholderInput.objects.first().pk,
        "settings/trustees/pk": Trustee.objects.first().pk,
        "settings/schools/pk": world.other.pk,
        "settings/calendar/years/pk": SchoolYear.objects.get(name="2026-27").pk,
        "settings/calendar/days-off/pk": NonSchoolDay.objects.filter(day__gt=ON).first().pk,
        "settings/languages/code": Language.objects.get(pk="28").pk,
        "settings/rules/code": LegalRule.objects.get(code="OWN-03").code,
        "settings/people/pk": secretary.pk,
        "account_open:pk": closed.pk,
        "settings/roles/pk": secretary.role_assignments.first().pk,
        "settings/vacancies/pk": Delegation.objects.first().pk,
        **list_things(office, world.children.values(), ON),
        "account/set-password/number": "MTIz",
        "account/set-password/token": uuid.UUID(int=7).hex,
    }.items():
        world.objects[name] = {"": value}


def _draft(office: User) -> LetterVersion:
    """The next version of a text, not yet published."""
    texts = LetterVersion.objects.in_force("annual", ON).texts.values_list("language", "title", "body")
    return save_draft(by=office, kind="annual", texts={code: (title, body) for code, title, body in texts})


def _score_file(world: World, office: User, year: str, *, applied: bool = False) -> ScoreImport:
    """A score file with a line for the child of each school, previewed or read in."""
    spring = int(year[:4]) + 1
    rows = [
        files.child(
            number,
            ssid=child.ssid,
            local_id=child.local_id,
            last_name=child.last_name,
            first_name=child.first_name,
            birth_date=child.birth_date.isoformat(),
            grade="03",
            tested_on=f"{spring}-03-17",
            report_created_on=f"{spring}-06-20",
        )
        for number, child in enumerate(world.children.values())
    ]
    lines = files.table("summative_elpac", year, rows)
    batch = stage(by=office, name=f"walk-{year}.csv", file=BytesIO(files.as_text(lines)), received_on=ON, on=ON)
    return apply_import(by=office, batch_id=batch.pk, on=ON, leave_out_rejected=True) if applied else batch
