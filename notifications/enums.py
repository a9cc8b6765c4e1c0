"""Choices of letters, with the words that users see."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RunState(TextChoices):
    """A run of letters: asked for, at work, finished, or stopped by a person."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("at work")
    FINISHED = "finished", _("finished")
    STOPPED = "stopped", _("stopped")


class ItemState(TextChoices):
    """One child's letter in a run."""

    WAITING = "waiting", _("waiting")
    ISSUED = "issued", _("issued")
    SKIPPED = "skipped", _("left out")
    FAILED = "failed", _("failed")


class Way(TextChoices):
    """How a letter left the school."""

    MAILED = "mailed", _("printed and mailed")
    HANDED = "handed", _("handed over")
    WITH_CHILD = "with_child", _("sent home with the child")
    OTHER = "other", _("in another way")


class FollowUp(TextChoices):
    """What was done about a letter that came back; a second try is noted as a new delivery."""

    ASKED = "asked", _("new address asked for")
    GIVEN_UP = "given_up", _("the family could not be reached")
