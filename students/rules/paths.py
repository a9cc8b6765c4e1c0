"""Which way a child goes at enrollment."""

from __future__ import annotations

from district.findings import Finding, _
from students.enums import Origin

INITIAL_PATH = "initial"
TRANSFER_PATH = "transfer"


def enrollment_path(origin: Origin) -> Finding:
    """California transfers keep their status and bring records; all others go the initial way (MP1-45, MP1-50)."""
    if origin == Origin.CALIFORNIA:
        return Finding(
            TRANSFER_PATH,
            _(
                "The child keeps the status given by the former California district. Its survey, ELPAC scores and "
                "status are asked for and entered; no new identification."
            ),
            "MP1-45, MP1-46, D-03",
        )
    return Finding(
        INITIAL_PATH,
        _("The family fills in the Home Language Survey, and what it says decides whether the child is tested."),
        "MP1-02, MP1-50",
    )
