"""Reads of letters: what is due where, what a run would make and leave out, how far a run is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet

from district.models import School, SchoolYear, User
from district.permissions import Permission
from district.refusal import Refusal
from notifications import languages
from notifications.contents import (
    NotReady,
    Prepared,
    Press,
    already_issued,
    letter_code,
    with_what_letters_need,
)
from notifications.enums import ItemState
from notifications.facts import LetterFacts, Missing, value_of
from notifications.kinds import KINDS, LetterKind, builders
from notifications.models import Letter, LetterRun, LetterText, LetterVersion
from notifications.reading import Reading, reading_level
from notifications.terms import MissingTerm, shipped
from students.models import Student
from students.queries import grade_rank, languages_of_schools

FORECAST_UP_TO = 1000  # children of whom it is said in advance what would become of their letter
CHUNK = 100


def due_students(kind: str, user: User, on: date, school: School | None = None) -> QuerySet[Student]:
    """The children whose letter is due and whose letters the person may read, in the order of the print file."""
    return in_order(builders()[kind].due(school, on).visible_to(user, Permission.VIEW_LETTERS))


def in_order(due: QuerySet[Student]) -> QuerySet[Student]:
    """The children in the order of the print file, with what letters need."""
    order = ("current_enrollment__school__cds_code", "grade_rank", "search_key", "pk")
    return with_what_letters_need(due).annotate(grade_rank=grade_rank("current_enrollment__grade")).order_by(*order)


def due_counts(user: User, on: date) -> dict[str, dict[int, int]]:
    """How many letters of each kind are due in each school that the person may see; one query for each kind."""
    counts: dict[str, dict[int, int]] = {}
    for kind, source in builders().items():
        due = source.due(None, on).visible_to(user, Permission.VIEW_LETTERS)
        rows = due.order_by().values_list("current_enrollment__school").annotate(number=Count("pk", distinct=True))
        counts[kind] = {school: number for school, number in rows if school is not None}
    return counts


@dataclass(frozen=True)
class Left:
    """A child whose letter would not be made, why, and where to mend it."""

    student: Student
    reason: str
    url: str


@dataclass(frozen=True)
class Ready:
    """A child whose letter can be made: language of the first sheet, and whether it is a draft translation."""

    student: Student
    language: str
    is_draft: bool
    lacks: str


@dataclass(frozen=True)
class LanguageLine:
    name: str
    count: int
    is_draft: bool


@dataclass
class Forecast:
    """What a run would do today: the preview that tells the truth."""

    ready: list[Ready] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    not_looked_at: int = 0
    refused: str = ""

    @property
    def total(self) -> int:
        return len(self.ready) + len(self.left) + self.not_looked_at

    @property
    def drafted(self) -> int:
        """Letters on which a translation is a draft."""
        return sum(each.is_draft for each in self.ready)

    @property
    def reviewed(self) -> int:
        return len(self.ready) - self.drafted

    @property
    def lacking(self) -> int:
        """Families who get English only, because no text is in their language."""
        return sum(bool(each.lacks) for each in self.ready)

    @property
    def languages(self) -> list[LanguageLine]:
        """How many letters in which language, most first."""
        counts = Counter((each.language, each.is_draft) for each in self.ready)
        return [LanguageLine(name, number, is_draft) for (name, is_draft), number in counts.most_common()]


def forecast(kind: str, students: QuerySet[Student], on: date, most: int | None = FORECAST_UP_TO) -> Forecast:
    """Look for every letter whether it could be made. Beyond `most` children are only counted; None looks at all."""
    looked_at = list(students[:most])
    said = Forecast(not_looked_at=students.count() - len(looked_at) if len(looked_at) == most else 0)
    try:
        press = Press(kind, on)
    except Refusal as refusal:
        said.refused = str(refusal)
        return said
    source = builders()[kind]
    for start in range(0, len(looked_at), CHUNK):
        chunk = looked_at[start : start + CHUNK]
        facts = source.facts_for(chunk, on)
        for student in chunk:
            _foresee(said, press, student, facts[student.pk])
    return said


def _foresee(said: Forecast, press: Press, student: Student, facts: LetterFacts | list[Missing]) -> None:
    try:
        made = press.foresee(student, facts)
    except NotReady as refusal:
        said.left.append(Left(student, refusal.reason, refusal.mend_url))
        return
    except Refusal as refusal:
        said.left.append(Left(student, str(refusal), ""))
        return
    first = languages.language(made.language).name
    said.ready.append(Ready(student, first, made.has_drafts, made.lacks.name if made.lacks else ""))


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    total: int
    issued: int
    left_out: int
    failed: int
    waiting: int

    @property
    def settled(self) -> int:
        return self.total - self.waiting


def progress(run: LetterRun) -> Progress:
    """Counts by state; one query."""
    counts = dict(run.items.order_by().values_list("state").annotate(number=Count("pk")))
    return Progress(
        total=sum(counts.values()),
        issued=counts.get(ItemState.ISSUED, 0),
        left_out=counts.get(ItemState.SKIPPED, 0),
        failed=counts.get(ItemState.FAILED, 0),
        waiting=counts.get(ItemState.WAITING, 0),
    )


def letters_of_run(run: LetterRun) -> QuerySet[Letter]:
    """The run's letters in the order of the print file."""
    return Letter.objects.filter(run_item__run=run).order_by("run_item__position")


