"""The pages: who may open them, what they show, what they refuse, and how many queries they take."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.enums import Test
from assessments.models import Result, TestPlan
from district.models import Figure, SchoolYear, User
from students import actions as students
from students.models import Conference, Flag, Placement, Student
from tests.assessments.conftest import D

TODAY = D("2026-11-24")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *given: TODAY)


@pytest.fixture
def browse(settings):
    """A client signed in as a person."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return make


def text(response) -> str:
    return " ".join(response.content.decode().split())


class TestWhoMayOpen:
    """Own school 200, another school or no permission 404."""

    @pytest.mark.parametrize(
        ("page", "allowed"),
        [
            ("result_new", {"edda", "rosa"}),
            ("placement", {"ruth", "marisela", "edda", "rosa"}),
            ("test_plan", {"ruth", "rosa"}),
        ],
    )
    def test_a_childs_page(
        self, page, allowed, to_be_tested, browse, edda, emil, ruth, marisela, nadia, rosa, imogen, tomas
    ):
        child = to_be_tested()
        url = reverse(page, args=[child.pk])
        people = {user.username: user for user in (edda, emil, ruth, marisela, nadia, rosa, imogen, tomas)}
        opened = {name for name, user in people.items() if browse(user).get(url).status_code == 200}
        assert opened == allowed
        assert Client().get(url).status_code == 302

    @pytest.mark.parametrize(
        ("page", "allowed"),
        [
            ("initial_tests", {"edda", "emil", "ruth", "marisela", "nadia", "rosa", "tomas"}),
            ("placements", {"ruth", "rosa"}),
            ("score_reports", {"ruth", "marisela", "nadia", "rosa"}),
            ("letter_figures", {"rosa"}),
            ("scales", {"edda", "emil", "ruth", "marisela", "nadia", "rosa", "tomas", "imogen"}),
        ],
    )
    def test_a_list(self, page, allowed, calendar, browse, edda, emil, ruth, marisela, nadia, rosa, imogen, tomas):
        people = {user.username: user for user in (edda, emil, ruth, marisela, nadia, rosa, imogen, tomas)}
        opened = {name for name, user in people.items() if browse(user).get(reverse(page)).status_code == 200}
        assert opened == allowed

    def test_lists_name_no_child_of_another_school(self, to_be_tested, score_locally, browse, nadia, emil):
        to_be_tested(last_name="Alderchild")
        score_locally(to_be_tested(last_name="Alderchild"))
        for user, page in ((emil, "initial_tests"), (nadia, "initial_tests"), (nadia, "score_reports")):
            assert "Alderchild" not in text(browse(user).get(reverse(page)))

    def test_a_teacher_sees_the_own_class_only(self, to_be_tested, browse, tomas):
        to_be_tested(last_name="Ownclass", teacher=tomas)
        to_be_tested(last_name="Otherclass")
        page = text(browse(tomas).get(reverse("initial_tests")))
        assert "Ownclass" in page
        assert "Otherclass" not in page


