"""Settings: languages, and the rules and periods of law and Plan with their sources."""

from __future__ import annotations

from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from district import actions
from district.access import requires
from district.enums import Certainty
from district.models import Language, LegalRule
from district.permissions import Permission
from district.queries import rules_in_force
from district.settings_forms import LanguageForm, PeriodForm
from district.views.carrying_out import done

P = Permission


@requires(P.SIGNED_IN, methods=("GET",))
def languages(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()
    found = Language.objects.all()
    if asked:
        found = found.filter(
            Q(name__icontains=asked) | Q(autonym__icontains=asked) | Q(code__iexact=asked) | Q(code3__iexact=asked)
        )
    sources = Language.objects.exclude(source="").order_by("source").values_list("source", flat=True).distinct()
    context = {"title": _("Languages"), "languages": found, "asked": asked, "sources": sources}
    return render(request, "district/languages.html", context | {"may_change": request.user.may(P.MANAGE_DISTRICT)})


@requires(P.MANAGE_DISTRICT)
def language_change(request: HttpRequest, code: str) -> HttpResponse:
    language = get_object_or_404(Language, pk=code)
    form = LanguageForm(request.POST or None, instance=language, leave_url=reverse("languages"))
    if done(request, form, _("The language is saved as the district's own."), actions.change_language, code):
        return redirect("languages")
    return render(
        request, "district/form.html", {"title": Language.objects.get(pk=code).name, "form": form, "up": "languages"}
    )


@requires(P.SIGNED_IN, methods=("GET",))
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule in force today, its length, its source, and how sure we are of it."""
    today = timezone.localdate()
    asked = {key: request.GET.get(key, "") for key in ("q", "certainty", "length")}
    found = rules_in_force(today).order_by("code")
    for word in asked["q"].split():
        found = found.filter(Q(text__icontains=word) | Q(source__icontains=word) | Q(code__icontains=word))
    if asked["certainty"] in Certainty:
        found = found.filter(certainty=asked["certainty"])
    if asked["length"]:
        found = found.filter(days__isnull=False)
    coming = LegalRule.objects.filter(valid_from__gt=today).order_by("valid_from")
    context = {"title": _("Rules and periods"), "rules": found, "coming": coming, "asked": asked}
    context["certainties"] = [(value, label) for value, label in Certainty.choices if value != Certainty.DRAFT]
    return render(request, "district/rules.html", context | {"may_change": request.user.may(P.MANAGE_DISTRICT)})


@requires(P.MANAGE_DISTRICT)
def rule_change(request: HttpRequest, code: str) -> HttpResponse:
    """Set one of the district's own periods anew; what held before stays to be read."""
    history = list(LegalRule.objects.filter(code=code).order_by(F("valid_from").desc(nulls_last=True)))
    if not history or history[0].certainty != Certainty.DISTRICT or history[0].days is None:
        raise Http404
    form = PeriodForm(request.POST or None, kind=history[0].get_day_kind_display(), leave_url=reverse("rules"))
    if done(request, form, _("The period is set; due dates follow."), actions.change_period, code=code):
        return redirect("rules")
    context = {"title": history[0].text, "form": form, "history": history}
    return render(request, "district/rule_change.html", context)
