from django.apps import AppConfig


class StudentsConfig(AppConfig):
    """Chapters 1 and 2: student, family, enrollment, survey, language status, placement, Yellow Folder."""

    name = "students"