class TestResultPage:
    def post(self, client: Client, child: Student, examiner: User, **given):
        data = {"test": "initial_elpac", "tested_on": "11/10/26", "examiner": examiner.pk, "overall": "402", **given}
        return client.post(reverse("result_new", args=[child.pk]), data)

    @pytest.mark.plan("MP1-24")
    def test_the_score_is_saved_with_the_way_back(self, to_be_tested, browse, edda):
        child = to_be_tested()
        client = browse(edda)
        answer = self.post(client, child, edda, oral_language="2", written_language="1")
        assert answer.url == reverse("child", args=[child.pk])
        result = Result.objects.get()
        assert (result.level, result.overall_score, result.tested_on) == ("intermediate_el", 402, D("2026-11-10"))
        page = text(client.get(reverse("child", args=[child.pk])))
        assert f"Initial ELPAC of {child.name} entered: Intermediate English Learner" in page
        assert "Put back" in page

    def test_the_level_is_shown_and_nothing_is_saved(self, to_be_tested, browse, edda, cut):
        child = to_be_tested()
        client = browse(edda)
        data = {"test": "initial_elpac", "tested_on": "11/10/26", "overall": "402"}
        said = text(client.post(reverse("result_level", args=[child.pk]), data))
        assert "Intermediate English Learner" in said
        assert "By this score the child is: English learner." in said
        assert "402 lies between 370 and 449, Initial ELPAC, kindergarten, overall." in said
        assert "Program: English Language Mainstream" in said
        assert "to the family by Wed 2 Dec 2026, marked preliminary" in said
        shown = text(self.post(client, child, edda, show="1"))
        assert "402 lies between 370 and 449" in shown
        assert not Result.objects.exists()

    def test_without_a_cut_the_panel_says_so(self, to_be_tested, browse, edda):
        data = {"test": "initial_elpac", "tested_on": "11/10/26", "overall": "402"}
        said = text(browse(edda).post(reverse("result_level", args=[to_be_tested().pk]), data))
        assert "Program: not configured" in said

    def test_a_score_outside_the_scale_is_refused_at_its_field_and_kept(self, to_be_tested, browse, edda):
        page = text(self.post(browse(edda), to_be_tested(), edda, overall="149"))
        assert "There is a problem" in page
        assert "149 is not a score of Initial ELPAC, kindergarten, overall: scores go from 150 to 600." in page
        assert 'value="149"' in page
        assert "Error:" in page
        assert not Result.objects.exists()

    def test_only_examiners_of_the_school_can_be_chosen(self, to_be_tested, browse, edda, emil):
        page = text(self.post(browse(edda), to_be_tested(), emil))
        assert "Select a valid choice" in page or "not one of" in page
        assert not Result.objects.exists()

    def test_a_day_in_the_future_is_refused(self, to_be_tested, browse, edda):
        page = text(self.post(browse(edda), to_be_tested(), edda, tested_on="11/25/26"))
        assert "is after today, Tue 24 Nov 2026" in page

    def test_save_and_next_opens_the_most_urgent_child(self, to_be_tested, browse, edda):
        child = to_be_tested()
        later = to_be_tested(starts=D("2026-11-09"))
        sooner = to_be_tested(starts=D("2026-11-04"))
        answer = self.post(browse(edda), child, edda, next="1")
        assert answer.url == reverse("result_new", args=[sooner.pk])
        assert later.pk != sooner.pk

    @pytest.mark.plan("MP1-19")
    def test_the_alternate_test_is_offered_where_the_iep_says_so(self, to_be_tested, browse, edda, rosa):
        child = to_be_tested()
        TestPlan.objects.create(
            student=child, kind="alternate", in_iep_since=D("2026-11-03"), starts=D("2026-11-03"),
            accommodations="large print", recorded_by=rosa,
        )  # fmt: skip
        page = text(browse(edda).get(reverse("result_new", args=[child.pk])))
        assert "Initial Alternate ELPAC, scored at the school" in page
        assert "Accommodations: large print." in page
        answer = self.post(browse(edda), child, edda, test=Test.INITIAL_ALTERNATE_ELPAC, overall="150")
        assert answer.status_code == 302
        assert Result.objects.get().level == "intermediate_el"


class TestInitialTests:
    @pytest.mark.plan("MP1-13", "MP1-20")
    def test_clocks_plans_and_results_stand_side_by_side(self, to_be_tested, score_locally, browse, edda, rosa):
        child = to_be_tested(first_name="Asha")
        TestPlan.objects.create(
            student=child, kind="full", in_iep_since=D("2026-11-03"), starts=D("2026-11-03"),
            accommodations="breaks, large print", recorded_by=rosa,
        )  # fmt: skip
        score_locally(to_be_tested(first_name="Bina"), 402)
        page = text(browse(edda).get(reverse("initial_tests")))
        assert "in 8 days" in page
        assert "30 calendar days from enrollment on Mon 2 Nov 2026." in page
        assert "breaks, large print" in page
        assert "Bina" not in page
        tested = text(browse(edda).get(reverse("initial_tests") + "?show=unofficial"))
        assert "Intermediate English Learner (402), scored locally, preliminary" in tested
        assert "Asha" not in tested

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("?show=late", ["Late"]),
            ("?show=week", ["Soon"]),
            ("", ["Late", "Soon", "Far"]),
            ("?grade=01", ["Far"]),
            ("?show=nonsense&grade=99&school=x", ["Late", "Soon", "Far"]),
        ],
    )
    def test_filters_stand_in_the_address(self, to_be_tested, browse, edda, query, shown):
        to_be_tested(first_name="Late", starts=D("2026-10-01"))
        to_be_tested(first_name="Soon", starts=D("2026-10-30"))
        to_be_tested(first_name="Far", starts=D("2026-11-20"), grade="01", birth_date=D("2020-03-09"))
        page = text(browse(edda).get(reverse("initial_tests") + query))
        assert [name for name in ("Late", "Soon", "Far") if f"{name} Gill" in page] == shown

    def test_as_many_queries_for_twelve_children_as_for_one(self, to_be_tested, score_locally, browse, edda):
        client = browse(edda)
        to_be_tested()
        score_locally(to_be_tested())
        for show in ("waiting", "tested"):
            client.get(reverse("initial_tests") + f"?show={show}")
        with CaptureQueriesContext(connection) as few:
            client.get(reverse("initial_tests") + "?show=waiting")
        for _ in range(11):
            to_be_tested()
        with CaptureQueriesContext(connection) as many:
            client.get(reverse("initial_tests") + "?show=waiting")
        assert len(many) == len(few)


