"""Issuing one letter: what is stored, who may, what is refused and with which words."""

from __future__ import annotations

import threading

import pytest
from django.db import Error as DatabaseError
from django.db import connection, transaction

from district import storage
from district.models import District, Look
from district.refusal import NotAllowed, Refusal
from notifications import kinds
from notifications.actions import (
    AlreadyIssued,
    ask_for_run,
    blank_form,
    issue_letter,
    preview_letter,
    record_review,
    reprint_letter,
    verify_letter,
    work_run,
)
from notifications.actions.letters import reserve_numbers
from notifications.contents import NotReady, OnlyDraft
from notifications.models import Letter, LetterText
from students.models import Student
from tests.letters import sources, texts_for_tests
from tests.letters.conftest import ON
from tests.letters.reading import words_of

pytestmark = pytest.mark.usefixtures("annual")


def issue(by, student, **more) -> Letter:
    return issue_letter(by=by, kind="annual", student=student, on=ON, **{"accepts_drafts": True, **more})


@pytest.mark.plan("APPB-01")
def test_a_letter_is_stored_with_facts_words_file_and_hash(child, secretary):
    ximena = child("Ximena", "Castañeda Robles")
    letter = issue(secretary, ximena)
    assert letter.number == "2026-000001"
    assert letter.languages == "es,en"
    assert letter.has_drafts
    assert letter.school_year == "2026-27"
    assert letter.facts["values"]["student"] == "Ximena Castañeda Robles"
    pdf = storage.fetch(letter.file)
    assert storage.sha256_of(pdf) == letter.sha256
    text = words_of(pdf)
    assert "Ximena Castañeda Robles" in text
    assert "2026-000001" in text
    assert "A. Marsh" in text
    assert "Z. Gone" not in text
    assert verify_letter(letter).is_sound
    assert Look.objects.get().what == "issued letter 2026-000001"


@pytest.mark.plan("MP0-02", "APPC-02")
def test_letterhead_and_trustees_are_those_of_the_letters_day(child, secretary):
    letter = issue(secretary, child("Ana", "Ávila", language="00"))
    text = words_of(storage.fetch(letter.file))
    for words in (
        "Valle Claro Unified School District",
        "310 Alder Street",
        "530-555-0100",
        "R. Lindqvist, Superintendent",
        "Students in Valle Claro will graduate with 21st century skills",
        "Board of Trustees: A. Marsh, B. Okafor",
        "School office: 530-555-0142",
    ):
        assert words in text


def test_a_family_that_reads_english_gets_one_language(child, secretary):
    letter = issue(secretary, child("John", "Byrd", language="00"))
    assert (letter.languages, letter.has_drafts, letter.lacks_language) == ("en", False, None)


def test_a_family_without_a_text_in_its_language_gets_english_and_that_is_written_down(child, secretary):
    letter = issue(secretary, child("Thủy", "Huỳnh", language="02"))
    assert letter.languages == "en"
    assert letter.lacks_language.name == "Vietnamese"


def test_a_family_whose_language_is_not_known_gets_english(child, secretary):
    letter = issue(secretary, child("Noa", "Levi", language=None))
    assert (letter.languages, letter.lacks_language) == ("en", None)


def test_the_language_of_letters_goes_before_the_primary_language(child, secretary):
    student = child("Ana", "Ávila", language="28")
    student.letter_language_id = "01"
    student.save()
    assert issue(secretary, student).languages == "es,en"


def test_a_draft_translation_asks_for_a_choice_until_a_person_has_read_it(child, secretary, office):
    ana = child("Ana", "Ávila")
    with pytest.raises(OnlyDraft, match="The Spanish text is a draft"):
        issue(secretary, ana, accepts_drafts=False)
    assert Letter.objects.count() == 0
    record_review(by=office, text=LetterText.objects.get(version__kind="annual", language="es"), reviewed_by="E. S.")
    letter = issue(secretary, ana, accepts_drafts=False)
    assert not letter.has_drafts
    assert "Borrador" not in words_of(storage.fetch(letter.file))


def test_a_draft_says_so_on_the_paper(child, secretary):
    text = words_of(storage.fetch(issue(secretary, child("Ana", "Ávila")).file))
    assert "Borrador de traducción, aún no revisado por una persona · Draft translation" in text


def test_missing_facts_are_named_with_the_page_to_enter_them(child, secretary):
    student = child("Nofacts", "Bravo")
    with pytest.raises(NotReady) as caught:
        issue(secretary, student)
    assert [lack.what for lack in caught.value.lacks] == ["the program"]
    assert str(caught.value) == (
        "The letter is not issued, because something is missing: the program. Enter it, then issue the letter."
    )
    assert Letter.objects.count() == 0


def test_facts_that_the_source_forgot_are_named_in_words(child, secretary, monkeypatch):
    student, source = child("Ana", "Ávila"), kinds.builder("annual")
    facts = source.facts_for([student], ON)[student.pk]
    values = {name: value for name, value in facts.values.items() if name != "expected_years"}
    lacking = type(facts)(values, facts.conditions, facts.blocks)
    monkeypatch.setattr(source, "facts_for", lambda students, on: {student.pk: lacking}, raising=False)
    with pytest.raises(NotReady, match="years in which a child is expected to be reclassified"):
        issue(secretary, student)


