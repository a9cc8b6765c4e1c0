"""The verbs of the ground: outcome, refusal, permission."""

from datetime import date

import pytest
from django.db.models import Model

from district import actions
from district.enums import Certainty, TermSystem
from district.holidays import DayOff
from district.models import District, Language, LegalRule, NonSchoolDay, School, SchoolYear, Term, Trustee
from district.queries import period
from district.refusal import NotAllowed, Refusal

D = date.fromisoformat
LETTERHEAD = {
    "name": "Valle Claro Unified School District",
    "cds_code": "9900001",
    "address": "12 Orchard Way, Valle Claro",
    "phone": "(555) 010-0100",
    "superintendent": "Dr. Imogen Castellanos",
    "vision": "Every child reads, speaks and is heard.",
}
SCHOOL = {
    "cds_code": "99000010000037",
    "name": "Middle School",
    "short_name": "Middle",
    "grade_low": "07",
    "grade_high": "12",
}


@pytest.fixture
def year(administrator):
    return actions.open_school_year(
        by=administrator,
        first_day=D("2026-08-12"),
        last_day=D("2027-06-10"),
        days_off=[DayOff(D("2026-09-07"), "Labor Day"), DayOff(D("2026-11-25"), "Autumn break", is_holiday=False)],
    )


def counts():
    models: list[type[Model]] = [District, Trustee, School, SchoolYear, Term, NonSchoolDay, LegalRule]
    return {model.__name__: model._default_manager.count() for model in models}


@pytest.mark.plan("APPC-02", "MP0-02")
def test_the_letterhead_is_written_once_and_changed(administrator):
    actions.change_letterhead(by=administrator, **LETTERHEAD)
    actions.change_letterhead(by=administrator, vision="Every child is heard.")
    assert District.objects.values_list("name", "vision").get() == (LETTERHEAD["name"], "Every child is heard.")


@pytest.mark.parametrize(
    ("field", "value"),
    [("cds_code", "12"), ("name", ""), ("address", ""), ("phone", "")],
)
def test_a_letterhead_that_does_not_fit_is_refused_with_its_field(administrator, field, value):
    with pytest.raises(Refusal) as refused:
        actions.change_letterhead(by=administrator, **{**LETTERHEAD, field: value})
    assert refused.value.field == field
    assert not District.objects.exists()


@pytest.mark.plan("APPC-02")
def test_trustees_are_dated(administrator):
    trustee = actions.add_trustee(by=administrator, name="Priya Nandakumar", starts=D("2022-12-01"))
    actions.end_trustee(trustee.pk, by=administrator, ends=D("2026-12-11"))
    assert Trustee.objects.values_list("name", "starts", "ends").get() == (
        "Priya Nandakumar",
        D("2022-12-01"),
        D("2026-12-11"),
    )


def test_a_trustee_is_not_in_office_twice(administrator):
    actions.add_trustee(by=administrator, name="Priya Nandakumar", starts=D("2022-12-01"))
    with pytest.raises(Refusal, match="in office since Thu 1 Dec 2022"):
        actions.add_trustee(by=administrator, name="priya nandakumar ", starts=D("2024-12-01"))


def test_a_term_of_office_does_not_end_before_it_began(administrator):
    trustee = actions.add_trustee(by=administrator, name="Priya Nandakumar", starts=D("2022-12-01"))
    with pytest.raises(Refusal, match="before it began"):
        actions.end_trustee(trustee.pk, by=administrator, ends=D("2022-11-30"))


