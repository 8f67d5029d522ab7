"""The life of a work order, as a table a dispatcher could read aloud, and what it means for its report.

Nothing else decides: what is offered and what is allowed are the same two functions.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l

from app.errors import MoveNotAllowed
from app.reports.lifecycle import MOVES as REPORT_MOVES
from app.reports.lifecycle import PLANNED_IN, Move, Status, move_not_allowed


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

STATUS_LABELS = {
    S.PLANNED: _l("Περιμένει συνεργείο"),
    S.ASSIGNED: _l("Ανατέθηκε"),
    S.STARTED: _l("Ξεκίνησε"),
    S.PAUSED: _l("Σε παύση"),
    S.DONE: _l("Έγινε"),
    S.COULD_NOT: _l("Δεν έγινε"),
    S.CANCELLED: _l("Ακυρώθηκε"),
}


def next_status(status: OrderStatus, move: OrderMove) -> OrderStatus:
    """Where ``move`` leads from ``status``. Raises MoveNotAllowed, naming the present state."""
    try:
        return MOVES[status][move]
    except KeyError:
        raise MoveNotAllowed(
            _l(
                "Η εντολή είναι «%(status)s» και η ενέργεια αυτή δεν γίνεται τώρα. Δείτε την ξανά και συνεχίστε.",
                status=STATUS_LABELS[status],
            ),
            state=status.value,
        ) from None


# -- a report and its work ---------------------------------------------------------------------------------------------

#: Decisions of the office after which nobody will work: what is open is called off with them.
ENDS_WORK = frozenset({Move.REJECT, Move.FORWARD, Move.MERGE})

#: What has to wait for its turn.
IN_TURN = frozenset({OrderMove.START, OrderMove.COULD_NOT})


@dataclass(frozen=True)
class Piece:
    """What the rules know of a work order: its place in the work, its state, and whether a crew has it."""

    id: int
    step: int
    status: OrderStatus
    has_crew: bool

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


def step_before(piece: Piece, work: Sequence[Piece]) -> Piece | None:
    """The open order that must end before this one may begin."""
    earlier = [other for other in work if other.is_open and other.step < piece.step]
    return min(earlier, key=lambda other: other.step) if piece.is_open and earlier else None


def after_move(work: Sequence[Piece], number: int, move: OrderMove) -> list[Piece]:
    """The report's work after one of its orders moved. What a crew could not do ends the later steps as well."""
    changed = []
    for piece in work:
        if piece.id == number:
            has_crew = piece.has_crew if move is not OrderMove.ASSIGN else True
            status = next_status(piece.status, move)
            piece = replace(piece, status=status, has_crew=has_crew and move is not OrderMove.UNASSIGN)
        elif move is OrderMove.COULD_NOT and piece.is_open:
            piece = replace(piece, status=OrderStatus.CANCELLED)
        changed.append(piece)
    return changed


def consequence(status: Status, work: Sequence[Piece], happened: OrderMove | None) -> Move:
    """What it means for a report in ``status`` that something happened to its work.

    ``work`` is what was planned in the present life of the report, as it is now; ``happened`` None: crews were sent.
    Raises MoveNotAllowed when it cannot happen to a report in this state.
    """
    move = _consequence(status, work, happened)
    if move not in REPORT_MOVES[status]:
        raise move_not_allowed(status)
    return move


def _consequence(status: Status, work: Sequence[Piece], happened: OrderMove | None) -> Move:
    left = [piece for piece in work if piece.is_open]
    match happened:
        case None:
            return Move.SCHEDULE
        case OrderMove.ASSIGN:
            if status not in PLANNED_IN:
                raise move_not_allowed(status)
            # Who goes instead of whom is the office's own affair; that somebody goes is news.
            return Move.SCHEDULE if status is Status.ACCEPTED else Move.NOTE
        case OrderMove.FINISH:
            return Move.STEP_DONE if left else Move.RESOLVE
        case OrderMove.UNASSIGN | OrderMove.CANCEL:
            return _after_taking_away(status, work, left)
        case _:
            return Move(happened.value)


def _after_taking_away(status: Status, work: Sequence[Piece], left: Sequence[Piece]) -> Move:
    """While a crew still goes nothing changes; nothing left after good work, it is done; else the office decides."""
    if any(piece.has_crew for piece in left):
        return Move.NOTE
    remaining = [piece.status for piece in work if piece.status is not OrderStatus.CANCELLED]
    if not left and remaining and remaining[-1] is OrderStatus.DONE and status in PLANNED_IN:
        return Move.RESOLVE
    return Move.UNSCHEDULE if Move.UNSCHEDULE in REPORT_MOVES[status] else Move.NOTE


def is_allowed(status: Status, work: Sequence[Piece], piece: Piece, move: OrderMove) -> bool:
    """Whether this order of a report in ``status`` may move so now."""
    if move in IN_TURN and step_before(piece, work) is not None:
        return False
    try:
        consequence(status, after_move(work, piece.id, move), move)
    except MoveNotAllowed:
        return False
    return True
