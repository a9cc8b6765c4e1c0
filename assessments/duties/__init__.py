"""What is due about tests, placements and notices: one set-based query for each duty, the reason in a sentence."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from assessments import queries
from assessments.duties import conferences, initial, measures, notices, testing
from assessments.duties.columns import to
from assessments.queries import ANNUAL, INITIAL
from district.duties import DutyRule, Many
from district.enums import Role

RULES = (
    DutyRule(
        id="initial_test",
        title=gettext_lazy("Give the Initial ELPAC"),
        owner=Role.EXAMINER,
        source="MP1-13, MP1-22, 5 CCR 11518.5, D-01",
        rows=initial.initial_test_rows,
        why=initial.why_initial_test,
        link=to("result_new"),
        action=gettext_lazy("Enter the score"),
        many=Many("initial_tests", gettext_lazy("Open the list")),
    ),
    DutyRule(
        id="before_test_notice",
        title=gettext_lazy("Tell the family about the test"),
        owner=Role.SECRETARY,
        source="5 CCR 11518.5(c), IA-01",
        rows=initial.before_test_rows,
        why=initial.why_before_test,
        link=to("letter_preview", kind=queries.BEFORE_TEST),
        action=gettext_lazy("Open the letter"),
        many=Many("letters_due", gettext_lazy("Make the letters"), (queries.BEFORE_TEST,)),
    ),
    DutyRule(
        id="initial_notice",
        title=gettext_lazy("Tell the family the result of the Initial ELPAC"),
        owner=Role.SECRETARY,
        source="MP1-24, MP1-29, 5 CCR 11518.5, IA-02",
        rows=initial.initial_notice_rows,
        why=initial.why_initial_notice,
        link=to("letter_preview", kind=INITIAL),
        action=gettext_lazy("Open the letter"),
        many=Many("letters_due", gettext_lazy("Make the letters"), (INITIAL,)),
    ),
    DutyRule(
        id="official_differs",
        title=gettext_lazy("Look into a result that differs from the school's"),
        owner=Role.EL_ADMINISTRATOR,
        source="D-06",
        rows=initial.official_differs_rows,
        why=initial.why_official_differs,
        link=to("letter_preview", kind=INITIAL),
        action=gettext_lazy("Open the corrected letter"),
        many=Many("differences", gettext_lazy("Open the list")),
    ),
    DutyRule(
        id="placement_decision",
        title=gettext_lazy("Decide the program"),
        owner=Role.PRINCIPAL,
        source="MP1-25, MP1-30, MP1-49",
        rows=notices.placement_rows,
        why=notices.why_placement,
        link=to("placement"),
        action=gettext_lazy("Open the placement"),
        many=Many("placements", gettext_lazy("Confirm many")),
    ),
    DutyRule(
        id="annual_notice",
        title=gettext_lazy("Send the annual letter"),
        owner=Role.SECRETARY,
        source="MP1-36, 20 USC 6312(e)(3), EC 440(b), D-18",
        rows=notices.annual_notice_rows,
        why=notices.why_annual_notice,
        link=to("letter_preview", kind=ANNUAL),
        action=gettext_lazy("Open the letter"),
        many=Many("letters_due", gettext_lazy("Make the letters"), (ANNUAL,)),
    ),
    DutyRule(
        id="results_letter",
        title=gettext_lazy("Tell the family the yearly result"),
        owner=Role.SECRETARY,
        source="MP1-17, 5 CCR 11518.15(b)",
        rows=notices.results_letter_rows,
        why=notices.why_results_letter,
        link=lambda duty: f"{reverse('score_reports')}?child={duty.student_id}",
        action=gettext_lazy("Note the score report as given"),
        many=Many("score_reports", gettext_lazy("Note as given")),
    ),
    DutyRule(
        id="tbd_over_90_days",
        title=gettext_lazy("End the time of “to be determined”"),
        owner=Role.EL_ADMINISTRATOR,
        source="CALPADS, CA-01",
        rows=initial.tbd_too_long_rows,
        why=initial.why_tbd_too_long,
        link=initial.what_ends_tbd,
        action=gettext_lazy("Enter what ends it"),
    ),
    *testing.RULES,
    *measures.RULES,
    *conferences.RULES,
)
