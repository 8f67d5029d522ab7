"""What a report looks like to the outside: one shape for the public, the same with more for the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.geo.places import place_words
from app.geo.shapes import to_geojson
from app.language import language, named
from app.media.renditions import SIZES
from app.reports.cluster_queries import Cluster
from app.reports.lifecycle import MOVE_WORDS, STATUS_WORDS, Move
from app.reports.models import Category, PhotoMoment, Report, ReporterWords, ReportHistory, ReportPhoto
from app.reports.service import may_be_dispatched, office_moves

_SHORT = ("code", "name_el", "name_en")


@dataclass(frozen=True)
class Around:
    """What stands around a report: rows, or the mappings that ``where_is`` told."""

    unit: Any
    community: Any
    asset: Any
    place: Any


def around(report: Report) -> Around:
    return Around(report.unit, report.community, report.asset, report.near_place)


def place_of(report: Report, place: Any = None) -> str:
    """«Λευκώνας, 120 m ΒΑ του κέντρου»: where it is, without a word of the reporter's."""
    place = place or report.near_place
    if place is None:
        return ""
    kind = place["kind"] if isinstance(place, Mapping) else place.kind
    return place_words(named(place), kind, report.near_distance_m or 0, report.near_bearing or 0)


def where_words(report: Report, place: Any = None, *, whole: bool = False) -> str:
    """«Μεραρχίας 12 · Λευκώνας, 120 m ΒΑ του κέντρου»; an address that only repeats the place is said once.

    The reporter's own address waits for release like all of their words; ``whole`` is for staff and the reporter.
    """
    spot = place_of(report, place)
    address = report.address_words if whole or report.released_at else ""
    return spot if spot.startswith(address) else " · ".join(filter(None, (address, spot)))


def short(thing: Any) -> dict[str, Any] | None:
    """Code and both names of an area, asset or place."""
    if thing is None:
        return None
    told = thing if isinstance(thing, Mapping) else {key: getattr(thing, key) for key in _SHORT}
    return {key: told[key] for key in _SHORT}


def photo_urls(row: ReportPhoto, key: str | None = None) -> dict[str, Any]:
    """Addresses of a photo's sizes; ``key`` is the reporter's own token for what is not released yet."""
    query: dict[str, Any] = {"key": key} if key else {}
    return {
        "id": str(row.photo_id),
        "moment": row.moment.value,
        "width": row.photo.width,
        "height": row.photo.height,
        "taken_at": row.photo.taken_at,
        "urls": {size: url_for("photos.photo", photo_id=row.photo_id, size=size, **query) for size in SIZES},
    }


def visible_photos(report: Report, photos: Sequence[ReportPhoto], *, all_of_them: bool) -> list[ReportPhoto]:
    """The crew's photos are always public; the reporter's once they were there when the office released them."""
    return [row for row in photos if all_of_them or is_public(row, report)]


def is_public(row: ReportPhoto, report: Report) -> bool:
    """Whether everybody may see this photo of the report."""
    if row.moment is PhotoMoment.AFTER:
        return report.suspicion is None
    return report.suspicion is None and report.released_at is not None and row.added_at <= report.released_at


def public(report: Report, photos: Sequence[ReportPhoto] = (), near: Around | None = None) -> dict[str, Any]:
    """What everybody may see; ``near`` saves asking again for what is already known."""
    near = near or around(report)
    released = report.released_at is not None
    return {
        "reference": report.reference,
        "status": report.status.value,
        "status_words": str(STATUS_WORDS[report.status]),
        "category": short(report.category),
        "location": to_geojson(report.location),
        "accuracy_m": report.accuracy_m,
        "where": where_words(report, near.place),
        "area": {"unit": short(near.unit), "community": short(near.community)},
        "asset": asset(near.asset),
        "description": report.description if released else None,
        "released": released,
        "photos": [photo_urls(row) for row in visible_photos(report, photos, all_of_them=False)],
        "received_at": report.received_at,
        "updated_at": report.updated_at,
        "target_at": report.target_at,
        "usual_days": report.category.usual_days,
        "supporters": report.supporters,
        "resolved_at": report.resolved_at,
        "closed_at": report.closed_at,
        "version": report.version,
    }


