"""manage.py add_person: an account with a role, for the first EL administrator, who then makes all others in elplan."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.db import transaction

from district.actions.people import create_account, give_role
from district.commands import PlanCommand, Row, add_by, add_school, person_named, school_named
from district.enums import Role


class Command(PlanCommand):
    help = "Makes an account with a role and prints the page on which its owner sets a password (good for three days)."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", required=True)
        parser.add_argument("--email", default="")
        parser.add_argument("--role", choices=Role.values, default=Role.EL_ADMINISTRATOR.value)
        add_school(parser)
        add_by(parser)

    def run(self, *, on: date, username: str, role: str, school: str | None, by: str | None, **names: Any) -> Row:
        acting, place = person_named(by), school_named(school)
        with transaction.atomic():
            person, page = create_account(
                by=acting,
                username=username,
                first_name=names["first_name"],
                last_name=names["last_name"],
                email=names["email"],
            )
            give_role(by=acting, user=person, role=Role(role), school=place, starts=on)
        return {"username": person.username, "role": role, "school": place and place.cds_code, "password_page": page}
