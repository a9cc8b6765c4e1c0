from django.apps import AppConfig


class StudentsConfig(AppConfig):
    """Chapters 1 and 2: student, family, enrollment, survey, language status, placement, Yellow Folder."""

    name = "students"

    def ready(self) -> None:
        from district import reference
        from students import loaders

        reference.register("moves of the language status", loaders.load_transitions)
        reference.register("programs", loaders.load_programs)
