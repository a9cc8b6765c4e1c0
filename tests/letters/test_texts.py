"""Texts in versions: loading the shipped ones, drafts, publishing, reviews; a published word never changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import Error as DatabaseError
from django.db import transaction

from district.refusal import NotAllowed, Refusal
from notifications import loaders
from notifications.actions import publish_version, record_review, save_draft
from notifications.actions.texts import Unfit, fingerprint
from notifications.kinds import KINDS
from notifications.loaders import load_texts
from notifications.models import LetterText, LetterVersion
from tests.letters.conftest import ON

pytestmark = pytest.mark.usefixtures("texts")


def texts_of(kind: str = "before_test") -> dict[str, tuple[str, str]]:
    version = LetterVersion.objects.filter(kind=kind).order_by("-number").first()
    return {text.language: (text.title, text.body) for text in version.texts.all()}


def changed(texts: dict, old: str, new: str, *languages: str) -> dict:
    """The texts with a word changed in some languages (all by default)."""
    found = {
        code: (title, body.replace(old, new)) if code in (languages or texts) else (title, body)
        for code, (title, body) in texts.items()
    }
    assert found != texts
    return found


# --- the shipped texts -----------------------------------------------------------------------------------------------


def test_the_first_version_of_every_kind_is_published_with_all_its_languages():
    versions = LetterVersion.objects.all()
    assert {version.kind for version in versions} == set(KINDS)
    assert all(version.is_published and version.number == 1 for version in versions)
    assert set(LetterText.objects.filter(version__kind="annual").values_list("language", flat=True)) == {
        "en",
        "es",
        "pa",
    }


def test_translations_come_as_drafts_and_say_so():
    drafts = LetterText.objects.filter(reviewed_at__isnull=True)
    assert set(drafts.values_list("language", flat=True)) == {"es", "pa"}
    assert all(text.is_draft for text in drafts)


def test_loading_again_changes_nothing():
    (change,) = load_texts()
    assert (change.new, change.changed, change.unchanged) == (0, 0, len(KINDS))
    assert LetterVersion.objects.count() == len(KINDS)


@pytest.fixture
def new_release(tmp_path, monkeypatch):
    """The shipped files of a later release: one paragraph of the notice before the test is new."""
    for path in loaders.FOLDER.glob("*/*.md"):
        target = tmp_path / path.parent.name
        target.mkdir(exist_ok=True)
        body = path.read_text(encoding="utf-8")
        more = "\n\nA sentence of the next release.\n" if path.parent.name == "before_test" else ""
        (target / path.name).write_text(body + more, encoding="utf-8")
    monkeypatch.setattr(loaders, "FOLDER", tmp_path)


def test_a_changed_file_becomes_an_unpublished_version(new_release):
    (change,) = load_texts()
    assert change.new == 1
    one, two = LetterVersion.objects.filter(kind="before_test").order_by("number")
    assert one.is_published
    assert not two.is_published
    assert "next release" in two.texts.get(language="pa").body
    assert "next release" not in one.texts.get(language="pa").body
    assert load_texts()[0].new == 0


def test_what_the_district_is_writing_is_not_touched(new_release, office):
    save_draft(by=office, kind="before_test", texts=changed(texts_of(), "California", "our", "en"))
    load_texts()
    draft = LetterVersion.objects.get(kind="before_test", published_at__isnull=True)
    assert draft.created_by == office
    assert "next release" not in draft.texts.get(language="en").body


def test_what_the_district_has_published_is_not_overwritten(new_release, office):
    own = save_draft(by=office, kind="before_test", texts=texts_of() | {"en": ("Our own title", texts_of()["en"][1])})
    publish_version(by=office, version=own, effective_from=ON, on=ON)
    load_texts()
    assert LetterVersion.objects.in_force("before_test", ON) == own
    assert own.texts.get(language="en").title == "Our own title"
    assert LetterVersion.objects.filter(kind="before_test", published_at__isnull=True).count() == 1


def test_shipped_texts_that_do_not_fit_together_are_refused(new_release, monkeypatch):
    path = loaders.FOLDER / "before_test" / "es.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n## Otra parte\n\nMás.\n", encoding="utf-8")
    with pytest.raises(ValueError, match="before_test differ"):
        load_texts()


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_is_the_next_version_and_is_written_over_until_it_is_published(office):
    texts = changed(texts_of(), "California", "our", "en")
    first = save_draft(by=office, kind="before_test", texts=texts, note="shorter")
    again = save_draft(by=office, kind="before_test", texts=changed(texts_of(), "for our", "for the state", "en"))
    assert (first.number, again.pk) == (2, first.pk)
    assert not again.is_published
    assert "for the state" in again.texts.get(language="en").body
    assert LetterVersion.objects.in_force("before_test", ON).number == 1


def test_a_draft_with_problems_can_be_saved_and_not_published(office):
    draft = save_draft(by=office, kind="before_test", texts=texts_of() | {"en": ("Title", "<b>bad</b> {% x %}")})
    with pytest.raises(Unfit) as caught:
        publish_version(by=office, version=draft, effective_from=ON, on=ON)
    assert [problem.line for problem in caught.value.problems["en"]][:2] == [0, 0]
    assert any("Angle brackets" in problem.reason for problem in caught.value.problems["en"])
    draft.refresh_from_db()
    assert not draft.is_published


def test_two_people_do_not_write_over_each_other(office):
    seen = fingerprint(LetterVersion.objects.get(kind="before_test"))
    save_draft(by=office, kind="before_test", texts=changed(texts_of(), "California", "our", "en"), seen=seen)
    with pytest.raises(Refusal, match="Somebody else has saved this text"):
        save_draft(
            by=office, kind="before_test", texts=changed(texts_of(), "for our", "for the state", "en"), seen=seen
        )
    assert "for the state" not in texts_of()["en"][1]


def test_a_review_stays_with_a_text_that_has_not_changed(office):
    spanish = LetterText.objects.get(version__kind="before_test", language="es")
    record_review(by=office, text=spanish, reviewed_by="E. Saldívar")
    draft = save_draft(by=office, kind="before_test", texts=texts_of())
    assert draft.texts.get(language="es").reviewed_by == "E. Saldívar"
    again = save_draft(by=office, kind="before_test", texts=changed(texts_of(), "prueba", "examen", "es"))
    assert again.texts.get(language="es").is_draft


def test_line_ends_and_spaces_of_a_browser_are_put_in_order(office):
    body = texts_of()["en"][1].replace("\n", "  \r\n") + "\r\n\r\n"
    draft = save_draft(by=office, kind="before_test", texts=texts_of() | {"en": (" Title ", body)})
    assert draft.texts.get(language="en").body == texts_of("before_test")["en"][1]
    assert "\r" not in draft.texts.get(language="en").body
    assert draft.texts.get(language="en").title == "Title"


def test_a_language_without_a_font_is_refused(office):
    with pytest.raises(Refusal, match="No font is named for the language: xx"):
        save_draft(by=office, kind="before_test", texts=texts_of() | {"xx": ("T", "B")})


# --- publishing ------------------------------------------------------------------------------------------------------


def published(office, effective_from: date = ON, **more) -> LetterVersion:
    draft = save_draft(by=office, kind="before_test", texts=changed(texts_of(), "California", "our", "en"))
    return publish_version(by=office, version=draft, effective_from=effective_from, on=ON, **more)


def test_a_version_holds_from_its_day(office):
    version = published(office, ON + timedelta(days=10))
    assert LetterVersion.objects.in_force("before_test", ON + timedelta(days=9)).number == 1
    assert LetterVersion.objects.in_force("before_test", ON + timedelta(days=10)) == version


def test_a_day_that_has_passed_is_refused(office):
    with pytest.raises(Refusal, match="cannot hold from a day that has passed"):
        published(office, ON - timedelta(days=1))


def test_a_day_before_the_newest_version_is_refused(office):
    published(office, ON + timedelta(days=30))
    draft = save_draft(by=office, kind="before_test", texts=changed(texts_of(), "for our", "for the state", "en"))
    with pytest.raises(Refusal, match="a newer one cannot begin before it"):
        publish_version(by=office, version=draft, effective_from=ON, on=ON)


def test_languages_that_differ_are_not_published(office):
    texts = texts_of()
    title, body = texts["en"]
    longer = texts | {"en": (title, body + "\n## More\n\nText.\n")}
    draft = save_draft(by=office, kind="before_test", texts=longer)
    with pytest.raises(Unfit) as caught:
        publish_version(by=office, version=draft, effective_from=ON, on=ON)
    (spanish,), (punjabi,) = caught.value.problems["es"], caught.value.problems["pa"]
    assert str(spanish) == "Line 25: Spanish lacks before this line what English, line 27, has: heading, paragraph."
    assert "Punjabi" in str(punjabi)


def test_a_version_without_english_is_not_published(office):
    draft = save_draft(by=office, kind="before_test", texts=texts_of())
    draft.texts.filter(language="en").delete()
    with pytest.raises(Unfit) as caught:
        publish_version(by=office, version=draft, effective_from=ON, on=ON)
    assert caught.value.problems[""][0].reason == "There is no English text."


def test_a_published_version_is_not_published_again(office):
    version = published(office)
    with pytest.raises(Refusal, match="already published"):
        publish_version(by=office, version=version, effective_from=ON, on=ON)


@pytest.mark.parametrize(
    "action",
    [
        lambda by, draft: save_draft(by=by, kind="before_test", texts=texts_of()),
        lambda by, draft: publish_version(by=by, version=draft, effective_from=ON, on=ON),
        lambda by, draft: record_review(by=by, text=draft.texts.get(language="es"), reviewed_by="me"),
    ],
    ids=["draft", "publish", "review"],
)
def test_only_who_answers_for_the_texts_may(action, secretary, office):
    draft = save_draft(by=office, kind="before_test", texts=texts_of())
    with pytest.raises(NotAllowed):
        action(secretary, draft)


# --- reviews and what the database holds -----------------------------------------------------------------------------


def test_a_review_names_a_person_and_ends_the_draft(office):
    text = LetterText.objects.get(version__kind="annual", language="es")
    record_review(by=office, text=text, reviewed_by="  E. Saldívar, county translator ")
    text.refresh_from_db()
    assert (text.is_draft, text.reviewed_by, text.reviewed_entered_by) == (
        False,
        "E. Saldívar, county translator",
        office,
    )
    with pytest.raises(Refusal, match="needs the name"):
        record_review(by=office, text=text, reviewed_by="  ")


@pytest.mark.parametrize(
    "statement",
    [
        lambda text: LetterText.objects.filter(pk=text.pk).update(body="other"),
        lambda text: LetterText.objects.filter(pk=text.pk).update(title="other"),
        lambda text: LetterText.objects.filter(pk=text.pk).update(language="hi"),
        lambda text: text.delete(),
        lambda text: LetterText.objects.create(version=text.version, language="hi", title="t", body="b"),
        lambda text: LetterVersion.objects.filter(pk=text.version_id).update(effective_from=date(2030, 1, 1)),
        lambda text: LetterVersion.objects.filter(pk=text.version_id).update(published_at=None, published_by=None),
        lambda text: text.version.delete(),
    ],
    ids=["body", "title", "language", "delete", "insert", "date", "unpublish", "delete version"],
)
def test_the_database_keeps_published_words(statement):
    text = LetterText.objects.get(version__kind="annual", language="es")
    with pytest.raises(DatabaseError), transaction.atomic():
        statement(text)


def test_every_change_of_a_text_has_its_history(office):
    draft = save_draft(by=office, kind="before_test", texts=texts_of())
    save_draft(by=office, kind="before_test", texts=changed(texts_of(), "California", "our", "en"))
    events = draft.texts.get(language="en").events.order_by("pgh_id")
    assert [event.pgh_label for event in events] == ["insert", "update"]
    assert events[1].pgh_context.metadata["user"] == office.pk
