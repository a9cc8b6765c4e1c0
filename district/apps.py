from django.apps import AppConfig


class DistrictConfig(AppConfig):
    """The ground under all chapters: district, schools, calendar, languages, people and roles, access, history."""

    name = "district"

    def ready(self) -> None:
        from district import checks  # noqa: F401 -- registers the check that every route is declared
