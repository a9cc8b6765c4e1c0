"""manage.py accounts: the accounts of a sample district, one per role and reach, with the password they share."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings

from district.commands import PlanCommand, Row
from district.enums import Role
from district.models import District, RoleAssignment, in_force
from district.refusal import Refusal


class Command(PlanCommand):
    help = "Lists the accounts of a sample district, one per role and reach, with their common password."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="every account, not one per role")

    def run(self, *, on: date, all: bool, **options: Any) -> list[Row]:
        if not District.objects.filter(is_sample=True).exists():
            raise Refusal(
                "This is no sample district, so its accounts are not listed.",
                mend="An EL administrator makes accounts; manage.py changepassword USERNAME sets a password.",
            )
        held = (
            RoleAssignment.objects.filter(in_force(on), user__is_active=True, user__is_service=False)
            .select_related("user", "school")
            .order_by("school__cds_code", "user__username")
        )
        password = _password()
        rank = {role: index for index, role in enumerate(Role)}
        rows: list[Row] = []
        seen: set[tuple[str, bool]] = set()  # a role of one school, and the same role of the whole district
        for one in sorted(held, key=lambda one: rank[Role(one.role)]):
            kind = (one.role, one.school_id is None)
            if all or kind not in seen:
                seen.add(kind)
                rows.append(
                    {
                        "role": one.get_role_display(),
                        "username": one.user.username,
                        "password": password,
                        "name": str(one.user),
                        "school": str(one.school or "whole district"),
                    }
                )
        return rows


def _password() -> str:
    """The password that the sample's accounts were made with, kept beside the database."""
    kept = settings.ELPLAN_HOME / "sample-password"
    return kept.read_text().strip() if kept.exists() else "(set when the sample was made)"
