"""Short texts in place of the shipped ones, written past the actions, for tests of other things."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from district.models import User
from notifications.models import LetterText, LetterVersion

SHORT = {
    "en": ("Letter to [[student]]", "Dear parents of [[student_first]], this is a short letter of [[letter_date]].\n"),
    "es": (
        "Carta a [[student]]",
        "Estimados padres de [[student_first]], esta es una carta corta del [[letter_date]].\n",
    ),
}


def replace(kind: str, on: date, bodies: dict[str, tuple[str, str]] = SHORT, reviewed: bool = False) -> LetterVersion:
    """Publish a version of these texts that holds from `on`."""
    number = 1 + LetterVersion.objects.filter(kind=kind).count()
    version = LetterVersion.objects.create(kind=kind, number=number)
    for language, (title, body) in bodies.items():
        read = reviewed or language == "en"
        LetterText.objects.create(
            version=version,
            language=language,
            title=title,
            body=body,
            reviewed_at=timezone.now() if read else None,
            reviewed_by="a test" if read else "",
        )
    version.effective_from, version.published_at = on, timezone.now()
    version.published_by = User.objects.command_line()
    version.save()
    return version
