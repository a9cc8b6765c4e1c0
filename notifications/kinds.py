"""The kinds of letters, forms and labels: what a text of each may name, must name and must state.

The table is the allow-list that `markup.check` holds a text to before it is published. Who is due a letter and what it
says about a child is known higher up: an app registers a `LetterSource` for a kind (`register_builder`), and this app
never asks where the facts come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

from .facts import LetterFacts, Missing

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from district.models import School
    from students.models import Student

FAMILY_THEN_ENGLISH = "family_then_english"
ENGLISH_ONLY = "english_only"


@dataclass(frozen=True)
class BoxField:
    """A box of the form: the dictionary's key of its label, and the placeholder that fills it (blank: to write in).

    `width` in twelfths of the line.
    """

    label: str
    value: str = ""
    width: int = 3


@dataclass(frozen=True)
class LetterKind:
    """One kind. `placeholders`, `conditions`, `blocks`: name to meaning, as shown to the person who edits the text.

    required: placeholders and blocks that every text of the kind must use. items: what the text must state
    (`notice_contents`), each marked in the text by a line `::says`. audience: family, district or file.
    """

    slug: str
    title: str
    audience: str
    languages: str
    source: str
    placeholders: Mapping[str, str]
    conditions: Mapping[str, str] = field(default_factory=dict)
    blocks: Mapping[str, str] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: tuple[str, ...] = ()
    boxes: tuple[BoxField, ...] = ()
    sheet: str = "letter"

    def languages_for(self, family: str) -> list[str]:
        """Languages of the sheets, in order: the family's first, then English."""
        if self.languages == ENGLISH_ONLY or family == "en":
            return ["en"]
        return [family, "en"]


PERSON = {
    "student": "full name of the student",
    "student_first": "first name of the student, used in place of he or she",
}
CONTACT = {
    "school": "name of the school",
    "contact_name": "whom to ask",
    "contact_phone": "telephone of the person to ask",
}
FORM = {
    "grade": "grade",
    "letter_date": "date of the letter",
    "sex": "sex, as recorded",
    "student_number": "permanent number of the student in the district",
    "birth_date": "birth date",
    "primary_language": "primary language",
    "enrollment_date": "first day in the district",
    "years_in_us": "years in schools of the United States",
}
# The ten fields of the Plan's letter (APPC-03), in the order of its form.
FORM_BOXES = (
    BoxField("box.parents_of", "student", 6),
    BoxField("box.grade", "grade", 2),
    BoxField("box.letter_date", "letter_date", 4),
    BoxField("box.student_number", "student_number", 3),
    BoxField("box.sex", "sex", 2),
    BoxField("box.birth_date", "birth_date", 4),
    BoxField("box.primary_language", "primary_language", 3),
    BoxField("box.enrollment_date", "enrollment_date", 4),
    BoxField("box.years_in_us", "years_in_us", 3),
    BoxField("box.school", "school", 5),
)
RESULTS = {
    "test_name": "name of the test",
    "test_date": "date of the test",
    "overall_level": "overall level in words",
    "academic": "results in school work",
    "strengths": "what the child does well",
    "needs": "what the child needs to work on",
}
PROGRAM = {
    "program": "the child's program",
    "expected_years": "years in which a child is expected to be reclassified",
    "reclassified_rate": "of every 100 English learners, how many were reclassified last year",
    "graduation_rate": "of every 100 students of the high school, how many graduate",
    "iep_contribution": "how the program helps to meet the goals of the IEP",
}
IDENTIFICATION = {"survey_language": "language given in the Home Language Survey"}
NOTICE_BLOCKS = {
    "boxes": "the form's boxes",
    "scores_table": "results by measure",
    "programs_table": "this program and the others",
    "criteria_table": "criteria of EC 313(f) beside the district's",
    "iep_boxes": "the boxes about the IEP, ticked or empty",
    "reply_box": "the parents' answer and signature",
}
FEDERAL_ITEMS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii")

