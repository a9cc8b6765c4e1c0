"""A line of the state's own lists: language statuses (CALPADS), long-term English learners (X-09, X-17).

What the references do not name for sure is marked so in `calpads_sela_fields.csv` and `score_file_layouts.csv`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from assessments.enums import LongTerm
from assessments.imports import texts, values
from assessments.imports.reader import Reader, Record
from assessments.imports.reading import Line
from students.enums import ElStatus

ADDS = ("", "A", "C", "R")  # transactions that say what is; D takes something away


class StatusReader(Reader):
    """The status of a child and since when, as the state has it (D-04, D-05)."""

    def records(self, line: Line) -> Iterator[Record]:
        now, cells = self.begin(line), line.cells
        if not now.problems:
            self._read_line(now, cells)
        yield now

    def _read_line(self, now: Record, cells: Sequence[str]) -> None:
        self.read_child(cells)
        transaction = self.cell(cells, "transaction").strip().upper()
        if transaction not in ADDS:
            reason = _("The line takes a status away (%(code)s); only statuses that hold are read.")
            self.problem("transaction", reason % {"code": transaction[:10]}, _mend(), transaction)
        said = values.unwrapped(self.cell(cells, "status")).upper()
        if said not in ElStatus.values:
            names = ", ".join(ElStatus.values)
            reason = _("This is no status of the state: %(names)s.") if said else _("The status is missing.")
            self.problem("status", reason % {"names": names}, _mend(), said)
        starts = self.read_day(cells, "starts")
        if starts is None and not any(each.column == self.layout.names.get("starts") for each in now.problems):
            self.problem("starts", _("The day from which the status holds is missing."), _mend())
        correction = values.unwrapped(self.cell(cells, "correction")).removesuffix(".0")
        if len(correction) > 1 or not correction.isalnum() and correction:
            self.problem("correction", _("A correction reason is one digit."), _mend(), correction)
            correction = ""
        now.tested_on = starts
        now.facts = {
            "status": said if said in ElStatus.values else "",
            "starts": starts.isoformat() if starts else None,
            "correction": correction,
        }


class LongTermReader(Reader):
    """Whether the state lists a child as a long-term English learner."""

    def records(self, line: Line) -> Iterator[Record]:
        now, cells = self.begin(line), line.cells
        if not now.problems:
            self._read_line(now, cells)
        yield now

    def _read_line(self, now: Record, cells: Sequence[str]) -> None:
        self.read_child(cells)
        since = self.read_day(cells, "since")
        now.administration = self.read_year(cells, None)
        code = self.text(cells, "code", 20)
        if not code and since is None:
            now.is_kept = bool(now.problems)
            return
        meaning = values.words("long_term").get(texts.plain(code), "" if code else LongTerm.LTEL.value)
        if not meaning:
            reason = _("It is not sure what the code %(code)s means; it is kept as a code.") % {"code": code}
            self.warn("code", reason, code)
        now.facts = {
            "meaning": meaning or LongTerm.UNSURE.value,
            "code": code,
            "since": since.isoformat() if since else None,
        }


def _mend() -> str:
    return _("Correct it, or leave the line out.")
