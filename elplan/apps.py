from django.apps import AppConfig


class ElplanConfig(AppConfig):
    """The house: settings, addresses, home pages."""

    name = "elplan"