@dataclass(frozen=True)
class InLanguage:
    """A language of a run: letters issued in it, and the text used."""

    name: str
    count: int
    text: LetterText | None


def languages_of_run(run: LetterRun) -> list[InLanguage]:
    """Issued letters of a run by the language of their first sheet, most first."""
    counts = Counter(codes.split(",")[0] for codes in letters_of_run(run).values_list("languages", flat=True))
    texts = {text.language: text for text in LetterText.objects.filter(version__letters__run_item__run=run).distinct()}
    return [InLanguage(languages.language(code).name, number, texts.get(code)) for code, number in counts.most_common()]


@dataclass(frozen=True)
class IssuedCount:
    kind: str
    title: str
    count: int
    lacking: int


def issued_counts(user: User, year: SchoolYear | None) -> list[IssuedCount]:
    """Letters of the school year by kind, and how many families got them without a text in their language."""
    letters = Letter.objects.visible_to(user, Permission.VIEW_LETTERS).filter(school_year=year.name if year else "")
    rows = letters.order_by().values_list("kind").annotate(number=Count("pk"), lacking=Count("lacks_language"))
    found = {kind: (number, lacking) for kind, number, lacking in rows}
    return [IssuedCount(kind, KINDS[kind].title, *found[kind]) for kind in KINDS if kind in found]


def letter_years() -> list[str]:
    """School years of which there are letters, newest first."""
    return sorted(set(Letter.objects.order_by().values_list("school_year", flat=True).distinct()) - {""}, reverse=True)


def issued_on_subject(kind: str, student: Student, made: Prepared) -> Letter | None:
    """The letter that the child already has on the same subject."""
    return already_issued(kind, student, made.facts.subject_key)


def texts_used(letter: Letter) -> list[TextLine]:
    """The texts of a letter's sheets, in their order."""
    texts = {text.language: text for text in letter.version.texts.filter(language__in=letter.language_codes)}
    return [TextLine(languages.language(code).name, texts[code]) for code in letter.language_codes if code in texts]


def facts_in_words(letter: Letter) -> list[tuple[str, str]]:
    """The facts that a letter rests on as (what it is, value in English), in the order of the kind's table."""
    kind, values = KINDS[letter.kind], letter.facts.get("values", {})
    said = [(kind.placeholders[name], _say(values[name])) for name in kind.placeholders if name in values]
    conditions = letter.facts.get("conditions", {})
    return said + [
        (meaning, "yes" if conditions[name] else "no")
        for name, meaning in kind.conditions.items()
        if name in conditions
    ]


def _say(data: object) -> str:
    try:
        return shipped().say(value_of(data), "en")
    except MissingTerm as error:  # the dictionary has changed since
        return error.key


@dataclass(frozen=True)
class TextKind:
    """A kind with the version that holds, the draft of the next one, and all published ones."""

    kind: LetterKind
    in_force: LetterVersion | None
    draft: LetterVersion | None
    published: list[LetterVersion]
    lines: list[TextLine]

    @property
    def reading(self) -> Reading | None:
        """The reading level of the English text in force."""
        return next((reading_level(line.text.body) for line in self.lines if line.text.language == "en"), None)


