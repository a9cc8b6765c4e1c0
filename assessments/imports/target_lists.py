"""Results of local measures, marks, the state's list of long-term learners, and the statuses of the state.

Statuses are written by the verb of `students.actions`, and judged by it (see `following`).
"""

from __future__ import annotations

from assessments.enums import ImportTarget
from assessments.imports.target import Target

LINES = "FROM assessments_scoreimportrow line WHERE line.batch_id = %(batch)s AND line.verdict = 'new'"
# What was brought is found by its own key, one index look for each line: by the batch, whose rows no statistics know
# yet, the planner compared every line with every row.
CHANGES = "WHERE line.batch_id = %(batch)s AND line.verdict = 'changed'"

LOCAL = Target(
    slug=ImportTarget.LOCAL,
    table="assessments_localresult",
    own="""
        LEFT JOIN assessments_localmeasure measure ON measure.slug = line.facts ->> 'measure'
        LEFT JOIN assessments_localresult own ON own.student_id = child.id AND own.measure_id = measure.id
            AND own.year = line.administration AND own."window" = line.facts ->> 'window'
    """,
    held="""
        jsonb_build_object('measure', line.facts ->> 'measure', 'window', own."window", 'grade', own.grade,
            'value', trim_scale(own.value), 'level', own.level, 'not_taken', own.not_taken, 'taken_on', own.taken_on,
            'note', own.note, 'source', own.source, 'batch_id', own.batch_id, 'recorded_at', own.recorded_at,
            'recorded_by_id', own.recorded_by_id)
    """,
    said="(line.facts || jsonb_build_object('grade', line.grade))",
    knows="ARRAY['note', 'source', 'batch_id', 'recorded_at', 'recorded_by_id']",
    short="coalesce(said ->> 'value', nullif(said ->> 'level', ''), said ->> 'not_taken', '-')",
    link="local_result_id",
    writes=(
        f"""
        INSERT INTO assessments_localresult (student_id, measure_id, year, "window", grade, value, level, not_taken,
            taken_on, note, source, batch_id, recorded_at, recorded_by_id)
        SELECT line.student_id, (SELECT id FROM assessments_localmeasure WHERE slug = line.facts ->> 'measure'),
            line.administration, line.facts ->> 'window', line.grade, (line.facts ->> 'value')::numeric,
            line.facts ->> 'level', line.facts ->> 'not_taken', (line.facts ->> 'taken_on')::date, '', 'file',
            %(batch)s, now(), %(by)s
        {LINES}
        """,
        """
        UPDATE assessments_scoreimportrow line SET local_result_id = own.id
        FROM assessments_localresult own JOIN assessments_localmeasure measure ON measure.id = own.measure_id
        WHERE line.batch_id = %(batch)s AND line.verdict = 'new'
            AND own.student_id = line.student_id AND measure.slug = line.facts ->> 'measure'
            AND own.year = line.administration AND own."window" = line.facts ->> 'window'
        """,
        f"""
        UPDATE assessments_localresult own SET grade = line.grade, value = (line.facts ->> 'value')::numeric,
            level = line.facts ->> 'level', not_taken = line.facts ->> 'not_taken',
            taken_on = (line.facts ->> 'taken_on')::date, source = 'file', batch_id = %(batch)s,
            recorded_at = now(), recorded_by_id = %(by)s
        FROM assessments_scoreimportrow line {CHANGES} AND own.id = line.local_result_id
        """,
    ),
    restores=(
        f"""
        UPDATE assessments_localresult own SET grade = before ->> 'grade', value = (before ->> 'value')::numeric,
            level = before ->> 'level', not_taken = before ->> 'not_taken',
            taken_on = (before ->> 'taken_on')::date, source = before ->> 'source',
            batch_id = (before ->> 'batch_id')::uuid, recorded_at = (before ->> 'recorded_at')::timestamptz,
            recorded_by_id = (before ->> 'recorded_by_id')::bigint
        FROM assessments_scoreimportrow line {CHANGES} AND own.id = line.local_result_id
            AND line.id <> ALL(%(kept)s)
        """,
    ),
)

