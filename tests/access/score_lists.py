"""Files of other kinds than scores, for the walk: one whose columns wait to be named, one read in, one remembered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from io import BytesIO

from assessments.enums import ImportTarget
from assessments.imports import mapping, working
from assessments.imports.apply import apply_import
from assessments.imports.layouts import Mapped
from assessments.imports.staging import stage
from district.models import User
from students.models import Student


def list_things(office: User, children: Iterable[Student], on: date) -> dict[str, object]:
    """By what stands before the number in the address."""
    told = "".join(f"{child.ssid},{child.last_name},2026-27,LTEL,2026-08-20\r\n" for child in children)
    head = "SSID,Last Name,School Year,LTELorARLTEL,Provisional LTEL start\r\n"
    told_of = stage(by=office, name="walk-ltel.csv", file=BytesIO((head + told).encode()), received_on=on, on=on)
    apply_import(by=office, batch_id=told_of.pk, on=on, leave_out_rejected=True)
    named = Mapped("walk", ImportTarget.MARK, {"number": "A", "course": "B", "term": "C", "mark": "D"})
    kept = mapping.remember(by=office, header=["A", "B", "C", "D"], named=named)
    file = BytesIO(b"E,F,G,H\r\n" + b"".join(f"{child.local_id},x,Q1,B\r\n".encode() for child in children))
    waiting = working.receive(by=office, name="walk-marks.csv", file=file, received_on=on, on=on)
    return {"score-files/columns/pk": kept.pk, "import_columns:pk": waiting.pk}
