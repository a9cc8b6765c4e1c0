"""The register of teachers' authorizations to teach English learners (MP5-75, X-14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district import entries
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students.actions.guard import must_hold
from students.enums import AuthorizationKind
from students.models import TeacherAuthorization

AUTHORIZED = "authorization"
MAY = Permission.RECORD_AUTHORIZATION


@dataclass(frozen=True)
class Document:
    """An authorization as its document shows it; without `expires_on` it has no end."""

    teacher: User
    kind: AuthorizationKind | str
    code: str = ""
    issued_on: date | None = None
    expires_on: date | None = None


def record_authorizations(*, by: User, documents: Sequence[Document], seen_on: date) -> list[TeacherAuthorization]:
    """Enter documents that somebody has seen, one or a staff room full. One entry, put back as one.

    Refusal: nothing entered, an end before the beginning, a teacher of another school, no code of another document.
    """
    with transaction.atomic(), acting(by, _("authorizations of teachers")):
        must_hold(by, MAY)
        if not documents:
            raise Refusal(_("No document is entered."), _("Choose the document beside a teacher."))
        for each in documents:
            _check(by, each)
        rows = TeacherAuthorization.objects.bulk_create(
            TeacherAuthorization(
                teacher=each.teacher,
                kind=each.kind,
                code=each.code.strip(),
                issued_on=each.issued_on,
                expires_on=each.expires_on,
                seen_on=seen_on,
                seen_by=by,
            )
            for each in documents
        )
        number = len(rows)
        said = ngettext("%(n)d authorization recorded", "%(n)d authorizations recorded", number) % {"n": number}
        entries.enter(by=by, kind=AUTHORIZED, summary=said, authorizations=[row.pk for row in rows])
    return rows


def _check(by: User, each: Document) -> None:
    schools = set(each.teacher.role_assignments.values_list("school", flat=True))
    if not any(by.may(MAY, school) for school in schools):
        raise NotAllowed(str(MAY.label), str(each.teacher))
    if each.kind == AuthorizationKind.OTHER and not each.code.strip():
        raise Refusal(
            _("Which document does %(teacher)s have?") % {"teacher": each.teacher},
            _("Type the code that is printed on it."),
        )
    if each.issued_on and each.expires_on and each.expires_on < each.issued_on:
        said = {"teacher": each.teacher, "day": long_day(each.expires_on)}
        raise Refusal(
            _("The document of %(teacher)s ends on %(day)s, before it begins.") % said, _("One day is mistyped.")
        )


def put_back_authorizations(entry: Entry, by: User) -> None:
    """The documents were entered by mistake."""
    rows = TeacherAuthorization.objects.filter(pk__in=entry.data["authorizations"]).select_related("teacher")
    for row in rows:
        _check(by, Document(row.teacher, row.kind, row.code or "-"))
    rows.delete()


PUT_BACK = {AUTHORIZED: put_back_authorizations}