KINDS: dict[str, LetterKind] = {
    kind.slug: kind
    for kind in (
        LetterKind(
            slug="initial",
            title="Initial notification of results and placement",
            audience="family",
            languages=FAMILY_THEN_ENGLISH,
            source="Plan app. B; 5 CCR 11518.5; 20 USC 6312(e)(3)(A)",
            placeholders=PERSON | CONTACT | FORM | RESULTS | PROGRAM | IDENTIFICATION,
            conditions={
                "is_el": "the child is an English learner (otherwise: initially fluent, IFEP)",
                "preliminary": "the school's own score; the official result follows (D-06)",
                "has_academic": "there are results in school work",
                "has_iep": "there is an IEP on file",
                "is_secondary": "the child is in grade 7 to 12",
            },
            blocks=NOTICE_BLOCKS,
            required=frozenset(
                {"boxes", "scores_table", "programs_table", "criteria_table", "iep_boxes", "reply_box", "overall_level"}
                | {"program", "expected_years", "reclassified_rate", "graduation_rate", "survey_language", "test_name"}
            ),
            items=(*FEDERAL_ITEMS, "result"),
            boxes=FORM_BOXES,
        ),
        LetterKind(
            slug="annual",
            title="Annual placement and notification letter",
            audience="family",
            languages=FAMILY_THEN_ENGLISH,
            source="Plan app. C; 20 USC 6312(e)(3)(A); EC 313.2(c), 440(b)",
            placeholders=PERSON
            | CONTACT
            | FORM
            | RESULTS
            | PROGRAM
            | IDENTIFICATION
            | {
                "school_year": "school year, as 2026-27",
                "el_since": "day from which the child is an English learner",
                "initial_test": "name of the first English test",
                "initial_test_date": "date of the first English test",
                "ltel_support": "what the program adds for long-term English learners and those at risk",
            },
            conditions={
                "initial_known": "the first English test and its date are on file (otherwise: status from records)",
                "has_academic": "there are results in school work",
                "has_iep": "there is an IEP on file",
                "is_ltel": "long-term English learner (EC 313.1(a))",
                "is_at_risk": "at risk of becoming one (EC 313.1(b))",
                "not_long_term": "neither",
                "is_secondary": "the child is in grade 7 to 12",
            },
            blocks=NOTICE_BLOCKS,
            required=frozenset(
                {"boxes", "scores_table", "programs_table", "criteria_table", "iep_boxes", "reply_box", "school_year"}
                | {"expected_years", "reclassified_rate", "graduation_rate", "ltel_support", "strengths", "needs"}
            ),
            items=(*FEDERAL_ITEMS, "LTEL", "form"),
            boxes=FORM_BOXES,
        ),
        LetterKind(
            slug="before_test",
            title="Notice before the first English test",
            audience="family",
            languages=FAMILY_THEN_ENGLISH,
            source="5 CCR 11518.5(c)",
            placeholders=PERSON
            | CONTACT
            | IDENTIFICATION
            | {
                "grade": FORM["grade"],
                "letter_date": FORM["letter_date"],
                "student_number": FORM["student_number"],
                "birth_date": FORM["birth_date"],
                "survey_date": "date of the Home Language Survey",
                "test_name": RESULTS["test_name"],
                "test_due": "last day of the 30 calendar days",
            },
            conditions={"alternate": "the child takes the Alternate test because of the IEP"},
            blocks={"boxes": NOTICE_BLOCKS["boxes"]},
            required=frozenset({"boxes", "survey_language", "test_name", "test_due"}),
            items=("notice",),
            boxes=(
                BoxField("box.parents_of", "student", 6),
                BoxField("box.student_number", "student_number", 2),
                BoxField("box.letter_date", "letter_date", 4),
                BoxField("box.birth_date", "birth_date", 4),
                BoxField("box.grade", "grade", 2),
                BoxField("box.school", "school", 6),
            ),
        ),
        LetterKind(
            slug="survey_blank",
            title="Home Language Survey, blank",
            audience="family",
            languages=FAMILY_THEN_ENGLISH,
            source="CDE form HLS, revised July 2020; Plan ch. 1; 5 CCR 11518.5(a)",
            placeholders={},
            blocks={
                "blank_boxes": "boxes to write in",
                "survey_questions": "the four questions with lines to answer on",
                "signature": "signature and date",
            },
            required=frozenset({"blank_boxes", "survey_questions", "signature"}),
            boxes=(
                BoxField("box.student_blank", width=7),
                BoxField("box.birth_date", width=3),
                BoxField("box.grade", width=2),
                BoxField("box.school", width=6),
                BoxField("box.teacher", width=6),
            ),
        ),
        LetterKind(
            slug="records_request",
            title="Request for records to a former district",
            audience="district",
            languages=ENGLISH_ONLY,
            source="Plan ch. 1, transfers from within California; EC 49068",
            placeholders=PERSON
            | CONTACT
            | {
                "letter_date": FORM["letter_date"],
                "birth_date": FORM["birth_date"],
                "grade": FORM["grade"],
                "ssid": "statewide student identifier",
                "former_district": "district the child comes from",
                "former_school": "school the child comes from",
                "enrollment_date": "first day with us",
                "records_due": "end of our 15 school days",
                "contact_reach": "fax, e-mail or address for the answer",
                "signer_name": "who asks",
                "signer_title": "office of the person who asks",
            },
            blocks={
                "boxes": NOTICE_BLOCKS["boxes"],
                "records_list": "what is asked for; what has already come is ticked",
            },
            required=frozenset({"boxes", "records_list", "former_district", "records_due", "contact_reach"}),
            boxes=(
                BoxField("box.student", "student", 6),
                BoxField("box.birth_date", "birth_date", 4),
                BoxField("box.grade", "grade", 2),
                BoxField("box.ssid", "ssid", 3),
                BoxField("box.enrollment_date", "enrollment_date", 4),
                BoxField("box.former_school", "former_school", 5),
            ),
        ),
        LetterKind(
            slug="folder_label",
            title="Yellow Folder label",
            audience="file",
            languages=ENGLISH_ONLY,
            source="Plan ch. 1: English Learner Yellow Folder, part of the cumulative record (MP1-33, MP1-34)",
            placeholders={
                "student": PERSON["student"],
                "birth_date": FORM["birth_date"],
                "ssid": "statewide student identifier",
                "student_number": FORM["student_number"],
                "school": CONTACT["school"],
                "primary_language": FORM["primary_language"],
                "status": "language status in words",
                "status_date": "day from which the status holds",
            },
            blocks={"boxes": "the lines of the label"},
            required=frozenset({"boxes", "student"}),
            boxes=(
                BoxField("box.birth_date", "birth_date", 4),
                BoxField("box.ssid", "ssid", 4),
                BoxField("box.student_number", "student_number", 4),
                BoxField("box.status", "status", 8),
                BoxField("box.status_date", "status_date", 4),
                BoxField("box.school", "school", 8),
                BoxField("box.primary_language", "primary_language", 4),
            ),
            sheet="label",
        ),
    )
}


