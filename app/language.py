"""The reader's language: which one, names of things in it, dates and times as people say them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import TIMEDELTA_UNITS, format_timedelta, get_day_names, get_month_names
from flask import Flask, current_app, has_request_context, request
from flask_babel import force_locale, format_datetime, format_decimal, get_locale
from flask_babel import gettext as _

from app.calendar import ATHENS

LANGUAGES = ("el", "en")
_GREEK = re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")
#: From here on Babel takes the larger unit.
_ALMOST = 0.85


def preload(app: Flask) -> None:
    """The words, dates and numbers of both languages, before processes are forked that would load them each."""
    with app.test_request_context():
        for locale in LANGUAGES:
            with force_locale(locale):
                _("μόλις τώρα")
                format_datetime(None)
                format_decimal(0)


def select_locale() -> str:
    """Asked for in the address, else remembered, else what the browser prefers, else Greek."""
    if not has_request_context():
        return "el"
    for wanted in (request.args.get("lang"), request.cookies.get(current_app.config["LANGUAGE_COOKIE"])):
        if wanted in LANGUAGES:
            return wanted
    return request.accept_languages.best_match(LANGUAGES, "el")


def language() -> str:
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "el"


def localized(thing: Any, field: str = "name") -> str:
    """What a row or mapping says in the reader's language; in Greek where the office has written only that."""
    for key in (f"{field}_{language()}", f"{field}_el"):
        words = thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key)
        if words:
            return str(words)
    return ""


def is_greek(words: str) -> bool:
    """Whether most letters are Greek ones: the language somebody wrote in is kept nowhere, and this tells it."""
    return len(_GREEK.findall(words)) * 2 > sum(map(str.isalpha, words))


_SHORT = ("code", "name_el", "name_en")


def code_and_names(thing: Any) -> dict[str, Any] | None:
    """Code and both names of a row or mapping that has them, for programs; None for None."""
    if thing is None:
        return None
    return {key: thing[key] if isinstance(thing, Mapping) else getattr(thing, key) for key in _SHORT}


class Reader:
    """How times read in one language, in Serres. A list asks for its reader once, and not for each row.

    Babel reads its patterns anew for each date, and a list has a hundred of them; these say the same
    (tests/pages/test_formats.py).
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self._days, self._short_days = (
            [get_day_names(width, "format", code)[day] for day in range(7)] for width in ("wide", "abbreviated")
        )
        self._months, self._short_months = (
            [get_month_names(width, "format", code)[month] for month in range(1, 13)]
            for width in ("wide", "abbreviated")
        )
        #: Spans in words, by unit and number: a few hundred in all.
        self._spans: dict[tuple[str, int], str] = {}

    def name(self, thing: Any) -> str:
        """As ``localized``, of a row."""
        return str((self.code == "en" and thing.name_en) or thing.name_el)

    def date_short(self, day: date) -> str:
        return f"{self._short_days[day.weekday()]} {day.day} {self._short_months[day.month - 1]}"

    def date_long(self, day: date) -> str:
        return f"{self._days[day.weekday()]} {day.day} {self._months[day.month - 1]}"

    def moment(self, moment: datetime) -> str:
        local = moment.astimezone(ATHENS)
        year = "" if local.year == datetime.now(ATHENS).year else f" {local.year}"
        return f"{self.date_short(local)}{year}, {local:%H:%M}"

    def day(self, moment: datetime) -> str:
        return self.date_long(moment.astimezone(ATHENS))

    def moment_full(self, moment: datetime) -> str:
        local = moment.astimezone(ATHENS)
        return f"{self.date_long(local)} {local.year}, {local:%H:%M}"

    def ago(self, moment: datetime, now: datetime) -> str:
        seconds = (moment - now).total_seconds()
        if abs(seconds) < 60:
            return _("μόλις τώρα")
        unit = next(unit for unit in TIMEDELTA_UNITS if abs(seconds) / unit[1] >= _ALMOST)
        key = unit[0], round(seconds / unit[1])
        if key not in self._spans:
            self._spans[key] = format_timedelta(timedelta(seconds=seconds), add_direction=True, locale=self.code)
        return self._spans[key]


_READERS = {code: Reader(code) for code in LANGUAGES}


def reader() -> Reader:
    """How times and names read for whoever asks."""
    return _READERS[language()]


def format_moment(moment: datetime) -> str:
    """«Δευτ. 23 Νοε, 09:40» in Serres time; the year only when it is not this one."""
    return reader().moment(moment)


def format_moment_full(moment: datetime) -> str:
    """«Δευτέρα 23 Νοεμβρίου 2026, 09:40», for a tooltip."""
    return reader().moment_full(moment)


def format_day(moment: datetime) -> str:
    """«Τετάρτη 2 Δεκεμβρίου»."""
    return reader().day(moment)


def format_short_day(moment: datetime) -> str:
    """«Τετ 2 Δεκ», where there is little room."""
    return reader().date_short(moment.astimezone(ATHENS))


def format_date_short(day: date) -> str:
    """«Δευ 23 Νοε»."""
    return reader().date_short(day)


def format_date_long(day: date) -> str:
    """«Δευτέρα 23 Νοεμβρίου»."""
    return reader().date_long(day)


def ago(moment: datetime, now: datetime) -> str:
    """«πριν από 2 ώρες»."""
    return reader().ago(moment, now)


def spellings(typed: str) -> list[str]:
    """What was typed, and how else it may have been meant.

    In greeklish h is χ or η, x is χ or ξ, u is ου or υ, and v is β, or ν by its looks.
    """
    variants = [typed.lower()]
    for letter, sound in (("h", "i"), ("x", "ks"), ("u", "y"), ("v", "n")):
        variants += [variant.replace(letter, sound) for variant in variants]
    return list(dict.fromkeys(variants))
