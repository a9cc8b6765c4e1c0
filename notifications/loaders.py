"""The letter texts that come with the product, from `fixtures/letters/<kind>/<language>.md`.

The first version of a kind is published at once. Later, a changed file becomes the draft of a next version, which the
EL administrator reads and publishes; what the district has published or is writing is never touched.
"""

from __future__ import annotations

from hashlib import sha256

from django.utils import timezone

from district.enums import Certainty
from district.models import User
from district.reference import Change
from notifications.kinds import KINDS
from notifications.markup import Source, read_source
from notifications.models import LetterText, LetterVersion
from notifications.parallel import compare
from notifications.terms import FOLDER

WRITTEN_FOR_ELPLAN = "comes with elplan"


def load_texts() -> list[Change]:
    """Bring in the shipped texts; any number of times."""
    new = unchanged = 0
    for kind in KINDS:
        if _load(kind):
            new += 1
        else:
            unchanged += 1
    return [Change("versions of letter texts", new, 0, unchanged)]


def shipped_sources(kind: str) -> dict[str, Source]:
    """The shipped texts of a kind by language, English first. ValueError where they do not fit together."""
    sources = [read_source(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob(f"{kind}/*.md"))]
    by_language = {one.language: one for one in sorted(sources, key=lambda one: (one.language != "en", one.language))}
    if problems := compare({code: (one.title, one.body) for code, one in by_language.items()}):
        raise ValueError(f"The shipped texts of {kind} differ: {problems[0]}")
    return by_language


def _load(kind: str) -> bool:
    """Whether a version was made."""
    sources = shipped_sources(kind)
    digest = _digest(sources)
    versions = list(LetterVersion.objects.filter(kind=kind).order_by("number"))
    if any(version.shipped_sha256 == digest for version in versions):
        return False
    draft = next((version for version in versions if not version.is_published), None)
    if draft is not None:
        if draft.created_by is not None:
            return False  # somebody is writing; the new text waits until that version is published
        draft.delete()  # an earlier shipped text that nobody has touched
    number = 1 + max((version.number for version in versions if version is not draft), default=0)
    version = LetterVersion.objects.create(
        kind=kind, number=number, shipped_sha256=digest, note=sources["en"].note or "text that comes with elplan"
    )
    LetterText.objects.bulk_create([_text(version, one) for one in sources.values()])
    if number == 1:
        version.effective_from = sources["en"].effective_from
        version.published_at, version.published_by = timezone.now(), User.objects.command_line()
        version.save(update_fields=["effective_from", "published_at", "published_by"])
    return True


def _digest(sources: dict[str, Source]) -> str:
    return sha256(repr([(code, one.title, one.body) for code, one in sources.items()]).encode()).hexdigest()


def _text(version: LetterVersion, source: Source) -> LetterText:
    return LetterText(
        version=version,
        language=source.language,
        title=source.title,
        body=source.body,
        source=source.source[:300],
        certainty=Certainty.INFERRED if source.reviewed else Certainty.DRAFT,
        reviewed_at=timezone.now() if source.reviewed else None,
        reviewed_by=WRITTEN_FOR_ELPLAN if source.reviewed else "",
    )
