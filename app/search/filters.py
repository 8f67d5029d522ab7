"""The filters of lists and maps, and how they are read from an address."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.errors import Invalid
from app.reports.lifecycle import OPEN, Status


class Order(enum.StrEnum):
    """What stands first in a list: the newest; what fell due last, by its index, however much has fallen due;
    what most people support, among equals the newest."""

    NEWEST = "newest"
    DUE = "due"
    SUPPORTED = "supported"


@dataclass(frozen=True)
class Filters:
    """What a list of reports is narrowed to; everything is optional and ANDed."""

    statuses: frozenset[Status] = frozenset()
    categories: frozenset[str] = frozenset()
    area: str | None = None
    #: West, south, east, north in degrees.
    bbox: tuple[float, float, float, float] | None = None
    since: datetime | None = None
    until: datetime | None = None
    overdue_at: datetime | None = None
    words: str = ""
    #: Without what waits aside until the office has looked; what it has rejected, merged or closed waits no more.
    in_queue: bool = False
    #: What the office has to look at: suspicious or reported by readers.
    to_look_at: bool = False
    #: The reporter says that it is not done.
    objected: bool = False
    order: Order = Order.NEWEST
    #: Words need only be alike, letter for letter: for a search that finds nothing otherwise (``relaxed_if_empty``).
    alike: bool = False


def filters_from(args: Mapping[str, Any]) -> Filters:
    """Filters from a query string that ``ReportsQuery`` has read."""
    statuses = _statuses(args.get("status", ""))
    if args.get("state"):
        side = OPEN if args["state"] == "open" else frozenset(Status) - OPEN
        statuses = statuses & side if statuses else side
    return Filters(
        statuses=statuses,
        categories=frozenset(filter(None, args.get("category", "").split(","))),
        area=args.get("area") or None,
        bbox=box_in(args["bbox"]) if args.get("bbox") else None,
        since=args.get("since"),
        until=args.get("until"),
        words=args.get("q", "").replace("\0", "").strip()[:200],
    )


def _statuses(listed: str) -> frozenset[Status]:
    try:
        return frozenset(Status(word) for word in filter(None, listed.split(",")))
    except ValueError:
        raise Invalid({"status": [_l("Δώστε: %(words)s.", words=", ".join(Status))]}) from None


def box_in(listed: str) -> tuple[float, float, float, float]:
    """West, south, east and north as an address lists them. Raises Invalid at ``bbox``."""
    try:
        west, south, east, north = (float(part) for part in listed.split(","))
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise ValueError
    except ValueError:
        raise Invalid(
            {"bbox": [_l("Δώστε δυτικά,νότια,ανατολικά,βόρεια σε μοίρες, π.χ. 23.5,41.0,23.6,41.1.")]}
        ) from None
    return west, south, east, north
