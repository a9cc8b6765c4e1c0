"""The settings' pages: who finds them, what they show, what they change, and what they say when they refuse."""

from datetime import date, datetime

import pytest
import time_machine
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import timezone

from district import actions, looks, parts
from district.enums import Role, TermSystem
from district.models import (
    Delegation,
    District,
    Language,
    LegalRule,
    Look,
    NonSchoolDay,
    RoleAssignment,
    School,
    SchoolYear,
    Trustee,
    User,
)
from district.reference import load_all
from tests.district.conftest import person

D = date.fromisoformat
TODAY = datetime(2026, 11, 23, 10, tzinfo=timezone.get_default_timezone())
MANAGED = [
    "letterhead",
    "trustees",
    "schools",
    "school_add",
    "school_year_open",
    "day_off_add",
    "people",
    "person_add",
    "vacancies",
    "delegation_add",
]


@pytest.fixture(autouse=True)
def on_a_monday():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def office(client, administrator):
    """The browser of the EL administrator."""
    client.force_login(administrator)
    return client


@pytest.fixture
def year(administrator):
    return actions.open_school_year(by=administrator, first_day=D("2026-08-12"), last_day=D("2027-06-10"))


def problems(response):
    return response.context["form"].errors.get_json_data(escape_html=False)


@pytest.mark.parametrize("name", MANAGED)
def test_only_the_office_finds_what_it_manages(client, administrator, secretary, name):
    client.force_login(administrator)
    assert client.get(reverse(name)).status_code == 200
    client.force_login(secretary)
    assert client.get(reverse(name)).status_code == 404


@pytest.mark.parametrize("name", ["settings", "school_calendar", "languages", "rules"])
def test_everybody_may_look_up_calendar_languages_and_rules(client, secretary, name):
    client.force_login(secretary)
    assert client.get(reverse(name)).status_code == 200


def test_the_settings_list_what_the_person_may_open(client, administrator, secretary, monkeypatch):
    monkeypatch.setattr(parts, "_parts", [])  # what the apps above bring is tested there

    def listed(user):
        client.force_login(user)
        return [part["name"] for part in client.get(reverse("settings")).context["parts"]]

    assert listed(secretary) == ["School calendar", "Rules and periods", "Languages", "Who looked"]
    assert len(listed(administrator)) == 9


@pytest.mark.plan("APPC-02", "MP0-02", "MP0-03")
def test_the_letterhead_is_set_once_for_all_letters(office):
    given = {
        "name": "Valle Claro Unified School District",
        "cds_code": "9900001",
        "address": "P.O. Box 12, Valle Claro",
        "phone": "(555) 010-0100",
        "vision": "Every child is heard.",
        "mission": "With the families.",
    }
    assert office.post(reverse("letterhead"), given).status_code == 302
    assert District.objects.values(*given).get() == given
    refused = office.post(reverse("letterhead"), {**given, "cds_code": "99"})
    assert list(problems(refused)) == ["cds_code"]
    assert b"Error:" in refused.content
    assert District.objects.get().cds_code == "9900001"


def test_trustees_come_and_go(office):
    office.post(reverse("trustees"), {"name": "Priya Nandakumar", "starts": "12/9/22"})
    trustee = Trustee.objects.get()
    refused = office.post(reverse("trustee_end", args=[trustee.pk]), {"ends": "12/8/22"})
    assert problems(refused)["ends"][0]["message"].startswith("The term cannot end before it began")
    office.post(reverse("trustee_end", args=[trustee.pk]), {"ends": "120826"})
    trustee.refresh_from_db()
    assert trustee.ends == D("2026-12-08")


def test_a_school_is_added_and_changed_on_its_page(office):
    given = {
        "name": "Alder Primary",
        "short_name": "Alder",
        "cds_code": "99000010000011",
        "grade_low": "TK",
        "grade_high": "03",
        "terms": "trimester",
    }
    office.post(reverse("school_add"), given)
    school = School.objects.get()
    refused = office.post(reverse("school_change", args=[school.pk]), {**given, "grade_high": "TK", "grade_low": "03"})
    assert list(problems(refused)) == ["grade_low"]
    office.post(reverse("school_change", args=[school.pk]), {**given, "grade_high": "04"})
    school.refresh_from_db()
    assert school.grade_high == "04"
    assert "Alder Primary" in office.get(reverse("schools")).content.decode()


