"""The reports API: read, act, keep, answer."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint
from marshmallow import ValidationError

from app.accounts.login import bearer
from app.accounts.permissions import Act, may, require, somebody
from app.devices import device, sender, whose_limit
from app.errors import Invalid, NotFound
from app.extensions import limiter, now, unit_of_work
from app.geo.shapes import point_from_geojson
from app.http import json_answer, version_wanted
from app.idempotency import fingerprint, once
from app.language import language
from app.media import service as media
from app.media import uploads
from app.media.renditions import SIZES
from app.reports import presenting, queries, service
from app.reports.lifecycle import OPEN, Status
from app.reports.models import PhotoMoment, Source
from app.reports.schemas import (
    CategoryOut,
    CategoryPage,
    HistoryPage,
    MoveIn,
    ReportEdit,
    ReportIn,
    ReportOut,
    ReportPage,
    ReportsQuery,
    SubmittedOut,
)

categories = Blueprint("categories", __name__, url_prefix="/categories", description="Kinds of everyday issues")
reports = Blueprint("reports", __name__, url_prefix="/reports", description="Citizens' reports")
photos = Blueprint("photos", __name__, url_prefix="/photos", description="Photos of reports")

GEOJSON = "application/geo+json"


@categories.get("")
@categories.response(200, CategoryPage)
def all_categories() -> Response:
    """All categories that can be chosen, in order."""
    return json_answer({"items": [presenting.category(kind) for kind in queries.categories()]})


@categories.get("/<code>")
@categories.response(200, CategoryOut)
def one_category(code: str) -> Response:
    """One category with its questions."""
    found = next((kind for kind in queries.categories() if kind.code == code), None)
    if found is None:
        raise NotFound(_l("Δεν υπάρχει τέτοια κατηγορία."))
    return json_answer(presenting.category(found))


def filters_from(args: Mapping[str, Any]) -> queries.Filters:
    """Filters from a query string that ``ReportsQuery`` has read."""
    statuses = _statuses(args.get("status", ""))
    if args.get("state"):
        side = OPEN if args["state"] == "open" else frozenset(Status) - OPEN
        statuses = statuses & side if statuses else side
    return queries.Filters(
        statuses=statuses,
        categories=frozenset(filter(None, args.get("category", "").split(","))),
        area=args.get("area") or None,
        bbox=_bbox(args["bbox"]) if args.get("bbox") else None,
        since=args.get("since"),
        until=args.get("until"),
        words=args.get("q", "").replace("\0", "").strip()[:200],
    )


def _statuses(listed: str) -> frozenset[Status]:
    try:
        return frozenset(Status(word) for word in filter(None, listed.split(",")))
    except ValueError:
        raise Invalid({"status": [_l("Δώστε: %(words)s.", words=", ".join(Status))]}) from None


def _bbox(listed: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in listed.split(","))
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise ValueError
    except ValueError:
        raise Invalid(
            {"bbox": [_l("Δώστε δυτικά,νότια,ανατολικά,βόρεια σε μοίρες, π.χ. 23.5,41.0,23.6,41.1.")]}
        ) from None
    return west, south, east, north


@reports.get("")
@reports.arguments(ReportsQuery, location="query")
@reports.response(200, ReportPage)
def list_reports(args: dict[str, Any]) -> Response:
    """Reports, newest first, public fields only; GeoJSON with ``?format=geojson`` or by Accept."""
    page = queries.page(filters_from(args), after=args.get("after"), limit=args["limit"])
    photos_by_report = queries.photos_of(report.id for report in page.reports)
    items = [presenting.public(report, photos_by_report.get(report.id, [])) for report in page.reports]
    best = request.accept_mimetypes.best_match(["application/json", GEOJSON])
    if args.get("format", "geojson" if best == GEOJSON else "json") == "geojson":
        features = [presenting.feature(item) for item in items]
        return json_answer({"type": "FeatureCollection", "features": features, "next": page.next}, mimetype=GEOJSON)
    return json_answer({"items": items, "next": page.next})


@reports.post("")
@reports.doc(
    requestBody={
        "required": True,
        "content": {
            "application/json": {"schema": ReportIn},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["report"],
                    "properties": {
                        "report": {"type": "string", "contentMediaType": "application/json"},
                        "photo": {
                            "type": "array",
                            "maxItems": service.MOST_PHOTOS,
                            "items": {"type": "string", "contentMediaType": "application/octet-stream"},
                        },
                    },
                }
            },
        },
    },
    parameters=[{"in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 200}}],
)
@reports.response(201, SubmittedOut)
@limiter.limit("120 per hour", key_func=whose_limit)
def submit_report() -> Response:
    """A new report, as JSON or as multipart with a ``report`` part and up to five ``photo`` parts.

    Photos may also come before it in pieces (``/uploads``), over a line that breaks; then ``uploads`` names them.
    """
    raw, wanted = _report_part()
    files = [(upload.filename or "", upload.read()) for upload in request.files.getlist("photo")]
    key = request.headers.get("Idempotency-Key")
    mark = fingerprint(raw, *(data for _name, data in files))
    moment = now()
    browser = None if bearer() else device()

    def work() -> dict[str, Any]:
        sent = uploads.whole(wanted.get("uploads") or [], device=browser)
        if len(files) + len(sent) > service.MOST_PHOTOS:
            raise Invalid({"photo": [_l("Στείλτε έως %(most)s φωτογραφίες.", most=service.MOST_PHOTOS)]})
        done = service.submit(
            category=wanted["category"],
            spot=point_from_geojson(wanted["location"]),
            accuracy_m=wanted.get("accuracy_m"),
            description=wanted.get("description") or "",
            address_words=wanted.get("address") or "",
            answers=wanted.get("answers"),
            contact=wanted.get("contact"),
            source=_source(wanted.get("source")),
            language=language(),
            by=somebody(),
            at=moment,
            device=browser,
            sender=sender() if browser else None,
        )
        # Last, so that a refused report leaves no files behind.
        taken = [media.take_in(data, name, at=moment) for name, data in files]
        service.attach(done.report, [*sent, *taken], PhotoMoment.BEFORE, at=moment)
        return submitted(done, with_photos=bool(files or sent))

    with unit_of_work():
        body = once(f"reports.submit:{_whose()}", key, mark, at=moment, work=work)
    answer = json_answer(body, 201)
    answer.headers["Location"] = url_for("reports.one_report", reference=body["reference"])
    answer.set_etag(str(body["version"]))
    return answer


def _report_part() -> tuple[bytes, dict[str, Any]]:
    """The report's JSON, as it came and as read. Raises Invalid."""
    if request.mimetype == "multipart/form-data":
        part = request.files.get("report")
        raw = part.read() if part else request.form.get("report", "").encode()
    else:
        raw = request.get_data()
    try:
        wanted = ReportIn().loads(raw.decode() or "null")
    except ValidationError as wrong:
        messages = wrong.messages if isinstance(wrong.messages, dict) else {"body": wrong.messages}
        raise Invalid({key.removeprefix("_schema") or "body": value for key, value in messages.items()}) from None
    except ValueError:
        raise Invalid({"body": [_l("Το σώμα δεν είναι σωστό JSON σε UTF-8.")]}) from None
    return raw, wanted


