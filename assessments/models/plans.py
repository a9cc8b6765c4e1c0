"""What is stored of the IEP team's plan: how a child is tested."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import Measure, OtherTest
from district.models import DateRange, User, dates_in_order
from students.models import Student, of_visible_students


@pghistory.track()
class TestPlan(models.Model):
    """How the IEP team says a child is tested (MP1-19 to MP1-21): full, in part, or by the alternate test.

    `supports` holds codes of `Support`; `accommodations` what is in no list. Without `in_iep_since` the team has
    decided and the IEP does not say it yet: no test is complete before it does. `review_by`: the IEP's yearly date.
    """

    __test__ = False  # not a test class, whatever its name says

    class Kind(models.TextChoices):
        FULL = "full", _("the whole test")
        PARTIAL = "partial", _("without one domain")
        ALTERNATE = "alternate", _("the Alternate ELPAC")

    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="test_plans")
    kind = models.CharField(max_length=10, choices=Kind)
    domains_left_out = models.CharField(max_length=60, blank=True)
    supports = models.JSONField(default=list, blank=True)
    accommodations = models.CharField(max_length=300, blank=True)
    caaspp = models.CharField(_("Smarter Balanced tests"), max_length=10, choices=OtherTest, default=OtherTest.SAME)
    benchmarks = models.CharField(_("tests of the district"), max_length=10, choices=OtherTest, default=OtherTest.SAME)
    benchmarks_instead = models.CharField(max_length=120, blank=True)
    in_iep_since = models.DateField(_("documented in the IEP on"), null=True, blank=True)
    review_by = models.DateField(_("next yearly review of the IEP"), null=True, blank=True)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = of_visible_students().as_manager()

    class Meta:
        ordering = ["-starts"]
        constraints = [
            dates_in_order("starts", "ends", "test_plan_dates_in_order"),
            ExclusionConstraint(
                name="one_test_plan_at_a_time",
                violation_error_message=_("Another test plan holds on some of these days."),
                expressions=[
                    ("student", RangeOperators.EQUAL),
                    (DateRange.of("starts", "ends"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} since {self.starts}"

    @property
    def left_out(self) -> list[Measure]:
        """The domains that the child is not tested in."""
        return [Measure(slug) for slug in self.domains_left_out.split(",") if slug]