@pytest.mark.plan("MP0-08")
def test_a_school_is_added_and_changed(administrator):
    school = actions.add_school(by=administrator, **SCHOOL)
    actions.change_school(school.pk, by=administrator, terms=TermSystem.QUARTER)
    school.refresh_from_db()
    assert (school.terms, [grade.value for grade in school.grades]) == (
        "quarter",
        ["07", "08", "09", "10", "11", "12"],
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"cds_code": "123"}, "cds_code", id="code-too-short"),
        pytest.param({"grade_low": "12", "grade_high": "07"}, "grade_low", id="grades-upside-down"),
        pytest.param({"grade_low": "13"}, "grade_low", id="no-such-grade"),
    ],
)
def test_a_school_that_cannot_be_is_refused(administrator, change, field):
    if change == {"grade_low": "13"}:
        with pytest.raises(ValueError, match="13"):
            actions.add_school(by=administrator, **{**SCHOOL, **change})
    else:
        with pytest.raises(Refusal) as refused:
            actions.add_school(by=administrator, **{**SCHOOL, **change})
        assert refused.value.field == field
    assert not School.objects.exists()


def test_a_school_year_is_opened_with_its_days_off(year):
    assert (year.name, NonSchoolDay.objects.filter(is_holiday=True).count(), NonSchoolDay.objects.count()) == (
        "2026-27",
        1,
        2,
    )


def test_days_off_that_are_there_already_are_left_as_they_are(administrator, year):
    NonSchoolDay.objects.create(day=D("2027-09-06"), name="As the Board named it")
    actions.open_school_year(
        by=administrator,
        first_day=D("2027-08-11"),
        last_day=D("2028-06-08"),
        days_off=[DayOff(D("2027-09-06"), "Labor Day")],
    )
    assert NonSchoolDay.objects.get(day=D("2027-09-06")).name == "As the Board named it"


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        pytest.param("2026-08-19", "2027-06-10", "first_day", id="the-year-is-open-already"),
        pytest.param("2027-08-11", "2027-08-11", "last_day", id="no-longer-than-a-day"),
        pytest.param("2027-08-11", "2027-06-10", "last_day", id="ends-before-it-begins"),
        pytest.param("2027-08-11", "2028-08-30", "last_day", id="longer-than-a-year"),
    ],
)
def test_a_school_year_that_cannot_be_is_refused(administrator, year, first, last, field):
    with pytest.raises(Refusal) as refused:
        actions.open_school_year(by=administrator, first_day=D(first), last_day=D(last))
    assert refused.value.field == field
    assert SchoolYear.objects.count() == 1


def test_a_school_year_that_runs_into_the_next_is_refused(administrator, year):
    with pytest.raises(Refusal, match="overlap"):
        actions.open_school_year(by=administrator, first_day=D("2025-09-01"), last_day=D("2026-08-14"))


def test_the_first_day_moves_within_its_year(administrator, year):
    actions.change_school_year(year.pk, by=administrator, first_day=D("2026-08-17"), last_day=D("2027-06-11"))
    assert SchoolYear.objects.values_list("first_day", "last_day").get() == (D("2026-08-17"), D("2027-06-11"))
    with pytest.raises(Refusal, match="does not lie in the school year 2026-27"):
        actions.change_school_year(year.pk, by=administrator, first_day=D("2026-06-17"), last_day=D("2027-06-11"))


TRIMESTERS = [
    (D("2026-08-12"), D("2026-11-06")),
    (D("2026-11-09"), D("2027-03-05")),
    (D("2027-03-08"), D("2027-06-10")),
]


def test_terms_are_set_and_set_again(administrator, year):
    actions.set_terms(year.pk, by=administrator, system=TermSystem.TRIMESTER, spans=TRIMESTERS)
    moved = [TRIMESTERS[0], (D("2026-11-09"), D("2027-03-12")), (D("2027-03-15"), D("2027-06-10"))]
    actions.set_terms(year.pk, by=administrator, system=TermSystem.TRIMESTER, spans=moved)
    assert list(year.terms.values_list("number", "starts", "ends")) == [
        (number, *span) for number, span in enumerate(moved, start=1)
    ]