class TestPlacementPage:
    @pytest.mark.plan("MP1-25", "MP1-26", "MP1-27", "MP1-28", "MP1-29", "MP1-30")
    def test_from_evidence_to_decision(self, to_be_tested, score_locally, browse, ruth, cut, programs):
        child = to_be_tested()
        result = score_locally(child, 402)
        client = browse(ruth)
        url = reverse("placement", args=[child.pk])
        page = text(client.get(url))
        assert "Intermediate English Learner, score 402" in page
        assert "Scored locally, preliminary, Tue 10 Nov 2026" in page
        assert "Intermediate English Learner reaches reasonable fluency" in page
        said = {
            "conference-kind": "initial",
            "conference-held_on": "11/20/26",
            "conference-language": "Punjabi",
            "conference-interpreter": "Harjit Kaur",
            "conference-attended": "Manpreet Gill, mother",
            "conference-principal_present": "on",
            "conference-told_results": "on",
            "conference-told_options": "on",
            "conference-told_recommendation": "on",
            "conference-parent_input": "We want English with help.",
            "conference": "1",
        }
        assert client.post(url, said).status_code == 302
        meeting = Conference.objects.get()
        assert (meeting.language.name, meeting.interpreter, meeting.told_options) == ("Punjabi", "Harjit Kaur", True)
        decided = {
            "decision-program": programs["elm"].pk,
            "decision-starts": "11/25/26",
            "decision-conference": meeting.pk,
            "decision-parent_input": "We want English with help.",
            "decision": "1",
        }
        assert client.post(url, decided).status_code == 302
        placed = Placement.objects.get()
        assert (placed.program, placed.recommended, placed.conference) == (programs["elm"], programs["elm"], meeting)
        assert placed.evidence["result"] == result.pk
        assert placed.recommendation_reason.startswith("Intermediate English Learner reaches reasonable fluency")

    @pytest.mark.plan("MP1-26")
    def test_without_the_principal_a_reason_is_asked(self, to_be_tested, browse, ruth):
        child = to_be_tested()
        said = {
            "conference-kind": "initial",
            "conference-held_on": "11/20/26",
            "conference-language": "Punjabi",
            "conference-attended": "Manpreet Gill, mother",
            "conference": "1",
        }
        page = text(browse(ruth).post(reverse("placement", args=[child.pk]), said))
        assert "The conference asks for the principal (MP1-26)." in page
        assert not Conference.objects.exists()

    @pytest.mark.plan("MP1-49")
    def test_another_program_than_recommended_needs_a_reason(
        self, to_be_tested, score_locally, browse, ruth, cut, programs
    ):
        child = to_be_tested()
        score_locally(child, 402)
        decided = {"decision-program": programs["sei"].pk, "decision-starts": "11/25/26", "decision": "1"}
        url = reverse("placement", args=[child.pk])
        assert "There is a problem" in text(browse(ruth).post(url, decided))
        assert browse(ruth).post(url, {**decided, "decision-reason": "the parents ask for it"}).status_code == 302

    @pytest.mark.plan("MP2-11")
    def test_without_a_cut_it_says_not_configured_and_leads_the_office_there(
        self, to_be_tested, score_locally, browse, ruth, rosa
    ):
        child = to_be_tested()
        score_locally(child, 402)
        url = reverse("placement", args=[child.pk])
        assert "The EL administrator sets the cut." in text(browse(ruth).get(url))
        page = text(browse(rosa).get(url))
        assert "Not configured" in page
        assert f'href="{reverse("fluency_cut")}"' in page

    def test_who_may_only_look_sees_no_forms(self, to_be_tested, browse, edda, programs):
        child = to_be_tested()
        client = browse(edda)
        url = reverse("placement", args=[child.pk])
        assert "Decide the placement" not in text(client.get(url))
        decided = {"decision-program": programs["sei"].pk, "decision-starts": "11/25/26", "decision": "1"}
        client.post(url, decided)
        assert not Placement.objects.exists()

    def test_both_definitions_of_long_term_stand_with_their_names(self, english_learner, from_state, browse, rosa):
        child = english_learner(grade="06", birth_date=D("2014-05-05"), first_us_school_on=D("2018-08-15"))
        for year, score in (("2024-25", 1500), ("2025-26", 1505)):
            from_state(
                child, "2", score, test="summative_elpac", administration=year, tested_on=D(f"20{year[-2:]}-04-10"),
                received_on=D(f"20{year[-2:]}-06-20"), sets_status=False,
            )  # fmt: skip
        page = text(browse(rosa).get(reverse("placement", args=[child.pk])))
        assert "Long-term English learner" in page
        assert "no higher level in 2025-26 than in 2024-25" in page
        assert "a state test in English language arts" in page
        assert "EC 52052" in page


