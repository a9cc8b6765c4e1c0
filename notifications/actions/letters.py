"""Issuing a letter: facts from its source, text in force, PDF stored for good, one letter per child and subject."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from io import BytesIO

from django.db import connection, transaction
from django.utils.translation import gettext as _
from pikepdf import Pdf

from district import storage
from district.access import log_look
from district.history import acting
from district.models import School, User
from district.permissions import Permission
from district.queries import school_year
from district.refusal import NotAllowed, Refusal
from notifications.contents import (
    Prepared,
    Press,
    already_issued,
    letter_corrected,
    with_what_letters_need,
)
from notifications.documents import LetterContent
from notifications.facts import LetterFacts, Missing
from notifications.kinds import KINDS, LetterSource, builders
from notifications.models import Letter, LetterVersion
from notifications.pdf import LetterRefused
from notifications.render import render_pdf
from students.models import Student


class AlreadyIssued(Refusal):
    """The child has this letter; `letter` is it."""

    def __init__(self, letter: Letter) -> None:
        super().__init__(
            _("The letter was already issued: %(number)s of %(day)s.")
            % {"number": letter.number, "day": f"{letter.dated:%a} {letter.dated.day} {letter.dated:%b %Y}"},
            _("Print it again, or issue a correction."),
        )
        self.letter = letter


def issue_letter(
    *,
    by: User,
    kind: str,
    student: Student,
    on: date,
    accepts_drafts: bool = False,
    corrects: Letter | None = None,
    reason: str = "",
) -> Letter:
    """Issue one letter, dated `on`, and store its PDF. `corrects`: a new letter in place of an issued one.

    Raises NotAllowed, contents.NotReady (names what is missing), contents.OnlyDraft, AlreadyIssued, or Refusal.
    """
    student = letter_student(by, student.pk)
    _check_correction(corrects, kind, student, reason)
    facts = facts_of(kind, student, on)
    if isinstance(facts, LetterFacts) and corrects is None:
        refuse_second(kind, student, facts)
        corrects = letter_corrected(kind, student, facts)
    made = (
        Press(kind, on)
        .letter(
            student=student,
            facts=facts,
            accepts_drafts=accepts_drafts,
            corrects=corrects,
        )
        .numbered(reserve_numbers(on.year)[0])
    )
    try:
        pdf = render_pdf(made.content)
    except LetterRefused as error:
        raise Refusal(str(error), _("Ask who looks after the server.")) from error
    return store_letter(by=by, student=student, on=on, made=made, pdf=pdf, corrects=corrects, reason=reason)


def preview_letter(
    *, by: User, kind: str, student: Student, on: date, version: LetterVersion | None = None
) -> Prepared:
    """What the letter would say; nothing is written but the look. Raises as `issue_letter`, drafts allowed.

    `version`: a text that is not yet in force, for who writes it.
    """
    student = letter_student(by, student.pk)
    facts = facts_of(kind, student, on)
    made = Press(kind, on, version=version).letter(
        student=student,
        facts=facts,
        number=_("preview"),
        accepts_drafts=True,
        corrects=letter_corrected(kind, student, facts),
    )
    log_look(by, [student.pk], f"previewed letter {kind}")
    return made


def blank_form(*, by: User, kind: str, language: str, school: School | None, on: date) -> bytes:
    """A form to be filled in by hand, such as the Home Language Survey, in the family's language and English.

    Raises Refusal where there is no text in the language.
    """
    demand_anywhere(by, Permission.VIEW_LETTERS)
    try:
        return render_pdf(Press(kind, on).blank(language=language, school=school))
    except LetterRefused as error:
        raise Refusal(str(error), _("Ask who looks after the server.")) from error


def demand_anywhere(by: User, permission: Permission) -> None:
    """Raises NotAllowed unless the person holds the permission in some school."""
    if not by.may(permission):
        raise NotAllowed(str(permission.label))


def reprint_letter(*, by: User, letter: Letter) -> bytes:
    """The stored PDF, to be looked at or printed again; the look is logged.

    A file that is gone or damaged is set anew from the letter's own content, and only served when it is, byte for
    byte, what was issued. Raises Refusal otherwise.
    """
    pdf = storage.fetch(letter.file)
    if pdf is None or storage.sha256_of(pdf) != letter.sha256:
        pdf = restore_letter(letter)
    log_look(by, [letter.student_id], f"printed letter {letter.number}")
    return pdf


def restore_letter(letter: Letter) -> bytes:
    """Set a letter again from its content and put the file back. Raises Refusal when the bytes would differ."""
    pdf = render_pdf(LetterContent.from_json(letter.content))
    if storage.sha256_of(pdf) != letter.sha256:
        raise Refusal(
            _("The stored file of letter %(number)s is damaged, and what the server sets now differs from it.")
            % {"number": letter.number},
            _("Fetch the file from a backup; `verify_letters` says which version of the layout the letter was set in."),
        )
    storage.keep(letter.file.rpartition("/")[0], letter.pk, pdf)
    return pdf


def letter_student(by: User, pk: int) -> Student:
    """The child with what letters need, if the person may issue letters for it. Raises NotAllowed."""
    seen = Student.objects.visible_to(by, Permission.ISSUE_LETTERS).filter(pk=pk)
    student = with_what_letters_need(seen).first()
    if student is None:
        raise NotAllowed(_("issue letters for this child"))
    return student


def source_of(kind: str) -> LetterSource:
    """The source of facts of a kind. Raises Refusal where none is registered (a form that is printed blank)."""
    source = builders().get(kind)
    if source is None:
        raise Refusal(
            _("“%(kind)s” is not issued to one child; it is printed blank.") % {"kind": KINDS[kind].title},
            _("Open it under Letters, Blank forms."),
        )
    return source


def facts_of(kind: str, student: Student, on: date) -> LetterFacts | list[Missing]:
    return source_of(kind).facts_for([student], on)[student.pk]


def refuse_second(kind: str, student: Student, facts: LetterFacts) -> None:
    """Raises AlreadyIssued when the child has a letter of the kind on this subject."""
    if letter := already_issued(kind, student, facts.subject_key):
        raise AlreadyIssued(letter)


def _check_correction(corrects: Letter | None, kind: str, student: Student, reason: str) -> None:
    if corrects is None:
        return
    if corrects.kind != kind or corrects.student_id != student.pk:
        raise Refusal(_("A correction is a letter of the same kind to the same family."))
    if not reason.strip():
        raise Refusal(_("A correction needs its reason."), _("Say what was wrong in the letter."), field="reason")
    if later := corrects.corrections.first():
        raise AlreadyIssued(later)


def reserve_numbers(year: int, count: int = 1) -> list[str]:
    """So many new letter numbers of a calendar year, such as 2026-000123. A number not used stays unused."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_letternumber AS kept (year, last) VALUES (%s, %s)"
            " ON CONFLICT (year) DO UPDATE SET last = kept.last + EXCLUDED.last RETURNING last",
            [year, count],
        )
        last = cursor.fetchone()[0]
    return [f"{year}-{number:06d}" for number in range(last - count + 1, last + 1)]


