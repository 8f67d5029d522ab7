"""A person with a browser without script: sees a page, fills in a form that is really there, presses its button."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient


@dataclass
class Form:
    """A form as the page has it: where it goes, what already stands in it, and its buttons."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        return next((value for key, value in self.fields if key == name), None)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._name = ""
        self._button: tuple[str, str] | None = None
        self._link: str | None = None
        self._said = ""
        self._chosen: str | None = None
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._form = Form(told.get("action", ""), told.get("method", "get"))
            self.forms.append(self._form)
        elif tag == "a":
            self._link, self._said = told.get("href", ""), ""
        elif tag == "input" and self._form:
            on = "checked" in told or told.get("type") not in ("radio", "checkbox")
            if told.get("name") and on and told.get("type") != "file":
                self._form.fields.append((told["name"], told.get("value", "")))
        elif tag == "textarea":
            self._name, self._said = told.get("name", ""), ""
        elif tag == "select":
            self._name, self._chosen, self._first = told.get("name", ""), None, None
        elif tag == "option":
            self._first = told.get("value", "") if self._first is None else self._first
            if "selected" in told:
                self._chosen = told.get("value", "")
        elif tag == "button":
            self._button, self._said = (told.get("name", ""), told.get("value", "")), ""

    def handle_data(self, data: str) -> None:
        self._said += data
        self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "a" and self._link is not None:
            self.links.append((" ".join(self._said.split()), self._link))
            self._link = None
        elif tag == "button" and self._form and self._button:
            self._form.buttons.append((" ".join(self._said.split()), *self._button))
        elif tag == "textarea" and self._form:
            self._form.fields.append((self._name, self._said.removeprefix("\n")))
        elif tag == "select" and self._form:
            self._form.fields.append((self._name, self._chosen if self._chosen is not None else self._first or ""))


class Person:
    """Somebody who reads pages and presses buttons."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.status = 0
        self.text = ""
        self.path = ""

    def sees(self, path: str, **headers: str) -> Person:
        return self._look(self.client.get(path, headers=headers, follow_redirects=True))

    def _look(self, answer: Any) -> Person:
        self.status, self.text = answer.status_code, answer.get_data(as_text=True)
        self.path = answer.request.full_path.rstrip("?")
        self._read = _Reader()
        self._read.feed(self.text)
        return self

    @property
    def forms(self) -> list[Form]:
        return self._read.forms

    @property
    def words(self) -> str:
        """The page's text without its tags."""
        return " ".join(" ".join(self._read.words).split())

    @property
    def buttons(self) -> set[str]:
        """What every button of every form sends: ``name=value``, or its words."""
        return {f"{name}={value}" if name else said for form in self.forms for said, name, value in form.buttons}

    def form(self, button: str) -> Form:
        """The form with a button that begins with these words."""
        for one in self.forms:
            if any(said.startswith(button) for said, _name, _value in one.buttons):
                return one
        raise AssertionError(f"no button «{button}» in {[b for f in self.forms for b in f.buttons]}")

    def link(self, words: str) -> str:
        return next(href for said, href in self._read.links if said.startswith(words))

    def offers(self, words: str) -> bool:
        """Whether there is a link or a button that begins with these words."""
        said = [link for link, _href in self._read.links] + [b[0] for form in self.forms for b in form.buttons]
        return any(one.startswith(words) for one in said)

    def presses(self, button: str, **typed: Any) -> Person:
        """Send the form with this button, with what the page has in it and what was typed over it."""
        one = self.form(button)
        data: dict[str, Any] = {}
        for name, value in one.fields:
            data.setdefault(name, []).append(value)
        pressed = next((n, v) for said, n, v in one.buttons if said.startswith(button))
        if pressed[0]:
            data[pressed[0]] = [pressed[1]]
        return self.sends(one.action, {**data, **typed})

    def sends(self, path: str, data: dict[str, Any]) -> Person:
        return self._look(self.client.post(path, data=data, follow_redirects=True))
