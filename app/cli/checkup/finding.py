"""What a check found, in one line a technician can act on."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass


class Mark(enum.StrEnum):
    WELL = "✓"
    LOOK = "!"
    WRONG = "✗"


@dataclass(frozen=True)
class Finding:
    mark: Mark
    words: str


Check = Callable[[], Iterable[Finding]]


def well(words: str) -> Finding:
    return Finding(Mark.WELL, words)


def look(words: str) -> Finding:
    """Worth a look, though nothing fails because of it today."""
    return Finding(Mark.LOOK, words)


def wrong(words: str) -> Finding:
    return Finding(Mark.WRONG, words)
