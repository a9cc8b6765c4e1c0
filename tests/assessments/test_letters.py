"""What the letters say: facts from the same rows as the screens, composed with the shipped texts."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.letters import SOURCES
from assessments.models import LocalMeasure, LocalResult, MeasureScheme
from district.models import User
from notifications import facts as f
from notifications.facts import Day, Missing, Term
from students import actions as students
from students.models import Flag, HomeLanguageSurvey, RecordsRequest, Student
from tests.letters.samples import TEXTS, sheet

D = date.fromisoformat
ON = D("2026-11-24")


def facts_of(kind: str, child: Student, on: date = ON) -> f.LetterFacts | list[Missing]:
    return SOURCES[kind].facts_for([child], on)[child.pk]


def gaps(found: f.LetterFacts | list[Missing]) -> list[tuple[str, str]]:
    assert isinstance(found, list), "nothing is missing"
    return [(gap.what, gap.url_name) for gap in found]


def due(kind: str, on: date = ON, school=None) -> list[Student]:
    return list(SOURCES[kind].due(school, on))


def words(kind: str, found: f.LetterFacts, language: str = "en") -> str:
    """All words of the composed sheet, cells included."""
    assert isinstance(found, f.LetterFacts), found
    return str(sheet(kind, language, found))


def give_us_years(child: Student, since: str) -> Student:
    Student.objects.filter(pk=child.pk).update(first_us_school_on=D(since), gender="F", primary_language="28")
    child.refresh_from_db()
    return child


class TestInitial:
    @pytest.mark.plan("MP1-14", "MP1-24", "MP1-25", "APPB-01")
    def test_a_local_result_gives_a_preliminary_letter(self, to_be_tested, score_locally, cut, figures):
        child = to_be_tested()
        result = score_locally(child, 402)
        assert due("initial") == [child]
        found = facts_of("initial", child)
        assert found.subject_key == f"result {result.pk}"
        assert found.conditions["preliminary"] is True
        assert found.conditions["is_el"] is True
        assert found.values["overall_level"] == Term("level.intermediate_el")
        assert found.values["program"] == Term("program.elm")
        assert found.values["survey_language"] == Term("language.28", fallback="Punjabi")
        said = words("initial", found)
        assert "preliminary" in said
        assert "English Language Mainstream (ELM)" in said
        assert "Programa en Inglés Regular (ELM)" in words("initial", found, "es")
        assert "ਆਮ ਅੰਗਰੇਜ਼ੀ ਪ੍ਰੋਗਰਾਮ (ELM)" in words("initial", found, "pa")

    @pytest.mark.plan("MP1-24")
    def test_the_official_result_needs_no_second_letter_when_it_agrees(
        self, to_be_tested, score_locally, from_state, issued, cut, figures
    ):
        child = to_be_tested()
        local = score_locally(child, 402)
        issued(child, "initial", f"result {local.pk}", D("2026-11-12"), is_preliminary=True)
        from_state(child, "intermediate_el", 411)
        assert due("initial") == []
        assert facts_of("initial", child).subject_key == f"result {local.pk}"

    @pytest.mark.plan("MP1-24")
    def test_a_corrected_letter_is_due_when_the_official_result_differs(
        self, to_be_tested, score_locally, from_state, issued, cut, figures
    ):
        child = to_be_tested()
        local = score_locally(child, 402)
        issued(child, "initial", f"result {local.pk}", D("2026-11-12"), is_preliminary=True)
        official = from_state(child, "ifep", 455)
        assert due("initial") == [child]
        found = facts_of("initial", child)
        assert found.subject_key == f"result {official.pk}"
        assert (found.conditions["is_el"], found.conditions["preliminary"]) == (False, False)
        said = words("initial", found)
        assert "knows English well enough for the regular" in said
        assert found.corrects == f"result {local.pk}"
        assert "We wrote to you before about our school's own result: " in said
        assert "resultado de la propia escuela" in words("initial", found, "es")

    @pytest.mark.plan("MP1-25", "APPB-01")
    def test_before_the_decision_a_program_is_recommended_and_after_it_named(
        self, to_be_tested, score_locally, from_state, placed, cut, figures
    ):
        child = to_be_tested()
        score_locally(child, 402)
        before = words("initial", facts_of("initial", child))
        assert "We recommend: " in before
        from_state(child, "intermediate_el", 402)
        placed(child)
        found = facts_of("initial", child)
        assert found.conditions["is_placed"] is True
        for language, said in (("en", "We have placed"), ("es", "Hemos asignado a"), ("pa", "ਲਈ ਇਹ ਪ੍ਰੋਗਰਾਮ ਤੈਅ ਕੀਤਾ ਹੈ")):
            assert said in words("initial", found, language)
        assert "We recommend" not in words("initial", found)

    @pytest.mark.plan("X-05", "MP3-06")
    @pytest.mark.parametrize(
        ("cut_at", "said"), [("500", "at grade level"), ("900", "not yet at grade level"), ("", "")]
    )
    def test_the_districts_own_measure_is_named_and_grade_level_only_where_it_is_set(
        self, to_be_tested, score_locally, cut, figures, cut_at, said
    ):
        child = to_be_tested()
        score_locally(child, 402)
        measure = LocalMeasure.objects.create(
            slug="sri_for_tests", name="Reading Inventory", subject="ela", unit="Lexile", grade_from="KN",
            grade_to="12", source="a test", certainty="district",
        )  # fmt: skip
        row = {"measure": measure, "student": child, "year": "2026-27", "window": "boy", "grade": child.grade}
        LocalResult.objects.create(**row, value=640, taken_on=ON, recorded_by=User.objects.command_line())
        if cut_at:
            MeasureScheme.objects.create(
                measure=measure, grade=child.grade, at_grade_level=cut_at, valid_from=D("2026-07-01"), source="a test",
                certainty="district",
            )  # fmt: skip
        found = words("initial", facts_of("initial", child))
        follows = found.split("Reading Inventory 640 Lexile")[1][:25]
        assert follows.startswith(f", {said}" if said else ".")
        assert "not configured" not in found.lower()

    def test_the_official_result_alone_is_due_once(self, to_be_tested, from_state, issued, cut, figures):
        child = to_be_tested()
        result = from_state(child, "novice_el", 300)
        assert due("initial") == [child]
        found = facts_of("initial", child)
        assert found.values["program"] == Term("program.sei")
        issued(child, "initial", found.subject_key, ON)
        assert found.subject_key == f"result {result.pk}"
        assert due("initial") == []

    def test_records_of_another_district_are_no_news_to_the_family(self, to_be_tested, from_state):
        from_state(to_be_tested(), "novice_el", 300, source="records", sets_status=False)
        assert due("initial") == []

    def test_a_result_of_last_year_is_history(self, english_learner, from_state):
        child = english_learner()
        from_state(child, "novice_el", administration="2025-26", received_on=D("2025-09-20"), sets_status=False)
        assert due("initial") == []

    def test_a_clock_that_ran_at_the_end_of_the_year_comes_over(self, english_learner, from_state):
        child = english_learner()
        from_state(child, "novice_el", administration="2025-26", received_on=D("2026-05-28"), sets_status=False)
        assert due("initial", D("2026-08-20")) == [child]

    @pytest.mark.plan("MP2-11")
    def test_without_a_cut_no_program_is_guessed(self, to_be_tested, score_locally, figures):
        child = to_be_tested()
        score_locally(child)
        said = gaps(facts_of("initial", child))
        assert said == [
            (
                "the recommended program. The district has not set from which level a child has reasonable fluency.",
                "fluency_cut",
            )
        ]

    def test_every_missing_fact_is_named_with_its_page(self, enroll, birch, calendar):
        child = enroll(grade="08", school=birch, gender="", first_us_school_on=None, birth_date=D("2013-01-01"))
        birch.contact_name = birch.contact_phone = birch.phone = ""
        birch.save()
        assert gaps(facts_of("initial", child)) == [
            ("whom families ask at Birch School", "school_change"),
            ("the telephone number for families at Birch School", "school_change"),
            ("the sex, as recorded", "student_edit"),
            ("the primary language", "survey"),
            ("the first day in a school of the United States", "student_edit"),
            ("the language of letters", "family"),
            ("a Home Language Survey that names another language", "survey"),
            ("a result of the Initial ELPAC", "result_new"),
        ]

    def test_figures_are_the_districts_own(self, to_be_tested, score_locally, cut):
        child = to_be_tested()
        score_locally(child)
        assert gaps(facts_of("initial", child)) == [
            ("the figure for 2026-27: years in which a child is expected to be reclassified", "letter_figures"),
            (
                "the figure for 2026-27: of every 100 English learners, how many were reclassified last year",
                "letter_figures",
            ),
        ]

    def test_another_school_has_its_own_list(self, to_be_tested, score_locally, alder, birch):
        child = to_be_tested()
        score_locally(child)
        assert due("initial", school=alder) == [child]
        assert due("initial", school=birch) == []


@pytest.fixture
def placed(rosa, programs):
    def make(child: Student, kind: str = "sei", starts: str = "2026-08-12") -> Student:
        students.place_student(
            by=rosa, student=child, program=programs[kind], starts=D(starts), reason="decided at the conference"
        )
        return child

    return make


@pytest.fixture
def ximena(english_learner, from_state, placed, figures):
    """An English learner since 2021 with two yearly results and a program: the annual letter has all it needs."""
    child = give_us_years(english_learner(), "2021-08-16")
    from_state(
        child,
        "2",
        1500,
        test="summative_elpac",
        administration="2024-25",
        tested_on=D("2025-04-20"),
        received_on=D("2025-06-01"),
        grade="04",
        sets_status=False,
    )
    from_state(
        child,
        "3",
        1530,
        test="summative_elpac",
        administration="2025-26",
        tested_on=D("2026-04-21"),
        received_on=D("2026-07-01"),
        grade="05",
        sets_status=False,
    )
    return placed(child)


class TestAnnual:
    @pytest.mark.plan("MP1-36", "APPC-03", "APPC-05", "APPC-08")
    def test_the_letter_says_result_program_and_criteria(self, ximena, answered):
        answered(ximena)
        found = facts_of("annual", ximena, D("2026-09-01"))
        assert found.subject_key == "2026-27"
        assert found.values["test_date"] == Day(D("2026-04-21"))
        assert found.values["years_in_us"] == 5
        assert found.blocks["scores_table"] == f.ScoresTable(
            (
                f.ScoreRow(
                    Term("measure.overall"),
                    "1530",
                    Term("level.of", {"level": 3, "top": 4, "words": Term("level.moderately_developed")}),
                    Term("level.short", {"level": 2, "top": 4}),
                ),
            ),
            Term("scores.level_in", {"year": "2025"}),
        )
        rows = found.blocks["criteria_table"].rows
        assert [row.met for row in rows] == [False] * 4
        assert rows[0].today == Term("today.not_yet", {"value": Term("value.level", {"level": 3})})
        said = words("annual", found)
        assert "Reading (SRI): not yet set by the district" in said
        assert "12 of every 100 English" in said

    @pytest.mark.plan("APPB-01", "APPC-04")
    @pytest.mark.parametrize("language", ["en", "es", "pa"])
    def test_every_language_is_composed_from_the_same_facts(self, ximena, answered, language):
        answered(ximena)
        assert ("annual", language) in TEXTS
        assert ximena.first_name in words("annual", facts_of("annual", ximena), language)

    def test_due_until_issued(self, ximena, issued):
        assert due("annual") == [ximena]
        issued(ximena, "annual", "2026-27", D("2026-09-01"))
        assert due("annual") == []

    def test_not_before_the_first_day(self, ximena):
        assert due("annual", D("2026-08-11")) == []
        assert due("annual", D("2026-08-12")) == [ximena]

    def test_a_child_identified_this_year_has_the_initial_letter(self, to_be_tested, from_state, placed, issued):
        child = to_be_tested(starts=D("2026-09-07"))
        result = from_state(child, "novice_el", 300, tested_on=D("2026-09-15"), received_on=D("2026-09-20"))
        assert due("annual") == []  # nothing runs before the placement
        placed(child, starts="2026-09-28")
        assert due("annual") == [child]
        issued(child, "initial", f"result {result.pk}", D("2026-09-30"))
        assert due("annual") == []

    def test_without_a_placement_the_letter_waits(self, english_learner, from_state, figures, answered):
        child = give_us_years(english_learner(), "2021-08-16")
        answered(child)
        from_state(child, "3", 1530, test="summative_elpac", administration="2025-26", sets_status=False)
        assert gaps(facts_of("annual", child)) == [("a program: no placement is decided", "placement")]

    @pytest.mark.plan("APPC-07")
    def test_an_iep_without_a_word_about_it_stops_the_letter(self, ximena, answered):
        answered(ximena)
        flag = Flag.objects.create(student=ximena, kind="iep", starts=D("2026-01-10"))
        assert gaps(facts_of("annual", ximena)) == [("how the program helps to meet the goals of the IEP", "flags")]
        flag.detail = "Small-group reading lessons follow goal 2."
        flag.save()
        assert "Small-group reading lessons follow goal 2." in words("annual", facts_of("annual", ximena))

    def test_graduation_is_asked_in_grades_7_to_12_only(
        self, english_learner, from_state, placed, answered, birch, figures
    ):
        child = give_us_years(english_learner(grade="08", school=birch, birth_date=D("2012-05-05")), "2017-08-16")
        answered(child)
        from_state(child, "3", 1530, test="summative_elpac", administration="2025-26", sets_status=False)
        placed(child)
        found = facts_of("annual", child)
        assert found.values["graduation_rate"] == "91.5"
        assert found.conditions["is_ltel"] is True
        assert "91.5 graduate" in words("annual", found)


class TestPapers:
    @pytest.mark.plan("MP1-13")
    def test_the_notice_before_the_test_names_the_last_day(self, to_be_tested):
        child = to_be_tested()
        assert due("before_test") == [child]
        found = facts_of("before_test", child)
        assert found.values["test_due"] == Day(D("2026-12-02"))
        assert "December 2, 2026" in words("before_test", found)

    def test_no_notice_in_transitional_kindergarten_and_none_after_the_test(self, to_be_tested, score_locally):
        to_be_tested(grade="TK", birth_date=D("2022-03-09"))
        score_locally(to_be_tested())
        assert due("before_test") == []

    @pytest.mark.plan("MP1-46", "MP1-47", "MP1-48")
    def test_the_request_for_records_ticks_what_has_come(self, enroll, marisela):
        child = enroll(
            origin="california",
            former_district="Río Alto Unified",
            former_school="Río Alto Elementary",
            ssid="9100000031",
        )
        RecordsRequest.objects.update(survey_received_on=D("2026-11-10"))
        assert due("records_request") == [child]
        found = facts_of("records_request", child)
        assert [ticked for _words, ticked in found.blocks["records_list"].lines] == [True, False, False, False]
        assert found.values["records_due"] == Day(D("2026-11-23"))
        assert "12 Orchard Lane" in words("records_request", found)

    def test_the_request_says_what_it_lacks(self, enroll):
        child = enroll(origin="california", former_district="Río Alto Unified")
        assert gaps(facts_of("records_request", child)) == [
            ("the SSID", "student_edit"),
            ("a secretary at the school", "people"),
        ]

    @pytest.mark.plan("MP1-34")
    def test_the_label_of_the_yellow_folder(self, english_learner):
        child = give_us_years(english_learner(ssid="9100000031"), "2021-08-16")
        assert due("folder_label") == [child]
        assert "English learner (EL)" in words("folder_label", facts_of("folder_label", child))


@pytest.fixture
def answered(rosa, facts_of_law):
    """The survey of a child who came with a status: written without the rule, as records bring it."""

    def make(child: Student) -> None:
        HomeLanguageSurvey.objects.create(
            student=child,
            question_1_id="28",
            question_2_id="28",
            question_3_id="28",
            answered_on=D("2021-08-16"),
            entered_by=rosa,
        )

    return make


@pytest.mark.parametrize("kind", ["annual", "initial", "before_test", "records_request", "folder_label"])
def test_as_many_queries_for_ten_children_as_for_one(kind, english_learner, from_state, figures, placed):
    def make() -> Student:
        child = give_us_years(english_learner(ssid=None), "2021-08-16")
        from_state(child, "3", 1530, test="summative_elpac", administration="2025-26", sets_status=False)
        from_state(child, "novice_el", 250, administration="2021-22", sets_status=False)
        return placed(child)

    children = [make()]
    with CaptureQueriesContext(connection) as one:
        SOURCES[kind].facts_for(children, ON)
    children += [make() for _ in range(9)]
    with CaptureQueriesContext(connection) as ten:
        SOURCES[kind].facts_for(children, ON)
    assert len(ten) == len(one)


def test_a_year_that_is_not_open_is_what_is_missing(english_learner, from_state):
    child = give_us_years(english_learner(), "2021-08-16")
    from_state(child, "3", 1530, test="summative_elpac", administration="2025-26", sets_status=False)
    said = gaps(facts_of("annual", child, D("2031-09-01")))
    assert said.count(("the school year", "school_calendar")) == 1
    assert not any("figure" in what for what, _url in said)
