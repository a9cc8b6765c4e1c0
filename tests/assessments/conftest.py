"""The cast of the tests of assessments: children made by actions, on a calendar that is known.

Alder School (TK to 6)   secretary Marisela, principal Ruth, examiner Edda, teacher Tomas
Birch School (7 to 12)   secretary Nadia, examiner Emil
district                 EL administrator Rosa; superintendent Imogen sees figures only
"""

from __future__ import annotations

from datetime import date
from itertools import count

import pytest

from assessments import actions
from assessments.enums import Test
from assessments.loaders import load_score_ranges
from assessments.models import Result, Score, Training
from assessments.queries.initial import deciding
from assessments.queries.testing import TRAINED_FOR
from district import loaders as ground
from district.enums import Role
from district.models import District, Figure, Language, School, SchoolYear, User
from notifications.models import Letter, LetterVersion
from students import actions as students
from students import loaders
from students.enums import ElStatus, Origin, StatusSource
from students.models import Program, Student
from tests.district.conftest import person

D = date.fromisoformat
FIRST_DAY = D("2026-08-12")
ENROLLED = D("2026-11-02")
_numbers = count(204_001)


@pytest.fixture
def facts_of_law(db):
    """What comes with the product and these tests stand on."""
    ground.load_languages()
    ground.load_legal_rules()
    loaders.load_transitions()
    loaders.load_programs()
    load_score_ranges()


@pytest.fixture
def calendar(facts_of_law):
    SchoolYear.objects.create(name="2025-26", first_day=D("2025-08-13"), last_day=D("2026-06-04"))
    return SchoolYear.objects.create(name="2026-27", first_day=FIRST_DAY, last_day=D("2027-06-03"))


@pytest.fixture
def letterhead(db):
    return District.objects.create(
        name="Valle Claro Unified School District",
        cds_code="9900001",
        address="310 Alder Street, Valle Claro, California 95000",
        phone="530-555-0100",
        fax="530-555-0101",
    )


@pytest.fixture
def alder(calendar, letterhead):
    return School.objects.create(
        cds_code="99000010000011",
        name="Alder School",
        short_name="Alder",
        grade_low="TK",
        grade_high="06",
        address="12 Orchard Lane, Valle Claro, California 95000",
        contact_name="Ms. Ochoa",
        contact_phone="530-555-0111",
    )


@pytest.fixture
def birch(calendar, letterhead):
    return School.objects.create(
        cds_code="99000010000029",
        name="Birch School",
        short_name="Birch",
        grade_low="07",
        grade_high="12",
        contact_name="Mr. Karimi",
        contact_phone="530-555-0129",
    )


@pytest.fixture
def marisela(alder):
    return person("marisela", (Role.SECRETARY, alder))


@pytest.fixture
def ruth(alder):
    return person("ruth", (Role.PRINCIPAL, alder))


@pytest.fixture
def tomas(alder):
    return person("tomas", (Role.TEACHER, alder))


@pytest.fixture
def edda(alder):
    return _examiner("edda", alder)


@pytest.fixture
def nadia(birch):
    return person("nadia", (Role.SECRETARY, birch))


@pytest.fixture
def emil(birch):
    return _examiner("emil", birch)


@pytest.fixture
def rosa(facts_of_law):
    return person("rosa", Role.EL_ADMINISTRATOR)


@pytest.fixture
def imogen(facts_of_law):
    return person("imogen", Role.SUPERINTENDENT)


@pytest.fixture
def figures(calendar):
    """What the district answers for in its letters of the year."""
    for key, low, high in (("expected_years", 5, 6), ("reclassified", 12, None), ("graduation", "91.5", None)):
        Figure.objects.create(key=key, year=calendar, low=low, high=high, source="the district's own count")


@pytest.fixture
def programs(facts_of_law):
    return {program.kind: program for program in Program.objects.all()}


@pytest.fixture
def cut(rosa):
    """The district's cut for reasonable fluency: intermediate, in all grades."""
    return students.set_fluency_cut(
        by=rosa,
        test=Test.INITIAL_ELPAC,
        grade_low="KN",
        grade_high="12",
        level="intermediate_el",
        valid_from=D("2026-07-01"),
        source="EL administrator, 1 July 2026",
    )


