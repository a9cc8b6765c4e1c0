"""What is stored of chapters 1 and 2: the child and the family, surveys, statuses, placements, the Yellow Folder."""

from students.models.correction import Correction, CorrectionEvidence
from students.models.folder import FolderItem, RecordsAttempt, RecordsRequest
from students.models.placement import Conference, FluencyCut, Placement, Program
from students.models.status import HomeLanguageSurvey, LanguageStatus, StatusTransition
from students.models.student import Enrollment, Flag, Guardian, Student, of_visible_students

__all__ = [
    "Conference",
    "Correction",
    "CorrectionEvidence",
    "Enrollment",
    "Flag",
    "FluencyCut",
    "FolderItem",
    "Guardian",
    "HomeLanguageSurvey",
    "LanguageStatus",
    "Placement",
    "Program",
    "RecordsAttempt",
    "RecordsRequest",
    "StatusTransition",
    "Student",
    "of_visible_students",
]
