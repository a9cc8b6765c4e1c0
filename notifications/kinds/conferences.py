"""The invitation to a conference with the parents. What is handed out there is the initial or the annual letter."""

from notifications.kinds.core import CONTACT, FAMILY_THEN_ENGLISH, FORM, NOTICE_BLOCKS, PERSON, BoxField, LetterKind

KINDS = (
    LetterKind(
        slug="conference_invitation",
        title="Invitation to a conference",
        audience="family",
        languages=FAMILY_THEN_ENGLISH,
        source="Plan ch. 1: parents are met about results and placement (MP1-26 to MP1-29, MP1-37 to MP1-39)",
        placeholders=PERSON
        | CONTACT
        | {
            "grade": FORM["grade"],
            "letter_date": FORM["letter_date"],
            "student_number": FORM["student_number"],
            "meeting_day": "day of the conference",
            "meeting_time": "when the family is asked to come",
            "meeting_room": "room",
            "meeting_minutes": "how many minutes are planned",
        },
        conditions={
            "is_initial": "the conference is about the first English test (otherwise: the yearly review)",
            "is_spoken": "the staff speak the family's language, or an interpreter is confirmed",
        },
        blocks={"boxes": NOTICE_BLOCKS["boxes"]},
        required=frozenset({"boxes", "meeting_day", "meeting_time", "meeting_room", "contact_phone"}),
        boxes=(
            BoxField("box.parents_of", "student", 6),
            BoxField("box.student_number", "student_number", 2),
            BoxField("box.letter_date", "letter_date", 4),
            BoxField("box.grade", "grade", 4),
            BoxField("box.school", "school", 8),
        ),
    ),
)
