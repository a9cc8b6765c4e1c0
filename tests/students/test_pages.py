"""Pages of chapters 1 and 2 through the test client: what they show, do, refuse, and to whom they do not exist."""

from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from district.models import District, Entry, Look
from students import actions, ladders
from students.enums import Origin
from students.models import (
    Enrollment,
    Flag,
    FluencyCut,
    FolderItem,
    HomeLanguageSurvey,
    LanguageStatus,
    Placement,
    RecordsRequest,
    Student,
)
from tests.students.conftest import ENROLLED
from tests.students.test_surveys import statuses

D = date.fromisoformat
pytestmark = pytest.mark.usefixtures("year", "district")
TODAY = D("2026-11-24")


@pytest.fixture
def district(db):
    return District.objects.create(name="Valle Claro Unified", cds_code="9900001", address="1 Orchard Way", phone="1")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """It is Tue 24 Nov 2026 on every page."""
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: TODAY)


def signed_in(user):
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def office(marisela):
    return signed_in(marisela)


@pytest.fixture
def placed(enroll, survey, ruth, programs):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-", signed_by="M. Gill", signed_on=ENROLLED)
    return actions.place_student(by=ruth, student=child, program=programs["sei"], starts=D("2026-11-23"))


@pytest.fixture
def transfer_child(enroll):
    return enroll(origin=Origin.CALIFORNIA, former_district="Orchard Unified", grade="02", birth_date=D("2018-05-04"))


# --- access ---------------------------------------------------------------------------------------------------


def about(child):
    """Every page about one child."""
    return [
        reverse(name, args=[child.pk])
        for name in ("student_edit", "transfer", "survey", "records", "family", "flags", "folder")
    ]


def test_pages_of_a_child_do_not_exist_for_the_other_school(enroll, nadia):
    child, client = enroll(), signed_in(nadia)
    for url in about(child):
        assert (url, client.get(url).status_code) == (url, 404)
        assert (url, client.post(url, {"move-grade": "04"}).status_code) == (url, 404)
    assert client.post(reverse("survey_follows", args=[child.pk])).status_code == 404


@pytest.mark.parametrize("who", ["imogen", "otto"])
def test_nor_for_whoever_has_no_such_role(enroll, who, request):
    child, client = enroll(), signed_in(request.getfixturevalue(who))
    lists = ["enroll", "roster", "roster_csv", "roster_xlsx", "survey_next", "folder_queue", "copies", "fluency_cut"]
    for url in [*about(child), *map(reverse, lists), reverse("school_languages")]:
        assert (url, client.get(url).status_code) == (url, 404)


def test_nor_is_there_a_child_that_does_not_exist(office, enroll):
    for url in about(Student(pk=0)):
        assert (url, office.get(url).status_code) == (url, 404)


def test_every_page_of_a_child_opens_for_the_office(office, enroll, survey):
    child = enroll()
    for url in about(child):
        assert (url, office.get(url).status_code) == (url, 200)
    survey(child, "Punjabi", "English", "Punjabi", "-")
    assert "Amend the Home Language Survey" in office.get(reverse("survey", args=[child.pk])).content.decode()


def test_a_teacher_sees_the_own_class_and_changes_nothing(enroll, tomas):
    mine, other = enroll(teacher=tomas), enroll()
    client = signed_in(tomas)
    page = client.get(reverse("roster")).content.decode()
    assert mine.name in page
    assert other.name not in page
    for url in about(mine):
        assert (url, client.get(url).status_code) == (url, 404)


# --- enrolling ------------------------------------------------------------------------------------------------

NEW = {
    "origin": "new",
    "last_name": "Núñez",
    "first_name": "Iker",
    "birth_date": "3/9/21",
    "local_id": "990001",
    "grade": "KN",
    "starts": "11/23/26",
    "parent_1_name": "Ana Núñez",
    "parent_1_relation": "mother",
    "parent_1_language": "span",
}


@pytest.fixture
def new(alder, reference):
    return {**NEW, "school": alder.pk}


