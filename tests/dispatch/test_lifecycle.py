"""The whole square of a work order's states and moves."""

from __future__ import annotations

import itertools

import pytest
from flask import Flask

from app.dispatch.lifecycle import MOVES, OPEN, STATUS_WORDS, OrderMove, OrderStatus, after
from app.errors import MoveNotAllowed


@pytest.mark.parametrize(("status", "move"), list(itertools.product(OrderStatus, OrderMove)))
def test_every_move_from_every_state_is_in_the_table_or_refused(
    app: Flask, status: OrderStatus, move: OrderMove
) -> None:
    with app.test_request_context():
        if move in MOVES[status]:
            assert after(status, move) is MOVES[status][move]
        else:
            with pytest.raises(MoveNotAllowed) as refused:
                after(status, move)
            assert str(STATUS_WORDS[status]) in str(refused.value.detail)


def test_work_ends_done_not_done_or_cancelled_and_every_other_state_can_be_left() -> None:
    assert {status for status in OrderStatus if not MOVES[status]} == set(OrderStatus) - OPEN
    reached = {OrderStatus.PLANNED} | {onward for moves in MOVES.values() for onward in moves.values()}
    assert reached == set(OrderStatus)


def test_work_cannot_be_finished_before_it_was_started() -> None:
    assert OrderMove.FINISH not in MOVES[OrderStatus.ASSIGNED]
