"""The API's documentation for people, and the few addresses robots and browsers ask for."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, send_from_directory

docs = Blueprint("docs", __name__)

#: A reporter's own page has the key behind the number: /r/…/…
NOT_FOR_ROBOTS = ("/office", "/crew", "/mine", "/new/", "/language/", "/r/*/")
_WEEK_S = 7 * 24 * 3600


@docs.get("/api/v1/docs")
def api() -> str:
    return render_template("docs.html")


@docs.get("/robots.txt")
def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@docs.get("/favicon.ico")
def favicon() -> Response:
    return send_from_directory("static", "favicon.svg", mimetype="image/svg+xml", max_age=_WEEK_S)
