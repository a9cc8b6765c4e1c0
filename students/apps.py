from django.apps import AppConfig


class StudentsConfig(AppConfig):
    """Chapters 1 and 2: student, family, enrollment, survey, language status, placement, Yellow Folder."""

    name = "students"

    def ready(self) -> None:
        from district import reference
        from students import loaders

        reference.register("moves of the language status", loaders.load_transitions)
        reference.register("programs", loaders.load_programs)
        _register_put_back()


def _register_put_back() -> None:
    """Say how each ordinary entry of this app is put back (D-25)."""
    from district import entries
    from students.actions import enrolling, placing, surveys

    entries.register(surveys.SURVEY, surveys.put_back_survey)
    entries.register(surveys.SIGNED, surveys.put_back_signature)
    entries.register(enrolling.ENROLLED, enrolling.put_back_enrollment)
    entries.register(enrolling.MOVED, enrolling.put_back_transfer)
    entries.register(enrolling.LEFT, enrolling.put_back_exit)
    entries.register(placing.PLACED, placing.put_back_placement)
    entries.register(placing.HELD, placing.put_back_conference)
    entries.register(placing.COPY_GIVEN, placing.put_back_copies)
    entries.register(placing.CUT_SET, placing.put_back_cut)
