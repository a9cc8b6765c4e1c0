"""The rules of chapters 1 and 3, as pure functions of plain values and dates: one module for each subject."""

from assessments.rules.initial import (
    PARTIAL,
    STATUS_OF_LEVEL,
    Scored,
    official_differs,
    provisional,
    status_from_initial,
)
from assessments.rules.long_term import (
    AT_RISK,
    LONG_TERM,
    LTEL,
    NEITHER,
    LongTerm,
    Progress,
    YearLevel,
    long_term,
    long_term_numbers,
)

__all__ = [
    "AT_RISK",
    "LONG_TERM",
    "LTEL",
    "LongTerm",
    "NEITHER",
    "PARTIAL",
    "Progress",
    "STATUS_OF_LEVEL",
    "Scored",
    "YearLevel",
    "long_term",
    "long_term_numbers",
    "official_differs",
    "provisional",
    "status_from_initial",
]
