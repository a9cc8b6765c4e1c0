"""Writes that mean something, one verb each: lock, check permission and rule, write, leave a history."""

from students.actions.enrolling import (
    AlreadyHere,
    Parent,
    end_enrollment,
    enroll_student,
    promote,
    transfer_student,
)
from students.actions.placing import (
    give_copies,
    give_copy,
    place_student,
    record_conference,
    set_fluency_cut,
)
from students.actions.statuses import (
    StateStatus,
    StatusOutcome,
    set_status,
    set_statuses_from_state,
    settle_status,
    sort_state_statuses,
    withdraw_statuses,
)
from students.actions.surveys import record_survey, sign_survey

__all__ = [
    "AlreadyHere",
    "Parent",
    "StateStatus",
    "StatusOutcome",
    "end_enrollment",
    "enroll_student",
    "give_copies",
    "give_copy",
    "place_student",
    "promote",
    "record_conference",
    "record_survey",
    "set_fluency_cut",
    "set_status",
    "set_statuses_from_state",
    "settle_status",
    "sign_survey",
    "sort_state_statuses",
    "transfer_student",
    "withdraw_statuses",
]
