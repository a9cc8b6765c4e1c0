"""What a correction of a classification waits for: the notice, the decision, the result in writing."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, DateField, F, Q, QuerySet, When
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.duties import Duty, DutyRule, Many, until
from district.enums import Role
from district.queries import add_calendar_days, due, period
from students.duties.columns import day, of_child
from students.enums import CorrectionOutcome, CorrectionProcess
from students.models import Correction
from students.queries import with_stay


def _cases(on: date) -> QuerySet:
    return with_stay(Correction.objects.filter(asked_on__lte=on), on).exclude(outcome=CorrectionOutcome.WITHDRAWN)


def notices(on: date) -> QuerySet:
    """Process A begins with a written notice to the parents (CE-A1)."""
    rows = _cases(on).filter(process=CorrectionProcess.A).filter(Q(notice_on__isnull=False) | _undecided(on))
    rows = rows.annotate(
        d_starts=F("asked_on"),
        d_done=until(on, "notice_on"),
        d_due=due(F("asked_on"), "stay__school_id", period("OWN-41", on)),
    )
    return of_child(rows, case=F("pk"), asked=F("asked_on"))


def decisions(on: date) -> QuerySet:
    """Cases that can be decided: A once the ten days after the notice have run, B and C from the request on."""
    after = add_calendar_days("notice_on", period("CE-A1", on).days)
    starts = Case(When(process=CorrectionProcess.A, then=after), default=F("asked_on"), output_field=DateField())
    rows = _cases(on).annotate(d_starts=Cast(starts, DateField())).filter(d_starts__lte=on)
    rows = rows.annotate(
        d_done=until(on, "decided_on"), d_due=due(F("d_starts"), "stay__school_id", period("OWN-42", on))
    )
    return of_child(rows, case=F("pk"), asked=F("asked_on"), notice=F("notice_on"), process=F("process"))


def results(on: date) -> QuerySet:
    """The result in writing, with the evidence, within 14 days of the decision (CE-A2)."""
    rows = _cases(on).filter(decided_on__lte=on)
    rows = rows.annotate(
        d_starts=F("decided_on"),
        d_done=until(on, "result_on"),
        d_due=Cast(add_calendar_days("decided_on", period("CE-A2", on).days), DateField()),
    )
    return of_child(rows, case=F("pk"), decided=F("decided_on"))


def _undecided(on: date) -> Q:
    return Q(decided_on__isnull=True) | Q(decided_on__gt=on)


def _to_case(duty: Duty) -> str:
    return reverse("correction", args=[duty.facts["case"]])


def why_notice(duty: Duty) -> str:
    return _("Asked for on %(day)s; the parents are told in writing ten days before the test.") % {
        "day": day(duty, "asked")
    }


def why_decision(duty: Duty) -> str:
    if duty.facts["process"] == CorrectionProcess.A:
        return _("The parents were told on %(day)s; the child may be tested now.") % {"day": day(duty, "notice")}
    return _("Asked for on %(day)s; the classification stands until it is decided.") % {"day": day(duty, "asked")}


def why_result(duty: Duty) -> str:
    return _("Decided on %(day)s; the parents get the result and the evidence in writing within 14 days.") % {
        "day": day(duty, "decided")
    }


RUNNING = Many("corrections", gettext_lazy("All corrections"))
RULES = (
    DutyRule(
        id="correction_notice",
        title=gettext_lazy("Tell the parents of a correction before the test"),
        owner=Role.EL_ADMINISTRATOR,
        source="X-03, 5 CCR 11518.20(a)",
        rows=notices,
        why=why_notice,
        link=_to_case,
        action=gettext_lazy("Open the case"),
        many=RUNNING,
    ),
    DutyRule(
        id="correction_decision",
        title=gettext_lazy("Decide a correction of a classification"),
        owner=Role.EL_ADMINISTRATOR,
        source="X-03, 5 CCR 11518.20",
        rows=decisions,
        why=why_decision,
        link=_to_case,
        action=gettext_lazy("Decide"),
        many=RUNNING,
    ),
    DutyRule(
        id="correction_result",
        title=gettext_lazy("Give the parents the result of a correction"),
        owner=Role.EL_ADMINISTRATOR,
        source="X-03, CE-A2, 5 CCR 11518.20",
        rows=results,
        why=why_result,
        link=_to_case,
        action=gettext_lazy("Open the case"),
        many=RUNNING,
    ),
)