def test_a_letter_on_the_same_subject_is_issued_once(child, secretary):
    ana = child("Ana", "Ávila")
    first = issue(secretary, ana)
    with pytest.raises(AlreadyIssued, match="already issued: 2026-000001 of Tue 1 Sep 2026") as caught:
        issue(secretary, ana)
    assert caught.value.letter == first


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_at_once_issue_one_letter(child, secretary, office):
    texts_for_tests.replace("annual", ON)
    ana = child("Ana", "Ávila")
    barrier, outcomes = threading.Barrier(2), []

    def work(by):
        barrier.wait()
        try:
            outcomes.append(issue(by, ana))
        except AlreadyIssued as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    people = [threading.Thread(target=work, args=[by]) for by in (secretary, office)]
    for each in people:
        each.start()
    for each in people:
        each.join()
    letter = Letter.objects.get()
    refused = next(outcome for outcome in outcomes if isinstance(outcome, AlreadyIssued))
    assert refused.letter == letter
    _folders, files = storage.default_storage.listdir("letters/2026")
    assert f"{letter.pk}.pdf" in files


def test_numbers_count_by_year_and_are_never_used_twice(db):
    assert reserve_numbers(2026, 2) == ["2026-000001", "2026-000002"]
    assert reserve_numbers(2027) == ["2027-000001"]
    assert reserve_numbers(2026) == ["2026-000003"]


def test_somebody_of_another_school_may_not(child, elsewhere, secretary):
    ana = child("Ana", "Ávila")
    with pytest.raises(NotAllowed):
        issue(elsewhere, ana)
    with pytest.raises(NotAllowed):
        preview_letter(by=elsewhere, kind="annual", student=ana, on=ON)
    assert Letter.objects.count() == 0
    letter = issue(secretary, ana)
    assert list(Letter.objects.visible_to(elsewhere)) == []
    assert list(Letter.objects.visible_to(secretary)) == [letter]


def test_without_a_letterhead_nothing_is_issued(child, secretary):
    ana = child("Ana", "Ávila")
    District.objects.all().delete()
    with pytest.raises(Refusal, match="no letterhead"):
        issue(secretary, ana)


def test_a_form_that_is_printed_blank_is_not_issued_to_a_child(child, secretary):
    with pytest.raises(Refusal, match="printed blank"):
        issue_letter(by=secretary, kind="survey_blank", student=child("Ana", "Ávila"), on=ON)


def test_a_preview_writes_nothing_but_the_look(child, secretary):
    ana = child("Ana", "Ávila")
    made = preview_letter(by=secretary, kind="annual", student=ana, on=ON)
    assert made.language_codes == ["es", "en"]
    assert Letter.objects.count() == 0
    assert Look.objects.get().what == "previewed letter annual"


# --- corrections ------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_letter_that_names_the_old_one(child, secretary):
    ana = child("Ana", "Ávila")
    old = issue(secretary, ana)
    before = storage.fetch(old.file)
    new = issue(secretary, ana, corrects=old, reason="the grade was wrong")
    assert (new.corrects, new.number, new.subject_key) == (old, "2026-000002", old.subject_key)
    text = words_of(storage.fetch(new.file))
    assert "Esta carta corrige la carta 2026-000001 del 1 de septiembre de 2026 y la reemplaza." in text
    assert "This letter corrects letter 2026-000001 of September 1, 2026 and takes its place." in text
    assert storage.fetch(old.file) == before
    event = new.events.get()
    assert event.pgh_context.metadata["reason"] == "the grade was wrong"


def test_a_correction_needs_a_reason_and_is_issued_once(child, secretary):
    ana = child("Ana", "Ávila")
    old = issue(secretary, ana)
    with pytest.raises(Refusal, match="A correction needs its reason"):
        issue(secretary, ana, corrects=old, reason=" ")
    new = issue(secretary, ana, corrects=old, reason="wrong grade")
    with pytest.raises(AlreadyIssued) as caught:
        issue(secretary, ana, corrects=old, reason="wrong grade")
    assert caught.value.letter == new
    assert issue(secretary, ana, corrects=new, reason="once more").corrects == new


def test_a_correction_goes_to_the_same_family(child, secretary):
    old = issue(secretary, child("Ana", "Ávila"))
    with pytest.raises(Refusal, match="same kind to the same family"):
        issue(secretary, child("Bea", "Bravo"), corrects=old, reason="x")


# --- the record stays -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        lambda letter: Letter.objects.filter(pk=letter.pk).update(sha256="0" * 64),
        lambda letter: Letter.objects.filter(pk=letter.pk).update(facts={}),
        lambda letter: letter.delete(),
    ],
    ids=["hash", "facts", "delete"],
)
def test_the_database_keeps_an_issued_letter(child, secretary, statement):
    letter = issue(secretary, child("Ana", "Ávila"))
    with pytest.raises(DatabaseError), transaction.atomic():
        statement(letter)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE notifications_letter SET number = 'x' WHERE id = %s", [letter.pk])


