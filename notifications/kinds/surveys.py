"""The Home Language Survey, to be filled in by hand."""

from notifications.kinds.core import FAMILY_THEN_ENGLISH, BoxField, LetterKind

KINDS = (
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
)
