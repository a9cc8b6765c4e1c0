"""Supports of the district's own, beside those that the state's file names (MP1-20)."""

from __future__ import annotations

from django.utils.text import slugify
from django.utils.translation import gettext as _

from assessments.models import Support, TestPlan
from district import entries
from district.actions.doing import doing
from district.enums import Certainty
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import Refusal

SUPPORT = "support"


def add_support(*, by: User, name: str, kind: str, source: str) -> Support:
    """Add a support to the list that test plans choose from. Refusal: the list has one of that name and kind."""
    with doing(by, Permission.MANAGE_DISTRICT, _("support of test plans added")):
        if Support.objects.filter(name__iexact=name.strip(), kind=kind, is_offered=True).exists():
            raise Refusal(_("%(name)s stands in the list already.") % {"name": name}, field="name")
        code = f"own-{slugify(name)[:40]}-{Support.objects.count()}"
        row = Support.objects.create(
            code=code, name=name.strip(), kind=kind, source=source, certainty=Certainty.DISTRICT
        )
        entries.enter(by=by, kind=SUPPORT, summary=_("Support of test plans: %(name)s") % {"name": name}, code=code)
    return row


def put_back_support(entry: Entry, by: User) -> None:
    """Take it out of the list again, as long as no plan names it."""
    code = entry.data["code"]
    if TestPlan.objects.filter(supports__contains=[code]).exists():
        raise Refusal(_("A test plan names it."), _("Change that plan first."))
    Support.objects.filter(code=code).delete()