@pytest.mark.plan("MP1-02", "MP1-50")
def test_a_new_child_goes_on_to_its_survey(office, new):
    answer = office.post(reverse("enroll"), new)
    child = Student.objects.get()
    assert answer.url.partition("?")[0] == reverse("survey", args=[child.pk])
    assert [(row.name, row.language.name) for row in child.guardians.all()] == [("Ana Núñez", "Spanish")]
    page = office.get(answer.url).content.decode()
    assert "Iker Núñez is enrolled. The family fills in the Home Language Survey" in page
    entry = Entry.objects.get(kind="enroll")
    assert reverse("put_back", args=[entry.pk]) in page


def test_letters_go_out_in_the_language_of_the_first_parent(office, new):
    answer = office.post(reverse("enroll"), new)
    said = "Letters go out in Spanish, as the first parent or guardian speaks it."
    assert said in office.get(answer.url).content.decode()
    child = Student.objects.get()
    assert (str(child.letter_language), child.primary_language) == ("Spanish", None)
    office.post(answer.url, {**PUNJABI, "open": "1"})
    child.refresh_from_db()
    assert [str(child.letter_language), str(child.primary_language)] == ["Spanish", "Punjabi"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"letter_language": "Hmong"}, "Hmong"),
        ({"parent_1_language": "English"}, "None"),
        ({"parent_1_language": "American Sign"}, "None"),
        ({"parent_1_language": ""}, "None"),
    ],
)
def test_but_in_what_was_asked_for_and_not_in_english_before_the_survey(office, new, typed, kept):
    page = office.post(reverse("enroll"), {**new, **typed}, follow=True).content.decode()
    assert "Letters go out in" not in page
    assert str(Student.objects.get().letter_language) == kept


def test_what_letters_need_is_said_at_enrollment(office, reference):
    form = office.get(reverse("enroll")).context["form"]
    hints = {name: str(form.fields[name].help_text) for name in ("gender", "first_us_school_on")}
    assert set(hints.values()) == {"Needed for letters"}


def test_nobody_is_born_tomorrow(office, new):
    page = office.post(reverse("enroll"), {**new, "birth_date": "11/25/26", "starts": "11/30/26"})
    assert "birth_date" in page.context["form"].errors
    assert not Student.objects.exists()


def test_names_may_be_as_long_as_their_boxes(office, new):
    names = {"last_name": "N" * 80, "first_name": "I" * 80, "middle_name": "M" * 80}
    answer = office.post(reverse("enroll"), {**new, **names})
    child = Student.objects.get()
    assert answer.url.partition("?")[0] == reverse("survey", args=[child.pk])
    summary = Entry.objects.get(kind="enroll").summary
    assert (len(summary), summary[:81], summary[-1]) == (200, "I" * 80 + " ", "…")
    page = office.post(answer.url, {**PUNJABI, "open": "1"}, follow=True)
    assert page.redirect_chain[0][0] == reverse("child", args=[child.pk])
    assert child.surveys.count() == 1


@pytest.mark.plan("MP1-45")
def test_a_california_transfer_goes_on_to_its_records(office, new):
    answer = office.post(reverse("enroll"), {**new, "origin": "california", "former_district": "Orchard Unified"})
    child = Student.objects.get()
    assert answer.url == reverse("records", args=[child.pk])
    assert "keeps the status given by the former California district" in office.get(answer.url).content.decode()


def test_what_is_wrong_is_said_on_top_and_at_the_field(office, new):
    page = office.post(
        reverse("enroll"), {**new, "birth_date": "31/3/21", "grade": "KN", "ssid": "12"}
    ).content.decode()
    assert page.count("The month comes first: 3/31/2021?") == 2
    assert "<title>Error: Enroll a child" in page
    assert 'value="31/3/21"' in page
    assert "An SSID has 10 digits." in page
    assert not Student.objects.exists()


def test_the_same_name_is_asked_about_and_another_child_can_be_meant(office, new):
    office.post(reverse("enroll"), new)
    page = office.post(reverse("enroll"), {**new, "local_id": "990002"}).content.decode()
    assert "Is it this child?" in page
    assert f'href="{reverse("child", args=[Student.objects.get().pk])}">Open this child' in page
    assert "bring the child to" not in page
    office.post(reverse("enroll"), {**new, "local_id": "990002", "is_another_child": "on"})
    assert Student.objects.count() == 2


