"""Writes that mean something, one verb each: lock, check permission and rule, write, leave a history."""

from students.actions.authorizations import Document, record_authorizations
from students.actions.changes import ask_for_change, enter_changes, tick_in_aeries
from students.actions.conference_days import (
    Choice,
    book,
    book_all,
    cancel_block,
    cancel_booking,
    make_blocks,
    miss_booking,
    move_booking,
)
from students.actions.conferences import Promise, add_follow_up, end_follow_up, log_attempts, record_conference
from students.actions.corrections import (
    add_evidence,
    ask_correction,
    decide_correction,
    note_notice,
    note_result,
)
from students.actions.enrolling import (
    AlreadyHere,
    Parent,
    end_enrollment,
    enroll_student,
    transfer_student,
)
from students.actions.family import change_family, change_particulars, change_stay, end_flag, set_flag
from students.actions.filing import Original, file_original, file_originals
from students.actions.interpreters import answer_interpreter, ask_interpreters, set_staff_languages
from students.actions.packets import give_teacher_copies, tick_packets
from students.actions.placing import (
    give_copies,
    give_copy,
    place_student,
    set_fluency_cut,
)
from students.actions.records import enter_records, log_records_attempt, mark_records_received
from students.actions.requests import (
    answer_wish,
    decide_requests,
    note_told,
    record_request,
    record_wish,
    withdraw_request,
)
from students.actions.reviews import Reviewed, confirm_records, draw_sample, record_folder, sign_attestation
from students.actions.scans import attach_scan
from students.actions.services import (
    Assigning,
    Level,
    assign_section,
    end_services,
    preview_assignment,
    record_services,
    save_section,
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
from students.actions.surveys import ChangedMeanwhile, amending_closed, record_survey, sign_survey
from students.actions.years import promote

__all__ = [
    "AlreadyHere",
    "Assigning",
    "ChangedMeanwhile",
    "Choice",
    "Document",
    "Level",
    "Original",
    "Parent",
    "Promise",
    "Reviewed",
    "StateStatus",
    "StatusOutcome",
    "add_evidence",
    "add_follow_up",
    "amending_closed",
    "answer_interpreter",
    "answer_wish",
    "ask_correction",
    "ask_for_change",
    "ask_interpreters",
    "assign_section",
    "attach_scan",
    "book",
    "book_all",
    "cancel_block",
    "cancel_booking",
    "change_family",
    "change_particulars",
    "change_stay",
    "confirm_records",
    "decide_correction",
    "decide_requests",
    "draw_sample",
    "end_enrollment",
    "end_flag",
    "end_follow_up",
    "end_services",
    "enroll_student",
    "enter_changes",
    "enter_records",
    "file_original",
    "file_originals",
    "give_copies",
    "give_copy",
    "give_teacher_copies",
    "log_attempts",
    "log_records_attempt",
    "make_blocks",
    "mark_records_received",
    "miss_booking",
    "move_booking",
    "note_notice",
    "note_result",
    "note_told",
    "place_student",
    "preview_assignment",
    "promote",
    "record_authorizations",
    "record_conference",
    "record_folder",
    "record_request",
    "record_services",
    "record_survey",
    "record_wish",
    "save_section",
    "set_flag",
    "set_fluency_cut",
    "set_staff_languages",
    "set_status",
    "set_statuses_from_state",
    "settle_status",
    "sign_attestation",
    "sign_survey",
    "sort_state_statuses",
    "tick_in_aeries",
    "tick_packets",
    "transfer_student",
    "withdraw_request",
    "withdraw_statuses",
]
