"""The sample's office: what is in Aeries, packets, the principal's review, changes asked for, a sample of folders.

Most is done, some is late, some was never begun, so that every list has something to show.
"""

from __future__ import annotations

import io
import uuid
from datetime import date, timedelta
from random import Random

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef
from PIL import Image, ImageDraw

from accountability.models import PolicyArea, StakeholderInput
from district import storage
from district.models import School, SchoolYear, Term
from elplan.sample import years
from elplan.sample.book import Book, at_noon
from elplan.sample.copying import Table, Writer
from students import facts, originals, rules
from students.enums import ChangeField, Looked, ScanType
from students.models import (
    AeriesTick,
    Attestation,
    AttestedFolder,
    AttestedItem,
    ChangeTask,
    Enrollment,
    FolderScan,
    LanguageStatus,
    PacketPart,
    PacketTick,
    Placement,
    RecordReview,
)
from students.queries import reviews as reviewing

MODELS: tuple[type[models.Model], ...] = (AeriesTick, PacketTick, RecordReview, ChangeTask)
ENTERED_AFTER = 6  # days after which most facts are in Aeries
REVIEWED_AGO = 18  # days since the principals went through the records
FORGOTTEN = 37  # of so many facts one was forgotten
SAID = (
    (
        "delac",
        "meeting",
        "notification",
        "A letter should say in its first line what is wanted.",
        True,
    ),
    ("parents", "survey", "communication", "Please send meeting notices a week before, in Punjabi as well.", True),
    ("teachers", "meeting", "progress", "Teachers ask for the ELPAC levels before the first conference.", False),
)
WRONG = (
    (ChangeField.STATUS_SINCE, "The state's report in the folder has an earlier day."),
    (ChangeField.LANGUAGE, "The mother said so at the conference."),
    (ChangeField.PROGRAM, "The form in the folder."),
    (ChangeField.NAME, "Birth certificate in the cumulative file."),
)


def write(book: Book, on: date) -> None:
    """All of it, for the children who are in the database."""
    tables = {model: Table(model, at_noon(on), **_by(model, book.office)) for model in MODELS}
    _aeries(tables[AeriesTick], book, on)
    _packets(tables[PacketTick], book, on)
    _reviews(tables[RecordReview], book, on)
    _changes(tables[ChangeTask], book, on)
    writer = Writer()
    writer.send([table.take() for table in tables.values()])
    writer.wait()
    for table in tables.values():
        table.count_on()
    _attestations(book, on)
    _scans(book, on)
    _inputs(book, on)


def _by(model: type[models.Model], who: int) -> dict[str, int]:
    names = {field.attname for field in model._meta.concrete_fields}
    return {name: who for name in ("entered_by_id", "by_id", "reviewed_by_id", "asked_by_id") if name in names}


def _offices(book: Book) -> dict[int, tuple[int, int]]:
    """Secretary and principal of each school."""
    return {school: (book.secretaries[place], book.principals[place]) for place, school in enumerate(book.schools)}


def _school_of() -> dict[int, int]:
    return dict(Enrollment.objects.filter(ends__isnull=True).values_list("student_id", "school_id"))


def _aeries(table: Table, book: Book, on: date) -> None:
    """Facts of this year: the older ones are in Aeries, but for a forgotten few; the new ones wait."""
    offices, school_of = _offices(book), _school_of()
    for kind, source in facts.sources().items():
        rows = source.rows(rules.school_year_begins(on)).order_by("pk")
        for pk, student, known in rows.values_list("pk", "student_id", "f_known").iterator():
            entered = years.school_day_from(known + timedelta(days=2 + pk % 4))
            if entered > on or (on - known).days <= ENTERED_AFTER or pk % FORGOTTEN == 0 or student not in school_of:
                continue
            secretary = offices[school_of[student]][0]
            table.add(student_id=student, kind=str(kind), fact=pk, entered_on=entered, entered_by_id=secretary)


