"""What is wrong in a record, what was found in a folder, a scan, and an export of Aeries to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from district.fields import today
from district.forms import DayField, Line, Part, PlanForm
from district.wording import long_day
from students import scanning
from students.enums import ChangeField, Looked
from students.models import AttestedFolder, AttestedItem

# Who changes what the secretary cannot enter in this application.
CHANGED_BY = {
    ChangeField.STATUS: _("A status is changed by a correction (A, B or C): ask for it on the page of corrections."),
    ChangeField.STATUS_SINCE: _(
        "A recorded day of a status is changed by the EL administrator only, who settles it with the state: pass it on."
    ),
    ChangeField.LEVEL: _("Results are entered by the test examiner, or come with the state's file: pass it on."),
    ChangeField.TESTED_ON: _("Results are entered by the test examiner, or come with the state's file: pass it on."),
    ChangeField.PROGRAM: _("The principal decides the placement, on the child's page."),
    ChangeField.PLACED_ON: _("The principal decides the placement, on the child's page."),
}


class ChangeForm(PlanForm):
    """Something is wrong: what, what should stand there, and how that is known."""

    submit_label = _("Ask the secretary to change it")

    field = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=[("", "-"), *ChangeField.choices],
        help_text=_(
            "The secretary has it to do, and asks for a correction where it is the status. The day of a status is for "
            "the EL administrator and a result for the examiner: the secretary passes it on. A placement you decide "
            "yourself, on the child's page."
        ),
    )
    old_value = forms.CharField(
        label=_("What stands there"), max_length=200, required=False, help_text=_("As it is shown above")
    )
    new_value = forms.CharField(label=_("What should stand there"), max_length=200)
    why = forms.CharField(
        label=_("How is it known?"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The paper in the folder, or who says so"),
    )

    def layout(self) -> Any:
        return Part("", "field", Line(("old_value", "w6"), ("new_value", "w6")), "why")


class FolderForm(PlanForm):
    """What was found of each item of a folder."""

    submit_label = _("Record what was found")
    more_submits = (("next", _("Record, and the next folder")),)

    note = forms.CharField(label=_("Note about the folder"), max_length=300, required=False)

    def __init__(self, *args: Any, folder: AttestedFolder, items: Sequence[AttestedItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        self.fields["note"].initial = folder.note
        for item in items:
            what = str(item.get_kind_display())
            self.fields[f"found_{item.pk}"] = forms.ChoiceField(
                label=_("%(what)s of %(day)s") % {"what": what[:1].upper() + what[1:], "day": long_day(item.about_on)},
                choices=Looked.choices,
                widget=forms.RadioSelect,
                initial=item.found or None,
                error_messages={"required": _("Choose right, wrong or missing: %(what)s") % {"what": what}},
            )
            self.fields[f"note_{item.pk}"] = forms.CharField(
                label=_("What is wrong with it"),
                max_length=200,
                required=False,
                initial=item.note,
                help_text=_("Needed where it is wrong"),
            )

    def layout(self) -> Any:
        rows = [Line((f"found_{item.pk}", "w6"), (f"note_{item.pk}", "w6")) for item in self.items]
        return Part("", *rows, "note")

    def values(self) -> dict[str, Any]:
        value = self.cleaned_data
        found = {item.pk: (value[f"found_{item.pk}"], value[f"note_{item.pk}"]) for item in self.items}
        return {"found": found, "note": value["note"]}


class ScanForm(PlanForm):
    """A scan or photo: of which original, and the file. What stands before a file that is too large is kept."""

    submit_label = _("Attach the scan")
    more_submits = (("another", _("Attach, then another")),)
    warns_unsaved = False

    original = forms.ChoiceField(label=_("Scan of"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, JPEG or PNG, at most %(n)d MB") % {"n": scanning.MOST_BYTES // scanning.MB},
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        max_length=200,
        error_messages={"required": _("Pick the file."), "empty": _("The file is empty. Scan the paper again.")},
    )
    is_of_both = forms.BooleanField(label=_("The paper is of both children"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, originals: Sequence[tuple[str, str]], refused: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.refused = refused
        self.fields["original"].choices = originals

    def full_clean(self) -> None:
        """A file that was not taken in is not missing; it was too large."""
        super().full_clean()
        if self.refused and self.is_bound:
            self._errors["file"] = self.error_class([self.refused])

    def refuse(self, refusal: Any) -> None:
        if refusal.field == "is_of_both":
            self.fields["is_of_both"].widget = forms.CheckboxInput()
        super().refuse(refusal)

    @property
    def helper(self) -> Any:
        helper = super().helper
        helper.attrs["enctype"] = "multipart/form-data"
        return helper


class EnteredForm(PlanForm):
    """On which day the ticked changes were entered."""

    form_tag = False
    on = DayField(label=_("Entered on"), latest=today)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def buttons(self) -> Any:
        return Line()


class CompareForm(PlanForm):
    """An export of Aeries: pasted from the screen or as a file."""

    submit_label = _("Compare")
    leave_label = _("Leave without comparing")
    warns_unsaved = False

    file = forms.FileField(
        label=_("Export of Aeries"),
        required=False,
        help_text=_("A list as text: .csv or .txt, with the names of the fields in the first line"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv"}),
        max_length=200,
    )
    pasted = forms.CharField(
        label=_("Or paste the list here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
