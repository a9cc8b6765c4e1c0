"""What became of issued letters: how they left, which came back, what was done; for many at once, and for one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.access import log_look, requires
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say
from notifications import queries
from notifications.actions import FOLLOWED_UP, RETURNED, SENT, follow_up, note_returned, note_sent
from notifications.forms import FollowUpForm, ReturnedForm, SentForm
from notifications.kinds import KINDS
from notifications.models import Letter, LetterRun
from notifications.queries import BACK, OUT, UNSENT
from notifications.views.asking import school_asked_for, schools_of
from students.actions.guard import entry_of
from students.queries import child_head

P = Permission
ON_A_PAGE = 50
STATES = (UNSENT, OUT, BACK)


@requires(P.VIEW_LETTERS)
def letters_unsent(request: HttpRequest) -> HttpResponse:
    """Issued letters to families by what became of them; ticked ones, or all of the list, are noted at once."""
    asked = _asked(request)
    found = _listed(request, asked)
    form = ReturnedForm if asked["state"] == OUT else SentForm
    form = form(request.POST or None, count=found.count() if asked["state"] == UNSENT else 0)
    if form.is_bound and form.is_valid() and _noted(request, form, found):
        return redirect(request.get_full_path())
    context = {
        "title": _("What became of the letters"),
        "asked": asked,
        "page_obj": Paginator(queries.with_deliveries(found), ON_A_PAGE).get_page(request.GET.get("page")),
        "counts": [_count(request, asked, state) for state in STATES],
        "schools": schools_of(request.user),
        "kinds": [KINDS[slug] for slug in queries.to_families()],
        "form": form,
        "may_issue": request.user.may(P.ISSUE_LETTERS),
    }
    return render(request, "notifications/letters_unsent.html", context)


def _count(request: HttpRequest, asked: dict[str, Any], state: str) -> dict[str, Any]:
    """How many are in a state, as a line of the tally."""
    number = queries.in_state(asked["all"], state).count()
    address = request.GET.copy()
    address["state"] = state
    address.pop("page", None)
    tone = {UNSENT: "soon", OUT: "done", BACK: "late"}[state] if number else ""
    return {
        "count": number,
        "words": queries.state_words(state),
        "url": f"?{address.urlencode()}",
        "tone": tone,
        "current": state == asked["state"],
    }


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The filters of the address: state, kind, school, run, or a notice as its page counts it."""
    school = school_asked_for(request, schools_of(request.user))
    letters = Letter.objects.visible_to(request.user, P.VIEW_LETTERS)
    kind, notice = request.GET.get("kind", ""), request.GET.get("notice", "")
    run = _run(request)
    if notice:
        letters = queries.letters_of_notice(notice, letters, request.user, timezone.localdate(), school)
    elif school:
        letters = letters.filter(school=school)
    if kind in KINDS:
        letters = letters.filter(kind=kind)
    if run:
        letters = letters.filter(run_item__run=run)
    state = request.GET.get("state", "")
    return {
        "state": state if state in STATES else UNSENT,
        "kind": kind if kind in KINDS else "",
        "notice": KINDS.get(notice),
        "school": school,
        "run": run,
        "all": letters,
    }


def _run(request: HttpRequest) -> LetterRun | None:
    try:
        key = uuid.UUID(request.GET["run"])
    except (KeyError, ValueError):
        return None
    return get_object_or_404(LetterRun.objects.visible_to(request.user, P.VIEW_LETTERS), pk=key)


def _listed(request: HttpRequest, asked: dict[str, Any]) -> QuerySet[Letter]:
    rows = queries.in_state(asked["all"], asked["state"]).defer("facts", "content")
    return rows.select_related("student", "school").order_by("school__cds_code", "student__search_key", "-issued_at")


def _noted(request: HttpRequest, form: SentForm | ReturnedForm, found: QuerySet[Letter]) -> bool:
    """Note what the form says, of the ticked letters or of all in the list; False: then the form says why not."""
    keys = list(found.values_list("pk", flat=True)) if "all" in request.POST else _ticked(request)
    try:
        made = _note(request, form, keys)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    kind = RETURNED if isinstance(form, ReturnedForm) else SENT
    words = ngettext("%(count)d letter is noted.", "%(count)d letters are noted.", len(made)) % {"count": len(made)}
    say(request, words, entry=entry_of(request.user, kind) if made else None)
    return True


def _ticked(request: HttpRequest) -> list[uuid.UUID]:
    found = []
    for each in request.POST.getlist("letters"):
        try:
            found.append(uuid.UUID(each))
        except ValueError:
            continue
    return found


def _note(request: HttpRequest, form: SentForm | ReturnedForm, keys: Sequence[uuid.UUID]) -> list[Any]:
    verb = note_returned if isinstance(form, ReturnedForm) else note_sent
    return verb(by=request.user, letters=keys, on=timezone.localdate(), **form.cleaned_data)


@requires(P.ISSUE_LETTERS)
def letter_left(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One letter: how it left, that it came back, what was done about it, a second try."""
    letters = queries.with_deliveries(Letter.objects.visible_to(request.user, P.ISSUE_LETTERS))
    letter = get_object_or_404(letters.select_related("student"), pk=pk, kind__in=queries.to_families())
    tries = list(letter.deliveries.all())
    is_back = bool(tries) and tries[-1].is_back
    forms = {name: form for name, form in _forms(request, bool(tries), is_back).items() if form}
    for name, form in forms.items():
        if form.is_bound and form.is_valid() and _done(request, name, form, letter):
            return redirect("letter", letter.pk)
    log_look(request.user, [letter.student_id], _("opened letter %(number)s") % {"number": letter.number})
    context = {
        "title": _("What became of letter %(number)s") % {"number": letter.number},
        "letter": letter,
        "head": child_head(letter.student, timezone.localdate()),
        "tries": tries,
        "forms": forms,
        "form": next((form for form in forms.values() if form.is_bound), None),
    }
    return render(request, "notifications/letter_left.html", context)


def _forms(request: HttpRequest, was_out: bool, is_back: bool) -> dict[str, Any]:
    """The forms that fit: a letter leaves, comes back, is asked about, leaves again."""
    leave = {"leave_url": request.path.removesuffix("left/")}

    def sent(name: str) -> Any:
        return request.POST if any(key.startswith(f"{name}-") for key in request.POST) else None

    return {
        "sent": None if was_out and not is_back else SentForm(sent("sent"), prefix="sent", again=is_back, **leave),
        "returned": ReturnedForm(sent("returned"), prefix="returned", **leave) if was_out and not is_back else None,
        "follow": FollowUpForm(sent("follow"), prefix="follow", **leave) if is_back else None,
    }


def _done(request: HttpRequest, name: str, form: Any, letter: Letter) -> bool:
    kind = {"sent": SENT, "returned": RETURNED, "follow": FOLLOWED_UP}[name]
    try:
        if name == "follow":
            follow_up(by=request.user, letter=letter.pk, on=timezone.localdate(), **form.cleaned_data)
        else:
            _note(request, form, [letter.pk])
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    entry = entry_of(request.user, kind, letter.student)
    say(request, _("Noted for letter %(number)s.") % {"number": letter.number}, entry=entry)
    return True
