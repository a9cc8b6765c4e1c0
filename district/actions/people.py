"""Accounts, roles and delegations."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.auth.tokens import default_token_generator
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from district.actions.doing import doing, save
from district.enums import Role
from district.models import Delegation, RoleAssignment, School, User, in_force
from district.permissions import Permission
from district.refusal import Refusal
from district.wording import long_day

ENDLESS = date.max


def create_account(
    *, by: User, username: str, first_name: str, last_name: str, email: str = "", title: str = ""
) -> tuple[User, str]:
    """An account without roles, and the address at which its owner sets the first password.

    The address works once and for three days. It is shown once, to be handed over; nobody else learns the password.
    """
    with doing(by, Permission.MANAGE_PEOPLE, _("account created")):
        username = username.strip().lower()
        _refuse_twice(username, email)
        user = User(username=username)
        user.set_unusable_password()
        save(user, {"first_name": first_name, "last_name": last_name, "email": email, "title": title})
    return user, password_address(user)


def change_account(user_id: int, *, by: User, first_name: str, last_name: str, email: str, title: str) -> User:
    """Change a person's name, address or title; the user name stays, since the history speaks of it."""
    with doing(by, Permission.MANAGE_PEOPLE, _("account changed")):
        user = _person(user_id)
        _refuse_twice("", email, besides=user)
        save(user, {"first_name": first_name, "last_name": last_name, "email": email, "title": title})
    return user


def _refuse_twice(username: str, email: str, besides: User | None = None) -> None:
    """No two people with one user name or one e-mail address: people sign in with either."""
    others = User.objects.exclude(pk=besides.pk) if besides else User.objects.all()
    for field, value in (("username", username), ("email", email)):
        if value and (twice := others.filter(**{f"{field}__iexact": value}).first()):
            raise Refusal(
                _("%(value)s belongs to %(person)s.") % {"value": value, "person": twice},
                _("Choose another one, or give that account the role."),
                field=field,
            )


def password_address(user: User) -> str:
    """Path of the page on which this person sets a password; worth nothing once it has been used."""
    number = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("set_password", args=[number, default_token_generator.make_token(user)])


def new_password_link(user_id: int, *, by: User) -> str:
    """Take the password away and give the address at which its owner sets a new one; open sessions end."""
    with doing(by, Permission.MANAGE_PEOPLE, _("new password asked for")):
        user = _person(user_id)
        if not user.is_active:
            raise Refusal(_("The account of %(name)s is closed.") % {"name": user}, _("Open it again first."))
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return password_address(user)


def deactivate_account(user_id: int, *, by: User, reason: str) -> User:
    """Close an account: its roles end today, open sessions are refused at their next request."""
    with doing(by, Permission.MANAGE_PEOPLE, reason):
        user = _person(user_id)
        if user.pk == by.pk:
            raise Refusal(_("You cannot close your own account."), _("Ask another EL administrator."))
        today = timezone.localdate()
        _keep_an_administrator(today, besides_user=user)
        for rows in (user.role_assignments, user.delegations):
            rows.filter(starts__gt=today).delete()
            rows.filter(in_force(today)).update(ends=today)
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
    return user


def reactivate_account(user_id: int, *, by: User) -> tuple[User, str]:
    """Open an account again, without roles, and give the address at which its owner sets a password."""
    with doing(by, Permission.MANAGE_PEOPLE, _("account opened again")):
        user = _person(user_id)
        user.is_active = True
        user.save(update_fields=["is_active"])
    return user, password_address(user)


def give_role(
    *, by: User, user: User, role: Role, school: School | None, starts: date, ends: date | None = None
) -> RoleAssignment:
    """A person holds a role from a day on, at a school or in the whole district (None)."""
    with doing(by, Permission.MANAGE_PEOPLE, _("role given"), school):
        person = _person(user.pk)
        _check_span(person, starts, ends)
        held = person.role_assignments.filter(
            Q(ends__isnull=True) | Q(ends__gte=starts), role=role, school=school, starts__lte=ends or ENDLESS
        ).first()
        if held:
            raise Refusal(
                _("%(name)s holds this role there since %(day)s.") % {"name": person, "day": long_day(held.starts)},
                _("End that one first, or choose other days."),
                field="role",
            )
        assignment = RoleAssignment(user=person, role=role, school=school, starts=starts, ends=ends)
        save(assignment)
    return assignment


