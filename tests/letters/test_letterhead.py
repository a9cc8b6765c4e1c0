"""Name and vision line of the district in the languages of letters: from a day on, English where there is none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from district import entries
from district.models import District, Entry
from district.refusal import NotAllowed, Refusal
from notifications.actions import issue_letter, set_letterhead_words
from notifications.contents import Press
from notifications.models import Letter, LetterheadWords
from tests.letters import texts_for_tests

DAY = timedelta(days=1)
SPANISH = "Distrito Escolar Unificado de Valle Claro"


@pytest.fixture
def today(db):
    return timezone.localdate()


@pytest.fixture
def spanish(texts, office, today):
    return set_letterhead_words(by=office, language="es", starts=today + DAY, on=today, name=SPANISH)


@pytest.mark.plan("APPC-02", "MP0-10")
def test_letters_carry_the_words_of_their_language_from_the_day_on(spanish, school, today):
    before, after = (Press("before_test", day).letterhead(school) for day in (today, today + DAY))
    english = District.objects.get()
    assert before.district.by_language == {"en": english.name}
    assert after.district.by_language == {"en": english.name, "es": SPANISH}
    assert after.vision.by_language == {"en": english.vision}  # none was entered, so English stands in


def test_the_newest_words_hold(spanish, office, school, today):
    set_letterhead_words(by=office, language="es", starts=today + 9 * DAY, on=today, name="Nuevo", vision="Visión")
    assert Press("before_test", today + 8 * DAY).letterhead(school).district.by_language["es"] == SPANISH
    later = Press("before_test", today + 9 * DAY).letterhead(school)
    assert (later.district.by_language["es"], later.vision.by_language["es"]) == ("Nuevo", "Visión")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"language": "en"}, "English is the letterhead itself"),
        ({"language": "xx"}, "English is the letterhead itself"),
        ({"starts": -1}, "have been issued with the old words"),
        ({"starts": 1}, "hold from"),
    ],
)
def test_what_cannot_hold_is_refused(spanish, office, today, changed, why):
    facts = {"language": "es", "starts": today, "name": "X"} | changed
    if "starts" in changed:
        facts["starts"] = today + changed["starts"] * DAY
    with pytest.raises(Refusal, match=why):
        set_letterhead_words(by=office, on=today, **facts)


def test_only_who_writes_the_texts_may(spanish, secretary, today):
    with pytest.raises(NotAllowed):
        set_letterhead_words(by=secretary, language="pa", starts=today, on=today, name="X")


def test_words_are_put_back_until_a_letter_carries_them(annual, child, office, secretary, today):
    texts_for_tests.replace("annual", today - DAY)
    for name in ("Uno", "Dos"):
        set_letterhead_words(by=office, language="es", starts=today, on=today, name=name)
        if name == "Uno":
            entries.put_back(Entry.objects.latest("pk").pk, by=office, reason="mistyped")
            assert not LetterheadWords.objects.exists()
    issue_letter(by=secretary, kind="annual", student=child("Ana", "Robles"), on=today, accepts_drafts=True)
    assert Letter.objects.get().content["letterhead"]["es"]["district"] == "Dos"
    with pytest.raises(Refusal, match="is issued"):
        entries.put_back(Entry.objects.latest("pk").pk, by=office, reason="mistyped")


def test_the_page_takes_words_and_says_when_the_english_has_changed(texts, office, client, today):
    client.force_login(office)
    url = reverse("letterhead_words")
    assert "in English" in client.get(url).content.decode()
    form = {"language": "pa", "starts": today.isoformat(), "name": "ਵਾਲੇ ਕਲਾਰੋ", "vision": "", "reviewed_by": ""}
    page = client.post(url, form, follow=True).content.decode()
    assert "ਵਾਲੇ ਕਲਾਰੋ" in page
    assert "the English has changed since" not in page
    District.objects.update(vision="Another vision")
    assert "the English has changed since" in client.get(url).content.decode()
    assert "hold from" in client.post(url, form).content.decode()
