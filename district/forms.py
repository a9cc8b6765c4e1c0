"""The form that every form of the house builds on.

`{% load crispy_forms_tags %}{% crispy form %}` prints the whole of it: the tag, the error summary ("There is a
problem", each sentence a link to its field), the fields in the order of the form, and the buttons with the verb on
them. Typed values are kept. A page whose context calls its form `form` gets "Error:" in its title by itself.

    class ExitForm(PlanForm):
        submit_label = _("Record the exit")
        on = DayField(label=_("Last day at school"), latest=today)

For a layout of its own a form overrides `layout()`; `Line` sets fields side by side on the grid of twelve.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.db import models
from django.forms.utils import pretty_name
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from district.fields import DayField, LanguageField, today
from district.refusal import Refusal

__all__ = ["DayField", "LanguageField", "Line", "PlanForm", "PlanModelForm", "Part", "shown_when", "today"]


def Line(*fields: str | tuple[str, str] | Any) -> Div:
    """Fields side by side: `Line(("last_name", "w4"), ("grade", "w2"))`; widths are twelfths, see elplan.css."""
    cells = [Field(each[0], wrapper_class=each[1]) if isinstance(each, tuple) else each for each in fields]
    return Div(*cells, css_class="in-line mb-3")


def Part(legend: Any, *fields: Any) -> Fieldset:
    """A part of the paper form under its heading."""
    return Fieldset(legend, *fields)


def shown_when(field: str, *values: str) -> dict[str, str]:
    """Widget attributes of a field that is asked only when another one has such a value.

    Without script the field is always there; its label should then say when it is to be filled in.
    """
    return {"data-shown-when": field, "data-shown-values": "|".join(values)}


@dataclass(frozen=True)
class SubmitButton:
    """A button that sends the form; its words are read whole, so it says what it does and to how many."""

    name: str
    label: Any
    css_class: str

    def render(self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any) -> SafeString:
        named = format_html(' name="{}" value="1"', self.name) if self.name else ""
        return format_html('<button type="submit" class="{}"{}>{}</button>', self.css_class, named, self.label)


@dataclass(frozen=True)
class LeaveLink:
    """The way out of a form without saving."""

    url: str
    label: Any

    def render(self, form: Any, context: Any, template_pack: Any = None, **kwargs: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', self.url, self.label)


class PlanFormMixin:
    """Buttons, error summary and layout, the same for forms with and without a model."""

    submit_label: Any = _("Save")
    submit_name = ""
    more_submits: tuple[
        tuple[str, Any], ...
    ] = ()  # (name, label) of further buttons, e.g. ("next", _("Save and next"))
    leave_label: Any = _("Leave without saving")
    leave_url = ""
    form_action = ""
    form_tag = True
    warns_unsaved = True

    fields: dict[str, forms.Field]
    prefix: str | None

    def __init__(self, *args: Any, leave_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leave_url = leave_url or self.leave_url
        self._name_what_is_missing()
        self._share_languages()

    def _name_what_is_missing(self) -> None:
        """In the summary on top, "This field is required" would not say which one."""
        for name, field in self.fields.items():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                label = field.label or pretty_name(name)
                field.error_messages["required"] = _("Fill in: %(label)s") % {"label": label}

    def _share_languages(self) -> None:
        """One query and one printed list for all language fields."""
        asking = [field for field in self.fields.values() if isinstance(field, LanguageField)]
        for number, field in enumerate(asking):
            field.offer(asking[0].languages)
            field.widget.prints_list = number == 0
            field.widget.list_id = f"{self.prefix}-language-names" if self.prefix else "language-names"

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_method = "post"
        helper.form_action = self.form_action
        helper.form_tag = self.form_tag
        helper.attrs = {"novalidate": "", "autocomplete": "off"}
        if self.warns_unsaved:
            helper.attrs["data-unsaved"] = ""
        helper.layout = Layout(self.layout(), self.buttons())
        return helper

    def layout(self) -> Any:
        """The fields in their order; override to group them."""
        return Layout(*self.fields)

    def buttons(self) -> Any:
        parts: list[Any] = [SubmitButton(self.submit_name, self.submit_label, "btn btn-primary")]
        parts += [SubmitButton(name, label, "btn btn-plain") for name, label in self.more_submits]
        if self.leave_url:
            parts.append(LeaveLink(self.leave_url, self.leave_label))
        return Div(*parts, css_class="acts mt-4")

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal of the action at its field, or on top."""
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))  # type: ignore[attr-defined]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(id of the field or nothing, sentence) for the summary, in the order of the form."""
        found = [("", str(error)) for error in self.non_field_errors()]  # type: ignore[attr-defined]
        for name in self.fields:
            bound = self[name]  # type: ignore[index]
            target = bound.id_for_label or f"{bound.auto_id}_0"  # the first choice of a group has no label of its own
            found += [(target, str(error)) for error in bound.errors]
        return found


class PlanForm(PlanFormMixin, forms.Form):
    """A form without a model."""


def plan_field(field: models.Field, **kwargs: Any) -> forms.Field | None:
    """Form fields of the house for a model's columns: dates are typed, languages are named."""
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        kwargs.setdefault("form_class", DayField)
        if not field.help_text:
            kwargs.setdefault("help_text", DayField(label="").help_text)
    return field.formfield(**kwargs)


class PlanModelForm(PlanFormMixin, forms.ModelForm):
    """A form for one model; `Meta.fields` names every column it may write."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        meta = cls.__dict__.get("Meta")
        if meta is not None and not hasattr(meta, "formfield_callback"):
            meta.formfield_callback = staticmethod(plan_field)
