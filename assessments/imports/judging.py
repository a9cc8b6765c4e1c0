"""What is to become of each line: found by one query over all lines, beside the children enrolled and the results held.

The same query judges the lines when a file is read (for the preview) and again when it is applied, so that nobody
applies what nobody has seen. Decisions D-06, D-22 and D-23.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from assessments.enums import Test
from assessments.imports.target import Target
from assessments.imports.workbooks import PER_TAB
from assessments.models import ScoreImport
from district.models import SchoolYear

SAME_NAME = """(string_to_array({of}.name_key, ' ') <@ string_to_array(child.search_key, ' ')
    OR string_to_array(child.search_key, ' ') <@ string_to_array({of}.name_key, ' '))"""

# {lines} has the columns of `ScoreImportRow`, and `rejected`: whether the line itself cannot be read.
JUDGED = """
    WITH matched AS (
        SELECT line.*, child.id AS child_id, own.id AS held_id, child.search_key,
            child.birth_date AS our_birth_date, child.primary_language_id, stay.school_id, stay.ends AS left_on,
            CASE WHEN own.id IS NOT NULL THEN {held} END AS held,
            {said} AS said,
            child.id IS NOT NULL AND (stay.id IS NULL OR (stay.ends < %(on)s
                AND (stay.exit_reason <> '' OR stay.ends < %(year_ends)s))) AS is_gone,
            child.birth_date <> line.birth_date AS is_other_birth_date,
            by_ssid.id IS NULL AND line.birth_date IS NULL AND line.name_key <> '' AND line.test = ''
                AND NOT {same_name} AS is_other_name
        FROM {lines} line
        LEFT JOIN students_student by_ssid ON line.ssid <> '' AND by_ssid.ssid = line.ssid
        LEFT JOIN students_student by_local ON line.ssid = '' AND line.local_id <> '' AND NOT line.rejected
            AND by_local.local_id = line.local_id
        LEFT JOIN students_student child ON child.id = coalesce(by_ssid.id, by_local.id)
        LEFT JOIN students_enrollment stay ON stay.id = child.current_enrollment_id
        {own}
    ), sorted AS (
        SELECT matched.*, coalesce(child_id::text, nullif(ssid, ''), 'line ' || line) AS who,
            rejected OR child_id IS NULL OR is_gone IS true OR is_other_birth_date IS true OR is_other_name IS true
                AS is_out
        FROM matched
    ), beside AS (
        SELECT sorted.*, string_agg({short}, ' / ') OVER same AS other_scores,
            NOT is_out AND min(md5(said::text)) OVER same <> max(md5(said::text)) OVER same AS is_contradicted
        FROM sorted
        WINDOW same AS (PARTITION BY who, test, administration, item, is_out)
    ), whole AS (
        -- a line with several values goes in or stays out as a whole; a copy counts only beside lines that go in
        SELECT beside.*, bool_or(is_out OR is_contradicted) OVER (PARTITION BY line) AS is_line_out FROM beside
    ), copied AS (
        SELECT whole.*, row_number() OVER down AS copy, first_value(line) OVER down AS first_line,
            first_value(line) OVER up AS other_line
        FROM whole
        WINDOW down AS (PARTITION BY who, test, administration, item, is_out, is_line_out ORDER BY line),
            up AS (PARTITION BY who, test, administration, item, is_out, is_line_out ORDER BY line DESC)
    )
    SELECT copied.*, CASE
        WHEN is_out OR is_contradicted THEN 'rejected'
        WHEN copy > 1 THEN 'unchanged'
        WHEN held IS NULL THEN 'new'
        WHEN held - {knows} = said THEN 'unchanged'
        ELSE 'changed' END AS judgement
    FROM copied
"""

# Lines of an earlier judgement, without those left out on purpose. A problem of the line itself has "line": true, and
# stays whatever else changes. The words that only warnings need are gone.
STORED_LINES = """
    (SELECT stored.*, '' AS language,
        jsonb_path_exists(problems, '$[*] ? (@.line == true && @.severity == "rejected")') AS rejected
     FROM assessments_scoreimportrow stored WHERE batch_id = %(batch)s AND line <> ALL(%(left_out)s))
