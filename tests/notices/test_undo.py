"""A decision that its maker takes back within ten minutes has not been: for the citizen, for letters, for feeds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.dispatch import service as dispatching
from app.dispatch.lifecycle import OrderStatus
from app.errors import MoveNotAllowed, Stale
from app.extensions import now, unit_of_work
from app.media import service as media
from app.reports import aftercare, triage
from app.reports.lifecycle import UNDO_WITHIN, Move, Status
from app.reports.models import Report
from app.reports.queries import history, locked_report
from app.reports.row_queries import report_by_reference
from tests.dispatch.test_road_api import Bearer, Program
from tests.media import camera
from tests.notices.conftest import Box, words
from tests.reports.test_submit_api import report
from tests.town import Town

CONTACT = {"email": "eleni@example.gr"}
REJECT: dict[str, Any] = {"wanted": Move.REJECT, "words": "Ιδιωτικός χώρος"}
FORWARD: dict[str, Any] = {"wanted": Move.FORWARD, "forward_to": "ΔΕΥΑ Σερρών"}


@pytest.fixture
def nikos(client: FlaskClient, town: Town, bearer: Bearer) -> Program:
    return Program(client, bearer(town.nikos))


def decided(reference: str, by: User, *, at: datetime | None = None, wanted: Move, **said: Any) -> datetime:
    moment = at or now()
    with unit_of_work():
        dispatching.decide(reference, wanted, by=by, at=moment, version=None, **said)
    return moment


def undone(reference: str, by: User, *, at: datetime | None = None) -> Report:
    with unit_of_work():
        return dispatching.undo(reference, by=by, at=at or now(), version=None)


def public(client: FlaskClient, reference: str) -> list[str]:
    everybody = client.application.test_client()
    return [row["move"] for row in everybody.get(f"/api/v1/reports/{reference}/history").json["items"]]


@pytest.mark.parametrize("decision", [REJECT, FORWARD])
@pytest.mark.parametrize("before", [Status.RECEIVED, Status.ACCEPTED])
def test_what_is_taken_back_leads_to_where_the_report_was(
    client: FlaskClient, town: Town, decision: dict[str, Any], before: Status
) -> None:
    reference = report(client).json["reference"]
    if before is Status.ACCEPTED:
        decided(reference, town.nikos, wanted=Move.ACCEPT)
    seen = public(client, reference)
    decided(reference, town.nikos, **decision)
    assert public(client, reference) != seen
    assert undone(reference, town.nikos).status is before
    assert public(client, reference) == seen


def test_the_reporter_gets_no_letter_of_it_and_the_next_ones_in_order(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Any
) -> None:
    reference = report(client, contact=CONTACT).json["reference"]
    work()
    decided(reference, town.nikos, **REJECT)
    undone(reference, town.nikos)
    decided(reference, town.nikos, wanted=Move.ACCEPT)
    assert work() == []
    said = [letter["Subject"] for letter in box.letters]
    assert len(said) == 2
    assert "δεκτή" in said[1]
    assert "Ιδιωτικός" not in words(box.letters[1])


def test_what_came_before_a_close_that_was_taken_back_is_told_all_the_same(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Any
) -> None:
    reference = report(client, contact=CONTACT).json["reference"]
    work()
    with unit_of_work():
        by, at = town.thanasis, now()
        steps = [dispatching.Step(crew="metal")]
        [order] = dispatching.dispatch(reference, steps=steps, by=town.nikos, at=at, version=None)
        dispatching.start(order.id, by=by, at=at, version=None)
        photo = media.save_photo(camera.file(camera.street()), "a.jpg", at=at)
        dispatching.finish(order.id, after_photo=photo, words="", by=by, at=at, version=None)
    decided(reference, town.nikos, wanted=Move.CLOSE)
    undone(reference, town.nikos)
    assert work() == []
    assert ["Αποκαταστάθηκε" in letter["Subject"] for letter in box.letters] == [False, True]


def test_a_decision_that_may_be_taken_back_is_told_when_that_time_is_over_and_what_follows_after_it(
    client: FlaskClient, town: Town, session: Session
) -> None:
    reference = report(client).json["reference"]
    at = decided(reference, town.nikos, **REJECT)
    decided(reference, town.nikos, wanted=Move.REOPEN, words="Τελικά ναι")
    queued = session.execute(
        text("SELECT scheduled_at, lock FROM procrastinate_jobs WHERE task_name = 'history.written' ORDER BY id")
    ).all()
    submitted, rejected, reopened = queued
    assert rejected.scheduled_at > at + UNDO_WITHIN
    assert submitted.scheduled_at is None
    assert reopened.scheduled_at is None
    assert submitted.lock == rejected.lock == reopened.lock is not None


def test_every_row_of_history_is_an_event(client: FlaskClient, town: Town, session: Session) -> None:
    reference, number = dispatched_by(town, client)
    with unit_of_work():
        dispatching.start(number, by=town.thanasis, at=now(), version=None)
        dispatching.pause(number, reason="Βροχή", by=town.thanasis, at=now(), version=None)
    rows = [row.id for row in history(report_by_reference(reference).id, public=False)]
    queued = text(
        "SELECT args ->> 'history_id' FROM procrastinate_jobs WHERE task_name = 'history.written' ORDER BY id"
    )
    told = [int(row) for row in session.scalars(queued)]
    assert told == rows


def dispatched_by(town: Town, client: FlaskClient) -> tuple[str, int]:
    reference = report(client).json["reference"]
    with unit_of_work():
        [order] = dispatching.dispatch(
            reference, steps=[dispatching.Step(crew="metal")], by=town.nikos, at=now(), version=None
        )
    return reference, order.id


def test_only_who_decided_takes_it_back_only_the_last_and_only_for_ten_minutes(client: FlaskClient, town: Town) -> None:
    reference = report(client).json["reference"]
    at = decided(reference, town.nikos, **REJECT)
    with pytest.raises(MoveNotAllowed):
        undone(reference, town.maria)
    with pytest.raises(MoveNotAllowed):
        undone(reference, town.nikos, at=at + UNDO_WITHIN + timedelta(seconds=1))
    undone(reference, town.nikos, at=at + UNDO_WITHIN)
    with pytest.raises(MoveNotAllowed):
        undone(reference, town.nikos, at=at + UNDO_WITHIN)
    decided(reference, town.nikos, **REJECT)
    decided(reference, town.nikos, wanted=Move.NOTE, internal="Τηλεφώνησε")
    with pytest.raises(MoveNotAllowed):
        undone(reference, town.nikos)


def test_a_program_takes_back_by_api_and_a_stale_one_is_told(client: FlaskClient, nikos: Program, town: Town) -> None:
    path = f"/reports/{report(client).json['reference']}"
    seen = nikos.etag(path)
    nikos.move(path, move="reject", words="Όχι")
    assert nikos.post(f"{path}/moves", {"move": "undo"}, seen).status_code == 412
    assert nikos.move(path, move="undo").json["status"] == "received"
    assert nikos.move(path, move="undo").status_code == 409


def test_a_close_despite_an_objection_is_taken_back_and_the_objection_stands(client: FlaskClient, town: Town) -> None:
    reference, number = dispatched_by(town, client)
    with unit_of_work():
        dispatching.start(number, by=town.thanasis, at=now(), version=None)
        photo = media.save_photo(camera.file(camera.street()), "a.jpg", at=now())
        dispatching.finish(number, after_photo=photo, words="", by=town.thanasis, at=now(), version=None)
        aftercare.object_to(reference, words="Κουνιέται ακόμη", at=now())
    objected = report_by_reference(reference).objected_at
    decided(reference, town.nikos, wanted=Move.CLOSE, words="Το είδαμε επιτόπου")
    back = undone(reference, town.nikos)
    assert (back.status, back.objected_at, back.closed_at) == (Status.RESOLVED, objected, None)


def test_a_merge_is_taken_back_with_all_that_it_led_on(client: FlaskClient, town: Town) -> None:
    first, second, third = (report(client).json["reference"] for _ in range(3))
    decided(first, town.nikos, wanted=Move.MERGE, into=second)
    decided(second, town.nikos, wanted=Move.MERGE, into=third)
    back = undone(second, town.nikos)
    assert (back.status, back.merged_into_id) == (Status.RECEIVED, None)
    assert locked_report(first).merged_into_id == back.id


def test_what_was_called_off_with_it_waits_again(client: FlaskClient, town: Town) -> None:
    reference, number = dispatched_by(town, client)
    with unit_of_work():
        order = dispatching.unassign(number, by=town.nikos, at=now(), version=None)
    decided(reference, town.nikos, **REJECT)
    assert order.status is OrderStatus.CANCELLED
    undone(reference, town.nikos)
    assert (order.status, order.ended_at, order.reason) == (OrderStatus.PLANNED, None, "")


def test_words_that_were_released_with_it_are_hidden_again(client: FlaskClient, town: Town) -> None:
    reference = report(client, category="bench").json["reference"]
    decided(reference, town.nikos, release=True, **FORWARD)
    assert report_by_reference(reference).released_at is not None
    assert undone(reference, town.nikos).released_at is None


def test_a_feed_does_not_say_what_may_still_be_taken_back(client: FlaskClient, town: Town, session: Session) -> None:
    reference = report(client).json["reference"]
    decided(reference, town.nikos, **REJECT)
    assert "Απορρίφθηκε" not in client.get("/feeds/reports.atom").text
    older = now() - UNDO_WITHIN - timedelta(minutes=1)
    other = report(client).json["reference"]
    decided(other, town.nikos, at=older, **REJECT)
    assert "Απορρίφθηκε" in client.get("/feeds/reports.atom").text


def test_a_version_that_is_not_the_last_is_not_taken_back(client: FlaskClient, town: Town) -> None:
    reference = report(client).json["reference"]
    decided(reference, town.nikos, **REJECT)
    with pytest.raises(Stale):
        triage.undo(reference, by=town.nikos, at=now(), version=1)