def asset(thing: Any) -> dict[str, Any] | None:
    """An asset of the town: its kind, code and names."""
    if thing is None:
        return None
    return {"kind": thing["kind"] if isinstance(thing, Mapping) else thing.kind} | (short(thing) or {})


def answers(report: Report) -> list[tuple[str, str]]:
    """The reporter's answers, each with its question."""
    return answers_of(report.category, report.answers)


def answers_of(kind: Category, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Answers, each with its question, in the questions' order and the reader's language."""
    told = []
    for question in kind.questions:
        given = answers.get(question["code"])
        if given in (None, "", []):
            continue
        names = {value["key"]: value[language()] for value in question.get("values", [])}
        values = given if isinstance(given, list) else [given]
        told.append((named(question, "text"), ", ".join(names.get(str(value), str(value)) for value in values)))
    return told


def reporter(report: Report, photos: Sequence[ReportPhoto], said: Sequence[ReporterWords]) -> dict[str, Any]:
    """What the reporter sees: the own words and photos before any release, too."""
    return public(report) | {
        "where": where_words(report, whole=True),
        "description": report.description,
        "address_words": report.address_words,
        "answers": report.answers,
        "objected_at": report.objected_at,
        "photos": [photo_urls(row, key=report.tracking_token) for row in photos],
        "said": [said_words(row) for row in said],
    }


def said_words(row: ReporterWords) -> dict[str, Any]:
    """What the reporter said later, for the office and the reporter."""
    return {"kind": row.kind.value, "words": row.words, "at": row.at}


def office(report: Report, photos: Sequence[ReportPhoto] = (), said: Sequence[ReporterWords] = ()) -> dict[str, Any]:
    """What the office sees: everything, with the contact apart."""
    contact = report.contact
    return public(report) | {
        "description": report.description,
        "address_words": report.address_words,
        "answers": report.answers,
        "objected_at": report.objected_at,
        "flagged_at": report.flagged_at,
        "suspicion": report.suspicion.value if report.suspicion else None,
        "moves": sorted(office_moves(report) | ({Move.SCHEDULE} if may_be_dispatched(report) else frozenset())),
        "priority": report.priority.value,
        "source": report.source.value,
        "photos": [photo_urls(row) for row in photos],
        "said": [said_words(row) for row in said],
        "contact": None if contact is None else {"name": contact.name, "email": contact.email, "phone": contact.phone},
    }


def happened(row: ReportHistory, *, public: bool) -> dict[str, Any]:
    """One history row; names of staff and internal words are the office's only."""
    said: dict[str, Any] = {
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


#: Six decimals are a decimetre.
_MARK_DECIMALS = 6


def cluster(mark: Cluster) -> dict[str, Any]:
    """A mark of the map as a GeoJSON Feature, named in the reader's language when it is one report."""
    told: dict[str, Any] = {"count": mark.count, "open": mark.open}
    if mark.reference and mark.status and mark.category:
        told |= {
            "reference": mark.reference,
            "status": mark.status.value,
            "category": mark.category["code"],
            "label": f"{named(mark.category)}, {STATUS_WORDS[mark.status]}",
        }
    return {
        "type": "Feature",
        "bbox": [round(degrees, _MARK_DECIMALS) for degrees in mark.box],
        "geometry": {
            "type": "Point",
            "coordinates": [round(mark.lon, _MARK_DECIMALS), round(mark.lat, _MARK_DECIMALS)],
        },
        "properties": told,
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
        "usual_days": kind.usual_days,
        "stoppers": kind.stoppers,
        "photo_wanted": kind.photo_wanted,
        "publish_policy": kind.publish_policy.value,
        "asset_kind": kind.asset_kind,
        "icon": kind.icon,
    }
