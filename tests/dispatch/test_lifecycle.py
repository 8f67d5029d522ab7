"""The whole square of a work order's states and moves, written out by hand."""

from __future__ import annotations

import itertools

import pytest
from flask import Flask

from app.dispatch.lifecycle import OPEN, STATUS_LABELS, OrderMove, OrderStatus, next_status
from app.errors import MoveNotAllowed

#: From each state, move → state. Whatever is not here is refused.
RULES = {
    "planned": "assign>assigned cancel>cancelled",
    "assigned": "assign>assigned unassign>planned start>started could_not>could_not cancel>cancelled",
    "started": "pause>paused finish>done could_not>could_not cancel>cancelled",
    "paused": "resume>started could_not>could_not cancel>cancelled",
    "done": "",
    "could_not": "",
    "cancelled": "",
}
SQUARE = {
    (OrderStatus(state), OrderMove(rule.split(">")[0])): OrderStatus(rule.split(">")[1])
    for state, rules in RULES.items()
    for rule in rules.split()
}


@pytest.mark.parametrize(("status", "move"), list(itertools.product(OrderStatus, OrderMove)))
def test_every_move_from_every_state_does_what_the_rules_say(app: Flask, status: OrderStatus, move: OrderMove) -> None:
    with app.test_request_context():
        if (status, move) in SQUARE:
            assert next_status(status, move) is SQUARE[status, move]
        else:
            with pytest.raises(MoveNotAllowed) as refused:
                next_status(status, move)
            assert str(STATUS_LABELS[status]) in str(refused.value.detail)


def test_work_ends_done_not_done_or_cancelled_and_every_other_state_can_be_left() -> None:
    assert {status for status in OrderStatus if not any(start is status for start, _move in SQUARE)} == set(
        OrderStatus
    ) - OPEN
    assert {OrderStatus.PLANNED} | set(SQUARE.values()) == set(OrderStatus)
