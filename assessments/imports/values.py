"""One cell to one typed value, or `NotAValue` that says in plain words what is wrong and how to mend it.

Most values of a file repeat, so the readers of cells remember what they have read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments import scales
from assessments.imports import layouts, texts
from district.enums import Grade


class Severity(TextChoices):
    REJECTED = "rejected", gettext_lazy("rejected")
    WARNING = "warning", gettext_lazy("to look at")


class NotAValue(ValueError):
    """The cell cannot be read. `mend`: what the person can do."""

    def __init__(self, reason: str, mend: str = "") -> None:
        super().__init__(reason)
        self.reason, self.mend = reason, mend


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a line of a file: where, what the file says, why, and what to do."""

    line: int
    column: str
    reason: str
    severity: Severity = Severity.REJECTED
    mend: str = ""
    said: str = ""

    def as_json(self) -> dict[str, Any]:
        """As kept with the line. "line" marks what is wrong in the line itself, whatever is known elsewhere."""
        parts = {"column": self.column, "reason": self.reason, "severity": str(self.severity), "line": True}
        return parts | {key: value for key, value in (("mend", self.mend), ("said", self.said[:60])) if value}


# A number that Excel shows in powers of ten has lost its last digits for good.
POWER = re.compile(r"[\d.,]+E\+?\d+", re.IGNORECASE)
NOTHING = ("", "NS", "N/A", "NULL")  # no score; the last two come from other programs that have saved the file
FIRST_SERIAL, LAST_SERIAL = 20_000, 60_000  # Excel's day numbers of 1954 and 2064
EXCEL_DAY_ZERO = date(1899, 12, 30)
YEARS = range(1900, 2100)
SPELLINGS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%Y/%m/%d")
CONTROL = re.compile("[\x00-\x1f\x7f]+")


def text(cell: str, length: int = 80) -> str:
    """A name or the like: one line, no double spaces, at most `length` letters."""
    if not (cell.isprintable() and "  " not in cell):
        cell = " ".join(CONTROL.sub(" ", cell).split())
    return cell.strip()[:length]


def unwrapped(cell: str) -> str:
    """Without what keeps Excel from touching a number: ="0123456789" and '0123456789."""
    cell = cell.strip()
    if cell.startswith('="') and cell.endswith('"'):
        cell = cell[2:-1]
    return cell.removeprefix("'").strip()


def ssid(cell: str) -> str:
    """The statewide student identifier, ten digits; the zeros that Excel takes away are named, never guessed."""
    if len(cell) == 10 and cell.isdigit() and cell.isascii():
        return cell
    number = re.sub(r"[ \-]", "", unwrapped(cell)).removesuffix(".0")
    if len(number) == 10 and number.isdigit() and number.isascii():
        return number
    mend = _("Send the zip as the state gives it, or format the column as text before anything is saved in Excel.")
    if not number:
        raise NotAValue(_("The SSID is missing."), _("Fill it in, or leave the line out."))
    if POWER.fullmatch(number):
        raise NotAValue(
            _("Excel has turned the SSID into %(number)s; its last digits are lost.") % {"number": number}, mend
        )
    if number.isdigit() and len(number) < 10:
        reason = _("The SSID has %(count)d digits in place of 10: one was left out, or Excel has removed a zero.")
        raise NotAValue(reason % {"count": len(number)}, mend)
    raise NotAValue(_("This is not an SSID, which has ten digits."), _("Correct it, or leave the line out."))


def local_number(cell: str) -> str:
    """The district's own number of a child, at most 15 signs; one that Excel has ruined is named, never guessed."""
    number = unwrapped(cell).removesuffix(".0")
    if POWER.fullmatch(number):
        raise NotAValue(
            _("Excel has turned the number into %(number)s; its last digits are lost.") % {"number": number},
            _("Format the column as text before anything is saved in Excel, or leave the line out."),
        )
    if len(number) > 15 or not re.fullmatch(r"[\w.\-]*", number):
        raise NotAValue(_("This is not a number of a child."), _("Correct it, or leave the line out."))
    return number


