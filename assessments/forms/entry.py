"""What all rows of a grid share: the day on which the measure was taken."""

from __future__ import annotations

from datetime import date
from typing import Any

from crispy_forms.layout import Div
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.calendar import year_name
from district.forms import DayField, PlanForm, today


class GridForm(PlanForm):
    form_tag = False
    warns_unsaved = False

    taken_on = DayField(label=gettext_lazy("Taken on"), latest=today, help_text="")

    def __init__(self, *args: Any, year: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year

    def buttons(self) -> Any:
        """The grid brings its own."""
        return Div()

    def clean_taken_on(self) -> date:
        day: date = self.cleaned_data["taken_on"]
        if year_name(day) != self.year:
            raise ValidationError(
                _("The day is not in the school year %(year)s; results of other years come with files.")
                % {"year": self.year}
            )
        return day