MARK = Target(
    slug=ImportTarget.MARK,
    table="assessments_mark",
    own="""
        LEFT JOIN assessments_mark own ON own.student_id = child.id AND own.year = line.administration
            AND own.term = line.facts ->> 'term' AND own.course = line.facts ->> 'course'
    """,
    held="""
        jsonb_build_object('term', own.term, 'course', own.course, 'subject', own.subject, 'mark', own.mark,
            'teacher', own.teacher, 'taken_on', own.taken_on, 'batch_id', own.batch_id,
            'recorded_at', own.recorded_at, 'recorded_by_id', own.recorded_by_id)
    """,
    said="line.facts",
    knows="ARRAY['batch_id', 'recorded_at', 'recorded_by_id']",
    short="said ->> 'mark'",
    link="mark_id",
    writes=(
        f"""
        INSERT INTO assessments_mark (student_id, year, term, course, subject, mark, teacher, taken_on, batch_id,
            recorded_at, recorded_by_id)
        SELECT line.student_id, line.administration, line.facts ->> 'term', line.facts ->> 'course',
            line.facts ->> 'subject', line.facts ->> 'mark', line.facts ->> 'teacher',
            (line.facts ->> 'taken_on')::date, %(batch)s, now(), %(by)s
        {LINES}
        """,
        """
        UPDATE assessments_scoreimportrow line SET mark_id = own.id FROM assessments_mark own
        WHERE line.batch_id = %(batch)s AND line.verdict = 'new'
            AND own.student_id = line.student_id AND own.year = line.administration
            AND own.term = line.facts ->> 'term' AND own.course = line.facts ->> 'course'
        """,
        f"""
        UPDATE assessments_mark own SET subject = line.facts ->> 'subject', mark = line.facts ->> 'mark',
            teacher = line.facts ->> 'teacher', taken_on = (line.facts ->> 'taken_on')::date, batch_id = %(batch)s,
            recorded_at = now(), recorded_by_id = %(by)s
        FROM assessments_scoreimportrow line {CHANGES} AND own.id = line.mark_id
        """,
    ),
    restores=(
        f"""
        UPDATE assessments_mark own SET subject = before ->> 'subject', mark = before ->> 'mark',
            teacher = before ->> 'teacher', taken_on = (before ->> 'taken_on')::date,
            batch_id = (before ->> 'batch_id')::uuid, recorded_at = (before ->> 'recorded_at')::timestamptz,
            recorded_by_id = (before ->> 'recorded_by_id')::bigint
        FROM assessments_scoreimportrow line {CHANGES} AND own.id = line.mark_id AND line.id <> ALL(%(kept)s)
        """,
    ),
)

LONG_TERM = Target(
    slug=ImportTarget.LONG_TERM,
    table="assessments_longtermlisting",
    own="""
        LEFT JOIN assessments_longtermlisting own ON own.student_id = child.id AND own.year = line.administration
    """,
    held="""
        jsonb_build_object('meaning', own.meaning, 'code', own.code, 'since', own.since, 'batch_id', own.batch_id,
            'recorded_at', own.recorded_at, 'recorded_by_id', own.recorded_by_id)
    """,
    said="line.facts",
    knows="ARRAY['batch_id', 'recorded_at', 'recorded_by_id']",
    short="coalesce(nullif(said ->> 'code', ''), said ->> 'meaning')",
    link="listing_id",
    writes=(
        f"""
        INSERT INTO assessments_longtermlisting (student_id, year, meaning, code, since, batch_id, recorded_at,
            recorded_by_id)
        SELECT line.student_id, line.administration, line.facts ->> 'meaning', line.facts ->> 'code',
            (line.facts ->> 'since')::date, %(batch)s, now(), %(by)s
        {LINES}
        """,
        """
        UPDATE assessments_scoreimportrow line SET listing_id = own.id FROM assessments_longtermlisting own
        WHERE line.batch_id = %(batch)s AND line.verdict = 'new'
            AND own.student_id = line.student_id AND own.year = line.administration
        """,
        f"""
        UPDATE assessments_longtermlisting own SET meaning = line.facts ->> 'meaning', code = line.facts ->> 'code',
            since = (line.facts ->> 'since')::date, batch_id = %(batch)s, recorded_at = now(), recorded_by_id = %(by)s
        FROM assessments_scoreimportrow line {CHANGES} AND own.id = line.listing_id
        """,
    ),
    restores=(
        f"""
        UPDATE assessments_longtermlisting own SET meaning = before ->> 'meaning', code = before ->> 'code',
            since = (before ->> 'since')::date, batch_id = (before ->> 'batch_id')::uuid,
            recorded_at = (before ->> 'recorded_at')::timestamptz,
            recorded_by_id = (before ->> 'recorded_by_id')::bigint
        FROM assessments_scoreimportrow line {CHANGES} AND own.id = line.listing_id AND line.id <> ALL(%(kept)s)
        """,
    ),
)

STATUS = Target(
    slug=ImportTarget.STATUS,
    table="students_languagestatus",
    own="""
        LEFT JOIN LATERAL (SELECT past.id, past.status, past.starts FROM students_languagestatus past
            WHERE past.student_id = child.id ORDER BY past.sequence DESC LIMIT 1) own ON true
    """,
    held="jsonb_build_object('status', own.status, 'starts', own.starts)",
    said="(line.facts - 'correction')",
    knows="ARRAY[]::text[]",
    short="concat_ws(' ', said ->> 'status', said ->> 'starts')",
)

LISTS = (LOCAL, MARK, STATUS, LONG_TERM)
