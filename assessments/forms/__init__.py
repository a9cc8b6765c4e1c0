"""Forms of tests, placements and figures; what they may say is decided by the actions."""

from assessments.forms.earlier import EarlierResultForm
from assessments.forms.figures import FiguresForm
from assessments.forms.placements import DecisionForm
from assessments.forms.plans import DocumentedForm, EndPlanForm, TestPlanForm
from assessments.forms.results import GivenForm, ResultForm

__all__ = [
    "DecisionForm",
    "EarlierResultForm",
    "DocumentedForm",
    "EndPlanForm",
    "FiguresForm",
    "GivenForm",
    "ResultForm",
    "TestPlanForm",
]
