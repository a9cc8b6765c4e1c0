"""Action plans from begin to end, their duties and paper; referrals about question 4."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.actions import action_plans as actions
from assessments.actions import measures, referrals, schemes
from assessments.actions.measures import Cell
from assessments.enums import Subject
from assessments.letters.action_plans import ActionPlanPaper
from assessments.loaders import load_measures
from assessments.models import ActionPlan, LocalMeasure, LocalResult, Question4Referral
from district import entries
from district.duties import duties, duties_for
from district.enums import Role
from district.models import Entry, Language
from district.refusal import NotAllowed, Refusal
from notifications.facts import Day, LetterFacts
from students import actions as students
from students.models import Enrollment, LanguageStatus
from tests.assessments.conftest import D, person

ON = D("2026-11-24")
DAYS = {"starts": ON, "review_on": D("2027-01-05"), "ends": D("2027-02-22")}


@pytest.fixture(autouse=True)
def today(monkeypatch, alder):
    monkeypatch.setattr(timezone, "localdate", lambda *given: ON)
    load_measures()


@pytest.fixture
def asha(english_learner, tomas, rosa):
    """In Tomas's class, below grade level in reading by the district's own value."""
    child = english_learner(first_name="Asha")
    Enrollment.objects.update(teacher=tomas)
    sri = LocalMeasure.objects.get(slug="sri")
    schemes.set_scheme(
        by=rosa, measure=sri, window="", typed={"05": "830"}, valid_from=D("2026-07-01"), source="Council"
    )
    measures.record_local_results(
        by=tomas, measure=sri, window="boy", taken_on=D("2026-09-08"), cells={child.pk: Cell("640")}
    )
    return child


@pytest.fixture
def plan(asha, tomas):
    return begin(tomas, asha)


def begin(by, child, **given):
    key = f"local-{LocalResult.objects.get().pk}"
    said = {"subject": "ela", "need": "Reads at 640.", "action": "Small group.", "owner": by, "evidence": [key], **DAYS}
    return actions.begin_action_plan(by=by, student=child, **(said | given))


@pytest.mark.plan("MP3-11", "MP3-15")
def test_a_plan_keeps_its_evidence_as_it_read(plan, asha, tomas, client):
    words = "Reading Inventory (SRI), beginning of the year 2026-27: 640 Lexile, below 830, where grade level begins."
    assert plan.evidence.get().words.startswith(words)
    client.force_login(tomas)
    assert "Small group." in client.get(reverse("action_plan", args=[plan.pk])).content.decode()
    assert "evidence of an action plan" in client.get(reverse("growth_child", args=[asha.pk])).content.decode()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"need": " "}, "names the need and what is done"),
        ({"review_on": ON}, "is not between the first and the last day"),
        ({"review_on": D("2027-03-01")}, "is not between the first and the last day"),
        ({"ends": D("2026-11-01")}, "end before it begins"),
        ({"evidence": ["local-999999"]}, "not this child's any more"),
    ],
)
def test_what_a_plan_refuses(asha, tomas, given, why):
    with pytest.raises(Refusal, match=why):
        begin(tomas, asha, **given)
    assert not ActionPlan.objects.exists()


def test_one_open_plan_for_a_subject_and_an_owner_who_may(plan, asha, tomas, nadia, rosa, birch):
    with pytest.raises(Refusal, match="has an open plan in English language arts"):
        begin(tomas, asha)
    counselor = person("carla", (Role.COUNSELOR, birch))
    with pytest.raises(Refusal, match="may not write plans for this child"):
        begin(tomas, asha, subject="math", owner=counselor)
    with pytest.raises(NotAllowed):
        begin(nadia, asha, subject="math", owner=tomas)


@pytest.mark.plan("MP3-15")
def test_a_plan_is_reviewed_ended_and_each_step_put_back(plan, tomas):
    review = {"by": tomas, "plan": plan, "held_on": ON, "note": "Reads at 700.", "next_on": D("2027-02-01")}
    with pytest.raises(Refusal, match="no later than Mon 22 Feb 2027"):
        actions.review_action_plan(**(review | {"next_on": D("2027-02-23")}))
    actions.review_action_plan(**review)
    plan.refresh_from_db()
    assert plan.review_on == D("2027-02-01")
    with pytest.raises(Refusal, match="was reviewed or ended"):
        entries.put_back(Entry.objects.get(kind=actions.PLANS_BEGUN).pk, by=tomas, reason="typo")
    actions.close_action_plan(by=tomas, plan=plan, outcome="reached", note="At grade level.", closed_on=ON)
    with pytest.raises(Refusal, match="The plan ended on"):
        actions.review_action_plan(**review)
    for kind in (actions.PLAN_CLOSED, actions.PLAN_REVIEWED):
        entries.put_back(Entry.objects.get(kind=kind).pk, by=tomas, reason="typo")
    plan.refresh_from_db()
    assert plan.is_open
    assert plan.review_on == DAYS["review_on"]
    entries.put_back(Entry.objects.get(kind=actions.PLANS_BEGUN).pk, by=tomas, reason="typo")
    assert not ActionPlan.objects.exists()


@pytest.mark.plan("MP2-02", "MP3-15")
def test_plans_are_begun_in_bulk_as_the_preview_says(asha, english_learner, tomas, ruth, client):
    other = english_learner(first_name="Bina")
    preview = actions.preview_action_plans(by=ruth, children=[asha.pk, other.pk], subjects=[Subject.ELA], on=ON)
    assert [(each.student, each.owner, each.begins) for each in preview] == [(asha, tomas, True)]
    client.force_login(ruth)
    sent = {"child": [asha.pk, other.pk], "do": "preview"}
    page = client.post(reverse("action_plans_start"), sent).content.decode()
    assert "Begin 1 plan" in page
    assert not ActionPlan.objects.exists()
    days = {"starts": "11/24/26", "review_on": "1/5/27", "ends": "2/22/27"}
    answer = client.post(reverse("action_plans_start"), {**sent, "do": "begin", "action": "Small group.", **days})
    assert answer.status_code == 302
    made = ActionPlan.objects.get()
    assert (made.student, made.owner, made.subject) == (asha, tomas, "ela")
    assert "640 Lexile" in made.need
    again = actions.preview_action_plans(by=ruth, children=[asha.pk], subjects=[Subject.ELA], on=ON)
    assert [each.why_not for each in again] == ["Has an open plan in every subject already."]


@pytest.mark.plan("MP3-15")
def test_the_duty_is_the_owners(plan, tomas, ruth, alder, asha):
    def of(user, on=ON):
        found = duties_for(user, as_of=on, own=True)
        return [(each.rule.id, each.due, each.state) for each in found if each.rule.id.startswith("action_plan")]

    assert of(tomas) == [("action_plan", DAYS["review_on"], "open")]
    assert of(ruth) == []
    assert of(tomas, D("2027-01-06"))[0][2] == "late"
    counselor = person("carla", (Role.COUNSELOR, alder))
    ActionPlan.objects.update(owner=counselor)
    assert of(tomas) == []
    assert of(counselor) == [("action_plan_counselor", DAYS["review_on"], "open")]
    ActionPlan.objects.update(owner=tomas)
    actions.close_action_plan(by=tomas, plan=plan, outcome="no_change", note="None.", closed_on=ON)
    assert of(tomas) == [("action_plan", DAYS["ends"], "done")]


@pytest.mark.plan("MP3-15")
def test_the_paper_says_what_the_screen_says(plan, asha, alder, issued):
    source = ActionPlanPaper()
    assert list(source.due(alder, ON)) == [asha]
    facts = source.facts_for([asha], ON)[asha.pk]
    if not isinstance(facts, LetterFacts):  # the family has no language of letters yet
        asha.letter_language = Language.objects.get(pk="01")
        asha.save()
        facts = source.facts_for([asha], ON)[asha.pk]
    assert isinstance(facts, LetterFacts)
    assert facts.values["plan_need"] == "Reads at 640."
    assert facts.values["plan_review"] == Day(DAYS["review_on"])
    assert facts.conditions["has_evidence"]
    issued(asha, "action_plan", facts.subject_key, ON)
    assert not source.due(alder, ON).exists()


@pytest.fixture
def question_4(enroll, rosa, tomas):
    """A child whose survey names Spanish in question 4 alone."""
    child = enroll(first_name="Dario")
    english, spanish = Language.objects.get(pk="00"), Language.objects.get(pk="01")
    students.record_survey(
        by=rosa, student=child, answers=[english, english, english, spanish], answered_on=D("2026-11-02")
    )
    Enrollment.objects.update(teacher=tomas)
    child.refresh_from_db()
    return child


@pytest.mark.plan("MP1-08")
def test_a_referral_starts_no_clock_and_is_answered(question_4, tomas, rosa, nadia, client):
    before = list(LanguageStatus.objects.filter(student=question_4).values())
    others = [each.rule.id for each in duties(as_of=ON, rule_ids=["initial_test", "survey_missing"])]
    with pytest.raises(NotAllowed):
        referrals.refer_question_4(by=nadia, student=question_4, reason="Silent.", on=ON)
    row = referrals.refer_question_4(by=tomas, student=question_4, reason="Answers in single words.", on=ON)
    with pytest.raises(Refusal, match="was referred on Tue 24 Nov 2026 already"):
        referrals.refer_question_4(by=tomas, student=question_4, reason="Again.", on=ON)
    assert list(LanguageStatus.objects.filter(student=question_4).values()) == before
    assert [each.rule.id for each in duties(as_of=ON, rule_ids=["initial_test", "survey_missing"])] == others
    waiting = [each for each in duties_for(rosa, as_of=ON, own=True) if each.rule.id == "question_4_referral"]
    assert [each.why for each in waiting] == ["Referred on Tue 24 Nov 2026: Answers in single words."]
    with pytest.raises(NotAllowed):
        referrals.answer_referral(by=tomas, referral=row, answer="no_doubt", note="Fine.", on=ON)
    referrals.answer_referral(by=rosa, referral=row, answer="corrected", note="Process A begins.", on=ON)
    client.force_login(tomas)
    assert "Process A begins." in client.get(reverse("question_4", args=[question_4.pk])).content.decode()
    entries.put_back(Entry.objects.get(kind=referrals.ANSWERED).pk, by=rosa, reason="too soon")
    entries.put_back(Entry.objects.get(kind=referrals.REFERRED).pk, by=tomas, reason="wrong child")
    assert not Question4Referral.objects.exists()


@pytest.mark.plan("MP1-08")
def test_only_question_4_alone_can_be_referred(to_be_tested, tomas, rosa):
    child = to_be_tested()
    Enrollment.objects.update(teacher=tomas)
    with pytest.raises(Refusal, match="does not name another language in question 4 alone"):
        referrals.refer_question_4(by=tomas, student=child, reason="Silent.", on=ON)
    assert not Question4Referral.objects.exists()


@pytest.mark.plan("MP3-10")
def test_another_teacher_finds_no_plan_and_no_referral(plan, question_4, alder, client):
    stranger = person("stella", (Role.TEACHER, alder))
    client.force_login(stranger)
    for name, pk in (("action_plan", plan.pk), ("action_plan_new", plan.student_id), ("question_4", question_4.pk)):
        assert client.get(reverse(name, args=[pk])).status_code == 404
    page = client.get(reverse("action_plans")).content.decode()
    assert "Asha" not in page
