"""Choices of tests and scores, with the words that users see."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Test(TextChoices):
    CELDT = "celdt", _("CELDT")
    INITIAL_ELPAC = "initial_elpac", _("Initial ELPAC")
    SUMMATIVE_ELPAC = "summative_elpac", _("Summative ELPAC")
    INITIAL_ALTERNATE_ELPAC = "initial_alternate_elpac", _("Initial Alternate ELPAC")
    SUMMATIVE_ALTERNATE_ELPAC = "summative_alternate_elpac", _("Summative Alternate ELPAC")
    CAASPP_ELA = "caaspp_ela", _("Smarter Balanced English language arts")
    CAASPP_MATH = "caaspp_math", _("Smarter Balanced mathematics")
    CAA_ELA = "caa_ela", _("California Alternate Assessment English language arts")
    CAA_MATH = "caa_math", _("California Alternate Assessment mathematics")

    @property
    def is_initial(self) -> bool:
        return self in (Test.INITIAL_ELPAC, Test.INITIAL_ALTERNATE_ELPAC)


class Measure(TextChoices):
    OVERALL = "overall", _("overall")
    ORAL_LANGUAGE = "oral_language", _("oral language")
    WRITTEN_LANGUAGE = "written_language", _("written language")
    LISTENING = "listening", _("listening")
    SPEAKING = "speaking", _("speaking")
    READING = "reading", _("reading")
    WRITING = "writing", _("writing")
    COMPREHENSION = "comprehension", _("comprehension")


class ResultSource(TextChoices):
    """Who gave the score; only a state file or records set the official status (D-06)."""

    STATE_FILE = "state_file", _("state file")
    LOCAL = "local", _("scored locally, preliminary")
    RECORDS = "records", _("records of the previous district")
