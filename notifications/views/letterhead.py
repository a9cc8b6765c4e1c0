"""The letterhead in the languages of letters."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import requires
from district.models import District
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say
from notifications import languages, queries
from notifications.actions import LETTERHEAD_WORDS, set_letterhead_words
from notifications.forms import LetterheadForm
from students.actions.guard import entry_of


@requires(Permission.PUBLISH_LETTERS)
def letterhead_words(request: HttpRequest) -> HttpResponse:
    """Name and vision line by language, those that hold and those to come; a new row for one language."""
    form = LetterheadForm(request.POST or None)
    on = timezone.localdate()
    if form.is_bound and form.is_valid():
        try:
            row = set_letterhead_words(by=request.user, on=on, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            said = _("Letters in %(language)s carry the new words from their day on.")
            name = languages.language(row.language).name
            say(request, said % {"language": name}, entry=entry_of(request.user, LETTERHEAD_WORDS))
            return redirect("letterhead_words")
    context = {
        "title": _("Letterhead in other languages"),
        "district": District.objects.first(),
        "lines": queries.letterhead_lines(on),
        "form": form,
    }
    return render(request, "notifications/letterhead_words.html", context)