def test_printing_again_gives_the_same_bytes_and_is_logged(child, secretary):
    letter = issue(secretary, child("Ana", "Ávila"))
    assert storage.sha256_of(reprint_letter(by=secretary, letter=letter)) == letter.sha256
    assert [look.what for look in Look.objects.order_by("pk")] == [
        "issued letter 2026-000001",
        "printed letter 2026-000001",
    ]


@pytest.mark.parametrize("harm", ["gone", "damaged"])
def test_a_lost_or_damaged_file_is_set_again_from_its_content(child, secretary, harm):
    letter = issue(secretary, child("Ana", "Ávila"))
    storage.discard(letter.file)
    if harm == "damaged":
        storage.keep("letters/2026", letter.pk, b"%PDF-1.7 other")
    assert not verify_letter(letter).file_is_same
    assert storage.sha256_of(reprint_letter(by=secretary, letter=letter)) == letter.sha256
    assert verify_letter(letter).is_sound


def test_a_letter_that_cannot_be_set_alike_is_not_served(child, secretary, monkeypatch):
    letter = issue(secretary, child("Ana", "Ávila"))
    storage.discard(letter.file)
    monkeypatch.setattr("notifications.actions.letters.render_pdf", lambda content: b"%PDF other")
    with pytest.raises(Refusal, match="damaged, and what the server sets now differs"):
        reprint_letter(by=secretary, letter=letter)


def test_files_lie_under_names_that_say_nothing(child, secretary):
    letter = issue(secretary, child("Ximena", "Castañeda"))
    assert letter.file == f"letters/2026/{letter.pk}.pdf"


def test_a_letter_that_cannot_be_stored_leaves_no_file(child, secretary, monkeypatch):
    ana = child("Ana", "Ávila")
    before = files_of_letters()
    monkeypatch.setattr("notifications.actions.letters.log_look", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        issue(secretary, ana)
    assert Letter.objects.count() == 0
    assert files_of_letters() == before


def files_of_letters() -> set[str]:
    if not storage.default_storage.exists("letters/2026"):
        return set()
    return set(storage.default_storage.listdir("letters/2026")[1])


# --- blank forms ------------------------------------------------------------------------------------------------------


@pytest.mark.plan("MP1-04")
@pytest.mark.parametrize(
    ("language", "first"), [("es", "Encuesta de idioma en el hogar"), ("en", "Home Language Survey")]
)
def test_the_survey_is_printed_blank_in_the_familys_language(secretary, school, language, first):
    text = words_of(blank_form(by=secretary, kind="survey_blank", language=language, school=school, on=ON))
    assert text.index(first) < text.index("Which language did your child learn when they first began to talk?")
    assert "Valle Claro Upper Elementary" in text


def test_a_blank_form_in_a_language_without_a_text_is_refused(secretary, school):
    with pytest.raises(Refusal, match="no text of .* in Hmong"):
        blank_form(by=secretary, kind="survey_blank", language="hmn", school=school, on=ON)


# --- a letter that facts have overtaken ------------------------------------------------------------------------------


class Overtaken(sources.SampleSource):
    """First the school's own result, then the state's, which differs."""

    official = False

    def _facts(self, student):
        facts = super()._facts(student)
        about, corrects = ("official", "local") if self.official else ("local", "")
        return type(facts)(facts.values, facts.conditions, facts.blocks, subject_key=about, corrects=corrects)


@pytest.fixture
def overtaken(annual, monkeypatch):
    source = Overtaken("annual")
    monkeypatch.setitem(kinds.register._builders, "annual", source)
    texts_for_tests.replace("annual", ON)
    return source


@pytest.mark.plan("MP1-24", "APPB-01")
def test_a_letter_after_the_official_result_takes_the_place_of_the_first_one(overtaken, child, secretary):
    ana = child("Ana", "Robles")
    first = issue(secretary, ana)
    overtaken.official = True
    second = issue(secretary, ana)
    assert (first.corrects, second.corrects) == (None, first)
    said = words_of(storage.fetch(second.file))
    assert f"This letter corrects letter {first.number} of September 1, 2026" in said
    with pytest.raises(AlreadyIssued) as caught:
        issue(secretary, ana)
    assert caught.value.letter == second


def test_it_names_the_newest_of_the_letters_it_overtakes_in_a_run_as_well(overtaken, child, school, secretary):
    ana = child("Ana", "Robles")
    first = issue(secretary, ana)
    mended = issue(secretary, ana, corrects=first, reason="name mistyped")
    overtaken.official = True
    overtaken.due = lambda school, on: Student.objects.filter(pk=ana.pk)
    run = ask_for_run(by=secretary, kind="annual", school=school, on=ON, accepts_drafts=True, in_background=False)
    work_run(run.pk)
    assert run.items.get().letter.corrects == mended
