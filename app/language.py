"""The reader's language: which one, names of things in it, dates and times as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, has_request_context, request
from flask_babel import force_locale, format_date, format_datetime, format_decimal, format_timedelta, get_locale
from flask_babel import gettext as _

LANGUAGES = ("el", "en")


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
    """The Greek or English name of a row or mapping that has both."""
    key = f"{field}_{language()}"
    return str(thing[key] if isinstance(thing, Mapping) else getattr(thing, key))


_SHORT = ("code", "name_el", "name_en")


def code_and_names(thing: Any) -> dict[str, Any] | None:
    """Code and both names of a row or mapping that has them, for programs; None for None."""
    if thing is None:
        return None
    return {key: thing[key] if isinstance(thing, Mapping) else getattr(thing, key) for key in _SHORT}


def format_moment(moment: datetime) -> str:
    """«Δευτ. 23 Νοε, 09:40» in Serres time; the year only when it is not this one."""
    this_year = format_date(None, "y") == format_datetime(moment, "y")
    return format_datetime(moment, "EEE d MMM, HH:mm" if this_year else "EEE d MMM y, HH:mm")


def format_day(moment: datetime) -> str:
    """«Τετάρτη 2 Δεκεμβρίου»."""
    return format_datetime(moment, "EEEE d MMMM")


def format_short_day(moment: datetime) -> str:
    """«Τετ 2 Δεκ», where there is little room."""
    return format_datetime(moment, "EEE d MMM")


def format_date_short(day: date) -> str:
    """«Δευ 23 Νοε»."""
    return format_date(day, "EEE d MMM")


def format_date_long(day: date) -> str:
    """«Δευτέρα 23 Νοεμβρίου»."""
    return format_date(day, "EEEE d MMMM")


def ago(moment: datetime, now: datetime) -> str:
    """«πριν από 2 ώρες»."""
    if abs((now - moment).total_seconds()) < 60:
        return _("μόλις τώρα")
    return format_timedelta(moment - now, add_direction=True)


def spellings(typed: str) -> list[str]:
    """What was typed, and how else it may have been meant: in greeklish h is χ or η, x is χ or ξ, u is ου or υ."""
    variants = [typed.lower()]
    for letter, sound in (("h", "i"), ("x", "ks"), ("u", "y")):
        variants += [variant.replace(letter, sound) for variant in variants]
    return list(dict.fromkeys(variants))
