"""The reports API for the reporter, who has the report's key, and for others whom it concerns too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from app.actions import ActionRequest, ActionResult, perform_once
from app.devices import device, known_device, rate_limited
from app.digests import fingerprint
from app.errors import NotFound
from app.extensions import now, unit_of_work
from app.http import Input, json_answer
from app.media import uploads
from app.moderation.models import FlagReason
from app.moderation.screening import is_known_as_honest
from app.reports import aftercare
from app.reports.attachments import MAX_PHOTOS
from app.reports.models import Report
from app.reports.permissions import KEY_HEADER, has_key
from app.reports.references import reference_from
from app.reports.representation import report_response
from app.reports.routes import reports
from app.reports.row_queries import report_by_reference
from app.reports.schemas import ReportOut, SupportOut

_KEY: dict[str, Any] = {
    "in": "header",
    "name": KEY_HEADER,
    "required": True,
    "schema": {"type": "string"},
    "description": "the last part of the report's tracking link",
}
_ONCE: dict[str, Any] = {"in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 200}}


def _uploads() -> fields.List[Any]:
    return fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=MAX_PHOTOS, error=_l("Στείλτε έως 5 φωτογραφίες.")),
        metadata={"description": "photos sent before in pieces, by the ids of their uploads"},
    )


class SaidIn(Input):
    words = fields.String(load_default="", metadata={"description": "compulsory; for the office only"})
    uploads = _uploads()


class AmendIn(Input):
    """What the reporter corrects, takes back or adds; at least one of these."""

    description = fields.String(load_default=None, allow_none=True, metadata={"description": "empty withdraws it"})
    withdraw_photos = fields.List(fields.UUID(), load_default=list)
    uploads = _uploads()
    words = fields.String(load_default="", metadata={"description": "a word more, for the office only"})


class SupportIn(Input):
    """Nothing is needed; what else a program sends is left aside."""


class FlagIn(Input):
    reason = fields.Enum(FlagReason, by_value=True, required=True)
    words = fields.String(load_default="")


@reports.post("/<reference>/support")
@reports.arguments(SupportIn, required=False)
@reports.response(200, SupportOut)
@rate_limited("60 per hour", "600 per hour", scope="support", known_as_honest=is_known_as_honest)
def support_report(_wanted: dict[str, Any], reference: str) -> Response:
    """«Κι εγώ»: it concerns me too. Counts once a browser, for the report that stays when this one was merged."""
    with unit_of_work():
        count = aftercare.support(reference, device=device(), at=now())
    return json_answer({"supporters": count})


@reports.post("/<reference>/flags")
@reports.arguments(FlagIn)
@reports.response(204)
@rate_limited("20 per hour", "200 per hour", scope="flags")
def flag_report(wanted: dict[str, Any], reference: str) -> Response:
    """Something published here must not stay; the office looks at it."""
    with unit_of_work():
        aftercare.flag(reference, device=device(), at=now(), **wanted)
    return Response(status=204)


@reports.post("/<reference>/confirmation")
@reports.doc(parameters=[_KEY, _ONCE])
@reports.response(200, ReportOut)
def confirm_report(reference: str) -> Response:
    """The reporter says that it is done."""
    return _once(reference, lambda: aftercare.confirm(reference, at=now()))


@reports.post("/<reference>/objections")
@reports.doc(parameters=[_KEY, _ONCE])
@reports.arguments(SaidIn)
@reports.response(200, ReportOut)
def object_to_report(wanted: dict[str, Any], reference: str) -> Response:
    """The reporter says that it is not done, and why; the office decides about opening it again."""
    return _once(reference, lambda: aftercare.object_to(reference, at=now(), **_with_photos(wanted)))


@reports.post("/<reference>/answers")
@reports.doc(parameters=[_KEY, _ONCE])
@reports.arguments(SaidIn)
@reports.response(200, ReportOut)
def answer_question(wanted: dict[str, Any], reference: str) -> Response:
    """The reporter answers the office's question."""
    return _once(reference, lambda: aftercare.answer(reference, at=now(), **_with_photos(wanted)))


@reports.patch("/<reference>/words")
@reports.doc(parameters=[_KEY, _ONCE])
@reports.arguments(AmendIn)
@reports.response(200, ReportOut)
def amend_report(wanted: dict[str, Any], reference: str) -> Response:
    """The reporter corrects or withdraws the own words and photos, or adds to them."""
    return _once(reference, lambda: aftercare.amend(reference, at=now(), **_with_photos(wanted)))


def _with_photos(wanted: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, with the photos of its uploads: looked for only once everything else is known to be well."""
    ids = wanted.pop("uploads")
    return wanted | {"photos": lambda: uploads.require_complete(ids, device=known_device())}


def _once(reference: str, deed: Callable[[], Report]) -> Response:
    """Do what the key's holder wants, once for each Idempotency-Key, and tell what has become of the report."""
    if not has_key(report_by_reference(reference)):
        raise NotFound(_l("Στείλτε στην κεφαλίδα X-Report-Key το κλειδί από τον σύνδεσμο της αναφοράς."))

    def work() -> ActionResult:
        report = deed()
        return ActionResult(report.id, report.version)

    action = ActionRequest(
        scope=f"{request.endpoint}:{reference_from(reference)}",
        key=request.headers.get("Idempotency-Key"),
        kind=f"report.{(request.endpoint or '').rpartition('.')[2]}",
        fingerprint=fingerprint(request.get_data()),
        at=now(),
        device=known_device(),
    )
    with unit_of_work():
        perform_once(action, work)
    return report_response(reference)
