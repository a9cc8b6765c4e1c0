"""Settings: what can be set, letterhead, trustees, schools."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from district import actions
from district.access import requires
from district.models import District, School, SchoolYear, Trustee, User
from district.parts import parts
from district.permissions import Permission
from district.queries import school_year
from district.settings_forms import EndForm, LetterheadForm, SchoolForm, TrusteeForm
from district.views.carrying_out import done
from district.wording import long_day

P = Permission


@requires(P.SIGNED_IN, methods=("GET",))
def settings(request: HttpRequest) -> HttpResponse:
    """What can be set and looked up, as far as the person may."""
    return render(request, "district/settings.html", {"title": _("Settings"), "parts": _parts(request.user)})


def _parts(user: User) -> list[dict[str, Any]]:
    """The pages of the settings with a word about each; those the person may not open are left out."""
    in_office = _in_office().count()
    lines = [
        (P.MANAGE_DISTRICT, "letterhead", _("Letterhead"), _("Name, address, superintendent, vision and mission.")),
        (P.MANAGE_DISTRICT, "trustees", _("Trustees"), _("%(count)d in office.") % {"count": in_office}),
        (P.MANAGE_DISTRICT, "schools", _("Schools"), _("%(count)d schools.") % {"count": School.objects.count()}),
        (P.SIGNED_IN, "school_calendar", _("School calendar"), _calendar()),
        (P.SIGNED_IN, "rules", _("Rules and periods"), _("What law and Plan ask for, by when, and who says so.")),
        (P.SIGNED_IN, "languages", _("Languages"), _("The state's codes, scripts and own names.")),
        (P.MANAGE_PEOPLE, "people", _("People and roles"), _("Who may do what, and since when.")),
        (P.MANAGE_PEOPLE, "vacancies", _("Vacant roles"), _("Who stands in where nobody holds a role.")),
        *((part.permission, part.url_name, part.label, part.note) for part in parts()),
        (P.VIEW_ACCESS, "access_log", _("Who looked"), _("Who opened, printed or exported children's records.")),
    ]
    return [
        {"url": reverse(name), "name": label, "note": note}
        for permission, name, label, note in lines
        if user.may(permission)
    ]


def _calendar() -> str:
    last = SchoolYear.objects.order_by("last_day").last()
    if last is None:
        return _("No school year is open yet, so school days cannot be counted.")
    if school_year(timezone.localdate()) is None:
        return _("The present school year is not open, so school days cannot be counted.")
    return _("Known until %(day)s.") % {"day": long_day(last.last_day)}


@requires(P.MANAGE_DISTRICT)
def letterhead(request: HttpRequest) -> HttpResponse:
    form = LetterheadForm(request.POST or None, instance=District.objects.first(), leave_url=reverse("settings"))
    if done(
        request, form, _("The letterhead is saved. Letters issued from now on carry it."), actions.change_letterhead
    ):
        return redirect("settings")
    return render(request, "district/form.html", {"title": _("Letterhead"), "form": form, "up": "settings"})


def _in_office() -> Any:
    today = timezone.localdate()
    return Trustee.objects.filter(Q(ends__isnull=True) | Q(ends__gte=today), starts__lte=today)


@requires(P.MANAGE_DISTRICT)
def trustees(request: HttpRequest) -> HttpResponse:
    form = TrusteeForm(request.POST or None)
    if done(request, form, _("The trustee is added."), actions.add_trustee):
        return redirect("trustees")
    listed = Trustee.objects.order_by(F("ends").desc(nulls_first=True), "name")
    context = {"title": _("Trustees"), "form": form, "trustees": listed, "in_office": set(_in_office())}
    return render(request, "district/trustees.html", context)


@requires(P.MANAGE_DISTRICT)
def trustee_end(request: HttpRequest, pk: int) -> HttpResponse:
    trustee = get_object_or_404(Trustee, pk=pk)
    form = EndForm(request.POST or None, submit_label=_("End the term"), leave_url=reverse("trustees"))
    if done(request, form, _("The term of %(name)s ends.") % {"name": trustee}, actions.end_trustee, pk):
        return redirect("trustees")
    title = _("End the term of %(name)s") % {"name": trustee}
    return render(request, "district/form.html", {"title": title, "form": form, "up": "trustees"})


@requires(P.MANAGE_DISTRICT, methods=("GET",))
def schools(request: HttpRequest) -> HttpResponse:
    return render(request, "district/schools.html", {"title": _("Schools"), "schools": School.objects.all()})


@requires(P.MANAGE_DISTRICT)
def school_add(request: HttpRequest) -> HttpResponse:
    form = SchoolForm(request.POST or None, leave_url=reverse("schools"))
    form.submit_label = _("Add the school")
    if done(request, form, _("The school is added."), actions.add_school):
        return redirect("schools")
    return render(request, "district/form.html", {"title": _("A new school"), "form": form, "up": "schools"})


@requires(P.MANAGE_DISTRICT)
def school_change(request: HttpRequest, pk: int) -> HttpResponse:
    school = get_object_or_404(School, pk=pk)
    form = SchoolForm(request.POST or None, instance=school, leave_url=reverse("schools"))
    form.submit_label = _("Save the school")
    if done(request, form, _("The school is saved."), actions.change_school, pk):
        return redirect("schools")
    title = School.objects.get(pk=pk).name
    return render(request, "district/form.html", {"title": title, "form": form, "up": "schools"})
