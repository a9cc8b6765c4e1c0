"""What a rule answers: the outcome, the sentence that says why, and who says so.

The same sentence stands on the screen, in the file and in the history. Rules are pure and import no Django; they take
their words from here (`_`), so that their sentences are translated like all others.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

__all__ = ["Finding", "_", "ngettext"]


@dataclass(frozen=True)
class Finding:
    """outcome: a slug of the rule's own. reason: one sentence for people. source: Plan row, decision or law.

    notes: further sentences that inform and do not decide.
    """

    outcome: str
    reason: str
    source: str
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.reason