@pytest.mark.parametrize(
    ("spans", "field"),
    [
        pytest.param(TRIMESTERS[:2], "", id="one-is-missing"),
        pytest.param([TRIMESTERS[0], TRIMESTERS[0], TRIMESTERS[2]], "starts_2", id="two-at-once"),
        pytest.param([(D("2026-08-11"), D("2026-11-06")), *TRIMESTERS[1:]], "starts_1", id="before-the-year"),
        pytest.param([*TRIMESTERS[:2], (D("2027-03-08"), D("2027-06-11"))], "ends_3", id="after-the-year"),
    ],
)
def test_terms_that_do_not_fit_the_year_are_refused(administrator, year, spans, field):
    with pytest.raises(Refusal) as refused:
        actions.set_terms(year.pk, by=administrator, system=TermSystem.TRIMESTER, spans=spans)
    assert refused.value.field == field
    assert not Term.objects.exists()


def test_a_year_does_not_shrink_below_its_terms(administrator, year):
    actions.set_terms(year.pk, by=administrator, system=TermSystem.TRIMESTER, spans=TRIMESTERS)
    with pytest.raises(Refusal, match="outside the school year"):
        actions.change_school_year(year.pk, by=administrator, first_day=D("2026-08-12"), last_day=D("2027-06-09"))
    assert SchoolYear.objects.get().last_day == D("2027-06-10")


def test_a_year_opened_by_mistake_is_taken_back(administrator, year):
    actions.remove_school_year(year.pk, by=administrator)
    assert not SchoolYear.objects.exists()


def test_a_year_in_use_or_in_the_middle_is_not_taken_back(administrator, year):
    actions.set_terms(year.pk, by=administrator, system=TermSystem.TRIMESTER, spans=TRIMESTERS)
    with pytest.raises(Refusal, match="is in use"):
        actions.remove_school_year(year.pk, by=administrator)
    actions.open_school_year(by=administrator, first_day=D("2027-08-11"), last_day=D("2028-06-08"))
    with pytest.raises(Refusal, match="2027-28 follows on 2026-27"):
        actions.remove_school_year(year.pk, by=administrator)
    assert SchoolYear.objects.count() == 2


def test_a_day_off_is_added_and_taken_back(administrator, year, school):
    (off,) = actions.add_days_off(by=administrator, first=D("2026-10-12"), name="Burst pipe", school=school)
    assert NonSchoolDay.objects.get(pk=off.pk).school == school
    actions.remove_non_school_day(off.pk, by=administrator)
    assert not NonSchoolDay.objects.filter(pk=off.pk).exists()


@pytest.mark.parametrize(
    ("day", "says"),
    [
        pytest.param("2026-10-10", "no school day anyway", id="a-saturday"),
        pytest.param("2026-09-07", "off already: Labor Day", id="off-for-all"),
        pytest.param("2027-09-08", "2027-28 is not open yet", id="beyond-the-calendar"),
    ],
)
def test_a_day_off_that_changes_nothing_is_refused(administrator, year, school, day, says):
    with pytest.raises(Refusal, match=says):
        actions.add_days_off(by=administrator, first=D(day), name="Closed", school=school)


def test_a_break_is_added_at_once_around_what_is_off_already(administrator, year):
    added = actions.add_days_off(by=administrator, first=D("2026-11-21"), last=D("2026-11-29"), name="Autumn break")
    assert [off.day.day for off in added] == [23, 24, 26, 27]
    with pytest.raises(Refusal, match="off already"):
        actions.add_days_off(by=administrator, first=D("2026-11-23"), last=D("2026-11-27"), name="Again")


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        pytest.param("2026-11-23", "2026-11-20", "last", id="ends-before-it-begins"),
        pytest.param("2026-11-23", "2027-02-23", "last", id="three-months"),
        pytest.param("2027-06-28", "2027-07-02", "last", id="into-a-year-that-is-not-open"),
        pytest.param("2026-06-29", "2026-07-03", "first", id="out-of-one"),
        pytest.param("2026-11-21", "2026-11-22", "first", id="a-weekend"),
    ],
)
def test_a_break_that_cannot_be_is_refused(administrator, year, first, last, field):
    with pytest.raises(Refusal) as refused:
        actions.add_days_off(by=administrator, first=D(first), last=D(last), name="Break")
    assert refused.value.field == field