def test_a_child_of_another_school_is_found_and_brought_over(enroll, nadia, birch, new):
    child = enroll(last_name="Núñez", first_name="Iker", grade="03")
    client = signed_in(nadia)
    typed = {**new, "school": birch.pk, "grade": "04", "starts": "11/24/26", "local_id": "990002"}
    page = client.post(reverse("enroll"), typed)
    assert reverse("child", args=[child.pk]) not in page.content.decode()
    (found,) = page.context["found"]
    answer = client.post(reverse("enroll"), {**typed, "bring": found["bring"]})
    assert answer.url == reverse("child", args=[child.pk])
    assert [stay.school for stay in child.enrollments.order_by("starts")][-1] == birch


def test_nobody_brings_a_child_that_was_not_found(enroll, nadia, birch, new):
    child = enroll(grade="03")
    typed = {**new, "school": birch.pk, "grade": "04", "starts": "11/24/26"}
    for token in (str(child.pk), "x:y:z"):
        assert signed_in(nadia).post(reverse("enroll"), {**typed, "bring": token}).status_code == 200
    assert Enrollment.objects.get().school_id != birch.pk


def test_a_school_of_others_cannot_be_chosen(office, new, birch):
    page = office.post(reverse("enroll"), {**new, "school": birch.pk, "grade": "04"}).content.decode()
    assert "staff_correction is not one of the available choices" in page or "Select a valid choice" in page
    assert not Student.objects.exists()


def test_particulars_and_class_are_saved(office, enroll, tomas):
    child = enroll()
    url = reverse("student_edit", args=[child.pk])
    facts = {"about-last_name": "Gil", "about-first_name": "J", "about-birth_date": "3/9/21", "about-local_id": "5"}
    assert office.post(url, facts).status_code == 302
    stay = {"stay-teacher": tomas.pk, "stay-room": "7", "stay-grade": "KN", "stay-starts": "11/20/26"}
    assert office.post(url, stay).status_code == 302
    child.refresh_from_db()
    assert (child.name, child.current_enrollment.teacher, child.current_enrollment.starts) == (
        "J Gil",
        tomas,
        D("2026-11-20"),
    )
    page = office.post(url, {**stay, "stay-starts": "x"}).content.decode()
    assert "<title>Error: " in page


def test_a_child_moves_and_leaves(office, enroll, birch):
    moving, leaving = enroll(grade="03"), enroll()
    move = {"move-school": birch.pk, "move-grade": "04", "move-starts": "11/30/26"}
    assert office.post(reverse("transfer", args=[moving.pk]), move).url == reverse("home")
    leave = {"leave-last_day": "11/24/26", "leave-reason": "to Oregon"}
    assert office.post(reverse("transfer", args=[leaving.pk]), leave).status_code == 302
    assert Enrollment.objects.get(student=leaving).exit_reason == "to Oregon"
    assert "not enrolled any more" in office.post(reverse("transfer", args=[leaving.pk]), leave).content.decode()


def test_a_grade_goes_on_to_the_new_year(office, enroll, marisela, alder, year, monkeypatch):
    first, second, gone = enroll(starts=D("2025-08-13")), enroll(starts=D("2025-08-13")), enroll(starts=D("2025-08-13"))
    actions.end_enrollment(by=marisela, student=gone, last_day=D("2026-05-01"), reason="to Oregon")
    url = f"{reverse('new_year')}?grade=KN"
    page = office.get(url)
    assert list(page.context["waiting"]) == [first, second]
    assert page.context["form"].initial == {"school": alder, "grade": "01", "starts": D("2026-08-12")}
    typed = {"school": alder.pk, "grade": "01", "starts": "8/12/26", "pick": [first.pk, gone.pk, "x"]}
    assert "Nobody is ticked." in office.post(url, {**typed, "pick": []}).content.decode()
    assert "1 child goes on to grade 1." in office.post(url, typed, follow=True).content.decode()
    assert [stay.grade for stay in first.enrollments.order_by("starts")] == ["KN", "01"]
    assert list(office.get(url).context["waiting"]) == [second]
    assert second.enrollments.count() == gone.enrollments.count() == 1


