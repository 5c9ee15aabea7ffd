"""A page as a person has it before them: its forms, as they are filled out, and what it says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from typing import Any


@dataclass(frozen=True)
class Form:
    action: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Page:
    """`place`: where the answer sends the browser."""

    address: str
    status: int
    place: str = ""
    text: str = ""
    cookies: tuple[str, ...] = ()

    @property
    def is_broken(self) -> bool:
        return self.status >= 500

    @cached_property
    def facts(self) -> Any:
        return json.loads(self.text)

    @cached_property
    def forms(self) -> list[Form]:
        reader = _Reader(self.address)
        reader.feed(self.text)
        return reader.forms

    def form(self, action: str, named: Mapping[str, str] = {}) -> Form | None:
        """The one that goes there, and carries this along."""
        here = (form for form in self.forms if form.action == action)
        return next((form for form in here if named.items() <= form.fields.items()), None)


class _Reader(HTMLParser):
    """A form without an action goes to where its page came from."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._address = address
        self._open = ""  # the name of the field whose content comes next
        self._choosing = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(Form(given.get("action") or self._address, {}))
        elif self.forms and (name := given.get("name", "")):
            self._field(tag, name, given)
        elif tag == "option" and self._choosing and "selected" in given:
            self.forms[-1].fields[self._choosing] = given["value"]

    def _field(self, tag: str, name: str, given: dict[str, str]) -> None:
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.forms[-1].fields[name] = given.get("value", "")
        elif tag == "textarea":
            self._open, self.forms[-1].fields[name] = name, ""
        elif tag == "select":
            self._choosing = name

    def handle_data(self, data: str) -> None:
        if self._open:
            self.forms[-1].fields[self._open] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":  # what stands in the first line begins behind its break
            fields = self.forms[-1].fields
            fields[self._open], self._open = fields[self._open].removeprefix("\n"), ""
        elif tag == "select":
            self._choosing = ""
