from django.apps import AppConfig


class ReclassificationConfig(AppConfig):
    """Chapter 4."""

    name = "reclassification"
