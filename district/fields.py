"""Form fields of the house: dates as people type them, languages by name."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district import dates
from district.models import Language


class DayInput(forms.TextInput):
    """A date as text: no picker stands between the paper and the keyboard. What was typed is kept."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", "class": "short", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date):
            return f"{value.month}/{value.day}/{value.year}"
        return super().format_value(value)


class DayField(forms.DateField):
    """A date, typed month first: `3/9/26`, `030926`, `2026-03-09`, `Mar 9, 2026`.

    `earliest` and `latest` are dates or functions that give one; their messages say which day was meant.
    """

    widget = DayInput

    def __init__(self, *, earliest: Any = None, latest: Any = None, **kwargs: Any) -> None:
        self.earliest, self.latest = earliest, latest
        kwargs.setdefault("help_text", gettext_lazy("Month first, such as 3/9/26 or 030926"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values or isinstance(value, date):
            return super().to_python(value)
        try:
            return dates.read_date(str(value), timezone.localdate())
        except dates.NotADate as refusal:
            raise forms.ValidationError(str(refusal), code="invalid") from refusal

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        earliest, latest = (limit() if callable(limit) else limit for limit in (self.earliest, self.latest))
        if earliest and value < earliest:
            raise forms.ValidationError(
                _("%(label)s is before %(limit)s.") % {"label": self.label, "limit": _spoken(earliest)}, code="early"
            )
        if latest and value > latest:
            raise forms.ValidationError(
                _("%(label)s is after %(limit)s.") % {"label": self.label, "limit": _spoken(latest)}, code="late"
            )


def today() -> date:
    """For `latest=today`: a day that cannot lie in the future."""
    return timezone.localdate()


def _spoken(day: date) -> str:
    from district.wording import long_day

    return _("today, %(day)s") % {"day": long_day(day)} if day == timezone.localdate() else long_day(day)


class LanguageInput(forms.TextInput):
    """A text box with the names of languages under it; typing `pu` finds Punjabi, and any list works without script."""

    list_id = "language-names"
    prints_list = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "class": "medium", "spellcheck": "false", **(attrs or {})})
        self.names: Sequence[tuple[str, str]] = ()  # name, and what else may be typed for it, between strokes

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        box = super().render(name, value, {**(attrs or {}), "list": self.list_id}, renderer)
        if not self.prints_list:
            return box
        options = format_html_join("", '<option value="{}" data-also="{}"></option>', self.names)
        return format_html('{}<datalist id="{}">{}</datalist>', box, self.list_id, options)

    def format_value(self, value: Any) -> str | None:
        return value.name if isinstance(value, Language) else super().format_value(value)


class LanguageField(forms.Field):
    """A language by its name, its own name or its code. Gives a `Language`.

    A beginning that fits one language only is enough. `also` maps further words to values of the caller, such as
    `{"unknown": None}`; they are offered in the list as well.
    """

    widget = LanguageInput

    def __init__(self, *, also: dict[str, Any] | None = None, **kwargs: Any) -> None:
        self.also = also or {}
        self._languages: list[Language] | None = None
        super().__init__(**kwargs)

    @property
    def languages(self) -> list[Language]:
        if self._languages is None:
            self.offer(list(Language.objects.all()))
        return self._languages or []

    def offer(self, languages: list[Language]) -> None:
        """Choose from these; `PlanForm` reads them once for all language fields of a form."""
        self._languages = languages
        self.widget.names = [
            *((word, "") for word in self.also),
            *((each.name, f"{each.code}|{each.code3}|{each.autonym}") for each in languages),
        ]

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) <= 3:
            return next((each for each in self.languages if each.code == value), value)
        return value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, Language):
            return value or None
        typed = " ".join(str(value).split())
        if typed.casefold() in self.also:
            return self.also[typed.casefold()]
        return self._exact(typed.casefold()) or self._begun(typed)

    def has_changed(self, initial: Any, data: Any) -> bool:
        shown = self.prepare_value(initial)
        return (shown.name if isinstance(shown, Language) else shown or "") != (data or "")

    def _exact(self, typed: str) -> Language | None:
        for attribute in ("name", "autonym", "code", "code3"):
            for language in self.languages:
                if getattr(language, attribute).casefold() == typed:
                    return language
        return None

    def _begun(self, typed: str) -> Language:
        begun = [each for each in self.languages if each.name.casefold().startswith(typed.casefold())]
        if len(begun) == 1 and len(typed) > 1:
            return begun[0]
        if begun:
            names = ", ".join(each.name for each in begun[:4])
            raise forms.ValidationError(
                _("“%(typed)s” can be several languages: %(names)s. Type more of the name.")
                % {"typed": typed, "names": names},
                code="several",
            )
        near = difflib.get_close_matches(typed.title(), [each.name for each in self.languages], n=1, cutoff=0.6)
        if near:
            sentence = _("“%(typed)s” is not in the state's list of languages. Is %(near)s meant?")
            raise forms.ValidationError(sentence % {"typed": typed, "near": near[0]}, code="unknown")
        sentence = _("“%(typed)s” is not in the state's list of languages. Choose one from the list.")
        raise forms.ValidationError(sentence % {"typed": typed}, code="unknown")
