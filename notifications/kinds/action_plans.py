"""The intervention action plan on paper, for the family and for the file (Plan ch. 3)."""

from notifications.kinds.core import CONTACT, FAMILY_THEN_ENGLISH, FORM, NOTICE_BLOCKS, PERSON, BoxField, LetterKind

KINDS = (
    LetterKind(
        slug="action_plan",
        title="Intervention action plan",
        audience="family",
        languages=FAMILY_THEN_ENGLISH,
        source="Plan ch. 3: intervention action plan (MP3-15)",
        placeholders=PERSON
        | CONTACT
        | {name: FORM[name] for name in ("grade", "letter_date", "student_number", "birth_date")}
        | {
            "plan_subject": "subject of the plan",
            "plan_need": "need, as it was written down",
            "plan_action": "what is done, as it was written down",
            "plan_owner": "who is responsible",
            "plan_starts": "first day",
            "plan_review": "next day of review",
            "plan_ends": "last day",
            "plan_evidence": "values that the plan stands on, as they read when it began",
        },
        conditions={"has_evidence": "values are linked to the plan"},
        blocks={"boxes": NOTICE_BLOCKS["boxes"]},
        required=frozenset({"boxes", "plan_subject", "plan_need", "plan_action", "plan_owner", "plan_review"}),
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
