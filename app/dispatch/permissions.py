"""Who may touch which work order: the office any, a crew its own only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.accounts.models import User
from app.accounts.permissions import Act, may, require
from app.crews.queries import crew_of
from app.dispatch.models import WorkOrder
from app.errors import Forbidden


def may_work(user: User, order: WorkOrder) -> bool:
    """True for the office, and for members of the order's own crew."""
    if may(user, Act.WORK_ON_ANY_ORDER):
        return True
    crew = crew_of(user.id)
    return may(user, Act.WORK_ON_OWN_ORDER) and crew is not None and crew.id == order.crew_id


def require_work(order: WorkOrder) -> User:
    """The asking user, who may see and do this order. Raises LoginRequired or Forbidden."""
    user = require(Act.WORK_ON_OWN_ORDER)
    if not may_work(user, order):
        raise Forbidden(_l("Αυτή η εντολή είναι άλλου συνεργείου."))
    return user
