"""Our facts as Aeries names them: the lines to copy, and an export of Aeries set beside our records.

Nothing is written there or taken over from there: people copy, and people look at what differs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from district.dates import NotADate, read_date
from district.models import User
from district.permissions import Permission
from district.refusal import Refusal
from students import rules
from students.enums import ChangeField, ElStatus, FactKind
from students.facts import Pairs
from students.models import AeriesField, ChangeTask, HomeLanguageSurvey, LanguageStatus, Student

MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
SEPARATORS = "\t,;|"
# The tables of Aeries in which a kind of fact stands: a date of the survey is none of a test.
TABLES = {
    FactKind.SURVEY: ("LAC", "STU"),
    FactKind.STATUS: ("STU", "LAC"),
    FactKind.PLACEMENT: ("PGM",),
    FactKind.RESULT: ("TST",),
}
OF_CHANGE = {
    ChangeField.STATUS: ("status",),
    ChangeField.STATUS_SINCE: ("el_since", "rfep_since", "ifep_since"),
    ChangeField.LEVEL: ("scale_score", "level"),
    ChangeField.TESTED_ON: ("tested_on",),
    ChangeField.PROGRAM: ("program",),
    ChangeField.PLACED_ON: ("program_since",),
    ChangeField.LANGUAGE: ("home_language",),
}
KEYS = ("STU.ID", "STU.CID")
COMPARED = ("STU.LF", "STU.HL", "LAC.L1", "LAC.L2", "LAC.L3", "LAC.L4", "LAC.SD", "LAC.RD1", "LAC.IFD", "LAC.AES")
COMPARED += ("STU.BD", "LAC.USS", "LAC.STS")


@dataclass(frozen=True)
class CopyLine:
    """A field of Aeries with what to type there."""

    field: AeriesField
    value: str


def fields() -> list[AeriesField]:
    return list(AeriesField.objects.all())


def shown(value: str) -> str:
    """A date as Aeries' screens take it, month first; anything else as it is."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.month:02}/{day.day:02}/{day.year}"


def lines_of(kind: FactKind, pairs: Pairs, known: Sequence[AeriesField]) -> list[CopyLine]:
    """The fields in which a fact stands, in the order of the fields' list."""
    values = dict(pairs)
    return [
        CopyLine(field, shown(field.codes.get(values[field.fact], values[field.fact])))
        for field in known
        if field.fact in values and field.code.split(".")[0] in TABLES[kind]
    ]


def block(student: Student, lines: Iterable[CopyLine]) -> str:
    """The lines as text to be copied, the child's numbers first."""
    head = [f"STU.ID\t{student.local_id}"]
    if student.ssid:
        head.append(f"STU.CID\t{student.ssid}")
    return "\n".join([*head, *(f"{line.field.code}\t{line.value}" for line in lines)])


def lines_of_change(task: ChangeTask, known: Sequence[AeriesField]) -> list[CopyLine]:
    """The fields that a change concerns, with its new value; a status in words becomes Aeries' letter."""
    value = task.new_value
    typed = value.casefold().strip()
    for status in ElStatus:
        if task.field == ChangeField.STATUS and typed in (status.value.casefold(), str(status.label).casefold()):
            value = status.value
    wanted = OF_CHANGE.get(ChangeField(task.field), ())
    return [CopyLine(field, shown(field.codes.get(value, value))) for field in known if field.fact in wanted]


@dataclass(frozen=True)
class Compared:
    """An export beside our records: what differs by child, who was not found, and what of the file was compared."""

    columns: list[str]
    passed_over: list[str]
    children: int
    rows: list[tuple[Student, list[rules.Difference]]]
    unknown: list[str]

    @property
    def number(self) -> int:
        return sum(len(found) for _student, found in self.rows)


def compare(user: User, text: str, on: date) -> Compared:
    """Set an export beside the records of the children whom the person may see. Refusal: a list that is none."""
    table = _table(text)
    head, body = [cell.strip() for cell in table[0]], table[1:]
    known = {field.code: field for field in fields()}
    columns = {place: code for place, name in enumerate(head) if (code := _code(name, known))}
    key = next(((place, code) for place, code in columns.items() if code in KEYS), None)
    compared = {place: code for place, code in columns.items() if code in COMPARED}
    if key is None:
        raise _no_key()
    if not compared:
        raise Refusal(
            _("No column of the list can be compared."),
            _("Add one of these: %(names)s.") % {"names": ", ".join(COMPARED)},
            field="pasted",
        )
    theirs = {row[key[0]].strip(): row for row in body if len(row) > key[0] and row[key[0]].strip()}
    ours = _records(user, key[1], list(theirs), on)
    codes = {code: known[code].codes for code in compared.values()}
    rows = []
    for number, (student, record) in ours.items():
        cells = {code: _cell(theirs[number], place, on) for place, code in compared.items()}
        if found := rules.differences(record, cells, codes):
            rows.append((student, found))
    rows.sort(key=lambda row: row[0].search_key)
    passed = [name for place, name in enumerate(head) if name and place not in columns]
    return Compared(list(compared.values()), passed, len(ours), rows, sorted(set(theirs) - set(ours)))


