"""The chosen report as the office sees it: everything about it, and what may be done with it now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shapely.geometry import Point

from app.accounts.models import User
from app.calendar import local_day
from app.categories.models import OTHER, Category
from app.categories.queries import likeliest_categories
from app.dispatch.lifecycle import OrderMove
from app.dispatch.models import WorkOrder
from app.dispatch.permissions import order_moves as moves_of
from app.dispatch.permissions import rights_of
from app.dispatch.plan import same_life, waits_for
from app.dispatch.queries import orders_of
from app.moderation.models import BlockedKind
from app.pages.office.attention import Attention, attention, blockable
from app.pages.office.desk import is_overdue
from app.pages.office.labels import CLOSE_DESPITE, DEEDS, Deed
from app.pages.office.ranking import Ranking, for_dispatch, for_order
from app.pages.office.timeline import Happened, news_since, timeline
from app.pages.refusal import Refusal
from app.reports import presenting, queries, spot_queries
from app.reports.lifecycle import OPEN, Move
from app.reports.models import PhotoMoment
from app.reports.presenting import format_location
from app.reports.row_queries import WholeReport, report_by_reference
from app.reports.triage import may_be_dispatched, may_be_undone, office_moves


@dataclass(frozen=True)
class Pane:
    """Everything the pane shows. ``do`` is the form that is open, if any."""

    report: WholeReport
    where: str
    point: tuple[float, float]
    overdue: bool
    photos: list[dict[str, Any]]
    attention: Attention
    blockable: dict[BlockedKind, str]
    answers: list[tuple[str, str]]
    #: What a report without a kind may be.
    kinds: list[Category]
    timeline: list[Happened]
    nearby: list[dict[str, Any]]
    orders: list[WorkOrder]
    order_moves: Mapping[int, Collection[OrderMove]]
    deeds: dict[Move, Deed]
    may_dispatch: bool
    do: str
    today: date
    may_undo: bool
    news: list[Happened] = field(default_factory=list)
    ranking: Ranking | None = None
    refusal: Refusal | None = None

    def typed(self, name: str, otherwise: str = "") -> str:
        """What the reader wrote in a field of the open form."""
        return self.refusal.typed.get(name, otherwise) if self.refusal else otherwise

    def ticked(self, name: str, value: str = "1", otherwise: bool = False) -> bool:
        return value in self.refusal.typed.getlist(name) if self.refusal else otherwise

    def may(self, order: WorkOrder, move: str) -> bool:
        """Whether the reader may do this with an order now."""
        return OrderMove(move) in self.order_moves[order.id]

    def waits(self, order: WorkOrder) -> WorkOrder | None:
        """The earlier step this order waits for."""
        return waits_for(order, same_life(order, self.orders))


def pane(
    reference: str,
    *,
    user: User,
    at: datetime,
    do: str = "",
    trade: str = "",
    refusal: Refusal | None = None,
) -> Pane:
    """Look at a report. Raises NotFound."""
    report = report_by_reference(reference)
    history = queries.history(report.id, public=False)
    orders = orders_of(report.id)
    deeds = deeds_of(report)
    may_dispatch = may_be_dispatched(report)
    rights = rights_of(user)
    order_moves = {order.id: moves_of(report, same_life(order, orders), order, rights) for order in orders}
    lines = timeline(history, orders)
    # Words of a form that is not offered any more go on into a note, so that nobody types them twice.
    do = _still_possible(do, deeds, may_dispatch, order_moves) or (Move.NOTE.value if do and refusal else "")
    return Pane(
        report=report,
        where=format_location(report, with_address=True),
        point=(report.lon, report.lat),
        overdue=is_overdue(report, at),
        photos=[presenting.photo_urls(row) for row in report.photos if row.moment is not PhotoMoment.LATER],
        attention=attention(report, history),
        blockable=blockable(report),
        answers=presenting.answers(report),
        kinds=_kinds(report),
        timeline=lines,
        nearby=spot_queries.where_is(Point(report.lon, report.lat), report.category, but_not=report.id).open_near
        if Move.MERGE in deeds
        else [],
        orders=orders,
        order_moves=order_moves,
        deeds=deeds,
        may_dispatch=may_dispatch,
        do=do,
        today=local_day(at),
        may_undo=may_be_undone(history, by=user, at=at),
        news=news_since(report, lines, refusal),
        ranking=_ranking(report, orders, do, trade, local_day(at)),
        refusal=refusal,
    )


def _kinds(report: WholeReport) -> list[Category]:
    """What kind a report without one may be, the likeliest first."""
    if report.category.code != OTHER or report.status not in OPEN:
        return []
    return likeliest_categories(report.description, Point(report.lon, report.lat), limit=4)


def deeds_of(report: WholeReport) -> dict[Move, Deed]:
    """What the office may decide now. First of all whether a suspicious one is a report at all."""
    possible = office_moves(report)
    deeds = {move: deed for move, deed in DEEDS.items() if move in possible}
    if report.objected_at is not None:
        deeds = {Move.REOPEN: deeds[Move.REOPEN], **deeds, Move.CLOSE: CLOSE_DESPITE}
    return deeds


def _still_possible(
    do: str, deeds: dict[Move, Deed], may_dispatch: bool, order_moves: Mapping[int, Collection[OrderMove]]
) -> str:
    """The form that was asked for, if it is offered now."""
    verb, _colon, number = do.partition(":")
    if verb in ("assign", "cancel"):
        moves = next((moves for order_id, moves in order_moves.items() if str(order_id) == number), ())
        return do if OrderMove(verb) in moves else ""
    offered = {"edit", "block", *(move.value for move in deeds)} | ({"dispatch"} if may_dispatch else set())
    return do if do in offered else ""


def _ranking(report: WholeReport, orders: Sequence[WorkOrder], do: str, trade: str, today: date) -> Ranking | None:
    verb, _colon, number = do.partition(":")
    if verb == "assign":
        return for_order(report, next(order for order in orders if str(order.id) == number), today=today)
    return for_dispatch(report, orders, trade, today=today) if verb == "dispatch" else None
