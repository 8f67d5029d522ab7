"""The work-orders API: the office dispatches, crews work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint
from marshmallow import ValidationError

from app.accounts.permissions import Act, require
from app.calendar import local_day
from app.crews.models import Trade
from app.crews.queries import crew_by_code
from app.devices import known_device
from app.dispatch import presenting, queries, service
from app.dispatch.idempotent_moves import WantedMove, move_once
from app.dispatch.lifecycle import OrderStatus
from app.dispatch.models import WorkOrder
from app.dispatch.permissions import OFFICE_ONLY, Rights, require_work, rights_of
from app.dispatch.plan import next_trade
from app.dispatch.schemas import DispatchIn, OrderMoveIn, OrderOut, OrderPage, OrdersQuery, RankedCrewPage
from app.errors import Invalid
from app.extensions import now, unit_of_work
from app.http import json_answer, require_if_match
from app.language import code_and_names
from app.media import service as media
from app.media import uploads
from app.media.models import Photo
from app.reports.representation import report_response
from app.reports.row_queries import WholeReport, report_by_reference, rows_of
from app.reports.schemas import MoveIn, ReportOut

work_orders = Blueprint("work_orders", __name__, description="Work orders: what crews do for reports")


def _trade_in_question(report: WholeReport, code: str | None) -> Trade | None:
    """The trade to rank crews for: as asked, else what comes next."""
    if code:
        trade = queries.trade_by_code(code)
        if trade is None:
            raise Invalid({"trade": [_l("Διαλέξτε μία από τις ειδικότητες της λίστας.")]})
        return trade
    return next_trade(queries.plan_of(report.category.id), queries.work_of(report))


@work_orders.get("/reports/<reference>/crews")
@work_orders.response(200, RankedCrewPage)
def rank_crews(reference: str) -> Response:
    """Who should go, best first, and why; ``?trade=`` asks for another craft than the plan's first."""
    require(Act.DISPATCH_REPORT)
    report = report_by_reference(reference)
    trade = _trade_in_question(report, request.args.get("trade"))
    items = [presenting.ranked(crew, trade) for crew in queries.crews_for(report.id, trade, today=local_day(now()))]
    return json_answer({"trade": code_and_names(trade), "items": items})


@work_orders.post("/reports/<reference>/work-orders")
@work_orders.arguments(DispatchIn)
@work_orders.response(201, OrderPage)
def dispatch_report(wanted: dict[str, Any], reference: str) -> Response:
    """Send a crew, or several trades in order. Needs If-Match with the report's ETag."""
    by = require(Act.DISPATCH_REPORT)
    requested = wanted.pop("steps") or [{key: wanted[key] for key in ("crew", "trade", "estimate_min")}]
    for key in ("crew", "trade", "estimate_min"):
        wanted.pop(key)
    steps = [service.Step(**step) for step in requested]
    with unit_of_work():
        made = service.dispatch(reference, steps=steps, by=by, at=now(), version=require_if_match(), **wanted)
    return json_answer({"items": _presented(made, rights_of(by)), "next": None}, 201)


@work_orders.post("/reports/<reference>/moves")
@work_orders.arguments(MoveIn)
@work_orders.response(200, ReportOut)
def decide(wanted: dict[str, Any], reference: str) -> Response:
    """Accept, reject, ask, forward, merge … Needs If-Match."""
    by = require(Act.TRIAGE_REPORT)
    with unit_of_work():
        service.decide(reference, wanted.pop("move"), by=by, at=now(), version=require_if_match(), **wanted)
    return report_response(reference)


@work_orders.get("/reports/<reference>/work-orders")
@work_orders.response(200, OrderPage)
def orders_of_report(reference: str) -> Response:
    """All work orders of one report, in the order of the work."""
    user = require(Act.SEE_OFFICE)
    report = report_by_reference(reference)
    return json_answer({"items": _presented(queries.orders_of(report.id), rights_of(user)), "next": None})