@dataclass(frozen=True)
class TextLine:
    """A language of the version in force."""

    name: str
    text: LetterText


def kinds_with_versions(on: date) -> list[TextKind]:
    """Every kind with its versions, newest first."""
    versions: dict[str, list[LetterVersion]] = {}
    for version in LetterVersion.objects.prefetch_related("texts").order_by("-number"):
        versions.setdefault(version.kind, []).append(version)
    said = []
    for kind in KINDS.values():
        own = versions.get(kind.slug, [])
        published = [version for version in own if version.is_published]
        begun = [version for version in published if version.effective_from <= on]
        now = max(begun, key=lambda version: (version.effective_from, version.number), default=None)
        draft = next((version for version in own if not version.is_published), None)
        said.append(TextKind(kind, now, draft, published, _lines(now) if now else []))
    return said


def _lines(version: LetterVersion) -> list[TextLine]:
    """English first, then by the name of the language."""
    lines = [TextLine(languages.language(text.language).name, text) for text in version.texts.all()]
    return sorted(lines, key=lambda line: (line.text.language != "en", line.name))


def example_child(kind: str, user: User, on: date) -> Student | None:
    """A child whose letter of the kind is due, to look at a text with real facts."""
    due = builders()[kind].due(None, on).visible_to(user, Permission.ISSUE_LETTERS)
    return due.order_by("search_key").first()


@dataclass(frozen=True)
class BlankForm:
    """A form that is printed blank, and the languages it can be printed in: (code, name)."""

    kind: LetterKind
    languages: list[tuple[str, str]]


def blank_forms(on: date) -> list[BlankForm]:
    """The forms to be filled in by hand, such as the Home Language Survey, with the languages in force."""
    forms = []
    for kind in KINDS.values():
        version = None if kind.placeholders else LetterVersion.objects.in_force(kind.slug, on)
        if version is not None:
            forms.append(BlankForm(kind, [(line.text.language, line.name) for line in _lines(version)]))
    return forms


@dataclass(frozen=True)
class Owed:
    """A language in which a school owes what it sends home, and the kinds of letters that have no text in it.

    unread: kinds whose text in the language is a draft that nobody who reads it has read (MP6-60).
    """

    school: School
    language: str
    count: int
    base: int
    census_on: date
    source: str
    lacks: list[str]
    unread: list[str] = field(default_factory=list)


def owed_languages(schools: Sequence[School], on: date) -> list[Owed]:
    """Which languages these schools owe (EC 48985), and for which letters the text is missing."""
    in_force = {kind.slug: LetterVersion.objects.in_force(kind.slug, on) for kind in KINDS.values()}
    texts = {slug: list(version.texts.all()) for slug, version in in_force.items() if version}
    codes = {slug: {text.language for text in listed} for slug, listed in texts.items()}
    drafts = {slug: {text.language for text in listed if text.is_draft} for slug, listed in texts.items()}
    to_families = [kind for kind in KINDS.values() if kind.audience == "family"]
    said = []
    for census in languages_of_schools(schools, on):
        for row in census.rows:
            if row.is_owed:
                code = letter_code(row.language)
                lacks = [kind.title for kind in to_families if code not in codes.get(kind.slug, ())]
                unread = [kind.title for kind in to_families if code in drafts.get(kind.slug, ())]
                owed = (census.school, row.language.name, row.count, row.base, census.census_on, census.source)
                said.append(Owed(*owed, lacks, unread))
    return said


@dataclass(frozen=True)
class ChildLine:
    """A kind of letter for one child: whether it is due, and those issued, newest first."""

    kind: LetterKind
    is_due: bool
    issued: list[Letter]


def kinds_for_child(student: Student, on: date) -> list[ChildLine]:
    """Every kind that can be issued to the child."""
    letters = list(Letter.objects.filter(student=student).order_by("-issued_at").defer("facts", "content"))
    return [
        ChildLine(
            KINDS[slug],
            source.due(student.school, on).filter(pk=student.pk).exists(),
            [letter for letter in letters if letter.kind == slug],
        )
        for slug, source in builders().items()
    ]