class TestPlacementsInBulk:
    @pytest.mark.plan("MP1-25", "MP1-30")
    def test_the_preview_tells_the_truth_and_the_second_button_does_it(
        self, to_be_tested, score_locally, browse, ruth, cut, programs
    ):
        ready = [to_be_tested(first_name=name) for name in ("Asha", "Bina")]
        for child in ready:
            score_locally(child, 300)
        placed = to_be_tested(first_name="Chandra")
        score_locally(placed, 300)
        students.place_student(
            by=ruth, student=placed, program=programs["sei"], starts=D("2026-11-12"), reason="decided at the conference"
        )
        client = browse(ruth)
        listed = text(client.get(reverse("placements")))
        assert "Asha" in listed
        assert "Chandra" not in listed
        picked = [child.pk for child in (*ready, placed)]
        preview = text(client.post(reverse("placements_preview"), {"child": picked, "do": "preview"}))
        assert "3 picked: 2 will be placed, 1 will stay." in preview
        assert "Placed in Structured English Immersion since Thu 12 Nov 2026 already." in preview
        assert Placement.objects.count() == 1
        answer = client.post(reverse("placements_preview"), {"child": [child.pk for child in ready], "do": "confirm"})
        assert answer.status_code == 302
        rows = Placement.objects.exclude(student=placed)
        assert {(row.student_id, row.program.kind, row.recommended.kind, row.starts) for row in rows} == {
            (child.pk, "sei", "sei", TODAY) for child in ready
        }

    def test_children_of_another_school_are_not_found(self, to_be_tested, score_locally, browse, birch, rosa, cut):
        child = to_be_tested()
        score_locally(child, 300)
        from tests.district.conftest import person

        other = person("principal", ("principal", birch))
        answer = browse(other).post(reverse("placements_preview"), {"child": [child.pk], "do": "confirm"})
        assert answer.url == reverse("placements")
        assert not Placement.objects.exists()

    def test_nobody_picked_is_said(self, browse, ruth, calendar):
        client = browse(ruth)
        answer = client.post(reverse("placements_preview"), {"do": "preview"}, follow=True)
        assert "No child is ticked." in text(answer)

    def test_without_a_cut_nobody_is_placed(self, to_be_tested, score_locally, browse, ruth):
        child = to_be_tested()
        score_locally(child, 300)
        client = browse(ruth)
        assert "Not configured." in text(client.get(reverse("placements")))
        preview = text(client.post(reverse("placements_preview"), {"child": [child.pk], "do": "confirm"}))
        assert "The district has not set from which level a child has reasonable fluency." in preview
        assert not Placement.objects.exists()


class TestScoreReports:
    @pytest.mark.plan("MP1-17")
    def test_ticked_families_are_noted(self, english_learner, from_state, browse, marisela):
        children = [english_learner(first_name=name) for name in ("Asha", "Bina")]
        results = [
            from_state(child, "3", 1530, test="summative_elpac", administration="2026-27", sets_status=False)
            for child in children
        ]
        client = browse(marisela)
        url = reverse("score_reports")
        page = text(client.get(url, {"child": children[0].pk}))
        assert page.count("checked") == 1
        client.post(url, {"result": [results[0].pk], "on": "11/23/26"})
        assert Result.objects.get(pk=results[0].pk).told_on == D("2026-11-23")
        left = text(client.get(url))
        assert "1 score report noted as given." in left
        assert "Bina" in left
        assert "Asha Gill</a>" not in left

    def test_a_day_before_the_district_had_it_is_refused(self, english_learner, from_state, browse, marisela):
        result = from_state(english_learner(), "3", 1530, test="summative_elpac", sets_status=False)
        page = text(browse(marisela).post(reverse("score_reports"), {"result": [result.pk], "on": "11/19/26"}))
        assert "it cannot have been given on Thu 19 Nov 2026" in page

    def test_nothing_ticked_is_said(self, english_learner, from_state, browse, marisela):
        from_state(english_learner(), "3", 1530, test="summative_elpac", sets_status=False)
        page = text(browse(marisela).post(reverse("score_reports"), {"on": "11/23/26"}))
        assert "No child is ticked." in page


