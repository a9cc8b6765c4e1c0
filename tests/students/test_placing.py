"""Conferences, placements, copies, the cut for reasonable fluency."""

from datetime import date

import pytest

from district.models import Entry
from district.refusal import NotAllowed, Refusal
from students import actions, standing
from students.models import Conference, FluencyCut, Placement
from tests.students.test_surveys import put_back

D = date.fromisoformat


@pytest.fixture
def learner(enroll, survey, rosa):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    actions.set_statuses_from_state(
        by=rosa, rows=[actions.StateStatus(child.pk, "EL", D("2026-12-02"), "Initial ELPAC: Novice")]
    )
    return child


@pytest.fixture
def place(ruth, programs):
    def make(child, program="sei", starts="2026-12-07", **facts):
        return actions.place_student(
            **{"by": ruth, "student": child, "program": programs[program], "starts": D(starts), **facts}
        )

    return make


@pytest.fixture
def confer(ruth, languages):
    def make(child, **facts):
        return actions.record_conference(
            **{
                "by": ruth,
                "student": child,
                "kind": "initial",
                "held_on": D("2026-12-04"),
                "language": languages["Punjabi"],
                "attended": "Manpreet Kaur Gill, R. Lindqvist",
                "interpreter": "S. Sandhu",
                "principal_present": True,
                "told_results": True,
                "told_options": True,
                "told_recommendation": True,
                "parent_input": "Wants to see SEI in January again.",
                **facts,
            }
        )

    return make


@pytest.mark.plan("MP1-09", "MP1-26", "MP1-27", "MP1-28", "MP1-29")
def test_a_conference_is_recorded(learner, confer, ruth):
    meeting = confer(learner)
    assert (meeting.language.name, meeting.interpreter, meeting.principal_present) == ("Punjabi", "S. Sandhu", True)
    assert (meeting.told_results, meeting.told_options, meeting.told_recommendation) == (True, True, True)
    put_back(learner, ruth, "conference")
    assert not Conference.objects.exists()


@pytest.mark.plan("MP1-26")
def test_the_principal_is_there_or_the_reason_why_not(learner, confer):
    with pytest.raises(Refusal, match="asks for the principal") as refused:
        confer(learner, principal_present=False)
    assert refused.value.field == "principal_absent_reason"
    assert confer(learner, principal_present=False, principal_absent_reason="ill").principal_absent_reason == "ill"
    assert confer(learner, principal_absent_reason="left over").principal_absent_reason == ""


@pytest.mark.plan("MP1-25", "MP1-30", "MP1-49")
def test_a_placement_holds_recommendation_input_and_decision(learner, place, confer, programs, ruth):
    meeting = confer(learner)
    placed = place(
        learner,
        recommended=programs["sei"],
        recommendation_reason="Novice is below reasonable fluency, which begins at Intermediate.",
        evidence={"level": "novice"},
        conference=meeting,
        parent_input=meeting.parent_input,
    )
    assert (placed.program.kind, placed.starts, placed.ends, placed.decided_by) == ("sei", D("2026-12-07"), None, ruth)
    assert (placed.evidence, placed.conference) == ({"level": "novice"}, meeting)
    assert placed.events.get().pgh_context.metadata["user"] == ruth.pk


def test_a_different_decision_needs_its_reason(learner, place, programs):
    with pytest.raises(Refusal, match="Structured English Immersion is recommended; the decision differs") as refused:
        place(learner, "elm", recommended=programs["sei"])
    assert refused.value.field == "reason"
    assert place(learner, "elm", recommended=programs["sei"], reason="The parents ask for it").reason


@pytest.mark.plan("MP1-49")
def test_a_new_placement_ends_the_old_one_and_is_put_back(learner, place, ruth):
    old = place(learner)
    place(learner, "elm", "2027-01-11", reason="reasonable fluency reached")
    old.refresh_from_db()
    assert old.ends == D("2027-01-10")
    put_back(learner, ruth, "placement")
    old.refresh_from_db()
    assert (old.ends, Placement.objects.count()) == (None, 1)


@pytest.mark.parametrize(
    ("program", "starts", "sentence"),
    [
        ("dual", "2027-01-11", "Dual-language immersion is not offered"),
        ("elm", "2026-12-07", "placement in force began on Mon 7 Dec 2026"),
    ],
)
def test_placements_that_cannot_be(learner, place, program, starts, sentence):
    place(learner)
    with pytest.raises(Refusal, match=sentence):
        place(learner, program, starts)
    assert Placement.objects.get().ends is None