def test_the_last_grade_goes_on_to_the_next_school(office, enroll, birch):
    enroll(grade="03", starts=D("2025-08-13"))
    initial = office.get(f"{reverse('new_year')}?grade=03").context["form"].initial
    assert (initial["school"], initial["grade"]) == (birch, "04")


def test_the_new_year_is_the_offices(enroll, nadia, ruth):
    child = enroll(starts=D("2025-08-13"))
    assert signed_in(ruth).get(reverse("new_year")).status_code == 404
    client = signed_in(nadia)
    assert child.name not in client.get(reverse("new_year")).content.decode()
    client.post(reverse("new_year"), {"school": "1", "grade": "01", "starts": "8/12/26", "pick": [child.pk]})
    assert child.enrollments.count() == 1


# --- the survey -----------------------------------------------------------------------------------------------

PUNJABI = {
    "question_1": "pu",
    "question_2": "English",
    "question_3": "28",
    "question_4": "",
    "answered_on": "112326",
    "signed_by": "M. Gill",
}


@pytest.mark.plan("MP1-05", "MP1-06", "MP1-13")
def test_a_survey_is_typed_and_says_what_follows(office, enroll):
    child, other = enroll(), enroll()
    url = reverse("survey", args=[child.pk])
    first = office.get(url).content.decode()
    assert "Paper 1 of 2 waiting" in first
    answer = office.post(url, {**PUNJABI, "next": "1"})
    assert answer.url == reverse("survey_next")
    assert office.get(answer.url).url == reverse("survey", args=[other.pk])
    page = office.get(reverse("survey", args=[other.pk])).content.decode()
    assert "To be tested by Wed 23 Dec 2026. 30 calendar days from enrollment on Mon 23 Nov 2026." in page
    entered = HomeLanguageSurvey.objects.get()
    assert [str(answer) for answer in entered.answers] == ["Punjabi", "English", "Punjabi", "None"]
    assert (entered.signed_by, entered.signed_on) == ("M. Gill", ENROLLED)


def test_what_follows_is_said_while_typing_and_nothing_is_saved(office, enroll):
    child = enroll()
    url = reverse("survey_follows", args=[child.pk])
    part = office.post(url, {"question_1": "pu"}).content.decode()
    assert "To be tested by Wed 23 Dec 2026" in part
    assert "30 calendar days from enrollment on Mon 23 Nov 2026." in part
    assert "MP1-06" in part
    assert "<html" not in part
    assert (
        "English only"
        in office.post(url, {name: "English" for name in ("question_1", "question_2", "question_3")}).content.decode()
    )
    assert "Any language but English" in office.post(url, {"question_1": "xx"}).content.decode()
    assert (HomeLanguageSurvey.objects.count(), statuses(child)) == (0, [])


@pytest.mark.plan("MP1-08")
def test_answer_4_alone_is_noted_at_once(office, enroll):
    typed = {"question_1": "English", "question_2": "English", "question_3": "English", "question_4": "Hmong"}
    part = office.post(reverse("survey_follows", args=[enroll().pk]), typed).content.decode()
    assert "Hmong is named in answer 4 only. It informs and does not decide; no test follows from it." in part


def test_a_blank_answer_is_asked_about_and_none_is_taken(office, enroll):
    child = enroll()
    url = reverse("survey", args=[child.pk])
    page = office.post(url, {**PUNJABI, "question_2": " "}).content.decode()
    assert page.count("Answer 2 is empty. If the family left it out, type “none”.") == 2
    assert "<title>Error: Home Language Survey of" in page
    assert "To be tested by Wed 23 Dec 2026" in page
    assert not HomeLanguageSurvey.objects.exists()
    office.post(url, {**PUNJABI, "question_2": "None", "open": "1"})
    assert HomeLanguageSurvey.objects.get().question_2 is None


def test_a_language_that_is_not_one_is_asked_about(office, enroll):
    page = office.post(reverse("survey", args=[enroll().pk]), {**PUNJABI, "question_1": "Punjaby"}).content.decode()
    assert "Is Punjabi meant?" in page