"""


def judged(lines: str, target: Target) -> str:
    """The query for a kind of target, over a table or a subquery of lines."""
    parts = {"{held}": target.held, "{said}": target.said, "{own}": target.own, "{knows}": target.knows}
    parts |= {"{short}": target.short, "{same_name}": SAME_NAME.format(of="line"), "{lines}": lines}
    query = JUDGED
    for mark, part in parts.items():
        query = query.replace(mark, part)
    return query


def facts(batch: ScoreImport, on: date) -> dict[str, Any]:
    """The parameters of the query for a day. A child has left when no stay in the running school year is left."""
    ended = SchoolYear.objects.filter(first_day__lte=on).aggregate(last=Max("last_day"))["last"]
    return {
        "batch": batch.pk,
        "on": on,
        "year_ends": min(ended, on) if ended else on,
        "source": batch.source,
        "absent": batch.counts.get("absent", []),
        "left_out": [each["line"] for each in batch.left_out],
    }


def problems() -> str:
    """SQL for what shows beside other lines and the children: a JSON array, over `judged` and BESIDE."""
    return _array(*REJECTIONS, *WARNINGS)


def rejections() -> str:
    """SQL for the part of it that keeps a line out."""
    return _array(*REJECTIONS)


def _array(*checks: tuple[str, ...]) -> str:
    found = ", ".join(f"CASE WHEN {when} THEN {_problem(*parts)} END" for when, *parts in checks)
    return f"jsonb_path_query_array(jsonb_build_array({found}), '$[*] ? (@ != null)')"


def _problem(severity: str, column: str, said: str, reason: str, mend: str = "''") -> str:
    return f"""jsonb_strip_nulls(jsonb_build_object('column', %({column})s, 'severity', '{severity}',
        'said', nullif(left({said}, 60), ''), 'reason', {reason}, 'mend', nullif({mend}, '')))"""


def _day(column: str) -> str:
    return f"to_char({column}, 'Dy FMDD Mon YYYY')"


# When, how grave, in which column, what the file says there, why, and what to do.
REJECTIONS = (
    (
        "NOT judged.rejected AND child_id IS NULL AND judged.ssid <> ''",
        *(
            "rejected",
            "ssid",
            "judged.ssid",
            "%(unknown)s",
            "CASE WHEN alike.ssid <> '' THEN format(%(alike)s, alike.ssid) ELSE %(ask)s END",
        ),
    ),
    (
        "NOT judged.rejected AND child_id IS NULL AND judged.ssid = ''",
        *("rejected", "local_id", "judged.local_id", "%(unknown)s", "%(ask)s"),
    ),
    (
        "is_gone",
        *("rejected", "ssid", "judged.ssid"),
        f"CASE WHEN left_on IS NULL THEN %(not_enrolled)s ELSE format(%(left)s, {_day('left_on')}) END",
        "%(leave_out)s",
    ),
    (
        "is_other_birth_date",
        *("rejected", "birth_date", "judged.birth_date::text"),
        *(f"format(%(other_birth_date)s, {_day('our_birth_date')})", "%(mend_birth_date)s"),
    ),
    (
        "NOT judged.rejected AND is_other_name",
        *("rejected", "last_name", "concat_ws(' ', judged.first_name, judged.last_name)"),
        "format(%(other_child)s, concat_ws(' ', nullif(child.first_name, ''), child.last_name))",
        "%(mend_number)s",
    ),
    (
        "is_contradicted",
        *("rejected", "ssid", "judged.ssid"),
        "format(CASE WHEN judged.test = '' THEN %(contradicted_item)s ELSE %(contradicted)s END, "
        "CASE WHEN copy = 1 THEN other_line ELSE first_line END %% %(per_tab)s, other_scores)",
        "CASE WHEN judged.test = '' THEN %(choose_item)s ELSE %(choose)s END",
    ),
)
WARNINGS = (
    (
        "judgement <> 'rejected' AND copy > 1",
        *("warning", "ssid", "judged.ssid", "format(%(copied)s, first_line %% %(per_tab)s)"),
    ),
    (
        "judgement <> 'rejected' AND judged.name_key <> '' AND NOT " + SAME_NAME.replace("{of}", "judged"),
        *("warning", "last_name", "concat_ws(' ', judged.first_name, judged.last_name)"),
        "format(%(other_name)s, concat_ws(' ', nullif(child.first_name, ''), child.last_name))",
    ),
    (
        "judgement <> 'rejected' AND judged.school_code <> '' "
        "AND judged.school_code NOT IN (school.cds_code, right(school.cds_code, 7))",
        *("warning", "school_code", "judged.school_code", "format(%(other_school)s, school.name)"),
    ),
    (
        "judgement <> 'rejected' AND spoken.code <> child.primary_language_id",
        *("warning", "language", "judged.language", "format(%(other_language)s, spoken.name, ours.name)"),
    ),
    (
        "judgement <> 'rejected' AND judged.test <> '' AND %(source)s = 'local' AND status.status <> 'TBD'",
        *("warning", "ssid", "judged.ssid", f"format(%(not_tbd)s, status.status, {_day('status.starts')})"),
    ),
    (
        "judgement <> 'rejected' AND judged.test IN %(annual)s AND status.status NOT IN ('EL', 'ADEL')",
        *("warning", "ssid", "judged.ssid", f"format(%(not_el)s, status.status, {_day('status.starts')})"),
    ),
    (
        "judgement = 'changed' AND judged.test <> '' AND held ->> 'level' <> '' AND said ->> 'level' = ''",
        *("warning", "overall_score", "'NS'", "%(loses_score)s"),
    ),
)

# What the problems need beside the judged lines. 99 is "other languages", UU "unknown": they contradict nothing.
BESIDE = """
    LEFT JOIN students_student child ON child.id = judged.child_id
    LEFT JOIN district_school school ON school.id = judged.school_id
    LEFT JOIN district_language ours ON ours.code = child.primary_language_id
    LEFT JOIN LATERAL (
        SELECT language.code, language.name FROM district_language language
        WHERE judged.language IN (language.code, language.code3) AND language.code NOT IN ('99', 'UU')
        ORDER BY language.code = child.primary_language_id DESC NULLS LAST LIMIT 1) spoken ON true
    LEFT JOIN LATERAL (
        SELECT past.status, past.starts FROM students_languagestatus past
        WHERE past.student_id = judged.child_id AND past.starts <= judged.tested_on
            AND (past.ends IS NULL OR past.ends > judged.tested_on)
        ORDER BY past.sequence DESC LIMIT 1) status ON true
    LEFT JOIN LATERAL (
        SELECT other.ssid FROM students_student other
        WHERE judged.child_id IS NULL AND judged.name_key <> '' AND other.birth_date = judged.birth_date
            AND other.search_key LIKE judged.name_key || '%%' LIMIT 1) alike ON true
