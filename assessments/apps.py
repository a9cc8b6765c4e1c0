from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Chapters 1 and 3: tests, score scales, results, imports, initial identification."""

    name = "assessments"
