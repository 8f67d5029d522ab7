"""An answer as its reader sees it, for tests that look at one page at a time."""

from __future__ import annotations

import re
from html import unescape

from werkzeug.test import TestResponse


class Page:
    """An answer, read as its reader reads it."""

    def __init__(self, answer: TestResponse) -> None:
        self.status = answer.status_code
        self.headers = answer.headers
        self.html = answer.text
        self.text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", self.html)))

    def value(self, name: str) -> str:
        field = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', self.html)
        value = field and re.search(r'value="([^"]*)"', field[0])
        return unescape(value[1]) if value else ""

    @property
    def goes_to(self) -> str:
        """The step the answer leads to."""
        return self.headers.get("Location", "").rsplit("/", 1)[-1]
