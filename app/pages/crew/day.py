"""A crew's day as its tablet shows it: the orders in order, how far each is, and what must come before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from pyproj import Geod
from shapely.geometry import Point

from app.calendar import ATHENS, local_day
from app.crews.models import Crew
from app.dispatch.lifecycle import OPEN, OrderMove
from app.dispatch.models import WorkOrder
from app.dispatch.permissions import Rights, order_moves
from app.dispatch.plan import waits_for
from app.dispatch.queries import Reopened, day_of, other_work, reopened_of
from app.geo.places import format_distance
from app.geo.shapes import spot_of
from app.reports import presenting
from app.reports.models import PhotoMoment
from app.reports.presenting import format_location
from app.reports.row_queries import ReportRow, rows_of

_EARTH = Geod(ellps="WGS84")

#: A crew remembers what it did so long ago.
REOPENED_WITHIN = timedelta(days=180)

#: What a crew itself does, the main one first.
CREW_MOVES = (OrderMove.START, OrderMove.RESUME, OrderMove.FINISH, OrderMove.PAUSE, OrderMove.COULD_NOT)


@dataclass(frozen=True)
class Card:
    """One order. ``waits_for`` is the earlier step of the same report that is not done yet."""

    order: WorkOrder
    report: ReportRow
    number: int
    where: str
    distance: str
    photos: list[dict[str, Any]]
    waits_for: WorkOrder | None
    #: What may be done now, the main thing first.
    moves: list[OrderMove]
    late: bool

    @property
    def before(self) -> list[dict[str, Any]]:
        return [photo for photo in self.photos if photo["moment"] == PhotoMoment.BEFORE.value]

    @property
    def point(self) -> Point:
        return Point(self.report.lon, self.report.lat)


@dataclass(frozen=True)
class Day:
    crew: Crew
    today: date
    ahead: list[Card]
    ended: list[Card]
    #: What the crew had put right and is not right after all.
    reopened: list[Reopened]

    def is_ahead(self, report_id: int) -> bool:
        """Whether the crew is on its way to this report again."""
        return any(card.order.report_id == report_id for card in self.ahead)


def day(crew: Crew, rights: Rights, at: datetime) -> Day:
    """The open orders due by today, in order, and what was ended today."""
    today = local_day(at)
    orders = day_of(crew.id, today, ended_since=datetime.combine(today, time(), ATHENS))
    made = cards(orders, rights=rights, crew=crew, today=today)
    ahead = [card for card in made if card.order.ended_at is None]
    ended = [card for card in made if card.order.ended_at is not None]
    return Day(crew, today, ahead, ended, reopened_of(crew.id, since=at - REOPENED_WITHIN))


def cards(orders: Sequence[WorkOrder], *, rights: Rights, crew: Crew | None, today: date) -> list[Card]:
    """The orders as cards for these rights; the first is so far from the base, each other from the one before."""
    reports = {report.id: report for report in rows_of(list({order.report_id for order in orders}))}
    beside = other_work(orders)
    made, base = [], spot_of(crew.base) if crew else None
    for number, order in enumerate(orders, 1):
        report = reports[order.report_id]
        there = Point(report.lon, report.lat)
        work = beside[order.report_id, order.life]
        allowed = order_moves(report, work, order, rights)
        made.append(
            Card(
                order=order,
                report=report,
                number=number,
                where=place_of_work(report),
                distance=format_distance(metres(base, there)) if base is not None else "",
                photos=[presenting.photo_urls(row) for row in report.photos],
                waits_for=waits_for(order, work),
                moves=[move for move in CREW_MOVES if move in allowed],
                late=order.status in OPEN and order.planned_day < today,
            )
        )
        base = there
    return made


def place_of_work(report: ReportRow) -> str:
    """Where it is, with the reporter's own address: for the crew."""
    return format_location(report, with_address=True)


def metres(start: Point, end: Point) -> float:
    """The distance on the ellipsoid, as the crow flies."""
    return float(_EARTH.inv(start.x, start.y, end.x, end.y)[2])
