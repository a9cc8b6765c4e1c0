"""Enrolling, moving, leaving: outcome, refusals, putting back, and what happens when two people do it at once."""

from datetime import date

import pytest

from district import entries
from district.models import Entry
from district.refusal import NotAllowed, Refusal
from students import actions
from students.actions import AlreadyHere, Parent
from students.enums import Origin
from students.models import Enrollment, Guardian, RecordsRequest, Student
from tests.students.conftest import ENROLLED
from tests.students.test_surveys import put_back, statuses

D = date.fromisoformat


def stays(child):
    rows = Enrollment.objects.filter(student=child).order_by("starts")
    return [(row.school.short_name, row.grade, row.starts, row.ends) for row in rows]


@pytest.mark.plan("MP1-50")
def test_a_child_from_another_country_goes_the_initial_way(enroll, languages, marisela):
    child = enroll(
        origin=Origin.OTHER_COUNTRY,
        guardians=[Parent("Manpreet Kaur Gill", "mother", languages["Punjabi"], "(555) 010-0134"), Parent("H. Gill")],
    )
    assert stays(child) == [("Alder", "KN", ENROLLED, None)]
    assert list(Guardian.objects.filter(student=child).values_list("order", "name", "language_id")) == [
        (1, "Manpreet Kaur Gill", "28"),
        (2, "H. Gill", None),
    ]
    assert (statuses(child), RecordsRequest.objects.count()) == ([], 0)
    event = child.events.order_by("pgh_id").first()
    assert event.pgh_context.metadata["user"] == marisela.pk


@pytest.mark.plan("MP1-45", "MP1-46")
def test_a_california_transfer_waits_for_its_records(enroll):
    child = enroll(origin=Origin.CALIFORNIA, former_district="Orchard Unified")
    assert statuses(child) == [("TBD", ENROLLED, None, "records", "")]
    status = child.statuses.get()
    assert (status.is_provisional, status.reason) == (
        True,
        "The records of Orchard Unified are awaited; the child keeps the status they name.",
    )
    assert RecordsRequest.objects.get().enrollment.former_district == "Orchard Unified"


def test_the_same_ssid_is_the_same_child(enroll):
    first = enroll(ssid="9014558207")
    with pytest.raises(AlreadyHere) as refused:
        enroll(ssid="9014558207", last_name="Other", is_another_child=True)
    assert (refused.value.found, refused.value.is_certain, refused.value.field) == ([first], True, "ssid")
    assert f"SSID 9014558207 belongs to {first.name}, born Tue 9 Mar 2021, kindergarten at Alder Primary" in str(
        refused.value
    )
    assert refused.value.urls == [f"/children/{first.pk}/"]
    assert Student.objects.count() == 1


@pytest.mark.parametrize("last_name", ["Núñez-Ortega", "NUNEZ ORTEGA", "nuñez ortega"])
def test_the_same_name_and_birth_date_is_asked_about(enroll, last_name):
    enroll(last_name="Núñez Ortega", first_name="Iker")
    with pytest.raises(AlreadyHere, match="child of this name and birth date: Iker Núñez Ortega"):
        enroll(last_name=last_name, first_name="íker")
    assert enroll(last_name=last_name, first_name="íker", is_another_child=True).pk
    assert enroll(last_name=last_name, first_name="Iker", birth_date=D("2021-03-10")).pk


