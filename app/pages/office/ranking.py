"""Which crew should go: the ranked list of a dispatch form, and the steps of the job plan that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.crews.models import Trade
from app.dispatch.models import JobPlanStep, WorkOrder
from app.dispatch.queries import RankedCrew, crews_for, plan_of, trade_by_code
from app.language import named
from app.reports.models import Report


@dataclass(frozen=True)
class Ranking:
    """Who could go for a trade, best first, and the steps that would follow."""

    trade: Trade | None
    #: (code, words) for the select; a trade of the plan says which step it is.
    trades: list[tuple[str, str]]
    crews: list[RankedCrew]
    later: list[JobPlanStep]

    def with_trade(self, code: str) -> list[RankedCrew]:
        """The crews that have this trade, in the order of the ranking."""
        return [crew for crew in self.crews if any(trade["code"] == code for trade in crew.trades)]


def for_order(report: Report, order: WorkOrder) -> Ranking:
    """For an order that changes hands."""
    return Ranking(order.trade, [], crews_for(report, order.trade), [])


def for_dispatch(report: Report, orders: Sequence[WorkOrder], asked: str) -> Ranking:
    """For new work; ``asked`` is the code of another trade than the plan's next one."""
    plan = plan_of(report.category_id)
    by_code = {step.trade.code: step for step in reversed(plan)}
    step = by_code.get(asked) if asked else _next_step(plan, orders)
    trade = step.trade if step else trade_by_code(asked) if asked else None
    crews = crews_for(report, trade)
    trades = {step.trade.code: named(step.trade) for step in plan}
    trades |= {t["code"]: named(t) for crew in crews for t in crew.trades if t["code"] not in trades}
    later = [other for other in plan if step is not None and other.position > step.position]
    return Ranking(trade, list(trades.items()), crews, later)


def _next_step(plan: Sequence[JobPlanStep], orders: Sequence[WorkOrder]) -> JobPlanStep | None:
    """The first step of the plan whose trade is neither on its way nor done."""
    sent = {order.trade_id for order in orders if order.ended_at is None or order.after_photo_id is not None}
    return next((step for step in plan if step.trade_id not in sent), plan[0] if plan else None)
