"""Particulars, family, class and first day, flags, and originals filed."""

from datetime import date

import pytest

from district.models import Entry
from district.refusal import NotAllowed, Refusal
from students import actions
from students.actions import Original, Parent
from students.models import Flag, FolderItem, Guardian
from tests.students.conftest import ENROLLED
from tests.students.test_surveys import put_back, statuses

D = date.fromisoformat


def test_particulars_are_corrected_and_put_back(enroll, marisela, languages):
    child = enroll(last_name="Gil")
    actions.change_particulars(
        by=marisela, student=child, last_name="Gill", ssid="9014558207", primary_language=languages["Punjabi"]
    )
    child.refresh_from_db()
    assert (child.last_name, child.ssid, child.search_key[:4]) == ("Gill", "9014558207", "gill")
    put_back(child, marisela, "particulars")
    child.refresh_from_db()
    assert (child.last_name, child.ssid, child.primary_language, child.search_key[:4]) == ("Gil", None, None, "gil ")


def test_what_stays_the_same_is_no_entry(enroll, marisela):
    child = enroll()
    actions.change_particulars(by=marisela, student=child, last_name="Gill", ssid="")
    assert not Entry.objects.filter(kind="particulars").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ssid": "12"}, "ssid"),
        ({"ssid": "9014558207"}, "ssid"),
        ({"last_name": ""}, "last_name"),
        ({"birth_date": ENROLLED}, "birth_date"),
        ({"first_us_school_on": D("2019-09-01")}, "first_us_school_on"),
    ],
    ids=["shape", "another child's", "empty", "born too late", "at school before birth"],
)
def test_particulars_that_do_not_fit_are_refused(enroll, marisela, changes, field):
    enroll(ssid="9014558207")
    child = enroll()
    with pytest.raises(Refusal) as refused:
        actions.change_particulars(by=marisela, student=child, **changes)
    assert refused.value.field == field


def test_only_particulars_can_be_changed_as_such(enroll, marisela):
    with pytest.raises(ValueError, match="current_enrollment"):
        actions.change_particulars(by=marisela, student=enroll(), current_enrollment=None)


def test_the_family_is_written_in_its_order(enroll, marisela, languages):
    child = enroll(guardians=[Parent("Manpreet Gill", "mother", languages["Punjabi"])])
    actions.change_family(
        by=marisela,
        student=child,
        guardians=[Parent("Harjit Gill", "father"), Parent("Manpreet Gill", "mother", languages["Punjabi"])],
        primary_language=languages["Punjabi"],
        letter_language=languages["Spanish"],
    )
    child.refresh_from_db()
    assert [row.name for row in child.guardians.all()] == ["Harjit Gill", "Manpreet Gill"]
    assert child.language_of_letters.name == "Spanish"
    put_back(child, marisela, "family")
    child.refresh_from_db()
    assert list(Guardian.objects.values_list("name", "relation", "language_id")) == [("Manpreet Gill", "mother", "28")]
    assert child.letter_language.name == "Punjabi", "as it was at enrollment: the language of the first parent"


def test_the_class_is_changed_and_put_back(enroll, marisela, tomas):
    child = enroll()
    actions.change_stay(by=marisela, student=child, teacher=tomas, room="7", grade="01")
    child.refresh_from_db()
    stay = child.current_enrollment
    assert (stay.teacher, stay.room, stay.grade) == (tomas, "7", "01")
    put_back(child, marisela, "stay")
    stay.refresh_from_db()
    assert (stay.teacher, stay.room, stay.grade) == (None, "", "KN")


def test_a_corrected_first_day_moves_the_first_status(enroll, survey, marisela):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    actions.change_stay(by=marisela, student=child, teacher=None, starts=D("2026-11-20"))
    assert statuses(child) == [("TBD", D("2026-11-20"), None, "survey", "")]
    put_back(child, marisela, "stay")
    assert statuses(child) == [("TBD", ENROLLED, None, "survey", "")]
    put_back(child, marisela)
    assert statuses(child) == []


def test_a_first_day_on_which_a_status_stands_is_not_changed(enroll, survey, marisela, rosa):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    actions.set_statuses_from_state(by=rosa, rows=[actions.StateStatus(child.pk, "EL", D("2026-12-02"), "x")])
    with pytest.raises(Refusal, match="first day cannot be changed any more. A later status follows it") as refused:
        actions.change_stay(by=marisela, student=child, teacher=None, starts=D("2026-11-20"))
    assert refused.value.field == "starts"


