"""What a kind of letter is, what its facts come from, and the placeholders that several kinds share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

from notifications.facts import LetterFacts, Missing

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


@dataclass(frozen=True)
class NoticeRun:
    """For a notice that every family is owed by a day: the duty that counts it, and the letters that do it."""

    duty: str
    kinds: tuple[str, ...]


class LetterSource(Protocol):
    """What a higher app offers for one kind of letter.

    A notice that is owed by a day also has an attribute `run: NoticeRun`; its page then shows how each school stands.
    """

    def due(self, school: School | None, on: date) -> QuerySet[Student]:
        """The students (of the school, or of the district) to whom the letter is due on that day and not yet issued.

        A child stays in it when a fact is missing: the run then names the child and what is missing.
        """

    def facts_for(self, students: Sequence[Student], on: date) -> Mapping[int, LetterFacts | list[Missing]]:
        """For every student, by primary key: what the letter says, or what must be entered before it can be issued.

        The number of queries does not depend on the number of students. `LetterFacts.subject_key` names what the
        letter is about, e.g. the result; a student has one letter of a kind for each.
        """


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
    "glossary": "words of the letter, explained in the language of the sheet; those that stand in it only",
    "reply_box": "the parents' answer and signature",
}
