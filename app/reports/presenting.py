"""What a report looks like to the outside: one shape for the public, the same with more for the office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from app.geo.places import place_words
from app.geo.shapes import to_geojson
from app.language import named
from app.reports.lifecycle import MOVE_WORDS, STATUS_WORDS
from app.reports.models import Category, PhotoMoment, Report, ReportHistory, ReportPhoto

SIZES = ("small", "medium", "large")


def where_words(report: Report) -> str:
    """«Λευκώνας, 120 m ΒΑ του κέντρου», after the address when the reporter gave one."""
    spot = ""
    if report.near_place is not None:
        spot = place_words(
            named(report.near_place),
            report.near_place.kind,
            report.near_distance_m or 0,
            report.near_bearing or 0,
        )
    return " · ".join(filter(None, (report.address_words if report.released_at else "", spot)))


def short(thing: Any) -> dict[str, Any] | None:
    """Code and both names of an area, asset or place."""
    if thing is None:
        return None
    return {"code": thing.code, "name_el": thing.name_el, "name_en": thing.name_en}


def photo_urls(row: ReportPhoto, key: str | None = None) -> dict[str, Any]:
    """Addresses of a photo's sizes; ``key`` is the reporter's own token for what is not released yet."""
    query = {"key": key} if key else {}
    return {
        "id": str(row.photo_id),
        "moment": row.moment.value,
        "width": row.photo.width,
        "height": row.photo.height,
        "taken_at": row.photo.taken_at,
        "urls": {size: url_for("photos.photo", photo_id=row.photo_id, size=size, **query) for size in SIZES},
    }


def visible_photos(report: Report, photos: Sequence[ReportPhoto], *, all_of_them: bool) -> list[ReportPhoto]:
    """The crew's photos are always public; the reporter's wait for the office's release."""
    if all_of_them or report.released_at is not None:
        return list(photos)
    return [row for row in photos if row.moment is PhotoMoment.AFTER]


def public(report: Report, photos: Sequence[ReportPhoto] = ()) -> dict[str, Any]:
    """What everybody may see."""
    released = report.released_at is not None
    return {
        "reference": report.reference,
        "status": report.status.value,
        "status_words": str(STATUS_WORDS[report.status]),
        "category": short(report.category),
        "location": to_geojson(report.location),
        "accuracy_m": report.accuracy_m,
        "where": where_words(report),
        "area": {"unit": short(report.unit), "community": short(report.community)},
        "asset": asset(report),
        "description": report.description if released else None,
        "released": released,
        "photos": [photo_urls(row) for row in visible_photos(report, photos, all_of_them=False)],
        "received_at": report.received_at,
        "updated_at": report.updated_at,
        "target_at": report.target_at,
        "resolved_at": report.resolved_at,
        "closed_at": report.closed_at,
        "version": report.version,
    }


def asset(report: Report) -> dict[str, Any] | None:
    return None if report.asset is None else {"kind": report.asset.kind} | (short(report.asset) or {})


def office(report: Report, photos: Sequence[ReportPhoto] = ()) -> dict[str, Any]:
    """What the office sees: everything, with the contact apart."""
    contact = report.contact
    return public(report) | {
        "description": report.description,
        "address_words": report.address_words,
        "answers": report.answers,
        "priority": report.priority.value,
        "source": report.source.value,
        "photos": [photo_urls(row) for row in photos],
        "contact": None
        if contact is None
        else {"name": contact.name, "email": contact.email, "phone": contact.phone},
    }


def happened(row: ReportHistory, *, public: bool) -> dict[str, Any]:
    """One history row; names of staff and internal words are the office's only."""
    said = {
        "at": row.at,
        "move": row.move.value,
        "move_words": str(MOVE_WORDS[row.move]),
        "status": row.status.value,
        "words": row.public_words,
    }
    if "to" in row.detail:
        said["forwarded_to"] = row.detail["to"]
        said["protocol_number"] = row.detail.get("protocol_number") or None
    if "into" in row.detail:
        said["merged_into"] = row.detail["into"]
    if not public:
        said |= {
            "by": row.actor.name if row.actor else None,
            "internal_words": row.internal_words,
            "detail": row.detail,
        }
    return said


def feature(body: dict[str, Any]) -> dict[str, Any]:
    """The same report as a GeoJSON Feature."""
    properties = {key: value for key, value in body.items() if key != "location"}
    return {
        "type": "Feature",
        "id": body["reference"],
        "geometry": body["location"],
        "properties": properties,
    }


def category(kind: Category) -> dict[str, Any]:
    """A category with everything a form or a program needs."""
    return {
        "code": kind.code,
        "name_el": kind.name_el,
        "name_en": kind.name_en,
        "description_el": kind.description_el,
        "description_en": kind.description_en,
        "group": short(kind.group),
        "keywords": kind.keywords,
        "questions": kind.questions,
        "target_days": kind.target_days,
        "photo_wanted": kind.photo_wanted,
        "publish_policy": kind.publish_policy.value,
        "asset_kind": kind.asset_kind,
        "icon": kind.icon,
    }
