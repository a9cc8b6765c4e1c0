"""What is written of tests: local results, test plans, score reports given, placements in bulk, figures for letters."""

from assessments.actions.earlier import EARLIER_RESULT, put_back_earlier_result, record_earlier_result
from assessments.actions.examiners import TRAINING, put_back_training, record_training
from assessments.actions.figures import set_figures
from assessments.actions.placements import PLACES, STAYS, Preview, confirm_placements, preview_placements
from assessments.actions.plans import (
    DOCUMENTED,
    PLAN,
    document_plan,
    end_test_plan,
    plan_test,
    put_back_documented,
    put_back_plan,
)
from assessments.actions.results import (
    LOCAL_RESULT,
    REPORTS_GIVEN,
    Given,
    put_back_local_result,
    put_back_reports,
    record_local_result,
    record_reports_given,
)
from assessments.actions.sittings import SITTING, Noted, note_sitting, note_sittings, put_back_sittings
from assessments.actions.supports import SUPPORT, add_support, put_back_support
from assessments.actions.windows import WINDOW, put_back_window, set_window

__all__ = [
    "DOCUMENTED",
    "Noted",
    "SITTING",
    "SUPPORT",
    "add_support",
    "put_back_support",
    "TRAINING",
    "WINDOW",
    "document_plan",
    "note_sitting",
    "note_sittings",
    "put_back_documented",
    "put_back_sittings",
    "put_back_training",
    "put_back_window",
    "record_training",
    "set_window",
    "EARLIER_RESULT",
    "put_back_earlier_result",
    "record_earlier_result",
    "set_figures",
    "preview_placements",
    "confirm_placements",
    "Preview",
    "STAYS",
    "PLACES",
    "LOCAL_RESULT",
    "PLAN",
    "REPORTS_GIVEN",
    "Given",
    "end_test_plan",
    "plan_test",
    "put_back_local_result",
    "put_back_plan",
    "put_back_reports",
    "record_local_result",
    "record_reports_given",
]
