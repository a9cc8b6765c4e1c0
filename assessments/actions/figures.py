"""Figures that letters quote (20 USC 6312(e)(3)(A)(vi)); the district answers for them, year by year."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from district.access import demand
from district.history import acting
from district.models import Figure, SchoolYear, User
from district.permissions import Permission
from district.refusal import Refusal

Given = tuple[Decimal | int | None, Decimal | int | None]


def set_figures(*, by: User, year: SchoolYear, figures: dict[str, Given], source: str) -> list[Figure]:
    """Enter or change the figures of a school year: (low, high) by key. One left empty is taken out: letters then wait.

    Letters issued before keep what they said.
    """
    if not source.strip():
        raise Refusal(_("Where do the figures come from?"), _("Name the report or the count."), field="source")
    with transaction.atomic(), acting(by, _("figures for letters of %(year)s") % {"year": year.name}):
        demand(by, Permission.MANAGE_DISTRICT)
        kept = []
        for key, (low, high) in figures.items():
            if low is None:
                Figure.objects.filter(year=year, key=key).delete()
                continue
            values = {"low": low, "high": high, "source": source.strip()}
            kept.append(Figure.objects.update_or_create(year=year, key=key, defaults=values)[0])
    return kept
