"""Letter texts: a draft of the next version, publishing it with a date, a person's review of a translation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from district.access import demand
from district.enums import Certainty
from district.history import acting
from district.models import User
from district.permissions import Permission
from district.refusal import Refusal
from notifications import languages, markup, parallel
from notifications.kinds import KINDS
from notifications.markup import Problem
from notifications.models import LetterText, LetterVersion

Texts = Mapping[str, tuple[str, str]]  # language to (title, body)


class Unfit(Refusal):
    """The version cannot be published; `problems` says why, by language ("" for what concerns all)."""

    def __init__(self, problems: Mapping[str, list[Problem]]) -> None:
        count = sum(len(found) for found in problems.values())
        first = next(str(problem) for found in problems.values() for problem in found)
        super().__init__(
            _("The version is not published: %(count)d problems, the first: %(first)s")
            % {"count": count, "first": first},
            _("Mend the text at the lines named."),
        )
        self.problems = problems


@transaction.atomic
def save_draft(*, by: User, kind: str, texts: Texts, note: str = "", seen: str | None = None) -> LetterVersion:
    """Write the draft of the next version: it replaces the draft there is. It may still have problems.

    `seen` is the fingerprint of the texts that the person began from (`fingerprint`); when somebody else has saved in
    the meantime, nothing is written. A review stays with a text that has not changed. Raises Refusal, NotAllowed.
    """
    demand(by, Permission.PUBLISH_LETTERS)
    if unknown := set(texts) - set(languages.table()):
        raise Refusal(_("No font is named for the language: %(codes)s.") % {"codes": ", ".join(sorted(unknown))})
    versions = list(LetterVersion.objects.select_for_update().filter(kind=kind).order_by("number"))
    newest = versions[-1] if versions else None
    if seen is not None and seen != fingerprint(newest):
        raise Refusal(
            _("Somebody else has saved this text since you opened it; yours is not saved."),
            _("Copy your change, open the text again and enter it there."),
        )
    with acting(by, _("letter text drafted")):
        draft = newest if newest and not newest.is_published else _next_version(kind, by, versions)
        if draft.note != note or draft.created_by is None:
            draft.note, draft.created_by = note, draft.created_by or by
            draft.save(update_fields=["note", "created_by"])
        known = {(text.language, text.title, text.body): text for text in _texts_of(versions)}
        for language, (title, body) in texts.items():
            _write(draft, language, title.strip(), markup_body(body), known)
    return draft


def markup_body(body: str) -> str:
    """A text as it is kept: line ends of Unix, no spaces at the ends of lines, one line end at the end."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def fingerprint(version: LetterVersion | None) -> str:
    """Changes whenever a word of the version does."""
    if version is None:
        return ""
    texts = sorted(version.texts.values_list("language", "title", "body"))
    return sha256(repr((version.pk, texts)).encode()).hexdigest()


def _next_version(kind: str, by: User, versions: list[LetterVersion]) -> LetterVersion:
    number = 1 + max((version.number for version in versions), default=0)
    return LetterVersion.objects.create(kind=kind, number=number, created_by=by)


def _texts_of(versions: list[LetterVersion]) -> list[LetterText]:
    """All texts of a kind, the reviewed last, so that a lookup by words finds a review."""
    texts = LetterText.objects.filter(version__in=versions).order_by("version__number")
    return sorted(texts, key=lambda text: not text.is_draft)


def _write(draft: LetterVersion, language: str, title: str, body: str, known: Mapping) -> None:
    same = known.get((language, title, body))
    LetterText.objects.update_or_create(
        version=draft,
        language=language,
        defaults={
            "title": title,
            "body": body,
            "source": same.source if same else _("the district"),
            "certainty": same.certainty if same else Certainty.DISTRICT if language == "en" else Certainty.DRAFT,
            "reviewed_at": same.reviewed_at if same else None,
            "reviewed_by": same.reviewed_by if same else "",
            "reviewed_entered_by": same.reviewed_entered_by if same else None,
        },
    )


def problems_of(kind: str, texts: Texts) -> dict[str, list[Problem]]:
    """Everything that keeps these texts from being published, by language; "" for what concerns them together."""
    found = {language: markup.check(kind, title, body) for language, (title, body) in texts.items()}
    together = []
    if "en" not in texts:
        together.append(Problem(0, _("There is no English text.")))
    elif not any(found.values()):
        for language in texts.keys() - {"en"}:
            found[language] = parallel.compare({"en": texts["en"], language: texts[language]})
    return {language: problems for language, problems in {**found, "": together}.items() if problems}


@transaction.atomic
def publish_version(*, by: User, version: LetterVersion, effective_from: date, on: date) -> LetterVersion:
    """Publish a draft: from its date on, letters are made from it, and its words change no more.

    Raises Unfit (problems in the texts, or languages that differ), Refusal (a date in the past), NotAllowed.
    """
    demand(by, Permission.PUBLISH_LETTERS)
    version = LetterVersion.objects.select_for_update().get(pk=version.pk)
    if version.is_published:
        raise Refusal(_("This version is already published."))
    texts = {text.language: (text.title, text.body) for text in version.texts.all()}
    if problems := problems_of(version.kind, texts):
        raise Unfit(problems)
    earlier = LetterVersion.objects.filter(kind=version.kind, published_at__isnull=False)
    newest = earlier.aggregate(day=Max("effective_from"))["day"]
    if effective_from < on:
        raise Refusal(
            _("A text cannot hold from a day that has passed: letters of that day have been issued."),
            _("Choose today or a later day."),
            field="effective_from",
        )
    if newest and effective_from < newest:
        raise Refusal(
            _("A published version holds from %(day)s; a newer one cannot begin before it.") % {"day": newest},
            _("Choose that day or a later one."),
            field="effective_from",
        )
    with acting(by, _("letter text published")):
        version.effective_from, version.published_at, version.published_by = effective_from, timezone.now(), by
        version.save(update_fields=["effective_from", "published_at", "published_by"])
        # Words that a person with this office publishes in English are the district's own.
        english = version.texts.filter(language="en", reviewed_at__isnull=True)
        english.update(reviewed_at=timezone.now(), reviewed_by=str(by), reviewed_entered_by=by)
    return version


@transaction.atomic
def record_review(*, by: User, text: LetterText, reviewed_by: str) -> LetterText:
    """Note that a named person who reads the language has read the translation and found it right.

    Raises Refusal (no name), NotAllowed.
    """
    demand(by, Permission.PUBLISH_LETTERS)
    text = LetterText.objects.select_for_update(of=("self",)).get(pk=text.pk)
    if not reviewed_by.strip():
        raise Refusal(_("A review needs the name of the person who read the translation."), field="reviewed_by")
    if KINDS[text.version.kind].audience == "family" and text.language != "en" and _unfit(text):
        raise Refusal(_("The text still has problems."), _("Mend them first, then have it read."))
    with acting(by, _("translation reviewed")):
        text.reviewed_at, text.reviewed_by, text.reviewed_entered_by = timezone.now(), reviewed_by.strip(), by
        text.save(update_fields=["reviewed_at", "reviewed_by", "reviewed_entered_by"])
    return text


def _unfit(text: LetterText) -> bool:
    return bool(markup.check(text.version.kind, text.title, text.body))
