"""What a tablet did without a signal comes in later, in its order, once, and with its own time."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import AHEAD, LATE, Action
from app.dispatch.models import WorkOrder
from app.extensions import now
from tests.dispatch.test_road_api import Program, dispatched
from tests.media import camera
from tests.media.test_uploads import Phone


def sends(tablet: Program, number: int, key: str, etag: str | None = None, **body: Any) -> Any:
    return tablet.post(f"/work-orders/{number}/moves", body, etag, **{"Idempotency-Key": key})


def finishes(tablet: Program, number: int, key: str, **body: str) -> Any:
    data: dict[str, Any] = {"move": "finish", **body, "photo": (io.BytesIO(camera.file(camera.street())), "after.jpg")}
    headers = tablet.headers | {"Idempotency-Key": key}
    return tablet.client.post(f"/api/v1/work-orders/{number}/moves", data=data, headers=headers)


def test_a_crew_without_signal_starts_and_finishes_and_both_come_in_later(
    client: FlaskClient, nikos: Program, thanasis: Program, session: Session
) -> None:
    _reference, number = dispatched(client, nikos)
    seen, began, ended = thanasis.etag(f"/work-orders/{number}"), now() - timedelta(hours=3), now() - timedelta(hours=2)
    for _time in range(2):
        started = sends(thanasis, number, "tap-1", seen, move="start", occurred_at=began.isoformat())
        assert started.status_code == 200, started.text
    for _time in range(2):
        done = finishes(thanasis, number, "tap-2", follows="tap-1", occurred_at=ended.isoformat())
        assert done.status_code == 200, done.text
    order = session.get_one(WorkOrder, number)
    assert (order.status, order.started_at, order.ended_at) == ("done", began, ended)
    ledger = session.scalars(select(Action).where(Action.scope == f"order.{number}").order_by(Action.key)).all()
    assert [(one.kind, one.occurred_at, one.result_id) for one in ledger] == [
        ("order.start", began, number),
        ("order.finish", ended, number),
    ]
    assert [one.actor_id is not None for one in ledger] == [True, True]


def test_what_was_queued_behind_an_action_that_somebody_overtook_is_told_so(
    client: FlaskClient, nikos: Program, thanasis: Program
) -> None:
    _reference, number = dispatched(client, nikos)
    sends(thanasis, number, "tap-1", thanasis.etag(f"/work-orders/{number}"), move="start")
    nikos.move(f"/work-orders/{number}", move="cancel", reason="Διπλή")
    late = finishes(thanasis, number, "tap-2", follows="tap-1")
    assert late.status_code == 412
    assert late.json["state"] == "cancelled"


def test_an_action_that_did_not_come_cannot_be_followed(client: FlaskClient, nikos: Program, thanasis: Program) -> None:
    _reference, number = dispatched(client, nikos)
    refused = sends(thanasis, number, "tap-2", move="start", follows="tap-1")
    assert refused.status_code == 422
    assert "follows" in refused.json["errors"]
    assert sends(thanasis, number, "tap-3", move="start").status_code == 428


@pytest.mark.parametrize("off", [-LATE - timedelta(minutes=1), AHEAD + timedelta(minutes=1)])
def test_a_tablet_whose_clock_is_far_off_is_told_and_loses_nothing(
    client: FlaskClient, nikos: Program, thanasis: Program, off: timedelta
) -> None:
    _reference, number = dispatched(client, nikos)
    etag, wrong = thanasis.etag(f"/work-orders/{number}"), (now() + off).isoformat()
    refused = sends(thanasis, number, "tap-1", etag, move="start", occurred_at=wrong)
    assert refused.status_code == 422
    assert "occurred_at" in refused.json["errors"]
    assert sends(thanasis, number, "tap-1", etag, move="start").status_code == 200


def test_a_clock_a_little_ahead_counts_as_now(
    client: FlaskClient, nikos: Program, thanasis: Program, session: Session
) -> None:
    _reference, number = dispatched(client, nikos)
    ahead: datetime = now() + timedelta(minutes=3)
    sends(
        thanasis, number, "tap-1", thanasis.etag(f"/work-orders/{number}"), move="start", occurred_at=ahead.isoformat()
    )
    started = session.get_one(WorkOrder, number).started_at
    assert started is not None
    assert started < ahead


def test_an_after_photo_that_came_in_pieces_finishes_the_work(
    client: FlaskClient, nikos: Program, thanasis: Program
) -> None:
    _reference, number = dispatched(client, nikos)
    thanasis.move(f"/work-orders/{number}", move="start")
    tablet = Phone(client, camera.file(camera.street()), "after.jpg")
    tablet.begins()
    tablet.sends(0, 1000)
    etag = thanasis.etag(f"/work-orders/{number}")
    early = sends(thanasis, number, "tap-1", etag, move="finish", upload=tablet.id)
    assert early.status_code == 422
    tablet.sends(1000)
    for _time in range(2):
        assert sends(thanasis, number, "tap-1", etag, move="finish", upload=tablet.id).json["status"] == "done"