def end_role(assignment_id: int, *, by: User, ends: date) -> RoleAssignment:
    """The role ends; `ends` is the last day on which it is held. A role that has not begun yet is taken back."""
    assignment = RoleAssignment.objects.select_related("school", "user").get(pk=assignment_id)
    with doing(by, Permission.MANAGE_PEOPLE, _("role ended"), assignment.school):
        locked = RoleAssignment.objects.select_for_update(of=("self",)).get(pk=assignment_id)
        if ends < locked.starts and locked.starts > timezone.localdate():
            locked.delete()
            return locked
        if ends < locked.starts:
            raise Refusal(
                _("The role cannot end before it began on %(day)s.") % {"day": long_day(locked.starts)}, field="ends"
            )
        locked.ends = ends
        if locked.role == Role.EL_ADMINISTRATOR and locked.school_id is None:
            _keep_an_administrator(ends + timedelta(days=1), besides_role=locked)
        locked.save(update_fields=["ends"])
    return locked


def delegate_role(
    *, by: User, role: Role, school: School | None, delegate: User, starts: date, ends: date | None, reason: str
) -> Delegation:
    """Name who stands in for a role that nobody holds, so that nothing blocks on the vacancy (MP5-49)."""
    with doing(by, Permission.MANAGE_PEOPLE, reason, school):
        person = _person(delegate.pk)
        _check_span(person, starts, ends)
        held = User.objects.holding(role, school, starts).exclude(is_service=True).first()
        if held:
            raise Refusal(
                _("%(name)s holds the role of %(role)s on %(day)s, so nobody need stand in.")
                % {"name": held, "role": Role(role).label, "day": long_day(starts)},
                _("Delegate from the day on which the role is vacant."),
                field="starts",
            )
        delegation = Delegation(
            role=role, school=school, delegate=person, starts=starts, ends=ends, reason=reason.strip()
        )
        save(delegation)
    return delegation


def end_delegation(delegation_id: int, *, by: User, ends: date) -> Delegation:
    """Nobody stands in any more after that day."""
    delegation = Delegation.objects.select_related("school").get(pk=delegation_id)
    with doing(by, Permission.MANAGE_PEOPLE, _("delegation ended"), delegation.school):
        if ends < delegation.starts:
            raise Refusal(
                _("The delegation cannot end before it began on %(day)s.") % {"day": long_day(delegation.starts)},
                field="ends",
            )
        save(delegation, {"ends": ends})
    return delegation


def _person(user_id: int) -> User:
    """The account, locked; the command line's own is nobody's to change."""
    return User.objects.select_for_update().get(pk=user_id, is_service=False)


def _check_span(person: User, starts: date, ends: date | None) -> None:
    if not person.is_active:
        raise Refusal(_("The account of %(name)s is closed.") % {"name": person}, _("Open it again first."))
    if ends and ends < starts:
        raise Refusal(_("The last day lies before the first."), field="ends")


def _keep_an_administrator(
    on: date, *, besides_user: User | None = None, besides_role: RoleAssignment | None = None
) -> None:
    """Somebody must be left who can give roles; the lock keeps two people from ending each other's at once."""
    held = RoleAssignment.objects.select_for_update(of=("self",)).filter(
        in_force(on), role=Role.EL_ADMINISTRATOR, school=None, user__is_active=True
    )
    left = [
        row
        for row in held
        if not (besides_user and row.user_id == besides_user.pk) and not (besides_role and row.pk == besides_role.pk)
    ]
    if not left:
        raise Refusal(
            _("Then nobody would be EL administrator of the district on %(day)s.") % {"day": long_day(on)},
            _("Give the role to somebody else first."),
        )
