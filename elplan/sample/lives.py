"""What became of each child up to a day: who it is, its schools, its survey, its language status."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from district.enums import Grade
from district.findings import Finding
from elplan.sample import measures, names, programs, results, years
from elplan.sample.book import Book, at_noon
from elplan.sample.pupils import ENGLISH, EO, GRADES, IFEP, RFEP, SIGN, SPANISH, Pupil
from elplan.sample.results import Taken
from students.enums import ElStatus, FolderKind, Origin, StatusSource, SurveyReason
from students.models import (
    Enrollment,
    Guardian,
    HomeLanguageSurvey,
    LanguageStatus,
    RecordsAttempt,
    RecordsRequest,
    Student,
)
from students.models.student import search_key
from students.rules import INCOMPLETE, primary_language, survey_finding

FORMER_DISTRICTS = (
    ("Rio Seco Unified", "Cottonwood Elementary"),
    ("Almendra Joint Unified", "Las Palmas School"),
    ("Tierra Alta Elementary", "Mesa View School"),
    ("Puerto Nuevo City Schools", "Harborlight Academy"),
)
OTHER_PLACES = ("Michoacán, Mexico", "Oaxaca, Mexico", "Punjab, India", "Yakima, Washington", "Yuma, Arizona", "Yemen")
# In this order a family answers: questions 1 to 4, O for the other language, E for English, - for no answer.
PATTERNS = ("OOOO", "OOOO", "OOOO", "OOEO", "OEEO", "EOOO", "OOE-", "EEOO", "EOEO")


@dataclass(slots=True)
class Life:
    """A child's rows as they come about. `record` is the day from which a former district's status holds."""

    pupil: Pupil
    student: int
    language: str
    answers: str = ""
    surveyed_on: date | None = None
    amended_on: date | None = None
    record: date | None = None
    record_came: date | None = None
    awaits_records: bool = False
    sequence: int = 0
    open_status: dict | None = None
    tested_on: date | None = None
    el_since: date | None = None
    rfep_on: date | None = None
    level: tuple[str, str, date] | None = None
    tests: list[Taken] = field(default_factory=list)
    papers: list[tuple[FolderKind, date]] = field(default_factory=list)
    enrollments: list[tuple[int, int, int, int]] = field(default_factory=list)
    guardian: str = ""

    def school_on(self, day: date) -> int:
        """The place of the school that the child was in, or was coming to, on a day."""
        year = years.year_of(day)
        return next((school for _number, of, school, _rank in self.enrollments if of >= year), self.enrollments[-1][2])


class Lives:
    """Writes the rows of one child after another into the book."""

    def __init__(self, book: Book) -> None:
        self.book, self.rng = book, book.rng
        self.t = book.tables
        self.measures = measures.Measures(book)
        self._said: dict[tuple[str, str, bool], tuple[Finding, str | None]] = {}

    def write(self, pupil: Pupil) -> None:
        life = Life(pupil, self.t[Student].number + 1, pupil.language)
        self._survey(life)
        self._student(life)
        self._family(life)
        self._enrollments(life)
        if pupil.origin == Origin.CALIFORNIA:
            self._records(life)
        self._statuses(life)
        results.achievement(self.book, life)
        programs.write(self.book, life)
        self.measures.write(life)

    # --- who ---------------------------------------------------------------------------------------------------

    def _student(self, life: Life) -> None:
        pupil, number = life.pupil, life.student
        name = pupil.name
        if pupil.case == "one_name":
            name = names.Person(name.first, "")
        elif pupil.case == "apostrophe":
            name = names.Person("O'Dowd-D'Angelo", "Ka'imi", "De'Shawn")
        elif pupil.case == "hyphens":
            name = names.Person("Núñez-Iñiguez", "Ana-Sofía")
        primary = None if pupil.case == "no_survey" else self._means(life.answers, life.language)[1]
        letters = {"english_letters": ENGLISH, "two_languages": SPANISH}.get(pupil.case)
        kindergarten = years.first_day(pupil.entry_year - max(pupil.entry_rank, 0))
        came_in = {Origin.OTHER_COUNTRY: pupil.start, Origin.NEW: pupil.start}.get(pupil.origin, kindergarten)
        in_california = {Origin.CALIFORNIA: kindergarten, Origin.NEW: pupil.start}.get(pupil.origin)
        self.t[Student].add(
            ssid=None if pupil.case == "no_ssid" else f"99{(number * 48271 + 7) % 100_000_000:08d}",
            local_id=f"{4000 + number:06d}",
            last_name=name.last,
            first_name=name.first,
            middle_name=name.middle,
            birth_date=pupil.birth,
            gender="F" if pupil.girl else "M" if number % 401 else "X",
            primary_language_id=primary,
            letter_language_id=letters,
            first_us_school_on=min(came_in, pupil.start),
            first_california_on=in_california and min(in_california, pupil.start),
            search_key=search_key(name.last, name.first, name.middle),
            current_enrollment_id=self.t[Enrollment].number + self._years(pupil),
        )

    def _years(self, pupil: Pupil) -> int:
        return self.book.year - pupil.entry_year + 1

    def _family(self, life: Life) -> None:
        pupil, rng, pool = life.pupil, self.rng, names.pool_of(life.pupil.language)
        draw = rng.random()
        alone = pupil.case == "two_languages" or draw < 0.28
        women = (True,) if alone else (True, False)
        for order, woman in enumerate(women, 1):
            family = pupil.family if not woman or pool.surnames == 1 else names.family_name(rng, pool)
            name = names.adult_name(rng, pool, family, woman)
            life.guardian = life.guardian or name
            relation = names.MOTHER if woman else names.FATHER
            self.t[Guardian].add(
                student_id=life.student,
                order=order,
                name=name,
                relation=names.GRANDMOTHER if alone and draw < 0.03 else relation,
                language_id=SPANISH if pupil.case == "two_languages" else pupil.language,
                phone=names.phone(rng),
                email=f"family{life.student}@families.example" if rng.random() < 0.6 else "",
                address=pupil.address,
            )

    def _enrollments(self, life: Life) -> None:
        """A row for each school year; the last one is open."""
        pupil, book = life.pupil, self.book
        ranks = list(range(pupil.entry_rank, pupil.rank + 1))
        if len(ranks) < self._years(pupil):  # a grade repeated
            ranks.insert(len(ranks) // 2, ranks[len(ranks) // 2])
        for place, rank in enumerate(ranks):
            year, is_last = pupil.entry_year + place, place == len(ranks) - 1
            school = pupil.school if is_last else pupil.school_in(rank)
            grade = GRADES[rank + 1].value
            teachers = book.teachers[pupil.quarter][grade] if is_last else ()
            former = self._former(pupil) if place == 0 else ("", "")
            number = self.t[Enrollment].add(
                student_id=life.student,
                school_id=book.schools[school],
                grade=grade,
                starts=pupil.start if place == 0 else years.first_day(year),
                ends=book.left_on if is_last else years.last_day(year),
                exit_reason="moved to another district" if is_last and book.left_on else "",
                origin=pupil.origin if place == 0 else "",
                former_district=former[0],
                former_school=former[1],
                teacher_id=teachers[life.student % len(teachers)] if teachers else None,
                room=f"{rank + 2}{life.student % 4 + 1}" if is_last else "",
            )
            life.enrollments.append((number, year, school, rank))

    def _former(self, pupil: Pupil) -> tuple[str, str]:
        if pupil.origin == Origin.CALIFORNIA:
            return FORMER_DISTRICTS[pupil.number % len(FORMER_DISTRICTS)]
        if pupil.origin in (Origin.OTHER_COUNTRY, Origin.OUT_OF_STATE):
            return OTHER_PLACES[pupil.number % len(OTHER_PLACES)], ""
        return "", ""

    # --- survey ------------------------------------------------------------------------------------------------

    def _survey(self, life: Life) -> None:
        """The four answers and the day on the form; later versions where the family corrected it."""
        pupil, case, rng = life.pupil, life.pupil.case, self.rng
        if case == "no_survey":
            return
        if pupil.path == EO:
            life.answers = {"question_4": "EEEO", "sign_language": "ESSE"}.get(case, "EEEE")
            life.language = SIGN if case == "sign_language" else SPANISH if case == "question_4" else ENGLISH
            if case == "correction_b":
                life.answers, life.language = "EEEO", SPANISH
        elif case == "incomplete":
            life.answers = "-EEE" if pupil.rank == 1 else "O--O"
        elif case == "two_languages":
            life.answers = "OOZZ"
        else:
            life.answers = PATTERNS[int(rng.random() * len(PATTERNS))]
        if case in ("amended", "correction_a"):
            days = 40 if case == "correction_a" else 9
            life.amended_on = min(years.school_day_from(pupil.start + timedelta(days=days)), self.book.on)
            if life.amended_on <= pupil.start:
                life.amended_on, life.answers = None, "EEEO"
        life.surveyed_on = min(pupil.start - timedelta(days=int(rng.random() * 40)), self.book.on)
        self._version(life, 1, "EEEO" if case in ("amended", "correction_a") else life.answers, life.surveyed_on)

    def _version(self, life: Life, version: int, answers: str, on: date, reason: str = SurveyReason.FIRST) -> None:
        pupil, unsigned = life.pupil, life.pupil.case == "unsigned"
        form = pupil.language if pupil.language in (SPANISH, "28") and self.rng.random() < 0.9 else ENGLISH
        signer = names.adult_name(self.rng, names.pool_of(pupil.language), pupil.family, True)
        codes = _codes(answers, life.language)
        self.t[HomeLanguageSurvey].add(
            student_id=life.student,
            version=version,
            question_1_id=codes[0],
            question_2_id=codes[1],
            question_3_id=codes[2],
            question_4_id=codes[3],
            answered_on=on,
            form_language_id=form,
            signed_by="" if unsigned else signer,
            signed_on=None if unsigned else on,
            reason=reason,
            entered_at=at_noon(on),
            entered_by_id=self.book.secretaries[pupil.school_in(pupil.entry_rank)],
        )

    def _means(self, answers: str, language: str, is_tk: bool = False) -> tuple[Finding, str | None]:
        """What the rule finds in the answers, and the primary language that follows from them."""
        key = answers, language, is_tk
        if key not in self._said:
            said = [code and self.book.languages[code] for code in _codes(answers, language)]
            primary = primary_language(said)
            self._said[key] = survey_finding(said, Grade.TK if is_tk else None), primary and primary.code
        return self._said[key]

    # --- records of a former district --------------------------------------------------------------------------

    def _records(self, life: Life) -> None:
        """What was asked of the former district, and whether it has come (MP1-46)."""
        pupil, rng, case = life.pupil, self.rng, life.pupil.case
        waits = case in ("records_open", "records_late", "records_in_part")
        came = pupil.start + timedelta(days=rng.randrange(4, 24))
        if not waits and came > self.book.on:
            waits = True
        life.awaits_records = waits
        asked = pupil.start + timedelta(days=rng.randrange(0, 3))
        part = case == "records_in_part"
        secretary = self.book.secretaries[pupil.school_in(pupil.entry_rank)]
        number = self.t[RecordsRequest].add(
            student_id=life.student,
            enrollment_id=life.enrollments[0][0],
            requested_on=asked if asked <= self.book.on else None,
            survey_received_on=None if waits and not part else min(came, self.book.on),
            scores_received_on=None if waits else came,
            status_received_on=None if waits else came,
            entered_on=None if waits else came,
            entered_by_id=None if waits else secretary,
        )
        if asked <= self.book.on and (waits or rng.random() < 0.3):
            outcomes = (("phone", "left a message"), ("email", "asked again in writing"), ("fax", "no answer yet"))
            for place, (channel, outcome) in enumerate(outcomes[: 3 if case == "records_late" else 1]):
                day = years.school_day_from(asked + timedelta(days=6 * place))
                if day <= self.book.on:
                    self.t[RecordsAttempt].add(
                        request_id=number,
                        on=day,
                        channel=channel,
                        outcome=outcome,
                        recorded_at=at_noon(day),
                        made_by_id=secretary,
                    )
        if pupil.path != EO and not waits:
            kindergarten = pupil.entry_year - max(pupil.entry_rank, 0)
            life.record_came = came
            life.record = years.school_days(kindergarten)[rng.randrange(12, 30)]

    # --- statuses ----------------------------------------------------------------------------------------------

    def _statuses(self, life: Life) -> None:
        pupil = life.pupil
        if pupil.case == "no_survey":
            return
        if life.awaits_records and pupil.path != EO:
            place = self._former(pupil)[0]
            reason = f"Records of {place} are awaited; provisional until they come."
            self._status(life, ElStatus.TBD, pupil.start, StatusSource.SURVEY, reason, is_provisional=True)
        elif life.record and pupil.path != EO:
            self._recorded(life)
        else:
            self._found_here(life)
        self._close(life)

    def _recorded(self, life: Life) -> None:
        """A status that came with the child, with its own date and place (D-04)."""
        pupil, rng, place = life.pupil, self.rng, self._former(life.pupil)[0]
        reason = f"Records of {place}."
        if rng.random() < 0.5:  # they were waited for; the provisional status keeps no day
            awaited = f"Records of {place} are awaited; provisional until they come."
            self._status(life, ElStatus.TBD, pupil.start, StatusSource.SURVEY, awaited, is_provisional=True)
            life.open_status["ends"] = pupil.start
        assert life.record
        if pupil.path == IFEP:
            self._status(life, ElStatus.IFEP, life.record, StatusSource.RECORDS, reason, place=place)
            return
        if pupil.case == "rfep_from_records" or (pupil.path == RFEP and pupil.is_new):
            spring = years.school_days(pupil.entry_year - 1)[rng.randrange(20, 160)]
            life.rfep_on = spring
            self._status(life, ElStatus.RFEP, spring, StatusSource.RECORDS, reason, place=place)
            return
        life.el_since = life.record
        self._status(life, ElStatus.EL, life.record, StatusSource.RECORDS, reason, place=place)
        results.annual(self.book, life)
        self._reclassified(life)

    def _found_here(self, life: Life) -> None:
        """The ordinary way: survey, test, the state's answer, perhaps reclassification."""
        pupil, case = life.pupil, life.pupil.case
        if case in ("amended", "correction_a"):
            self._amended(life)
        else:
            answers = "OEEO" if case == "correction_b" else life.answers  # as it was misread
            finding = self._means(answers, life.language, pupil.entry_rank == -1)[0]
            if finding.outcome == INCOMPLETE:
                return
            self._status(life, finding.outcome, pupil.start, StatusSource.SURVEY, finding.reason)
        if life.amended_on is None and case in ("amended", "correction_a"):
            return  # English only so far
        if pupil.path == EO and case != "correction_b":
            return
        results.initial(self.book, life)
        if case in ("correction_b", "correction_c") and life.el_since:
            self._corrected(life)
        elif life.el_since:
            self._status(life, ElStatus.EL, life.el_since, StatusSource.STATE_FILE, _told(life))
            results.annual(self.book, life)
            self._reclassified(life)
        elif life.tested_on and pupil.path == IFEP and life.level:
            self._status(life, ElStatus.IFEP, life.tested_on, StatusSource.STATE_FILE, _told(life))

    def _corrected(self, life: Life) -> None:
        """Found to be an English learner by mistake: B, the child should not have been tested; C, after a review."""
        is_b = life.pupil.case == "correction_b"
        self._status(life, ElStatus.EL, life.el_since, StatusSource.STATE_FILE, _told(life))
        later = years.school_day_from(life.el_since + timedelta(days=50))
        if later <= self.book.on:
            status, code = (ElStatus.EO, "4") if is_b else (ElStatus.IFEP, "5")
            reason = (
                "The survey named no other language in 1 to 3." if is_b else "Review of the evidence with the family."
            )
            self._status(life, status, later, StatusSource.CORRECTION, reason, correction=code)
            life.el_since = None

    def _amended(self, life: Life) -> None:
        """English only by the first survey; then the family, or staff by correction A, names a language (D-02)."""
        pupil, by_staff = life.pupil, life.pupil.case == "correction_a"
        first = self._means("EEEO", life.language)[0]
        self._status(life, ElStatus.EO, pupil.start, StatusSource.SURVEY, first.reason)
        later = life.amended_on
        if later is None:
            return
        reason = "The class teacher hears another language every day."
        if not by_staff:
            self._version(life, 2, life.answers, later, SurveyReason.PARENT_AMENDMENT)
            reason = self._means(life.answers, life.language)[0].reason
        self._status(life, ElStatus.TBD, later, StatusSource.CORRECTION, reason, correction="1")
        pupil.start = later  # the clock of the test begins anew

    def _reclassified(self, life: Life) -> None:
        if life.rfep_on:
            reason = "All criteria for reclassification were met."
            self._status(life, ElStatus.RFEP, life.rfep_on, StatusSource.DECISION, reason)

    def _status(self, life: Life, status: str, starts: date, source: str, reason: str, **more: object) -> None:
        """Begin a status and end the one before on the same day."""
        if life.open_status is not None:
            life.open_status.setdefault("ends", max(starts, life.open_status["starts"]))
            self.t[LanguageStatus].add(**life.open_status)
        life.sequence += 1
        recorded = max(starts, life.pupil.start)
        life.open_status = {
            "student_id": life.student,
            "sequence": life.sequence,
            "status": str(status),
            "starts": starts,
            "source": str(source),
            "reason": reason,
            "recorded_at": at_noon(min(recorded, self.book.on)),
            **more,
        }

    def _close(self, life: Life) -> None:
        if life.open_status is not None:
            self.t[LanguageStatus].add(**life.open_status)


def _told(life: Life) -> str:
    assert life.level
    test, level, day = life.level
    return f"{test} of {day:%-d %b %Y}: {level}."


def _codes(answers: str, language: str) -> list[str | None]:
    meaning = {"O": language, "S": SIGN, "E": ENGLISH, "Z": SPANISH, "-": None}
    return [meaning[each] for each in answers]
