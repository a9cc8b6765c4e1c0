"""Lists of this app as files: one row a child, words beside codes, no cell that a spreadsheet computes."""

from __future__ import annotations

from import_export import resources

from assessments.queries.long_term import Standing
from assessments.rules import AT_RISK, LTEL, NEITHER
from assessments.rules.long_term_ahead import UNKNOWN
from district.findings import _
from district.sheets import inert
from students.enums import FlagKind
from students.exports import Inert


class LongTermResource(resources.Resource):
    """Long-term English learners and those at risk, as the page lists them."""

    ssid = Inert("student__ssid", "ssid")
    local_id = Inert("student__local_id", "local_id")
    last_name = Inert("student__last_name", "last_name")
    first_name = Inert("student__first_name", "first_name")
    grade = Inert("stay__grade", "grade")
    teacher = Inert("stay__teacher", "teacher")
    primary_language = Inert("student__primary_language", "primary_language")
    first_us_school = Inert("student__first_us_school_on", "first_us_school")
    ec_313_1 = Inert("now__outcome", "ec_313_1")
    ec_313_1_words = Inert(column_name="ec_313_1_words")
    ec_313_1_reason = Inert("now__reason", "ec_313_1_reason")
    ec_52052 = Inert(column_name="ec_52052")
    ec_52052_reason = Inert("now__dashboard__reason", "ec_52052_reason")
    coming = Inert("next__outcome", "coming")
    coming_on = Inert("next__on", "coming_on")
    coming_reason = Inert("next__sentence", "coming_reason")
    flags = Inert(column_name="flags")

    def dehydrate_ec_313_1_words(self, row: Standing) -> str:
        return inert(outcome_words(row.now.outcome))

    def dehydrate_ec_52052(self, row: Standing) -> str:
        return "yes" if row.on_dashboard else "no"

    def dehydrate_flags(self, row: Standing) -> str:
        return inert(", ".join(str(kind.label) for kind in FlagKind if kind in row.flags))


def outcome_words(outcome: str) -> str:
    """What a child is by EC 313.1, in words."""
    return {
        LTEL: _("long-term English learner"),
        AT_RISK: _("at risk of becoming one"),
        NEITHER: _("neither"),
        UNKNOWN: _("not known"),
    }[outcome]