def test_one_school_alone_has_no_holiday(administrator, year, school):
    with pytest.raises(Refusal, match="whole district"):
        actions.add_days_off(by=administrator, first=D("2026-10-12"), name="X", school=school, is_holiday=True)


def test_a_language_that_was_changed_is_the_district_s_own(administrator):
    Language.objects.create(code="49", name="Mixteco")
    actions.change_language("49", by=administrator, autonym="Tu'un savi")
    assert Language.objects.values_list("autonym", "certainty").get() == ("Tu'un savi", Certainty.DISTRICT)


@pytest.fixture
def copy_period(db):
    return LegalRule.objects.create(
        code="OWN-04", text="Copy to the teacher", days=5, day_kind="school", source="default", certainty="district"
    )


def test_an_own_period_is_set_anew_from_a_day_on(administrator, copy_period):
    actions.change_period(by=administrator, code="OWN-04", days=3, starts=D("2027-01-01"), source="Board, Dec 2026")
    assert [period("OWN-04", D(day)).days for day in ("2026-12-31", "2027-01-01")] == [5, 3]
    actions.change_period(by=administrator, code="OWN-04", days=2, starts=D("2027-07-01"), source="Board, Jun 2027")
    assert [period("OWN-04", D(day)).days for day in ("2026-12-31", "2027-06-30", "2027-07-01")] == [5, 3, 2]


def test_an_own_period_is_not_set_behind_the_present_one(administrator, copy_period):
    actions.change_period(by=administrator, code="OWN-04", days=3, starts=D("2027-01-01"), source="Board")
    with pytest.raises(Refusal, match="holds since Fri 1 Jan 2027"):
        actions.change_period(by=administrator, code="OWN-04", days=2, starts=D("2027-01-01"), source="Board")


@pytest.mark.parametrize("code", ["IA-02", "NONE"])
def test_a_period_of_law_is_not_the_district_s_to_set(administrator, code):
    LegalRule.objects.create(
        code="IA-02", text="Test", days=30, day_kind="calendar", source="EC 313", certainty="sourced"
    )
    with pytest.raises(Refusal):
        actions.change_period(by=administrator, code=code, days=60, starts=D("2027-01-01"), source="wish")
    assert period("IA-02", D("2027-01-01")).days == 30


@pytest.mark.parametrize(
    "verb",
    [
        pytest.param(lambda by, rows: actions.change_letterhead(by=by, **LETTERHEAD), id="letterhead"),
        pytest.param(lambda by, rows: actions.add_trustee(by=by, name="X", starts=D("2026-01-01")), id="trustee"),
        pytest.param(lambda by, rows: actions.add_school(by=by, **SCHOOL), id="school"),
        pytest.param(lambda by, rows: actions.change_school(rows["school"].pk, by=by, name="X"), id="change-school"),
        pytest.param(
            lambda by, rows: actions.open_school_year(by=by, first_day=D("2027-08-11"), last_day=D("2028-06-08")),
            id="open-year",
        ),
        pytest.param(
            lambda by, rows: actions.set_terms(rows["year"].pk, by=by, system=TermSystem.TRIMESTER, spans=TRIMESTERS),
            id="terms",
        ),
        pytest.param(lambda by, rows: actions.remove_school_year(rows["year"].pk, by=by), id="remove-year"),
        pytest.param(
            lambda by, rows: actions.add_days_off(by=by, first=D("2026-10-12"), name="X", school=rows["school"]),
            id="day-off",
        ),
        pytest.param(
            lambda by, rows: actions.remove_non_school_day(NonSchoolDay.objects.first().pk, by=by), id="day-back"
        ),
        pytest.param(
            lambda by, rows: actions.change_period(by=by, code="OWN-04", days=1, starts=D("2027-01-01"), source="wish"),
            id="period",
        ),
    ],
)
def test_a_secretary_may_change_nothing_of_it(secretary, school, year, copy_period, verb):
    before = counts()
    with pytest.raises(NotAllowed, match="EL administrator"):
        verb(secretary, {"school": school, "year": year})
    assert counts() == before