def test_a_school_year_is_opened_with_the_holidays_that_are_ticked(office):
    page = office.get(reverse("school_year_open"))
    offered = dict(page.context["form"].fields["days_off"].choices)
    ticked = page.context["form"].fields["days_off"].initial
    assert "2026-11-11" in ticked
    assert "2027-03-31" in offered
    assert "2027-03-31" not in ticked, "a day of honor is not a day off until the Board says so"
    given = {"first_day": "8/12/26", "last_day": "6/10/27", "days_off": ["2026-11-11", "2027-03-31"]}
    response = office.post(reverse("school_year_open"), given)
    assert response.url == "/settings/calendar/?year=2026-27"
    assert list(NonSchoolDay.objects.values_list("day", flat=True)) == [D("2026-11-11"), D("2027-03-31")]


def test_a_school_year_is_not_opened_with_another_year_s_holidays(office):
    given = {"first_day": "8/12/27", "last_day": "6/10/28"}
    refused = office.post(reverse("school_year_open"), given)
    assert problems(refused)["first_day"][0]["message"] == "This page opens 2026-27; the day lies in another year."
    office.post(f"{reverse('school_year_open')}?begins=2027", given)
    assert SchoolYear.objects.get().name == "2027-28"


@pytest.mark.parametrize("begins", ["", "x", "99999999", "-1", "²"])
def test_a_year_that_cannot_be_asked_for_is_the_next_one(office, begins):
    page = office.get(f"{reverse('school_year_open')}?begins={begins}")
    assert page.context["title"] == "Open the school year 2026-27"


def test_the_calendar_counts_the_days_of_instruction(office, administrator, year, school, other_school):
    actions.add_days_off(by=administrator, first=D("2026-09-07"), name="Labor Day", is_holiday=True)
    actions.add_days_off(by=administrator, first=D("2026-10-12"), name="Burst pipe", school=school)
    counted = {
        where: office.get(reverse("school_calendar", args=where)).context["school_days"]
        for where in ((), (school.pk,), (other_school.pk,))
    }
    assert counted == {(): 216, (school.pk,): 215, (other_school.pk,): 216}
    page = office.get(reverse("school_calendar", args=[other_school.pk])).content.decode()
    assert "Labor Day" in page
    assert "Burst pipe" not in page


def test_the_calendar_without_a_year_says_what_that_means(office):
    page = office.get(reverse("school_calendar")).content.decode()
    assert "periods in school days have no due day" in page


def test_days_off_are_added_and_taken_back(office, year, school):
    add = reverse("day_off_add", args=[school.pk])
    office.post(add, {"first": "10/12/26", "name": "Burst pipe"})
    off = NonSchoolDay.objects.get()
    assert (off.school, off.is_holiday) == (school, False)
    refused = office.post(add, {"first": "10/12/26", "name": "Again"})
    assert problems(refused)["first"][0]["message"] == "Mon 12 Oct 2026 is off already: Burst pipe."
    office.post(reverse("day_off_remove", args=[off.pk]))
    assert not NonSchoolDay.objects.exists()


def test_terms_are_set_on_their_page(office, year):
    days = ["8/12/26", "11/6/26", "11/9/26", "3/5/27", "3/8/27", "6/10/27"]
    given = dict(zip(["starts_1", "ends_1", "starts_2", "ends_2", "starts_3", "ends_3"], days, strict=True))
    address = reverse("terms", args=[year.pk, TermSystem.TRIMESTER])
    refused = office.post(address, {**given, "starts_2": "11/6/26"})
    assert list(problems(refused)) == ["starts_2"]
    assert office.post(address, given).status_code == 302
    assert list(year.terms.values_list("number", "ends")) == [
        (1, D("2026-11-06")),
        (2, D("2027-03-05")),
        (3, D("2027-06-10")),
    ]
    assert office.get(reverse("school_year", args=[year.pk])).status_code == 200
    assert office.get(f"/settings/calendar/years/{year.pk}/months/").status_code == 404


def test_a_year_is_moved_and_taken_back(office, year):
    page = reverse("school_year", args=[year.pk])
    office.post(page, {"first_day": "8/17/26", "last_day": "6/11/27"})
    year.refresh_from_db()
    assert year.first_day == D("2026-08-17")
    office.post(reverse("school_year_remove", args=[year.pk]))
    assert not SchoolYear.objects.exists()


