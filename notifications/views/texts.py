"""Letter texts: kinds and versions, the draft beside its English text, publishing, reviews, blank forms."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import requires
from district.models import Language
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from notifications import languages, queries
from notifications.actions import blank_form as make_blank
from notifications.actions import publish_version, record_review, save_draft
from notifications.actions.texts import fingerprint, problems_of
from notifications.forms import PublishForm, ReviewForm, TextForm
from notifications.kinds import KINDS, LetterKind, builders
from notifications.models import LetterText, LetterVersion
from notifications.reading import reading_level
from notifications.views.asking import kind_or_404, pdf_response, school_asked_for, schools_of

P = Permission


@requires(P.PUBLISH_LETTERS, methods=("GET",))
def letter_texts(request: HttpRequest) -> HttpResponse:
    """Every kind with its versions: which one holds, which languages it has, who has reviewed them."""
    on = timezone.localdate()
    context = {"title": _("Letter texts"), "kinds": queries.kinds_with_versions(on), "today": on}
    return render(request, "notifications/letter_texts.html", context)


@requires(P.PUBLISH_LETTERS)
def letter_text_edit(request: HttpRequest, kind: str) -> HttpResponse:
    """The draft of the next version, a language beside English; saved with its problems, which are named by line."""
    found = kind_or_404(kind, with_source=False)
    newest = LetterVersion.objects.filter(kind=kind).order_by("-number").first()
    kept = {text.language: text for text in newest.texts.all()} if newest else {}
    beside = _language_beside(request, found, kept)
    forms = [_text_form(request, code, kept) for code in dict.fromkeys(["en", beside])]
    refusal = None
    if request.method == "POST" and all(form.is_valid() for form in forms):
        texts = {form.language.code: (form.cleaned_data["title"], form.cleaned_data["body"]) for form in forms}
        carried = {code: (text.title, text.body) for code, text in kept.items()}
        try:
            save_draft(
                by=request.user,
                kind=kind,
                texts=carried | texts,
                note=request.POST.get("note", "")[:300],
                seen=request.POST.get("seen", ""),
            )
        except Refusal as refused:
            refusal = refused
        else:
            say(request, _("The draft is saved. Letters are made from it only after it is published."))
            return redirect(f"{request.path}?language={beside}")
    context = {
        "title": _("Text of “%(kind)s”") % {"kind": found.title},
        "kind": found,
        "version": newest,
        "forms": forms,
        "beside": beside,
        "reading": reading_level(kept["en"].body) if "en" in kept else None,
        "offered": _offered(found, kept),
        "seen": request.POST.get("seen") or fingerprint(newest),
        "note": request.POST.get("note", newest.note if newest and not newest.is_published else ""),
        "problems": _problems(kind, kept),
        "problem": refusal,
        "example": queries.example_child(kind, request.user, timezone.localdate()) if kind in builders() else None,
    }
    return render(request, "notifications/letter_text_edit.html", context)


def _language_beside(request: HttpRequest, kind: LetterKind, kept: dict[str, LetterText]) -> str:
    asked = request.POST.get("language") or request.GET.get("language", "")
    if kind.audience != "family":
        return "en"
    if asked in languages.table():
        return asked
    return next((code for code in kept if code != "en"), "en")


def _text_form(request: HttpRequest, code: str, kept: dict[str, LetterText]) -> TextForm:
    source = kept.get(code) or kept.get("en")
    initial = {"title": source.title, "body": source.body} if source else {}
    return TextForm(request.POST or None, language=code, initial=initial)


def _offered(kind: LetterKind, kept: dict[str, LetterText]) -> list[dict[str, Any]]:
    """Languages to choose from: those the text has first."""
    if kind.audience != "family":
        return []
    codes = sorted(set(languages.table()) - {"en"}, key=lambda code: (code not in kept, languages.language(code).name))
    return [
        {"code": code, "name": languages.language(code).name, "is_there": code in kept, "text": kept.get(code)}
        for code in codes
    ]


def _problems(kind: str, kept: dict[str, LetterText]) -> list[dict[str, Any]]:
    """What keeps the saved texts from being published: language, line, what stands there, why."""
    texts = {code: (text.title, text.body) for code, text in kept.items()}
    said = []
    for code, problems in problems_of(kind, texts).items() if texts else ():
        lines = texts[code][1].splitlines() if code else []
        name = languages.language(code).name if code else _("All languages together")
        said.append(
            {
                "name": name,
                "code": code,
                "problems": [
                    {
                        "line": each.line,
                        "reason": each.reason,
                        "text": lines[each.line - 1] if each.line and lines else "",
                    }
                    for each in problems
                ],
            }
        )
    return said


@requires(P.PUBLISH_LETTERS, methods=("GET",))
def letter_text_version(request: HttpRequest, pk: int) -> HttpResponse:
    """A version as it stands, with who published and who reviewed it."""
    version = get_object_or_404(LetterVersion.objects.select_related("published_by", "created_by"), pk=pk)
    texts = sorted(version.texts.all(), key=lambda text: (text.language != "en", text.language))
    context = {
        "title": str(version),
        "version": version,
        "kind": KINDS[version.kind],
        "texts": [{"text": text, "language": languages.language(text.language)} for text in texts],
        "letters": version.letters.count(),
        "reading": next((reading_level(text.body) for text in texts if text.language == "en"), None),
    }
    return render(request, "notifications/letter_text_version.html", context)


@requires(P.PUBLISH_LETTERS)
def letter_text_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a draft with the day from which it holds."""
    version = get_object_or_404(LetterVersion.objects.filter(published_at__isnull=True), pk=pk)
    kept = {text.language: text for text in version.texts.all()}
    form = PublishForm(request.POST or None, version=version, initial={"effective_from": timezone.localdate()})
    if form.is_bound and form.is_valid():
        try:
            publish_version(by=request.user, version=version, on=timezone.localdate(), **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            say(request, _("%(version)s is published.") % {"version": version})
            return redirect("letter_text_version", version.pk)
    context = {
        "title": _("Publish %(version)s") % {"version": version},
        "version": version,
        "form": form,
        "problems": _problems(version.kind, kept),
        "reading": reading_level(kept["en"].body) if "en" in kept else None,
        "texts": [{"text": text, "language": languages.language(code)} for code, text in kept.items()],
    }
    return render(request, "notifications/letter_text_publish.html", context)


@requires(P.PUBLISH_LETTERS)
def letter_text_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Note who has read a translation."""
    text = get_object_or_404(LetterText.objects.select_related("version"), pk=pk)
    if text.language == "en":
        raise Http404
    form = ReviewForm(request.POST or None, text=text)
    if form.is_bound and form.is_valid():
        try:
            record_review(by=request.user, text=text, reviewed_by=form.cleaned_data["reviewed_by"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            say(request, _("The review is recorded. The translation is no longer marked as a draft."))
            return redirect("letter_text_version", text.version_id)
    name = languages.language(text.language).name
    context = {
        "title": _("%(language)s text read by a person") % {"language": name},
        "text": text,
        "spoken": languages.language(text.language),
        "english": text.version.texts.filter(language="en").first(),
        "form": form,
    }
    return render(request, "notifications/letter_text_review.html", context)


@requires(P.VIEW_LETTERS, methods=("GET",))
def blank_form(request: HttpRequest, kind: str) -> HttpResponse:
    """A form to be filled in by hand, in the family's language and English, as a PDF."""
    found = kind_or_404(kind, with_source=False)
    if found.slug in builders() or found.placeholders:
        raise Http404
    school = school_asked_for(request, schools_of(request.user))
    code = request.GET.get("language", "en")
    if code not in languages.table():
        spoken = Language.objects.filter(tag=code).first()
        if spoken is None:
            raise Http404
        say_refused(request, _no_blank(found, spoken.name))
        return redirect("letters")
    try:
        pdf = make_blank(by=request.user, kind=found.slug, language=code, school=school, on=timezone.localdate())
    except Refusal as refusal:
        say_refused(request, refusal)
        return redirect("letters")
    return pdf_response(pdf, f"{found.slug}-{code}".replace("_", "-"), as_file=request.GET.get("save") == "1")


def _no_blank(kind: LetterKind, language: str) -> Refusal:
    """In the words of a language that has a font but no text."""
    said = _("There is no text of “%(kind)s” in %(name)s.") % {"kind": kind.title, "name": language}
    return Refusal(said, _("Print it in English and read it aloud with an interpreter, or choose a language below."))
