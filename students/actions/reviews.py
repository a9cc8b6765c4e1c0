"""The principal's review: records found right, folders looked at, the records vouched for (MP1-35, MP1-40, MP1-44)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district import entries
from district.calendar import year_name
from district.history import acting
from district.models import Entry, School, SchoolYear, Term, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from district.wording import long_day
from students import facts, originals, rules
from students.actions.guard import must_hold
from students.enums import Looked
from students.models import Attestation, AttestedFolder, AttestedItem, ChangeTask, RecordReview, Student
from students.queries import reviews as reviewing

REVIEWED, DRAWN, LOOKED, SIGNED = "records_reviewed", "sample_drawn", "folder_looked", "attestation_signed"
P = Permission


@dataclass(frozen=True)
class Reviewed:
    """How many records were found right; whose changed while the page was open, whose wait for a change: they stay."""

    number: int
    changed: list[str]
    asked: list[str]


def confirm_records(*, by: User, students: Iterable[int], on: date, seen: datetime | None = None) -> Reviewed:
    """These records are right (MP1-40). A record that changed after the moment `seen` stays in the queue, and one
    of which something is wrong waits until its change is entered.

    Refusal: the school year is not open; NotAllowed for a child whom the person may not review.
    """
    with transaction.atomic(), acting(by, _("records reviewed")):
        keys = sorted(set(students))
        children = {child.pk: child for child in _locked(keys, by)}
        changed = _changed_since(keys, seen) if seen else set()
        wrong = set(
            ChangeTask.objects.filter(student__in=keys, entered_on__isnull=True).values_list("student_id", flat=True)
        )
        rows = reviewing.records(on).filter(student__in=set(keys) - changed - wrong).select_related("student")
        year = _year(on)
        made = RecordReview.objects.bulk_create(
            RecordReview(student=record.student, year=year, reviewed_on=on, reviewed_by=by, facts=record.facts)
            for record in reviewing.records_of(list(rows), on)
        )
        if made:
            number = len(made)
            said = ngettext("%(n)d record found right", "%(n)d records found right", number) % {"n": number}
            one = made[0].student_id if number == 1 else None
            entries.enter(by=by, kind=REVIEWED, summary=said, student_id=one, reviews=[row.pk for row in made])
    left = ([children[pk].name for pk in sorted(some)] for some in (changed - wrong, wrong))
    return Reviewed(len(made), *left)


def _locked(keys: Sequence[int], by: User) -> list[Student]:
    """The children, locked; NotAllowed where one may not be reviewed by the person."""
    found = list(Student.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    if Student.objects.visible_to(by, P.REVIEW_RECORDS).filter(pk__in=keys).count() != len(keys):
        raise NotAllowed(str(P.REVIEW_RECORDS.label))
    return found


def _changed_since(keys: Sequence[int], seen: datetime) -> set[int]:
    found: set[int] = set()
    for kind in reviewing.CHANGES:
        if source := facts.sources().get(kind):
            rows = source.rows((seen - timedelta(days=1)).date()).filter(student__in=keys, f_at__gt=seen)
            found |= set(rows.values_list("student_id", flat=True))
    return found


def _year(on: date) -> SchoolYear:
    year = SchoolYear.objects.filter(name=year_name(on)).first()
    if year is None:
        raise Refusal(
            _("The school year %(year)s is not open.") % {"year": year_name(on)},
            _("Ask the EL administrator to open it in the settings."),
        )
    return year


def draw_sample(
    *, by: User, school: School, on: date, term: Term | None = None, seed: int | None = None
) -> Attestation:
    """Draw the folders that are looked at before the principal signs: for a term, or for the year (None).

    Each folder is kept with what had to lie in it on that day. Refusal: drawn already, another school's terms, a term
    that has not begun, no child with a folder.
    """
    with transaction.atomic(), acting(by, _("sample of folders drawn")):
        must_hold(by, P.REVIEW_RECORDS, School.objects.select_for_update().get(pk=school.pk))
        year = term.year if term else _year(on)
        _check_term(school, term, on)
        if Attestation.objects.filter(school=school, year=year, term=term).exists():
            raise Refusal(_("The sample was drawn already."), _("Open it and record what you find."))
        there = reviewing.records(on).filter(stay__school=school).values_list("student_id", flat=True)
        known = sorted(set(there))
        if not known:
            raise Refusal(
                _("No child of the school has a Yellow Folder."),
                _("English learners and reclassified children have one."),
            )
        seed = secrets.randbelow(2**31) if seed is None else seed
        sample = Attestation.objects.create(
            school=school, year=year, term=term, seed=seed, drawn_from=len(known), drawn_on=on, drawn_by=by
        )
        for place, pk in enumerate(rules.draw(known, rules.sample_size(on).folders, seed), start=1):
            folder = AttestedFolder.objects.create(attestation=sample, student_id=pk, place=place)
            AttestedItem.objects.bulk_create(
                AttestedItem(folder=folder, kind=each.kind, about_on=each.about_on)
                for each in _once(originals.of_child(pk, on))
            )
        said = _("Sample of folders drawn for %(what)s") % {"what": term or year}
        entries.enter(by=by, kind=DRAWN, summary=said, school_id=school.pk, attestation=sample.pk)
    return sample


def _once(wanted: Iterable[originals.WantedOriginal]) -> Iterable[originals.WantedOriginal]:
    """Two documents of a kind and day lie in the folder as one."""
    return {(each.kind, each.about_on): each for each in wanted}.values()


def _check_term(school: School, term: Term | None, on: date) -> None:
    if term and term.system != school.terms:
        raise Refusal(_("%(school)s has other terms.") % {"school": school.name}, _("Pick one of the school's terms."))
    if term is None and (begins := reviewing.year_sample_from(school, on)) and begins > on:
        raise Refusal(
            _("The folders of the whole year are drawn from its last term on, %(day)s.") % {"day": long_day(begins)},
            _("Draw those of the present term."),
        )
    if term and term.starts > on:
        raise Refusal(
            _("The term begins on %(day)s.") % {"day": long_day(term.starts)}, _("Draw the sample when it has begun.")
        )


def record_folder(
    *, by: User, folder: AttestedFolder, found: Mapping[int, tuple[str, str]], note: str, on: date
) -> AttestedFolder:
    """What was found of each item of a folder: right, wrong or missing, with a note.

    Refusal: an item without a finding, a wrong or missing one without a note, a sample that is signed.
    """
    with transaction.atomic(), acting(by, _("folder looked at")):
        row = (
            AttestedFolder.objects.select_for_update(of=("self",))
            .select_related("attestation__school")
            .get(pk=folder.pk)
        )
        sample = _open(row.attestation, by)
        items = list(row.items.all())
        before = {str(item.pk): [item.found, item.note] for item in items}
        for item in items:
            item.found, item.note = found.get(item.pk, ("", ""))
            if item.found not in Looked.values:
                raise Refusal(
                    _("It is not said what was found of: %(what)s of %(day)s.")
                    % {"what": item.get_kind_display(), "day": long_day(item.about_on)},
                    _("Choose right, wrong or missing."),
                    field=f"found_{item.pk}",
                )
            if item.found == Looked.WRONG and not item.note.strip():
                raise Refusal(
                    _("What is wrong with: %(what)s?") % {"what": item.get_kind_display()},
                    _("Say it in a few words; the secretary mends it."),
                    field=f"note_{item.pk}",
                )
        AttestedItem.objects.bulk_update(items, ["found", "note"])
        was = [row.looked_on.isoformat() if row.looked_on else None, row.looked_by_id, row.note]
        row.looked_on, row.looked_by, row.note = on, by, note
        row.save(update_fields=["looked_on", "looked_by", "note"])
        said = _("Folder %(n)d of the sample looked at") % {"n": row.place}
        entries.enter(
            by=by,
            kind=LOOKED,
            summary=said,
            student_id=row.student_id,
            school_id=sample.school_id,
            folder=row.pk,
            before=before,
            was=was,
        )
    return row


def _open(sample: Attestation, by: User) -> Attestation:
    must_hold(by, P.REVIEW_RECORDS, sample.school)
    if sample.signed_on:
        raise Refusal(
            _("This was signed on %(day)s.") % {"day": long_day(sample.signed_on)},
            _("Put the signature back first, or note it in the next term."),
        )
    return sample


def sign_attestation(*, by: User, attestation: Attestation, on: date) -> Attestation:
    """Vouch for the school's records (MP1-35, MP1-44). The statement keeps the counts of that day.

    Refusal while a folder of the sample has not been looked at.
    """
    with transaction.atomic(), acting(by, _("records vouched for")):
        locked = Attestation.objects.select_for_update(of=("self",)).select_related("school", "term", "year")
        sample = _open(locked.get(pk=attestation.pk), by)
        not_looked = sample.folders.filter(looked_on__isnull=True).count()
        items = AttestedItem.objects.filter(folder__attestation=sample).values_list("found", flat=True)
        finding = rules.sample_finding(items)
        if not_looked or finding.outcome != rules.COMPLETE:
            said = ngettext(
                "%(n)d folder of the sample has not been looked at.",
                "%(n)d folders of the sample have not been looked at.",
                not_looked,
            ) % {"n": not_looked}
            raise Refusal(said if not_looked else finding.reason, _("Record what you find in each, then sign."))
        sample.signed_on, sample.signed_by = on, by
        sample.statement = statement_of(sample, on)
        sample.save(update_fields=["signed_on", "signed_by", "statement"])
        said = _("Records of %(school)s vouched for, %(what)s") % {
            "school": sample.school.short_name,
            "what": sample.term or sample.year,
        }
        entries.enter(by=by, kind=SIGNED, summary=said, school_id=sample.school_id, attestation=sample.pk)
    return sample


def statement_of(sample: Attestation, on: date) -> str:
    """What the principal signs: counted, so that it says no more than is known."""
    here = reviewing.records(on).filter(stay__school=sample.school)
    open_tasks = ChangeTask.objects.filter(
        entered_on__isnull=True, student__current_enrollment__school=sample.school
    ).count()
    items = AttestedItem.objects.filter(folder__attestation=sample).values_list("found", flat=True)
    return _(
        "I am responsible for the accuracy of the proficiency, placement and service data of %(school)s. Of %(all)d "
        "records of English learners and reclassified children, %(right)d are reviewed and unchanged since. In %(n)d "
        "folders drawn at random: %(sample)s%(not_right)s %(open)d changes wait to be entered."
    ) % {
        "school": sample.school.name,
        "all": here.count(),
        "right": here.exclude(reviewing.unreviewed(on) | reviewing.asked()).count(),
        "n": sample.folders.count(),
        "sample": rules.sample_finding(items).reason,
        "not_right": _not_right(sample),
        "open": open_tasks,
    }


def _not_right(sample: Attestation) -> str:
    """What was found wrong or missing, folder by folder; without names, which the folders have."""
    rows = AttestedItem.objects.filter(folder__attestation=sample, found__in=(Looked.WRONG, Looked.MISSING))
    said = [
        _("folder %(n)d, %(what)s of %(day)s: %(found)s")
        % {
            "n": row.folder.place,
            "what": row.get_kind_display(),
            "day": long_day(row.about_on),
            "found": f"{row.get_found_display()} ({row.note})" if row.note else row.get_found_display(),
        }
        for row in rows.select_related("folder").order_by("folder__place", "pk")
    ]
    return _(" Not right: %(what)s.") % {"what": "; ".join(said)} if said else ""


def put_back_reviews(entry: Entry, by: User) -> None:
    """The records have not been found right after all."""
    rows = RecordReview.objects.filter(pk__in=entry.data["reviews"])
    _locked(sorted(set(rows.values_list("student_id", flat=True))), by)
    rows.delete()


def _sample_of(entry: Entry, by: User) -> Attestation:
    sample = (
        Attestation.objects.select_for_update(of=("self",)).select_related("school").get(pk=entry.data["attestation"])
    )
    must_hold(by, P.REVIEW_RECORDS, sample.school)
    return sample


def put_back_draw(entry: Entry, by: User) -> None:
    """The sample goes, while nobody has looked at a folder: a sample is not drawn until it pleases."""
    sample = _sample_of(entry, by)
    if sample.folders.filter(looked_on__isnull=False).exists():
        raise Refusal(_("A folder of the sample was looked at already."), _("Go on with this sample."))
    sample.delete()


def put_back_look(entry: Entry, by: User) -> None:
    """What was recorded of a folder is as it was before."""
    row = (
        AttestedFolder.objects.select_for_update(of=("self",))
        .select_related("attestation__school")
        .get(pk=entry.data["folder"])
    )
    _open(row.attestation, by)
    items = list(row.items.all())
    for item in items:
        item.found, item.note = entry.data["before"][str(item.pk)]
    AttestedItem.objects.bulk_update(items, ["found", "note"])
    looked_on, row.looked_by_id, row.note = entry.data["was"]
    row.looked_on = date.fromisoformat(looked_on) if looked_on else None
    row.save(update_fields=["looked_on", "looked_by", "note"])


def put_back_signature(entry: Entry, by: User) -> None:
    """The principal has not signed after all."""
    sample = _sample_of(entry, by)
    sample.signed_on = sample.signed_by = None
    sample.statement = ""
    sample.save(update_fields=["signed_on", "signed_by", "statement"])


PUT_BACK = {REVIEWED: put_back_reviews, DRAWN: put_back_draw, LOOKED: put_back_look, SIGNED: put_back_signature}
