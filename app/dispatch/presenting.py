"""What a work order looks like to the office and to its crew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.crews.models import Trade
from app.dispatch.lifecycle import STATUS_LABELS, step_before
from app.dispatch.models import WorkOrder
from app.dispatch.permissions import Rights, order_moves
from app.dispatch.queries import RankedCrew
from app.language import code_and_names
from app.reports.presenting import format_location, photo_urls
from app.reports.row_queries import ReportRow


def order(work_order: WorkOrder, report: ReportRow, work: Sequence[WorkOrder], rights: Rights) -> dict[str, Any]:
    """An order with what its crew must know of the report: no contact of the reporter.

    ``work`` are all orders of the same life of the report, in order; ``rights`` are of who asks.
    """
    return {
        "id": work_order.id,
        "status": work_order.status.value,
        "status_words": str(STATUS_LABELS[work_order.status]),
        "trade": code_and_names(work_order.trade),
        "crew": code_and_names(work_order.crew),
        "step": work_order.step,
        "waits": step_before(work_order.piece, [other.piece for other in work]) is not None,
        "moves": sorted(order_moves(report, work, work_order, rights)),
        "planned_day": work_order.planned_day,
        "sequence": work_order.sequence,
        "estimate_min": work_order.estimate_min,
        "instructions": work_order.instructions,
        "outcome": work_order.outcome,
        "reason": work_order.reason,
        "created_at": work_order.created_at,
        "started_at": work_order.started_at,
        "ended_at": work_order.ended_at,
        "version": work_order.version,
        "report": {
            "reference": report.reference,
            "status": report.status.value,
            "category": code_and_names(report.category),
            "location": {"type": "Point", "coordinates": [report.lon, report.lat]},
            "where": format_location(report, with_address=True),
            "description": report.description,
            "photos": [photo_urls(row) for row in report.photos],
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