def test_an_unsigned_paper_is_saved_unsigned(office, enroll):
    child = enroll()
    office.post(reverse("survey", args=[child.pk]), {**PUNJABI, "signed_by": "", "open": "1"})
    assert HomeLanguageSurvey.objects.get().signed_on is None


def amendment(child, **typed):
    """What the form sends that was opened now."""
    newest = child.surveys.first()
    return {
        **{**PUNJABI, "answered_on": "11/24/26", "reason": "parent_amendment", "open": "1"},
        "made_from": str(newest.pk) if newest else "",
        **typed,
    }


def test_a_survey_is_amended_with_its_reason(office, enroll, survey):
    child = enroll(starts=D("2026-11-02"))
    survey(child, "English", "English", "English", "-", answered_on=D("2026-11-02"))
    url = reverse("survey", args=[child.pk])
    assert "staff see another language" not in office.get(url).content.decode()
    office.post(url, amendment(child))
    assert [row[:2] for row in statuses(child)] == [("EO", D("2026-11-02")), ("TBD", TODAY)]
    page = office.get(reverse("child", args=[child.pk])).content.decode()
    assert "To be tested by Thu 24 Dec 2026" in page


def test_two_windows_do_not_amend_the_same_version(office, enroll, survey):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    url = reverse("survey", args=[child.pk])
    assert f'name="made_from" value="{child.surveys.first().pk}"' in office.get(url).content.decode()
    one, other = amendment(child), amendment(child, question_2="Hmong", note="by phone")
    assert office.post(url, one).status_code == 302
    page = office.post(url, other).content.decode()
    assert "The survey was changed meanwhile by Marisela Ochoa on Tue 24 Nov 2026: look again." in page
    assert "Version 2 is in force and stands below." in page
    assert 'value="Hmong"' in page
    assert 'value="by phone"' in page
    assert child.surveys.count() == 2
    assert f'name="made_from" value="{child.surveys.first().pk}"' in page
    assert office.post(url, {**other, "made_from": child.surveys.first().pk}).status_code == 302
    assert [version.question_2.name for version in child.surveys.all()] == ["Hmong", "English", "English"]


def test_a_first_survey_is_not_typed_over_another_one(office, enroll, survey):
    child = enroll()
    survey(child, "English", "English", "English", "-")
    page = office.post(reverse("survey", args=[child.pk]), {**PUNJABI, "next": "1"}).content.decode()
    assert "The survey was changed meanwhile by Marisela Ochoa" in page
    assert 'value="M. Gill"' in page
    assert child.surveys.count() == 1


def test_doubt_of_the_staff_is_a_correction_and_no_survey(enroll, survey, rosa):
    child = enroll(starts=D("2026-11-02"))
    survey(child, "English", "English", "English", "-", answered_on=D("2026-11-02"))
    typed = {**PUNJABI, "answered_on": "11/24/26", "reason": "staff_correction"}
    page = signed_in(rosa).post(reverse("survey", args=[child.pk]), typed).content.decode()
    assert "Select a valid choice" in page
    assert child.surveys.count() == 1


def test_the_laws_own_day_stands_beside_the_working_day(office, enroll, survey):
    child = enroll(starts=D("2026-11-02"))
    survey(child, "English", "English", "English", "-", answered_on=D("2026-11-02"))
    typed = {**PUNJABI, "answered_on": "11/24/26", "reason": "parent_amendment"}
    part = office.post(reverse("survey_follows", args=[child.pk]), typed).content.decode()
    assert "To be tested by Thu 24 Dec 2026" in part
    assert "30 days from enrollment end on Wed 2 Dec 2026." in part


def test_what_cannot_be_amended_says_so_before_typing(office, enroll, survey, rosa):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    actions.set_statuses_from_state(by=rosa, rows=[actions.StateStatus(child.pk, "EL", D("2026-11-24"), "x")])
    page = office.get(reverse("survey", args=[child.pk])).content.decode()
    assert "The survey can be amended until the Initial ELPAC." in page
    assert "process B or C (5 CCR 11518.20)" in page
    assert 'name="question_1"' not in page
    office.post(reverse("survey", args=[child.pk]), {**PUNJABI, "reason": "parent_amendment"})
    assert HomeLanguageSurvey.objects.count() == 1