def test_a_refusal_without_a_form_is_said_on_the_next_page(office, administrator, year):
    actions.open_school_year(by=administrator, first_day=D("2027-08-11"), last_day=D("2028-06-08"))
    response = office.post(reverse("school_year_remove", args=[year.pk]), follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "2027-28 follows on 2026-27; without it no days could be counted from one to the other."
        " Take back the later year first."
    ]


@pytest.fixture
def reference_data():
    load_all(by=User.objects.command_line())


def test_languages_are_found_by_name_own_name_and_code(office, reference_data):
    def found(asked):
        return [each.name for each in office.get(reverse("languages"), {"q": asked}).context["languages"]]

    assert found("ਪੰਜਾਬੀ") == found("punj") == found("28") == ["Punjabi"]
    assert found("no such") == []


def test_a_language_that_is_changed_stays_so_when_reference_data_is_loaded_again(office, reference_data):
    given = {"name": "Mixteco", "autonym": "Tu'un savi", "script": "Latn", "code3": "mix"}
    assert office.post(reverse("language_change", args=["49"]), given).status_code == 302
    load_all(by=User.objects.command_line())
    assert Language.objects.values_list("autonym", "code3").get(code="49") == ("Tu'un savi", "mix")


def test_every_rule_shows_its_source_and_how_sure_we_are(office, reference_data):
    page = office.get(reverse("rules"))
    assert page.context["rules"].count() == LegalRule.objects.count() > 80
    html = page.content.decode()
    assert all(text in html for text in ("20 USC 6312(e)(3)(A)", "from memory, unverified", "30 calendar days"))
    asked = office.get(reverse("rules"), {"certainty": "district", "length": "1", "q": "teacher"})
    assert "OWN-04" in [rule.code for rule in asked.context["rules"]]
    assert all(rule.days is not None and rule.certainty == "district" for rule in asked.context["rules"])


def test_the_district_sets_its_own_period_and_sees_what_comes(office, reference_data):
    given = {"days": "3", "starts": "1/4/27", "source": "Board, 10 Dec 2026"}
    assert office.post(reverse("rule_change", args=["OWN-04"]), given).status_code == 302
    assert "From Mon 4 Jan 2027: Placement copy handed to the teacher, 3 school days." in " ".join(
        office.get(reverse("rules")).content.decode().split()
    )
    assert office.get(reverse("rule_change", args=["IA-02"])).status_code == 404
    load_all(by=User.objects.command_line())
    assert LegalRule.objects.filter(code="OWN-04").count() == 2


def test_a_person_gets_an_account_a_password_and_a_role(office, client, school):
    made = office.post(
        reverse("person_add"),
        {"first_name": "Marisela", "last_name": "Ochoa", "username": "MOchoa", "email": "", "title": ""},
    )
    user = User.objects.get(username="mochoa")
    address = made.context["address"]
    given = {"role": Role.SECRETARY, "school": school.pk, "starts": "11/23/26"}
    assert office.post(reverse("role_give", args=[user.pk]), given).status_code == 302
    assert "school secretary" in office.get(reverse("person", args=[user.pk])).content.decode().lower()

    client.logout()
    assert client.get(address).status_code == 200
    refused = client.post(address, {"password": "correct horse battery", "again": "correct horse"})
    assert problems(refused)["again"][0]["message"] == "The two passwords differ."
    assert "password" in problems(client.post(address, {"password": "short", "again": "short"}))
    assert (
        client.post(address, {"password": "correct horse battery", "again": "correct horse battery"}).status_code == 302
    )
    assert client.login(username="mochoa", password="correct horse battery")
    assert client.get(address).status_code == 404, "the address works once"


def test_the_address_for_a_password_works_for_three_days(client, administrator):
    user, address = actions.create_account(by=administrator, username="x", first_name="X", last_name="Y")
    with time_machine.travel("2026-11-26T09:00-08:00", tick=False):
        assert client.get(address).status_code == 200
    with time_machine.travel("2026-11-26T11:00-08:00", tick=False):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("number", ["!!!", "AAAA", "MTIzNDU2Nzg5", "MTI_"])
