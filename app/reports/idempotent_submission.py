"""A report that comes by the API: made once, however often and by whichever road it comes, and told to its sender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from flask import request, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from werkzeug.datastructures import FileStorage

from app.accounts.login import bearer
from app.accounts.permissions import Act, current_staff, may
from app.devices import device, sender
from app.errors import Invalid
from app.extensions import db
from app.geo.shapes import point_from_geojson, spot_of
from app.language import language
from app.media import service as media
from app.media import uploads
from app.media.disk_space import require_space
from app.reports import attachments, presenting, queries, spot_queries, submission
from app.reports.models import Draft, PhotoMoment, Report, Source
from app.reports.schemas import ReportIn

_CITIZENS = "citizens"


@dataclass(frozen=True)
class Submitter:
    """Whose action ids these are, and the browser they came from; none when a program asks."""

    scope: str
    device: str | None


def submitter(key: str | None, mark: str) -> Submitter:
    """Who sends the request that has this key and fingerprint."""
    token, user = bearer(), current_staff()
    if token is not None:
        return Submitter(f"token {token.id}", None)
    return Submitter(f"user {user.id}" if user else _CITIZENS, device(deed=f"{key} {mark}" if key else None))


def read_report() -> tuple[bytes, dict[str, Any]]:
    """The report's JSON, as it came and as read. Raises Invalid."""
    if request.mimetype == "multipart/form-data":
        part = request.files.get("report")
        raw = part.read() if part else request.form.get("report", "").encode()
    else:
        raw = request.get_data()
    try:
        wanted = ReportIn().load(orjson.loads(raw or b"null"))
    except ValidationError as wrong:
        messages = wrong.messages if isinstance(wrong.messages, dict) else {"body": wrong.messages}
        raise Invalid({key.removeprefix("_schema") or "body": value for key, value in messages.items()}) from None
    except ValueError:
        raise Invalid({"body": [_l("Το σώμα δεν είναι σωστό JSON σε UTF-8.")]}) from None
    return raw, wanted


def submit_once(
    wanted: dict[str, Any], files: Sequence[FileStorage], who: Submitter, key: str | None, *, at: datetime
) -> submission.Submitted:
    """Make the report, unless the same action came before by the page."""
    action = _action(key, who)
    before = _sent_by_the_page(action, who, at=at)
    if before is not None:
        return _again(before)
    sent = uploads.require_complete(wanted.get("uploads") or [], device=who.device)
    if len(files) + len(sent) > attachments.MAX_PHOTOS:
        raise Invalid({"photo": [_l("Στείλτε έως %(most)s φωτογραφίες.", most=attachments.MAX_PHOTOS)]})
    done = submission.submit(
        category=wanted["category"],
        spot=point_from_geojson(wanted["location"]),
        accuracy_m=wanted.get("accuracy_m"),
        description=wanted.get("description") or "",
        address_words=wanted.get("address") or "",
        answers=wanted.get("answers"),
        stoppers=wanted.get("stoppers"),
        again=wanted.get("again") or "",
        things=wanted.get("things") or [],
        contact=wanted.get("contact"),
        source=_source(wanted.get("source")),
        language=language(),
        by=current_staff(),
        at=at,
        device=who.device,
        sender=sender() if who.device else None,
    )
    # Last, so that a refused report leaves no files behind.
    if files:
        require_space()
    saved = [media.save_photo(file.stream, file.filename or "", at=at) for file in files]
    attachments.attach(done.report, [*sent, *saved], PhotoMoment.BEFORE, at=at)
    if action is not None:
        mine = (Draft.id == action) & (Draft.device == who.device)
        db.session.execute(update(Draft).where(mine).values(report_id=done.report.id, typed={}, photos=[], bytes=0))
    return done


def submitted_before(report_id: int) -> submission.Submitted:
    """What an earlier request with the same key made, as it is now."""
    return _again(queries.report_by_id(report_id))


def _again(report: Report) -> submission.Submitted:
    return submission.Submitted(
        report, spot_queries.where_is(spot_of(report.location), report.category, but_not=report.id)
    )


def _action(key: str | None, who: Submitter) -> UUID | None:
    """The action's id when a phone sends: also that of the draft, should its browser post the page instead."""
    try:
        return UUID(key) if key and who.scope == _CITIZENS else None
    except ValueError:
        return None


def _sent_by_the_page(action: UUID | None, who: Submitter, *, at: datetime) -> Report | None:
    """The report that this action became already. Holds the draft, so that page and phone queue up at one row."""
    if action is None:
        return None
    row = insert(Draft).values(id=action, device=who.device, created_at=at, updated_at=at, typed={}, photos=[])
    claim = row.on_conflict_do_update(
        index_elements=["id"], set_={"updated_at": at}, where=Draft.device == who.device
    ).returning(Draft.report_id)
    report_id = db.session.scalar(claim)
    return None if report_id is None else queries.report_by_id(report_id)


def _source(claimed: str | None) -> Source:
    """Staff may say how a report came in; a device's or a partner's token says it itself; all else is the web."""
    token = bearer()
    if token is not None and token.source is not None:
        return Source(token.source)
    if may(current_staff(), Act.TRIAGE_REPORT):
        return Source(claimed or Source.STAFF)
    return Source.WEB


def submitted_body(done: submission.Submitted, who: Submitter, *, with_photos: bool) -> dict[str, Any]:
    """The answer to a new report.

    The reporter sees the own words and photos before any release; whoever only knows its key and content learns the
    number, and what everybody may see.
    """
    report, where = done.report, done.where
    around = presenting.Surroundings(where.unit, where.community, where.asset, where.place)
    if report.device != who.device:
        tracking_url = url_for("citizen.track", reference=report.reference, _external=True)
        unseen: dict[str, Any] = {"state": report.status.value, "nearby": [], "tracking_url": tracking_url}
        return presenting.public(report, [], around) | unseen
    mine = queries.photos_of([report.id]).get(report.id, []) if with_photos else []
    return presenting.public(report, mine, around) | {
        "state": report.status.value,
        "description": report.description,
        "photos": [presenting.photo_urls(row, key=report.tracking_token) for row in mine],
        "nearby": where.open_near,
        "tracking_url": url_for("citizen.track", reference=report.reference, key=report.tracking_token, _external=True),
    }
