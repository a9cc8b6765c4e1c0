"""The letterhead in other languages: name and vision line, from a day on."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from district import entries
from district.actions.doing import doing, save
from district.models import District, Entry, User
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day
from notifications import languages
from notifications.models import Letter, LetterheadWords

LETTERHEAD_WORDS = "letterhead_words"


def set_letterhead_words(
    *, by: User, language: str, starts: date, on: date, name: str = "", vision: str = "", reviewed_by: str = ""
) -> LetterheadWords:
    """Name and vision line in a language; letters dated `starts` or later carry them. Blank: English stands in.

    `on` is today. Raises NotAllowed, Refusal: English, a language without a font, a day that has passed or that a row
    holds from already.
    """
    with doing(by, Permission.PUBLISH_LETTERS, _("letterhead in another language")):
        district = District.objects.select_for_update().first()
        if district is None:
            raise Refusal(_("The district has no letterhead yet."), _("Enter its name and address under District."))
        if language == "en" or language not in languages.table():
            raise Refusal(
                _("Choose one of the languages of letters; English is the letterhead itself."), field="language"
            )
        if starts < on:
            raise Refusal(
                _("Letters of %(day)s have been issued with the old words.") % {"day": long_day(starts)},
                _("Choose today or a later day."),
                field="starts",
            )
        if LetterheadWords.objects.filter(language=language, starts=starts).exists():
            raise Refusal(
                _("Words in this language hold from %(day)s already.") % {"day": long_day(starts)},
                _("Put those back first, or choose a later day."),
                field="starts",
            )
        row = LetterheadWords(language=language, starts=starts, entered_by=by)
        words = {"name": name.strip(), "vision": vision.strip(), "reviewed_by": reviewed_by.strip()}
        save(row, words | {"of_name": district.name, "of_vision": district.vision})
        summary = _("Letterhead in %(language)s from %(day)s") % {
            "language": languages.language(language).name,
            "day": long_day(starts),
        }
        entries.enter(by=by, kind=LETTERHEAD_WORDS, summary=summary, row=row.pk)
    return row


def put_back_letterhead_words(entry: Entry, by: User) -> None:
    """The words are gone again. Refusal where a letter of their days is issued: it carries them."""
    row = LetterheadWords.objects.filter(pk=entry.data["row"]).first()
    if row is None:
        return
    issued = Letter.objects.filter(dated__gte=row.starts, issued_at__gte=row.entered_at)
    if any(row.language in codes.split(",") for codes in issued.values_list("languages", flat=True).distinct()):
        raise Refusal(_("A letter with these words is issued."), _("Enter new words from a later day."))
    row.delete()
