"""What is stored of chapters 1 and 2: the child and the family, surveys, statuses, placements, the Yellow Folder."""

from students.models.conference import (
    BlockStaff,
    Conference,
    ConferenceAttempt,
    ConferenceBlock,
    ConferenceBooking,
    FollowUp,
    InterpreterRequest,
    StaffLanguage,
)
from students.models.correction import Correction, CorrectionEvidence
from students.models.folder import FolderItem, FolderScan, PacketPart, PacketTick, RecordsAttempt, RecordsRequest
from students.models.placement import FluencyCut, Placement, Program
from students.models.review import (
    AeriesField,
    AeriesTick,
    Attestation,
    AttestedFolder,
    AttestedItem,
    ChangeTask,
    RecordReview,
    TeacherCopy,
)
from students.models.service import (
    EVERY_DAY,
    EldSection,
    ProgramCase,
    ProgramRequest,
    ProgramWish,
    Service,
    TeacherAuthorization,
)
from students.models.status import HomeLanguageSurvey, LanguageStatus, StatusTransition
from students.models.student import Enrollment, Flag, Guardian, Student, of_visible_students

__all__ = [
    "AeriesField",
    "AeriesTick",
    "Attestation",
    "AttestedFolder",
    "AttestedItem",
    "BlockStaff",
    "ChangeTask",
    "Conference",
    "ConferenceAttempt",
    "ConferenceBlock",
    "ConferenceBooking",
    "Correction",
    "CorrectionEvidence",
    "EVERY_DAY",
    "EldSection",
    "Enrollment",
    "Flag",
    "FluencyCut",
    "FolderItem",
    "FolderScan",
    "FollowUp",
    "Guardian",
    "HomeLanguageSurvey",
    "InterpreterRequest",
    "LanguageStatus",
    "PacketPart",
    "PacketTick",
    "Placement",
    "Program",
    "ProgramCase",
    "ProgramRequest",
    "ProgramWish",
    "RecordReview",
    "RecordsAttempt",
    "RecordsRequest",
    "Service",
    "StaffLanguage",
    "StatusTransition",
    "Student",
    "TeacherAuthorization",
    "TeacherCopy",
    "of_visible_students",
]
