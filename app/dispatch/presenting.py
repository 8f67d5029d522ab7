"""What a work order looks like to the office and to its crew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.crews.models import Trade
from app.dispatch.lifecycle import STATUS_WORDS, step_before
from app.dispatch.models import WorkOrder
from app.dispatch.permissions import Hands, order_moves
from app.dispatch.queries import RankedCrew
from app.geo.shapes import to_geojson
from app.language import code_and_names
from app.reports.models import ReportPhoto
from app.reports.presenting import photo_urls, where_words


def order(one: WorkOrder, photos: Sequence[ReportPhoto], work: Sequence[WorkOrder], hands: Hands) -> dict[str, Any]:
    """An order with what its crew must know of the report: no contact of the reporter.

    ``work`` are all orders of the same life of the report, in order; ``hands`` are of who asks.
    """
    report = one.report
    return {
        "id": one.id,
        "status": one.status.value,
        "status_words": str(STATUS_WORDS[one.status]),
        "trade": code_and_names(one.trade),
        "crew": code_and_names(one.crew),
        "step": one.step,
        "waits": step_before(one.piece, [other.piece for other in work]) is not None,
        "moves": sorted(order_moves(report, work, one, hands)),
        "planned_day": one.planned_day,
        "sequence": one.sequence,
        "estimate_min": one.estimate_min,
        "instructions": one.instructions,
        "outcome": one.outcome,
        "reason": one.reason,
        "created_at": one.created_at,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
        "version": one.version,
        "report": {
            "reference": report.reference,
            "status": report.status.value,
            "category": code_and_names(report.category),
            "location": to_geojson(report.location),
            "where": where_words(report, whole=True),
            "description": report.description,
            "photos": [photo_urls(row) for row in photos],
        },
    }


def ranked(crew: RankedCrew, trade: Trade | None) -> dict[str, Any]:
    """A crew of the ranked list, with its reasons."""
    return {
        "code": crew.code,
        "name_el": crew.name_el,
        "name_en": crew.name_en,
        "has_trade": crew.has_trade,
        "covers": crew.covers,
        "open_orders": crew.open_orders,
        "open_minutes": crew.open_minutes,
        "distance_m": round(crew.distance_m),
        "trades": crew.trades,
        "next_shift": crew.next_shift,
        "why": crew.why(trade),
    }
