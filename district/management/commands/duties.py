"""The derived duties: `duties --school 99000010000011 --state late` prints what is late there."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.db.models import Q

from district import duties as shape
from district.commands import PlanCommand, Row, WrongUsage, add_school, school_named
from district.models import School


class Command(PlanCommand):
    help = "Print what is due: derived on the day asked for, most urgent first."

    def arguments(self, parser: ArgumentParser) -> None:
        add_school(parser)
        parser.add_argument("--rule", metavar="ID", help="one rule by its id, such as initial_test")
        parser.add_argument("--state", choices=shape.State.values, help="open, late or done (default: all)")

    def run(self, *, on: date, school: str | None, rule: str | None, state: str | None, **options: Any) -> list[Row]:
        known = shape.rules()
        if rule is not None and rule not in known:
            raise WrongUsage(f"There is no duty with the id {rule!r}. Duties: {', '.join(sorted(known))}")
        at = school_named(school)
        found = shape.duties(
            as_of=on,
            rule_ids=[rule] if rule else None,
            state=state,
            where=Q(d_school=at.pk) if at else None,
        )
        codes = dict(School.objects.values_list("pk", "cds_code"))
        return [self._row(duty, codes) for duty in found]

    def _row(self, duty: shape.Duty, codes: dict[int, str]) -> Row:
        return {
            "rule": duty.rule.id,
            "subject": duty.subject,
            "school": codes.get(duty.school_id) if duty.school_id else None,
            "owner": duty.rule.owner.value,
            "starts": duty.starts,
            "due": duty.due,
            "done": duty.done,
            "state": duty.state.value,
            "why": duty.why,
            "ssid": duty.facts.get("ssid"),
            "local_id": duty.facts.get("local_id"),
        }
