"""Letterhead, trustees, schools, languages, and the district's own periods."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from district.actions.doing import doing, save
from district.enums import Certainty, DayKind, Grade
from district.models import District, Language, LegalRule, School, Trustee, User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day


def change_letterhead(*, by: User, **values: str) -> District:
    """Write name, address, superintendent, vision and mission of the district (APPC-02, MP0-02, MP0-03)."""
    with doing(by, Permission.MANAGE_DISTRICT, _("letterhead changed")):
        district = District.objects.select_for_update().first() or District()
        save(district, values)
    return district


def add_trustee(*, by: User, name: str, starts: date, ends: date | None = None) -> Trustee:
    """A member of the Board takes office; the name stands in the foot of letters from that day."""
    with doing(by, Permission.MANAGE_DISTRICT, _("trustee takes office")):
        twice = Trustee.objects.filter(name__iexact=name.strip(), ends__isnull=True).first()
        if twice:
            raise Refusal(
                _("%(name)s is in office since %(day)s already.") % {"name": twice, "day": long_day(twice.starts)},
                _("End that term first, should a new one begin."),
                field="name",
            )
        trustee = Trustee(name=name.strip(), starts=starts, ends=ends)
        save(trustee)
    return trustee


def end_trustee(trustee_id: int, *, by: User, ends: date) -> Trustee:
    """A member of the Board leaves office; letters of later days no longer carry the name."""
    with doing(by, Permission.MANAGE_DISTRICT, _("trustee leaves office")):
        trustee = Trustee.objects.select_for_update().get(pk=trustee_id)
        if ends < trustee.starts:
            raise Refusal(
                _("The term cannot end before it began on %(day)s.") % {"day": long_day(trustee.starts)}, field="ends"
            )
        save(trustee, {"ends": ends})
    return trustee


def add_school(*, by: User, **values: str) -> School:
    """A school with its 14-digit code and grades (MP0-08)."""
    with doing(by, Permission.MANAGE_DISTRICT, _("school added")):
        school = School()
        _save_school(school, values)
    return school


def change_school(school_id: int, *, by: User, **values: str) -> School:
    """Change what is said about a school, its grades or its terms."""
    with doing(by, Permission.MANAGE_DISTRICT, _("school changed")):
        school = School.objects.select_for_update().get(pk=school_id)
        _save_school(school, values)
    return school


def _save_school(school: School, values: dict[str, str]) -> None:
    low = values.get("grade_low", school.grade_low)
    high = values.get("grade_high", school.grade_high)
    if low and high and Grade(low).rank > Grade(high).rank:
        raise Refusal(
            _("The lowest grade, %(low)s, is above the highest, %(high)s.")
            % {"low": Grade(low).label, "high": Grade(high).label},
            field="grade_low",
        )
    save(school, values)


def change_language(code: str, *, by: User, **values: str | bool) -> Language:
    """Correct what the list says about a language; from then on the row is the district's own."""
    with doing(by, Permission.MANAGE_DISTRICT, _("language changed")):
        language = Language.objects.select_for_update().get(pk=code)
        save(language, {**values, "certainty": Certainty.DISTRICT})
    return language


def change_period(*, by: User, code: str, days: int, starts: date, source: str) -> LegalRule:
    """The district sets one of its own periods anew from a day on; the old row keeps what held before.

    Refused for periods of law, and for a day that is not after the one from which the present row holds.
    """
    with doing(by, Permission.MANAGE_DISTRICT, _("period %(code)s set by the district") % {"code": code}):
        newest_first = F("valid_from").desc(nulls_last=True)
        newest = LegalRule.objects.select_for_update().filter(code=code).order_by(newest_first).first()
        if newest is None:
            raise Refusal(_("There is no period with the code %(code)s.") % {"code": code})
        if newest.certainty != Certainty.DISTRICT or newest.days is None:
            raise Refusal(
                _("%(code)s is set by law or state; the district cannot change it.") % {"code": code},
                _("Only periods marked as the district's own can be set here."),
            )
        if newest.valid_from and starts <= newest.valid_from:
            raise Refusal(
                _("The present period holds since %(day)s.") % {"day": long_day(newest.valid_from)},
                _("Choose a later day for the new one."),
                field="starts",
            )
        save(newest, {"valid_to": starts - timedelta(days=1)})
        period = LegalRule(
            code=code,
            text=newest.text,
            trigger=newest.trigger,
            day_kind=DayKind(newest.day_kind),
            certainty=Certainty.DISTRICT,
        )
        save(period, {"days": days, "source": source, "valid_from": starts})
    return period
