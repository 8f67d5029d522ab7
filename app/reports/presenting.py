"""What a report looks like to the outside: one shape for the public, the same with more for the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.categories.questions import answer_lines
from app.geo.places import format_place, format_street
from app.language import code_and_names, localized
from app.links import Link
from app.media.renditions import SIZES
from app.moderation.visibility import visible_photos
from app.reports.lifecycle import MOVE_LABELS, STATUS_LABELS, Move
from app.reports.models import ReporterWords, ReportHistory, ReportPhoto
from app.reports.row_queries import PhotoRow, Shown, WholeReport
from app.reports.triage import may_be_dispatched, office_moves

Photo = ReportPhoto | PhotoRow

_PHOTO = Link("photos.photo", "photo_id", "size")


@dataclass(frozen=True)
class Surroundings:
    """What stands around a report: rows, or the mappings that ``where_is`` told."""

    unit: Any
    community: Any
    asset: Any
    place: Any


def surroundings(report: Shown) -> Surroundings:
    return Surroundings(report.unit, report.community, report.asset, report.near_place)


def place_of(report: Shown, place: Any = None) -> str:
    """«Μεραρχίας 12, Σέρρες», «Λευκώνας, 120 m ΒΑ του κέντρου»: where it is, without a word of the reporter's."""
    if report.street:
        return format_street(report.street)
    place = place or report.near_place
    if place is None:
        return ""
    kind = place["kind"] if isinstance(place, Mapping) else place.kind
    return format_place(localized(place), kind, report.near_distance_m or 0, report.near_bearing or 0)


def format_location(report: Shown, place: Any = None, *, with_address: bool = False) -> str:
    """«Μεραρχίας 12 · Λευκώνας, 120 m ΒΑ του κέντρου»; an address that only repeats the place is said once.

    The reporter's own address waits for release like all of their words; ``with_address`` is for staff and reporter.
    """
    spot = place_of(report, place)
    address = report.address_words if with_address or report.released_at else ""
    return spot if spot.startswith(address) else " · ".join(filter(None, (address, spot)))


def photo_urls(row: Photo, key: str | None = None) -> dict[str, Any]:
    """Addresses of a photo's sizes; ``key`` is the reporter's own token for what is not released yet."""
    query = f"?key={key}" if key else ""
    return {
        "id": str(row.photo_id),
        "moment": row.moment.value,
        "width": row.width,
        "height": row.height,
        "taken_at": row.taken_at,
        "urls": {size: f"{_PHOTO(row.photo_id, size)}{query}" for size in SIZES},
    }


def public(report: Shown, photos: Sequence[Photo] = (), near: Surroundings | None = None) -> dict[str, Any]:
    """What everybody may see; ``near`` saves asking again for what is already known."""
    near = near or surroundings(report)
    released = report.released_at is not None
    return {
        "reference": report.reference,
        "status": report.status.value,
        "status_words": str(STATUS_LABELS[report.status]),
        "category": code_and_names(report.category),
        "location": {"type": "Point", "coordinates": [report.lon, report.lat]},
        "accuracy_m": report.accuracy_m,
        "where": format_location(report, near.place),
        "area": {"unit": code_and_names(near.unit), "community": code_and_names(near.community)},
        "asset": asset(near.asset),
        "things": report.things,
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
    return {"kind": thing["kind"] if isinstance(thing, Mapping) else thing.kind} | (code_and_names(thing) or {})


def answers(report: WholeReport) -> list[tuple[str, str]]:
    """The reporter's answers, each with its question."""
    return answer_lines(report.category, report.answers)


def reporter(report: WholeReport, later: Sequence[ReporterWords]) -> dict[str, Any]:
    """What the reporter sees: the own words and photos before any release, too."""
    return public(report) | {
        "where": format_location(report, with_address=True),
        "description": report.description,
        "address_words": report.address_words,
        "answers": report.answers,
        "objected_at": report.objected_at,
        "photos": [photo_urls(row, key=report.tracking_token) for row in report.photos],
        "said": [later_words_entry(row) for row in later],
    }


def later_words_entry(row: ReporterWords) -> dict[str, Any]:
    """What the reporter said later, for the office and the reporter."""
    return {"kind": row.kind.value, "words": row.words, "at": row.at}


def office(report: WholeReport, later: Sequence[ReporterWords]) -> dict[str, Any]:
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
        "photos": [photo_urls(row) for row in report.photos],
        "said": [later_words_entry(row) for row in later],
        "contact": contact._asdict() if contact else None,
    }


def history_entry(row: ReportHistory, *, public: bool) -> dict[str, Any]:
    """One history row; names of staff and internal words are the office's only."""
    entry: dict[str, Any] = {
        "at": row.at,
        "move": row.move.value,
        "move_words": str(MOVE_LABELS[row.move]),
        "status": row.status.value,
        "words": row.public_words,
    }
    if "to" in row.detail:
        entry["forwarded_to"] = row.detail["to"]
        entry["protocol_number"] = row.detail.get("protocol_number") or None
    if "into" in row.detail:
        entry["merged_into"] = row.detail["into"]
    if not public:
        entry |= {
            "by": row.actor.name if row.actor else None,
            "internal_words": row.internal_words,
            "detail": row.detail,
        }
    return entry
