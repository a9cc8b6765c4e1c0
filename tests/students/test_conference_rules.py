"""Conferences as pure rules: when one is settled, who needs an interpreter, how families are dealt out."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from district.enums import Grade
from students.rules.conferences import (
    HELD,
    NEEDED,
    NONE,
    NOT_REACHED,
    UNKNOWN,
    WAITING,
    Slot,
    Wanted,
    conference_finding,
    family_key,
    interpreter_need,
    propose,
    spoken_at,
    suits,
)

D = date.fromisoformat
SPANISH, PUNJABI, HMONG, ENGLISH = "01", "28", "23", "00"
DAY = datetime(2026, 9, 8, 14, 0)
SOURCE = "D-11"


# --- when a conference is settled -------------------------------------------------------------------------------


@pytest.mark.plan("MP1-26", "MP1-37")
@pytest.mark.parametrize(
    ("held_on", "failed", "asked", "outcome", "sentence"),
    [
        (None, [], 3, WAITING, "The parents have not been met yet."),
        ("2026-09-08", [], 3, HELD, "Held on Tue 8 Sep 2026."),
        ("2026-09-08", ["2026-09-01", "2026-09-02", "2026-09-03"], 3, HELD, "Held on Tue 8 Sep 2026."),
        (None, ["2026-09-01"], 3, WAITING, "1 attempt failed (Tue 1 Sep 2026); 3 on different days are asked for."),
        (None, ["2026-09-01", "2026-09-02"], 3, WAITING, "2 attempts failed (Tue 1 Sep 2026, Wed 2 Sep 2026)"),
        (None, ["2026-09-01", "2026-09-01", "2026-09-01"], 3, WAITING, "1 attempt failed"),
        (None, ["2026-09-03", "2026-09-01", "2026-09-02"], 3, NOT_REACHED, "attempts on 3 different days, Tue 1 Sep"),
        (None, ["2026-09-01", "2026-09-02"], 2, NOT_REACHED, "attempts on 2 different days"),
        (None, ["2026-09-01"], 1, NOT_REACHED, "Not reached: 1 attempt, on Tue 1 Sep 2026."),
    ],
)
def test_a_conference_is_held_not_reached_or_waits(held_on, failed, asked, outcome, sentence):
    found = conference_finding(
        held_on=D(held_on) if held_on else None, failed_on=[D(day) for day in failed], asked=asked, source=SOURCE
    )
    assert found.outcome == outcome
    assert sentence in found.reason
    assert found.source == (SOURCE if outcome != HELD else "MP1-26, MP1-37")


# --- interpreters -----------------------------------------------------------------------------------------------


@pytest.mark.plan("MP1-27", "MP1-28", "MP1-39")
@pytest.mark.parametrize(
    ("named", "language", "outcome"),
    [
        ([], ENGLISH, NONE),
        ([], SPANISH, NONE),  # the Plan's own: no translator for Spanish
        ([], PUNJABI, NEEDED),
        ([], None, UNKNOWN),
        ([PUNJABI], PUNJABI, NONE),
        ([PUNJABI], SPANISH, NEEDED),  # a school that has named its languages speaks those
        ([PUNJABI], ENGLISH, NONE),
        ([PUNJABI, SPANISH], HMONG, NEEDED),
    ],
)
def test_who_needs_an_interpreter(named, language, outcome):
    assert interpreter_need(language, spoken_at(named)).outcome == outcome


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Ana Ruiz", "(530) 555-0147", ""), ("ana  ruiz", "530.555.0147", "2 Oak"), True),
        (("Ana Ruiz", "", "2 Oak"), ("Ana Ruiz", "", "2  oak"), True),
        (("Ana Ruiz", "+1 530 555 0147", ""), ("Ana Ruiz", "5305550147", ""), True),
        (("Ana Ruiz", "", ""), ("Ana Ruiz", "", ""), False),  # a name alone says nothing
        (("", "5305550147", ""), ("", "5305550147", ""), False),
        (("Ana Ruiz", "5305550147", ""), ("Ana Ruiz", "5305550148", ""), False),
    ],
)
def test_siblings_are_told_by_parent_and_telephone_or_address(one, other, same):
    assert (family_key(1, *one) == family_key(2, *other)) is same


# --- the proposal -----------------------------------------------------------------------------------------------


def child(number, language=SPANISH, grade="02", school=1, family=None, teacher=None, due=None):
    return Wanted(number, (f"family {family or number}",), school, language, Grade(grade), teacher, due)


def block(number, slots=4, *, language=None, at=DAY, minutes=15, school=1, **facts):
    return [
        Slot(number, school, at + timedelta(minutes=minutes * place), minutes, language=language, **facts)
        for place in range(slots)
    ]


def placed(plan):
    return {each.wanted.student: (each.slot.block, f"{each.slot.starts:%H:%M}") for each in plan.placed}


def reasons(plan):
    return {each.student: finding.outcome for each, finding in plan.unplaced}


@pytest.mark.plan("MP1-27", "MP1-39")
def test_families_go_into_the_block_of_their_language_so_that_an_interpreter_sits_once():
    children = [child(1), child(2, PUNJABI), child(3), child(4, PUNJABI), child(5, HMONG)]
    plan = propose(children, block(10, 3, language=PUNJABI) + block(20, 4))
    assert {key: value[0] for key, value in placed(plan).items()} == {1: 20, 2: 10, 3: 20, 4: 10, 5: 20}
    spanish = sorted(value[1] for key, value in placed(plan).items() if key in (1, 3))
    assert datetime.strptime(spanish[1], "%H:%M") - datetime.strptime(spanish[0], "%H:%M") == timedelta(minutes=15)


def test_brothers_and_sisters_sit_back_to_back():
    children = [child(1, family=7, grade="05"), child(2), child(3, family=7, grade="KN")]
    plan = propose(children, block(10, 4))
    at = placed(plan)
    assert {at[1][1], at[3][1]} in ({"14:00", "14:15"}, {"14:15", "14:30"})
    assert not any(each.apart for each in plan.placed)


def test_siblings_whose_grades_have_different_blocks_are_apart_but_never_at_once():
    low = block(10, 2, grades=frozenset({Grade.KN}))
    high = block(20, 2, grades=frozenset({Grade.G05}))
    plan = propose([child(1, family=7, grade="KN"), child(2, family=7, grade="05")], low + high)
    assert placed(plan)[1][1] != placed(plan)[2][1]
    assert all(each.apart for each in plan.placed)


def test_the_most_urgent_come_first_and_who_is_late_is_told():
    tomorrow = block(20, 1, at=DAY + timedelta(days=1))
    plan = propose([child(1, due=D("2026-09-30")), child(2, due=D("2026-09-08"))], block(10, 1) + tomorrow)
    assert placed(plan) == {2: (10, "14:00"), 1: (20, "14:00")}
    late = propose([child(1, due=D("2026-09-07"))], block(10, 1))
    assert [each.late for each in late.placed] == [True]


def test_a_child_with_few_choices_is_not_crowded_out():
    only = block(10, 1, class_of=5)
    plan = propose([child(1, teacher=5), child(2, teacher=5), child(3, teacher=6)], only + block(20, 2))
    assert not plan.unplaced
    assert len(placed(plan)) == 3


def test_staff_are_at_one_place():
    both = block(10, 1, staff=frozenset({9})) + block(20, 1, staff=frozenset({9}), at=DAY + timedelta(minutes=5))
    plan = propose([child(1), child(2)], both)
    assert len(plan.placed) == 1
    assert reasons(plan) in ({1: "busy"}, {2: "busy"})


def test_a_family_that_holds_a_slot_is_not_asked_twice_at_once():
    held = {("family 7",): block(30, 1)}
    plan = propose([child(1, family=7)], block(10, 2), held)
    assert placed(plan) == {1: (10, "14:15")}


@pytest.mark.parametrize(
    ("slots", "reason", "sentence"),
    [
        ([], "no_slot", "The school has no free slot."),
        (block(10, 2, school=2), "no_slot", "The school has no free slot."),
        (block(10, 2, language=PUNJABI), "language", "No block is held in the family's language or open to any."),
        (block(10, 2, grades=frozenset({Grade.G05})), "grade", "No block for the family's language takes this grade."),
        (block(10, 2, class_of=5), "class", "The blocks for this grade are for another class."),
    ],
)
def test_who_stays_without_a_slot_is_told_why(slots, reason, sentence):
    ((left, finding),) = propose([child(1)], slots).unplaced
    assert (left.student, finding.outcome, finding.reason) == (1, reason, sentence)


def test_when_all_slots_are_taken_their_number_is_told():
    plan = propose([child(1), child(2), child(3)], block(10, 2))
    ((_left, finding),) = plan.unplaced
    assert finding.reason == "All 2 slots that suit are taken."


def test_slots_that_were_booked_before_are_told_as_taken_not_as_a_wrong_language():
    booked = block(10, 2)
    plan = propose([child(1)], block(20, 2, language=PUNJABI), full=booked)
    ((_left, finding),) = plan.unplaced
    assert (finding.outcome, finding.reason) == ("full", "All 2 slots that suit are taken.")
    assert not plan.placed


def test_a_family_whose_language_is_not_known_goes_into_a_block_of_any_language():
    plan = propose([child(1, None)], block(10, 2, language=SPANISH) + block(20, 2))
    assert placed(plan) == {1: (20, "14:00")}


languages = st.sampled_from([SPANISH, PUNJABI, HMONG, None])
grades = st.sampled_from([Grade.KN, Grade.G02, Grade.G05])
children_drawn = st.lists(
    st.builds(
        lambda family, language, grade, teacher, school, due: (family, language, grade, teacher, school, due),
        st.integers(1, 6),
        languages,
        grades,
        st.sampled_from([None, 5, 6]),
        st.integers(1, 2),
        st.sampled_from([None, D("2026-09-07"), D("2026-09-09")]),
    ),
    max_size=14,
)
blocks_drawn = st.lists(
    st.tuples(
        st.integers(0, 24),
        st.integers(1, 5),
        st.sampled_from([10, 15, 20]),
        languages,
        st.sampled_from([None, frozenset({Grade.KN, Grade.G02}), frozenset({Grade.G05})]),
        st.sampled_from([None, 5]),
        st.frozensets(st.integers(1, 4), max_size=2),
        st.integers(1, 2),
    ),
    max_size=5,
)


@given(children_drawn, blocks_drawn)
@settings(max_examples=60, deadline=None)
def test_no_slot_family_or_person_is_taken_twice_and_everybody_is_answered(drawn, blocks):
    children = [
        Wanted(number, (f"family {family}",), school, language, grade, teacher, due)
        for number, (family, language, grade, teacher, school, due) in enumerate(drawn)
    ]
    slots = [
        slot
        for number, (at, count, minutes, language, span, class_of, staff, school) in enumerate(blocks)
        for slot in block(
            number,
            count,
            language=language,
            at=DAY + timedelta(minutes=5 * at),
            minutes=minutes,
            school=school,
            grades=span,
            class_of=class_of,
            staff=staff,
        )
    ]
    plan = propose(children, slots)
    answered = [each.wanted for each in plan.placed] + [each for each, _why in plan.unplaced]
    assert sorted(each.student for each in answered) == [each.student for each in children]
    assert all(finding.reason for _each, finding in plan.unplaced)
    assert len({(each.slot.block, each.slot.starts) for each in plan.placed}) == len(plan.placed)
    for number, one in enumerate(plan.placed):
        assert one.slot in slots
        assert suits(one.wanted, one.slot)
        assert one.late == (one.wanted.due is not None and one.slot.starts.date() > one.wanted.due)
        for other in plan.placed[number + 1 :]:
            if one.slot.clashes(other.slot):
                assert one.wanted.family != other.wanted.family
                assert not one.slot.staff & other.slot.staff


@given(st.integers(1, 40), st.integers(0, 40))
@settings(max_examples=40, deadline=None)
def test_no_slot_stays_free_while_somebody_waits(families, free):
    """Without constraints the proposal fills every slot or serves every family."""
    plan = propose([child(number) for number in range(families)], block(1, free, minutes=10))
    assert len(plan.placed) == min(families, free)


def test_hundreds_of_families_are_dealt_out_in_a_moment():
    """700 children over 15 days: the rule answers while the page is asked for."""
    began = datetime.now()
    spoken = [SPANISH, PUNJABI, HMONG]
    children = [child(number, spoken[number // 2 % 7 % 3], family=number // 2) for number in range(700)]
    slots = [
        slot
        for day in range(15)
        for room in range(4)
        for slot in block(day * 10 + room, 12, at=DAY + timedelta(days=day), language=PUNJABI if room == 0 else None)
    ]
    plan = propose(children, slots)
    assert len(plan.placed) + len(plan.unplaced) == 700
    assert len(plan.placed) > 600
    assert (datetime.now() - began).total_seconds() < 10