def test_a_first_day_before_birth_is_refused(enroll, marisela):
    with pytest.raises(Refusal, match="before the child was born") as refused:
        actions.change_stay(by=marisela, student=enroll(), teacher=None, starts=D("2020-11-23"))
    assert refused.value.field == "starts"


@pytest.mark.plan("MP0-09")
def test_flags_are_dated(enroll, marisela):
    child = enroll()
    flag = actions.set_flag(by=marisela, student=child, kind="iep", starts=D("2026-12-01"), detail="speech")
    with pytest.raises(Refusal, match="Mon 8 Mar 2021 is before the child was born, on Tue 9 Mar 2021") as refused:
        actions.set_flag(by=marisela, student=child, kind="migrant", starts=D("2021-03-08"))
    assert refused.value.field == "starts"
    with pytest.raises(Refusal, match="“IEP” is set since Tue 1 Dec 2026"):
        actions.set_flag(by=marisela, student=child, kind="iep", starts=D("2026-12-05"))
    with pytest.raises(Refusal, match="before it began, on Tue 1 Dec 2026"):
        actions.end_flag(by=marisela, flag=flag, ends=D("2026-11-30"))
    actions.end_flag(by=marisela, flag=flag, ends=D("2027-01-31"))
    again = actions.set_flag(by=marisela, student=child, kind="iep", starts=D("2027-02-01"))
    with pytest.raises(Refusal, match="set again since"):
        put_back(child, marisela, "flag_end")
    put_back(child, marisela, "flag")
    put_back(child, marisela, "flag_end")
    flag.refresh_from_db()
    assert (flag.ends, Flag.objects.filter(pk=again.pk).exists()) == (None, False)


@pytest.mark.parametrize("who", ["ruth", "tomas", "nadia", "imogen", "otto"])
def test_particulars_are_the_offices(enroll, who, request):
    child, by = enroll(), request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        actions.change_particulars(by=by, student=child, last_name="X")
    with pytest.raises(NotAllowed):
        actions.set_flag(by=by, student=child, kind="iep", starts=ENROLLED)


@pytest.mark.plan("MP1-10", "MP1-33")
def test_an_original_is_filed_once(enroll, survey, marisela):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    filed = actions.file_original(by=marisela, student=child, kind="survey", about_on=ENROLLED, on=D("2026-11-25"))
    assert (filed.filed_on, filed.filed_by) == (D("2026-11-25"), marisela)
    with pytest.raises(Refusal, match="filed on Wed 25 Nov 2026"):
        actions.file_original(by=marisela, student=child, kind="survey", about_on=ENROLLED, on=D("2026-11-26"))
    with pytest.raises(Refusal, match="original was filed on Wed 25 Nov 2026"):
        put_back(child, marisela)
    put_back(child, marisela, "filed")
    put_back(child, marisela)
    assert statuses(child) == []


def test_a_pile_is_one_entry_and_goes_back_as_one(enroll, marisela):
    from district import entries

    pile = [Original(enroll().pk, "survey", ENROLLED) for _ in range(3)]
    assert actions.file_originals(by=marisela, originals=[*pile, pile[0]], on=D("2026-11-25")) == 3
    assert actions.file_originals(by=marisela, originals=pile, on=D("2026-11-26")) == 0
    entry = Entry.objects.get(kind="filed")
    assert (entry.summary, entry.student_id) == ("3 originals filed", None)
    entries.put_back(entry.pk, by=marisela, reason="")
    assert not FolderItem.objects.exists()


def test_nothing_is_filed_before_it_was_written_or_in_another_school(enroll, marisela, nadia):
    child = enroll()
    with pytest.raises(Refusal, match="document of Mon 23 Nov 2026 cannot have been filed before"):
        actions.file_original(by=marisela, student=child, kind="survey", about_on=ENROLLED, on=D("2026-11-20"))
    with pytest.raises(NotAllowed, match="file originals"):
        actions.file_original(by=nadia, student=child, kind="survey", about_on=ENROLLED, on=ENROLLED)
    assert not FolderItem.objects.exists()
