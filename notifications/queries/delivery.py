"""What became of letters: not noted, sent, back; the day on which a letter left."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from notifications.kinds import KINDS
from notifications.models import Delivery, Letter, LetterRun

UNSENT, OUT, BACK = "unsent", "sent", "returned"


def to_families() -> list[str]:
    """The kinds of letters that go to families."""
    return [kind.slug for kind in KINDS.values() if kind.audience == "family"]


def in_state(letters: QuerySet[Letter], state: str) -> QuerySet[Letter]:
    """The letters to families in a state: `unsent` nobody has noted how it left, `sent` out, `returned` back.

    A letter that a correction has taken the place of, unsent, is no longer to be sent.
    """
    tries = Delivery.objects.filter(letter=OuterRef("pk"))
    is_out, was_out = Exists(tries.filter(returned_on__isnull=True)), Exists(tries)
    letters = letters.filter(kind__in=to_families())
    if state == UNSENT:
        return letters.filter(~was_out, corrections__isnull=True)
    if state == OUT:
        return letters.filter(is_out)
    return letters.filter(was_out, ~is_out)


def state_words(state: str) -> str:
    return {UNSENT: _("not noted as sent"), OUT: _("sent"), BACK: _("came back")}[state]


def became_of(run: LetterRun) -> list[dict[str, object]]:
    """How many letters of a run are in each state; nothing for papers that go to no family."""
    if run.kind not in to_families():
        return []
    letters = Letter.objects.filter(run_item__run=run)
    return [
        {"state": state, "words": state_words(state), "count": in_state(letters, state).count()}
        for state in (UNSENT, OUT, BACK)
    ]


def with_deliveries(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """With their deliveries at hand, oldest first."""
    rows = Delivery.objects.select_related("entered_by", "returned_by").order_by("left_on", "pk")
    return letters.prefetch_related(Prefetch("deliveries", queryset=rows))