"""


def sentences(names: Mapping[str, str]) -> dict[str, Any]:
    """The words of `problems`; %s is filled by the database. names: what the file calls a field."""
    numbers = next((names[each] for each in ("ssid", "number", "local_id") if each in names), "ssid")
    said = {field: names.get(field, field) for field in ("birth_date", "last_name")}
    said |= {"ssid": names.get("ssid", numbers), "local_id": names.get("local_id", numbers)}
    said |= {field: names.get(field, field) for field in ("school_code", "language", "overall_score")}
    return said | {
        "annual": (Test.SUMMATIVE_ELPAC.value, Test.SUMMATIVE_ALTERNATE_ELPAC.value),
        "per_tab": PER_TAB,
        "unknown": _("No child with this number is enrolled here."),
        "alike": _("A child of this name and birth date has the SSID %s: correct the number that is wrong."),
        "ask": _("Look for the child by name. Correct the number, enroll the child, or leave the line out."),
        "left": _("The child left the district on %s."),
        "not_enrolled": _("The child is not enrolled here."),
        "leave_out": _("Leave the line out, or enroll the child if it is here."),
        "other_birth_date": _("Another birth date: we have %s. It may be another child."),
        "mend_birth_date": _("Correct the birth date that is wrong, or the SSID, or leave the line out."),
        "contradicted": _("The same child and test stand in line %s too, with another result (%s)."),
        "contradicted_item": _("The same child and the same thing stand in line %s too, with another value (%s)."),
        "choose": _("Ask the state's help desk which is right, and leave the other line out."),
        "choose_item": _("Find out which is right, and leave the other line out."),
        "copied": _("The same as line %s; it counts once."),
        "other_child": _("Another name, and no birth date to be sure by: the child with this number is %s here."),
        "mend_number": _("Correct the number or the name, add the birth date, or leave the line out."),
        "other_name": _("Another name: the child is %s here."),
        "other_school": _("Another school: the child is enrolled at %s."),
        "other_language": _("The file says %s, we have %s as the child's primary language."),
        "not_el": _("The child was not an English learner on the test date (%s since %s). The result is kept."),
        "not_tbd": _("The child was %s since %s and does not take the Initial test. The local score is kept."),
        "loses_score": _("We hold a score of this test, the file gives none. An older file?"),
    }