def _no_key() -> Refusal:
    return Refusal(
        _("The first line names no column with the student's number."),
        _("Export with the field ID (student number) or CID (SSID) and its name in the first line."),
        field="pasted",
    )


def _table(text: str) -> list[list[str]]:
    if len(text.encode()) > MOST_BYTES:
        raise Refusal(_("The list is larger than 5 MB."), _("Send one school at a time."), field="pasted")
    first = text.lstrip("\ufeff\r\n").partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    if "\x00" in text:
        raise Refusal(_("This is no list as text."), _("Save it as CSV first."), field="pasted")
    try:
        table = [row for row in csv.reader(io.StringIO(text.lstrip("\ufeff\r\n")), delimiter=separator) if any(row)]
    except csv.Error as error:
        raise Refusal(_("The list cannot be read."), _("Save it as CSV and send it again."), field="pasted") from error
    if len(table) < 2:
        raise Refusal(
            _("The list has no lines under its first one."),
            _("Paste the names of the fields and the children below them."),
            field="pasted",
        )
    if len(table) > MOST_LINES:
        raise Refusal(
            _("The list has more than %(n)d lines.") % {"n": MOST_LINES},
            _("Send one school at a time."),
            field="pasted",
        )
    return table


def _code(name: str, known: Mapping[str, AeriesField]) -> str:
    """`LAC.SD`, `lac sd`, `SD` or the field's meaning; nothing where it is none of ours. Table and field come first."""
    typed = name.casefold().replace(" ", ".").replace("_", ".")
    candidates = [*KEYS, *COMPARED]
    for code in candidates:
        if typed in (code.casefold(), code.split(".")[1].casefold()):
            return code
    return next((code for code in candidates if known[code].meaning.casefold() == name.casefold()), "")


def _cell(row: Sequence[str], place: int, on: date) -> str:
    """What stands there; a date in any form becomes ours."""
    value = row[place].strip() if place < len(row) else ""
    if not any(mark in value for mark in "/-."):
        return value
    try:
        return read_date(value.split(" ")[0], on).isoformat()
    except NotADate:
        return value


def _records(user: User, key: str, numbers: list[str], on: date) -> dict[str, tuple[Student, dict[str, str]]]:
    """Our values by Aeries' codes, of the children with these numbers whom the person may see."""
    column = "local_id" if key == "STU.ID" else "ssid"
    mine = Student.objects.visible_to(user, Permission.ENTER_CHANGES).filter(**{f"{column}__in": numbers})
    children = {child.pk: child for child in mine.select_related("primary_language")}
    records: dict[int, dict[str, str]] = {pk: _own(child) for pk, child in children.items()}
    for row in LanguageStatus.objects.filter(student__in=children).on(on).order_by("sequence"):
        records[row.student_id]["STU.LF"] = row.status
    starts = {"EL": "LAC.SD", "RFEP": "LAC.RD1", "IFEP": "LAC.IFD", "ADEL": "LAC.AES"}
    for row in LanguageStatus.objects.filter(student__in=children, starts__lte=on).order_by("-sequence"):
        if row.status in starts:  # of several stretches the first one counts
            records[row.student_id][starts[row.status]] = row.starts.isoformat()
    surveys = HomeLanguageSurvey.objects.filter(student__in=children).order_by("student_id", "-version")
    for survey in surveys.distinct("student_id"):
        for number in range(1, 5):
            records[survey.student_id][f"LAC.L{number}"] = getattr(survey, f"question_{number}_id") or ""
    return {getattr(child, column): (child, records[pk]) for pk, child in children.items()}


def _own(child: Student) -> dict[str, str]:
    values = {
        "STU.BD": child.birth_date,
        "LAC.USS": child.first_us_school_on,
        "LAC.STS": child.first_california_on,
    }
    record = {code: day.isoformat() for code, day in values.items() if day}
    if child.primary_language_id:
        record["STU.HL"] = child.primary_language_id
    return record