@pytest.fixture
def enroll(alder, rosa):
    """Enroll a child: kindergarten at Alder on Mon 2 Nov 2026 unless told otherwise."""

    def make(**given) -> Student:
        number = next(_numbers)
        return students.enroll_student(
            **{
                "by": rosa,
                "school": alder,
                "grade": "KN",
                "starts": ENROLLED,
                "origin": Origin.NEW,
                "last_name": "Gill",
                "first_name": f"Jasleen {number}",
                "birth_date": D("2021-03-09"),
                "local_id": str(number),
                "gender": "F",
                "first_us_school_on": given.get("starts", ENROLLED),
                **given,
            }
        )

    return make


@pytest.fixture
def to_be_tested(enroll, rosa):
    """A child whose survey names Punjabi, or another language."""

    def make(language: str = "28", **given) -> Student:
        child = enroll(**given)
        spoken = Language.objects.get(pk=language)
        students.record_survey(
            by=rosa, student=child, answers=[spoken, spoken, spoken, spoken], answered_on=given.get("starts", ENROLLED)
        )
        child.refresh_from_db()
        return child

    return make


@pytest.fixture
def score_locally(edda):
    """The school's own score of a child: `score_locally(child, 402)`."""

    def make(child: Student, score: int = 402, **given) -> Result:
        return actions.record_local_result(
            **{
                "by": edda,
                "student": child,
                "test": Test.INITIAL_ELPAC,
                "tested_on": D("2026-11-10"),
                "scores": {"overall": actions.Given(score)},
                "examiner": edda,
                **given,
            }
        )

    return make


@pytest.fixture
def from_state(rosa):
    """A result as the state's file brings it, with the status that follows: `from_state(child, "ifep", 455)`."""

    def make(child: Student, level: str, score: int | None = None, *, sets_status: bool = True, **given) -> Result:
        result = Result.objects.create(
            **{
                "student": child,
                "test": Test.INITIAL_ELPAC,
                "administration": "2026-27",
                "source": "state_file",
                "grade": child.grade or "KN",
                "tested_on": D("2026-11-10"),
                "attempted": "Y",
                "overall_score": score,
                "level": level,
                "received_on": D("2026-11-20"),
                "recorded_by": rosa,
                **given,
            }
        )
        Score.objects.create(result=result, measure="overall", scale_score=score, level=level)
        if sets_status and deciding(Result.objects.filter(pk=result.pk)).exists():
            status = ElStatus.IFEP if level == "ifep" else ElStatus.EL
            students.set_status(
                by=rosa,
                student=child,
                status=status,
                starts=result.tested_on,
                source=StatusSource.STATE_FILE,
                reason="state file",
            )
        return result

    return make


@pytest.fixture
def english_learner(enroll, rosa):
    """A child who came with the status of an English learner long ago."""

    def make(since: str = "2021-09-07", **given) -> Student:
        child = enroll(**{"starts": D("2025-08-13"), "grade": "05", "birth_date": D("2016-03-14"), **given})
        students.set_status(
            by=rosa,
            student=child,
            status=ElStatus.EL,
            starts=D(since),
            source=StatusSource.RECORDS,
            reason="records of the former district",
        )
        return child

    return make


@pytest.fixture
def issued(rosa):
    """A letter as issued, without its paper: `issued(child, "initial", "result 3", on)`."""

    def make(child: Student, kind: str, subject: str, on: date, **given) -> Letter:
        version, _new = LetterVersion.objects.get_or_create(kind=kind, number=1, defaults={"effective_from": on})
        return Letter.objects.create(
            **{
                "number": f"VC-{Letter.objects.count() + 1:06}",
                "kind": kind,
                "student": child,
                "school": child.school,
                "version": version,
                "languages": "pa,en",
                "school_year": "2026-27",
                "dated": on,
                "subject_key": subject,
                "facts": {},
                "content": {},
                "file": "letters/none.pdf",
                "sha256": "0" * 64,
                "pages": 2,
                "issued_by": rosa,
                **given,
            }
        )

    return make


def _examiner(username: str, school: School) -> User:
    """A test examiner of a school, trained for the English tests since the year began and until it ends."""
    user = person(username, (Role.EXAMINER, school))
    Training.objects.bulk_create(
        Training(
            user=user,
            test=test,
            trained_on=D("2026-07-01"),
            expires_on=D("2027-06-30"),
            given_by="county office",
            recorded_by=user,
        )
        for test in TRAINED_FOR
    )
    return user


def holder(username: str) -> User:
    return User.objects.get(username=username)
