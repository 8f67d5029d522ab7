"""Atom feeds of the public news, by kind, area and circle."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import make_response, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import limiter, now
from app.language import LANGUAGES
from app.notices import feeds, following, queries
from app.notices.service import NEWS
from app.pages.citizen.face import citizen
from app.pages.citizen.follow import radius_in, spot_in

MINUTES_5 = 300
FILTERS = ("category", "area", "lon", "lat", "radius", "lang")


@citizen.get("/feeds/reports.atom")
@limiter.limit("120 per minute")
def reports_feed() -> Response:
    """The newest public news; the language comes from the address alone, so that caches may keep it."""
    args = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    rows = queries.feed_rows(**narrowed(args), news=NEWS, at=now())
    lang = args.get("lang", "el")
    own = url_for("citizen.reports_feed") + (f"?{urlencode(args)}" if args else "")
    with force_locale(lang if lang in LANGUAGES else "el"):
        body = feeds.feed(rows, own=own, page=page_of(args), title=_("Τι γίνεται στην πόλη"))
    answer = make_response(body)
    answer.mimetype = "application/atom+xml"
    answer.headers["Cache-Control"] = f"public, max-age={MINUTES_5}"
    answer.last_modified = feeds.changed_at(rows)
    answer.add_etag()
    return answer.make_conditional(request)


def page_of(args: dict[str, str]) -> str:
    """The list for people that shows the same kind and area."""
    return url_for("citizen.listing", category=args.get("category"), area=args.get("area"))


def narrowed(args: dict[str, str]) -> dict[str, Any]:
    """The filters as the query wants them. Raises Invalid for a kind or area that is not there."""
    wanted: dict[str, Any] = {}
    if "lon" in args or "lat" in args:
        circle = following.wish_of(spot=spot_in(args), radius_m=radius_in(args)).values
        wanted |= {"centre": circle["centre"], "radius_m": circle["radius_m"]}
    if "category" in args:
        wanted |= following.wish_of(category=args["category"], area=args.get("area", "")).values
    elif "area" in args:
        wanted |= following.wish_of(area=args["area"]).values
    return wanted