def test_an_invented_address_is_spent(client, db, number):
    assert client.get(reverse("set_password", args=[number, "abc-def"])).status_code == 404


def test_no_password_is_set_for_a_closed_account_or_the_command_line_s(client, administrator, secretary):
    number = actions.new_password_link(secretary.pk, by=administrator).split("/")[3]
    User.objects.filter(pk=secretary.pk).update(is_active=False)
    secretary.refresh_from_db()
    token = default_token_generator.make_token(secretary)
    assert client.get(reverse("set_password", args=[number, token])).status_code == 404
    account = User.objects.command_line()
    address = actions.people.password_address(account)
    assert client.get(address).status_code == 404


def test_the_page_of_a_password_is_kept_nowhere(client, administrator):
    _user, address = actions.create_account(by=administrator, username="x", first_name="X", last_name="Y")
    assert "no-store" in client.get(address).headers["Cache-Control"]
    assert client.get(address).headers["Referrer-Policy"] == "same-origin"


def test_a_role_is_refused_with_the_reason_at_its_field(office, secretary, school):
    given = {"role": Role.SECRETARY, "school": school.pk, "starts": "11/23/26"}
    refused = office.post(reverse("role_give", args=[secretary.pk]), given)
    assert "holds this role there since Wed 1 Jul 2020" in problems(refused)["role"][0]["message"]
    role = secretary.role_assignments.get()
    office.post(reverse("role_end", args=[role.pk]), {"ends": "11/23/26"})
    role.refresh_from_db()
    assert role.ends == D("2026-11-23")


SCHOOL_ROLES = ["secretary", "principal", "teacher", "el_lead", "counselor", "learning_support", "examiner"]


@pytest.mark.parametrize("role", SCHOOL_ROLES)
def test_the_role_of_a_school_is_not_given_for_the_district_by_oversight(office, secretary, other_school, role):
    url, held = reverse("role_give", args=[secretary.pk]), RoleAssignment.objects.filter(role=role)
    before = held.count()
    page = office.get(url)
    assert [value for value, _label in page.context["form"].fields["school"].choices][:2] == ["", "district"]
    assert page.context["form"]["school"].value() is None
    given = {"role": role, "starts": "11/23/26"}
    for passed_over in ({}, {"school": ""}):
        refused = problems(office.post(url, {**given, **passed_over}))
        assert refused["school"][0]["message"].startswith("Choose the school, or the whole district")
    assert held.count() == before
    assert office.post(url, {**given, "school": "district"}).status_code == 302
    assert held.filter(school=None).count() == 1
    assert office.post(url, {**given, "school": other_school.pk}).status_code == 302
    assert held.filter(school=other_school).count() == 1


@pytest.mark.parametrize("where", ["", "district"])
def test_the_role_of_the_district_needs_no_school(office, secretary, where):
    given = {"role": Role.LIAISON, "school": where, "starts": "11/23/26"}
    assert office.post(reverse("role_give", args=[secretary.pk]), given).status_code == 302
    assert RoleAssignment.objects.get(role=Role.LIAISON).school is None


def test_an_account_is_closed_and_opened_again(office, secretary):
    office.post(reverse("account_close", args=[secretary.pk]), {"reason": "left the district"})
    secretary.refresh_from_db()
    assert secretary.is_active is False
    assert [str(each) for each in office.get(reverse("people"), {"state": "closed"}).context["page_obj"]] == [
        "Secretary Example"
    ]
    opened = office.post(reverse("account_open", args=[secretary.pk]))
    secretary.refresh_from_db()
    assert secretary.is_active is True
    assert "/account/set-password/" in opened.context["address"]


def test_nobody_closes_the_own_account_on_a_page(office, administrator):
    refused = office.post(reverse("account_close", args=[administrator.pk]), {"reason": "tired"})
    assert "your own account" in problems(refused)["__all__"][0]["message"]


def test_the_command_line_s_account_is_on_no_page(office):
    account = User.objects.command_line()
    assert account not in list(office.get(reverse("people")).context["page_obj"])
    assert office.get(reverse("person", args=[account.pk])).status_code == 404


