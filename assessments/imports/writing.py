"""The statements by which the lines of a file become results, and by which they are taken back: sets, never loops."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from assessments.imports import judging
from assessments.models import ScoreImport
from assessments.queries import SUBJECT
from district.models import User
from students.actions.statuses import withdraw_statuses
from students.models import LanguageStatus

JUDGED = judging.judged(judging.STORED_LINES)

OUTDATED = f"""
    SELECT EXISTS (SELECT 1 FROM ({JUDGED}) judged JOIN assessments_scoreimportrow seen ON seen.id = judged.id
    WHERE (judged.judgement, judged.child_id) IS DISTINCT FROM (seen.verdict::text, seen.student_id)
        OR (judged.judgement = 'changed' AND judged.held IS DISTINCT FROM seen.before))
"""

# Warnings need words that are not kept; they stay as they were, reasons to keep a line out are found anew.
JUDGE_AGAIN = f"""
    UPDATE assessments_scoreimportrow seen SET verdict = again.judgement, student_id = again.child_id,
        result_id = again.held_id, before = CASE WHEN again.judgement = 'changed' THEN again.held END,
        problems = jsonb_path_query_array(seen.problems, '$[*] ? (@.line == true || @.severity == "warning")')
            || again.found
    FROM (SELECT judged.id, judgement, child_id, held_id, held, {judging.rejections()} AS found
          FROM ({JUDGED}) judged {judging.BESIDE}) again
    WHERE seen.id = again.id
"""

EXAMINER = """
    (SELECT person.id FROM district_user person WHERE line.examiner <> '' AND lower(line.examiner) IN
        (lower(person.username), lower(person.email), lower(person.first_name || ' ' || person.last_name))
     ORDER BY person.is_active DESC, person.id LIMIT 1)
"""

NEW = f"""
    INSERT INTO assessments_result (student_id, test, administration, source, grade, tested_on, attempted,
        condition_code, overall_score, level, calculated_status, received_on, examiner_id, batch_id, recorded_at,
        recorded_by_id)
    SELECT line.student_id, line.test, line.administration, %(source)s, line.grade, line.tested_on, line.attempted,
        line.condition_code, (line.scores -> 'overall' ->> 'scale_score')::int,
        coalesce(line.scores -> 'overall' ->> 'level', ''), line.calculated_status, %(received_on)s, {EXAMINER},
        %(batch)s, now(), %(by)s
    FROM assessments_scoreimportrow line WHERE line.batch_id = %(batch)s AND line.verdict = 'new'
"""

LINK = """
    UPDATE assessments_scoreimportrow line SET result_id = result.id FROM assessments_result result
    WHERE line.batch_id = %(batch)s AND line.verdict = 'new' AND result.batch_id = %(batch)s
        AND result.student_id = line.student_id AND result.test = line.test
        AND result.administration = line.administration AND result.source = %(source)s
"""

# Other scores are news for the family: the clock starts again, and nobody has been told yet.
CHANGED = """
    UPDATE assessments_result result SET grade = line.grade, tested_on = line.tested_on,
        attempted = line.attempted, condition_code = line.condition_code,
        overall_score = (line.scores -> 'overall' ->> 'scale_score')::int,
        level = coalesce(line.scores -> 'overall' ->> 'level', ''), calculated_status = line.calculated_status,
        batch_id = %(batch)s,
        received_on = CASE WHEN line.is_news THEN %(received_on)s ELSE result.received_on END,
        told_on = CASE WHEN NOT line.is_news THEN result.told_on END,
        told_by_id = CASE WHEN NOT line.is_news THEN result.told_by_id END
    FROM (SELECT *, before -> 'scores' <> scores OR before ->> 'calculated_status' <> calculated_status AS is_news
          FROM assessments_scoreimportrow) line
    WHERE line.batch_id = %(batch)s AND line.verdict = 'changed' AND result.id = line.result_id
"""

SCORES_OUT = """
    DELETE FROM assessments_score score USING assessments_scoreimportrow line
    WHERE line.batch_id = %(batch)s AND line.verdict = 'changed' AND score.result_id = line.result_id
        AND before -> 'scores' -> score.measure IS DISTINCT FROM line.scores -> score.measure
"""

SCORES_IN = """
    INSERT INTO assessments_score (result_id, measure, scale_score, raw_score, level, is_exempt)
    SELECT line.result_id, said.measure, (said.score ->> 'scale_score')::int, (said.score ->> 'raw_score')::int,
        coalesce(said.score ->> 'level', ''), coalesce((said.score ->> 'is_exempt')::boolean, false)
    FROM assessments_scoreimportrow line CROSS JOIN LATERAL jsonb_each(line.scores) said(measure, score)
    WHERE line.batch_id = %(batch)s AND (line.verdict = 'new' OR (line.verdict = 'changed'
        AND line.before -> 'scores' -> said.measure IS DISTINCT FROM said.score))
"""

# What is no longer as the file has written it, was told to a family, or carries a placement.
STAYS = f"""
    SELECT line.id, line.line, line.student_id, concat_ws(' ', nullif(child.first_name, ''), child.last_name),
        CASE WHEN result.id IS NULL THEN 'gone'
            WHEN result.batch_id IS DISTINCT FROM %(batch)s
                OR {judging.RESULT_HELD} - {judging.WRITING_KNOWS} <> {judging.RESULT_SAID} THEN 'edited'
            WHEN letter.dated IS NOT NULL THEN 'letter'
            WHEN result.told_on IS NOT NULL AND line.before ->> 'told_on' IS NULL THEN 'told'
            WHEN placement.starts IS NOT NULL THEN 'placement' END AS why,
        coalesce(letter.dated, result.told_on, placement.starts) AS day
    FROM assessments_scoreimportrow line
    JOIN students_student child ON child.id = line.student_id
    LEFT JOIN assessments_result result ON result.id = line.result_id
    LEFT JOIN LATERAL (SELECT issued.dated FROM notifications_letter issued
        WHERE issued.student_id = line.student_id AND issued.subject_key = %(subject)s || result.id
            AND issued.issued_at >= %(applied_at)s ORDER BY issued.issued_at LIMIT 1) letter ON true
    LEFT JOIN LATERAL (SELECT decided.starts FROM students_placement decided
        WHERE decided.student_id = line.student_id AND decided.evidence -> 'result' = to_jsonb(result.id)
            AND decided.decided_at >= %(applied_at)s ORDER BY decided.decided_at LIMIT 1) placement ON true
    WHERE line.batch_id = %(batch)s AND line.verdict IN ('new', 'changed')
