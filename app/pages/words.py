"""What templates may ask for: words for times, names, states and distances."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, request
from flask_babel import format_datetime

from app.extensions import now
from app.geo.places import distance_words
from app.language import ago, day_words, language, moment_words, named
from app.reports.lifecycle import MOVE_WORDS, STATUS_WORDS, Status


def full_moment(moment: Any) -> str:
    """«Δευτέρα 23 Νοεμβρίου 2026, 09:40», for a tooltip."""
    return format_datetime(moment, "EEEE d MMMM y, HH:mm")


def here() -> str:
    """This page's path and query, to come back to; a form that was just refused comes back as a fresh one."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        ago=lambda moment: ago(moment, now()),
        day_words=day_words,
        distance_words=distance_words,
        full_moment=full_moment,
        here=here,
        language=language,
        moment_now=now,
        moment_words=moment_words,
        named=named,
        MOVE_WORDS=MOVE_WORDS,
        Status=Status,
        STATUS_WORDS=STATUS_WORDS,
        tiles=lambda: {"url": current_app.config["TILE_URL"], "attribution": current_app.config["TILE_ATTRIBUTION"]},
    )
    app.jinja_env.filters["zip"] = zip
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
