"""The whole square of a report's states and moves, written out by hand: what the office's rules say."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import MoveNotAllowed
from app.reports.lifecycle import MOVE_LABELS, OPEN, STATUS_LABELS, Move, Status, next_status
from app.reports.models import Report, ReportHistory
from app.reports.triage import OFFICE_MOVES
from tests.dispatch.test_road_api import Program
from tests.reports.test_submit_api import report
from tests.town import Town

#: From each state, move → state. Whatever is not here is refused.
RULES = {
    "received": "accept>accepted reject>rejected ask>question forward>forwarded merge>merged"
    " amend>received withdraw>closed note>received",
    "accepted": "schedule>scheduled reject>rejected ask>question forward>forwarded merge>merged"
    " resolve>resolved amend>accepted withdraw>closed note>accepted",
    "scheduled": "schedule>scheduled start>in_progress could_not>accepted unschedule>accepted"
    " resolve>resolved amend>scheduled withdraw>closed note>scheduled",
    "in_progress": "schedule>in_progress start>in_progress pause>in_progress resume>in_progress"
    " step_done>in_progress could_not>accepted unschedule>accepted resolve>resolved"
    " amend>in_progress withdraw>closed note>in_progress",
    "resolved": "close>closed reopen>accepted object>resolved amend>resolved note>resolved",
    "closed": "reopen>accepted object>resolved amend>closed note>closed",
    "question": "answer>received reject>rejected amend>question withdraw>closed note>question",
    "forwarded": "take_back>accepted close>closed amend>forwarded note>forwarded",
    "rejected": "reopen>accepted amend>rejected note>rejected",
    "merged": "split>received amend>merged note>merged",
}
SQUARE = {
    (Status(state), Move(rule.split(">")[0])): Status(rule.split(">")[1])
    for state, rules in RULES.items()
    for rule in rules.split()
}


@pytest.mark.parametrize(("status", "move"), list(itertools.product(Status, Move)))
def test_every_move_from_every_state_does_what_the_rules_say(app: Flask, status: Status, move: Move) -> None:
    with app.test_request_context():
        if (status, move) in SQUARE:
            assert next_status(status, move) is SQUARE[status, move]
        else:
            with pytest.raises(MoveNotAllowed) as refused:
                next_status(status, move)
            assert str(STATUS_LABELS[status]) in str(refused.value.detail)
            assert refused.value.extra["state"] == status.value


def test_every_state_can_be_reached_and_left() -> None:
    reached = {Status.RECEIVED} | set(SQUARE.values())
    assert reached == set(Status)
    for status in Status:
        assert any(onward is not status for (start, _move), onward in SQUARE.items() if start is status)


def test_every_state_and_move_has_a_word_for_people() -> None:
    assert set(STATUS_LABELS) == set(Status)
    assert set(MOVE_LABELS) == set(Move)


def test_open_means_that_somebody_still_has_to_act() -> None:
    assert {Status.RESOLVED, Status.CLOSED, Status.REJECTED, Status.MERGED} == set(Status) - OPEN


#: Decisions that lead from received to each state the office reaches by itself.
WAYS: dict[Status, list[dict[str, Any]]] = {
    Status.RECEIVED: [],
    Status.ACCEPTED: [{"move": "accept"}],
    Status.REJECTED: [{"move": "reject", "words": "x"}],
    Status.QUESTION: [{"move": "ask", "words": "x"}],
    Status.FORWARDED: [{"move": "forward", "forward_to": "ΔΕΥΑΣ"}],
    Status.CLOSED: [{"move": "forward", "forward_to": "ΔΕΥΑΣ"}, {"move": "close"}],
    Status.MERGED: [{"move": "merge"}],
}


@pytest.mark.parametrize("move", OFFICE_MOVES)
@pytest.mark.parametrize("status", WAYS)
def test_through_the_api_a_forbidden_move_changes_nothing_and_an_allowed_one_writes_history(
    client: FlaskClient,
    town: Town,
    session: Session,
    bearer: Callable[[Any], dict[str, str]],
    status: Status,
    move: Move,
) -> None:
    nikos = Program(client, bearer(town.nikos))
    stays = report(client).json["reference"]
    path = f"/reports/{report(client).json['reference']}"
    for step in WAYS[status]:
        assert nikos.move(path, **({"into": stays} | step)).status_code == 200
    version = nikos.get(path).json["version"]
    rows = session.scalar(select(func.count()).select_from(ReportHistory))
    answer = nikos.move(path, move=move.value, words="Λόγια", forward_to="ΔΕΔΔΗΕ", into=stays)
    session.expire_all()
    now_rows = session.scalar(select(func.count()).select_from(ReportHistory))
    found = session.scalars(select(Report).where(Report.reference == path.rsplit("/", 1)[1])).one()
    if (status, move) in SQUARE:
        assert answer.status_code == 200, answer.text
        assert found.status is SQUARE[status, move]
        assert (found.version, now_rows) == (version + 1, (rows or 0) + 1)
    else:
        assert answer.status_code == 409, answer.text
        assert (found.status, found.version, now_rows) == (status, version, rows)
