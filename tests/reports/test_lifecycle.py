"""The whole square of a report's states and moves."""

from __future__ import annotations

import itertools

import pytest
from flask import Flask

from app.errors import MoveNotAllowed
from app.reports.lifecycle import MOVE_WORDS, MOVES, OPEN, STATUS_WORDS, Move, Status, after


@pytest.mark.parametrize(("status", "move"), list(itertools.product(Status, Move)))
def test_every_move_from_every_state_is_in_the_table_or_refused_by_name(app: Flask, status: Status, move: Move) -> None:
    with app.test_request_context():
        if move in MOVES[status]:
            assert after(status, move) is MOVES[status][move]
        else:
            with pytest.raises(MoveNotAllowed) as refused:
                after(status, move)
            assert str(STATUS_WORDS[status]) in str(refused.value.detail)
            assert refused.value.extra["state"] == status.value


def test_every_state_can_be_reached_and_left() -> None:
    reached, todo = {Status.RECEIVED}, [Status.RECEIVED]
    while todo:
        for onward in MOVES[todo.pop()].values():
            if onward not in reached:
                reached.add(onward)
                todo.append(onward)
    assert reached == set(Status)
    for status in Status:
        assert set(MOVES[status].values()) - {status}, f"{status} is a dead end"


def test_every_state_and_move_has_a_word_for_people() -> None:
    assert set(STATUS_WORDS) == set(Status)
    assert set(MOVE_WORDS) == set(Move)


def test_open_means_that_somebody_still_has_to_act() -> None:
    assert {Status.RESOLVED, Status.CLOSED, Status.REJECTED, Status.MERGED} == set(Status) - OPEN