def _packets(table: Table, book: Book, on: date) -> None:
    """Packets of the children who came this year: most are complete, of some a paper is missing."""
    offices = _offices(book)
    parts = [(part.pk, part.code) for part in PacketPart.objects.filter(is_required=True)]
    earlier = Enrollment.objects.filter(student=OuterRef("student_id"), starts__lt=OuterRef("starts"))
    stays = Enrollment.objects.filter(
        ~models.Exists(earlier), starts__gte=rules.school_year_begins(on), starts__lte=on, ends__isnull=True
    ).order_by("pk")
    for pk, student, school, starts in stays.values_list("pk", "student_id", "school_id", "starts").iterator():
        lacks = {0: "immunization", 3: "residence", 7: "survey"}.get(student % 11)
        for part, code in parts:
            if code != lacks and (on - starts).days > student % 3:
                table.add(enrollment_id=pk, part_id=part, on=starts, by_id=offices[school][0])


def _reviews(table: Table, book: Book, on: date) -> None:
    """The principals have gone through most records; what changed since, and one in nine, waits."""
    year = SchoolYear.objects.filter(name=years.name_of(years.year_of(on))).first()
    looked = years.school_day_from(on - timedelta(days=REVIEWED_AGO))
    if year is None or looked <= year.first_day + timedelta(days=20) or looked > on:
        return
    offices = _offices(book)
    rows = reviewing.records(on).order_by("pk").values_list("student_id", "stay__school_id")
    for student, school in rows.iterator():
        if student % 9:
            table.add(
                student_id=student,
                year_id=year.pk,
                reviewed_on=looked,
                reviewed_by_id=offices[school][1],
                recorded_at=at_noon(looked),
            )


def _changes(table: Table, book: Book, on: date) -> None:
    """A few changes that the principals asked for: entered, waiting, and late."""
    offices = _offices(book)
    rows = reviewing.records(on).annotate(number=F("student_id") % 71, school=F("stay__school_id"))
    rows = rows.filter(number__in=(5, 6, 7)).select_related("student__primary_language").order_by("pk")
    placements = Placement.objects.filter(ends__isnull=True, student__in=rows.values("student"))
    placed = dict(placements.values_list("student_id", "program__name"))
    for row in rows:
        student, school = row.student_id, row.school
        field, why = WRONG[student % len(WRONG)]
        old, new = _old_and_new(row, field, placed.get(student, ""))
        asked = years.school_day_from(on - timedelta(days=(3, 14, 30)[student % 71 - 5]))
        done = student % 71 == 7
        table.add(
            student_id=student,
            field=str(field),
            old_value=old,
            new_value=new,
            why=why,
            asked_on=min(asked, on),
            asked_by_id=offices[school][1],
            entered_on=min(years.school_day_from(asked + timedelta(days=4)), on) if done else None,
            entered_by_id=offices[school][0] if done else None,
        )


def _old_and_new(row: LanguageStatus, field: ChangeField, placed: str) -> tuple[str, str]:
    """What stands in the child's record, and what the principal wants there."""
    child = row.student
    match field:
        case ChangeField.STATUS_SINCE:
            return f"{row.starts:%-m/%-d/%Y}", f"{row.starts - timedelta(days=6):%-m/%-d/%Y}"
        case ChangeField.LANGUAGE:
            spoken = child.primary_language.name if child.primary_language else ""
            return spoken, "Mixteco" if spoken == "Spanish" else "Spanish"
        case ChangeField.PROGRAM:
            mainstream, structured = "English Language Mainstream", "Structured English Immersion"
            return placed, structured if placed == mainstream else mainstream
    return f"{child.birth_date:%-m/%-d/%Y}", f"{child.birth_date + timedelta(days=1):%-m/%-d/%Y}"


def _attestations(book: Book, on: date) -> None:
    """In this term two schools have begun to look, the others have not; of the term before the first has signed."""
    for place, term in ((0, _term(on, book, 0, 0)), (0, _term(on, book, 0, 1)), (1, _term(on, book, 1, 1))):
        if term is not None:
            _attestation(book, School.objects.get(pk=book.schools[place]), place, term, on)