"""

RESTORE = """
    UPDATE assessments_result result SET grade = before ->> 'grade', tested_on = (before ->> 'tested_on')::date,
        attempted = before ->> 'attempted', condition_code = before ->> 'condition_code',
        overall_score = (before ->> 'overall_score')::int, level = before ->> 'level',
        calculated_status = before ->> 'calculated_status', received_on = (before ->> 'received_on')::date,
        examiner_id = (before ->> 'examiner_id')::bigint, batch_id = (before ->> 'batch_id')::uuid,
        told_on = (before ->> 'told_on')::date, told_by_id = (before ->> 'told_by_id')::bigint
    FROM assessments_scoreimportrow line
    WHERE line.batch_id = %(batch)s AND line.verdict = 'changed' AND result.id = line.result_id
        AND line.id <> ALL(%(kept)s)
"""

RESTORE_SCORES_OUT = SCORES_OUT + " AND line.id <> ALL(%(kept)s)"

RESTORE_SCORES_IN = """
    INSERT INTO assessments_score (result_id, measure, scale_score, raw_score, level, is_exempt)
    SELECT line.result_id, was.measure, (was.score ->> 'scale_score')::int, (was.score ->> 'raw_score')::int,
        coalesce(was.score ->> 'level', ''), coalesce((was.score ->> 'is_exempt')::boolean, false)
    FROM assessments_scoreimportrow line CROSS JOIN LATERAL jsonb_each(line.before -> 'scores') was(measure, score)
    WHERE line.batch_id = %(batch)s AND line.verdict = 'changed' AND line.id <> ALL(%(kept)s)
        AND line.scores -> was.measure IS DISTINCT FROM was.score
"""


def is_outdated(batch: ScoreImport, on: date) -> bool:
    """Whether a line would now do something else than its preview says."""
    with connection.cursor() as cursor:
        cursor.execute(OUTDATED, judging.facts(batch, on))
        return bool(cursor.fetchone()[0])


def judge_again(batch: ScoreImport, on: date) -> None:
    """Judge the stored lines beside the records as they are now."""
    with connection.cursor() as cursor:
        cursor.execute(JUDGE_AGAIN, judging.facts(batch, on) | judging.sentences(batch.counts["columns"]))


def write_results(batch: ScoreImport, by: User) -> None:
    """Write new and changed results with their scores."""
    parameters: dict[str, Any] = {
        "batch": batch.pk,
        "by": by.pk,
        "source": batch.source,
        "received_on": batch.received_on,
    }
    with connection.cursor() as cursor:
        for statement in (NEW, LINK, CHANGED, SCORES_OUT, SCORES_IN):
            cursor.execute(statement, parameters)


def what_stays(batch: ScoreImport) -> list[dict[str, Any]]:
    """Lines whose results may not be taken back, each with the child and the reason."""
    reasons = {
        "gone": _("the result is no longer there"),
        "edited": _("the result was changed since"),
        "letter": _("a letter quotes the result"),
        "told": _("the family has the score report"),
        "placement": _("a placement stands on the result"),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({STAYS}) line WHERE why IS NOT NULL ORDER BY 2",
            {"batch": batch.pk, "subject": SUBJECT, "applied_at": batch.applied_at},
        )
        found = cursor.fetchall()
    return [
        {"row": row, "line": line, "student": student, "name": name, "why": reasons[why], "day": day and str(day)}
        for row, line, student, name, why, day in found
    ]


def restore_results(batch: ScoreImport, kept: Sequence[int]) -> None:
    """Take new results out and give changed ones their former values, except on the lines kept."""
    parameters: dict[str, Any] = {"batch": batch.pk, "kept": list(kept)}
    with connection.cursor() as cursor:
        for statement in (RESTORE, RESTORE_SCORES_OUT, RESTORE_SCORES_IN):
            cursor.execute(statement, parameters)
    own = batch.rows.filter(verdict="new").exclude(pk__in=kept).exclude(result=None)
    batch.results.filter(pk__in=list(own.values_list("result_id", flat=True))).delete()


def withdraw(by: User, status_ids: Collection[int], keep_of: Collection[int]) -> list[dict[str, Any]]:
    """Take the statuses back that the file had set, except those of the children named and those built upon."""
    later = LanguageStatus.objects.filter(student=OuterRef("student"), sequence__gt=OuterRef("sequence"))
    given = LanguageStatus.objects.filter(pk__in=list(status_ids)).exclude(student__in=keep_of)
    standing = list(given.filter(Exists(later)).select_related("student"))
    free = [status.pk for status in given.exclude(pk__in=[status.pk for status in standing])]
    if free:
        withdraw_statuses(by=by, status_ids=free, reason=_("score file put back"))
    return [
        {"row": 0, "line": 0, "student": status.student_id, "name": str(status.student), "day": None}
        | {"why": _("a later status stands on “%(status)s”") % {"status": status.get_status_display()}}
        for status in standing
    ]
