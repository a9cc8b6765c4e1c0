"""What must hold of every sample district, of any size, seed and day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from assessments.models import Result, Score, ScoreRange
from students import rules
from students.enums import ElStatus, StatusSource
from students.models import Enrollment, HomeLanguageSurvey, LanguageStatus, Student
from students.models.student import search_key
from students.queries import move_table


def foreign_keys_hold() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def scores_outside_their_scale() -> list[str]:
    """Scores that no range of their test, grade, measure, year and level holds."""
    fits = ScoreRange.objects.filter(
        Q(last_year="") | Q(last_year__gte=OuterRef("result__administration")),
        test=OuterRef("result__test"),
        grade=OuterRef("result__grade"),
        measure=OuterRef("measure"),
        level=OuterRef("level"),
        first_year__lte=OuterRef("result__administration"),
        low__lte=OuterRef("scale_score"),
        high__gte=OuterRef("scale_score"),
    )
    scaled = ScoreRange.objects.filter(test=OuterRef("result__test"))
    wrong = Score.objects.filter(Exists(scaled), ~Exists(fits), scale_score__isnull=False)
    return [f"{score.result} {score.result.grade} {score}" for score in wrong.select_related("result")[:5]]


def results_that_contradict_their_scores() -> int:
    overall = Score.objects.filter(result=OuterRef("pk"), measure="overall")
    agree = overall.filter(level=OuterRef("level")).filter(
        Q(scale_score=OuterRef("overall_score")) | Q(scale_score__isnull=True, result__overall_score__isnull=True)
    )
    return Result.objects.exclude(level="").filter(~Exists(agree)).count()


def statuses_that_moved_unlawfully() -> list[str]:
    """Every history replayed by the rule, from the first status on."""
    table, found = move_table(), []
    for child, rows in histories().items():
        before = ""
        for number, row in enumerate(rows, 1):
            move = rules.transition(before, row.status, row.source, row.correction, table)
            if move.outcome != rules.ALLOWED or row.sequence != number:
                found.append(f"{child}: {before} to {row.status}: {move.reason}")
            before = row.status
    return found


def histories() -> dict[int, list[LanguageStatus]]:
    found: dict[int, list[LanguageStatus]] = defaultdict(list)
    for row in LanguageStatus.objects.order_by("student_id", "sequence"):
        found[row.student_id].append(row)
    return found


def stretches_with_gaps() -> list[int]:
    """Children whose status history has a hole: a status must end where the next begins, or keep no day (D-05)."""
    return [
        child
        for child, rows in histories().items()
        for one, two in zip(rows, rows[1:], strict=False)
        if one.ends != max(one.starts, two.starts)
    ]


def learners_without_a_test_or_records() -> list[int]:
    """The state's EL and IFEP start on the day of a test that says so (D-05)."""
    test = Result.objects.filter(
        student=OuterRef("student_id"), tested_on=OuterRef("starts"), source="state_file"
    ).exclude(level="")
    rows = LanguageStatus.objects.filter(source=StatusSource.STATE_FILE).filter(~Exists(test))
    return list(rows.values_list("student", flat=True))


def reclassified_outside_an_enrollment() -> list[int]:
    """D-21: a reclassification of ours lies inside an enrollment."""
    stay = Enrollment.objects.filter(
        Q(ends__isnull=True) | Q(ends__gte=OuterRef("starts")),
        student=OuterRef("student_id"),
        starts__lte=OuterRef("starts"),
    )
    rows = LanguageStatus.objects.filter(status=ElStatus.RFEP, source=StatusSource.DECISION)
    return list(rows.filter(~Exists(stay)).values_list("student", flat=True))


def what_lies_in_the_future(on: date) -> list[str]:
    """Nothing has happened yet after the day, but that children are registered for the first day of school."""
    found = []
    for model, field in (
        (Result, "tested_on"),
        (Result, "received_on"),
        (Result, "told_on"),
        (HomeLanguageSurvey, "answered_on"),
    ):
        if model.objects.filter(**{f"{field}__gt": on}).exists():
            found.append(f"{model.__name__}.{field}")
    for relation in ("conferences__held_on", "placements__starts", "folder_items__filed_on", "flags__starts"):
        late = Student.objects.filter(**{f"{relation}__gt": on}).exclude(current_enrollment__starts__gt=on)
        if late.exists():
            found.append(relation)
    return found


def names_not_searchable() -> int:
    rows = Student.objects.values_list("last_name", "first_name", "middle_name", "search_key")
    return sum(search_key(*names) != key for *names, key in rows)


def children_in_a_wrong_place() -> int:
    """The current enrollment must be the newest one."""
    newest = Enrollment.objects.filter(student=OuterRef("pk")).order_by("-starts").values("pk")[:1]
    return Student.objects.exclude(current_enrollment=newest).count()


def languages_not_from_the_survey() -> list[int]:
    """The primary language is what the rule finds in the newest survey (D-07), unless staff heard another (A)."""
    questions = [f"question_{number}" for number in range(1, 5)]
    heard = LanguageStatus.objects.filter(correction="1").values("student")
    surveys = HomeLanguageSurvey.objects.select_related("student", *questions).exclude(student__in=heard)
    surveys = surveys.order_by("student_id", "-version")
    found = []
    for survey in surveys.distinct("student_id"):
        language = rules.primary_language(survey.answers)
        if survey.student.primary_language_id != (language and language.code):
            found.append(survey.student_id)
    return found


def schools_that_do_not_teach_the_grade() -> int:
    rows = Enrollment.objects.annotate(low=F("school__grade_low"), high=F("school__grade_high")).select_related(
        "school"
    )
    return sum(row.grade not in row.school.grades for row in rows)
