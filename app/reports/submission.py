"""A new report taken in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from shapely.geometry import Point

from app import calendar
from app.accounts.models import User
from app.categories import queries as category_queries
from app.categories import questions
from app.categories.models import PublishPolicy
from app.errors import Invalid, OutsideTown
from app.extensions import db
from app.geo import thing_queries
from app.geo.shapes import to_wkb
from app.language import localized
from app.media.models import Photo
from app.moderation import screening
from app.reports import recurrence, spot_queries, validation
from app.reports.attachments import MAX_PHOTOS, attach
from app.reports.lifecycle import (
    Move,
    Status,
)
from app.reports.models import PhotoMoment, Report, ReportContact, Source
from app.reports.spot_queries import Whereabouts
from app.reports.transitions import record_history
from app.text import clean


@dataclass(frozen=True)
class Submitted:
    """A new report and what was known about its spot."""

    report: Report
    where: Whereabouts


def submit(
    *,
    category: str,
    spot: Point,
    source: Source,
    at: datetime,
    accuracy_m: float | None = None,
    description: str = "",
    answers: dict[str, Any] | None = None,
    stoppers: Mapping[str, Any] | None = None,
    contact: dict[str, Any] | None = None,
    address_words: str = "",
    photos: Sequence[Photo] = (),
    language: str = "el",
    by: User | None = None,
    device: str | None = None,
    sender: str | None = None,
    not_by_hand: bool = False,
    again: str = "",
    things: Sequence[str] = (),
) -> Submitted:
    """Take in a new report at ``spot`` (lon/lat). Raises Invalid, or OutsideTown with the neighbour's name.

    ``device`` and ``sender`` say which browser and network address it came from, ``not_by_hand`` that a program
    seems to have filled it in; what looks wrong is taken in all the same, and waits aside. ``again`` is the reference
    of a report that was put right and is broken again, in its reporter's view; what is none is not heeded. ``things``
    are the keys of those that are meant (``geo.thing_queries``).
    """
    kind = category_queries.category_by_code(category)
    words = validation.description(description)
    validation.words_needed(kind, words)
    questions.require_ours(kind, stoppers or {})
    reached = validation.contact(contact)
    answered = questions.valid_answers(kind, answers or {})
    if len(photos) > MAX_PHOTOS:
        raise Invalid({"photo": [_("Στείλτε έως %(most)s φωτογραφίες.", most=MAX_PHOTOS)]})
    address_words = clean(address_words)[:300]
    text = " ".join(
        [words, address_words, (reached or {}).get("name") or "", *questions.written_answers(kind, answered)]
    )
    sent = screening.evidence(words=text, contact=reached, device=device, sender=sender, at=at)
    where = require_inside(spot, spot_queries.where_is(spot, kind, sent=sent))
    place = where.place or {}
    pointed_at = thing_queries.things_pointed_at(things, spot)
    of_its_kind = [thing for thing in pointed_at if thing.kind == kind.asset_kind]
    doubt = screening.suspicion(where, not_by_hand=not_by_hand) if source is Source.WEB else None
    report = Report(
        category=kind,
        location=to_wkb(spot),
        accuracy_m=accuracy_m,
        address_words=address_words,
        unit_id=(where.unit or {}).get("id"),
        community_id=(where.community or {}).get("id"),
        asset_id=of_its_kind[0].id if of_its_kind else (where.asset or {}).get("id"),
        things=[thing.pointed_at() for thing in pointed_at],
        near_place_id=place.get("id"),
        near_distance_m=place.get("distance_m"),
        near_bearing=place.get("bearing"),
        street=where.street,
        description=words,
        answers=answered,
        source=source,
        language=language,
        status=Status.RECEIVED,
        version=1,
        tracking_token=secrets.token_urlsafe(18),
        received_at=at,
        updated_at=at,
        target_at=calendar.target(at, kind.target_days),
        released_at=at if kind.publish_policy is PublishPolicy.AT_ONCE and doubt is None else None,
        device=device,
        sender=sender,
        suspicion=doubt,
    )
    db.session.add(report)
    db.session.flush()
    if reached:
        db.session.add(ReportContact(report_id=report.id, **reached))
    attach(report, photos, PhotoMoment.BEFORE, at=at)
    old = recurrence.recurred(again)
    record_history(report, Move.SUBMIT, by=by, at=at, detail={"again_of": old.reference} if old else None)
    if old is not None and doubt is None:
        recurrence.note(old, report, at=at)
    return Submitted(report, where)


def require_inside(spot: Point, where: Whereabouts) -> Whereabouts:
    """The same whereabouts. Raises OutsideTown, naming the neighbour when the spot is another town's.

    Raises Invalid for latitude and longitude the wrong way round, as maps give them: the other way they lie inside.
    """
    if where.municipality is not None:
        return where
    neighbour = where.neighbour
    if neighbour is None and _lies_inside_turned_round(spot):
        lon, lat = f"{spot.y:.4f}", f"{spot.x:.4f}"
        turned = _("Μήπως τα γράψατε ανάποδα; Πρώτα το μήκος (%(lon)s), μετά το πλάτος (%(lat)s).", lon=lon, lat=lat)
        raise Invalid({"location": [turned]})
    if neighbour is None:
        raise OutsideTown(_("Το σημείο βρίσκεται εκτός των ορίων του Δήμου. Δείξτε ένα σημείο μέσα στον Δήμο."))
    phone = neighbour["contact_phone"]
    raise OutsideTown(
        _("Το σημείο ανήκει αλλού: %(name)s. Καλέστε στο %(phone)s.", name=localized(neighbour), phone=phone)
        if phone
        else _("Το σημείο ανήκει αλλού: %(name)s. Απευθυνθείτε εκεί.", name=localized(neighbour)),
        neighbour={key: neighbour[key] for key in ("code", "name_el", "name_en", "contact_phone", "contact_url")},
    )


def _lies_inside_turned_round(spot: Point) -> bool:
    return abs(spot.x) <= 90 and spot_queries.where_is(Point(spot.y, spot.x)).municipality is not None
