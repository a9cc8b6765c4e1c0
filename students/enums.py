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


class ContactChannel(TextChoices):
    """How parents are asked to a conference."""

    PHONE = "phone", _("phone")
    MESSAGE = "message", _("text message")
    EMAIL = "email", _("e-mail")
    MAIL = "mail", _("letter")
    PERSON = "person", _("in person")
    VISIT = "visit", _("home visit")
    APPOINTMENT = "appointment", _("an appointment was held open")


class AttemptOutcome(TextChoices):
    """What came of an attempt; only an agreed day is none that failed."""

    NO_ANSWER = "no_answer", _("no answer")
    MESSAGE = "message", _("message left, nobody called back")
    NOT_COME = "not_come", _("nobody came")
    DECLINED = "declined", _("the parents do not want to meet")
    WRONG = "wrong", _("number or address is wrong")
    AGREED = "agreed", _("a day was agreed")


class InterpreterState(TextChoices):
    """Where a request for an interpreter stands (MP1-28)."""

    ASKED = "asked", _("asked")
    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("declined")
    NO_SHOW = "no_show", _("did not come")


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


class ServiceKind(TextChoices):
    """What an English learner is given (MP0-05, MP2-03 to MP2-10)."""

    DESIGNATED = "designated", _("designated ELD")
    INTEGRATED = "integrated", _("integrated ELD")
    SUPPORT = "support", _("supports in the core subjects")
    HOME_LANGUAGE = "home_language", _("primary-language or multicultural support")


class ServiceSetting(TextChoices):
    """Where a service is given."""

    SECTION = "section", _("section of its own")
    PUSH_IN = "push_in", _("push-in: the ELD teacher comes into the class")
    CLASS = "class", _("by the class teacher, in class")


class ServiceEnd(TextChoices):
    """Why a service ended before or with the school year."""

    YEAR = "year", _("the school year ends")
    CHANGED = "changed", _("changed to another section or service")
    DECLINED = "declined", _("declined by the parents")
    RECLASSIFIED = "reclassified", _("the child is no English learner any more")
    OTHER = "other", _("another reason")


class Funding(TextChoices):
    """Which money pays for a service (MP0-11, MP8-02)."""

    BASE = "base", _("LCFF base grant")
    SUPPLEMENTAL = "supplemental", _("LCFF supplemental and concentration grant")
    TITLE_I_A = "title_i_a", _("Title I, Part A")
    TITLE_I_C = "title_i_c", _("Title I, Part C: migrant education")
    TITLE_III = "title_iii", _("Title III: English learners")
    GRANT = "grant", _("another grant")


class AuthorizationKind(TextChoices):
    """Authorizations to teach English learners that the Plan names (MP5-74, X-14); others as the document says."""

    CLAD = "clad", _("CLAD")
    BCLAD = "bclad", _("BCLAD")
    OTHER = "other", _("another authorization for English learners, as the document says")


class AskedProgram(TextChoices):
    """Language programs that parents may ask for, by the state's program codes (EC 310)."""

    DEVELOPMENTAL = "300", _("developmental bilingual program")
    DUAL = "301", _("dual-language immersion")
    HERITAGE = "302", _("heritage or Indigenous language program")
    NEWCOMER = "303", _("newcomer program")
    ONE_WAY = "304", _("one-way immersion")
    TRANSITIONAL = "306", _("transitional bilingual program")


class FamilyWish(TextChoices):
    """What a family wants for its own child (X-05)."""

    CHOOSE = "choose", _("another program that there is")
    DECLINE = "decline", _("decline the program for English learners")
    SERVICE = "service", _("decline one service and keep the others")


class WishChannel(TextChoices):
    """How a family's wish or request came."""

    REPLY_BOX = "reply_box", _("reply box of a letter")
    WRITING = "writing", _("in writing")
    SPOKEN = "spoken", _("in person")
    PHONE = "phone", _("phone")
