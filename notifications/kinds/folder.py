"""Papers of the Yellow Folder: its label, and the request for records to a former district."""

from notifications.kinds.core import CONTACT, ENGLISH_ONLY, FORM, NOTICE_BLOCKS, PERSON, BoxField, LetterKind

KINDS = (
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
