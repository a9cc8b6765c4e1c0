"""Sections, services, audits and authorizations on the database: assigned, ended, put back, and what is missing."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from district import duties, entries
from district.models import Entry
from district.refusal import NotAllowed, Refusal
from students import actions
from students.actions import Document, Level
from students.models import EldSection, Service, TeacherAuthorization
from students.queries import services
from tests.students.conftest import ENROLLED

D = date.fromisoformat
pytestmark = pytest.mark.usefixtures("year")
ON = D("2026-12-07")
END = D("2027-06-10")


@pytest.fixture
def learner(enroll, rosa):
    """A child who is an English learner since 1 December, of level 1 unless a test says otherwise."""

    def make(**facts):
        child = enroll(**facts)
        actions.set_status(
            by=rosa, student=child, status="TBD", starts=ENROLLED, source="survey", reason="The survey names Punjabi."
        )
        state = actions.StateStatus(child.pk, "EL", D("2026-12-01"), "Initial ELPAC: Novice")
        actions.set_statuses_from_state(by=rosa, rows=[state])
        return child

    return make


@pytest.fixture
def section(ruth, alder, year, tomas):
    def make(name="ELD K", **facts):
        values = {
            "school": alder,
            "year": year[1],
            "kind": "designated",
            "grade_low": "KN",
            "grade_high": "01",
            "level_low": None,
            "level_high": None,
            "teacher": tomas,
            "minutes": 30,
            "days_a_week": 5,
        }
        return actions.save_section(**{"by": ruth, **values, "name": name, **facts})

    return make


@pytest.fixture
def assign(ruth):
    def make(section, *children, starts=ON, **facts):
        facts = {"levels": {}, "by": ruth, **facts}
        return actions.assign_section(section=section, students=[each.pk for each in children], starts=starts, **facts)

    return make


def put_back(who, kind):
    return entries.put_back(Entry.objects.filter(kind=kind).latest("pk").pk, by=who, reason="a mistake")


def open_duties(rule, on=ON):
    return [duty.student_id for duty in duties.duties(as_of=on, rule_ids=[rule])]


@pytest.mark.plan("MP2-03", "MP2-05", "MP0-05", "MP0-11")
def test_a_section_gives_eld_until_the_year_ends(learner, section, assign, ruth, programs):
    child, eld = learner(), section(funding="title_iii", curriculum="Bridges")
    actions.place_student(by=ruth, student=child, program=programs["sei"], starts=D("2026-12-02"))
    assert open_duties("eld_missing") == [child.pk]
    assert [light.tone for light in services.card(child, ON)][0] == "late"
    (row,) = assign(eld, child)
    assert (row.starts, row.ends, row.minutes, row.funding, row.curriculum) == (ON, END, 30, "title_iii", "Bridges")
    assert (row.state_code, row.provider, row.end_reason) == ("305", eld.teacher, "year")
    assert open_duties("eld_missing") == []
    assert open_duties("eld_missing", D("2026-12-04")) == [child.pk]  # as that day saw it
    assert [light.tone for light in services.card(child, ON)][0] == "done"
    put_back(ruth, "service")
    assert not Service.objects.exists()
    assert open_duties("eld_missing") == [child.pk]
    put_back(ruth, "eld_section")
    assert not EldSection.objects.exists()


@pytest.mark.plan("MP2-05")
def test_in_the_summer_nobody_lacks_eld(learner):
    learner()
    assert open_duties("eld_missing", D("2027-06-10")) != []
    assert open_duties("eld_missing", D("2027-06-11")) == []


@pytest.mark.plan("MP2-03", "MP2-05")
def test_the_preview_tells_who_goes_moves_and_stays(learner, section, assign, enroll, ruth):
    fits, other, unknown, english = learner(), learner(), learner(), enroll()
    old, new = section("ELD 2", level_low=2, level_high=2), section("ELD 1", level_low=1, level_high=1)
    levels = {
        fits.pk: Level("summative_elpac", "1", "Level 1"),
        other.pk: Level("summative_elpac", "2", "Level 2"),
    }
    assign(old, other, levels=levels)
    named = {"by": ruth, "section": new, "starts": D("2026-12-14"), "levels": levels}
    picked = [fits.pk, other.pk, unknown.pk, english.pk]
    told = {each.student.pk: each for each in actions.preview_assignment(students=picked, **named)}
    assert {pk: each.outcome for pk, each in told.items()} == {
        fits.pk: "goes",
        other.pk: "stays",
        unknown.pk: "stays",
        english.pk: "stays",
    }
    assert "outside of levels 1 to 1" in told[other.pk].why
    assert "no result" in told[unknown.pk].why
    assert "No English learner" in told[english.pk].why
    told = {each.student.pk: each for each in actions.preview_assignment(students=picked, outside=True, **named)}
    assert [told[each.pk].outcome for each in (fits, other, unknown, english)] == ["goes", "moves", "goes", "stays"]
    made = actions.assign_section(students=picked, outside=True, **named)
    assert {row.student_id for row in made} == {fits.pk, other.pk, unknown.pk}  # what was told is what is done
    before = Service.objects.get(student=other, section=old)
    assert (before.ends, before.end_reason) == (D("2026-12-13"), "changed")
    put_back(ruth, "service")
    before.refresh_from_db()
    assert (before.ends, before.end_reason) == (END, "year")
    assert Service.objects.count() == 1


def test_nobody_left_to_go_in_is_refused(learner, section, assign, enroll):
    with pytest.raises(Refusal, match="None of the children picked"):
        assign(section(), enroll())


def test_a_stranger_assigns_nobody(learner, section, assign, nadia, otto):
    for who in (nadia, otto):
        with pytest.raises(NotAllowed):
            assign(section(f"ELD {who}"), learner(), by=who)


@pytest.mark.plan("MP1-49", "MP2-03")
def test_a_transfer_ends_what_the_old_school_gave(learner, section, assign, birch, rosa):
    child = learner(grade="03", birth_date=D("2018-05-04"))
    (row,) = assign(section(grade_high="03"), child)
    actions.transfer_student(by=rosa, student=child, school=birch, grade="04", starts=D("2027-01-11"))
    assert Service.objects.on(D("2027-01-10")).get() == row
    assert not Service.objects.on(D("2027-01-11")).exists()
    assert open_duties("eld_missing", D("2027-01-11")) == [child.pk]
    entry = Entry.objects.filter(kind="transfer").latest("pk")
    entries.put_back(entry.pk, by=rosa, reason="they stay")
    assert Service.objects.on(D("2027-01-11")).get() == row  # and runs on when the move is put back


@pytest.mark.plan("MP0-05", "X-05")
def test_a_service_is_declined_with_the_parents_words(learner, section, assign, ruth):
    child = learner()
    (row,) = assign(section(), child)
    with pytest.raises(Refusal, match="needs words"):
        actions.end_services(by=ruth, services=[row.pk], ends=D("2026-12-11"), reason="declined")
    with pytest.raises(Refusal, match="runs from"):
        actions.end_services(by=ruth, services=[row.pk], ends=D("2026-12-01"), reason="changed")
    actions.end_services(
        by=ruth, services=[row.pk], ends=D("2026-12-11"), reason="declined", note="The father: no ELD."
    )
    assert open_duties("eld_missing", D("2026-12-14")) == []  # theirs to decide, so nothing is late
    assert [each.student for each in services.declining(D("2026-12-14"))] == [child]
    assert services.card(child, D("2026-12-14"))[0].word == "declined by the parents"
    put_back(ruth, "service_end")
    row.refresh_from_db()
    assert (row.ends, row.end_reason, row.end_note) == (END, "year", "")


@pytest.mark.plan("MP2-04", "MP2-10", "MP2-07")
def test_supports_for_many_and_what_each_program_asks(learner, ruth, programs, section, assign):
    mainstream, immersed = [learner(), learner()], learner()
    for child in mainstream:
        actions.place_student(by=ruth, student=child, program=programs["elm"], starts=D("2026-12-02"))
    actions.place_student(by=ruth, student=immersed, program=programs["sei"], starts=D("2026-12-02"))
    assert sorted(open_duties("supports_missing")) == sorted(child.pk for child in mainstream)
    keys = [child.pk for child in mainstream]
    facts = {"by": ruth, "kind": "support", "setting": "class", "starts": ON}
    with pytest.raises(Refusal, match="What is given"):
        actions.record_services(students=keys, **facts)
    actions.record_services(students=keys, supports="sentence frames", **facts)
    assert open_duties("supports_missing") == []
    facts["kind"] = "integrated"
    actions.record_services(students=[immersed.pk], minutes=30, **facts)
    assert open_duties("designated_eld_missing") == [immersed.pk]
    assert immersed.pk not in open_duties("eld_missing")
    assign(section(), immersed)
    assert open_duties("designated_eld_missing") == []
    put_back(ruth, "service")
    assert open_duties("designated_eld_missing") == [immersed.pk]


def test_eld_on_some_days_is_not_daily(learner, ruth):
    child = learner()
    facts = {"by": ruth, "students": [child.pk], "kind": "designated", "setting": "push_in", "starts": ON}
    actions.record_services(days_a_week=3, minutes=40, **facts)
    assert open_duties("eld_missing") == [child.pk]
    with pytest.raises(Refusal, match="has such a service from"):
        actions.record_services(**facts)
    actions.record_services(**{**facts, "starts": D("2026-12-14")})
    assert open_duties("eld_missing", D("2026-12-14")) == []


@pytest.mark.plan("MP2-06")
def test_grades_7_and_up_need_a_leveled_section(learner, section, assign, birch, rosa, nadia):
    child = learner(by=nadia, school=birch, grade="07", birth_date=D("2014-02-02"))
    facts = {"by": rosa, "school": birch, "grade_low": "07", "grade_high": "08", "teacher": None, "minutes": 50}
    plain, leveled = section("ELD all", **facts), section("ELD 1", level_low=1, level_high=1, **facts)
    assign(plain, child, by=rosa)
    assert open_duties("leveled_section_missing") == [child.pk]
    levels = {child.pk: Level("summative_elpac", "1", "Level 1")}
    assign(leveled, child, by=rosa, starts=D("2026-12-14"), levels=levels)
    assert open_duties("leveled_section_missing", D("2026-12-14")) == []


@pytest.mark.plan("X-14")
def test_a_teacher_without_a_document_is_one_duty(learner, ruth, tomas, rosa, nadia):
    learner(teacher=tomas), learner(teacher=tomas)
    (duty,) = duties.duties(as_of=ON, rule_ids=["authorization_missing"])
    assert (duty.subject, duty.facts["number"], duty.school_id) == (
        str(tomas),
        2,
        ruth.role_assignments.get().school_id,
    )
    assert services.without_authorized_teacher(ON).count() == 2
    with pytest.raises(NotAllowed):
        actions.record_authorizations(by=nadia, documents=[Document(tomas, "clad")], seen_on=ON)
    with pytest.raises(Refusal, match="Which document"):
        actions.record_authorizations(by=ruth, documents=[Document(tomas, "other")], seen_on=ON)
    with pytest.raises(Refusal, match="No document"):
        actions.record_authorizations(by=ruth, documents=[], seen_on=ON)
    actions.record_authorizations(by=ruth, documents=[Document(tomas, "clad", expires_on=D("2027-01-31"))], seen_on=ON)
    assert not list(duties.duties(as_of=ON, rule_ids=["authorization_missing"]))
    assert len(list(duties.duties(as_of=D("2027-02-01"), rule_ids=["authorization_missing"]))) == 1
    put_back(ruth, "authorization")
    assert not TeacherAuthorization.objects.exists()


def test_the_database_keeps_one_service_of_a_kind_at_a_time(learner, section, assign, ruth):
    (row,) = assign(section(), learner())
    row.pk = None
    with pytest.raises(IntegrityError, match="one_service_of_a_kind_at_a_time"), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"grade_low": "01", "grade_high": "KN"}, "wrong way round"),
        ({"grade_high": "09"}, "does not have these grades"),
        ({"name": "ELD K"}, "already exists"),
    ],
)
def test_a_section_that_cannot_be(section, facts, words):
    section("ELD K")
    with pytest.raises(Refusal, match=words):
        section(**{"name": "another", **facts})
