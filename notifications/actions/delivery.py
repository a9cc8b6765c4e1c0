"""How letters left the school, came back, and what was done about it; for a heap of them at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district import entries
from district.history import acting
from district.models import Entry, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from notifications.enums import FollowUp, Way
from notifications.kinds import KINDS
from notifications.models import Delivery, Letter

SENT = "letters_sent"
RETURNED = "letters_returned"
FOLLOWED_UP = "letters_followed_up"


def note_sent(
    *, by: User, letters: Iterable[uuid.UUID], way: str, left_on: date, on: date, note: str = ""
) -> list[Delivery]:
    """Note how letters to families left on a day. Those that are out already are left as they are.

    A letter that came back is noted anew: a second try. Gives back what was newly noted. `on` is today. Raises
    NotAllowed, Refusal: a day before a letter's date or after today, no letter to a family.
    """
    if way == Way.OTHER and not note.strip():
        raise Refusal(_("“In another way” needs to say how."), _("Write it beside the choice."), field="note")
    if left_on > on:
        raise Refusal(_("%(day)s has not come yet.") % {"day": long_day(left_on)}, field="left_on")
    with transaction.atomic(), acting(by, _("letters noted as sent")):
        rows = _locked(by, letters)
        out = set(Delivery.objects.filter(letter__in=rows, returned_on=None).values_list("letter", flat=True))
        new = [letter for letter in rows if letter.pk not in out]
        for letter in new:
            _check_sent(letter, left_on)
        made = Delivery.objects.bulk_create(
            [Delivery(letter=letter, way=way, note=note.strip(), left_on=left_on, entered_by=by) for letter in new],
            batch_size=1000,
        )
        if made:
            words = ngettext(
                "%(count)d letter noted as sent on %(day)s", "%(count)d letters noted as sent on %(day)s", len(made)
            )
            _enter(by, SENT, words % {"count": len(made), "day": long_day(left_on)}, new, made)
    return made


def note_returned(*, by: User, letters: Iterable[uuid.UUID], returned_on: date, on: date) -> list[Delivery]:
    """Note that letters came back on a day. Raises NotAllowed, Refusal: one that is not out, a day that cannot be."""
    if returned_on > on:
        raise Refusal(_("%(day)s has not come yet.") % {"day": long_day(returned_on)}, field="returned_on")
    with transaction.atomic(), acting(by, _("letters noted as returned")):
        rows = _locked(by, letters)
        out = {row.letter_id: row for row in Delivery.objects.filter(letter__in=rows, returned_on=None)}
        for letter in rows:
            _check_returned(letter, out.get(letter.pk), returned_on)
        back = [out[letter.pk] for letter in rows]
        Delivery.objects.filter(pk__in=[row.pk for row in back]).update(returned_on=returned_on, returned_by=by)
        words = ngettext("%(count)d letter came back on %(day)s", "%(count)d letters came back on %(day)s", len(back))
        _enter(by, RETURNED, words % {"count": len(back), "day": long_day(returned_on)}, rows, back)
    return list(Delivery.objects.filter(pk__in=[row.pk for row in back]))


def follow_up(*, by: User, letter: uuid.UUID, what: str, done_on: date, on: date, note: str = "") -> Delivery:
    """Note what was done about a letter that came back. Raises NotAllowed, Refusal (it is not back; the day)."""
    if done_on > on:
        raise Refusal(_("%(day)s has not come yet.") % {"day": long_day(done_on)}, field="done_on")
    if what == FollowUp.GIVEN_UP and not note.strip():
        raise Refusal(_("Say what was tried before the family counts as not reached."), field="note")
    with transaction.atomic(), acting(by, _("returned letter followed up")):
        (row,) = _locked(by, [letter])
        tries = Delivery.objects.select_for_update(of=("self",)).filter(letter=row).order_by("left_on", "pk")
        last = tries.last()
        if last is None or last.returned_on is None:
            raise Refusal(_("Letter %(number)s has not come back.") % {"number": row.number})
        if done_on < last.returned_on:
            raise Refusal(
                _("It came back on %(day)s; nothing can have been done about it before.")
                % {"day": long_day(last.returned_on)},
                field="done_on",
            )
        before = [last.follow_up, last.follow_up_on.isoformat() if last.follow_up_on else None, last.follow_up_note]
        last.follow_up, last.follow_up_on, last.follow_up_note = what, done_on, note.strip()
        last.save(update_fields=["follow_up", "follow_up_on", "follow_up_note"])
        words = _("Letter %(number)s: %(what)s") % {"number": row.number, "what": last.get_follow_up_display()}
        _enter(by, FOLLOWED_UP, words, [row], [last], before=before)
    return last


def put_back_sent(entry: Entry, by: User) -> None:
    """The letters had not left. Refusal where one has come back since: then it had."""
    if Delivery.objects.filter(pk__in=entry.data["deliveries"], returned_on__isnull=False).exists():
        raise Refusal(_("A letter of this entry has come back since; so it had left."), _("Put the return back first."))
    Delivery.objects.filter(pk__in=entry.data["deliveries"]).delete()


def put_back_returned(entry: Entry, by: User) -> None:
    """The letters had not come back. Refusal where something was done about it since."""
    rows = Delivery.objects.filter(pk__in=entry.data["deliveries"])
    again = Delivery.objects.filter(letter__in=rows.values("letter"), returned_on__isnull=True)
    if again.exists() or rows.exclude(follow_up="").exists():
        raise Refusal(
            _("Something was done about a letter of this entry since: a second try, or a question for the address."),
            _("Put that back first."),
        )
    rows.update(returned_on=None, returned_by=None)


def put_back_follow_up(entry: Entry, by: User) -> None:
    """What stood there before stands there again."""
    what, day, note = entry.data["before"]
    Delivery.objects.filter(pk__in=entry.data["deliveries"]).update(
        follow_up=what, follow_up_on=day, follow_up_note=note
    )


def _locked(by: User, keys: Iterable[uuid.UUID]) -> list[Letter]:
    """The letters, locked, all of children for whom the person may issue letters. Raises NotAllowed, Refusal."""
    wanted = set(keys)
    if not wanted:
        raise Refusal(_("No letter is picked."), _("Tick the boxes of the letters you mean."))
    rows = Letter.objects.defer("facts", "content").filter(pk__in=wanted)
    allowed = set(rows.visible_to(by, Permission.ISSUE_LETTERS).values_list("pk", flat=True))
    if wanted - allowed:
        raise NotAllowed(_("note what became of these letters"))
    return list(rows.select_for_update(of=("self",)).select_related("student").order_by("pk"))


def _check_sent(letter: Letter, left_on: date) -> None:
    if KINDS[letter.kind].audience != "family":
        raise Refusal(_("%(letter)s goes to no family.") % {"letter": letter})
    if left_on < letter.dated:
        raise Refusal(
            _("Letter %(number)s is dated %(dated)s; it cannot have left on %(day)s.")
            % {"number": letter.number, "dated": long_day(letter.dated), "day": long_day(left_on)},
            _("Look at the day."),
            field="left_on",
        )


def _check_returned(letter: Letter, delivery: Delivery | None, returned_on: date) -> None:
    if delivery is None:
        raise Refusal(
            _("Letter %(number)s is not out: nobody has noted that it left, or it is back already.")
            % {"number": letter.number},
            _("Note first how it left."),
        )
    if returned_on < delivery.left_on:
        raise Refusal(
            _("Letter %(number)s left on %(left)s; it cannot have come back on %(day)s.")
            % {"number": letter.number, "left": long_day(delivery.left_on), "day": long_day(returned_on)},
            _("Look at the day."),
            field="returned_on",
        )


def _enter(by: User, kind: str, words: str, letters: list[Letter], rows: list[Delivery], **data: object) -> None:
    children = {letter.student_id for letter in letters}
    entries.enter(
        by=by,
        kind=kind,
        summary=words,
        student_id=children.pop() if len(children) == 1 else None,
        deliveries=[row.pk for row in rows],
        **data,
    )
