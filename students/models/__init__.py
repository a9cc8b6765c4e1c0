"""What is stored of chapters 1 and 2: the child and the family, surveys, statuses, placements, the Yellow Folder."""

from students.models.correction import Correction, CorrectionEvidence
from students.models.folder import FolderItem, FolderScan, PacketPart, PacketTick, RecordsAttempt, RecordsRequest
from students.models.placement import Conference, FluencyCut, Placement, Program
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
from students.models.status import HomeLanguageSurvey, LanguageStatus, StatusTransition
from students.models.student import Enrollment, Flag, Guardian, Student, of_visible_students

__all__ = [
    "AeriesField",
    "AeriesTick",
    "Attestation",
    "AttestedFolder",
    "AttestedItem",
    "ChangeTask",
    "Conference",
    "Correction",
    "CorrectionEvidence",
    "Enrollment",
    "Flag",
    "FluencyCut",
    "FolderItem",
    "FolderScan",
    "Guardian",
    "HomeLanguageSurvey",
    "LanguageStatus",
    "PacketPart",
    "PacketTick",
    "Placement",
    "Program",
    "RecordReview",
    "RecordsAttempt",
    "RecordsRequest",
    "StatusTransition",
    "Student",
    "TeacherCopy",
    "of_visible_students",
]
