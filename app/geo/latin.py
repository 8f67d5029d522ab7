"""Greek words in Latin letters after ELOT 743, as on road signs and passports."""

from __future__ import annotations

import re
import unicodedata

_PAIRS = {
    "ου": "ou", "γγ": "ng", "γξ": "nx", "γχ": "nch", "αι": "ai", "ει": "ei", "οι": "oi", "υι": "yi",
}  # fmt: skip
_LETTERS = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        [
            "a",
            "v",
            "g",
            "d",
            "e",
            "z",
            "i",
            "th",
            "i",
            "k",
            "l",
            "m",
            "n",
            "x",
            "o",
            "p",
            "r",
            "s",
            "s",
            "t",
            "y",
            "f",
            "ch",
            "ps",
            "o",
        ],
        strict=True,
    )
)
_TAKES_V = "αβγδεζηιλμνορυω"


def _plain(text: str) -> tuple[str, frozenset[int]]:
    """Letters without accents, and where a dieresis stood."""
    letters: list[str] = []
    apart = set()
    for mark in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(mark):
            letters.append(mark)
        elif mark == "\u0308":
            apart.add(len(letters) - 1)
    return "".join(letters), frozenset(apart)


def latin(text: str) -> str:
    """«Λευκώνας» → "Lefkonas", «Μπέλες» → "Beles"; what is not Greek stays, without its accents."""
    plain, apart = _plain(text)
    low = plain.lower()
    if len(low) != len(plain):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)
    out: list[str] = []
    at = 0
    while at < len(low):
        size, sound = _sound(low, at, apart)
        written = plain[at : at + size]
        if written[:1].isupper():
            loud = written.isupper() and (size > 1 or low[at + 1 : at + 2] != plain[at + 1 : at + 2])
            sound = sound.upper() if loud else sound.capitalize()
        out.append(sound)
        at += size
    return "".join(out)


def _sound(low: str, at: int, apart: frozenset[int]) -> tuple[int, str]:
    pair = low[at : at + 2]
    if len(pair) == 2 and at + 1 not in apart:
        if pair in ("αυ", "ευ", "ηυ"):
            after = low[at + 2 : at + 3]
            return 2, _LETTERS[pair[0]] + ("v" if after and after in _TAKES_V else "f")
        if pair == "μπ":
            inside = at > 0 and low[at - 1].isalpha() and low[at + 2 : at + 3].isalpha()
            return 2, "mp" if inside else "b"
        if pair in _PAIRS:
            return 2, _PAIRS[pair]
    return 1, _LETTERS.get(low[at], low[at])


def slug(text: str, *, longest: int = 60) -> str:
    """A code of small Latin letters, digits and hyphens; empty when nothing of the text can be written so."""
    return re.sub(r"[^a-z0-9]+", "-", latin(text).lower()).strip("-")[:longest].strip("-")
