"""Files of the sample district: the state's long-term list read in, marks that wait with faults, columns remembered."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from assessments.enums import ImportTarget
from assessments.imports import mapping
from assessments.imports.apply import apply_import
from assessments.imports.layouts import Mapped
from assessments.imports.staging import stage
from assessments.models import ScoreImport
from district.calendar import year_name
from district.models import User
from students.enums import ElStatus
from students.models import LanguageStatus, Student

LISTED, MARKED = 40, 12
UPPER = ("06", "07", "08", "09", "10", "11", "12")
GRADEBOOK = ("Perm ID", "Pupil", "Course Title", "Dept", "Term", "Grade Earned", "Staff")
NAMED = Mapped(
    "Marks from the gradebook",
    ImportTarget.MARK,
    {"number": "Perm ID", "last_name": "Pupil", "course": "Course Title", "subject": "Dept", "term": "Term"}
    | {"mark": "Grade Earned", "teacher": "Staff"},
)
CODES = ("LTEL", "LTEL", "AR-LTEL", "LTEL", "2")  # the last one's meaning is not sure


def act(office: User, on: date) -> None:
    """What the office has done with files, and what it has not finished."""
    learners = LanguageStatus.objects.on(on).filter(status=ElStatus.EL).values("student")
    children = Student.objects.enrolled(on).filter(pk__in=learners, ssid__isnull=False).order_by("pk")
    upper = list(children.filter(current_enrollment__grade__in=UPPER)[:LISTED])
    if not upper:
        return
    batch = _send(office, "LTEL_list.csv", _long_term(upper, on), on - timedelta(days=9))
    apply_import(by=office, batch_id=batch.pk, on=on, leave_out_rejected=True)
    mapping.remember(by=office, header=GRADEBOOK, named=NAMED)
    _send(office, "gradebook_term_1.csv", _marks(upper[:MARKED], on), on)


def _send(by: User, name: str, lines: Iterable[Sequence[str]], on: date) -> ScoreImport:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return stage(by=by, name=name, file=io.BytesIO(out.getvalue().encode()), received_on=on, on=on)


def _long_term(children: Sequence[Student], on: date) -> list[list[str]]:
    head = ["SSID", "Last Name", "Birth Date", "School Year", "LTELorARLTEL"]
    return [
        head,
        *(
            [child.ssid or "", child.last_name, child.birth_date.isoformat(), year_name(on), CODES[at % len(CODES)]]
            for at, child in enumerate(children)
        ),
    ]


def _marks(children: Sequence[Student], on: date) -> list[Sequence[str]]:
    """One line is of nobody, one term was made a date by a spreadsheet, one mark is none, two lines disagree."""
    marks = ("A-", "B", "C+", "B+", "C", "D", "B-", "A", "F", "C-", "P", "B")
    lines: list[Sequence[str]] = [GRADEBOOK]
    for at, child in enumerate(children):
        course = ("Woodwork", "Other") if at % 2 else ("Choir", "Other")
        lines.append([child.local_id, child.last_name, *course, "Q1", marks[at % len(marks)], "R. Ortega"])
    first = children[0]
    lines.append(["000000", "Nobody", "Choir", "Other", "Q1", "B", "R. Ortega"])
    lines.append([first.local_id, first.last_name, "Art", "Other", "1-Jan", "B", "R. Ortega"])
    lines.append([first.local_id, first.last_name, "Drama", "Other", "Q1", "very good work", "R. Ortega"])
    lines.append([first.local_id, first.last_name, "Choir", "Other", "Q1", "D", "R. Ortega"])
    return lines
