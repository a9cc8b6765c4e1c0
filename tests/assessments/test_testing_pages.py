"""Pages of giving tests: scores of a sitting, the tracker, the register, windows, differences, results told."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.enums import Test
from assessments.models import Result, Sitting, TestPlan, TestWindow, Training
from assessments.queries.testing import YEARLY_ELPAC
from district.enums import Role
from district.models import Look
from students.models import Flag
from tests.assessments.test_pages import browse, text  # noqa: F401 -- the fixture is found by its name
from tests.district.conftest import person

D = date.fromisoformat
DAY = D("2027-03-09")


@pytest.fixture
def spring(monkeypatch, rosa, calendar):
    """Tuesday, 9 March 2027, in the windows of both yearly tests."""
    monkeypatch.setattr(timezone, "localdate", lambda *given: DAY)
    for test in YEARLY_ELPAC:
        actions.set_window(
            by=rosa,
            test=test,
            administration="2026-27",
            opens=D("2027-02-01"),
            closes=D("2027-05-31"),
            source="state calendar",
        )


@pytest.fixture
def november(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *given: D("2026-11-24"))


class TestSheet:
    @pytest.mark.plan("MP1-24")
    def test_lines_are_saved_one_by_one_and_the_refused_stays_as_typed(self, to_be_tested, browse, edda, november):  # noqa: F811
        good, bad, empty = (to_be_tested(first_name=name) for name in ("Asha", "Bina", "Chandra"))
        client, url = browse(edda), reverse("initial_sheet")
        page = text(client.get(url))
        assert page.index("Asha") < page.index("Bina") < page.index("Chandra")
        assert Look.objects.filter(student_id=good.pk, user=edda).exists()
        said = {
            "child": [good.pk, bad.pk, empty.pk],
            "tested_on": "11/10/26",
            "examiner": edda.pk,
            f"overall-{good.pk}": "402",
            f"oral_language-{good.pk}": "3",
            f"overall-{bad.pk}": "4o2",
            f"written_language-{bad.pk}": "2",
        }
        page = client.post(url, said)
        body = text(page)
        assert page.status_code == 200
        assert Result.objects.get().student == good
        assert "1 score is saved: Asha Gill, Intermediate English Learner." in body
        assert "The overall score is a whole number; “4o2” is none." in body
        assert f'name="overall-{bad.pk}" value="4o2"' in body
        assert '<option value="2" selected>' in body
        assert f'name="overall-{good.pk}"' not in body
        assert body.startswith("<!doctype html>")
        assert "<title>Error:" in body

    def test_one_line_alone_is_saved_by_its_own_button(self, to_be_tested, browse, edda, november):  # noqa: F811
        one, two = to_be_tested(first_name="Asha"), to_be_tested(first_name="Bina")
        said = {
            "child": [one.pk, two.pk],
            "tested_on": "11/10/26",
            "examiner": edda.pk,
            f"overall-{one.pk}": "402",
            f"overall-{two.pk}": "455",
            "only": two.pk,
        }
        page = browse(edda).post(reverse("initial_sheet"), said)
        assert Result.objects.get().student == two
        assert f'name="overall-{one.pk}" value="402"' in text(page)

    @pytest.mark.plan("MP1-23")
    def test_only_the_trained_can_be_chosen(self, to_be_tested, browse, edda, november):  # noqa: F811
        child = to_be_tested()
        url = reverse("result_new", args=[child.pk])
        client = browse(edda)
        assert f'<option value="{edda.pk}" selected>' in text(client.get(url))
        Training.objects.all().delete()
        page = text(client.get(url))
        assert f'<option value="{edda.pk}"' not in page
        assert "Nobody at this school is trained for the Initial ELPAC" in page

    @pytest.mark.plan("MP1-20")
    def test_the_examiner_sees_how_the_child_is_tested(self, to_be_tested, browse, edda, rosa, november):  # noqa: F811
        child = to_be_tested()
        Flag.objects.create(student=child, kind="iep", starts=D("2026-11-02"))
        own = actions.add_support(by=rosa, name="Quiet room", kind="unsorted", source="IEP handbook")
        actions.plan_test(
            by=rosa, student=child, kind="partial", left_out=["speaking"], supports=[own.code], starts=D("2026-11-03")
        )
        client = browse(edda)
        for url in (reverse("initial_sheet"), reverse("initial_tests"), reverse("result_new", args=[child.pk])):
            page = text(client.get(url))
            assert "Quiet room" in page
            assert "speaking" in page
            assert "not in the IEP yet" in page or "The IEP does not say it yet" in page


class TestTracker:
    @pytest.mark.plan("MP1-16", "MP5-16")
    def test_counts_open_their_lists_and_many_are_noted(self, english_learner, browse, edda, spring):  # noqa: F811
        one, two, three = (english_learner(first_name=name) for name in ("Asha", "Bina", "Chandra"))
        client, url = browse(edda), reverse("yearly_tests")
        page = text(client.get(url))
        assert "0 of 3 tested, 0%" in page
        assert "The window is open until Mon 31 May 2027. (in 83 days)" in page
        said = {"child": [one.pk, two.pk], "on": "3/9/27", "examiner": edda.pk, "do": "taken"}
        assert client.post(url, said).status_code == 302
        assert set(Sitting.objects.values_list("student", flat=True)) == {one.pk, two.pk}
        page = text(client.get(url))
        assert "2 of 3 tested, 67%" in page
        assert "Chandra" in page
        assert "Asha" not in page
        assert "file is awaited" in text(client.get(url, {"show": "unofficial"}))
        counted = text(client.get(reverse("yearly_schools")))
        assert f"show=taken&amp;school={three.school.pk}&amp;grade=05" in counted

    def test_who_cannot_be_noted_is_named_with_the_reason(self, english_learner, browse, edda, rosa, spring):  # noqa: F811
        child = english_learner(first_name="Asha")
        Flag.objects.create(student=child, kind="iep", starts=D("2026-11-02"))
        actions.plan_test(by=rosa, student=child, kind="full", starts=D("2026-11-03"))
        said = {"child": [child.pk], "on": "3/9/27", "examiner": edda.pk, "do": "taken"}
        page = browse(edda).post(reverse("yearly_tests"), said)
        assert page.status_code == 200
        assert "1 child is not noted:" in text(page)
        assert "the IEP does not say it yet" in text(page)
        assert not Sitting.objects.exists()

    def test_the_childs_own_page_takes_a_reason(self, english_learner, browse, edda, emil, spring):  # noqa: F811
        child = english_learner()
        url = reverse("yearly_test", args=[child.pk])
        client = browse(edda)
        assert "The reason is missing" in text(client.post(url, {"outcome": "exempt", "on": "3/9/27"}))
        said = {"outcome": "exempt", "on": "3/9/27", "reason": "In hospital until June."}
        assert client.post(url, said).status_code == 302
        assert "In hospital until June." in text(client.get(url))
        assert "In hospital until June." in text(client.get(reverse("yearly_tests"), {"show": "exempt"}))
        assert browse(emil).get(url).status_code == 404

    def test_before_a_window_is_set_nothing_is_guessed(self, english_learner, browse, edda, november):  # noqa: F811
        english_learner()
        page = text(browse(edda).get(reverse("yearly_tests")))
        assert "The district has not set the window of this test." in page
        assert "Note as tested" not in page


class TestCoordinator:
    @pytest.mark.plan("MP1-23")
    def test_enters_trainings_and_windows(self, browse, edda, november, calendar):  # noqa: F811
        client = browse(person("cora", Role.EXAMINER))
        Training.objects.all().delete()
        said = {"user": edda.pk, "tests": [Test.INITIAL_ELPAC], "trained_on": "11/20/26", "given_by": "county office"}
        assert client.post(reverse("examiners"), said).status_code == 302
        assert "Trained until Sat 20 Nov 2027." in text(client.get(reverse("examiners")))
        said = {
            "test": Test.SUMMATIVE_ELPAC,
            "administration": "2026-27",
            "opens": "2/8/27",
            "closes": "5/28/27",
            "source": "state calendar of 2026",
        }
        page = text(client.get(reverse("test_windows")))
        assert "The law gives Mon 1 Feb 2027 to Mon 31 May 2027 (5 CCR 11518(d), 11518.15(a))" in page
        assert client.post(reverse("test_windows"), said).status_code == 302
        assert TestWindow.objects.get().certainty == "district"

    def test_an_examiner_of_a_school_reads_and_enters_nothing(self, browse, edda, november, calendar):  # noqa: F811
        client = browse(edda)
        for name in ("examiners", "test_windows"):
            page = text(client.get(reverse(name)))
            assert 'method="post" action=""' not in page
            assert "the EL administrator" in page
        said = {"user": edda.pk, "tests": [Test.INITIAL_ELPAC], "trained_on": "11/20/26", "given_by": "x"}
        before = Training.objects.count()
        client.post(reverse("examiners"), said)
        assert Training.objects.count() == before


class TestTold:
    @pytest.mark.plan("MP1-17")
    def test_a_batch_counts_what_was_never_told_as_not_in_time(
        self,
        english_learner,
        from_state,
        browse,  # noqa: F811
        rosa,
        monkeypatch,
    ):
        facts = {"test": Test.SUMMATIVE_ELPAC, "administration": "2026-27", "tested_on": D("2027-02-10")}
        facts |= {"received_on": D("2027-02-20"), "sets_status": False}
        results = [from_state(english_learner(), "3", 1520, **facts) for _number in range(4)]
        monkeypatch.setattr(timezone, "localdate", lambda *given: D("2027-04-20"))
        actions.record_reports_given(by=rosa, results=[results[0].pk], on=D("2027-03-22"))
        actions.record_reports_given(by=rosa, results=[results[1].pk], on=D("2027-03-23"))
        client = browse(rosa)
        page = text(client.get(reverse("results_told")))
        assert "Summative ELPAC 2026-27" in page
        assert "2 of 4 told" in page
        assert "25%" in page  # one of four in time: one late, two never
        unsent = client.get(reverse("score_reports"), {"received": "2027-02-20", "test": Test.SUMMATIVE_ELPAC})
        assert text(unsent).count('name="result"') == 2
        assert 'name="result"' not in text(client.get(reverse("score_reports"), {"received": "2027-02-21"}))

    @pytest.mark.plan("MP1-24")
    def test_both_results_stand_side_by_side_with_what_follows(
        self,
        to_be_tested,
        score_locally,
        from_state,
        browse,  # noqa: F811
        rosa,
        november,
    ):
        child = to_be_tested(first_name="Asha")
        score_locally(child, 402)
        from_state(child, "ifep", 455)
        page = text(browse(rosa).get(reverse("differences")))
        for words in ("Asha", "402", "455", "Intermediate English Learner", "another status", "Rosa Example"):
            assert words in page
        assert "The family has no letter yet" in page


def test_the_plan_is_documented_and_renewed_on_its_page(to_be_tested, browse, rosa, november):  # noqa: F811
    child = to_be_tested()
    Flag.objects.create(student=child, kind="iep", starts=D("2026-11-02"))
    client, url = browse(rosa), reverse("test_plan", args=[child.pk])
    said = {"kind": "full", "starts": "11/3/26", "caaspp": "alternate", "benchmarks": "same"}
    assert client.post(url, said).status_code == 302
    assert "no test is complete before the IEP says so" in text(client.get(url))
    said = {"document-in_iep_since": "11/10/26", "document": "1"}
    assert client.post(url, said).status_code == 302
    plan = TestPlan.objects.get()
    assert (plan.in_iep_since, plan.review_by) == (D("2026-11-10"), D("2027-11-10"))
    assert "California Alternate Assessments" in text(client.get(url))
