"""Lines of a file into the records, and back: sets, never loops. What is unlike from target to target: `targets`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, ProtectedError
from django.utils.translation import gettext as _

from assessments.imports import judging
from assessments.imports.targets import MODELS, target_of
from assessments.models import ScoreImport
from district.models import User
from district.refusal import Refusal
from students.actions.statuses import withdraw_statuses
from students.models import LanguageStatus

# What a person has changed since, or what stands on it.
STAYS = """
    SELECT line.id, line.line, line.student_id, concat_ws(' ', nullif(child.first_name, ''), child.last_name),
        CASE WHEN own.id IS NULL THEN 'gone'
            WHEN own.batch_id IS DISTINCT FROM %(batch)s OR {held} - {knows} <> {said} THEN 'edited'
            {stays} END AS why,
        {day} AS day
    FROM assessments_scoreimportrow line
    JOIN students_student child ON child.id = line.student_id
    LEFT JOIN {table} own ON own.id = line.{link}
    {beside}
    WHERE line.batch_id = %(batch)s AND line.verdict IN ('new', 'changed')
"""
STAYS_PARTS = ("held", "knows", "said", "stays", "day", "table", "link", "beside")


def is_outdated(batch: ScoreImport, on: date) -> bool:
    """Whether a line would now do something else than its preview says. What a status verb says is not asked here."""
    judged = judging.judged(judging.STORED_LINES, target_of(batch))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT EXISTS (SELECT 1 FROM ({judged}) judged JOIN assessments_scoreimportrow seen ON seen.id = judged.id
            WHERE ((judged.judgement, judged.child_id) IS DISTINCT FROM (seen.verdict::text, seen.student_id)
                OR (judged.judgement = 'changed' AND judged.held IS DISTINCT FROM seen.before))
                AND NOT seen.problems @> '[{{"status": true, "severity": "rejected"}}]')
            """,
            judging.facts(batch, on),
        )
        return bool(cursor.fetchone()[0])


def judge_again(batch: ScoreImport, on: date) -> None:
    """Judge the stored lines beside the records as they are now.

    Warnings need words that are not kept; they stay as they were, reasons to keep a line out are found anew.
    """
    target = target_of(batch)
    link = f"{target.link} = again.held_id," if target.link else ""
    link += "".join(f" {name} = {said}," for name, said in target.kept)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE assessments_scoreimportrow seen SET verdict = again.judgement, student_id = again.child_id, {link}
                before = CASE WHEN again.judgement = 'changed' THEN again.held END,
                problems = jsonb_path_query_array(seen.problems,
                    '$[*] ? (@.line == true || @.severity == "warning")') || again.found
            FROM (SELECT judged.id, judgement, child_id, held_id, held, said, {judging.rejections()} AS found
                  FROM ({judging.judged(judging.STORED_LINES, target)}) judged {judging.BESIDE}) again
            WHERE seen.id = again.id
            """,
            judging.facts(batch, on) | judging.sentences(batch.counts["columns"]),
        )


def write(batch: ScoreImport, by: User) -> None:
    """Write what is new and what changes."""
    parameters: dict[str, Any] = {
        "batch": batch.pk,
        "by": by.pk,
        "source": batch.source,
        "received_on": batch.received_on,
    }
    with connection.cursor() as cursor:
        for statement in target_of(batch).writes:
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
    target = target_of(batch)
    if not target.link:
        return []
    stays = STAYS.format(**{key: getattr(target, key) for key in STAYS_PARTS})
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({stays}) line WHERE why IS NOT NULL ORDER BY 2",
            {"batch": batch.pk, "applied_at": batch.applied_at, "absent": []},
        )
        found = cursor.fetchall()
    return [
        {"row": row, "line": line, "student": student, "name": name, "why": reasons[why], "day": day and str(day)}
        for row, line, student, name, why, day in found
    ]


def restore(batch: ScoreImport, kept: Sequence[int]) -> None:
    """Take what is new out and give what changed its former values, except on the lines kept."""
    target = target_of(batch)
    parameters: dict[str, Any] = {"batch": batch.pk, "kept": list(kept)}
    with connection.cursor() as cursor:
        for statement in target.restores:
            cursor.execute(statement, parameters)
    if not target.link:
        return
    own = batch.rows.filter(verdict="new").exclude(pk__in=kept).exclude(**{target.link: None})
    model = MODELS[batch.target]
    try:
        model._default_manager.filter(pk__in=list(own.values_list(target.link, flat=True))).delete()
    except ProtectedError as standing:
        names = ", ".join(sorted({str(each) for each in standing.protected_objects})[:5])
        raise Refusal(
            _("Something else stands on what the file has brought: %(names)s.") % {"names": names},
            _("Put that back first."),
        ) from None


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