def test_people_are_found_by_name_and_role(office, secretary):
    def found(**asked):
        return [str(each) for each in office.get(reverse("people"), asked).context["page_obj"]]

    assert found(q="secret exam") == found(role=Role.SECRETARY) == ["Secretary Example"]
    assert found(role=Role.TEACHER) == []


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_of_people_asks_no_question_more_for_more_people(office, school, count, django_assert_max_num_queries):
    for number in range(count):
        person(f"teacher{number}", (Role.TEACHER, school))
    with django_assert_max_num_queries(12):
        assert len(office.get(reverse("people")).context["page_obj"]) == count + 1


@pytest.mark.plan("MP5-49")
def test_a_vacant_role_is_listed_until_somebody_stands_in(office, secretary, school):
    def vacant():
        return {
            (each["role"], each["school"] and each["school"].pk)
            for each in office.get(reverse("vacancies")).context["vacant"]
        }

    assert (Role.EL_LEAD, school.pk) in vacant()
    assert (Role.SECRETARY, school.pk) not in vacant()
    given = {
        "role": Role.EL_LEAD,
        "school": school.pk,
        "delegate": secretary.pk,
        "starts": "11/23/26",
        "reason": "the post is vacant",
    }
    assert office.post(reverse("delegation_add"), given).status_code == 302
    assert (Role.EL_LEAD, school.pk) not in vacant()
    delegation = Delegation.objects.get()
    office.post(reverse("delegation_end", args=[delegation.pk]), {"ends": "11/23/26"})
    delegation.refresh_from_db()
    assert delegation.ends == D("2026-11-23")


def test_who_manages_one_school_offers_its_roles_only(client, school, other_school, secretary):
    lead = person("site", (Role.EL_ADMINISTRATOR, school))
    client.force_login(lead)
    page = client.get(reverse("role_give", args=[secretary.pk]))
    assert list(page.context["form"].fields["school"].queryset) == [school]
    given = {"role": Role.EXAMINER, "school": other_school.pk, "starts": "11/23/26"}
    refused = client.post(reverse("role_give", args=[secretary.pk]), given)
    assert list(problems(refused)) == ["school"]
    for passed_over in ("", "district"):
        assert list(problems(client.post(reverse("role_give", args=[secretary.pk]), {**given, "school": passed_over})))
    assert not RoleAssignment.objects.filter(role=Role.EXAMINER).exists()


@pytest.fixture
def two_children(monkeypatch, school, other_school):
    """Two schools stand for children here: the ground knows none, and needs none for its log."""

    def children(user):
        if any(at is None for _role, at in user.grants):
            return School.objects.all()
        return School.objects.filter(pk__in=[at for _role, at in user.grants])

    monkeypatch.setattr(looks, "_children", [children])
    return school, other_school


@pytest.mark.plan("MP3-10")
def test_the_log_of_looks_shows_the_children_one_answers_for(client, administrator, secretary, two_children):
    own, other = two_children
    Look.objects.create(user=administrator, student_id=own.pk, what="opened the page")
    Look.objects.create(user=administrator, student_id=other.pk, what="printed the letter")

    def seen(user, **asked):
        client.force_login(user)
        response = client.get(reverse("access_log"), asked)
        return {look.what for look in response.context["page_obj"]}, response.content.decode()

    assert seen(administrator)[0] == {"opened the page", "printed the letter"}
    what, page = seen(secretary)
    assert what == {"opened the page"}
    assert other.name not in page
    assert "printed the letter" not in page
    assert seen(secretary, child=other.pk)[0] == set()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param({"first": "11/23/26"}, {"today"}, id="from-today"),
        pytest.param({"last": "11/22/26"}, {"before"}, id="to-yesterday"),
        pytest.param({"person": "0"}, set(), id="somebody-else"),
        pytest.param({"person": "²", "child": "9" * 40}, {"today", "before"}, id="no-numbers"),
        pytest.param({"first": "yesterday"}, set(), id="no-date"),
    ],
)
def test_the_log_of_looks_is_asked_by_days_and_people(office, administrator, two_children, asked, expected):
    own, _other = two_children
    Look.objects.create(user=administrator, student_id=own.pk, what="today")
    before = datetime(2026, 11, 22, 23, 59, tzinfo=timezone.get_default_timezone())
    Look.objects.create(user=administrator, student_id=own.pk, what="before", at=before)
    response = office.get(reverse("access_log"), asked)
    assert {look.what for look in response.context["page_obj"]} == expected
    assert ("is not a date" in response.content.decode()) == (asked == {"first": "yesterday"})