def store_letter(
    *,
    by: User,
    student: Student,
    on: date,
    made: Prepared,
    pdf: bytes,
    corrects: Letter | None = None,
    reason: str = "",
) -> Letter:
    """Write file and row, all or nothing, under a lock on the child. Raises AlreadyIssued when somebody was faster."""
    letter_id = uuid.uuid4()
    path = storage.keep(f"letters/{on.year}", letter_id, pdf)
    kind = made.version.kind
    year = school_year(on)
    try:
        with transaction.atomic(), acting(by, reason or f"letter {made.content.doc_id}"):
            Student.objects.select_for_update(of=("self",)).order_by().get(pk=student.pk)
            if corrects is None or corrects.subject_key != made.facts.subject_key:
                refuse_second(kind, student, made.facts)
            letter = Letter.objects.create(
                id=letter_id,
                number=made.content.doc_id,
                kind=kind,
                student=student,
                school=student.school,
                version=made.version,
                languages=",".join(made.language_codes),
                lacks_language=made.lacks,
                school_year=year.name if year else "",
                dated=on,
                is_preliminary=made.is_preliminary,
                has_drafts=made.has_drafts,
                subject_key=made.facts.subject_key,
                corrects=corrects,
                facts=made.facts.to_json(),
                content=made.content.to_json(),
                file=path,
                sha256=storage.sha256_of(pdf),
                pages=page_count(pdf),
                issued_by=by,
            )
            log_look(by, [student.pk], f"issued letter {letter.number}")
    except BaseException:
        storage.discard(path)
        raise
    return letter


def page_count(pdf: bytes) -> int:
    with Pdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)


def students_by_pk(by: User, pks: Sequence[int]) -> dict[int, Student]:
    """The children of a list for whom the person may issue letters, with what letters need."""
    seen = Student.objects.visible_to(by, Permission.ISSUE_LETTERS).filter(pk__in=pks)
    return with_what_letters_need(seen).in_bulk()
