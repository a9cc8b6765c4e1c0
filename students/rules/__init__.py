"""The rules of chapters 1 and 2, as pure functions of plain values and dates: one module for each subject."""

from students.rules.clocks import InitialClock, initial_clock
from students.rules.languages import (
    CENSUS_MONTH,
    OWED_SHARES,
    UNWRITTEN,
    OwedShare,
    census_day,
    census_day_before,
    is_owed,
    owed_share,
)
from students.rules.paths import INITIAL_PATH, TRANSFER_PATH, enrollment_path
from students.rules.programs import NO_LEVEL, NOT_CONFIGURED, NOT_EL, Cut, recommend_program
from students.rules.statuses import ALLOWED, CORRECTION, REFUSED, STATE_ONLY, Move, MoveTable, overtakes, transition
from students.rules.surveys import (
    DECIDING,
    ENGLISH,
    INCOMPLETE,
    INFORMING,
    Answers,
    Spoken,
    counts,
    is_question_4_only,
    primary_language,
    survey_finding,
    survey_moves,
)

__all__ = [
    "ALLOWED",
    "Answers",
    "CENSUS_MONTH",
    "CORRECTION",
    "Cut",
    "DECIDING",
    "ENGLISH",
    "INCOMPLETE",
    "INFORMING",
    "INITIAL_PATH",
    "InitialClock",
    "Move",
    "MoveTable",
    "NOT_CONFIGURED",
    "NOT_EL",
    "NO_LEVEL",
    "OWED_SHARES",
    "OwedShare",
    "REFUSED",
    "STATE_ONLY",
    "Spoken",
    "TRANSFER_PATH",
    "UNWRITTEN",
    "census_day",
    "census_day_before",
    "counts",
    "enrollment_path",
    "initial_clock",
    "is_owed",
    "is_question_4_only",
    "overtakes",
    "owed_share",
    "primary_language",
    "recommend_program",
    "survey_finding",
    "survey_moves",
    "transition",
]
