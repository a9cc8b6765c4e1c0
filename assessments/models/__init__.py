"""What is stored of tests: score scales, results with their scores, the files they came in, plans of testing."""

from assessments.models.imports import ScoreImport, ScoreImportRow
from assessments.models.plans import TestPlan
from assessments.models.results import Result, Score
from assessments.models.scales import ScoreRange

__all__ = [
    "Result",
    "Score",
    "ScoreImport",
    "ScoreImportRow",
    "ScoreRange",
    "TestPlan",
]
