"""A town that comes from the version before: its reports in every state, with the orders that version left behind."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from app.dispatch.lifecycle import OPEN, OrderStatus
from app.dispatch.models import CrewDay, WorkOrder
from app.extensions import db, unit_of_work
from app.reports.lifecycle import Move, Status
from app.reports.models import Report
from tests import town as the_town

MIGRATIONS = str(Path(__file__).parents[2] / "migrations")

#: By the rules of this version an order that waits has an end in these only.
AT_WORK = {Status.RECEIVED, Status.ACCEPTED, Status.QUESTION, Status.SCHEDULED, Status.IN_PROGRESS}


class Has(NamedTuple):
    """Ids of the small town."""

    category: int
    trade: int
    crew: int


def _report(has: Has, status: Status) -> int:
    closed = "now()" if status is Status.CLOSED else "NULL"
    made = db.session.execute(
        text(
            "INSERT INTO report (category_id, location, address_words, description, answers, priority, source,"
            " language, status, version, tracking_token, received_at, updated_at, closed_at, merged_into_id)"
            " VALUES (:category, 'SRID=4326;POINT(23.52 41.07)', '', '', '{}', 'normal', 'web', 'el', :status, 1, 'x',"
            f" '2026-11-01', '2026-11-01', {closed}, :into) RETURNING id"
        ),
        {"category": has.category, "status": status, "into": _other(status)},
    )
    return int(made.scalar_one())


def _other(status: Status) -> int | None:
    return db.session.scalar(text("SELECT min(id) FROM report")) if status is Status.MERGED else None


def _order(has: Has, report_id: int, status: OrderStatus, created: str, place: int = 1) -> int:
    crew = None if status is OrderStatus.PLANNED else has.crew
    made = db.session.execute(
        text(
            "INSERT INTO work_order (report_id, trade_id, crew_id, step, planned_day, sequence, estimate_min, status,"
            " instructions, outcome, reason, created_at, version) VALUES (:report, :trade, :crew, 1, '2026-11-02',"
            " :place, 30, :status, '', '', '', :created, 1) RETURNING id"
        ),
        {
            "report": report_id,
            "trade": has.trade,
            "crew": crew,
            "place": place,
            "status": status,
            "created": created,
        },
    )
    return int(made.scalar_one())


def _history(report_id: int, move: Move, at: str) -> None:
    db.session.execute(
        text(
            "INSERT INTO report_history (report_id, at, move, status, public_words, internal_words, detail)"
            " VALUES (:report, :at, :move, 'accepted', '', '', '{}')"
        ),
        {"report": report_id, "at": at, "move": move},
    )


def test_reports_and_orders_of_the_version_before_come_along(own_database: Flask) -> None:
    with own_database.app_context():
        town = the_town.build(db.session())
        has = Has(town.categories["bench"].id, town.trades["metalwork"].id, town.metalwork.id)
        db.session.commit()
        db.session.remove()
        downgrade(directory=MIGRATIONS, revision="0006")
        with unit_of_work():
            waiting = {
                status: _order(has, _report(has, status), OrderStatus.PLANNED, "2026-11-02") for status in Status
            }
            reopened = _report(has, Status.SCHEDULED)
            first = _order(has, reopened, OrderStatus.CANCELLED, "2026-11-03", place=7)
            _history(reopened, Move.REOPEN, "2026-11-04")
            second = _order(has, reopened, OrderStatus.ASSIGNED, "2026-11-05", place=7)
        db.session.remove()
        upgrade(directory=MIGRATIONS)

        orders = {order.id: order for order in db.session.scalars(select(WorkOrder))}
        for status, number in waiting.items():
            assert (orders[number].status in OPEN) is (status in AT_WORK), status
            assert (orders[number].ended_at is None) is (status in AT_WORK), status
        assert (orders[first].life, orders[second].life) == (1, 2)
        assert db.session.get_one(Report, reopened).life == 2
        assert (orders[first].sequence, orders[second].sequence) == (1, 2)
        assert db.session.scalars(select(CrewDay.last_sequence).where(CrewDay.crew_id == has.crew)).all() == [2]
