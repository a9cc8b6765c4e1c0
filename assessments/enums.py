"""Choices of tests and scores, with the words that users see."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Test(TextChoices):
    __test__ = False  # not a test class, whatever its name says

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


class Level(TextChoices):
    """Levels of all tests by their slug in the score tables.

    ELPAC composites and domains carry digits; what a digit means depends on test and measure: `scales.level_words`.
    """

    BEGINNING = "beginning", _("Beginning")
    EARLY_INTERMEDIATE = "early_intermediate", _("Early Intermediate")
    INTERMEDIATE = "intermediate", _("Intermediate")
    EARLY_ADVANCED = "early_advanced", _("Early Advanced")
    ADVANCED = "advanced", _("Advanced")
    NOVICE_EL = "novice_el", _("Novice English Learner")
    INTERMEDIATE_EL = "intermediate_el", _("Intermediate English Learner")
    IFEP = "ifep", _("Initial Fluent English Proficient")
    LEVEL_1 = "1", _("level 1")
    LEVEL_2 = "2", _("level 2")
    LEVEL_3 = "3", _("level 3")
    LEVEL_4 = "4", _("level 4")
    ALTERNATE_1 = "1_novice_el", _("level 1, Novice English Learner")
    ALTERNATE_2 = "2_intermediate_el", _("level 2, Intermediate English Learner")
    ALTERNATE_3 = "3_fluent_english_proficient", _("level 3, Fluent English Proficient")


class ImportTarget(TextChoices):
    """What the lines of a file become."""

    RESULT = "result", _("results of the state's tests")
    LOCAL = "local", _("results of local measures")
    MARK = "mark", _("marks of courses")
    STATUS = "status", _("language statuses by the state")
    LONG_TERM = "long_term", _("the state's list of long-term English learners")


class LongTerm(TextChoices):
    """What the state's list says of a child; a code without a sure meaning stays a code."""

    LTEL = "ltel", _("long-term English learner")
    AT_RISK = "at_risk", _("at risk of becoming one")
    NEITHER = "neither", _("neither")
    UNSURE = "unsure", _("a code whose meaning is not sure")


class ImportState(TextChoices):
    UNMAPPED = "unmapped", _("waiting for its columns to be named")
    READING = "reading", _("being read")
    REFUSED = "refused", _("could not be read")
    PREVIEWED = "previewed", _("read, not yet applied")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    UNDONE = "undone", _("undone")


class Verdict(TextChoices):
    """What is to become of a line of a score file."""

    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    REJECTED = "rejected", _("rejected")


class Subject(TextChoices):
    """Subjects of local measures and marks; the core ones are those of the watch list (MP2-02)."""

    ELA = "ela", _("English language arts")
    MATH = "math", _("mathematics")
    SCIENCE = "science", _("science")
    HISTORY = "history", _("history and social science")
    ELD = "eld", _("English language development")
    OTHER = "other", _("another subject")

    @property
    def is_core(self) -> bool:
        return self in (Subject.ELA, Subject.MATH, Subject.SCIENCE, Subject.HISTORY)


class ValueType(TextChoices):
    """How a measure is written down."""

    SCORE = "score", _("a number")
    LEVEL = "level", _("a level in words")
    MARK = "mark", _("a mark")


class Kept(TextChoices):
    """Where what a measure says is kept: as a local result, as a result of the state, or as a mark of a course."""

    LOCAL = "local", _("entered here or read from a file")
    STATE = "state", _("read from the state's file")
    MARKS = "marks", _("read from the gradebook's file")


class Window(TextChoices):
    """When in the school year a measure is taken."""

    BOY = "boy", _("beginning of the year")
    MOY = "moy", _("middle of the year")
    EOY = "eoy", _("end of the year")
    TERM_1 = "t1", _("first term")
    TERM_2 = "t2", _("second term")
    TERM_3 = "t3", _("third term")
    TERM_4 = "t4", _("fourth term")
    YEAR = "year", _("once in the year")


class NotTaken(TextChoices):
    """Why there is no value of a measure for a child in a window."""

    ABSENT = "absent", _("absent")
    ALTERNATE = "alternate", _("another measure by the IEP")
    NOT_HERE = "not_here", _("not enrolled in the window")
    REFUSED = "refused", _("did not answer")
    OTHER = "other", _("another reason")


class LocalSource(TextChoices):
    ENTERED = "entered", _("entered by hand")
    FILE = "file", _("read from a file")


class PlanOutcome(TextChoices):
    """How an intervention action plan ended (MP3-15)."""

    REACHED = "reached", _("the need is met")
    PARTLY = "partly", _("better, not yet at grade level")
    NO_CHANGE = "no_change", _("no change")
    LEFT = "left", _("the child has left the district")
    WITHDRAWN = "withdrawn", _("begun by mistake")


class ReferralAnswer(TextChoices):
    """What the EL administrator found on a referral about question 4 (MP1-08)."""

    CORRECTED = "corrected", _("the survey or status is being corrected")
    TALKED = "talked", _("talked with the family; nothing changes")
    NO_DOUBT = "no_doubt", _("no sign of limited English")


class Outcome(TextChoices):
    """What the school notes of a child's yearly test."""

    TAKEN = "taken", _("taken")
    PARTIAL = "partial", _("taken in part")
    ABSENT = "absent", _("absent")
    EXEMPT = "exempt", _("exempt")


class SupportKind(TextChoices):
    """What the state's file tells apart; a district's own list may not know."""

    ACCOMMODATION = "accommodation", _("accommodation")
    DESIGNATED = "designated", _("designated support")
    UNSORTED = "unsorted", _("not sorted")


class OtherTest(TextChoices):
    """How a child takes the state's tests beside the ELPAC (MP3-12, MP3-13)."""

    SAME = "same", _("as other children of the grade")
    SUPPORTED = "supported", _("with the accommodations named")
    ALTERNATE = "alternate", _("the alternative test")