@lru_cache(1000)
def school_year(cell: str) -> str:
    """A school year, written as 2026-27, 2026-2027 or 2026/27; one year alone is that in which it ends; "" is none."""
    said = unwrapped(cell).removesuffix(".0")
    mend = _("Write the school year as 2026-27.")
    if not said or said.upper() in NOTHING:
        return ""
    if found := re.fullmatch(r"(?:SY ?)?(\d{4})\s*[-/–]\s*(\d{2}|\d{4})", said, re.IGNORECASE):
        first, second = int(found[1]), int(found[2]) % 100
        if (first + 1) % 100 == second and first in YEARS:
            return f"{first}-{second:02d}"
    elif re.fullmatch(r"\d{4}", said) and int(said) in YEARS:
        return f"{int(said) - 1}-{int(said) % 100:02d}"
    if re.fullmatch(r"[A-Za-z]{3}-\d{2,4}|\d{1,2}-[A-Za-z]{3}", said):
        raise NotAValue(_("Excel has turned the school year into %(said)s.") % {"said": said}, mend)
    raise NotAValue(_("This is not a school year."), mend)


@cache
def words(kind: str) -> dict[str, str]:
    """The words of a kind (`window`, `subject`, ...) as they are compared, and what they stand for."""
    found = [row for row in layouts.rows("score_file_words.csv") if row["kind"] == kind]
    return {texts.plain(row["word"]): row["value"] for row in found}


@lru_cache(1000)
def window(cell: str) -> str:
    """When in the year: beginning, middle, end, or a term; "" where nothing is said."""
    said = unwrapped(cell)
    if not said:
        return ""
    if found := words("window").get(texts.plain(said.removesuffix(".0"))):
        return found
    known = _("Known are: BOY, MOY, EOY, Fall, Winter, Spring, Year, and terms as T1, Q2, Trimester 3.")
    if re.fullmatch(r"[A-Za-z]{3}-\d{2,4}|\d{1,2}-[A-Za-z]{3}(-\d{2,4})?", said) or _day(said):
        raise NotAValue(_("Excel has turned the window into a date: %(said)s.") % {"said": said[:40]}, known)
    raise NotAValue(_("This is no window or term that is known here."), known)


@lru_cache(1000)
def mark(cell: str) -> str:
    """A mark as the gradebook gives it, such as B+; "" where there is none."""
    said = unwrapped(cell)
    if not said or said.upper() in NOTHING:
        return ""
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9+\-.%/ ]{0,9}", said):
        return said.upper() if len(said) <= 2 else said
    raise NotAValue(_("This is no mark: at most ten letters, such as B+."), _("Correct it, or leave the line out."))


@lru_cache(1000)
def grade(cell: str) -> Grade | None:
    """KN, K and 0 are kindergarten, 1 and 01 grade 1; empty is None."""
    said = unwrapped(cell).upper().removesuffix(".0")
    if not said:
        return None
    if said in ("KN", "K", "0", "00", "KG", "KINDERGARTEN"):
        return Grade.KN
    if said in ("TK", "TRANSITIONAL KINDERGARTEN"):
        return Grade.TK
    number = said.removeprefix("GRADE").strip()
    if number.isdigit() and number.isascii() and 1 <= int(number) <= 12:
        return Grade(f"{int(number):02d}")
    raise NotAValue(_("This is not a grade: KN or 01 to 12."), _("Correct it, or leave the line out."))


@lru_cache(50_000)
def day(cell: str) -> date | None:
    """A date as the state writes it (2026-03-17), as Excel shows it (3/17/2026) or counts it (46098); empty is None."""
    said = unwrapped(cell)
    if not said or said.upper() in NOTHING:
        return None
    if (found := _day(said)) and found.year in YEARS:
        return found
    if set(said) == {"#"}:
        raise NotAValue(
            _("The cell holds #### only: the column was too narrow when the file was saved as text."),
            _("Widen the column in Excel and save it again, or send the zip as the state gives it."),
        )
    raise NotAValue(_("This is not a date."), _("Write year, month and day: 2026-03-17."))


def _day(said: str) -> date | None:
    if len(said) == 10 and said[4] == "-":
        return _iso(said)
    if said.isdigit() and said.isascii():
        if len(said) == 5 and FIRST_SERIAL <= int(said) <= LAST_SERIAL:
            return EXCEL_DAY_ZERO + timedelta(days=int(said))
        if len(said) == 8:
            return _iso(f"{said[:4]}-{said[4:6]}-{said[6:]}") or _iso(f"{said[4:]}-{said[:2]}-{said[2:4]}")
        return None
    said = re.sub(r"[T ]\d{1,2}:\d\d(:\d\d(\.\d+)?)?( ?[AP]M)?$", "", said, flags=re.IGNORECASE)
    for spelling in SPELLINGS:
        try:
            return datetime.strptime(said, spelling).date()
        except ValueError:
            continue
    return None


