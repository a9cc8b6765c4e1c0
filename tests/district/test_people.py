"""Accounts, roles and delegations: who may, what follows, what is refused."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from district import actions
from district.enums import Role
from district.models import Delegation, RoleAssignment, User
from district.permissions import Permission
from district.refusal import NotAllowed, Refusal
from tests.district.conftest import person

D = date.fromisoformat
TODAY = timezone.localdate
NEW = {"username": "mochoa", "first_name": "Marisela", "last_name": "Ochoa", "email": "mochoa@example.org"}


@pytest.fixture
def teacher(school):
    return person("teacher", (Role.TEACHER, school))


def fresh(user):
    """The person as the next request will see it."""
    return User.objects.get(pk=user.pk)


def test_an_account_comes_without_roles_and_without_password(administrator):
    user, address = actions.create_account(by=administrator, **NEW)
    assert (fresh(user).grants, user.has_usable_password(), user.is_superuser) == ([], False, False)
    assert address.startswith("/")


@pytest.mark.parametrize("twice", [{"username": "MOchoa"}, {"username": "other", "email": "MOCHOA@example.org"}])
def test_nobody_gets_the_name_or_the_address_of_somebody_else(administrator, twice):
    actions.create_account(by=administrator, **NEW)
    with pytest.raises(Refusal, match="belongs to Marisela Ochoa"):
        actions.create_account(by=administrator, **{**NEW, **twice})


def test_a_person_is_renamed(administrator):
    user, _address = actions.create_account(by=administrator, **NEW)
    actions.change_account(
        user.pk, by=administrator, first_name="Marisela", last_name="Ruiz", email=NEW["email"], title="Registrar"
    )
    assert (str(fresh(user)), fresh(user).title) == ("Marisela Ruiz", "Registrar")


def test_a_role_opens_what_it_opens_and_ends_with_its_last_day(administrator, school, other_school):
    user, _address = actions.create_account(by=administrator, **NEW)
    role = actions.give_role(by=administrator, user=user, role=Role.SECRETARY, school=school, starts=TODAY())
    assert fresh(user).may(Permission.ENROLL, school.pk)
    assert not fresh(user).may(Permission.ENROLL, other_school.pk)
    actions.end_role(role.pk, by=administrator, ends=TODAY())
    assert fresh(user).may(Permission.ENROLL, school.pk)
    actions.end_role(role.pk, by=administrator, ends=TODAY() - timedelta(days=0))
    RoleAssignment.objects.update(starts=TODAY() - timedelta(days=9), ends=TODAY() - timedelta(days=1))
    assert fresh(user).grants == []


def test_a_role_that_has_not_begun_opens_nothing_and_can_be_taken_back(administrator, school):
    user, _address = actions.create_account(by=administrator, **NEW)
    later = TODAY() + timedelta(days=5)
    role = actions.give_role(by=administrator, user=user, role=Role.SECRETARY, school=school, starts=later)
    assert fresh(user).grants == []
    actions.end_role(role.pk, by=administrator, ends=TODAY())
    assert not RoleAssignment.objects.filter(user=user).exists()


def test_a_role_is_not_held_twice_at_a_time(administrator, school):
    user, _address = actions.create_account(by=administrator, **NEW)
    give = {"by": administrator, "user": user, "role": Role.SECRETARY, "school": school}
    first = actions.give_role(**give, starts=D("2025-08-01"))
    with pytest.raises(Refusal, match="holds this role there since Fri 1 Aug 2025"):
        actions.give_role(**give, starts=D("2026-08-01"))
    actions.end_role(first.pk, by=administrator, ends=D("2026-07-31"))
    actions.give_role(**give, starts=D("2026-08-01"))
    assert RoleAssignment.objects.filter(user=user).count() == 2


def test_one_person_holds_the_role_at_two_schools(administrator, school, other_school):
    user, _address = actions.create_account(by=administrator, **NEW)
    for at in (school, other_school, None):
        actions.give_role(by=administrator, user=user, role=Role.SECRETARY, school=at, starts=TODAY())
    assert sorted(fresh(user).grants, key=str) == sorted(
        [(Role.SECRETARY, school.pk), (Role.SECRETARY, other_school.pk), (Role.SECRETARY, None)], key=str
    )


def test_a_role_does_not_end_before_it_began(administrator, secretary):
    role = secretary.role_assignments.get()
    with pytest.raises(Refusal, match="before it began"):
        actions.end_role(role.pk, by=administrator, ends=role.starts - timedelta(days=1))


def test_the_last_administrator_stays(administrator):
    with pytest.raises(Refusal, match="nobody would be EL administrator"):
        actions.end_role(administrator.role_assignments.get().pk, by=administrator, ends=TODAY())
    second = person("second", Role.EL_ADMINISTRATOR)
    actions.end_role(administrator.role_assignments.get().pk, by=second, ends=TODAY())
    with pytest.raises(Refusal, match="nobody would be EL administrator"):
        actions.end_role(second.role_assignments.get().pk, by=second, ends=TODAY())


@pytest.mark.plan("MP5-49")
def test_who_stands_in_for_a_vacant_role_may_do_what_it_may(administrator, school, teacher):
    assert not fresh(teacher).may(Permission.PLAN_TEST, school.pk)
    delegation = actions.delegate_role(
        by=administrator,
        role=Role.EL_LEAD,
        school=school,
        delegate=teacher,
        starts=TODAY(),
        ends=None,
        reason="the post is vacant",
    )
    assert fresh(teacher).may(Permission.PLAN_TEST, school.pk)
    actions.end_delegation(delegation.pk, by=administrator, ends=TODAY())
    Delegation.objects.update(starts=TODAY() - timedelta(days=9), ends=TODAY() - timedelta(days=1))
    assert not fresh(teacher).may(Permission.PLAN_TEST, school.pk)


def test_nobody_stands_in_for_a_role_that_is_held(administrator, school, secretary, teacher):
    with pytest.raises(Refusal, match="Secretary Example holds the role of school secretary"):
        actions.delegate_role(
            by=administrator,
            role=Role.SECRETARY,
            school=school,
            delegate=teacher,
            starts=TODAY(),
            ends=None,
            reason="leave",
        )


def test_a_closed_account_loses_its_roles_today(administrator, secretary):
    actions.deactivate_account(secretary.pk, by=administrator, reason="left the district")
    assert (fresh(secretary).grants, fresh(secretary).is_active) == ([], False)
    assert secretary.role_assignments.get().ends == TODAY()


def test_an_account_that_opens_again_has_no_roles(administrator, secretary):
    actions.deactivate_account(secretary.pk, by=administrator, reason="left the district")
    RoleAssignment.objects.filter(user=secretary).update(ends=TODAY() - timedelta(days=1))
    actions.reactivate_account(secretary.pk, by=administrator)
    assert (fresh(secretary).grants, fresh(secretary).is_active) == ([], True)


def test_nobody_closes_the_own_account_or_the_last_administrator_s(administrator):
    with pytest.raises(Refusal, match="your own account"):
        actions.deactivate_account(administrator.pk, by=administrator, reason="leave")
    with pytest.raises(Refusal, match="nobody would be EL administrator"):
        actions.deactivate_account(administrator.pk, by=User.objects.command_line(), reason="leave")


@pytest.mark.parametrize("verb", ["change", "deactivate", "password", "role"])
def test_the_command_line_s_account_is_nobody_s_to_change(administrator, verb):
    account = User.objects.command_line()
    verbs = {
        "change": lambda: actions.change_account(
            account.pk, by=administrator, first_name="X", last_name="X", email="", title=""
        ),
        "deactivate": lambda: actions.deactivate_account(account.pk, by=administrator, reason="X"),
        "password": lambda: actions.new_password_link(account.pk, by=administrator),
        "role": lambda: actions.give_role(by=administrator, user=account, role=Role.BOARD, school=None, starts=TODAY()),
    }
    with pytest.raises(User.DoesNotExist):
        verbs[verb]()


def test_who_manages_people_of_one_school_gives_roles_there_only(administrator, school, other_school, teacher):
    lead = person("site", (Role.EL_ADMINISTRATOR, school))
    actions.give_role(by=lead, user=teacher, role=Role.EXAMINER, school=school, starts=TODAY())
    for at in (other_school, None):
        with pytest.raises(NotAllowed):
            actions.give_role(by=lead, user=teacher, role=Role.EXAMINER, school=at, starts=TODAY())
    with pytest.raises(NotAllowed):
        actions.deactivate_account(teacher.pk, by=lead, reason="X")


@pytest.mark.parametrize(
    "verb",
    [
        pytest.param(lambda by, other: actions.create_account(by=by, **NEW), id="create"),
        pytest.param(lambda by, other: actions.new_password_link(other.pk, by=by), id="password"),
        pytest.param(lambda by, other: actions.deactivate_account(other.pk, by=by, reason="X"), id="deactivate"),
        pytest.param(lambda by, other: actions.reactivate_account(other.pk, by=by), id="reactivate"),
        pytest.param(
            lambda by, other: actions.give_role(
                by=by, user=by, role=Role.EL_ADMINISTRATOR, school=None, starts=TODAY()
            ),
            id="give-oneself-a-role",
        ),
        pytest.param(
            lambda by, other: actions.end_role(other.role_assignments.get().pk, by=by, ends=TODAY()), id="end-role"
        ),
        pytest.param(
            lambda by, other: actions.delegate_role(
                by=by,
                role=Role.EL_LEAD,
                school=None,
                delegate=by,
                starts=TODAY(),
                ends=None,
                reason="X",
            ),
            id="delegate",
        ),
    ],
)
def test_a_secretary_manages_nobody(secretary, administrator, verb):
    before = (User.objects.count(), RoleAssignment.objects.count(), Delegation.objects.count())
    with pytest.raises(NotAllowed):
        verb(secretary, administrator)
    assert (User.objects.count(), RoleAssignment.objects.count(), Delegation.objects.count()) == before
    assert fresh(administrator).is_active
