"""Choices of chapters 5, 7 and 8, with the words that users see."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StakeholderGroup(TextChoices):
    """Whose input the Plan rests on (MP0-06)."""

    PARENTS = "parents", _("parents and guardians")
    ELAC = "elac", _("ELAC")
    DELAC = "delac", _("DELAC")
    TEACHERS = "teachers", _("teachers")
    STAFF = "staff", _("other staff")
    PRINCIPALS = "principals", _("principals")
    STUDENTS = "students", _("students")
    BOARD = "board", _("Board of Trustees")
    COMMUNITY = "community", _("community")


class InputChannel(TextChoices):
    MEETING = "meeting", _("meeting")
    SURVEY = "survey", _("survey")
    LETTER = "letter", _("letter or e-mail")
    TALK = "talk", _("conversation")
