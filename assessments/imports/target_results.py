"""Results of the state's tests, and of the Initial test as scored locally, with their scores."""

from __future__ import annotations

from assessments.enums import ImportTarget
from assessments.imports.target import Target
from assessments.queries import SUBJECT

# A result's scores as the file's are written, so that the two can be compared as they stand.
SCORES_HELD = """
    (SELECT coalesce(jsonb_object_agg(score.measure, jsonb_strip_nulls(jsonb_build_object(
        'scale_score', score.scale_score, 'level', nullif(score.level, ''),
        'raw_score', score.raw_score, 'is_exempt', nullif(score.is_exempt, false)))), '{}')
     FROM assessments_score score WHERE score.result_id = own.id)
"""

HELD = f"""
    jsonb_build_object('grade', own.grade, 'tested_on', own.tested_on, 'attempted', own.attempted,
        'condition_code', own.condition_code, 'overall_score', own.overall_score, 'level', own.level,
        'calculated_status', own.calculated_status, 'received_on', own.received_on,
        'examiner_id', own.examiner_id, 'batch_id', own.batch_id, 'told_on', own.told_on,
        'told_by_id', own.told_by_id, 'scores', {SCORES_HELD})
"""

# What the file has no column for stays as it is held; what it has one for is the file's word, empty or not. `absent`
# names what is missing: a column of the result, or a measure with its part.
BOTH_SCORES = f"""
    (SELECT coalesce(jsonb_object_agg(measure, parts), '{{}}') FROM (
        SELECT measure, jsonb_object_agg(part, said) AS parts FROM (
            SELECT measure, part, said, false AS is_held
            FROM jsonb_each(line.scores) new(measure, score), jsonb_each(score) one(part, said)
            UNION ALL
            SELECT measure, part, said, true
            FROM jsonb_each(CASE WHEN own.id IS NOT NULL THEN {SCORES_HELD} ELSE '{{}}' END) old(measure, score),
                jsonb_each(score) one(part, said)
        ) every WHERE is_held = (measure || '.' || part = ANY(%(absent)s::text[])) GROUP BY measure
    ) whole)
"""

SAID = f"""
    (SELECT jsonb_build_object('grade', line.grade, 'tested_on', line.tested_on, 'attempted', line.attempted,
        'condition_code', CASE WHEN 'condition_code' = ANY(%(absent)s::text[]) THEN coalesce(own.condition_code, '')
            ELSE line.condition_code END,
        'overall_score', (both_scores.scores -> 'overall' ->> 'scale_score')::int,
        'level', coalesce(both_scores.scores -> 'overall' ->> 'level', ''),
        'calculated_status', CASE WHEN 'calculated_status' = ANY(%(absent)s::text[])
            THEN coalesce(own.calculated_status, '') ELSE line.calculated_status END,
        'scores', both_scores.scores)
     FROM (SELECT {BOTH_SCORES} AS scores OFFSET 0) both_scores)
"""

OWN = """
    LEFT JOIN assessments_result own ON own.student_id = child.id AND own.test = line.test
        AND own.administration = line.administration AND own.source = %(source)s
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
    WHERE line.batch_id = %(batch)s AND line.verdict = 'new'
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

# What was told to a family, or carries a placement.
STAYS = """
    WHEN letter.dated IS NOT NULL THEN 'letter'
    WHEN own.told_on IS NOT NULL AND line.before ->> 'told_on' IS NULL THEN 'told'
    WHEN placement.starts IS NOT NULL THEN 'placement'
"""
BESIDE = f"""
    LEFT JOIN LATERAL (SELECT issued.dated FROM notifications_letter issued
        WHERE issued.student_id = line.student_id AND issued.subject_key = '{SUBJECT}' || own.id
            AND issued.issued_at >= %(applied_at)s ORDER BY issued.issued_at LIMIT 1) letter ON true
    LEFT JOIN LATERAL (SELECT decided.starts FROM students_placement decided
        WHERE decided.student_id = line.student_id AND decided.evidence -> 'result' = to_jsonb(own.id)
            AND decided.decided_at >= %(applied_at)s ORDER BY decided.decided_at LIMIT 1) placement ON true
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

RESULT = Target(
    slug=ImportTarget.RESULT,
    table="assessments_result",
    own=OWN,
    held=HELD,
    said=SAID,
    knows="ARRAY['received_on', 'examiner_id', 'batch_id', 'told_on', 'told_by_id']",
    kept=(
        ("scores", "said -> 'scores'"),
        ("condition_code", "said ->> 'condition_code'"),
        ("calculated_status", "said ->> 'calculated_status'"),
    ),
    short="coalesce(said ->> 'overall_score', said ->> 'level', '-')",
    link="result_id",
    writes=(NEW, LINK, CHANGED, SCORES_OUT, SCORES_IN),
    restores=(RESTORE, RESTORE_SCORES_OUT, RESTORE_SCORES_IN),
    stays=STAYS,
    beside=BESIDE,
    day="coalesce(letter.dated, own.told_on, placement.starts)",
)
