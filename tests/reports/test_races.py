"""Several people at the same moment, on real connections with real commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.accounts.models import User
from app.accounts.service import issue_token
from app.crews.models import Crew
from app.dispatch.models import WorkOrder
from app.extensions import db, now
from app.reports.models import Report, ReportHistory
from tests import town as the_town
from tests.reports.test_submit_api import POTHOLE, WHERE, fills_in


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Run all deeds at the same moment and return their answers."""
    gate, answers = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(number: int, deed: Callable[[], Any]) -> None:
        gate.wait()
        answers[number] = deed()

    threads = [threading.Thread(target=run, args=(number, deed)) for number, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def settled(app: Flask) -> dict[str, dict[str, str]]:
    """Build the town for good; headers for each person."""
    with app.app_context():
        built = the_town.build(db.session())
        people: list[User] = [built.nikos, built.maria, built.thanasis]
        tokens = {user.name: {"Authorization": "Bearer " + issue_token("race", at=now(), user=user)} for user in people}
        db.session.commit()
    return tokens


def test_ten_taps_with_one_key_make_one_report(own_database: Flask) -> None:
    settled(own_database)

    def tap() -> Any:
        return own_database.test_client().post("/api/v1/reports", json=POTHOLE, headers={"Idempotency-Key": "one"})

    answers = at_once(*[tap] * 10)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["reference"] for answer in answers}) == 1
    with own_database.app_context():
        assert db.session.scalar(select(func.count()).select_from(Report)) == 1


def test_ten_citizens_at_once_get_ten_numbers(own_database: Flask) -> None:
    settled(own_database)

    def send() -> Any:
        return own_database.test_client().post("/api/v1/reports", json=POTHOLE)

    assert len({answer.json["reference"] for answer in at_once(*[send] * 10)}) == 10


def test_a_phone_that_sends_by_page_and_by_outbox_at_once_makes_one_report(own_database: Flask) -> None:
    settled(own_database)
    action = "4b6f2f0e-7f5b-4a55-9d52-0d1c53f6f0a1"
    phone = own_database.test_client()
    fills_in(phone, action, "place", **WHERE)
    fills_in(phone, action, "category", category="pothole")

    def twin() -> FlaskClient:
        same = own_database.test_client()
        for name in ("device", "session"):
            kept = phone.get_cookie(name)
            assert kept is not None
            same.set_cookie(name, kept.value)
        return same

    def by_page() -> Any:
        return fills_in(twin(), action, "check").headers["Location"]

    def by_outbox() -> Any:
        return twin().post("/api/v1/reports", json=POTHOLE, headers={"Idempotency-Key": action}).json["tracking_url"]

    told = at_once(by_page, by_outbox, by_page, by_outbox)
    with own_database.app_context():
        made = db.session.scalars(select(Report)).one()
        assert all(made.reference in address for address in told)


def test_two_dispatchers_send_a_crew_at_once_and_one_of_them_wins(own_database: Flask) -> None:
    people = settled(own_database)
    reference = own_database.test_client().post("/api/v1/reports", json=POTHOLE).json["reference"]

    def send(name: str, crew: str) -> Callable[[], Any]:
        def deed() -> Any:
            headers = people[name] | {"If-Match": '"1"'}
            path = f"/api/v1/reports/{reference}/work-orders"
            body = {"crew": crew, "trade": "metalwork"}
            return own_database.test_client().post(path, json=body, headers=headers)

        return deed

    answers = at_once(send("Nikos", "metal"), send("Maria", "wood"))
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    told = next(answer for answer in answers if answer.status_code == 412)
    assert told.json["state"] == "scheduled"
    with own_database.app_context():
        order = db.session.scalars(select(WorkOrder)).one()
        winner = "metal" if answers[0].status_code == 201 else "wood"
        assert db.session.get_one(Crew, order.crew_id).code == winner
        assert db.session.scalar(select(func.count()).select_from(ReportHistory)) == 3


def test_two_dispatchers_merge_two_reports_into_each_other_and_one_of_them_wins(own_database: Flask) -> None:
    people = settled(own_database)
    client = own_database.test_client()
    for _round in range(4):
        one, two = (client.post("/api/v1/reports", json=POTHOLE).json["reference"] for _ in range(2))

        def merge(name: str, goes: str, stays: str) -> Callable[[], Any]:
            headers = people[name] | {"If-Match": '"1"'}
            body = {"move": "merge", "into": stays}
            path = f"/api/v1/reports/{goes}/moves"
            return lambda: own_database.test_client().post(path, json=body, headers=headers)

        codes = sorted(answer.status_code for answer in at_once(merge("Nikos", one, two), merge("Maria", two, one)))
        assert codes == [200, 422]
