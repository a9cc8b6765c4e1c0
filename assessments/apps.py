from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Chapters 1 and 3: tests, score scales, results, imports, initial identification."""

    name = "assessments"

    def ready(self) -> None:
        from assessments import actions, letters, loaders
        from district import entries, reference
        from notifications import kinds

        reference.register("score scales", loaders.load_score_ranges)
        entries.register(actions.LOCAL_RESULT, actions.put_back_local_result)
        entries.register(actions.REPORTS_GIVEN, actions.put_back_reports)
        entries.register(actions.PLAN, actions.put_back_plan)
        for kind, source in letters.SOURCES.items():
            kinds.register_builder(kind, source)
