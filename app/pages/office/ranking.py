"""Which crew should go: the ranked list of a dispatch form, and the steps of the job plan that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.crews.models import Trade
from app.dispatch.models import JobPlanStep, WorkOrder
from app.dispatch.plan import next_trade, remaining_trades
from app.dispatch.queries import RankedCrew, crews_for, plan_of, trade_by_code
from app.language import localized
from app.reports.row_queries import WholeReport


@dataclass(frozen=True)
class Ranking:
    """Who could go for a trade, best first, and the steps that would follow."""

    trade: Trade | None
    #: (code, words) for the select; a trade of the plan says which step it is.
    trades: list[tuple[str, str]]
    crews: list[RankedCrew]
    later: list[JobPlanStep]

    def day(self, code: str, not_before: date) -> date:
        """The first day on which the crew of this code, else the best one, can go."""
        chosen = next((crew for crew in self.crews if crew.code == code), next(iter(self.crews), None))
        return max(not_before, chosen.next_shift) if chosen and chosen.next_shift else not_before

    def with_trade(self, code: str) -> list[RankedCrew]:
        """The crews that have this trade, in the order of the ranking."""
        return [crew for crew in self.crews if any(trade["code"] == code for trade in crew.trades)]


def for_order(report: WholeReport, order: WorkOrder, *, today: date) -> Ranking:
    """For an order that changes rights."""
    return Ranking(order.trade, [], crews_for(report.id, order.trade, today=today), [])


def for_dispatch(report: WholeReport, orders: Sequence[WorkOrder], code: str, *, today: date) -> Ranking:
    """For new work; ``code`` is that of another trade than the plan's next one."""
    plan = plan_of(report.category.id)
    work = [order for order in orders if order.life == report.life]
    trade = trade_by_code(code) if code else next_trade(plan, work)
    step = next((step for step in plan if trade is not None and step.trade_id == trade.id), None)
    crews = crews_for(report.id, trade, today=today)
    trades = {step.trade.code: localized(step.trade) for step in plan}
    trades |= {t["code"]: localized(t) for crew in crews for t in crew.trades if t["code"] not in trades}
    left = remaining_trades(plan, work)
    later = [other for other in plan if step and other.position > step.position and other.trade in left]
    return Ranking(trade, list(trades.items()), crews, later)
