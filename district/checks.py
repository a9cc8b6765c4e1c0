"""Checks that must pass before the application starts."""

from typing import Any

from django.core import checks

from district.access import declared_permission, routes

METHODS = ({"GET"}, {"POST"}, {"GET", "POST"})


@checks.register(checks.Tags.security)
def every_route_is_declared(**kwargs: Any) -> list[checks.CheckMessage]:
    """Each route says which permission it asks for, and answers to GET, POST or both."""
    found: list[checks.CheckMessage] = []
    for path, pattern in routes():
        if declared_permission(pattern) is None:
            found.append(
                checks.Error(
                    f"The route {path!r} does not say which permission it asks for.",
                    hint="Put @requires(Permission...) on its view, or name it in district.access.LIBRARY_ROUTES.",
                    id="district.E001",
                )
            )
        if set(getattr(pattern.callback, "answered_methods", ("GET",))) not in METHODS:
            found.append(
                checks.Error(
                    f"The route {path!r} answers to something else than GET and POST.",
                    hint='Say methods=("GET",), ("POST",) or ("GET", "POST") in @requires.',
                    id="district.E002",
                )
            )
    return found
