"""Checks that must pass before the application starts."""

from typing import Any

from django.core import checks

from district.access import declared_permission, routes


@checks.register(checks.Tags.security)
def every_route_is_declared(**kwargs: Any) -> list[checks.CheckMessage]:
    """Each route says which permission it asks for."""
    return [
        checks.Error(
            f"The route {path!r} does not say which permission it asks for.",
            hint="Put @requires(Permission...) on its view, or name it in district.access.LIBRARY_ROUTES.",
            id="district.E001",
        )
        for path, pattern in routes()
        if declared_permission(pattern) is None
    ]
