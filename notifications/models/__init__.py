"""What is stored of letters: texts in versions, issued letters with their PDF, runs, and how each letter left."""

from notifications.models.delivery import Delivery
from notifications.models.letterhead import LetterheadWords
from notifications.models.letters import Letter, LetterNumber
from notifications.models.runs import LetterRun, LetterRunItem, LetterRuns
from notifications.models.texts import LetterText, LetterVersion, LetterVersions, kind_choices

__all__ = [
    "Delivery",
    "Letter",
    "LetterNumber",
    "LetterRun",
    "LetterRunItem",
    "LetterRuns",
    "LetterText",
    "LetterVersion",
    "LetterVersions",
    "LetterheadWords",
    "kind_choices",
]
