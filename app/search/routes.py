"""The search API: lists of reports, and the same as marks for a map."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from app.http import json_answer
from app.reports import presenting
from app.search import cluster_queries
from app.search import presenting as search_presenting
from app.search import queries as search_queries
from app.search.filters import filters_from
from app.search.schemas import ClusterCollection, ClustersQuery, ReportPage, ReportsQuery

search = Blueprint("search", __name__, url_prefix="/reports", description="Lists and maps of reports")

GEOJSON = "application/geo+json"
#: A map that goes back to where it was a moment ago need not ask again.
MARKS_FRESH_S = 15
_EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)


@search.get("")
@search.arguments(ReportsQuery, location="query")
@search.response(200, ReportPage)
def list_reports(args: dict[str, Any]) -> Response:
    """Reports, newest first, public fields only; GeoJSON with ``?format=geojson`` or by Accept."""
    page = search_queries.page(filters_from(args), after=args.get("after"), limit=args["limit"])
    items = [presenting.public(report, report.photos) for report in page.reports]
    best = request.accept_mimetypes.best_match(["application/json", GEOJSON])
    if args.get("format", "geojson" if best == GEOJSON else "json") == "geojson":
        features = [search_presenting.feature(item) for item in items]
        return json_answer({"type": "FeatureCollection", "features": features, "next": page.next}, mimetype=GEOJSON)
    return json_answer({"items": items, "next": page.next})


@search.get("/clusters")
@search.arguments(ClustersQuery, location="query")
@search.response(200, ClusterCollection, content_type=GEOJSON)
def clusters(args: dict[str, Any]) -> Response:
    """The same reports as marks for a map: near each other they are one with a number, on a close map single ones."""
    filters = filters_from(args)
    marks = cluster_queries.clusters(filters, filters.bbox or _EVERYWHERE, args["zoom"])
    features = [search_presenting.cluster(mark) for mark in marks]
    body = {"type": "FeatureCollection", "count": sum(mark.count for mark in marks), "features": features}
    answer = json_answer(body, mimetype=GEOJSON)
    answer.add_etag()
    answer.headers["Cache-Control"] = f"public, max-age={MARKS_FRESH_S}"
    answer.headers["Vary"] = "Accept-Language, Cookie"
    answer.make_conditional(request)
    return answer
