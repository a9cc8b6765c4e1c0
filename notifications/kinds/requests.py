"""The answer to parents who asked for a language program (EC 310, 5 CCR 11311)."""

from notifications.kinds.core import CONTACT, FAMILY_THEN_ENGLISH, FORM, NOTICE_BLOCKS, PERSON, BoxField, LetterKind

KINDS = (
    LetterKind(
        slug="program_request_decision",
        title="Decision about requests for a language program",
        audience="family",
        languages=FAMILY_THEN_ENGLISH,
        source="EC 310; 5 CCR 11311(h)",
        placeholders=PERSON
        | CONTACT
        | {name: FORM[name] for name in ("grade", "letter_date", "student_number", "birth_date")}
        | {
            "asked_date": "day on which the parents asked",
            "asked_program": "the language program asked for",
            "asked_language": "the language beside English",
            "reached_date": "day on which the requests were as many as the law names",
            "decision_date": "day of the decision",
            "begins_date": "day from which the program is offered",
            "explanation": "timeline, or the reasons why not, as they were written down",
        },
        conditions={"offered": "the program is offered (otherwise: it cannot be)"},
        blocks={"boxes": NOTICE_BLOCKS["boxes"]},
        required=frozenset({"boxes", "asked_program", "asked_language", "decision_date", "explanation"}),
        items=("decision",),
        boxes=(
            BoxField("box.parents_of", "student", 6),
            BoxField("box.student_number", "student_number", 2),
            BoxField("box.letter_date", "letter_date", 4),
            BoxField("box.birth_date", "birth_date", 4),
            BoxField("box.grade", "grade", 2),
            BoxField("box.school", "school", 6),
        ),
    ),
)
