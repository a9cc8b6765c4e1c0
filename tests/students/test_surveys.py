"""The survey as an action: what follows, the history, refusals, putting back."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from district import entries
from district.models import Entry
from district.refusal import NotAllowed, Refusal
from students import actions, standing
from students.enums import ElStatus, StatusSource, SurveyReason
from students.models import HomeLanguageSurvey, LanguageStatus
from students.queries import clock_of
from tests.students.conftest import ENROLLED

D = date.fromisoformat
AMEND = {"reason": SurveyReason.PARENT_AMENDMENT, "answered_on": D("2026-12-10")}


def statuses(child):
    rows = LanguageStatus.objects.filter(student=child).order_by("sequence")
    return [(row.status, row.starts, row.ends, row.source, row.correction) for row in rows]


def put_back(child, by, kind="survey"):
    entry = Entry.objects.filter(kind=kind, student_id=child.pk, put_back_at=None).first()
    return entries.put_back(entry.pk, by=by, reason="wrong child")


@pytest.mark.plan("MP1-03", "MP1-05", "MP1-06", "MP1-13")
def test_another_language_means_to_be_tested_from_enrollment(enroll, survey):
    child = enroll()
    entered = survey(child, "Punjabi", "English", "Punjabi", "-", signed_by="M. Gill", signed_on=ENROLLED)
    assert statuses(child) == [("TBD", ENROLLED, None, "survey", "")]
    assert LanguageStatus.objects.get().reason == (
        "Answers 1 and 3: Punjabi. Any language but English in 1, 2 or 3 means the Initial ELPAC."
    )
    child.refresh_from_db()
    assert child.primary_language.name == "Punjabi"
    assert (entered.version, entered.signed_by, entered.signed_on) == (1, "M. Gill", ENROLLED)
    assert clock_of(child, D("2026-12-01")).due == D("2026-12-23")


@pytest.mark.plan("MP1-07")
def test_english_in_all_three_means_english_only(enroll, survey):
    child = enroll()
    survey(child, "English", "English", "English", "Spanish")
    assert statuses(child) == [("EO", ENROLLED, None, "survey", "")]
    child.refresh_from_db()
    assert child.primary_language.name == "English"


@pytest.mark.parametrize("letters", [("-", "English", "English", "-"), ("-", "-", "-", "Punjabi")])
def test_an_incomplete_survey_decides_nothing(enroll, survey, letters):
    child = enroll()
    assert survey(child, *letters).is_complete is False
    assert statuses(child) == []


def test_an_unsigned_survey_counts(enroll, survey):
    child = enroll()
    assert survey(child, "Spanish", "Spanish", "Spanish", "-").signed_on is None
    assert statuses(child)[0][0] == "TBD"


def test_the_history_names_person_and_reason(enroll, survey, marisela):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    event = HomeLanguageSurvey.objects.get().events.get()
    assert (event.pgh_label, event.pgh_context.metadata["user"]) == ("insert", marisela.pk)
    assert event.pgh_context.metadata["reason"] == "first enrollment"


def test_a_second_first_survey_is_refused(enroll, survey):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    with pytest.raises(Refusal, match=r"already entered by Marisela Ochoa on .*\. Open it") as refused:
        survey(child, "English", "English", "English", "-")
    assert refused.value.mend
    assert HomeLanguageSurvey.objects.count() == 1


@pytest.mark.parametrize("who", ["ruth", "tomas", "nadia", "imogen", "otto"])
def test_only_who_enters_surveys_here_may(enroll, survey, who, request):
    child = enroll()
    with pytest.raises(NotAllowed, match="enter Home Language Surveys at Alder Primary"):
        survey(child, "English", "English", "English", "-", by=request.getfixturevalue(who))
    assert not HomeLanguageSurvey.objects.exists()


def test_a_failure_leaves_nothing(enroll, survey, monkeypatch):
    child = enroll()

    def fail(**facts):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(entries, "enter", fail)
    with pytest.raises(RuntimeError):
        survey(child, "Punjabi", "English", "Punjabi", "-")
    assert not HomeLanguageSurvey.objects.exists()
    assert statuses(child) == []


def test_a_parent_corrects_english_only(enroll, survey):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    amended = survey(child, "Spanish", "English", "English", "-", **AMEND)
    assert amended.version == 2
    assert statuses(child) == [
        ("EO", ENROLLED, D("2026-12-10"), "survey", ""),
        ("TBD", D("2026-12-10"), None, "correction", "1"),
    ]
    clock = clock_of(child, D("2026-12-11"))
    assert (clock.starts, clock.due, clock.lawful_due) == (D("2026-12-10"), D("2027-01-09"), D("2026-12-23"))
    child.refresh_from_db()
    assert child.primary_language.name == "Spanish"


def test_a_parent_corrects_to_english(enroll, survey):
    child = enroll()
    survey(child, "Spanish", "English", "English", "-")
    survey(child, "English", "English", "English", "-", **AMEND)
    assert statuses(child) == [
        ("TBD", ENROLLED, D("2026-12-10"), "survey", ""),
        ("EO", D("2026-12-10"), None, "survey", ""),
    ]


def test_a_correction_on_the_first_day_leaves_the_first_status_no_day(enroll, survey):
    child = enroll()
    survey(child, "Spanish", "English", "English", "-")
    survey(child, "English", "English", "English", "-", reason=SurveyReason.PARENT_AMENDMENT)
    assert statuses(child) == [("TBD", ENROLLED, ENROLLED, "survey", ""), ("EO", ENROLLED, None, "survey", "")]


def test_an_amendment_stands_on_the_version_that_was_looked_at(enroll, survey, marisela):
    child = enroll()
    first = survey(child, "English", "English", "English", "-")
    second = survey(child, "Punjabi", "English", "English", "-", **AMEND, made_from=first.pk)
    with pytest.raises(actions.ChangedMeanwhile, match="changed meanwhile by Marisela Ochoa"):
        survey(child, "Hmong", "English", "English", "-", **AMEND, made_from=first.pk)
    put_back(child, marisela)
    with pytest.raises(actions.ChangedMeanwhile, match="was put back meanwhile"):
        survey(child, "Hmong", "English", "English", "-", **AMEND, made_from=second.pk)
    assert list(child.surveys.values_list("pk", flat=True)) == [first.pk]


def test_an_amendment_that_says_the_same_changes_no_status(enroll, survey):
    child = enroll()
    survey(child, "Spanish", "English", "English", "-")
    survey(child, "Spanish", "Spanish", "English", "-", **AMEND)
    assert len(statuses(child)) == 1


def test_a_typing_error_is_mended_as_if_it_had_not_been_made(enroll, survey, marisela):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    survey(child, "Spanish", "English", "English", "-", reason=SurveyReason.ENTRY_ERROR)
    assert statuses(child) == [("TBD", ENROLLED, None, "survey", "")]
    assert clock_of(child, D("2026-12-11")).due == D("2026-12-23")
    put_back(child, marisela)
    assert statuses(child) == [("EO", ENROLLED, None, "survey", "")]


def test_a_typing_error_older_than_30_days_is_not(enroll, survey):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    HomeLanguageSurvey.objects.update(entered_at=timezone.now() - timedelta(days=31))
    with pytest.raises(Refusal, match="older than 30 days"):
        survey(child, "Spanish", "English", "English", "-", reason=SurveyReason.ENTRY_ERROR)


@pytest.mark.plan("MP1-49")
def test_a_first_survey_only_informs_where_english_only_came_with_the_child(enroll, survey, rosa):
    """Records win (D-04): the survey of California is given once, and there is one elsewhere (HLS-01)."""
    child = enroll()
    facts = {"by": rosa, "student": child, "starts": D("2024-09-03"), "reason": "records of Rio Seco"}
    actions.set_status(status=ElStatus.EO, source=StatusSource.RECORDS, **facts)
    survey(child, "Spanish", "Spanish", "Spanish", "-")
    assert [each[:2] for each in statuses(child)] == [("EO", D("2024-09-03"))]
    survey(child, "Punjabi", "Punjabi", "Punjabi", "-", **AMEND)
    assert statuses(child)[-1] == ("TBD", D("2026-12-10"), None, "correction", "1")


def test_an_amendment_needs_a_first_survey_and_a_later_day(enroll, survey):
    child = enroll()
    with pytest.raises(Refusal, match="no survey yet"):
        survey(child, "Spanish", "English", "English", "-", **AMEND)
    survey(child, "English", "English", "English", "-")
    with pytest.raises(Refusal, match="cannot be older") as refused:
        survey(child, "Spanish", "English", "English", "-", **{**AMEND, "answered_on": D("2026-11-20")})
    assert refused.value.field == "answered_on"


@pytest.fixture
def checks(monkeypatch):
    """Registers of this test alone."""
    monkeypatch.setattr(standing, "_checks", [])
    monkeypatch.setattr(standing, "_test_checks", [])
    return standing


def test_the_survey_is_amended_until_the_test(enroll, survey, checks):
    child = enroll()
    survey(child, "Spanish", "English", "English", "-")
    checks.register_test(lambda student: "The Initial ELPAC was given on Tue 1 Dec 2026.")
    with pytest.raises(Refusal, match="until the Initial ELPAC. The Initial ELPAC was given on Tue 1 Dec 2026.*B or C"):
        survey(child, "English", "English", "English", "-", **AMEND)
    assert len(statuses(child)) == 1


def test_a_survey_is_put_back_with_what_followed(enroll, survey, marisela):
    child = enroll()
    survey(child, "Spanish", "English", "English", "-")
    entry = put_back(child, marisela)
    child.refresh_from_db()
    assert (statuses(child), child.primary_language, HomeLanguageSurvey.objects.count()) == ([], None, 0)
    assert (entry.put_back_by, entry.put_back_reason) == (marisela, "wrong child")
    events = apps.get_model("students", "LanguageStatusEvent").objects
    labels = list(events.order_by("pgh_id").values_list("pgh_label", flat=True))
    assert labels == ["insert", "delete"]


def test_an_amendment_is_put_back_to_what_it_followed(enroll, survey, marisela):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    survey(child, "Spanish", "English", "English", "-", **AMEND)
    put_back(child, marisela)
    assert statuses(child) == [("EO", ENROLLED, None, "survey", "")]
    child.refresh_from_db()
    assert child.primary_language.name == "English"


def test_the_older_survey_is_not_put_back_under_the_newer(enroll, survey, marisela):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    first = Entry.objects.filter(kind="survey").get()
    survey(child, "Spanish", "English", "English", "-", **AMEND)
    with pytest.raises(Refusal, match="later version of the survey stands on this one"):
        entries.put_back(first.pk, by=marisela, reason="")
    assert len(statuses(child)) == 2


def test_a_survey_with_a_letter_on_it_is_not_put_back(enroll, survey, marisela, checks):
    child = enroll()
    survey(child, "Spanish", "English", "English", "-")
    checks.register(lambda student, entry: "The notice before the test was issued on Tue 24 Nov 2026.")
    with pytest.raises(Refusal, match="The notice before the test was issued on Tue 24 Nov 2026. Amend the survey"):
        put_back(child, marisela)
    assert HomeLanguageSurvey.objects.exists()


def test_a_survey_is_not_put_back_under_the_states_status(enroll, survey, marisela, rosa):
    child = enroll()
    survey(child, "Spanish", "English", "English", "-")
    actions.set_statuses_from_state(
        by=rosa, rows=[actions.StateStatus(child.pk, "EL", D("2026-12-02"), "Initial ELPAC: Novice")]
    )
    with pytest.raises(Refusal, match="A later status stands on it"):
        put_back(child, marisela)
    assert len(statuses(child)) == 2


def test_another_person_does_not_put_it_back(enroll, survey, nadia, rosa):
    child = enroll()
    survey(child, "Spanish", "English", "English", "-")
    with pytest.raises(NotAllowed):
        put_back(child, nadia)
    put_back(child, rosa)
    assert statuses(child) == []


@pytest.mark.plan("MP1-03")
def test_the_signature_comes_later(enroll, survey, marisela):
    child = enroll()
    entered = survey(child, "Spanish", "English", "English", "-")
    actions.sign_survey(by=marisela, survey=entered, signed_by="M. Gill", signed_on=D("2026-11-25"))
    entered.refresh_from_db()
    assert (entered.signed_by, entered.signed_on) == ("M. Gill", D("2026-11-25"))
    with pytest.raises(Refusal, match="was signed by M. Gill on Wed 25 Nov 2026"):
        actions.sign_survey(by=marisela, survey=entered, signed_by="X", signed_on=D("2026-11-26"))
    put_back(child, marisela, "survey_signed")
    entered.refresh_from_db()
    assert (entered.signed_by, entered.signed_on) == ("", None)


def test_a_language_set_by_hand_stays(enroll, survey, languages):
    child = enroll()
    survey(child, "Spanish", "English", "English", "-")
    child.refresh_from_db()
    child.primary_language = languages["Mixteco"]
    child.save()
    survey(child, "Spanish", "Spanish", "English", "-", **AMEND)
    child.refresh_from_db()
    assert child.primary_language.name == "Mixteco"


def test_the_database_wants_signature_and_day_together(enroll, survey):
    entered = survey(enroll(), "Spanish", "English", "English", "-")
    with pytest.raises(IntegrityError, match="survey_signed_on_and_by_together"), transaction.atomic():
        HomeLanguageSurvey.objects.filter(pk=entered.pk).update(signed_by="M. Gill")
