"""The life of a work order, as a table a dispatcher could read aloud. Nothing else decides."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from app.errors import MoveNotAllowed


class OrderStatus(enum.StrEnum):
    PLANNED = "planned"
    ASSIGNED = "assigned"
    STARTED = "started"
    PAUSED = "paused"
    DONE = "done"
    COULD_NOT = "could_not"
    CANCELLED = "cancelled"


class OrderMove(enum.StrEnum):
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    COULD_NOT = "could_not"
    CANCEL = "cancel"


S, M = OrderStatus, OrderMove

MOVES: Mapping[OrderStatus, Mapping[OrderMove, OrderStatus]] = {
    S.PLANNED: {M.ASSIGN: S.ASSIGNED, M.CANCEL: S.CANCELLED},
    S.ASSIGNED: {
        M.ASSIGN: S.ASSIGNED,
        M.UNASSIGN: S.PLANNED,
        M.START: S.STARTED,
        M.COULD_NOT: S.COULD_NOT,
        M.CANCEL: S.CANCELLED,
    },
    S.STARTED: {M.PAUSE: S.PAUSED, M.FINISH: S.DONE, M.COULD_NOT: S.COULD_NOT, M.CANCEL: S.CANCELLED},
    S.PAUSED: {M.RESUME: S.STARTED, M.COULD_NOT: S.COULD_NOT, M.CANCEL: S.CANCELLED},
    S.DONE: {},
    S.COULD_NOT: {},
    S.CANCELLED: {},
}

#: Work that still lies before a crew.
OPEN = frozenset({S.PLANNED, S.ASSIGNED, S.STARTED, S.PAUSED})

STATUS_WORDS = {
    S.PLANNED: _l("Περιμένει συνεργείο"),
    S.ASSIGNED: _l("Ανατέθηκε"),
    S.STARTED: _l("Ξεκίνησε"),
    S.PAUSED: _l("Σε παύση"),
    S.DONE: _l("Έγινε"),
    S.COULD_NOT: _l("Δεν έγινε"),
    S.CANCELLED: _l("Ακυρώθηκε"),
}


def after(status: OrderStatus, move: OrderMove) -> OrderStatus:
    """Where ``move`` leads from ``status``. Raises MoveNotAllowed, naming the present state."""
    try:
        return MOVES[status][move]
    except KeyError:
        raise MoveNotAllowed(
            _l(
                "Η εντολή είναι «%(status)s» και η ενέργεια αυτή δεν γίνεται τώρα. Δείτε την ξανά και συνεχίστε.",
                status=STATUS_WORDS[status],
            ),
            state=status.value,
        ) from None