def test_tk_is_told_when_the_test_comes(office, enroll):
    part = office.post(reverse("survey_follows", args=[enroll(grade="TK").pk]), {"question_1": "pu"}).content.decode()
    assert "To be tested in kindergarten" in part


def test_a_transfer_is_told_that_its_status_is_awaited(office, transfer_child):
    part = office.post(reverse("survey_follows", args=[transfer_child.pk]), {"question_1": "pu"}).content.decode()
    assert "The status of the former district is awaited" in part


@pytest.mark.plan("MP1-45")
@pytest.mark.parametrize("status", ["EL", "RFEP", "EO"])
def test_a_status_from_records_counts_before_and_after_the_survey_is_saved(office, marisela, transfer_child, status):
    asked = RecordsRequest.objects.get()
    since = D("2024-09-12")
    actions.enter_records(by=marisela, request=asked, on=TODAY, status=status, status_since=since)
    before = statuses(transfer_child)
    typed = {**PUNJABI, "question_1": "English", "question_3": "English", "open": "1"}
    part = office.post(reverse("survey_follows", args=[transfer_child.pk]), typed).content.decode()
    office.post(reverse("survey", args=[transfer_child.pk]), typed)
    page = office.get(reverse("records", args=[transfer_child.pk])).content.decode()
    for shown in (part, page):
        assert "The status of the former district counts and stays" in shown
        assert "since Thu 12 Sep 2024, by the records of Orchard Unified." in shown
        assert "reason: this survey" not in shown
    assert statuses(transfer_child) == before
    assert HomeLanguageSurvey.objects.count() == 1


def test_one_survey_can_be_left_for_later(office, enroll):
    first, second = enroll(starts=D("2026-11-20")), enroll()
    assert office.get(reverse("survey_next")).url == reverse("survey", args=[first.pk])
    assert office.get(f"{reverse('survey_next')}?after={first.pk}").url == reverse("survey", args=[second.pk])
    assert office.get(f"{reverse('survey_next')}?after=x").url == reverse("survey", args=[first.pk])


def test_without_surveys_the_page_says_what_would_appear(office, reference):
    assert "No survey waits to be entered" in office.get(reverse("survey_next")).content.decode()


@pytest.mark.plan("MP1-03")
def test_the_signature_is_added(office, enroll, survey, nadia):
    child = enroll()
    url = reverse("survey_sign", args=[survey(child, "Punjabi", "English", "Punjabi", "-").pk])
    assert signed_in(nadia).get(url).status_code == 404
    assert office.get(url).status_code == 200
    assert office.post(url, {"signed_by": "M. Gill", "signed_on": "11/24/26"}).url == reverse("child", args=[child.pk])
    assert "was signed by M. Gill" in office.post(url, {"signed_by": "X", "signed_on": "11/24/26"}).content.decode()


def test_opening_a_survey_is_written_down(office, enroll, marisela):
    child = enroll()
    office.get(reverse("survey", args=[child.pk]))
    assert list(Look.objects.values_list("user", "student_id", "what")) == [
        (marisela.pk, child.pk, "opened the survey")
    ]


# --- records, family, flags -----------------------------------------------------------------------------------


@pytest.mark.plan("MP1-46", "MP1-47", "MP1-48")
def test_the_records_of_a_transfer(office, transfer_child):
    url = reverse("records", args=[transfer_child.pk])
    page = office.get(url).content.decode()
    assert "the child is to be tested by Wed 23 Dec 2026." in page
    office.post(url, {"attempt-on": "11/24/26", "attempt-channel": "fax", "attempt-outcome": "sent"})
    office.post(url, {"received-survey_on": "11/24/26"})
    asked = RecordsRequest.objects.get()
    assert (asked.requested_on, asked.survey_received_on, asked.scores_received_on) == (TODAY, TODAY, None)
    missing = office.post(url, {"enter-status": "EL"}).content.decode()
    assert "The day from which the status holds is missing." in missing
    enter = {"enter-status": "RFEP", "enter-status_since": "9/12/24", "enter-place": "Orchard"}
    assert office.post(url, enter).url == url
    assert statuses(transfer_child)[-1][:2] == ("RFEP", D("2024-09-12"))
    done = office.get(url).content.decode()
    assert "Entered Tue 24 Nov 2026 by Marisela Ochoa" in done
    assert 'name="enter-status"' not in done


