"""From a text in force, the facts about a child and the letterhead to the finished content of a letter.

A `Press` is set up once for a kind and a day and then makes any number of letters without asking the database again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.models import District, Language, School, Trustee, in_force
from district.refusal import Refusal
from students.models import Student

from . import languages
from .compose import BadText, MissingFacts, compose, lacking
from .documents import Document, LetterContent
from .facts import LetterFacts, Letterhead, Missing
from .kinds import KINDS, LetterKind
from .letterheads import in_language, words
from .models import Letter, LetterheadWords, LetterText, LetterVersion
from .render import assemble
from .terms import MissingTerm, shipped


@dataclass(frozen=True)
class Lack:
    """What is missing for a letter, in words, and the address of the page on which it is entered (or nothing)."""

    what: str
    url: str = ""


class NotReady(Refusal):
    """Facts are missing; `lacks` says which and where to enter each."""

    def __init__(self, lacks: list[Lack]) -> None:
        what = "; ".join(lack.what for lack in lacks)
        mend = ngettext("Enter it, then issue the letter.", "Enter them, then issue the letter.", len(lacks))
        super().__init__(_("The letter is not issued, because something is missing: %(what)s.") % {"what": what}, mend)
        self.lacks = lacks

    @property
    def reason(self) -> str:
        """What is missing, for a list."""
        words = "; ".join(lack.what for lack in self.lacks)
        return words[:1].upper() + words[1:] + "."

    @property
    def mend_url(self) -> str:
        return next((lack.url for lack in self.lacks if lack.url), "")


class OnlyDraft(Refusal):
    """The translation has not been read by a person, and nobody has said that it may go out all the same."""

    def __init__(self, text: LetterText) -> None:
        name = languages.language(text.language).name
        super().__init__(
            _("The %(language)s text is a draft: no person who reads the language has reviewed it.")
            % {"language": name},
            _("Record the review, or choose to print it marked as a draft."),
        )
        self.language = text.language


@dataclass(frozen=True)
class Prepared:
    """A letter ready to be set: its content, and what is stored beside it."""

    content: LetterContent
    facts: LetterFacts
    version: LetterVersion
    has_drafts: bool
    lacks: Language | None

    @property
    def language_codes(self) -> list[str]:
        return [sheet.language for sheet in self.content.sheets]

    @property
    def is_preliminary(self) -> bool:
        return bool(self.facts.conditions.get("preliminary"))

    def numbered(self, number: str) -> Prepared:
        """The same letter with its number, which is given out only once the letter can be made."""
        return replace(self, content=replace(self.content, doc_id=number))


@dataclass(frozen=True)
class Foreseen:
    """What would be made for a child: the language of the first sheet, whether a sheet is a draft, what lacks."""

    language: str
    has_drafts: bool
    lacks: Language | None


def letter_code(language: Language | None) -> str:
    """The code under which letters know a language of the state's list: "pa"; blank where no font is named for it."""
    if language is None or not language.tag:
        return ""
    return language.tag if language.tag in languages.table() else ""


