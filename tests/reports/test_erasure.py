"""What a citizen takes back is in no table and no file any more, and what has long ended is forgotten."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from sqlalchemy import select, text, update

from app.actions import Action, forget_some
from app.extensions import db, now, unit_of_work
from app.reports import aftercare, housekeeping
from app.reports.lifecycle import Status
from app.reports.models import Draft, Report, ReportContact
from app.retention import Kept, decide
from tests import town as the_town
from tests.media import camera
from tests.reports.test_submit_api import POTHOLE, WHERE, fills_in, report
from tests.town import Town

#: Nothing else says it; its second form is how the search hears it.
WORD, HEARD = "Ξυλοκερατίδης", "ksilokeratidis"
ACTION = {"Idempotency-Key": "4b6f2f0e-7f5b-4a55-9d52-0d1c53f6f0ab"}


def columns() -> Iterator[tuple[str, str]]:
    """Every table with each of its rows as text."""
    tables = db.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).all()
    for table in tables:
        for row in db.session.scalars(text(f'SELECT t::text FROM "{table}" t')):
            yield table, row


def places_of(app: Flask, *words: str) -> list[str]:
    """The tables and files in which one of the words stands."""
    found = [table for table, row in columns() if any(word.lower() in row.lower() for word in words)]
    for path in Path(app.config["DATA_DIR"]).rglob("*"):
        if path.is_file() and any(word.encode() in path.read_bytes() for word in words):
            found.append(str(path))
    return sorted(set(found))


def heard(word: str) -> str:
    return str(db.session.scalar(select(text("greek_key(:word)")).params(word=word)))


@pytest.fixture
def app_with_town(own_database: Flask) -> Flask:
    own_database.config["SMTP_URL"] = ""
    with own_database.app_context():
        the_town.build(db.session())
        db.session.commit()
    return own_database


def test_withdrawn_words_stand_nowhere_whichever_road_they_came_by(app_with_town: Flask) -> None:
    app = app_with_town
    said = f"Στο σπίτι του {WORD}"
    phone, page = app.test_client(), app.test_client()
    body = {**POTHOLE, "description": said}
    first = phone.post("/api/v1/reports", json=body, headers=ACTION).json["reference"]
    action = "4b6f2f0e-7f5b-4a55-9d52-0d1c53f6f0ac"
    fills_in(page, action, "place", **WHERE)
    fills_in(page, action, "category", category="pothole")
    fills_in(page, action, "words", description=said)
    with app.app_context():
        assert "report_draft" in places_of(app, WORD)
    second = fills_in(page, action, "check").headers["Location"].split("/r/")[1][:11]
    assert FlaskCliRunner(app).invoke(args=["worker", "--once"]).exit_code == 0
    with app.app_context():
        search = heard(WORD)
        assert places_of(app, WORD, search) == ["report"]
        with unit_of_work():
            for reference in (first, second):
                aftercare.amend(reference, at=now(), description="")
        assert places_of(app, WORD, search) == []
    again = phone.post("/api/v1/reports", json=body, headers=ACTION)
    assert (again.status_code, again.json["reference"]) == (201, first)
    assert WORD not in again.text


def test_a_withdrawn_photo_leaves_no_file(app_with_town: Flask) -> None:
    app, client = app_with_town, app_with_town.test_client()
    data = {"report": json.dumps(POTHOLE), "photo": (io.BytesIO(camera.file(camera.street())), "a.jpg")}
    made = client.post("/api/v1/reports", data=data).json
    FlaskCliRunner(app).invoke(args=["worker", "--once"])
    [photo] = made["photos"]
    store = Path(app.config["DATA_DIR"])
    assert [path for path in store.rglob("*") if photo["id"] in str(path) and path.is_file()]
    with app.app_context(), unit_of_work():
        aftercare.amend(made["reference"], at=now(), withdraw_photos=[UUID(photo["id"])])
    FlaskCliRunner(app).invoke(args=["worker", "--once"])
    assert not [path for path in store.rglob("*") if photo["id"] in str(path) and path.is_file()]


# -- what has long ended


def contacts() -> list[int]:
    return sorted(db.session.scalars(select(ReportContact.report_id)))


def ended(reference: str, status: Status, *, days_ago: float) -> int:
    moment = now() - timedelta(days=days_ago)
    closed = moment if status is Status.CLOSED else None
    changed = update(Report).where(Report.reference == reference)
    db.session.execute(changed.values(status=status, closed_at=closed, updated_at=moment))
    return int(db.session.scalars(select(Report.id).where(Report.reference == reference)).one())


def test_contacts_are_forgotten_so_many_months_after_the_end_as_the_category_says(
    client: FlaskClient, town: Town
) -> None:
    town.categories["bench"].contact_months = 24
    contact = {"phone": "6900000000"}
    stories: list[tuple[str, Status, float, bool]] = [
        ("pothole", Status.CLOSED, 367, True),
        ("pothole", Status.REJECTED, 367, True),
        ("pothole", Status.CLOSED, 360, False),
        ("pothole", Status.ACCEPTED, 900, False),
        ("bench", Status.CLOSED, 367, False),
        ("bench", Status.CLOSED, 733, True),
    ]
    kept = []
    for category, status, days, goes in stories:
        number = ended(report(client, category=category, contact=contact).json["reference"], status, days_ago=days)
        kept += [] if goes else [number]
    housekeeping.forget_contacts(0)
    assert contacts() == sorted(kept)


def test_the_ledger_forgets_after_ninety_days_or_when_the_town_says(client: FlaskClient, town: Town) -> None:
    report(client, ACTION)
    db.session.execute(update(Action).values(claimed_at=now() - timedelta(days=89)))
    assert forget_some(now()) == 0
    assert forget_some(now() + timedelta(days=1, minutes=1)) == 1
    report(client, ACTION | {"Idempotency-Key": "7f0d2c1e-2b0c-4a55-9d52-0d1c53f6f0ab"})
    decide(Kept.ACTIONS, 20)
    db.session.execute(update(Action).values(claimed_at=now() - timedelta(days=21)))
    assert forget_some(now()) == 1


def test_the_doctor_says_what_should_have_been_forgotten(app_with_town: Flask) -> None:
    app = app_with_town
    made = report(app.test_client(), ACTION, contact={"phone": "6900000000"}).json["reference"]
    told: Any = FlaskCliRunner(app).invoke(args=["doctor"])
    assert re.search("Ό,τι έπρεπε να ξεχαστεί, ξεχάστηκε|What should have been forgotten is", told.output)
    with app.app_context():
        ended(made, Status.CLOSED, days_ago=400)
        db.session.execute(update(Action).values(claimed_at=now() - timedelta(days=100)))
        db.session.execute(update(Report).values(sender="x", received_at=now() - timedelta(days=10)))
        db.session.add(
            Draft(
                id=UUID(int=7), device="x", created_at=now() - timedelta(days=5), updated_at=now() - timedelta(days=5)
            )
        )
        db.session.commit()
    told = FlaskCliRunner(app).invoke(args=["doctor"])
    assert re.search("στοιχεία επικοινωνίας 1, διευθύνσεις δικτύου 1, πρόχειρα 1, παλιές ενέργειες 1", told.output)
