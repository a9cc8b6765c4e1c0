"""The form by which a score file is sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from district.forms import DayField, PlanForm, today


class UploadForm(PlanForm):
    """The day stands before the file: of a file that is too large to be taken in, what stood before it is kept."""

    submit_label = _("Look at what the file would do")
    leave_label = _("Leave without sending")
    warns_unsaved = False

    received_on = DayField(
        label=_("Received by the district on"),
        help_text=_("Month first, such as 3/9/26. The days for telling families run from it."),
        latest=today,
    )
    file = forms.FileField(
        label=_("Score file"),
        help_text=_("As it came: the state's zip, or the .csv or .xlsx inside it; for local scores, the list."),
        widget=forms.FileInput(attrs={"accept": ".zip,.csv,.txt,.tsv,.xlsx,.xlsm"}),
        max_length=200,
        error_messages={"required": _("Pick the file."), "empty": _("The file is empty. Download it again.")},
    )

    def __init__(self, *args: Any, refused: str = "", **kwargs: Any) -> None:
        self.refused = refused
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        """A file that was not taken in is not missing; it was too large."""
        super().full_clean()
        if self.refused and self.is_bound:
            self._errors["file"] = self.error_class([self.refused])
