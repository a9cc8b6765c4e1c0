"""Records of a former district."""

from __future__ import annotations

from datetime import date

from django.db.models import (
    F,
    QuerySet,
)
from django.utils.translation import gettext as _

from district.duties import Duty, until
from district.queries import due, period
from students.duties.columns import day, of_child
from students.models import (
    RecordsRequest,
)
from students.queries import with_stay


def _requests(on: date, code: str, done: str) -> QuerySet:
    rows = with_stay(RecordsRequest.objects.filter(enrollment__starts__lte=on), on)
    rows = rows.annotate(d_starts=F("enrollment__starts"), d_done=until(on, done))
    rows = rows.annotate(d_due=due("d_starts", "stay__school_id", period(code, on)))
    came = {name: until(on, f"{name}_received_on") for name in ("survey", "scores", "status")}
    return of_child(rows, former=F("enrollment__former_district"), starts=F("d_starts"), **came)


def requests_unsent(on: date) -> QuerySet:
    """Transfers inside California: the former district is asked (MP1-48)."""
    return _requests(on, "OWN-06", "requested_on")


def records_missing(on: date) -> QuerySet:
    """Transfers inside California: the three things are there and entered (MP1-46)."""
    return _requests(on, "TR-01", "entered_on")


def why_request(duty: Duty) -> str:
    return _("The child came from %(district)s on %(day)s and keeps the status given there.") % {
        "district": duty.facts["former"] or _("another California district"),
        "day": day(duty, "starts"),
    }


def why_records(duty: Duty) -> str:
    names = {"survey": _("survey"), "scores": _("ELPAC scores"), "status": _("language status")}
    missing = [said for fact, said in names.items() if not duty.facts[fact]]
    if not missing:
        return _("All three have come; they wait to be entered.")
    return _("From %(district)s is missing: %(what)s.") % {
        "district": duty.facts["former"] or _("the former district"),
        "what": ", ".join(missing),
    }