def test_placements_are_for_learners(enroll, survey, place):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    with pytest.raises(Refusal, match="is English only; placements are for English learners"):
        place(child)


@pytest.mark.parametrize("who", ["marisela", "tomas", "nadia", "imogen", "otto"])
def test_only_the_principal_decides(learner, place, who, request):
    with pytest.raises(NotAllowed, match="decide program placements at Alder Primary"):
        place(learner, by=request.getfixturevalue(who))
    assert not Placement.objects.exists()


def test_a_placement_with_a_letter_on_it_is_not_put_back(learner, place, ruth, monkeypatch):
    place(learner)
    monkeypatch.setattr(standing, "_checks", [lambda student, entry: "The initial letter was issued."])
    with pytest.raises(Refusal, match="The initial letter was issued. Decide a new placement."):
        put_back(learner, ruth, "placement")
    assert Placement.objects.exists()


@pytest.mark.plan("MP1-32")
def test_the_copy_goes_to_the_teacher(learner, place, marisela, ruth):
    placed = actions.give_copy(by=marisela, placement=place(learner), to="T. Echeverría", on=D("2026-12-08"))
    assert (placed.copy_given_on, placed.copy_given_by, placed.copy_given_to) == (
        D("2026-12-08"),
        marisela,
        "T. Echeverría",
    )
    with pytest.raises(Refusal, match="teacher has had the copy since Tue 8 Dec 2026"):
        put_back(learner, ruth, "placement")
    put_back(learner, marisela, "copy")
    placed.refresh_from_db()
    assert (placed.copy_given_on, placed.copy_given_by, placed.copy_given_to) == (None, None, "")


@pytest.mark.plan("MP1-32", "MP1-42")
def test_copies_of_a_selection_are_one_entry(enroll, survey, place, marisela):
    placed = []
    for _ in range(3):
        child = enroll()
        survey(child, "Punjabi", "English", "Punjabi", "-")
        placed.append(place(child))
    given = {row.pk: "T. Echeverría" for row in placed}
    assert actions.give_copies(by=marisela, copies=given, on=D("2026-12-08")) == 3
    assert actions.give_copies(by=marisela, copies=given, on=D("2026-12-09")) == 0
    entry = Entry.objects.get(kind="copy")
    assert (entry.summary, entry.student_id, len(entry.data["placements"])) == (
        "3 placement copies handed out",
        None,
        3,
    )


def test_copies_of_another_school_are_not_given(learner, place, nadia):
    placed = place(learner)
    with pytest.raises(NotAllowed):
        actions.give_copy(by=nadia, placement=placed, to="x", on=D("2026-12-08"))
    placed.refresh_from_db()
    assert placed.copy_given_on is None


@pytest.fixture
def cut(rosa):
    def make(**facts):
        return actions.set_fluency_cut(
            **{
                "by": rosa,
                "test": "initial_elpac",
                "grade_low": "KN",
                "grade_high": "12",
                "level": "intermediate",
                "valid_from": D("2026-07-01"),
                "source": "Board, 12 May 2026",
                **facts,
            }
        )

    return make


@pytest.mark.plan("MP2-11")
def test_a_new_cut_follows_the_old_one(db, cut, rosa):
    old, new = cut(), cut(level="ifep", valid_from=D("2027-07-01"), source="Board, 11 May 2027")
    old.refresh_from_db()
    assert (old.valid_to, new.valid_to) == (D("2027-06-30"), None)
    entry = Entry.objects.filter(kind="fluency_cut").first()
    from district import entries

    entries.put_back(entry.pk, by=rosa, reason="not decided yet")
    assert list(FluencyCut.objects.values_list("level", "valid_to")) == [("intermediate", None)]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"source": " "}, "source"),
        ({"grade_low": "05", "grade_high": "03"}, "grade_low"),
        ({"grade_high": "06", "valid_from": D("2027-07-01")}, "grade_low"),
        ({"valid_from": D("2026-07-01")}, "valid_from"),
    ],
    ids=["no source", "grades reversed", "across an older cut", "not later"],
)
def test_cuts_that_cannot_be(db, cut, facts, field):
    cut()
    with pytest.raises(Refusal) as refused:
        cut(**facts)
    assert (refused.value.field, FluencyCut.objects.count()) == (field, 1)


def test_only_the_administrator_sets_a_cut(db, cut, marisela, ruth):
    for who in (marisela, ruth):
        with pytest.raises(NotAllowed):
            cut(by=who)
    assert not FluencyCut.objects.exists()
