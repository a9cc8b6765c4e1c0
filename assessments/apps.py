from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Chapters 1 and 3: tests, score scales, results, imports, initial identification."""

    name = "assessments"

    def ready(self) -> None:
        from assessments import loaders
        from district import reference

        reference.register("score scales", loaders.load_score_ranges)
