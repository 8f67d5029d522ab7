"""The reports API: read, act, keep, answer."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, request, url_for
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint

from app.accounts.permissions import Act, current_staff, may, require
from app.actions import ActionRequest, ActionResult, perform_once
from app.devices import rate_limited
from app.digests import fingerprint
from app.errors import NotFound
from app.extensions import now, unit_of_work
from app.http import json_answer, require_if_match
from app.media import service as media
from app.media.renditions import SIZES
from app.moderation import screening, visibility
from app.reports import attachments, idempotent_submission, presenting, queries, submission, triage
from app.reports.permissions import has_key, is_reporter
from app.reports.representation import report_response
from app.reports.row_queries import report_by_reference
from app.reports.schemas import HistoryPage, ReportEdit, ReportIn, ReportOut, SubmittedOut

reports = Blueprint("reports", __name__, url_prefix="/reports", description="Citizens' reports")
photos = Blueprint("photos", __name__, url_prefix="/photos", description="Photos of reports")


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
                            "maxItems": attachments.MAX_PHOTOS,
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
@rate_limited("60 per hour", "600 per hour", scope="reports", known_as_honest=screening.is_known_as_honest)
def submit_report() -> Response:
    """A new report, as JSON or as multipart with a ``report`` part and up to five ``photo`` parts.

    Photos may also come before it in pieces (``/uploads``), over a line that breaks; then ``uploads`` names them.
    """
    raw, wanted = idempotent_submission.read_report()
    files = request.files.getlist("photo")
    key, moment = request.headers.get("Idempotency-Key"), now()
    mark = fingerprint(raw, *files)
    who = idempotent_submission.submitter(key, mark)
    scope, user = f"reports.submit:{who.scope}", current_staff()
    action = ActionRequest(
        scope, key, "report.submit", mark, moment, actor_id=user.id if user else None, device=who.device
    )
    made: list[submission.Submitted] = []

    def work() -> ActionResult:
        made.append(idempotent_submission.submit_once(wanted, files, who, key, at=moment))
        return ActionResult(made[0].report.id, made[0].report.version)

    with unit_of_work():
        result = perform_once(action, work)
        done = made[0] if made else idempotent_submission.submitted_before(result.id)
        bare = done.report.received_at == moment and not (files or wanted.get("uploads"))
        body = idempotent_submission.submitted_body(done, who, with_photos=not bare)
    answer = json_answer(body, 201)
    answer.headers["Location"] = url_for("reports.one_report", reference=body["reference"])
    answer.set_etag(str(body["version"]))
    return answer


@reports.get("/<reference>")
@reports.response(200, ReportOut)
def one_report(reference: str) -> Response:
    """One report: public fields, and everything for the office."""
    return report_response(reference)


@reports.patch("/<reference>")
@reports.arguments(ReportEdit)
@reports.response(200, ReportOut)
def edit_report(wanted: dict[str, Any], reference: str) -> Response:
    """Correct priority, category or release; say that nothing is wrong with it. Needs If-Match."""
    by = require(Act.TRIAGE_REPORT)
    with unit_of_work():
        version = require_if_match()
        if wanted.pop("trusted", False):
            version = triage.trust(reference, by=by, at=now(), version=version).version
        triage.edit(reference, by=by, at=now(), version=version, **wanted)
    return report_response(reference)


@reports.get("/<reference>/history")
@reports.response(200, HistoryPage)
def history_of_report(reference: str) -> Response:
    """What happened, oldest first; internal words are the office's only."""
    report = report_by_reference(reference)
    public = not may(current_staff(), Act.SEE_OFFICE)
    visibility.require_visible(report, office=not public or is_reporter(report))
    rows = queries.history(report.id, public=public)
    return json_answer({"items": [presenting.history_entry(row, public=public) for row in rows]})


@photos.get("/<uuid:photo_id>/<size>.jpg")
def photo(photo_id: uuid.UUID, size: str) -> Response:
    """A photo in one size: released ones for everybody, others for staff and for the reporter's own key."""
    attached = queries.report_of_photo(photo_id) if size in SIZES else None
    if attached is None:
        raise NotFound(_l("Αυτή η φωτογραφία δεν υπάρχει."))
    photo_row, report, row = attached
    public = visibility.is_public(row, report)
    own = has_key(report, request.args.get("key", ""))
    if not (public or own or may(current_staff(), Act.SEE_CREW_DAY)):
        raise NotFound(_l("Αυτή η φωτογραφία δεν υπάρχει."))
    answer = Response(mimetype="image/jpeg")
    answer.set_etag(f"{photo_id}-{size}")
    # Asked for again each time, as the office may hide it at any moment; the bytes need not be read for that.
    answer.headers["Cache-Control"] = "public, no-cache" if public else "private, no-cache"
    answer.make_conditional(request)
    if answer.status_code == 200:
        answer.set_data(media.rendition(photo_row, size))
    return answer
