"""The form by which a score file is sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from district.forms import DayField, PlanForm, today


class UploadForm(PlanForm):
    submit_label = _("Look at what the file would do")
    leave_label = _("Leave without sending")
    warns_unsaved = False

    file = forms.FileField(
        label=_("Score file"),
        help_text=_(
            "As it came: the zip of the state, or the delimited text (.csv) or workbook (.xlsx) inside it. "
            "For local scores, the list as a text file or workbook."
        ),
        widget=forms.FileInput(attrs={"accept": ".zip,.csv,.txt,.tsv,.xlsx,.xlsm"}),
        max_length=200,
        error_messages={"required": _("Pick the file."), "empty": _("The file is empty. Download it again.")},
    )
    received_on = DayField(
        label=_("Received by the district"),
        help_text=_("The day on which the results came. The 30 days for telling families run from it."),
        latest=today,
    )

    def __init__(self, *args: Any, too_large: str = "", **kwargs: Any) -> None:
        self.too_large = too_large
        super().__init__(*args, **kwargs)

    def clean_file(self) -> Any:
        return self.cleaned_data["file"]

    def full_clean(self) -> None:
        """A file that was not taken in is not missing; it was too large."""
        super().full_clean()
        if self.too_large and self.is_bound:
            self._errors["file"] = self.error_class([self.too_large])
