"""The pages of letters: who finds them, what they say, what their buttons do."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from district import storage
from district.enums import Role
from district.models import Language, Look
from notifications.actions import ask_for_run, issue_letter, work_run
from notifications.enums import RunState
from notifications.models import Letter, LetterRun, LetterText, LetterVersion
from tests.letters import texts_for_tests
from tests.letters.conftest import person
from tests.letters.reading import words_of
from tests.letters.test_texts import changed, texts_of

pytestmark = pytest.mark.usefixtures("annual")


@pytest.fixture
def today(db):
    return timezone.localdate()


@pytest.fixture
def short_text(texts, today):
    texts_for_tests.replace("annual", today)


@pytest.fixture
def ana(child):
    return child("Ana", "Ávila")


@pytest.fixture
def letter(ana, secretary, short_text, today):
    return issue_letter(by=secretary, kind="annual", student=ana, on=today, accepts_drafts=True)


@pytest.fixture
def run(ana, child, secretary, school, short_text, today):
    child("Nofacts", "Bravo")
    made = ask_for_run(by=secretary, kind="annual", school=school, on=today, accepts_drafts=True, in_background=False)
    work_run(made.pk)
    made.refresh_from_db()
    return made


@pytest.fixture
def sign_in(client):
    def enter(user):
        client.force_login(user)
        return client

    return enter


def said(response) -> str:
    """The words of a page, tags taken out, spaces closed up."""
    text = re.sub(r"<(script|style|template)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


# --- who finds what -------------------------------------------------------------------------------------------------


def pages_of(letter: Letter, run: LetterRun) -> list[str]:
    student = letter.student_id
    return [
        reverse("letter", args=[letter.pk]),
        reverse("letter_pdf", args=[letter.pk]),
        reverse("letter_correct", args=[letter.pk]),
        reverse("letter_preview", args=["annual", student]),
        reverse("letter_preview_pdf", args=["annual", student]),
        reverse("letter_run", args=[run.pk]),
        reverse("letter_run_print", args=[run.pk]),
    ]


def test_another_school_finds_no_letter_no_run_and_no_file(run, elsewhere, sign_in):
    """Promise 6: by the session of another school every address is 404, and nothing is logged or written."""
    letter = Letter.objects.get()
    client = sign_in(elsewhere)
    looks = Look.objects.count()
    for url in pages_of(letter, run):
        assert client.get(url).status_code == 404, url
    for name, args in (
        ("letter_issue", ["annual", letter.student_id]),
        ("letter_correct", [letter.pk]),
        ("letter_run_stop", [run.pk]),
        ("letter_run_retry", [run.pk]),
    ):
        assert client.post(reverse(name, args=args), {"reason": "x"}).status_code == 404, name
    assert Look.objects.count() == looks
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("role", [Role.TEACHER, Role.EXAMINER, Role.SUPERINTENDENT, Role.BOARD])
def test_roles_without_letters_find_none(run, role, school, sign_in):
    client = sign_in(person("somebody", (role, school)))
    for url in [reverse("letters"), reverse("letters_issued"), *pages_of(Letter.objects.get(), run)]:
        assert client.get(url).status_code == 404, url


@pytest.mark.parametrize("role", [Role.COUNSELOR, Role.LIAISON, Role.EL_LEAD])
def test_who_may_only_read_letters_is_offered_no_button(run, role, school, sign_in):
    client = sign_in(person("reader", (role, school)))
    letter = Letter.objects.get()
    page = client.get(reverse("letter", args=[letter.pk]))
    assert page.status_code == 200
    assert "Issue a correction" not in said(page)
    due = said(client.get(reverse("letters_due", args=["annual"])))
    assert "Only the picked" not in due
    assert client.post(reverse("letter_run_stop", args=[run.pk])).status_code == 404
    assert client.post(reverse("letters_due", args=["annual"]), {"do": "all", "drafts": "yes"}).status_code == 200
    assert LetterRun.objects.count() == 1


def test_a_stranger_is_asked_to_sign_in(run, client):
    for url in pages_of(Letter.objects.get(), run):
        response = client.get(url)
        assert response.status_code == 302
        assert response.url.startswith("/account/login/")


@pytest.mark.parametrize("name", ["letter_texts", "letter_text_edit", "letter_text_version", "letter_text_publish"])
def test_only_who_answers_for_the_texts_finds_them(name, secretary, sign_in):
    args = {"letter_texts": [], "letter_text_edit": ["annual"]}.get(name, [LetterVersion.objects.first().pk])
    assert sign_in(secretary).get(reverse(name, args=args)).status_code == 404


@pytest.mark.parametrize("kind", ["ransom", "survey_blank"])
def test_an_unknown_kind_is_not_found(kind, ana, secretary, sign_in):
    client = sign_in(secretary)
    assert client.get(reverse("letters_due", args=[kind])).status_code == 404
    assert client.get(reverse("letter_preview", args=[kind, ana.pk])).status_code == 404


# --- what is due ----------------------------------------------------------------------------------------------------


def test_counts_open_their_lists(ana, child, other_school, secretary, office, sign_in):
    child("Bea", "Bravo", at=other_school)
    page = said(sign_in(secretary).get(reverse("letters")))
    assert "Annual placement and notification letter 1" in page
    page = said(sign_in(office).get(reverse("letters")))
    assert "Annual placement and notification letter 1 Annual" in page
    assert "2 Annual placement and notification letter" in page


def test_the_list_says_truthfully_what_would_happen(ana, child, secretary, sign_in):
    child("John", "Byrd", language="00"), child("Nofacts", "Bravo"), child("Thủy", "Huỳnh", language="02")
    page = said(sign_in(secretary).get(reverse("letters_due", args=["annual"])))
    assert "4 letters are due." in page
    assert "1 child would be left out" in page
    assert "The program." in page
    assert "3 letters can be made" in page
    assert "Print drafts too, marked as drafts on the paper: 3 letters , 1 of them with a draft" in page
    assert "Only letters whose translation a person has reviewed: 2 letters ; 1 child waits" in page
    assert "Vietnamese has no text: tell the family in person" in page
    assert Letter.objects.count() == 0


def test_what_was_chosen_stays_chosen_for_the_picked(ana, child, secretary, sign_in):
    child("Bea", "Cruz")
    client, url = sign_in(secretary), reverse("letters_due", args=["annual"])
    first = client.get(url).content.decode()
    assert 'value="all">All 2</button>' in first
    assert 'value="yes" checked' not in first
    assert 'id="double-sided" value="1" checked' in first
    page = client.post(url, {"do": "picked", "students": [ana.pk], "has_drafts": "1", "drafts": "yes"}).content.decode()
    assert 'value="yes" checked' in page
    assert 'id="double-sided" value="1">' in page
    assert LetterRun.objects.count() == 0


def test_draft_translations_ask_for_a_choice_first(ana, secretary, sign_in):
    page = sign_in(secretary).post(reverse("letters_due", args=["annual"]), {"do": "all", "has_drafts": "1"})
    assert page.status_code == 200
    assert "Say whether draft translations are to be printed." in said(page)
    assert "<title>Error:" in page.content.decode()
    assert LetterRun.objects.count() == 0


@pytest.mark.parametrize(("choice", "accepts"), [("yes", True), ("no", False)])
def test_one_button_makes_all(ana, child, secretary, sign_in, choice, accepts, today):
    child("John", "Byrd", language="00")
    data = {"do": "all", "has_drafts": "1", "drafts": choice, "double_sided": "1"}
    response = sign_in(secretary).post(reverse("letters_due", args=["annual"]), data)
    run = LetterRun.objects.get()
    assert response.url == reverse("letter_run", args=[run.pk])
    assert (run.accepts_drafts, run.double_sided, run.asked_by, run.as_of) == (accepts, True, secretary, today)
    assert run.items.count() == 2


def test_picked_children_are_shown_before_they_are_made(ana, child, secretary, sign_in):
    bea = child("Bea", "Bravo")
    client, url = sign_in(secretary), reverse("letters_due", args=["annual"])
    page = said(client.post(url, {"do": "picked", "students": [bea.pk]}))
    assert "1 child picked." in page
    assert "Bea Bravo" in page
    assert "Ana Ávila" not in page
    assert LetterRun.objects.count() == 0
    client.post(url, {"do": "start", "students": [bea.pk], "has_drafts": "1", "drafts": "yes"})
    assert [item.student for item in LetterRun.objects.get().items.all()] == [bea]


def test_nothing_picked_is_said(ana, secretary, sign_in):
    page = said(sign_in(secretary).post(reverse("letters_due", args=["annual"]), {"do": "picked"}))
    assert "No child is picked." in page
    assert "1 letter can be made" in page


def test_who_works_for_two_schools_makes_the_letters_of_both(ana, child, school, other_school, sign_in):
    child("Bea", "Bravo", at=other_school)
    both = person("both", (Role.SECRETARY, school), (Role.SECRETARY, other_school))
    client, url = sign_in(both), reverse("letters_due", args=["annual"])
    client.post(url, {"do": "all", "drafts": "yes"})
    assert LetterRun.objects.get().items.count() == 2
    client.post(url, {"do": "all", "drafts": "yes", "school": school.pk})
    assert sorted(run.items.count() for run in LetterRun.objects.all()) == [1, 2]


def test_children_of_another_school_cannot_be_slipped_in(ana, child, other_school, secretary, sign_in):
    """Promise 5: a foreign id in the selection changes nothing."""
    other = child("Bea", "Bravo", at=other_school)
    client, url = sign_in(secretary), reverse("letters_due", args=["annual"])
    page = said(client.post(url, {"do": "picked", "students": [other.pk], "school": other_school.pk}))
    assert "Bea Bravo" not in page
    client.post(url, {"do": "start", "students": [other.pk, ana.pk], "drafts": "yes"})
    assert [item.student for item in LetterRun.objects.get().items.all()] == [ana]


def test_who_asks_second_is_shown_the_run_that_is_open(ana, secretary, office, school, sign_in):
    data = {"do": "all", "drafts": "yes", "school": school.pk}
    first = sign_in(secretary).post(reverse("letters_due", args=["annual"]), data)
    second = sign_in(office).post(reverse("letters_due", args=["annual"]), data, follow=True)
    assert second.redirect_chain[0][0] == first.url
    assert "Secretary Example has asked for the same letters; here they are." in said(second)
    assert LetterRun.objects.count() == 1


# --- one letter -----------------------------------------------------------------------------------------------------


@pytest.mark.plan("APPB-01")
def test_the_preview_is_the_letter_and_writes_nothing(ana, secretary, sign_in):
    page = sign_in(secretary).get(reverse("letter_preview", args=["annual", ana.pk]))
    text = said(page)
    assert "Carta anual de ubicación y notificación" in text
    assert text.index("Carta anual") < text.index("K-12 annual placement")
    assert "Borrador de traducción" in text
    assert 'lang="es"' in page.content.decode()
    assert "style=" not in re.sub(r"(?s)<head>.*?</head>", "", page.content.decode())
    assert Letter.objects.count() == 0


def test_the_preview_names_what_is_missing_with_a_link(child, secretary, sign_in):
    student = child("Nofacts", "Bravo")
    page = sign_in(secretary).get(reverse("letter_preview", args=["annual", student.pk]))
    assert "One thing is missing" in said(page)
    assert f'<a href="{reverse("placement", args=[student.pk])}">The program</a>' in page.content.decode()
    assert "Issue and print" not in said(page)


def test_the_preview_as_a_pdf_carries_no_number(ana, secretary, sign_in):
    response = sign_in(secretary).get(reverse("letter_preview_pdf", args=["annual", ana.pk]))
    assert response["Content-Type"] == "application/pdf"
    text = words_of(response.content)
    assert "preview · 1 / 4" in text
    assert Letter.objects.count() == 0


def test_issuing_leads_to_the_record_and_a_double_click_to_the_same_one(ana, secretary, sign_in):
    client, url = sign_in(secretary), reverse("letter_issue", args=["annual", ana.pk])
    first = client.post(url, {"drafts": "yes"})
    letter = Letter.objects.get()
    assert first.url == reverse("letter", args=[letter.pk])
    assert client.post(url, {"drafts": "yes"}).url == first.url
    assert Letter.objects.count() == 1


def test_issuing_a_draft_without_saying_so_is_refused_in_words(ana, secretary, sign_in):
    page = sign_in(secretary).post(reverse("letter_issue", args=["annual", ana.pk]), follow=True)
    assert "The Spanish text is a draft" in said(page)
    assert Letter.objects.count() == 0


def test_the_record_shows_version_facts_hash_and_who(letter, secretary, sign_in):
    text = said(sign_in(secretary).get(reverse("letter", args=[letter.pk])))
    for words in (
        "by Secretary Example. An issued letter does not change.",
        "Carta a Ana Ávila",
        "Spanish text, version 2",
        "Stored file unchanged",
        letter.sha256,
        "Birth date March 14, 2016",
        "Full name of the student Ana Ávila",
    ):
        assert words in text
    assert Look.objects.last().what == f"opened letter {letter.number}"


def test_the_record_says_when_the_file_is_damaged(letter, secretary, sign_in):
    storage.keep(letter.file.rpartition("/")[0], letter.pk, b"%PDF other")
    assert "Stored file damaged" in said(sign_in(secretary).get(reverse("letter", args=[letter.pk])))


def test_the_pdf_is_kept_by_no_cache_and_its_name_says_nothing(letter, secretary, sign_in):
    response = sign_in(secretary).get(reverse("letter_pdf", args=[letter.pk]))
    assert storage.sha256_of(response.content) == letter.sha256
    assert response["Content-Disposition"] == f'inline; filename="letter-{letter.number}.pdf"'
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in response["Content-Security-Policy"]
    saved = sign_in(secretary).get(reverse("letter_pdf", args=[letter.pk]), {"save": "1"})
    assert saved["Content-Disposition"].startswith("attachment;")


def test_a_correction_takes_its_reason_and_both_letters_point_at_each_other(letter, secretary, sign_in):
    client, url = sign_in(secretary), reverse("letter_correct", args=[letter.pk])
    assert "Error:" in client.post(url, {"reason": "", "drafts": "on"}).content.decode()
    client.post(url, {"reason": "wrong grade", "drafts": "on"})
    new = Letter.objects.get(corrects=letter)
    old_page = said(client.get(reverse("letter", args=[letter.pk])))
    assert f"Letter {new.number} of" in old_page
    assert "Issue a correction" not in old_page
    assert letter.number in said(client.get(reverse("letter", args=[new.pk])))
    assert client.post(url, {"reason": "again", "drafts": "on"}).url == reverse("letter", args=[new.pk])


def test_issued_letters_are_listed_with_filters(letter, child, secretary, sign_in, today):
    other = child("Thủy", "Huỳnh", language="02")
    issue_letter(by=secretary, kind="annual", student=other, on=today)
    client, url = sign_in(secretary), reverse("letters_issued")
    assert "1 to 2 of 2" in said(client.get(url))
    lacking = said(client.get(url, {"lacking": "1"}))
    assert "1 to 1 of 1" in lacking
    assert "Vietnamese lacking" in lacking
    assert "No issued letter fits" in said(client.get(url, {"kind": "initial"}))
    assert client.get(url, {"kind": "x' OR 1", "year": "??", "page": "-1"}).status_code == 200


@pytest.mark.parametrize("asked", ["other", "abc", "0"])
@pytest.mark.parametrize("name", ["letters_issued", "letters_unsent", "letters_due"])
def test_a_school_without_rights_there_is_not_found(name, asked, letter, other_school, secretary, sign_in):
    url = reverse(name, args=["annual"] if name == "letters_due" else [])
    school = other_school.pk if asked == "other" else asked
    assert sign_in(secretary).get(url, {"school": school}).status_code == 404


def test_a_childs_page_of_letters_says_what_is_due_and_what_was_issued(letter, child, secretary, elsewhere, sign_in):
    bea, url = child("Bea", "Bravo"), "letters_of_child"
    text = said(sign_in(secretary).get(reverse(url, args=[letter.student_id])))
    assert re.search(
        rf"Annual placement and notification letter .*? not due {letter.number}, Tue|not due {letter.number}", text
    )
    assert "due none" in said(sign_in(secretary).get(reverse(url, args=[bea.pk])))
    assert sign_in(elsewhere).get(reverse(url, args=[bea.pk])).status_code == 404


# --- runs -----------------------------------------------------------------------------------------------------------


@pytest.mark.plan("MP1-36")
def test_a_finished_run_shows_reasons_languages_and_the_print_file(run, secretary, sign_in):
    text = said(sign_in(secretary).get(reverse("letter_run", args=[run.pk])))
    for words in (
        "1 letter is issued, 1 child is left out.",
        "1 child without a letter",
        "Nofacts Bravo",
        "The program.",
        "Spanish 1 version 2, draft, marked on the paper",
        "Print file (PDF) ready",
    ):
        assert words in text


def test_a_run_at_work_shows_its_bar_and_asks_again(ana, secretary, school, short_text, sign_in, today):
    run = ask_for_run(by=secretary, kind="annual", school=school, on=today, accepts_drafts=True)
    client, url = sign_in(secretary), reverse("letter_run", args=[run.pk])
    page = client.get(url).content.decode()
    assert '<progress max="1" value="0"' in page
    assert f'hx-get="{url}" hx-trigger="every 2s"' in page
    assert f'<a href="{url}">Refresh</a>' in page
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="run"')
    assert "<html" not in part
    work_run(run.pk)
    assert "hx-get" not in client.get(url, headers={"HX-Request": "true"}).content.decode()


def test_a_run_can_be_stopped_and_tried_again(ana, secretary, school, short_text, sign_in, today):
    run = ask_for_run(by=secretary, kind="annual", school=school, on=today, accepts_drafts=True, in_background=False)
    client = sign_in(secretary)
    client.post(reverse("letter_run_stop", args=[run.pk]))
    run.refresh_from_db()
    assert (run.state, run.stopped_by) == (RunState.STOPPED, secretary)
    assert "0 of 1 letters are issued and stay" in said(client.get(reverse("letter_run", args=[run.pk])))
    client.post(reverse("letter_run_retry", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == RunState.WAITING


def test_the_print_file_holds_all_letters_and_every_look_is_logged(run, secretary, sign_in):
    response = sign_in(secretary).get(reverse("letter_run_print", args=[run.pk]))
    assert storage.sha256_of(response.content) == run.print_sha256
    assert response["Content-Disposition"] == f'inline; filename="letters-annual-{run.as_of}.pdf"'
    letter = Letter.objects.get()
    assert Look.objects.filter(student_id=letter.student_id, what__startswith="printed letters").count() == 1


def test_a_child_that_has_moved_is_no_longer_in_the_schools_print_file(
    ana, child, secretary, office, school, other_school, short_text, sign_in, today
):
    """Promise 4: what is printed holds only children whom the person may see now."""
    bea = child("Bea", "Bravo")
    run = ask_for_run(by=secretary, kind="annual", school=school, on=today, accepts_drafts=True, in_background=False)
    work_run(run.pk)
    bea.enrollments.update(school=other_school)
    text = words_of(sign_in(secretary).get(reverse("letter_run_print", args=[run.pk])).content)
    assert "Ana Ávila" in text
    assert "Bea Bravo" not in text
    assert "Bea Bravo" not in said(sign_in(secretary).get(reverse("letter_run", args=[run.pk])))
    assert "Bea Bravo" in words_of(sign_in(office).get(reverse("letter_run_print", args=[run.pk])).content)


def test_there_is_no_print_file_before_the_end(ana, secretary, school, sign_in, today):
    run = ask_for_run(by=secretary, kind="annual", school=school, on=today, in_background=False)
    page = sign_in(secretary).get(reverse("letter_run_print", args=[run.pk]), follow=True)
    assert "There is no file to print yet." in said(page)


# --- texts ----------------------------------------------------------------------------------------------------------


def data_of(texts: dict[str, tuple[str, str]], *languages: str, **more: str) -> dict[str, str]:
    fields = {}
    for code in languages:
        fields[f"{code}-title"], fields[f"{code}-body"] = texts[code]
    return {**fields, "language": languages[-1], **more}


def test_texts_are_written_side_by_side_and_problems_named_at_their_line(office, sign_in):
    client, url = sign_in(office), reverse("letter_text_edit", args=["before_test"])
    page = client.get(url, {"language": "pa"}).content.decode()
    assert 'name="en-body"' in page
    assert '<textarea class="form-control" id="id_pa-body" name="pa-body" rows="30" lang="pa"' in page
    title, body = texts_of()["en"]
    broken = texts_of() | {"en": (title, body.replace("## What", "# What"))}
    line = body.splitlines().index("## What happens now") + 1
    client.post(url, data_of(broken, "en", "pa", seen=re.search(r'name="seen" value="(\w+)"', page)[1]))
    shown = said(client.get(url))
    assert "Not fit to be published yet" in shown
    assert f"Line {line} : A heading begins with &quot;## &quot;" in shown
    assert "# What happens now" in shown
    assert LetterVersion.objects.in_force("before_test", timezone.localdate()).number == 1


def test_a_text_saved_by_somebody_else_meanwhile_is_not_written_over(office, sign_in):
    client, url = sign_in(office), reverse("letter_text_edit", args=["before_test"])
    seen = re.search(r'name="seen" value="(\w+)"', client.get(url).content.decode())[1]
    client.post(url, data_of(changed(texts_of(), "California", "our", "en"), "en", "es", seen=seen))
    page = client.post(url, data_of(changed(texts_of(), "for our", "for the state", "en"), "en", "es", seen=seen))
    assert "Somebody else has saved this text" in said(page)
    assert "for the state" in page.content.decode(), "what was typed is kept"


def test_publishing_takes_a_day_and_checks_the_languages(office, sign_in, today):
    client = sign_in(office)
    url = reverse("letter_text_edit", args=["before_test"])
    seen = re.search(r'name="seen" value="(\w+)"', client.get(url).content.decode())[1]
    client.post(url, data_of(changed(texts_of(), "California", "our", "en"), "en", "es", seen=seen))
    version = LetterVersion.objects.get(published_at__isnull=True)
    publish = reverse("letter_text_publish", args=[version.pk])
    assert "All languages have the same placeholders" in said(client.get(publish))
    assert "Error:" in client.post(publish, {"effective_from": "1/1/2001"}).content.decode()
    client.post(publish, {"effective_from": f"{today:%m/%d/%Y}"})
    version.refresh_from_db()
    assert version.effective_from == today
    assert LetterVersion.objects.in_force("before_test", today) == version
    assert client.get(publish).status_code == 404
    assert "Holds from" in said(client.get(reverse("letter_text_version", args=[version.pk])))


def test_a_review_is_recorded_with_the_name_of_the_reader(office, sign_in):
    text = LetterText.objects.get(version__kind="annual", language="es")
    client, url = sign_in(office), reverse("letter_text_review", args=[text.pk])
    assert "Estimados padres o tutores" in said(client.get(url))
    assert "Error:" in client.post(url, {"reviewed_by": "E. Saldívar"}).content.decode()
    client.post(url, {"reviewed_by": "E. Saldívar, translator", "confirmed": "on"})
    text.refresh_from_db()
    assert text.reviewed_by == "E. Saldívar, translator"
    assert "E. Saldívar, translator" in said(client.get(reverse("letter_texts")))
    english = text.version.texts.get(language="en")
    assert client.get(reverse("letter_text_review", args=[english.pk])).status_code == 404


def test_a_draft_text_can_be_looked_at_with_a_childs_facts(ana, office, secretary, sign_in):
    texts = texts_of("annual")
    from notifications.actions import save_draft

    save_draft(by=office, kind="annual", texts=changed(texts, "Dear parents or guardians", "Dear family", "en"))
    url = reverse("letter_preview", args=["annual", ana.pk])
    page = said(sign_in(office).get(url, {"draft": "1"}))
    assert "Dear family" in page
    assert "Issue and print" not in page
    assert "Dear family" not in said(sign_in(secretary).get(url, {"draft": "1"}))


# --- blank forms ----------------------------------------------------------------------------------------------------


@pytest.mark.plan("MP1-04")
def test_blank_forms_are_printed_from_the_page_of_letters(secretary, sign_in):
    client = sign_in(secretary)
    page = client.get(reverse("letters")).content.decode()
    link = f"{reverse('blank_form', args=['survey_blank'])}?language=pa"
    assert link in page
    response = client.get(link)
    assert response["Content-Disposition"] == 'inline; filename="survey-blank-pa.pdf"'
    assert "ਘਰ ਦੀ ਭਾਸ਼ਾ" in words_of(response.content)
    assert client.get(reverse("blank_form", args=["annual"])).status_code == 404
    assert client.get(reverse("blank_form", args=["survey_blank"]), {"language": "xx"}).status_code == 404
    refused = client.get(reverse("blank_form", args=["survey_blank"]), {"language": "hmn"}, follow=True)
    assert "There is no text of" in said(refused)
    assert "Print it in English" in said(refused)
    Language.objects.update_or_create(code="ZZ", defaults={"name": "Example", "tag": "zz"})
    refused = client.get(reverse("blank_form", args=["survey_blank"]), {"language": "zz"}, follow=True)
    assert "in Example" in said(refused)