def test_records_that_name_no_status(office, transfer_child):
    url = reverse("records", args=[transfer_child.pk])
    office.post(url, {"enter-status": "none", "enter-note": "never tested"})
    assert LanguageStatus.objects.get().is_provisional is False
    assert RecordsRequest.objects.get().note == "never tested"


def test_a_child_without_records_has_none(office, enroll):
    assert "No records are awaited" in office.get(reverse("records", args=[enroll().pk])).content.decode()


def test_the_family_is_written(office, enroll):
    child = enroll()
    typed = {"letter_language": "Spanish", "primary_language": "", "parent_1_name": "Ana", "parent_3_name": "Berta"}
    assert office.post(reverse("family", args=[child.pk]), typed).status_code == 302
    child.refresh_from_db()
    assert child.letter_language.name == "Spanish"
    assert list(child.guardians.values_list("order", "name")) == [(1, "Ana"), (2, "Berta")]
    assert 'value="Berta"' in office.get(reverse("family", args=[child.pk])).content.decode()


def test_flags_are_set_and_ended(office, enroll, nadia):
    child = enroll()
    url = reverse("flags", args=[child.pk])
    office.post(url, {"kind": "iep", "starts": "11/23/26", "detail": "speech"})
    flag = Flag.objects.get()
    end = reverse("flag_end", args=[flag.pk])
    assert signed_in(nadia).post(end, {"ends": "11/24/26"}).status_code == 404
    assert (
        "“IEP” is set since Mon 23 Nov 2026" in office.post(url, {"kind": "iep", "starts": "11/24/26"}).content.decode()
    )
    assert office.get(end).status_code == 200
    office.post(end, {"ends": "11/24/26"})
    flag.refresh_from_db()
    assert flag.ends == TODAY


# --- papers ---------------------------------------------------------------------------------------------------


@pytest.mark.plan("MP1-10", "MP1-33", "MP1-34")
def test_the_folder_of_a_child_is_filed(office, placed):
    child = placed.student
    url = reverse("folder", args=[child.pk])
    page = office.get(url).content.decode()
    assert "0 of 2 originals filed" in page
    assert page.count('name="pick"') == 2
    assert " checked" not in page
    office.post(url, {"pick": ["survey:2026-11-23"], "on": "11/24/26"})
    page = office.get(url).content.decode()
    assert "1 of 2 originals filed" in page
    assert "filed Tue 24 Nov 2026 by Marisela Ochoa" in page
    assert FolderItem.objects.get().kind == "survey"
    for typed, said in (
        ({"on": "11/24/26"}, "Nothing was ticked."),
        ({"pick": ["placement:2026-11-23"], "on": "11/20/26"}, "cannot have been filed before"),
        ({"pick": ["placement:2026-11-23"], "on": "soon"}, "is not a date"),
    ):
        assert said in office.post(url, typed, follow=True).content.decode()
    assert FolderItem.objects.count() == 1


@pytest.mark.parametrize("value", ["survey", "survey:yesterday", "x:2026-11-23", ":"])
def test_a_tick_that_nobody_offered_files_nothing(office, placed, value):
    answer = office.post(reverse("folder", args=[placed.student_id]), {"pick": [value]})
    assert answer.status_code in (200, 302)
    assert not FolderItem.objects.exists()


@pytest.mark.plan("MP1-33")
def test_a_pile_is_filed_and_put_back_together(office, enroll, survey, nadia, marisela):
    for _ in range(3):
        survey(enroll(), "Punjabi", "English", "Punjabi", "-", signed_by="M. Gill", signed_on=ENROLLED)
    page = office.get(reverse("folder_queue"))
    ticks = [line["value"] for line in page.context["lines"]]
    assert len(ticks) == 3
    signed_in(nadia).post(reverse("folder_queue"), {"pick": ticks})
    assert not FolderItem.objects.exists()
    said = office.post(reverse("folder_queue"), {"pick": [*ticks, "x"], "on": ""}, follow=True).content.decode()
    assert "3 originals are filed." in said
    assert "Every original lies in its folder." in said
    office.post(reverse("put_back", args=[Entry.objects.get(kind="filed").pk]))
    assert not FolderItem.objects.exists()