def _iso(said: str) -> date | None:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return None
    return found if found.year in YEARS else None


@lru_cache(20_000)
def number(cell: str) -> int | None:
    """A score; NS and empty are None."""
    said = unwrapped(cell).removesuffix(".0")
    if said.isdigit() and said.isascii() and len(said) <= 4:
        return int(said)
    if said.upper() in NOTHING:
        return None
    raise NotAValue(
        _("This is not a score: a whole number, or NS for no score."), _("Correct it, or leave the line out.")
    )


@lru_cache(20_000)
def level(test: str, measure: str, cell: str) -> str:
    """The slug of a level written in digits or in words; NS, 9 and empty are none."""
    said = unwrapped(cell).removesuffix(".0")
    if said.upper() in (*NOTHING, "9"):
        return ""
    if found := scales.level_in_file(test, measure, re.sub(r"^level ", "", said, flags=re.IGNORECASE)):
        return found
    words = ", ".join(f"{each.rank} ({each.name})" for each in scales.levels(test, measure))
    raise NotAValue(
        _("This is not a level of this test; there are: %(levels)s.") % {"levels": words or _("none")},
        _("Correct it, or leave the line out."),
    )


@lru_cache(1000)
def yes(cell: str) -> bool:
    """Whether a domain is exempt: Y, or E and 99 in the columns of earlier years."""
    return cell.strip().upper() in ("Y", "YES", "E", "TRUE")


@lru_cache(1000)
def attempted(cell: str) -> str:
    """Y, P (in part) or N; empty where the child was not tested."""
    said = unwrapped(cell).upper()
    if said in ("", "Y", "P", "N"):
        return said
    raise NotAValue(_("Attemptedness is Y (tested), P (in part), N or empty."), _("Correct it, or leave the line out."))


@lru_cache(1000)
def condition(cell: str) -> str:
    """A code for why there is no ordinary score, such as NT (not tested) or EXD (domain exempt)."""
    said = unwrapped(cell).upper()
    if len(said) <= 6 and (said.isalnum() or not said):
        return said
    raise NotAValue(_("A condition code has at most six letters."), _("Correct it, or leave the line out."))


@cache
def condition_meanings() -> dict[str, str]:
    """What the condition codes of the state mean, in words."""
    codes = [row for row in layouts.rows("toms_code_values.csv") if row["column_name"].startswith("ConditionCode")]
    return {row["code"]: row["meaning"] for row in reversed(codes)}


@lru_cache(1000)
def status(cell: str) -> str:
    """EL or IFEP, as the state calculates it; empty after a partial test or none."""
    said = unwrapped(cell).upper()
    if said in ("EL", "IFEP"):
        return said
    if said in (*NOTHING, "TBD"):
        return ""
    raise NotAValue(_("The calculated status is EL, IFEP or empty."), _("Correct it, or leave the line out."))


@lru_cache(1000)
def language(cell: str) -> str:
    """The state's code of a language: two digits to 2022-23, three letters after; empty where it is neither."""
    said = unwrapped(cell).lower()
    if said.isdigit() and said.isascii() and len(said) <= 2:
        return said.zfill(2)
    return said if len(said) == 3 and said.isalpha() else "UU" if said == "uu" else ""


@lru_cache(1000)
def school_code(cell: str) -> str:
    """The 14 digits of county, district and school, or the last seven; zeros that Excel took are filled up again."""
    said = re.sub(r"[ \-]", "", unwrapped(cell)).removesuffix(".0")
    if not said:
        return ""
    if said.isdigit() and said.isascii() and len(said) <= 14:
        return said.zfill(7 if len(said) <= 7 else 14)
    if POWER.fullmatch(said):
        raise NotAValue(
            _("Excel has ruined the school code: %(code)s. The child's school is taken from the enrollment.")
            % {"code": said}
        )
    raise NotAValue(_("This is not a school code. The child's school is taken from the enrollment."))


def unscrambled(name: str) -> str:
    """What the name was before a program read it in the wrong letters (MuÃ±oz was Muñoz); "" where it is sound."""
    try:
        sound = name.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""
    return sound if sound != name else ""
