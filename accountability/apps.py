from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    """Chapters 5, 7, 8."""

    name = "accountability"
