"""The list of what a person has entered."""

import pytest
from django.urls import reverse

from district.entries import enter

pytestmark = pytest.mark.django_db


def test_everything_entered_is_listed_with_its_day(client, marisela):
    enter(by=marisela, kind="survey", summary="Home Language Survey of Iker Núñez entered")
    client.force_login(marisela)
    page = client.get(reverse("entries"))
    assert page.status_code == 200
    assert "Home Language Survey of Iker Núñez entered" in page.content.decode()


def test_an_empty_list_says_what_would_stand_there(client, marisela):
    client.force_login(marisela)
    assert "will stand here" in client.get(reverse("entries")).content.decode()