def _term(on: date, book: Book, place: int, ago: int) -> Term | None:
    """The term of the school that lies so many before the present one, of this school year."""
    school = School.objects.get(pk=book.schools[place])
    name = years.name_of(years.year_of(on))
    begun = list(Term.objects.filter(system=school.terms, year__name=name, starts__lte=on).order_by("-starts"))
    return begun[ago] if len(begun) > ago else None


def _attestation(book: Book, school: School, place: int, term: Term, on: date) -> None:
    is_over = term.ends < on
    drawn_on = years.school_day_from(max(term.starts, min(on, term.ends) - timedelta(days=15)))
    if drawn_on > on:
        return
    known = sorted(reviewing.records(on).filter(stay__school=school).values_list("student_id", flat=True))
    if not known:
        return
    principal = book.principals[place]
    sample = Attestation.objects.create(
        school=school,
        year_id=term.year_id,
        term=term,
        seed=term.pk * 1009 + place,
        drawn_from=len(known),
        drawn_on=drawn_on,
        drawn_by_id=principal,
    )
    children = rules.draw(known, rules.sample_size(on).folders, sample.seed)
    for number, pk in enumerate(children, start=1):
        looked = drawn_on if is_over or number <= 4 else None
        folder = AttestedFolder.objects.create(
            attestation=sample, student_id=pk, place=number, looked_on=looked, looked_by_id=looked and principal
        )
        wanted = {(each.kind, each.about_on) for each in originals.of_child(pk, drawn_on)}
        for item, (kind, about) in enumerate(sorted(wanted)):
            found = _found(number, item) if looked else ""
            note = "The day on the form is another one." if found == Looked.WRONG else ""
            AttestedItem.objects.create(folder=folder, kind=kind, about_on=about, found=found, note=note)
    if is_over:
        sample.signed_on, sample.signed_by_id = min(term.ends, on), principal
        sample.statement = f"The records of {school.name} were reviewed; folders drawn at random were looked into."
        sample.save()


def _found(folder: int, item: int) -> Looked:
    if item == 0 and folder == 2:
        return Looked.WRONG
    return Looked.MISSING if item == 1 and folder == 3 else Looked.RIGHT


def _scans(book: Book, on: date) -> None:
    """Photos of two surveys, invented: one lies in its folder too, one does not."""
    rows = originals.surveys(on).filter(student__current_enrollment__school=book.schools[0]).order_by("-pk")
    rng = Random("scans")
    for number, (student, about) in enumerate(rows.values_list("student_id", "o_about")[:2]):
        picture = Image.new("L", (400, 520), 250)
        draw = ImageDraw.Draw(picture)
        draw.text((30, 30), f"Home Language Survey, practice copy {number + 1}", fill=20)
        for line in range(4):
            draw.line((30, 120 + 80 * line, 200 + rng.randrange(150), 120 + 80 * line), fill=60, width=3)
        file = io.BytesIO()
        picture.save(file, "PNG")
        data = file.getvalue()
        name = uuid.uuid5(uuid.NAMESPACE_OID, f"{settings.ELPLAN_HOME}{student}")
        FolderScan.objects.create(
            student_id=student,
            kind="survey",
            about_on=about,
            file=storage.keep(f"scans/{on.year}", name, data, ScanType.PNG),
            file_type=ScanType.PNG,
            size=len(data),
            sha256=storage.sha256_of(data),
            scanned_on=on,
            scanned_by_id=book.secretaries[0],
            recorded_at=at_noon(on),
        )


def _inputs(book: Book, on: date) -> None:
    """What was said about the Plan in the last months; the newest waits for an answer."""
    areas = {area.code: area for area in PolicyArea.objects.all()}
    for number, (group, channel, area, said, answered) in enumerate(SAID):
        day = on - timedelta(days=90 - 30 * number)
        StakeholderInput.objects.create(
            on=day,
            group=group,
            channel=channel,
            area=areas[area],
            said=said,
            recorded_by_id=book.office,
            outcome="Taken into the plan of the year." if answered else "",
            answered_on=day + timedelta(days=14) if answered else None,
            answered_by_id=book.office if answered else None,
        )
