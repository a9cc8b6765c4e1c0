"""Interpreters for parent conferences, and the languages that a school's staff speak."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.access import requires
from district.calendar import add_calendar_days
from district.permissions import Permission
from district.queries import period
from district.refusal import Refusal
from district.said import say
from district.wording import due_words
from students import actions
from students.actions.guard import entry_of
from students.actions.interpreters import ANSWERED, ASKED, SPOKEN
from students.forms.conference_days import AnswerForm, AskForm, SpokenForm
from students.forms.enrolling import schools_of
from students.models import ConferenceBlock, InterpreterRequest, StaffLanguage
from students.queries import conferences as meetings
from students.views.conferences import school_named
from students.views.pages import carry_out

P = Permission


@requires(P.PLAN_CONFERENCE)
def interpreters(request: HttpRequest) -> HttpResponse:
    """Every language of the conferences to come that nobody on the staff speaks; who was asked, and the answer."""
    on = timezone.localdate()
    blocks = ConferenceBlock.objects.visible_to(request.user, P.PLAN_CONFERENCE)
    needs = meetings.interpreter_needs(blocks.filter(day__gte=on, cancelled_on__isnull=True))
    form = AskForm(request.POST or None, initial={"on": on})
    if request.method == "POST" and _asked(request, form, needs):
        return redirect("interpreters")
    days = period("CF-04", on).days
    open_needs = [need for need in needs if not need.is_met]
    context = {
        "title": _("Interpreters"),
        "lead": _("Derived from the appointments: languages that nobody on the staff speaks."),
        "lines": [(need, due_words(add_calendar_days(need.block.day, -days), on)) for need in needs],
        "askable": any(need.can_be_asked for need in needs),
        "unmet": len(open_needs),
        "families": sum(need.families for need in open_needs),
        "form": form,
        "days": days,
    }
    return render(request, "students/interpreters.html", context)


def _asked(request: HttpRequest, form: AskForm, needs: list[meetings.Need]) -> bool:
    """Note whom one asked for the needs ticked; False, with the reason in the form, when the action refuses."""
    if not form.is_valid():
        return False
    ticked = set(request.POST.getlist("need"))
    chosen = [(need.block, need.language) for need in needs if need.key in ticked]
    try:
        if not chosen:
            raise Refusal(_("No need is ticked."), _("Tick those for which you asked."))
        made = actions.ask_interpreters(by=request.user, needs=chosen, **form.cleaned_data)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    said = ngettext("Noted for %(n)d block.", "Noted for %(n)d blocks.", len(made)) % {"n": len(made)}
    say(request, said, entry=entry_of(request.user, ASKED))
    return True


@requires(P.PLAN_CONFERENCE)
def interpreter_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """What the interpreter answered, or that nobody came."""
    rows = InterpreterRequest.objects.visible_to(request.user, P.PLAN_CONFERENCE)
    row = get_object_or_404(rows.select_related("block__school", "language", "asked_by"), pk=pk)
    form = AnswerForm(request.POST or None, initial={"on": timezone.localdate()}, leave_url=reverse("interpreters"))
    verb = partial(actions.answer_interpreter, request=row)
    if carry_out(request, form, verb, said=_("The answer is noted."), entry=ANSWERED):
        return redirect("interpreters")
    context = {"title": _("Interpreter: %(who)s") % {"who": row.name}, "row": row, "form": form}
    return render(request, "students/interpreter_answer.html", context)


@requires(P.PLAN_CONFERENCE)
def staff_languages(request: HttpRequest) -> HttpResponse:
    """The languages in which a school holds conferences by itself; until it says so, English and the Plan's Spanish."""
    school = school_named(request, P.PLAN_CONFERENCE)
    rows = list(StaffLanguage.objects.filter(school=school).select_related("language"))
    form = SpokenForm(request.POST or None, initial=SpokenForm.initial_of(rows), leave_url=reverse("conferences"))
    verb = partial(actions.set_staff_languages, school=school)
    if school and carry_out(request, form, verb, said=_("The languages are saved."), entry=SPOKEN):
        return redirect(f"{reverse('staff_languages')}?school={school.pk}")
    context = {
        "title": _("Languages of the staff"),
        "school": school,
        "schools": schools_of(request.user, P.PLAN_CONFERENCE),
        "rows": rows,
        "form": form,
    }
    return render(request, "students/staff_languages.html", context)
