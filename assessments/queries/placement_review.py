"""Placements in force that somebody should look at again (MP1-49): each reason is one condition in the database."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from assessments.models import Result
from assessments.queries.initial import ENGLISH_TESTS
from district.models import School, User, in_force
from students.enums import ElStatus
from students.models import Enrollment, LanguageStatus, Placement

NO_LEARNER, NEW_RESULT, DIFFERS = "no_learner", "new_result", "differs"


def placements_to_review(user: User, school: School, on: date) -> QuerySet[Placement]:
    """The placements in force of a school's children whom the person may see, annotated with each reason.

    no_learner: the child is an English learner no more. new_result: an English test with a level came after the
    decision. differs: another program than the rule recommended.
    """
    here = Enrollment.objects.filter(in_force(on), student=OuterRef("student_id"), school=school)
    learning = LanguageStatus.objects.on(on).filter(
        student=OuterRef("student_id"), status__in=(ElStatus.EL, ElStatus.TBD)
    )
    newer = Result.objects.filter(
        student=OuterRef("student_id"),
        test__in=ENGLISH_TESTS,
        received_on__gt=OuterRef("decided_at__date"),
        received_on__lte=on,
    ).exclude(level="")
    rows: QuerySet[Placement] = Placement.objects.visible_to(user).filter(in_force(on), Exists(here))
    return rows.annotate(
        no_learner=~Exists(learning),
        new_result=Exists(newer),
        differs=Q(recommended__isnull=False) & ~Q(recommended=F("program")),
    )
