"""Settings: accounts, roles, and who stands in for vacant ones."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from district import actions
from district.access import PUBLIC, Scope, requires
from district.enums import Role
from district.history import acting
from district.models import Delegation, RoleAssignment, School, User, in_force
from district.permissions import Permission
from district.refusal import Refusal
from district.said import say, say_refused
from district.settings_forms import (
    CloseAccountForm,
    DelegationForm,
    EndForm,
    NewPersonForm,
    PasswordForm,
    PersonForm,
    RoleForm,
)
from district.views.carrying_out import done

P = Permission
ON_A_PAGE = 50
# Posts that the Plan fills in every school; the others are held in the district or only where needed.
SCHOOL_POSTS = (Role.SECRETARY, Role.PRINCIPAL, Role.EL_LEAD, Role.EXAMINER)
DISTRICT_POSTS = (Role.LIAISON, Role.SUPERINTENDENT)


def _people() -> Any:
    """Everybody with an account, with the roles held today; the command line's own is no person."""
    today = timezone.localdate()
    held = RoleAssignment.objects.filter(in_force(today)).select_related("school")
    stands_in = Delegation.objects.filter(in_force(today)).select_related("school")
    return User.objects.filter(is_service=False).prefetch_related(
        Prefetch("role_assignments", held, to_attr="held"), Prefetch("delegations", stands_in, to_attr="stands_in")
    )


@requires(P.MANAGE_PEOPLE, methods=("GET",))
def people(request: HttpRequest) -> HttpResponse:
    """Who has an account, and which roles."""
    found = _people().order_by("last_name", "first_name", "pk")
    asked = {key: request.GET.get(key, "") for key in ("q", "role", "state")}
    for word in asked["q"].split():
        found = found.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__icontains=word))
    found = found.filter(is_active=asked["state"] != "closed")
    if asked["role"] in Role:
        found = found.filter(
            pk__in=RoleAssignment.objects.filter(in_force(timezone.localdate()), role=asked["role"]).values("user")
        )
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"title": _("People and roles"), "page_obj": page, "asked": asked, "roles": Role.choices}
    return render(request, "district/people.html", context)


@requires(P.MANAGE_PEOPLE)
def person_add(request: HttpRequest) -> HttpResponse:
    form = NewPersonForm(request.POST or None, leave_url=reverse("people"))
    made = done(request, form, _("The account is made. Give it a role next."), actions.create_account)
    if made:
        user, address = made
        return _show_address(request, user, address)
    return render(request, "district/form.html", {"title": _("A new account"), "form": form, "up": "people"})


@requires(P.MANAGE_PEOPLE, methods=("GET",))
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: what is known, the roles of today, of before and of later."""
    user = get_object_or_404(_people(), pk=pk)
    context = {
        "title": str(user),
        "person": user,
        "roles": user.role_assignments.select_related("school").order_by("-starts"),
        "delegations": user.delegations.select_related("school").order_by("-starts"),
        "today": timezone.localdate(),
        "whole_district": Scope.of(request.user, P.MANAGE_PEOPLE).everywhere,
    }
    return render(request, "district/person.html", context)


@requires(P.MANAGE_PEOPLE)
def person_change(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk, is_service=False)
    form = PersonForm(request.POST or None, instance=user, leave_url=reverse("person", args=[pk]))
    if done(request, form, _("The account is saved."), actions.change_account, pk):
        return redirect("person", pk)
    title = str(User.objects.get(pk=pk))
    return render(request, "district/form.html", {"title": title, "form": form, "up": "people"})


@requires(P.MANAGE_PEOPLE)
def role_give(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk, is_service=False)
    form = RoleForm(request.POST or None, schools=_schools(request), leave_url=reverse("person", args=[pk]))
    if done(request, form, _("The role is given."), actions.give_role, user=user):
        return redirect("person", pk)
    title = _("A role for %(name)s") % {"name": user}
    return render(request, "district/form.html", {"title": title, "form": form, "up": "people"})


def _schools(request: HttpRequest) -> frozenset[int] | None:
    """The schools whose people the person manages; None is the whole district."""
    scope = Scope.of(request.user, P.MANAGE_PEOPLE)
    return None if scope.everywhere else scope.schools


@requires(P.MANAGE_PEOPLE)
def role_end(request: HttpRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(RoleAssignment.objects.select_related("user", "school"), pk=pk)
    back = reverse("person", args=[role.user_id])
    form = EndForm(request.POST or None, submit_label=_("End the role"), leave_url=back)
    if done(request, form, _("The role ends."), actions.end_role, pk):
        return redirect(back)
    title = _("End a role of %(name)s") % {"name": role.user}
    return render(request, "district/form.html", {"title": title, "lead": str(role), "form": form, "up": "people"})


@requires(P.MANAGE_PEOPLE, methods=("POST",))
def password_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a person's password away and show, once, the address at which a new one is set."""
    user = get_object_or_404(User, pk=pk, is_service=False)
    try:
        address = actions.new_password_link(pk, by=request.user)
    except Refusal as refusal:
        say_refused(request, refusal)
        return redirect("person", pk)
    return _show_address(request, user, address)


