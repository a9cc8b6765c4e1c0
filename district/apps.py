from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DistrictConfig(AppConfig):
    """The ground under all chapters: district, schools, calendar, languages, people and roles, access, history."""

    name = "district"

    def ready(self) -> None:
        from district import (
            checks,  # noqa: F401 -- registers the check that every route is declared
            loaders,
            quick_history,
            reference,
        )

        reference.register("languages", loaders.load_languages)
        reference.register("legal rules", loaders.load_legal_rules)
        reference.register("rows of the Plan", loaders.load_plan_rows)
        post_migrate.connect(quick_history.install, sender=self)
