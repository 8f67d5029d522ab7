"""What comes next of a job: one answer for the API, the page and the service."""

from __future__ import annotations

from collections.abc import Sequence

from app.crews.models import Trade
from app.dispatch.lifecycle import OPEN, OrderStatus, step_before
from app.dispatch.models import JobPlanStep, WorkOrder


def remaining_trades(plan: Sequence[JobPlanStep], work: Sequence[WorkOrder]) -> list[Trade]:
    """The trades that nobody does yet, in order: first what waits for a crew, then what the plan has beside.

    ``work`` are the orders of the report's present life. A plan may ask for a trade twice.
    """
    waiting = [order.trade for order in work if order.status is OrderStatus.PLANNED]
    trade_ids = [order.trade.id for order in work if order.status in OPEN or order.status is OrderStatus.DONE]
    beside = []
    for step in plan:
        if step.trade.id in trade_ids:
            trade_ids.remove(step.trade.id)
        else:
            beside.append(step.trade)
    return [*waiting, *beside]


def same_life(order: WorkOrder, orders: Sequence[WorkOrder]) -> list[WorkOrder]:
    """Of all the orders of a report those of this one's life, in order."""
    return [other for other in orders if other.life == order.life]


def next_trade(plan: Sequence[JobPlanStep], work: Sequence[WorkOrder]) -> Trade | None:
    """The trade to send next; when all of the plan is on its way or done, its first again."""
    return next(iter(remaining_trades(plan, work)), plan[0].trade if plan else None)


def waits_for(order: WorkOrder, work: Sequence[WorkOrder]) -> WorkOrder | None:
    """The earlier step of the same life that must end first. ``work``: all of that life, in order."""
    before = step_before(order.piece, [other.piece for other in work])
    return next((other for other in work if before is not None and other.id == before.id), None)
