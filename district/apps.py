from django.apps import AppConfig


class DistrictConfig(AppConfig):
    """The ground under all chapters: district, schools, calendar, languages, people and roles, access, history."""

    name = "district"

    def ready(self) -> None:
        from district import (
            checks,  # noqa: F401 -- registers the check that every route is declared
            loaders,
            reference,
        )

        reference.register("languages", loaders.load_languages)
        reference.register("legal rules", loaders.load_legal_rules)
        reference.register("rows of the Plan", loaders.load_plan_rows)
