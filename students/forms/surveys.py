"""The Home Language Survey in the order of the paper form, and its signature."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from district.fields import today
from district.forms import DayField, LanguageField, Line, Part, PlanForm
from district.models import Language
from district.refusal import Refusal
from students.actions import ChangedMeanwhile
from students.enums import SurveyReason
from students.models import HomeLanguageSurvey

# The state's form HLS, revised July 2020.
QUESTIONS = (
    _("Which language did your child learn when they first began to talk?"),
    _("Which language does your child most frequently speak at home?"),
    _("Which language do you (the parents and guardians) most frequently use when speaking with your child?"),
    _(
        "Which language is most often spoken by adults in the home? "
        "(parents, guardians, grandparents, or any other adults)"
    ),
)
NOT_SAID = {"none": None, "unknown": None}
NAMES = tuple(f"question_{number}" for number in range(1, 5))
DECIDING = NAMES[:3]


class Asks:
    """The four questions, each beside its box."""

    def render(self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any) -> SafeString:
        return render_to_string("students/survey_asks.html", {"asks": [form[name] for name in NAMES]})


class Beside:
    """What follows from the answers, beside the form."""

    def render(self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any) -> SafeString:
        beside = {"follows": context.get("follows"), "follows_url": context.get("follows_url")}
        return render_to_string("students/survey_beside.html", {**beside, "csrf_token": context.get("csrf_token")})


class SurveyForm(PlanForm):
    """The first survey of a child."""

    submit_label = _("Save and next")
    submit_name = "next"
    more_submits = (("open", _("Save and open the child")),)

    question_1 = LanguageField(label=QUESTIONS[0], required=False, also=NOT_SAID)
    question_2 = LanguageField(label=QUESTIONS[1], required=False, also=NOT_SAID)
    question_3 = LanguageField(label=QUESTIONS[2], required=False, also=NOT_SAID)
    question_4 = LanguageField(label=QUESTIONS[3], required=False, also=NOT_SAID)
    signed_by = forms.CharField(
        label=_("Signed by"), max_length=120, required=False, help_text=_("Empty if the signature is missing")
    )
    answered_on = DayField(label=_("Date on the paper"), latest=today, help_text=_("Month first, such as 3/9/26"))
    form_language = LanguageField(label=_("Form was in"), required=False)

    def __init__(self, *args: Any, then_enroll: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["question_1"].widget.attrs["autofocus"] = True
        if then_enroll:  # the packet of the next child lies on the desk: on to it
            self.submit_name, self.submit_label = "enroll", _("Save, enroll the next child")

    def clean(self) -> dict[str, Any]:
        """A blank 1 to 3 may be an oversight; what the family left out is typed as "none" (D-07)."""
        values = super().clean()
        for number, name in enumerate(DECIDING, start=1):
            if name not in self.errors and not self.data.get(self.add_prefix(name), "").strip():
                self.add_error(
                    name, _("Answer %(n)s is empty. If the family left it out, type “none”.") % {"n": number}
                )
        return values

    def answers(self) -> list[Language | None]:
        """The answers typed so far; what could not be read counts as not answered."""
        return [getattr(self, "cleaned_data", {}).get(name) or None for name in NAMES]

    def values(self) -> dict[str, Any]:
        """What the action takes. The paper has one date; without a name it is unsigned."""
        name = self.cleaned_data["signed_by"]
        return {
            "answers": self.answers(),
            "answered_on": self.cleaned_data["answered_on"],
            "signed_by": name,
            "signed_on": self.cleaned_data["answered_on"] if name else None,
            "form_language": self.cleaned_data["form_language"] or None,
        }

    def layout(self) -> Any:
        return Div(
            Div(
                *self.before_questions(),
                Part(_("The family's four answers"), Asks()),
                Part(
                    _("Signature"),
                    Line(("signed_by", "w5"), ("answered_on", "w4"), ("form_language", "w3")),
                ),
                self.buttons(),
            ),
            Div(Beside()),
            css_class="cols",
        )

    def before_questions(self) -> list[Any]:
        return []

    @property
    def helper(self) -> Any:
        helper = super().helper
        helper.layout = Layout(self.layout())  # the buttons stand in the left column
        return helper


class AmendForm(SurveyForm):
    """A new version of the survey, with the reason why (D-02). It carries the version that it was made from."""

    submit_label = _("Save the new version")
    submit_name = "open"
    more_submits = ()

    reason = forms.ChoiceField(label=_("Why is it amended?"), widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("What was seen or said; stands in the history")
    )

    made_from = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, before: HomeLanguageSurvey, **kwargs: Any) -> None:
        super().__init__(*args, initial=initial_of(before), **kwargs)
        self.before = before
        offered = [SurveyReason.PARENT_AMENDMENT, SurveyReason.ENTRY_ERROR]
        self.fields["reason"].choices = [(reason, reason.label) for reason in offered]
        del self.fields["question_1"].widget.attrs["autofocus"]  # the reason comes first

    def before_questions(self) -> list[Any]:
        return ["made_from", Part(_("Reason"), "reason", "note")]

    def clean(self) -> dict[str, Any]:
        """Nobody writes over a version that came while the form was open, the first one included."""
        values = super().clean()
        made_from = values.get("made_from") or 0
        if made_from != self.before.pk:
            self.refuse(ChangedMeanwhile(self.before, made_from))
        return values

    def refuse(self, refusal: Refusal) -> None:
        """Whoever has been told of the newer version may save again."""
        super().refuse(refusal)
        if isinstance(refusal, ChangedMeanwhile):
            self.before = refusal.survey
            self.data = {**self.data.dict(), self.add_prefix("made_from"): refusal.survey.pk}

    def values(self) -> dict[str, Any]:
        more = {name: self.cleaned_data[name] for name in ("reason", "note", "made_from")}
        return {**super().values(), **more}


class SignatureForm(PlanForm):
    """The signature that was missing."""

    submit_label = _("Add the signature")

    signed_by = forms.CharField(label=_("Signed by"), max_length=120)
    signed_on = DayField(label=_("Date of the signature"), latest=today)


def initial_of(survey: HomeLanguageSurvey) -> dict[str, Any]:
    """What stands in the boxes of an amendment: the version in force."""
    answers = {name: getattr(survey, name) or "none" for name in DECIDING}
    return {
        **answers,
        "made_from": survey.pk,
        "question_4": survey.question_4,
        "form_language": survey.form_language,
        "signed_by": survey.signed_by,
        "answered_on": None,
    }
