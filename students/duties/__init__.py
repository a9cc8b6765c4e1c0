"""What is due in chapters 1 and 2: one set-based query for each duty, the reason in a sentence."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.duties import DutyRule, Many
from district.enums import Role
from students import originals
from students.duties import conferences, corrections, office, papers, records, reviews, services, surveys
from students.duties.columns import of_child, to_child
from students.duties.papers import filing_duty
from students.duties.reviews import aeries_duty, copy_duty
from students.duties.surveys import surveys_to_enter

__all__ = [
    "OWN_FACTS",
    "OWN_ORIGINALS",
    "RULES",
    "aeries_duty",
    "copy_duty",
    "filing_duty",
    "of_child",
    "surveys_to_enter",
]

RULES = (
    DutyRule(
        id="survey_missing",
        title=gettext_lazy("Enter the Home Language Survey"),
        owner=Role.SECRETARY,
        source="MP1-02, 5 CCR 11518.5(a)",
        rows=surveys.surveys_missing,
        why=surveys.why_survey,
        link=to_child("survey"),
        action=gettext_lazy("Enter"),
        many=Many("survey_next", gettext_lazy("Enter the first")),
    ),
    DutyRule(
        id="survey_signature",
        title=gettext_lazy("Get the survey signed"),
        owner=Role.SECRETARY,
        source="MP1-03, D-07",
        rows=surveys.surveys_unsigned,
        why=surveys.why_signature,
        link=lambda duty: reverse("survey_sign", args=[duty.facts["survey"]]),
        action=gettext_lazy("Add signature"),
    ),
    DutyRule(
        id="records_request",
        title=gettext_lazy("Ask the former district for the records"),
        owner=Role.SECRETARY,
        source="MP1-48, MP1-51",
        rows=records.requests_unsent,
        why=records.why_request,
        link=to_child("records"),
        action=gettext_lazy("Log the request"),
    ),
    DutyRule(
        id="transfer_records",
        title=gettext_lazy("Enter the records of the former district"),
        owner=Role.SECRETARY,
        source="MP1-46, D-03",
        rows=records.records_missing,
        why=records.why_records,
        link=to_child("records"),
        action=gettext_lazy("Open records"),
    ),
    DutyRule(
        id="placement_copy",
        title=gettext_lazy("Hand the placement copy to the teacher"),
        owner=Role.SECRETARY,
        source="MP1-32, MP1-42",
        rows=papers.copies_missing,
        why=papers.why_copy,
        link=lambda duty: reverse("copies"),
        action=gettext_lazy("Hand out"),
    ),
    DutyRule(
        id="fluency_cut_missing",
        title=gettext_lazy("Set from which level a child has reasonable fluency"),
        owner=Role.EL_ADMINISTRATOR,
        source="MP2-11",
        rows=office.cuts_missing,
        why=office.why_cut,
        link=lambda duty: reverse("fluency_cut"),
        action=gettext_lazy("Set"),
        subject=lambda duty: _("the district"),
    ),
    DutyRule(
        id="status_handshake",
        title=gettext_lazy("Settle the days of a status with the state"),
        owner=Role.EL_ADMINISTRATOR,
        source="D-05",
        rows=office.hand_shakes,
        why=office.why_hand_shake,
        link=lambda duty: reverse("status_settle", args=[duty.facts["status"]]),
        action=gettext_lazy("Settle"),
    ),
    *corrections.RULES,
    *reviews.RULES,
    *services.RULES,
    *conferences.RULES,
)
OWN_ORIGINALS = (originals.SURVEYS, originals.PLACEMENTS)
OWN_FACTS = reviews.OWN_FACTS
