"""The register of examiners: who was trained for which test, and until when (MP1-23)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from assessments.enums import ResultSource, Test
from assessments.models import Result, Sitting, Training
from assessments.queries.testing import TRAINED_FOR, trained, training_of
from assessments.rules.examiners import good_until
from district import entries
from district.actions.doing import doing
from district.enums import Role
from district.models import Entry, RoleAssignment, School, User
from district.permissions import Permission
from district.queries import period
from district.refusal import Refusal
from district.wording import long_day, some_names

TRAINING = "training"


def record_training(
    *,
    by: User,
    user: User,
    tests: Sequence[str],
    trained_on: date,
    expires_on: date | None = None,
    given_by: str,
) -> list[Training]:
    """Enter that a person was trained for tests. Without a last day the district's period is counted from the day.

    Refusal: nobody who is a test examiner, a test that needs none, the same training twice, an end before its day.
    """
    with doing(by, Permission.COORDINATE_TESTS, _("training entered")):
        if not RoleAssignment.objects.filter(user=user, role=Role.EXAMINER).exists():
            raise Refusal(
                _("%(who)s is no test examiner anywhere.") % {"who": user},
                _("Give the role under Settings, People, then enter the training."),
                field="user",
            )
        if not tests or any(test not in TRAINED_FOR for test in tests):
            raise Refusal(_("For which test was the training?"), _("Tick at least one."), field="tests")
        until = expires_on or good_until(trained_on, period("TE-01", trained_on))
        if until < trained_on:
            raise Refusal(
                _("The training would end on %(end)s, before its own day.") % {"end": long_day(until)},
                _("One of the two dates is mistyped."),
                field="expires_on",
            )
        if twice := Training.objects.filter(user=user, test__in=tests, trained_on=trained_on).first():
            raise Refusal(
                _("The training of %(day)s for the %(test)s is entered already.")
                % {"day": long_day(trained_on), "test": twice.get_test_display()},
                _("Was it wrong? Put it back, then enter it again."),
                field="trained_on",
            )
        rows = [
            Training.objects.create(
                user=user, test=test, trained_on=trained_on, expires_on=until, given_by=given_by, recorded_by=by
            )
            for test in tests
        ]
        entries.enter(
            by=by,
            kind=TRAINING,
            summary=_("Training of %(who)s on %(day)s: %(tests)s")
            % {"who": user, "day": long_day(trained_on), "tests": ", ".join(str(Test(test).label) for test in tests)},
            trainings=[row.pk for row in rows],
        )
    return rows


def check_examiner(examiner: User, test: str, school: School, on: date) -> None:
    """Refuse whoever is no test examiner of the school on the day, or not trained for the test; name who is."""
    if trained(test, school, on).filter(pk=examiner.pk).exists():
        return
    said = {"who": examiner, "school": school, "day": long_day(on), "test": Test(test).label}
    if User.objects.holding(Role.EXAMINER, school, on).filter(pk=examiner.pk).exists():
        said["why"] = training_of(examiner, test, on).reason
        message = _("%(who)s was not trained for the %(test)s on %(day)s. %(why)s") % said
    else:
        message = _("%(who)s was not a test examiner of %(school)s on %(day)s.") % said
    raise Refusal(message, who_is_trained(test, school, on), field="examiner")


def who_is_trained(test: str, school: School, on: date) -> str:
    """Who may give a test at a school on a day, and until when, as a sentence."""
    people = [f"{user} ({training_of(user, test, on).reason.rstrip('.')})" for user in trained(test, school, on)]
    if not people:
        return _("Nobody is trained there: the test coordinator enters trainings in the register of examiners.")
    return _("Trained there: %(who)s.") % {"who": some_names(people, len(people), shown=4)}


def put_back_training(entry: Entry, by: User) -> None:
    """Take a training out again, as long as no test stands on it."""
    for row in Training.objects.filter(pk__in=entry.data["trainings"]):
        days = {"tested_on__gte": row.trained_on, "tested_on__lte": row.expires_on or date.max}
        given = Result.objects.filter(examiner=row.user, source=ResultSource.LOCAL, test=row.test, **days)
        noted = Sitting.objects.filter(
            examiner=row.user, test=row.test, on__gte=row.trained_on, on__lte=row.expires_on or date.max
        )
        day = given.values_list("tested_on", flat=True).first() or noted.values_list("on", flat=True).first()
        if day:
            raise Refusal(
                _("%(who)s gave the %(test)s on %(day)s by this training.")
                % {"who": row.user, "test": row.get_test_display(), "day": long_day(day)},
                _("Enter the right training beside it."),
            )
        row.delete()
