"""What can be done with a child, by role."""

import pytest

from students.doings import doings_for
from students.enums import Origin

OFFICE = ["Particulars and class", "Family and languages", "Flags", "File originals", "Move or leave"]
OWN = {"Enter the survey", "Amend the survey", "Records", *OFFICE}


def labels(user, child):
    return [label for label, _url in doings_for(user, child) if label in OWN]


def test_the_office_does_most(enroll, survey, marisela):
    child = enroll()
    assert labels(marisela, child) == ["Enter the survey", *OFFICE]
    survey(child, "English", "English", "English", "-")
    assert labels(marisela, child) == ["Amend the survey", *OFFICE]
    assert ("Flags", f"/children/{child.pk}/flags/") in doings_for(marisela, child)


def test_records_are_there_for_transfers(enroll, marisela):
    assert "Records" in labels(marisela, enroll(origin=Origin.CALIFORNIA))


@pytest.mark.parametrize(
    ("who", "found"), [("ruth", ["File originals"]), ("tomas", []), ("nadia", []), ("imogen", []), ("otto", [])]
)
def test_others_do_what_their_roles_say(enroll, who, found, request):
    assert labels(request.getfixturevalue(who), enroll()) == found
