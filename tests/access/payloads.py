"""What a browser would send back from a page: its forms, filled in, with everything ticked that can be ticked."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {
    "date": "11/24/2026",
    "email": "walk@families.example",
    "number": "1",
    "tel": "(530) 555-0199",
    "url": "https://walk.example",
}


@dataclass
class Form:
    """A form that posts: where to, and the names with their values."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)


class FormReader(HTMLParser):
    """Collects the posting forms of a page. Empty boxes are filled, choices made, boxes ticked."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.select = self.area = ""
        self.options: list[tuple[str, bool]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.open = Form(said.get("action", "")) if said.get("method", "").lower() == "post" else None
            if self.open:
                self.forms.append(self.open)
        elif self.open is None:
            return
        elif tag == "input":
            self._input(said)
        elif tag == "select":
            self.select, self.options = said.get("name", ""), []
        elif tag == "option" and self.select:
            self.options.append((said.get("value", ""), "selected" in said))
        elif tag == "textarea":
            self.area, self.text = said.get("name", ""), ""
        elif tag == "button" and said.get("name"):
            self.open.values.setdefault(said["name"], [said.get("value", "")])

    def handle_data(self, data: str) -> None:
        if self.area:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "textarea" and self.area and self.open:
            self.open.values[self.area] = [self.text.strip() or "walk"]
            self.area = ""
        elif tag == "select" and self.select and self.open:
            chosen = [value for value, is_chosen in self.options if is_chosen and value]
            self.open.values[self.select] = chosen or [value for value, _chosen in self.options if value][:1]
            self.select = ""

    def _input(self, said: dict[str, str]) -> None:
        assert self.open
        name, kind = said.get("name", ""), said.get("type", "text").lower()
        if not name or kind in ("submit", "button", "image", "file", "reset") or "disabled" in said:
            return
        values = self.open.values.setdefault(name, [])
        if kind == "checkbox":
            values.append(said.get("value", "on"))
        elif kind == "radio":
            self.open.values[name] = values or [said.get("value", "on")]
        else:
            day = said.get("inputmode") == "numeric" and "short" in said.get("class", "")
            values.append(said.get("value") or TYPED.get("date" if day else kind, "walk"))


def forms_of(html: str) -> list[Form]:
    reader = FormReader()
    reader.feed(html)
    return reader.forms
