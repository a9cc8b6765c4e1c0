"""The windows of the yearly tests, as the district sets them from the state's calendar (MP1-16, MP5-16)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from assessments.enums import Test
from assessments.models import Sitting, TestWindow
from assessments.queries.testing import YEARLY_ELPAC, lawful_window
from district import entries
from district.actions.doing import doing
from district.calendar import year_name
from district.enums import Certainty
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day

WINDOW = "test_window"


def set_window(*, by: User, test: str, administration: str, opens: date, closes: date, source: str) -> TestWindow:
    """Set or change the days on which a yearly test is given. The window may be narrower than the law's.

    Refusal: days of another school year, an end before the beginning, a test without a window, tests noted outside.
    """
    with doing(by, Permission.COORDINATE_TESTS, _("window of a test set")):
        if test not in YEARLY_ELPAC:
            raise Refusal(_("This test has no yearly window."), field="test")
        for field, day in (("opens", opens), ("closes", closes)):
            if year_name(day) != administration:
                raise Refusal(
                    _("%(day)s is not in the school year %(year)s.") % {"day": long_day(day), "year": administration},
                    _("Look at the year."),
                    field=field,
                )
        if closes < opens:
            raise Refusal(_("The window would close before it opens."), _("Look at both days."), field="closes")
        _check_noted(test, administration, opens, closes)
        before = TestWindow.objects.select_for_update().filter(test=test, administration=administration).first()
        kept = None
        if before:
            kept = {"opens": before.opens.isoformat(), "closes": before.closes.isoformat(), "source": before.source}
        lawful = lawful_window(test, administration)
        as_law = lawful is not None and (opens, closes, source) == (lawful.opens, lawful.closes, lawful.source)
        window, _new = TestWindow.objects.update_or_create(
            test=test,
            administration=administration,
            defaults={
                "opens": opens,
                "closes": closes,
                "source": source,
                "certainty": lawful.certainty if lawful and as_law else Certainty.DISTRICT,
                "recorded_by": by,
            },
        )
        entries.enter(
            by=by,
            kind=WINDOW,
            summary=_("Window of the %(test)s: %(opens)s to %(closes)s")
            % {"test": Test(test).label, "opens": long_day(opens), "closes": long_day(closes)},
            window=window.pk,
            before=kept,
        )
    return window


def _check_noted(test: str, administration: str, opens: date, closes: date) -> None:
    """Tests that were noted lie inside."""
    noted = Sitting.objects.filter(test=test, administration=administration)
    outside = noted.exclude(on__gte=opens, on__lte=closes).order_by("on").first()
    if outside:
        raise Refusal(
            _("A test is noted on %(day)s, outside these days.") % {"day": long_day(outside.on)},
            _("Let the window reach to that day, or put that note back."),
            field="opens" if outside.on < opens else "closes",
        )


def put_back_window(entry: Entry, by: User) -> None:
    """The window is what it was before; none where there was none and no test is noted in it."""
    window = TestWindow.objects.filter(pk=entry.data["window"]).first()
    if window is None:
        return
    kept = entry.data["before"]
    if kept:
        opens, closes = date.fromisoformat(kept["opens"]), date.fromisoformat(kept["closes"])
        _check_noted(window.test, window.administration, opens, closes)
        window.opens, window.closes, window.source = opens, closes, kept["source"]
        window.save(update_fields=["opens", "closes", "source"])
        return
    if Sitting.objects.filter(test=window.test, administration=window.administration).exists():
        raise Refusal(_("Tests are noted in this window."), _("Change its days instead."))
    window.delete()