@pytest.mark.parametrize(
    ("facts", "field", "sentence"),
    [
        ({"grade": "04"}, "grade", "Alder Primary has no grade 4; it has transitional kindergarten to grade 3."),
        ({"first_us_school_on": D("2020-09-01")}, "first_us_school_on", "Tue 1 Sep 2020 is before the child was born"),
        ({"first_california_on": D("2021-03-08")}, "first_california_on", "born, on Tue 9 Mar 2021"),
        ({"birth_date": ENROLLED}, "birth_date", "must be before the first day of attendance, Mon 23 Nov 2026"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(enroll, facts, field, sentence):
    with pytest.raises(Refusal, match=sentence) as refused:
        enroll(**facts)
    assert (refused.value.field, Student.objects.count()) == (field, 0)
    assert refused.value.mend


def test_a_local_number_is_given_once(enroll):
    enroll(local_id="7")
    with pytest.raises(Refusal, match="local number 7 is taken"):
        enroll(local_id="7")


@pytest.mark.parametrize("who", ["ruth", "tomas", "nadia", "imogen", "otto"])
def test_only_the_office_of_the_school_enrolls(enroll, who, request):
    with pytest.raises(NotAllowed, match="at Alder Primary"):
        enroll(by=request.getfixturevalue(who))
    assert not Student.objects.exists()


def test_a_child_enrolled_by_mistake_is_put_back(enroll, marisela):
    child = enroll(origin=Origin.CALIFORNIA, guardians=[Parent("M. Gill")])
    put_back(child, marisela, "enroll")
    assert (Student.objects.count(), Enrollment.objects.count(), Guardian.objects.count()) == (0, 0, 0)


def test_a_child_with_a_record_is_not(enroll, survey, marisela):
    child = enroll()
    survey(child, "-", "English", "English", "-")
    with pytest.raises(Refusal, match="something recorded about the child: home language surveys"):
        put_back(child, marisela, "enroll")
    assert Student.objects.filter(pk=child.pk).exists()


def test_the_receiving_school_moves_the_child(enroll, birch, nadia, marisela):
    child = enroll(grade="03")
    actions.transfer_student(by=nadia, student=child, school=birch, grade="04", starts=D("2027-01-11"))
    assert stays(child) == [
        ("Alder", "03", ENROLLED, D("2027-01-10")),
        ("Birch", "04", D("2027-01-11"), None),
    ]
    assert not Student.objects.visible_to(marisela).filter(pk=child.pk).exists()
    assert Student.objects.visible_to(nadia).get() == child
    put_back(child, nadia, "transfer")
    assert stays(child) == [("Alder", "03", ENROLLED, None)]


def test_a_move_needs_a_later_day_and_a_grade_of_the_school(enroll, birch, nadia):
    child = enroll(grade="03")
    with pytest.raises(Refusal, match="at Alder Primary since Mon 23 Nov 2026"):
        actions.transfer_student(by=nadia, student=child, school=birch, grade="04", starts=ENROLLED)
    with pytest.raises(Refusal, match="Birch Middle has no grade 3"):
        actions.transfer_student(by=nadia, student=child, school=birch, grade="03", starts=D("2027-01-11"))
    assert stays(child) == [("Alder", "03", ENROLLED, None)]


@pytest.mark.parametrize("who", ["ruth", "imogen", "otto"])
def test_others_do_not_move_children(enroll, birch, who, request):
    child = enroll(grade="03")
    with pytest.raises(NotAllowed):
        actions.transfer_student(
            by=request.getfixturevalue(who), student=child, school=birch, grade="04", starts=D("2027-01-11")
        )


def test_a_child_leaves_and_has_not_left_after_all(enroll, marisela):
    child = enroll()
    actions.end_enrollment(by=marisela, student=child, last_day=D("2026-12-18"), reason="moved to another state")
    assert stays(child) == [("Alder", "KN", ENROLLED, D("2026-12-18"))]
    with pytest.raises(Refusal, match="not enrolled any more"):
        actions.end_enrollment(by=marisela, student=child, last_day=D("2026-12-18"), reason="x")
    put_back(child, marisela, "leave")
    assert stays(child) == [("Alder", "KN", ENROLLED, None)]


def test_nobody_leaves_before_coming(enroll, marisela):
    with pytest.raises(Refusal, match="cannot be before the first, Mon 23 Nov 2026") as refused:
        actions.end_enrollment(by=marisela, student=enroll(), last_day=D("2026-11-22"), reason="x")
    assert refused.value.field == "last_day"


def test_a_child_that_comes_back_keeps_its_record(enroll, survey, alder, marisela):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    actions.end_enrollment(by=marisela, student=child, last_day=D("2026-12-18"), reason="moved away")
    actions.transfer_student(by=marisela, student=child, school=alder, grade="KN", starts=D("2027-03-01"))
    assert stays(child)[0][3] == D("2026-12-18")
    assert statuses(child) == [("TBD", ENROLLED, None, "survey", "")]


def begin(children, by, **facts):
    return actions.promote(
        **{"by": by, "student_ids": [child.pk for child in children], "starts": D("2027-08-11"), **facts}
    )


def test_a_school_year_begins_and_is_put_back(enroll, alder, marisela, tomas):
    children = [enroll(), enroll()]
    assert begin(children, marisela, school=alder, grade="01", teacher=tomas, room="4") == 2
    assert stays(children[0]) == [
        ("Alder", "KN", ENROLLED, D("2027-08-10")),
        ("Alder", "01", D("2027-08-11"), None),
    ]
    children[0].refresh_from_db()
    assert (children[0].current_enrollment.teacher, children[0].current_enrollment.room) == (tomas, "4")
    assert begin(children, marisela, school=alder, grade="02") == 0
    entry = Entry.objects.get(kind="promote")
    assert entry.summary == "2 children begin grade 1"
    entries.put_back(entry.pk, by=marisela, reason="wrong day")
    assert [stays(child) for child in children] == [[("Alder", "KN", ENROLLED, None)]] * 2


def test_a_class_goes_on_to_the_next_school(enroll, alder, birch, marisela, nadia, ruth):
    children = [enroll(grade="03")]
    with pytest.raises(NotAllowed):
        begin(children, ruth, school=birch, grade="04")
    assert begin(children, marisela, school=birch, grade="04") == 1
    assert Student.objects.visible_to(nadia).get() == children[0]


def test_a_year_that_has_gone_on_is_not_put_back(enroll, alder, birch, marisela):
    child = enroll(grade="02")
    begin([child], marisela, school=alder, grade="03")
    actions.transfer_student(by=marisela, student=child, school=birch, grade="04", starts=D("2027-10-01"))
    with pytest.raises(Refusal, match="has been moved again since"):
        entries.put_back(Entry.objects.get(kind="promote").pk, by=marisela, reason="")
    assert len(stays(child)) == 3


def test_a_class_does_not_begin_what_the_school_has_not(enroll, alder, marisela):
    child = enroll(grade="03")
    with pytest.raises(Refusal, match="Alder Primary has no grade 4"):
        begin([child], marisela, school=alder, grade="04")
    assert stays(child) == [("Alder", "03", ENROLLED, None)]


def test_an_entry_is_noted_for_each(enroll, marisela):
    child = enroll()
    entry = Entry.objects.get()
    assert (entry.kind, entry.student_id, entry.made_by) == ("enroll", child.pk, marisela)
    assert entry.summary == f"{child.name} enrolled at Alder"
    assert entries.may_put_back(entry, marisela)
