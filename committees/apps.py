from django.apps import AppConfig


class CommitteesConfig(AppConfig):
    """Chapter 6."""

    name = "committees"