class TestTestPlanPage:
    @pytest.mark.plan("MP1-19", "MP1-20", "MP1-21")
    def test_the_plan_is_recorded_and_ended(self, to_be_tested, browse, ruth):
        child = to_be_tested()
        Flag.objects.create(student=child, kind="iep", starts=D("2026-11-02"))
        client = browse(ruth)
        url = reverse("test_plan", args=[child.pk])
        said = {
            "kind": "partial",
            "left_out": ["writing"],
            "accommodations": "large print",
            "in_iep_since": "11/3/26",
            "starts": "11/3/26",
        }
        assert client.post(url, said).status_code == 302
        plan = TestPlan.objects.get()
        assert [domain.value for domain in plan.left_out] == ["writing"]
        assert "large print" in text(client.get(url))
        assert client.post(url, {"ending-ends": "11/20/26", "end": "1"}).status_code == 302
        plan.refresh_from_db()
        assert plan.ends == D("2026-11-20")

    @pytest.mark.parametrize(
        ("given", "refused"),
        [
            ({"kind": "partial"}, "Which domain is left out?"),
            ({"kind": "partial", "left_out": ["reading", "writing"]}, "cannot both be left out"),
            ({"kind": "full", "left_out": ["reading"]}, "Domains are left out only where"),
            ({"kind": "full", "in_iep_since": "11/10/26"}, "the plan cannot hold from Tue 3 Nov 2026"),
        ],
    )
    def test_what_the_rules_of_the_test_do_not_allow_is_refused(self, to_be_tested, browse, ruth, given, refused):
        child = to_be_tested()
        Flag.objects.create(student=child, kind="iep", starts=D("2026-11-02"))
        said = {"in_iep_since": "11/3/26", "starts": "11/3/26", **given}
        assert refused in text(browse(ruth).post(reverse("test_plan", args=[child.pk]), said))
        assert not TestPlan.objects.exists()

    def test_it_needs_an_iep_or_a_504_plan(self, to_be_tested, browse, ruth):
        child = to_be_tested()
        said = {"kind": "full", "in_iep_since": "11/3/26", "starts": "11/3/26"}
        page = text(browse(ruth).post(reverse("test_plan", args=[child.pk]), said))
        assert "Neither an IEP nor a 504 plan is recorded" in page


class TestFigures:
    def test_the_office_enters_them_and_takes_one_out(self, calendar, browse, rosa):
        client = browse(rosa)
        said = {"years_low": "5", "years_high": "7", "reclassified": "12.5", "graduation": "91", "source": "own count"}
        assert client.post(reverse("letter_figures"), said).status_code == 302
        assert set(Figure.objects.filter(year=calendar).values_list("key", "low", "high")) == {
            ("expected_years", 5, 7),
            ("reclassified", 12.5, None),
            ("graduation", 91, None),
        }
        client.post(reverse("letter_figures"), {**said, "graduation": ""})
        assert not Figure.objects.filter(key="graduation").exists()

    def test_years_in_the_wrong_order_are_refused(self, calendar, browse, rosa):
        said = {"years_low": "7", "years_high": "5", "source": "own count"}
        assert "The second number is smaller than the first." in text(
            browse(rosa).post(reverse("letter_figures"), said)
        )

    def test_a_district_without_a_school_year_has_no_such_page_yet(self, facts_of_law, browse, rosa):
        SchoolYear.objects.all().delete()
        assert browse(rosa).get(reverse("letter_figures")).status_code == 404


class TestScoreTables:
    @pytest.mark.plan("APPA-01", "APPA-02")
    def test_every_table_names_its_source_and_how_sure_it_is(self, calendar, browse, imogen):
        client = browse(imogen)
        celdt = text(client.get(reverse("scales") + "?test=celdt"))
        assert "539–586" in celdt
        assert "570–570" in celdt
        assert "2013-14 to 2017-18" in celdt
        assert "Read in the source named." in celdt
        newest = text(client.get(reverse("scales") + "?test=summative_elpac"))
        assert "Follows from the source, not stated there." in newest
        assert "2017-18, the first year, had other thresholds" in newest
        first = text(client.get(reverse("scales") + "?test=summative_elpac&from=2018-19"))
        assert "Read in the source named." in first
