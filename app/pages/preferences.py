"""What a reader prefers, kept in a cookie: the language."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, abort, current_app, redirect, request
from werkzeug.wrappers import Response

from app.devices import is_secure
from app.language import LANGUAGES

preferences = Blueprint("preferences", __name__)

_YEAR_S = 365 * 24 * 3600


def local_path(wanted: str) -> str:
    """The path and query of an address on this site, without ``lang``; the home page for any other address."""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    foreign = parts.scheme or parts.netloc or not wanted.startswith("/")
    if foreign or wanted.startswith("//") or "\\" in wanted or not wanted.isprintable():
        return "/"
    query: list[tuple[str, Any]] = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != "lang"]
    return parts.path + ("?" + urlencode(query) if query else "")


@preferences.after_app_request
def depends_on_the_reader(answer: Response) -> Response:
    """A cache between us and the reader must not give one reader's language to another."""
    if answer.mimetype == "text/html":
        answer.vary.update(("Accept-Language", "Cookie"))
    return answer


@preferences.get("/language/<any(el, en):code>")
def language(code: str) -> Response:
    """Remember the language and go back to where the reader was."""
    if code not in LANGUAGES:
        abort(404)
    answer = redirect(local_path(request.args.get("next", "/")), 303)
    name = current_app.config["LANGUAGE_COOKIE"]
    answer.set_cookie(name, code, max_age=_YEAR_S, samesite="Lax", secure=is_secure(), httponly=True)
    return answer
