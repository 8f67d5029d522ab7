"""Who may do what with a report and its work orders: one table for page, API and tablet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.accounts.models import User
from app.accounts.permissions import Act, may, require
from app.crews.models import Crew
from app.crews.queries import crew_of
from app.dispatch.lifecycle import MOVES, OrderMove, is_allowed
from app.dispatch.models import WorkOrder
from app.errors import Forbidden
from app.reports.row_queries import Shown

#: What a crew does itself is open to the office as well; this is not the crew's.
OFFICE_ONLY = frozenset({OrderMove.ASSIGN, OrderMove.UNASSIGN, OrderMove.CANCEL})


@dataclass(frozen=True)
class Rights:
    """What a person may do with work orders, asked of the database once."""

    works_on_any: bool
    dispatches: bool
    crew: Crew | None

    def may_work(self, order: WorkOrder) -> bool:
        """True for the office, and for members of the order's own crew."""
        return self.works_on_any or (self.crew is not None and self.crew.id == order.crew_id)


def rights_of(user: User) -> Rights:
    works_on_any, dispatches = may(user, Act.WORK_ON_ANY_ORDER), may(user, Act.DISPATCH_REPORT)
    crew = crew_of(user.id) if not works_on_any and may(user, Act.WORK_ON_OWN_ORDER) else None
    return Rights(works_on_any, dispatches, crew)


def may_work(user: User, order: WorkOrder) -> bool:
    return rights_of(user).may_work(order)


def require_work(order: WorkOrder) -> tuple[User, Rights]:
    """The asking user, who may see and do this order, and all that they may do. Raises LoginRequired or Forbidden."""
    user = require(Act.WORK_ON_OWN_ORDER)
    rights = rights_of(user)
    if not rights.may_work(order):
        raise Forbidden(_l("Αυτή η εντολή είναι άλλου συνεργείου."))
    return user, rights


def order_moves(report: Shown, work: Sequence[WorkOrder], order: WorkOrder, rights: Rights) -> frozenset[OrderMove]:
    """What these rights may do with an order now. ``work``: all orders of the same life of the report, in order."""
    if not rights.may_work(order):
        return frozenset()
    theirs = set(MOVES[order.status])
    if not rights.dispatches:
        theirs -= OFFICE_ONLY
    if report.waits_aside:
        theirs -= {OrderMove.ASSIGN}
    pieces = [order_of_life.piece for order_of_life in work]
    return frozenset(move for move in theirs if is_allowed(report.status, pieces, order.piece, move))
