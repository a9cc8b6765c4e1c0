"""What is stored of tests: score scales, results, files, plans of testing; local measures and marks."""

from assessments.models.action_plans import ActionPlan, ActionPlanEvidence, ActionPlanReview, Question4Referral
from assessments.models.imports import ScoreImport, ScoreImportRow
from assessments.models.lists import ColumnMapping, LongTermListing
from assessments.models.measures import (
    LocalMeasure,
    LocalResult,
    Mark,
    MarkScale,
    MeasureScheme,
    MeasureWindow,
)
from assessments.models.plans import TestPlan
from assessments.models.results import Result, Score
from assessments.models.scales import ScoreRange
from assessments.models.testing import Sitting, Support, TestWindow, Training

__all__ = [
    "ActionPlan",
    "ActionPlanEvidence",
    "ActionPlanReview",
    "Question4Referral",
    "ColumnMapping",
    "LocalMeasure",
    "LocalResult",
    "LongTermListing",
    "Mark",
    "MarkScale",
    "MeasureScheme",
    "MeasureWindow",
    "Result",
    "Score",
    "ScoreImport",
    "ScoreImportRow",
    "ScoreRange",
    "Sitting",
    "Support",
    "TestPlan",
    "TestWindow",
    "Training",
]
