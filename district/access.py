"""Who may open what.

Every route declares the permission it asks for with `@requires`; the routes of libraries are declared in
`LIBRARY_ROUTES`. What is not declared does not start (see `district.checks`). Which rows a person sees is one
rule per model, `visible_to(user, permission)`, built on `Scope`. A stranger gets 404.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from district.enums import Role
from district.models import Look, School, User
from district.permissions import ROLE_PERMISSIONS, Permission
from district.refusal import NotAllowed

PUBLIC = "public"

# Routes of libraries, by name. A library route that is not here does not start.
LIBRARY_ROUTES: dict[str, str] = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_change_password": Permission.SIGNED_IN,
    "account_reauthenticate": Permission.SIGNED_IN,
}


@dataclass(frozen=True)
class Scope:
    """Where a person holds a permission: everywhere, in some schools, in the own class."""

    everywhere: bool
    schools: frozenset[int]
    own_class_of: int | None

    @classmethod
    def of(cls, user: User, permission: Permission | str) -> Scope:
        grants = [(role, at) for role, at in user.grants if permission in ROLE_PERMISSIONS[role]]
        whole = [at for role, at in grants if role != Role.TEACHER]
        return cls(
            everywhere=None in whole,
            schools=frozenset(at for at in whole if at is not None),
            own_class_of=user.pk if any(role == Role.TEACHER for role, _at in grants) else None,
        )


def requires(
    permission: Permission | str, *, methods: tuple[str, ...] = ("GET", "POST")
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Declare the permission a view asks for, and the methods it answers to; HEAD comes with GET.

    `PUBLIC` is for the few pages that need no account. A page that only shows something says `methods=("GET",)`, one
    that only does something `("POST",)`.
    """

    def declare(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        view.required_permission = permission  # type: ignore[attr-defined]
        view.answered_methods = methods  # type: ignore[attr-defined]
        return view

    return declare


def demand(user: User, permission: Permission, school: School | None = None) -> None:
    """Raise NotAllowed unless the person holds the permission at the school; None asks for the whole district."""
    scope = Scope.of(user, permission)
    if not scope.everywhere and (school is None or school.pk not in scope.schools):
        raise NotAllowed(str(permission.label), str(school or ""))


def declared_permission(pattern: URLPattern) -> str | None:
    """What a route asks for, or None when nobody has said so."""
    return getattr(pattern.callback, "required_permission", None) or LIBRARY_ROUTES.get(pattern.name or "")


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of the application as (path pattern, route)."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        else:
            yield path, entry


def may_open(user: User, address: str) -> bool:
    """Does the page at this address of ours ask for a permission that the person holds anywhere?

    For links: a page that would answer 404 is named, not offered. The page itself still asks.
    """
    path = urlsplit(address).path
    if not path:  # a place on the same page
        return True
    try:
        match = resolve(path)
    except Resolver404:
        return False
    permission = getattr(match.func, "required_permission", None) or LIBRARY_ROUTES.get(match.view_name)
    return permission == PUBLIC or (permission is not None and user.may(permission))


class AccessMiddleware:
    """Asks for sign-in, and answers 404 to whoever lacks the declared permission."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            response.content = render_to_string("405.html", request=request)  # a person's browser: words, and a way on
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        permission = getattr(view, "required_permission", None) or LIBRARY_ROUTES.get(name)
        if permission is None:
            raise Http404
        if permission != PUBLIC:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if not request.user.may(permission):
                raise Http404
        methods = getattr(view, "answered_methods", ("GET", "POST"))
        if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
            return HttpResponseNotAllowed(methods)
        return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, which leads back to where the person was; a part of a page asks its whole page to go there."""
    htmx = getattr(request, "htmx", None)
    came_from = (
        htmx.current_url_abs_path if htmx else request.get_full_path() if request.method in ("GET", "HEAD") else None
    )
    to_login = redirect_to_login(came_from or "/")
    if htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": to_login.url})
    return to_login


def log_look(user: User, student_ids: list[int], what: str) -> None:
    """Write down that the person opened, printed or exported these children's records."""
    Look.objects.bulk_create([Look(user=user, student_id=pk, what=what) for pk in student_ids], batch_size=5000)
