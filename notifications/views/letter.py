"""One letter: preview, issue, the immutable record, its PDF, a correction."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import log_look, requires
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from notifications import queries
from notifications.actions import (
    AlreadyIssued,
    issue_letter,
    preview_letter,
    reprint_letter,
    verify_letter,
)
from notifications.contents import NotReady, Prepared
from notifications.documents import LetterContent
from notifications.forms import CorrectionForm, IssueForm
from notifications.kinds import LetterKind
from notifications.models import Letter, LetterVersion
from notifications.pdf import LetterRefused
from notifications.render import render_pdf
from notifications.views.asking import kind_or_404, pdf_response
from students.models import Student
from students.queries import child_head

P = Permission


@requires(P.ISSUE_LETTERS, methods=("GET",))
def letters_of_child(request: HttpRequest, pk: int) -> HttpResponse:
    """Every letter, form and label that can be made for a child: what is due, what was issued."""
    student, on = _student(request, pk), timezone.localdate()
    context = {
        "title": _("Letters and labels for %(name)s") % {"name": student.called},
        "student": student,
        "head": child_head(student, on),
        "lines": queries.kinds_for_child(student, on),
    }
    return render(request, "notifications/letters_of_child.html", context)


@requires(P.ISSUE_LETTERS, methods=("GET",))
def letter_preview(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The letter as it would be issued today, on screen; or what is missing, with links."""
    found, student = kind_or_404(kind), _student(request, pk)
    made, refusal = _prepared(request, found, student)
    context = {
        "title": found.title,
        "kind": found,
        "student": student,
        "head": child_head(student, timezone.localdate()),
        "made": made,
        "paper": paper(made.content) if made else None,
        "refusal": refusal,
        "lacks": refusal.lacks if isinstance(refusal, NotReady) else [],
        "issued": queries.issued_on_subject(found.slug, student, made) if made else None,
        "form": IssueForm(has_drafts=bool(made and made.has_drafts)),
        "draft": request.GET.get("draft") == "1",
    }
    return render(request, "notifications/letter_preview.html", context)


@requires(P.ISSUE_LETTERS, methods=("GET",))
def letter_preview_pdf(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The same preview as a PDF; it carries no number."""
    found, student = kind_or_404(kind), _student(request, pk)
    made, refusal = _prepared(request, found, student)
    if made is not None:
        try:
            return pdf_response(render_pdf(made.content), "preview")
        except LetterRefused as error:
            refusal = Refusal(str(error))
    say_refused(request, refusal)
    return redirect("letter_preview", found.slug, student.pk)


def _prepared(request: HttpRequest, kind: LetterKind, student: Student) -> tuple[Prepared | None, Refusal | None]:
    try:
        return (
            preview_letter(
                by=request.user,
                kind=kind.slug,
                student=student,
                on=timezone.localdate(),
                version=_draft_version(request, kind),
            ),
            None,
        )
    except Refusal as refusal:
        return None, refusal


def _draft_version(request: HttpRequest, kind: LetterKind) -> LetterVersion | None:
    """The unpublished version, for who writes the texts and asks with `?draft=1`."""
    if request.GET.get("draft") != "1" or not request.user.may(P.PUBLISH_LETTERS):
        return None
    return LetterVersion.objects.filter(kind=kind.slug, published_at__isnull=True).first()


@requires(P.ISSUE_LETTERS, methods=("POST",))
def letter_issue(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Issue the letter for good."""
    found, student = kind_or_404(kind), _student(request, pk)
    try:
        letter = issue_letter(
            by=request.user,
            kind=found.slug,
            student=student,
            on=timezone.localdate(),
            accepts_drafts=request.POST.get("drafts") == "yes",
        )
    except AlreadyIssued as refusal:
        say(request, refusal.message)
        return redirect("letter", refusal.letter.pk)
    except Refusal as refusal:
        say_refused(request, refusal)
        return redirect("letter_preview", found.slug, student.pk)
    say(request, _("Letter %(number)s is issued. Print it and give it to the family.") % {"number": letter.number})
    return redirect("letter", letter.pk)


@requires(P.VIEW_LETTERS, methods=("GET",))
def letter(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The record of an issued letter: what it says, on which facts, from which text, by whom; it never changes."""
    found = _letter(request, pk)
    log_look(request.user, [found.student_id], _("opened letter %(number)s") % {"number": found.number})
    context = {
        "title": f"{found.get_kind_display()}, {found.number}",
        "letter": found,
        "student": found.student,
        "head": child_head(found.student, timezone.localdate()),
        "paper": paper(LetterContent.from_json(found.content)),
        "facts": queries.facts_in_words(found),
        "texts": queries.texts_used(found),
        "verdict": verify_letter(found, render=False),
        "correction": found.corrections.first(),
        "run": getattr(found, "run_item", None) and found.run_item.run,
        "may_issue": Student.objects.visible_to(request.user, P.ISSUE_LETTERS).filter(pk=found.student_id).exists(),
    }
    return render(request, "notifications/letter.html", context)


@requires(P.VIEW_LETTERS, methods=("GET",))
def letter_pdf(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The PDF as it was issued."""
    found = _letter(request, pk)
    try:
        pdf = reprint_letter(by=request.user, letter=found)
    except Refusal as refusal:
        say_refused(request, refusal)
        return redirect("letter", found.pk)
    return pdf_response(pdf, f"letter-{found.number}", as_file=request.GET.get("save") == "1")


@requires(P.ISSUE_LETTERS)
def letter_correct(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A correction: a new letter from today's facts, which names the one it takes the place of."""
    found = _letter(request, pk, P.ISSUE_LETTERS)
    made, refusal = _prepared(request, kind_or_404(found.kind), found.student)
    form = CorrectionForm(request.POST or None, has_drafts=bool(made and made.has_drafts), letter=found)
    if form.is_bound and form.is_valid():
        try:
            new = issue_letter(
                by=request.user,
                kind=found.kind,
                student=found.student,
                on=timezone.localdate(),
                accepts_drafts=bool(form.cleaned_data.get("drafts")),
                corrects=found,
                reason=form.cleaned_data["reason"],
            )
        except AlreadyIssued as refused:
            return redirect("letter", refused.letter.pk)
        except Refusal as refused:
            form.refuse(refused)
        else:
            say(request, _("Letter %(new)s is issued in place of %(old)s.") % {"new": new.number, "old": found.number})
            return redirect("letter", new.pk)
    context = {
        "title": _("Correct letter %(number)s") % {"number": found.number},
        "letter": found,
        "student": found.student,
        "head": child_head(found.student, timezone.localdate()),
        "form": form,
        "refusal": refusal,
        "lacks": refusal.lacks if isinstance(refusal, NotReady) else [],
        "paper": paper(made.content) if made else None,
    }
    return render(request, "notifications/letter_correct.html", context)


def paper(content: LetterContent) -> list[tuple[Any, Any]]:
    """Sheets with their letterhead, as the template of the page wants them."""
    return [(sheet, content.letterhead[sheet.language]) for sheet in content.sheets]


def _student(request: HttpRequest, pk: int) -> Student:
    seen = Student.objects.visible_to(request.user, P.ISSUE_LETTERS)
    return get_object_or_404(seen.select_related("current_enrollment__school", "current_enrollment__teacher"), pk=pk)


def _letter(request: HttpRequest, pk: uuid.UUID, permission: Permission = P.VIEW_LETTERS) -> Letter:
    seen = Letter.objects.visible_to(request.user, permission)
    related = ("student__current_enrollment__school", "version", "issued_by", "corrects", "lacks_language", "school")
    return get_object_or_404(seen.select_related(*related), pk=pk)