def test_the_pile_shows_one_kind(office, placed):
    page = office.get(reverse("folder_queue"), {"kind": "placement"})
    assert [line["kind"] for line in page.context["lines"]] == ["placement form"]
    assert len(office.get(reverse("folder_queue"), {"kind": "x"}).context["lines"]) == 2


@pytest.mark.plan("MP1-32", "MP1-42")
def test_copies_are_handed_out_to_the_teacher_named(office, placed, nadia):
    url = reverse("copies")
    assert "Who has the copy of" in office.post(url, {"pick": [placed.pk]}, follow=True).content.decode()
    assert "Nothing was ticked." in office.post(url, {}, follow=True).content.decode()
    other = signed_in(nadia)
    assert placed.student.name not in other.get(url).content.decode()
    other.post(url, {"pick": [placed.pk], f"to_{placed.pk}": "N. Karimi"})
    assert Placement.objects.get().copy_given_on is None
    office.post(url, {"pick": [placed.pk, "x"], f"to_{placed.pk}": "T. Echeverría"})
    placed.refresh_from_db()
    assert (placed.copy_given_on, placed.copy_given_to) == (TODAY, "T. Echeverría")
    assert "Every teacher has the copies." in office.get(url).content.decode()


def test_the_teacher_of_the_class_is_proposed(office, enroll, survey, ruth, programs, tomas):
    child = enroll(teacher=tomas)
    survey(child, "Punjabi", "English", "Punjabi", "-")
    placed = actions.place_student(by=ruth, student=child, program=programs["sei"], starts=ENROLLED)
    assert 'value="Tomas Echeverría"' in office.get(reverse("copies")).content.decode()
    office.post(reverse("copies"), {"pick": [placed.pk]})
    assert Placement.objects.get().copy_given_to == "Tomas Echeverría"


# --- the office -----------------------------------------------------------------------------------------------


@pytest.fixture
def levels(monkeypatch):
    ladder = ladders.Ladder("initial_elpac", "Initial ELPAC", (("novice", "Novice"), ("intermediate", "Intermediate")))
    monkeypatch.setattr(ladders, "_sources", [lambda: [ladder]])


@pytest.mark.plan("MP2-11", "MP1-52")
def test_the_cut_is_not_configured_until_it_is_set(rosa, marisela, levels, reference):
    client, url = signed_in(rosa), reverse("fluency_cut")
    assert signed_in(marisela).get(url).status_code == 404
    assert "not configured" in client.get(url).content.decode()
    typed = {"level": "initial_elpac:intermediate", "grade_low": "KN", "grade_high": "12", "valid_from": "7/1/26"}
    assert "Fill in: Who decided it, and when" in client.post(url, typed).content.decode()
    client.post(url, {**typed, "source": "Board, 12 May 2026"})
    assert FluencyCut.objects.values_list("test", "level", "source").get() == (
        "initial_elpac",
        "intermediate",
        "Board, 12 May 2026",
    )
    page = client.get(url).content.decode()
    assert "not configured" not in page
    assert "entered by Rosa Whitcombe" in page


def test_the_hand_shake_is_settled_on_its_page(enroll, survey, rosa, marisela):
    child = enroll()
    survey(child, "Punjabi", "English", "Punjabi", "-")
    actions.set_statuses_from_state(by=rosa, rows=[actions.StateStatus(child.pk, "EL", D("2026-11-20"), "x")])
    row = LanguageStatus.objects.get(status="TBD")
    url = reverse("status_settle", args=[row.pk])
    assert signed_in(marisela).get(url).status_code == 404
    client = signed_in(rosa)
    assert "keeps no day" in client.get(url).content.decode()
    client.post(url, {"on": "11/24/26", "how": "The state took its TBD out"})
    row.refresh_from_db()
    assert (row.settled_on, row.settled_by) == (TODAY, rosa)
    assert "The state took its TBD out" in client.get(url).content.decode()
