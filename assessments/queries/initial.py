"""Initial results: which one decides, where the local and the official one differ, which letters are due."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Concat

from assessments.enums import ResultSource, Test
from assessments.models import Result, TestPlan
from assessments.rules import STATUS_OF_LEVEL
from district.calendar import add_calendar_days, year_name
from district.models import in_force
from district.queries import period, school_year
from notifications.models import Letter
from students.enums import ElStatus

INITIAL, ANNUAL, BEFORE_TEST, RECORDS_REQUEST, FOLDER_LABEL = (
    "initial",
    "annual",
    "before_test",
    "records_request",
    "folder_label",
)  # kinds of letters
INITIAL_TESTS = (Test.INITIAL_ELPAC, Test.INITIAL_ALTERNATE_ELPAC)
YEARLY_TESTS = (Test.SUMMATIVE_ELPAC, Test.SUMMATIVE_ALTERNATE_ELPAC, Test.CELDT)
ENGLISH_TESTS = (*INITIAL_TESTS, *YEARLY_TESTS)


def deciding(results: QuerySet[Result]) -> QuerySet[Result]:
    """Initial results that say EL or IFEP: with a level, or with the state's own word."""
    says = Q(calculated_status__in=(ElStatus.EL, ElStatus.IFEP)) | Q(level__in=STATUS_OF_LEVEL)
    return results.filter(says, test__in=INITIAL_TESTS)


def official_initial(student_id: int) -> Result | None:
    """The Initial result of the state, or of the records, that says what the child is; None while there is none."""
    results = deciding(Result.objects.filter(student=student_id).exclude(source=ResultSource.LOCAL))
    return results.order_by("received_on", "pk").first()


def plan_on(student_id: int, on: date) -> TestPlan | None:
    """How the IEP team says the child is tested on a day."""
    return TestPlan.objects.filter(in_force(on), student=student_id).first()


def subject_key(result: Result) -> str:
    """What an initial letter about this result is filed under: one letter for each result (D-06)."""
    return f"{SUBJECT}{result.pk}"


SUBJECT = "result "
# What an Initial result makes of a child, as `rules.status_from_initial` says it, inside queries.
CLASSIFICATION = Case(
    When(calculated_status__in=(ElStatus.EL, ElStatus.IFEP), then=F("calculated_status")),
    *(When(level=level, then=Value(status.value)) for level, status in STATUS_OF_LEVEL.items()),
    default=Value(ElStatus.TBD.value),
    output_field=CharField(),
)


def initial_results(on: date) -> QuerySet[Result]:
    """Initial results of this district, known on a day, annotated `classification` and `key`; one a child decides.

    The state's stands over the local one (D-06); what came with the records of another district is not among them.
    """
    known = deciding(Result.objects.filter(received_on__lte=on).exclude(source=ResultSource.RECORDS))
    official = known.filter(student=OuterRef("student_id"), source=ResultSource.STATE_FILE)
    newer = official.filter(Q(received_on__gt=OuterRef("received_on")) | Q(pk__gt=OuterRef("pk")))
    rows = known.filter(Q(source=ResultSource.STATE_FILE) & ~Exists(newer) | ~Exists(official))
    return rows.annotate(classification=CLASSIFICATION, key=Concat(Value(SUBJECT), Cast("pk", CharField())))


def with_preliminary(rows: QuerySet[Result]) -> QuerySet[Result]:
    """Annotate what an official result found: `local_pk`, `local_level`, `local_status`, and `told` (letter issued)."""
    local = deciding(Result.objects.filter(student=OuterRef("student_id"), source=ResultSource.LOCAL))
    local = local.exclude(pk=OuterRef("pk")).annotate(key=Concat(Value(SUBJECT), Cast("pk", CharField())))
    letter = Letter.objects.filter(kind=INITIAL, student=OuterRef("student_id"), subject_key=OuterRef("local_key"))
    rows = rows.annotate(
        local_pk=Subquery(local.values("pk")[:1]),
        local_key=Subquery(local.values("key")[:1]),
        local_level=Subquery(local.values("level")[:1]),
        local_status=Subquery(local.annotate(of=CLASSIFICATION).values("of")[:1]),
    )
    return rows.annotate(told=Exists(letter))


def differing(rows: QuerySet[Result]) -> QuerySet[Result]:
    """Official results whose level or status is not that of the local score (D-06)."""
    agree = Q(local_level=F("level"), local_status=F("classification"))
    return with_preliminary(rows).filter(source=ResultSource.STATE_FILE, local_pk__isnull=False).exclude(agree)


def initial_letters_due(on: date, since: date) -> QuerySet[Result]:
    """Results received since a day about which the family has no initial letter yet.

    A preliminary letter is enough where the official result then agreed with it; where it differs, a corrected letter
    is due.
    """
    rows = with_preliminary(initial_results(on).filter(received_on__gte=since))
    letter = Letter.objects.filter(kind=INITIAL, student=OuterRef("student_id"), subject_key=OuterRef("key"))
    agreed = Q(told=True, local_level=F("level"), local_status=F("classification"))
    return rows.filter(~Exists(letter)).exclude(agreed)


def clocks_since(on: date) -> date:
    """From when on results and clocks still count on a day: this school year, and what ran when the last one ended.

    A clock that had not run out on the last day of instruction comes over into the new year; older history does not.
    """
    begins = int(year_name(on)[:4])
    july = date(begins, 7, 1)
    before = school_year(add_calendar_days(july, -1))
    if before is None:
        return july
    return add_calendar_days(before.last_day, -period("IA-02", before.last_day).days)