class LetterSource(Protocol):
    """What a higher app offers for one kind of letter."""

    def due(self, school: School | None, on: date) -> QuerySet[Student]:
        """The students (of the school, or of the district) to whom the letter is due on that day and not yet issued.

        A child stays in it when a fact is missing: the run then names the child and what is missing.
        """

    def facts_for(self, students: Sequence[Student], on: date) -> Mapping[int, LetterFacts | list[Missing]]:
        """For every student, by primary key: what the letter says, or what must be entered before it can be issued.

        The number of queries does not depend on the number of students. `LetterFacts.subject_key` names what the
        letter is about, e.g. the result; a student has one letter of a kind for each.
        """


_builders: dict[str, LetterSource] = {}


def register_builder(kind: str, source: LetterSource) -> None:
    """Name the source of facts for a kind; called once per kind from the `ready` of the app that knows them."""
    if kind not in KINDS:
        raise KeyError(f'There is no kind of letter "{kind}". There are: {", ".join(KINDS)}.')
    if _builders.get(kind, source) is not source:
        raise ValueError(f'The kind of letter "{kind}" already has a source of facts.')
    _builders[kind] = source


def builder(kind: str) -> LetterSource:
    """The source registered for a kind; KeyError where none is (the kind is then printed by hand only)."""
    return _builders[kind]


def builders() -> dict[str, LetterSource]:
    """All registered sources by kind, in the order of the table."""
    return {kind: _builders[kind] for kind in KINDS if kind in _builders}
