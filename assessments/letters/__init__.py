"""The facts of each letter and form that this app knows, for many children at once; no words and no layout.

They come from the same rules and rows as the screens. A fact that is missing is named with the page that mends it.
"""

from assessments.letters.action_plans import ActionPlanPaper
from assessments.letters.conferences import ConferenceInvitation, handout
from assessments.letters.corrections import CorrectionNotice, CorrectionResult
from assessments.letters.notices import AnnualNotice, InitialNotice, annual_facts, initial_facts, long_term_of
from assessments.letters.papers import BeforeTestNotice, FolderLabel, RecordsRequestLetter
from assessments.letters.program_requests import ProgramRequestDecision

SOURCES = {
    "action_plan": ActionPlanPaper(),
    "conference_invitation": ConferenceInvitation(),
    "correction_notice": CorrectionNotice(),
    "correction_result": CorrectionResult(),
    "initial": InitialNotice(),
    "annual": AnnualNotice(),
    "before_test": BeforeTestNotice(),
    "program_request_decision": ProgramRequestDecision(),
    "records_request": RecordsRequestLetter(),
    "folder_label": FolderLabel(),
}

__all__ = ["SOURCES", "annual_facts", "handout", "initial_facts", "long_term_of"]
