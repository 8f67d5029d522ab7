"""The uploads API: a photo in pieces."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from app.devices import device, known_device, rate_limited, sender
from app.errors import Invalid, PhotoRefused
from app.extensions import now, unit_of_work
from app.http import LONGEST_BODY, Input, json_answer
from app.media import uploads as service
from app.media.models import Upload
from app.media.validation import LARGEST_MEGABYTES, MEGABYTE

uploads = Blueprint("uploads", __name__, url_prefix="/uploads", description="Photos in pieces, for bad lines")

LARGEST = LARGEST_MEGABYTES * MEGABYTE


class UploadIn(Input):
    length = fields.Integer(
        required=True, strict=True, metadata={"description": "of the whole photo, in bytes", "maximum": LARGEST}
    )
    name = fields.String(load_default="")


class UploadOut(Schema):
    id = fields.UUID(required=True)
    offset = fields.Integer(required=True, metadata={"description": "bytes that are here already"})
    length = fields.Integer(required=True)
    photo = fields.UUID(allow_none=True, required=True)


def _told(upload: Upload, status: int = 200) -> Response:
    body = {"id": upload.id, "offset": upload.received, "length": upload.length, "photo": upload.photo_id}
    answer = json_answer(body, status)
    answer.headers["Upload-Offset"] = str(upload.received)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@uploads.put("/<uuid:upload_id>")
@rate_limited("300 per hour", "3000 per hour", scope="uploads")
@uploads.arguments(UploadIn)
@uploads.response(200, UploadOut)
def begin_upload(wanted: dict[str, Any], upload_id: UUID) -> Response:
    """Open an upload under an id of the sender's own, or ask how far it has come."""
    with unit_of_work():
        return _told(service.begin(upload_id, device=device(), sender=sender(), at=now(), **wanted))


@uploads.get("/<uuid:upload_id>")
@uploads.response(200, UploadOut)
def see_upload(upload_id: UUID) -> Response:
    """How far an upload has come; HEAD tells it in Upload-Offset."""
    return _told(service.of_device(upload_id, known_device()))


@uploads.patch("/<uuid:upload_id>")
@uploads.doc(
    requestBody={
        "required": True,
        "content": {
            "application/offset+octet-stream": {
                "schema": {"type": "string", "contentMediaType": "application/octet-stream"}
            }
        },
    },
    parameters=[{"in": "header", "name": "Upload-Offset", "required": True, "schema": {"type": "integer"}}],
)
@uploads.response(200, UploadOut)
def add_to_upload(upload_id: UUID) -> Response:
    """The bytes that begin at Upload-Offset, at most 1 MB; the last ones make it a photo."""
    request.max_content_length = LONGEST_BODY  # whatever it calls itself: a form's limit is that of five photos
    typed = request.headers.get("Upload-Offset", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 10):
        raise Invalid({"Upload-Offset": [_l("Δώστε το πρώτο byte του κομματιού, π.χ. 0.")]})
    try:
        with unit_of_work():
            upload = service.add(
                upload_id, request.get_data(cache=False), offset=int(typed), device=known_device(), at=now()
            )
    except PhotoRefused:
        with unit_of_work():
            service.forget(upload_id)
        service.clear(upload_id)
        raise
    if upload.photo_id is not None:
        service.clear(upload_id)
    return _told(upload)


@uploads.delete("/<uuid:upload_id>")
@uploads.response(204)
def withdraw_upload(upload_id: UUID) -> Response:
    """Withdraw an upload that no report uses."""
    with unit_of_work():
        service.withdraw(upload_id, device=known_device())
    service.clear(upload_id)
    return Response(status=204)
