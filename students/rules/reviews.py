"""The sample of folders and what can be said of it; what differs between our record and Aeries. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from district.findings import Finding, _, ngettext
from students.enums import Looked

COMPLETE, INCOMPLETE = "complete", "incomplete"


@dataclass(frozen=True)
class SampleSize:
    """How many folders are looked at before the principal signs, since when, and who says so."""

    valid_from: date
    folders: int
    source: str


SAMPLE_SIZES = (
    SampleSize(
        date(2018, 7, 1),
        10,
        "the district's own rule; MP1-35 and MP1-44 ask for accuracy and name no way to see it",
    ),
)


def sample_size(on: date) -> SampleSize:
    """The size in force on a day."""
    return max((size for size in SAMPLE_SIZES if size.valid_from <= on), key=lambda size: size.valid_from)


def draw(children: Iterable[int], size: int, seed: int) -> list[int]:
    """So many of the children at random, in the order in which they are looked at; all of them where there are fewer.

    The same children and the same seed give the same sample, whatever the order in which the children are named.
    """
    known = sorted(set(children))
    return Random(seed).sample(known, min(size, len(known)))


def sample_finding(found: Iterable[str]) -> Finding:
    """What the items of a sample say: complete when each is recorded; the counts in a sentence."""
    counts = Counter(found)
    open_items = counts.pop("", 0)
    if open_items:
        reason = ngettext(
            "Of %(n)d item it is not recorded what was found.",
            "Of %(n)d items it is not recorded what was found.",
            open_items,
        ) % {"n": open_items}
        return Finding(INCOMPLETE, reason, "MP1-35, MP1-44")
    reason = _("%(right)d items right, %(wrong)d wrong, %(missing)d missing.") % {
        "right": counts[Looked.RIGHT],
        "wrong": counts[Looked.WRONG],
        "missing": counts[Looked.MISSING],
    }
    return Finding(COMPLETE, reason, "MP1-35, MP1-44")


@dataclass(frozen=True)
class Difference:
    """A field that Aeries shows differently: its code, what stands here and what stands there."""

    field: str
    ours: str
    theirs: str


def differences(
    ours: Mapping[str, str], theirs: Mapping[str, str], codes: Mapping[str, Mapping[str, str]]
) -> list[Difference]:
    """Where two records of a child differ, of the fields that both have.

    codes: for each field our value to Aeries' own. Aeries may show either, so both are the same. An empty field there
    differs when we have a value; a field that we know nothing of is passed over.
    """
    found = []
    for field, their in theirs.items():
        our = ours.get(field)
        if our is None:
            continue
        same = {our.casefold(), codes.get(field, {}).get(our, our).casefold()}
        if their.strip().casefold() not in same:
            found.append(Difference(field, our, their.strip()))
    return found
