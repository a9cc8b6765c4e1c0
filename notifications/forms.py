"""Forms of letters: asking for a run, issuing, correcting, writing and publishing texts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from district.forms import DayField, Line, Part, PlanForm, today
from notifications import languages
from notifications.enums import FollowUp, Way
from notifications.models import Letter, LetterText, LetterVersion

DRAFTS = [
    ("yes", _("Print draft translations too, marked as drafts")),
    ("no", _("Only letters whose translation a person has reviewed")),
]


class RunForm(forms.Form):
    """How the letters of a list are to be made. `drafted`: how many of them hold a draft translation."""

    do = forms.ChoiceField(choices=[("all", ""), ("start", "")])
    drafts = forms.ChoiceField(choices=DRAFTS, required=False)
    has_drafts = forms.BooleanField(required=False)
    double_sided = forms.BooleanField(required=False)

    drafted = 0

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("has_drafts") and not values.get("drafts"):
            self.add_error("drafts", _("Say whether draft translations are to be printed."))
        return values


class IssueForm(forms.Form):
    """The choice to print a draft, where the letter holds one."""

    drafts = forms.ChoiceField(choices=[("yes", "")], required=False)

    def __init__(self, *args: Any, has_drafts: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_drafts = has_drafts


class CorrectionForm(PlanForm):
    """Why a letter is replaced."""

    submit_label = _("Issue the correction")

    reason = forms.CharField(
        label=_("What was wrong in the letter"),
        max_length=200,
        help_text=_("Stays in the history; it is not printed. The new letter says which letter it takes the place of."),
    )
    drafts = forms.BooleanField(
        label=_("Print the draft translation, marked as a draft"),
        help_text=_("No person who reads the language has reviewed it."),
    )

    def __init__(self, *args: Any, has_drafts: bool, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, leave_url=reverse("letter", args=[letter.pk]), **kwargs)
        if not has_drafts:
            del self.fields["drafts"]


class TextForm(forms.Form):
    """One language of a draft: title and body in the letters' markup."""

    title = forms.CharField(label=_("Title"), max_length=200)
    body = forms.CharField(label=_("Text"), strip=False, widget=forms.Textarea)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, prefix=language, **kwargs)
        self.language = languages.language(language)
        self.fields["body"].widget.attrs = {"lang": language, "dir": self.language.direction, "spellcheck": "true"}
        self.fields["title"].widget.attrs = {"lang": language, "dir": self.language.direction}


class PublishForm(PlanForm):
    """From when a version holds."""

    submit_label = _("Publish the version")

    effective_from = DayField(
        label=_("Letters are made from this text from"), earliest=today, help_text=_("Today or later, such as 3/9/26")
    )

    def __init__(self, *args: Any, version: LetterVersion, **kwargs: Any) -> None:
        leave = reverse("letter_text_edit", args=[version.kind])
        super().__init__(*args, leave_url=leave, **kwargs)


class ReviewForm(PlanForm):
    """Who has read a translation."""

    submit_label = _("Record the review")

    reviewed_by = forms.CharField(
        label=_("Who has read the translation and found it right"),
        max_length=120,
        help_text=_("Name and office of a person who reads the language, such as a translator of the county office."),
    )
    confirmed = forms.BooleanField(
        label=_("This person has read the whole text beside the English one"),
    )

    def __init__(self, *args: Any, text: LetterText, **kwargs: Any) -> None:
        super().__init__(*args, leave_url=reverse("letter_text_version", args=[text.version_id]), **kwargs)


class SentForm(PlanForm):
    """How letters left. `count`: so many stand in the list, all of which can be noted; 0 offers only the ticked."""

    submit_label = _("Note the ticked as sent")
    warns_unsaved = False

    way = forms.ChoiceField(label=_("How did they leave?"), choices=Way.choices)
    left_on = DayField(label=_("On"), latest=today, initial=today)
    note = forms.CharField(
        label=_("Note, if any"), max_length=200, required=False, help_text=_("Such as: to the grandmother")
    )

    def __init__(self, *args: Any, count: int = 0, again: bool | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if count:
            words = ngettext_lazy("Note the one in this list", "Note all %(count)d in this list", "count")
            self.more_submits = (("all", words % {"count": count}),)
        if again is None:
            self.form_tag = False
        else:
            self.submit_label = _("Note the second try") if again else _("Note as sent")
            self.fields["way"].label = _("How did it leave?")

    def layout(self) -> Any:
        return Part("", Line(("way", "w5"), ("left_on", "w3"), ("note", "w4")))


class ReturnedForm(PlanForm):
    """That letters came back."""

    submit_label = _("Note the ticked as returned")
    warns_unsaved = False

    returned_on = DayField(label=_("Back at the school on"), latest=today, initial=today)

    def __init__(self, *args: Any, count: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form_tag = bool(self.prefix)
        if self.prefix:
            self.submit_label = _("Note as returned")


class FollowUpForm(PlanForm):
    """What was done about a letter that came back."""

    submit_label = _("Note what was done")
    warns_unsaved = False

    what = forms.ChoiceField(label=_("What was done?"), choices=FollowUp.choices)
    done_on = DayField(label=_("On"), latest=today, initial=today)
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Whom you asked, and what was said")
    )

    def layout(self) -> Any:
        return Part("", Line(("what", "w5"), ("done_on", "w3"), ("note", "w4")))


class LetterheadForm(PlanForm):
    """Name and vision line of the district in one language."""

    submit_label = _("Save the words")

    language = forms.ChoiceField(label=_("Language"))
    starts = DayField(label=_("On letters from"), earliest=today, initial=today, help_text=_("Today or later"))
    name = forms.CharField(label=_("Name of the district"), max_length=160, required=False)
    vision = forms.CharField(label=_("Vision line"), max_length=400, required=False)
    reviewed_by = forms.CharField(
        label=_("Who has read the words and found them right"),
        max_length=120,
        required=False,
        help_text=_("A person who reads the language. Empty: they are a draft."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted(languages.table().values(), key=lambda each: each.name)
        self.fields["language"].choices = [(each.code, each.name) for each in known if each.code != "en"]

    def layout(self) -> Any:
        return Part("", Line(("language", "w4"), ("starts", "w4")), "name", "vision", "reviewed_by")
