"""The notices about the English test and the program: before it, after it, and every year."""

from notifications.kinds.core import (
    CONTACT,
    FAMILY_THEN_ENGLISH,
    FORM,
    FORM_BOXES,
    IDENTIFICATION,
    NOTICE_BLOCKS,
    PERSON,
    PROGRAM,
    RESULTS,
    BoxField,
    LetterKind,
)

FEDERAL_ITEMS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii")

KINDS = (
    LetterKind(
        slug="initial",
        title="Initial notification of results and placement",
        audience="family",
        languages=FAMILY_THEN_ENGLISH,
        source="Plan app. B; 5 CCR 11518.5; 20 USC 6312(e)(3)(A)",
        placeholders=PERSON
        | CONTACT
        | FORM
        | RESULTS
        | PROGRAM
        | IDENTIFICATION
        | {
            "earlier_level": "overall level in the preliminary letter, where the official result differs",
            "placed_on": "first day of the decided program",
        },
        conditions={
            "is_el": "the child is an English learner (otherwise: initially fluent, IFEP)",
            "preliminary": "the school's own score; the official result follows (D-06)",
            "differs": "the official result differs from the school's own, about which a letter went out (D-06)",
            "is_placed": "the program is decided (otherwise: recommended)",
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
)
