"""Choices of chapters 1 and 2, with the words that users see."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ElStatus(TextChoices):
    """English language acquisition status, in the state's codes."""

    EO = "EO", _("English only")
    TBD = "TBD", _("to be determined")
    IFEP = "IFEP", _("initially fluent in English")
    EL = "EL", _("English learner")
    RFEP = "RFEP", _("reclassified fluent in English")
    ADEL = "ADEL", _("adult English learner")


class StatusSource(TextChoices):
    """Where a language status comes from (decisions D-04, D-06)."""

    SURVEY = "survey", _("Home Language Survey")
    STATE_FILE = "state_file", _("state file")
    RECORDS = "records", _("records of the previous district")
    DECISION = "decision", _("decision of this district")
    CORRECTION = "correction", _("correction of a classification")


class Origin(TextChoices):
    """Where a child comes from at enrollment; it decides the path (MP1-45 to MP1-51)."""

    NEW = "new", _("new to school, or new to California schools from home")
    CALIFORNIA = "california", _("transfer from another California district")
    OUT_OF_STATE = "out_of_state", _("from another state")
    OTHER_COUNTRY = "other_country", _("from another country")


class SurveyReason(TextChoices):
    """Why a version of the survey was written (decision D-02)."""

    FIRST = "first", _("first enrollment")
    PARENT_AMENDMENT = "parent_amendment", _("the parent corrects the survey")
    STAFF_CORRECTION = "staff_correction", _("staff see another language: correction A")
    ENTRY_ERROR = "entry_error", _("typing error in our entry")


class FlagKind(TextChoices):
    """Dated facts about a child that change rules or lists."""

    IEP = "iep", _("IEP")
    SECTION_504 = "section_504", _("504 plan")
    MIGRANT = "migrant", _("migrant")
    HOMELESS = "homeless", _("McKinney-Vento")
    FOSTER = "foster", _("foster youth")


class Gender(TextChoices):
    FEMALE = "F", _("female")
    MALE = "M", _("male")
    NONBINARY = "X", _("nonbinary")


class ProgramKind(TextChoices):
    """Programs of the Plan's chapter 2, and what a parent may choose instead."""

    SEI = "sei", _("Structured English Immersion")
    ELM = "elm", _("English Language Mainstream")
    DUAL = "dual", _("dual-language immersion")
    DECLINED = "declined", _("EL services declined by the parent")


class AttemptChannel(TextChoices):
    PHONE = "phone", _("phone")
    FAX = "fax", _("fax")
    EMAIL = "email", _("e-mail")
    MAIL = "mail", _("letter")


class ConferenceKind(TextChoices):
    INITIAL = "initial", _("initial results")
    ANNUAL = "annual", _("annual review")


class FolderKind(TextChoices):
    """Originals of the Yellow Folder (MP1-33, MP1-43)."""

    SURVEY = "survey", _("Home Language Survey")
    SCORE_REPORT = "score_report", _("score report")
    PLACEMENT = "placement", _("placement form")
    INITIAL_LETTER = "initial_letter", _("initial notification")
    ANNUAL_LETTER = "annual_letter", _("annual notification")
    RECORDS = "records", _("records of the previous district")


class CorrectionProcess(TextChoices):
    """The three ways to correct a classification (5 CCR 11518.20)."""

    A = "A", _("A: English only, and something points to another language")
    B = "B", _("B: tested without being eligible")
    C = "C", _("C: review of the classification")


class CorrectionAsker(TextChoices):
    """Who asks for a correction."""

    PARENT = "parent", _("parent or guardian")
    STAFF = "staff", _("certificated member of staff")
    OFFICE = "office", _("the district, which found the error")


class CorrectionOutcome(TextChoices):
    """What became of a correction."""

    CHANGED = "changed", _("the status changes")
    UNCHANGED = "unchanged", _("the status stays")
    WITHDRAWN = "withdrawn", _("taken back before a decision")


class EvidenceKind(TextChoices):
    """What a review looks at (5 CCR 11518.20(d))."""

    SURVEY = "survey", _("Home Language Survey")
    ENGLISH = "english", _("objective assessment of English")
    PARENT = "parent", _("opinion of the parents")
    CLASSROOM = "classroom", _("work in the classroom")
    OTHER = "other", _("other")


class ScanType(TextChoices):
    """What a scan or photo may be, told by its first bytes."""

    PDF = "pdf", "PDF"
    JPEG = "jpeg", "JPEG"
    PNG = "png", "PNG"


class ChangeField(TextChoices):
    """What a principal can find wrong in a record (MP1-40, MP1-41)."""

    STATUS = "status", _("language status")
    STATUS_SINCE = "status_since", _("day of the language status")
    LEVEL = "level", _("proficiency level or score")
    TESTED_ON = "tested_on", _("day of the test")
    PROGRAM = "program", _("program placement")
    PLACED_ON = "placed_on", _("first day of the placement")
    SERVICE = "service", _("services: ELD, IEP, 504, migrant")
    LANGUAGE = "language", _("language of the home")
    NAME = "name", _("name, birth date or number")
    OTHER = "other", _("something else")


class Looked(TextChoices):
    """What was found of an item in a folder."""

    RIGHT = "right", _("right")
    WRONG = "wrong", _("wrong")
    MISSING = "missing", _("missing")


class FactKind(TextChoices):
    """Facts that are entered in Aeries by hand (MP1-11, MP1-31)."""

    SURVEY = "survey", _("Home Language Survey")
    STATUS = "status", _("language status")
    RESULT = "result", _("test result")
    PLACEMENT = "placement", _("placement")


class CopyKind(TextChoices):
    """Of what the teacher gets a copy (MP1-32, MP1-42)."""

    PLACEMENT = "placement", _("placement form")
    CHANGE = "change", _("change of the record")
    ANNUAL = "annual", _("annual notification")
