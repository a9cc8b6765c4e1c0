"""The kinds of targets by name."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model

from assessments.enums import ImportTarget
from assessments.imports.target import Target
from assessments.imports.target_lists import LISTS
from assessments.imports.target_results import RESULT
from assessments.models import LocalResult, LongTermListing, Mark, Result, ScoreImport

TARGETS: Mapping[str, Target] = {str(target.slug): target for target in (RESULT, *LISTS)}

MODELS: Mapping[str, type[Model]] = {
    ImportTarget.RESULT: Result,
    ImportTarget.LOCAL: LocalResult,
    ImportTarget.MARK: Mark,
    ImportTarget.LONG_TERM: LongTermListing,
}


def target_of(batch: ScoreImport) -> Target:
    """What the lines of a file become."""
    return TARGETS[ImportTarget(batch.target)]
