"""Choices of the ground floor, with the words that users see."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Grade(TextChoices):
    """Grades in the state's codes; the order of the members is the order of schooling."""

    TK = "TK", _("transitional kindergarten")
    KN = "KN", _("kindergarten")
    G01 = "01", _("grade 1")
    G02 = "02", _("grade 2")
    G03 = "03", _("grade 3")
    G04 = "04", _("grade 4")
    G05 = "05", _("grade 5")
    G06 = "06", _("grade 6")
    G07 = "07", _("grade 7")
    G08 = "08", _("grade 8")
    G09 = "09", _("grade 9")
    G10 = "10", _("grade 10")
    G11 = "11", _("grade 11")
    G12 = "12", _("grade 12")

    @property
    def rank(self) -> int:
        """Position in schooling: TK is -1, kindergarten 0, grade 1 is 1."""
        return list(type(self)).index(self) - 1


class DayKind(TextChoices):
    """How a period is counted (decisions D-15 and D-16)."""

    CALENDAR = "calendar", _("calendar days")
    SCHOOL = "school", _("school days")
    BUSINESS = "business", _("business days")
    YEARS = "years", _("years")


class Role(TextChoices):
    """Who does what, in the words of the Master Plan, chapters 1 and 7."""

    SECRETARY = "secretary", _("school secretary")
    PRINCIPAL = "principal", _("principal")
    TEACHER = "teacher", _("teacher")
    EL_LEAD = "el_lead", _("site EL lead")
    COUNSELOR = "counselor", _("counselor")
    LEARNING_SUPPORT = "learning_support", _("learning support specialist")
    EXAMINER = "examiner", _("test examiner")
    LIAISON = "liaison", _("district liaison")
    EL_ADMINISTRATOR = "el_administrator", _("EL administrator")
    SUPERINTENDENT = "superintendent", _("superintendent")
    BOARD = "board", _("board member, read only")


class TermSystem(TextChoices):
    QUARTER = "quarter", _("quarters")
    TRIMESTER = "trimester", _("trimesters")


class Script(TextChoices):
    """How a language is written, in the codes of ISO 15924."""

    LATIN = "Latn", _("Latin")
    ARABIC = "Arab", _("Arabic")
    ARMENIAN = "Armn", _("Armenian")
    BENGALI = "Beng", _("Bengali")
    CYRILLIC = "Cyrl", _("Cyrillic")
    DEVANAGARI = "Deva", _("Devanagari")
    ETHIOPIC = "Ethi", _("Ethiopic")
    GREEK = "Grek", _("Greek")
    GUJARATI = "Gujr", _("Gujarati")
    GURMUKHI = "Guru", _("Gurmukhi")
    HAN_SIMPLIFIED = "Hans", _("Chinese, simplified")
    HAN_TRADITIONAL = "Hant", _("Chinese, traditional")
    HEBREW = "Hebr", _("Hebrew")
    JAPANESE = "Jpan", _("Japanese")
    KANNADA = "Knda", _("Kannada")
    KHMER = "Khmr", _("Khmer")
    KOREAN = "Kore", _("Korean")
    LAO = "Laoo", _("Lao")
    BURMESE = "Mymr", _("Burmese")
    SYRIAC = "Syrc", _("Syriac")
    TAMIL = "Taml", _("Tamil")
    TELUGU = "Telu", _("Telugu")
    THAI = "Thai", _("Thai")
    TIBETAN = "Tibt", _("Tibetan")
    UNWRITTEN = "Zxxx", _("not written")


class Certainty(TextChoices):
    """How sure a fact of the reference data is."""

    SOURCED = "sourced", _("read in the source named")
    INFERRED = "inferred", _("follows from the source, not stated there")
    MEMORY = "memory", _("from memory, unverified")
    DISTRICT = "district", _("the district's own rule")
    DRAFT = "draft", _("own draft, waiting for review")