@work_orders.get("/work-orders")
@work_orders.arguments(OrdersQuery, location="query")
@work_orders.response(200, OrderPage)
def list_orders(args: dict[str, Any]) -> Response:
    """Work orders, newest first; a crew's members see their own crew's only."""
    rights = rights_of(require(Act.SEE_CREW_DAY))
    orders = queries.orders(
        crew_id=_crew_asked_for(rights, args.get("crew")),
        statuses=_statuses(args.get("status", "")),
        day=args.get("day"),
        before=args.get("before"),
        limit=args["limit"] + 1,
    )
    shown = orders[: args["limit"]]
    return json_answer({"items": _presented(shown, rights), "next": shown[-1].id if len(orders) > len(shown) else None})


def _crew_asked_for(rights: Rights, code: str | None) -> int | None:
    if rights.works_on_any:
        return crew_by_code(code).id if code else None
    return rights.crew.id if rights.crew else 0


def _statuses(listed: str) -> list[OrderStatus]:
    try:
        return [OrderStatus(word) for word in filter(None, listed.split(","))]
    except ValueError:
        raise Invalid({"status": [_l("Δώστε: %(words)s.", words=", ".join(OrderStatus))]}) from None


def _presented(orders: Sequence[WorkOrder], rights: Rights) -> list[dict[str, Any]]:
    beside = queries.other_work(orders)
    reports = {report.id: report for report in rows_of(list({order.report_id for order in orders}))}
    return [
        presenting.order(order, reports[order.report_id], beside[order.report_id, order.life], rights)
        for order in orders
    ]


@work_orders.get("/work-orders/<int:order_id>")
@work_orders.response(200, OrderOut)
def one_order(order_id: int) -> Response:
    """One work order: for the office and for its own crew."""
    order, work = queries.with_others(order_id)
    _user, rights = require_work(order)
    return _represented(order, work, rights)


def _represented(order: WorkOrder, work: list[WorkOrder], rights: Rights) -> Response:
    [report] = rows_of([order.report_id])
    return json_answer(presenting.order(order, report, work, rights), version=order.version)


@work_orders.post("/work-orders/<int:order_id>/moves")
@work_orders.doc(
    requestBody={
        "required": True,
        "content": {
            "application/json": {"schema": OrderMoveIn},
            "multipart/form-data": {"schema": OrderMoveIn},
        },
    },
    parameters=[{"in": "header", "name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 200}}],
)
@work_orders.response(200, OrderOut)
def move_order(order_id: int) -> Response:
    """Start, pause, resume, finish with an after-photo, could not; for the office also assign, unassign, cancel.

    Needs If-Match, or ``follows`` for what a device queued behind another action of its own.
    """
    by, rights = require_work(queries.order_by_id(order_id))
    read = _move_wanted()
    if read["move"] in OFFICE_ONLY:
        require(Act.DISPATCH_REPORT)
    moment, sent, uploaded = now(), request.files.get("photo"), read.pop("upload")
    version = None if read["follows"] else require_if_match()
    wanted = WantedMove(**read, key=request.headers.get("Idempotency-Key"), version=version)

    def photo() -> Photo | None:
        if sent:
            return media.save_photo(sent.stream, sent.filename or "", at=moment)
        return uploads.require_complete([uploaded], device=known_device())[0] if uploaded else None

    with unit_of_work():
        move_once(
            order_id,
            wanted,
            by=by,
            at=moment,
            device=known_device(),
            photo=photo,
            photo_mark=sent or (uploaded.bytes if uploaded else b""),
        )
    return _represented(*queries.with_others(order_id), rights)


def _move_wanted() -> dict[str, Any]:
    try:
        body = (request.get_json(silent=True) or {}) if request.is_json else request.form
        read: dict[str, Any] = OrderMoveIn().load(body)
    except ValidationError as wrong:
        raise Invalid(wrong.messages if isinstance(wrong.messages, dict) else {"body": wrong.messages}) from None
    return read