def _whose() -> str:
    """Whose idempotency keys these are: a program's own, or the citizens'."""
    token, user = bearer(), somebody()
    return f"token {token.id}" if token else f"user {user.id}" if user else "citizens"


def _source(claimed: str | None) -> Source:
    """Staff may say how a report came in; a device's or a partner's token says it itself; all else is the web."""
    token = bearer()
    if token is not None and token.source is not None:
        return Source(token.source)
    if may(somebody(), Act.TRIAGE_REPORT):
        return Source(claimed or Source.STAFF)
    return Source.WEB


def submitted(done: service.Submitted, *, with_photos: bool) -> dict[str, Any]:
    """The answer to a new report: the reporter sees the own words and photos before any release."""
    report, where = done.report, done.where
    mine = queries.photos_of([report.id]).get(report.id, []) if with_photos else []
    near = presenting.Around(where.unit, where.community, where.asset, where.place)
    return presenting.public(report, mine, near) | {
        "state": report.status.value,
        "description": report.description,
        "photos": [presenting.photo_urls(row, key=report.tracking_token) for row in mine],
        "nearby": done.where.open_near,
        "tracking_url": url_for("citizen.track", reference=report.reference, key=report.tracking_token, _external=True),
    }


@reports.get("/<reference>")
@reports.response(200, ReportOut)
def one_report(reference: str) -> Response:
    """One report: public fields, and everything for the office."""
    return _told(reference)


def _told(reference: str) -> Response:
    sees_all = may(somebody(), Act.SEE_REPORTER)
    report = queries.report_by_reference(reference, contact=sees_all)
    service.seen_by(report, office=sees_all)
    attached = queries.photos_of([report.id]).get(report.id, [])
    body = presenting.office(report, attached) if sees_all else presenting.public(report, attached)
    return json_answer(body, version=report.version)


@reports.patch("/<reference>")
@reports.arguments(ReportEdit)
@reports.response(200, ReportOut)
def edit_report(wanted: dict[str, Any], reference: str) -> Response:
    """Correct priority, category or release. Needs If-Match."""
    by = require(Act.TRIAGE_REPORT)
    with unit_of_work():
        service.edit(reference, by=by, at=now(), version=version_wanted(), **wanted)
    return _told(reference)


@reports.post("/<reference>/moves")
@reports.arguments(MoveIn)
@reports.response(200, ReportOut)
def move_report(wanted: dict[str, Any], reference: str) -> Response:
    """Accept, reject, ask, forward, merge … Needs If-Match."""
    by = require(Act.TRIAGE_REPORT)
    with unit_of_work():
        service.decide(reference, wanted.pop("move"), by=by, at=now(), version=version_wanted(), **wanted)
    return _told(reference)


@reports.get("/<reference>/history")
@reports.response(200, HistoryPage)
def history_of_report(reference: str) -> Response:
    """What happened, oldest first; internal words are the office's only."""
    report = queries.report_by_reference(reference)
    public = not may(somebody(), Act.SEE_OFFICE)
    service.seen_by(report, office=not public)
    rows = queries.history(report.id, public=public)
    return json_answer({"items": [presenting.happened(row, public=public) for row in rows]})


@photos.get("/<uuid:photo_id>/<size>.jpg")
def photo(photo_id: uuid.UUID, size: str) -> Response:
    """A photo in one size: released ones for everybody, others for staff and for the reporter's own key."""
    found = queries.report_of_photo(photo_id) if size in SIZES else None
    if found is None:
        raise NotFound(_l("Αυτή η φωτογραφία δεν υπάρχει."))
    kept, report, row = found
    public = presenting.is_public(row, report)
    own = hmac.compare_digest(request.args.get("key", "").encode(), report.tracking_token.encode())
    if not (public or own or may(somebody(), Act.SEE_CREW_DAY)):
        raise NotFound(_l("Αυτή η φωτογραφία δεν υπάρχει."))
    answer = Response(media.rendition(kept, size), mimetype="image/jpeg")
    answer.set_etag(f"{photo_id}-{size}")
    answer.headers["Cache-Control"] = "public, max-age=3600" if public else "private, no-cache"
    answer.make_conditional(request)
    return answer