class Press:
    """Makes the letters of one kind for one day from the version in force.

    Raises Refusal where no text of the kind is in force or the district is not set up.
    """

    def __init__(self, kind: str, on: date, *, version: LetterVersion | None = None) -> None:
        self.kind: LetterKind = KINDS[kind]
        self.on = on
        self.version = version or LetterVersion.objects.in_force(kind, on)
        if self.version is None:
            raise Refusal(
                _("No text of “%(kind)s” is in force on %(day)s.")
                % {"kind": self.kind.title, "day": f"{on:%a} {on.day} {on:%b %Y}"},
                _("Publish one under Letters, Texts."),
            )
        self.texts = {text.language: text for text in self.version.texts.all()}
        self._heads: dict[int | None, Letterhead] = {}

    @cached_property
    def _district(self) -> District:
        district = District.objects.first()
        if district is None:
            raise Refusal(_("The district has no letterhead yet."), _("Enter its name and address under District."))
        return district

    @cached_property
    def _trustees(self) -> tuple[str, ...]:
        return tuple(Trustee.objects.filter(in_force(self.on)).order_by("name").values_list("name", flat=True))

    @cached_property
    def _own_words(self) -> dict[str, LetterheadWords]:
        return in_language(self.on)

    def letterhead(self, school: School | None) -> Letterhead:
        """The district's letterhead with the school's corner; trustees in office on the letter's day (APPC-02)."""
        key = school.pk if school else None
        if key not in self._heads:
            self._heads[key] = Letterhead(
                district=words(self._district.name, self._own_words, "name"),
                address=tuple(line.strip() for line in self._district.address.splitlines() if line.strip()),
                phone=self._district.phone,
                fax=self._district.fax,
                website=self._district.website,
                vision=words(self._district.vision, self._own_words, "vision"),
                superintendent=self._district.superintendent,
                trustees=self._trustees,
                school=school.name if school else "",
                school_phone=school.phone if school else "",
            )
        return self._heads[key]

    def codes(self, language: Language | None) -> tuple[list[str], Language | None]:
        """Languages of the sheets, and the family's language where there is no text in it."""
        wanted = letter_code(language)
        if language is None or wanted == "en" or self.kind.audience != "family":
            return ["en"], None
        codes = [code for code in self.kind.languages_for(wanted) if code in self.texts]
        return codes or ["en"], None if wanted in self.texts else language

    def letter(
        self,
        *,
        student: Student,
        facts: LetterFacts | list[Missing],
        accepts_drafts: bool,
        number: str = "",
        corrects: Letter | None = None,
    ) -> Prepared:
        """The content of one letter. Raises NotReady (facts missing), OnlyDraft, or Refusal (the text is unfit)."""
        if isinstance(facts, list):
            raise NotReady([_lack(missing) for missing in facts])
        codes, lacks = self.codes(student.language_of_letters)
        sheets = tuple(self._sheet(code, facts, accepts_drafts, student) for code in codes)
        replaces = (corrects.number, corrects.dated) if corrects else None
        content = self._assembled(number, student.school, sheets, student.name, replaces)
        return Prepared(content, facts, self.version, any(sheet.drafted for sheet in sheets), lacks)

    def foresee(self, student: Student, facts: LetterFacts | list[Missing]) -> Foreseen:
        """What `letter` would make, without making it. Raises NotReady, or Refusal (the text is unfit)."""
        if isinstance(facts, list):
            raise NotReady([_lack(missing) for missing in facts])
        codes, lacks = self.codes(student.language_of_letters)
        for text in (self._text(code) for code in codes):
            try:
                names = lacking(kind=self.kind.slug, title=text.title, body=text.body, facts=facts)
            except BadText as error:
                raise Refusal(str(error), _("Mend the text and publish a new version.")) from error
            if names:
                raise NotReady([self._unnamed(name, student) for name in names])
        return Foreseen(codes[0], any(self.texts[code].is_draft for code in codes), lacks)

    def blank(self, *, language: str, school: School | None) -> LetterContent:
        """A form to be filled in by hand, in a language and in English. Raises Refusal."""
        codes = [code for code in self.kind.languages_for(language) if code in self.texts]
        if language not in codes:
            name = languages.language(language).name
            raise Refusal(
                _("There is no text of “%(kind)s” in %(name)s.") % {"kind": self.kind.title, "name": name},
                _("Print it in English and read it aloud with an interpreter, or choose a language below."),
            )
        sheets = tuple(self._sheet(code, LetterFacts(), True, None) for code in codes)
        return self._assembled(_("version %(number)d") % {"number": self.version.number}, school, sheets)

    def _assembled(
        self,
        number: str,
        school: School | None,
        sheets: tuple[Document, ...],
        about: str = "",
        replaces: tuple[str, date] | None = None,
    ) -> LetterContent:
        try:
            return assemble(
                doc_id=number, letterhead=self.letterhead(school), sheets=sheets, about=about, replaces=replaces
            )
        except MissingTerm as error:
            raise Refusal(str(error)) from error

    def _sheet(self, code: str, facts: LetterFacts, accepts_drafts: bool, student: Student | None) -> Document:
        text = self._text(code)
        if text.is_draft and not accepts_drafts:
            raise OnlyDraft(text)
        try:
            return compose(
                kind=self.kind.slug,
                title=text.title,
                body=text.body,
                language=code,
                facts=facts,
                terms=shipped(),
                drafted=text.is_draft,
            )
        except MissingFacts as error:
            raise NotReady([self._unnamed(name, student) for name in error.names]) from error
        except (BadText, MissingTerm) as error:
            raise Refusal(str(error), _("Mend the text and publish a new version.")) from error

    def _text(self, code: str) -> LetterText:
        if code not in self.texts:
            raise Refusal(_("%(version)s has no English text.") % {"version": self.version})
        return self.texts[code]

    def _unnamed(self, name: str, student: Student | None) -> Lack:
        """A fact that the text uses and the source did not give."""
        kind = self.kind
        what = kind.placeholders.get(name) or kind.conditions.get(name) or kind.blocks.get(name) or name
        return Lack(what, address("child", pk=student.pk) if student else "")


def _lack(missing: Missing) -> Lack:
    return Lack(missing.what, address(missing.url_name, **missing.url_kwargs))


def address(name: str, **kwargs: object) -> str:
    """The address of a page by the name of its route; nothing where the page does not exist."""
    try:
        return reverse(name, kwargs=kwargs) if name else ""
    except NoReverseMatch:
        return ""


def with_what_letters_need(students):
    """The queryset with everything a letter reads about a child, so that no further query is asked per child."""
    return students.select_related("current_enrollment__school", "letter_language", "primary_language")


def already_issued(kind: str, student: Student, subject_key: str) -> Letter | None:
    """The letter of the kind on the same subject, corrections aside; None for a kind without subjects."""
    if not subject_key:
        return None
    letters = Letter.objects.filter(kind=kind, student=student, subject_key=subject_key)
    return letters.filter(Q(corrects__isnull=True) | ~Q(corrects__subject_key=subject_key)).first()


def letter_corrected(kind: str, student: Student, facts: LetterFacts | list[Missing]) -> Letter | None:
    """The issued letter that the facts say a new one takes the place of: the newest about its subject."""
    if isinstance(facts, list) or not facts.corrects:
        return None
    letters = Letter.objects.filter(kind=kind, student=student, subject_key=facts.corrects, corrections__isnull=True)
    return letters.order_by("-issued_at").first()
