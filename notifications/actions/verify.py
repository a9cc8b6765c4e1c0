"""Are issued letters what they were? The stored file and a fresh setting of the content, both against the hash."""

from __future__ import annotations

from dataclasses import dataclass

from district import storage
from notifications.documents import LetterContent
from notifications.models import Letter
from notifications.pdf import LetterRefused
from notifications.render import render_pdf


@dataclass(frozen=True)
class Verdict:
    """What a check found: the stored file is the one issued; setting the content again gives the same bytes."""

    letter: Letter
    file_is_same: bool
    file_is_there: bool
    renders_same: bool
    reason: str = ""

    @property
    def is_sound(self) -> bool:
        return self.file_is_same and self.renders_same


def verify_letter(letter: Letter, *, render: bool = True) -> Verdict:
    """Check one letter; nothing is written. Without `render` only the stored file is looked at."""
    pdf = storage.fetch(letter.file)
    reason, same = "", True
    if render:
        try:
            same = storage.sha256_of(render_pdf(LetterContent.from_json(letter.content))) == letter.sha256
        except LetterRefused as error:
            same, reason = False, str(error)
    return Verdict(
        letter=letter,
        file_is_same=pdf is not None and storage.sha256_of(pdf) == letter.sha256,
        file_is_there=pdf is not None,
        renders_same=same,
        reason=reason,
    )
