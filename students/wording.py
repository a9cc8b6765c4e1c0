"""Words that several pages about services say alike."""

from __future__ import annotations

from django.utils.translation import gettext as _

from students.ladders import ladders
from students.models import EldSection
from students.rules.services import LEVEL_TEST


def levels_of(section: EldSection) -> str:
    """For which levels a section is: `levels 1 to 2`, with the words where the test is known."""
    low, high = section.level_low, section.level_high
    if low is None or high is None:
        return _("all levels, not leveled")
    ladder = ladders().get(LEVEL_TEST)
    words = [name for _slug, name in ladder.levels] if ladder else []
    if low == high:
        return words[low - 1] if low <= len(words) else _("level %(number)s") % {"number": low}
    return _("levels %(low)s to %(high)s") % {"low": low, "high": high}
