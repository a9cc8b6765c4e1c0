"""Letters about the correction of a classification (5 CCR 11518.20): before the test, and the result."""

from notifications.kinds.core import CONTACT, FAMILY_THEN_ENGLISH, FORM, NOTICE_BLOCKS, PERSON, BoxField, LetterKind

_FORM = {name: FORM[name] for name in ("grade", "letter_date", "student_number", "birth_date")}
_BOXES = (
    BoxField("box.parents_of", "student", 6),
    BoxField("box.student_number", "student_number", 2),
    BoxField("box.letter_date", "letter_date", 4),
    BoxField("box.birth_date", "birth_date", 4),
    BoxField("box.grade", "grade", 2),
    BoxField("box.school", "school", 6),
)

KINDS = (
    LetterKind(
        slug="correction_notice",
        title="Notice before a test that corrects a classification",
        audience="family",
        languages=FAMILY_THEN_ENGLISH,
        source="5 CCR 11518.20(a)",
        placeholders=PERSON
        | CONTACT
        | _FORM
        | {
            "asked_date": "day on which the correction was asked for",
            "why": "what was seen, as it was written down",
            "test_name": "name of the test",
            "earliest_test": "first day on which the child may be tested, when the notice goes out today",
        },
        blocks={"boxes": NOTICE_BLOCKS["boxes"]},
        required=frozenset({"boxes", "why", "test_name", "earliest_test"}),
        items=("notice", "days"),
        boxes=_BOXES,
    ),
    LetterKind(
        slug="correction_result",
        title="Result of the correction of a classification",
        audience="family",
        languages=FAMILY_THEN_ENGLISH,
        source="5 CCR 11518.20",
        placeholders=PERSON
        | CONTACT
        | _FORM
        | {
            "asked_date": "day on which the correction was asked for",
            "decision_date": "day of the decision",
            "decision_reason": "reason of the decision, as it was written down",
            "status_before": "classification before",
            "status_now": "classification now",
            "evidence": "the evidence that was looked at, each with its day",
            "test_name": "name of the test",
        },
        conditions={
            "to_be_tested": "process A: the child is to be tested",
            "stays_untested": "process A: the child is not tested",
            "was_tested": "process B: a child was tested who should not have been",
            "reviewed": "process C: the classification was reviewed",
            "changed": "the classification changes",
        },
        blocks={"boxes": NOTICE_BLOCKS["boxes"]},
        required=frozenset({"boxes", "decision_reason", "status_now", "evidence"}),
        items=("result", "evidence", "review"),
        boxes=_BOXES,
    ),
)