@requires(P.MANAGE_PEOPLE)
def account_close(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk, is_service=False, is_active=True)
    form = CloseAccountForm(request.POST or None, leave_url=reverse("person", args=[pk]))
    if done(request, form, _("The account of %(name)s is closed.") % {"name": user}, actions.deactivate_account, pk):
        return redirect("person", pk)
    title = _("Close the account of %(name)s") % {"name": user}
    lead = _("All roles end today. Whoever is signed in with the account is signed out.")
    return render(request, "district/form.html", {"title": title, "lead": lead, "form": form, "up": "people"})


@requires(P.MANAGE_PEOPLE, methods=("POST",))
def account_open(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(User, pk=pk, is_service=False, is_active=False)
    try:
        user, address = actions.reactivate_account(pk, by=request.user)
    except Refusal as refusal:
        say_refused(request, refusal)
        return redirect("person", pk)
    return _show_address(request, user, address)


def _show_address(request: HttpRequest, user: User, address: str) -> HttpResponse:
    """The page that shows the password address this once; nothing of it is kept."""
    context = {"title": _("Hand this over to %(name)s") % {"name": user}, "person": user}
    return render(request, "district/password_link.html", context | {"address": request.build_absolute_uri(address)})


@requires(PUBLIC)
@never_cache
@sensitive_post_parameters()
def set_password(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """Where the owner of an account sets its password, once, with the address that was handed over."""
    user = _owner(number)
    if user is None or not default_token_generator.check_token(user, token):
        return render(request, "district/set_password_spent.html", {"title": _("This address is spent")}, status=404)
    form = PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        with acting(user, _("password set by its owner")):
            user.set_password(form.cleaned_data["password"])
            user.save(update_fields=["password"])
        say(request, _("The password is set. Sign in with it."))
        return redirect("account_login")
    title = _("Set the password of %(name)s") % {"name": user.get_username()}
    return render(request, "district/set_password.html", {"title": title, "form": form})


def _owner(number: str) -> User | None:
    try:
        pk = int(urlsafe_base64_decode(number).decode())
    except (ValueError, UnicodeDecodeError):
        return None
    return User.objects.filter(pk=pk, is_active=True, is_service=False).first()


@requires(P.MANAGE_PEOPLE, methods=("GET",))
def vacancies(request: HttpRequest) -> HttpResponse:
    """Posts that nobody holds today, and who stands in."""
    today = timezone.localdate()
    held = set(RoleAssignment.objects.filter(in_force(today), user__is_active=True).values_list("role", "school"))
    standing_in = list(Delegation.objects.filter(in_force(today)).select_related("school", "delegate"))
    covered = {(each.role, each.school_id) for each in standing_in}
    schools = list(School.objects.all())
    posts = [(role, school) for school in schools for role in SCHOOL_POSTS]
    posts += [(role, None) for role in DISTRICT_POSTS]
    vacant = [
        {"role": role, "school": school}
        for role, school in posts
        if not {(role, school and school.pk), (role, None)} & (held | covered)
    ]
    context = {"title": _("Vacant roles"), "vacant": vacant, "standing_in": standing_in, "today": today}
    return render(request, "district/vacancies.html", context)


@requires(P.MANAGE_PEOPLE)
def delegation_add(request: HttpRequest) -> HttpResponse:
    asked = {"role": request.GET.get("role"), "school": request.GET.get("school"), "starts": timezone.localdate()}
    form = DelegationForm(
        request.POST or None, initial=asked, schools=_schools(request), leave_url=reverse("vacancies")
    )
    if done(request, form, _("The role has somebody who stands in."), actions.delegate_role):
        return redirect("vacancies")
    lead = _("What is due to the role stands on the home page of whoever stands in.")
    context = {"title": _("Who stands in for a vacant role"), "lead": lead, "form": form, "up": "vacancies"}
    return render(request, "district/form.html", context)


@requires(P.MANAGE_PEOPLE)
def delegation_end(request: HttpRequest, pk: int) -> HttpResponse:
    delegation = get_object_or_404(Delegation.objects.select_related("school", "delegate"), pk=pk)
    form = EndForm(request.POST or None, submit_label=_("End it"), leave_url=reverse("vacancies"))
    if done(request, form, _("The delegation ends."), actions.end_delegation, pk):
        return redirect("vacancies")
    title = _("End a delegation")
    return render(
        request, "district/form.html", {"title": title, "lead": str(delegation), "form": form, "up": "vacancies"}
    )
