"""A photo over a bad line comes in pieces; what is here stays here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Thread
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.extensions import db, limiter, now, unit_of_work
from app.media import store, uploads
from app.media.models import Photo, Upload
from app.reports.models import Report, ReportPhoto
from tests.conftest import make_app
from tests.media import camera
from tests.town import Town

BENCH = {"category": "bench", "location": {"type": "Point", "coordinates": [23.52, 41.07]}}


class Phone:
    """A phone that sends one photo in pieces."""

    def __init__(self, client: FlaskClient, data: bytes, name: str = "παγκάκι.jpg") -> None:
        self.client, self.data, self.name = client, data, name
        self.id = str(uuid4())

    def begins(self, length: int | None = None) -> TestResponse:
        asked = {"length": len(self.data) if length is None else length, "name": self.name}
        return self.client.put(f"/api/v1/uploads/{self.id}", json=asked)

    def sends(self, start: int, end: int | None = None) -> TestResponse:
        return self.client.patch(
            f"/api/v1/uploads/{self.id}",
            data=self.data[start:end],
            headers={"Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"},
        )

    def reports(self, key: str = "one", *ids: str) -> TestResponse:
        return self.client.post(
            "/api/v1/reports", json={**BENCH, "uploads": list(ids or [self.id])}, headers={"Idempotency-Key": key}
        )


@pytest.fixture
def phone(client: FlaskClient, town: Town) -> Phone:
    return Phone(client, camera.file(camera.street()))


def pieces(phone: Phone) -> list[str]:
    return [key for key, _written in store.here().keys(store.pieces_of(UUID(phone.id)))]


def test_a_photo_in_three_pieces_goes_with_the_report(phone: Phone, session: Session) -> None:
    assert phone.begins().json == {"id": phone.id, "offset": 0, "length": len(phone.data), "photo": None}
    assert phone.sends(0, 1000).headers["Upload-Offset"] == "1000"
    assert phone.sends(1000, 2000).json["offset"] == 2000
    last = phone.sends(2000).json
    assert last["photo"]
    assert pieces(phone) == []
    made = phone.reports().json
    assert [photo["id"] for photo in made["photos"]] == [last["photo"]]
    assert session.get_one(Photo, UUID(last["photo"])).received_name == "παγκάκι.jpg"


def test_a_broken_line_goes_on_where_it_broke(phone: Phone) -> None:
    phone.begins()
    phone.sends(0, 1500)
    again = phone.begins()
    assert again.json["offset"] == 1500
    assert phone.client.head(f"/api/v1/uploads/{phone.id}").headers["Upload-Offset"] == "1500"
    assert phone.sends(1500).json["photo"]


def test_a_piece_that_was_lost_or_came_twice_is_told_where_to_go_on(phone: Phone) -> None:
    phone.begins()
    phone.sends(0, 1000)
    for wrong in (0, 500, 2000):
        refused = phone.sends(wrong, wrong + 10)
        assert (refused.status_code, refused.json["offset"]) == (409, 1000)


def test_the_last_piece_may_come_again(phone: Phone) -> None:
    phone.begins()
    phone.sends(0, 1000)
    first, second = phone.sends(1000), phone.sends(1000)
    assert first.json == second.json


def test_nobody_adds_to_another_phones_photo(app: Flask, phone: Phone) -> None:
    phone.begins()
    phone.sends(0, 1000)
    stranger = Phone(app.test_client(), phone.data)
    stranger.id = phone.id
    assert stranger.sends(1000).status_code == 404
    assert stranger.begins().status_code == 404
    phone.sends(1000)
    assert stranger.reports().status_code == 422


def test_what_is_no_photo_is_refused_with_its_name_and_leaves_nothing(phone: Phone, session: Session) -> None:
    phone.data, phone.name = b"<html><script>alert(1)</script></html>" * 50, "παγκάκι.jpg"
    phone.begins()
    phone.sends(0, 500)
    refused = phone.sends(500)
    assert refused.status_code == 422
    assert "παγκάκι.jpg" in refused.json["detail"]
    assert pieces(phone) == []
    assert session.scalars(select(Upload)).all() == []
    assert phone.begins().json["offset"] == 0


@pytest.mark.parametrize("length", [0, -1, 20 * 1024 * 1024 + 1, 10**12])
def test_a_length_no_photo_has_is_refused_in_words(phone: Phone, length: int) -> None:
    assert phone.begins(length).status_code == 422


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.5", "٣"])
def test_an_offset_must_be_a_number(phone: Phone, offset: str) -> None:
    phone.begins()
    answer = phone.client.patch(f"/api/v1/uploads/{phone.id}", data=b"x", headers={"Upload-Offset": offset})
    assert answer.status_code == 422


def test_a_report_waits_for_its_photo_and_says_how_far_it_came(phone: Phone, session: Session) -> None:
    phone.begins()
    phone.sends(0, 700)
    refused = phone.reports()
    assert refused.status_code == 422
    assert refused.json["uploads"] == {phone.id: 700}
    phone.sends(700)
    assert phone.reports().status_code == 201
    assert len(session.scalars(select(Report)).all()) == 1


def test_a_report_refused_for_its_place_leaves_the_photo_for_the_next_try(phone: Phone) -> None:
    phone.begins()
    phone.sends(0)
    outside = {**BENCH, "location": {"type": "Point", "coordinates": [23.65, 41.07]}, "uploads": [phone.id]}
    assert phone.client.post("/api/v1/reports", json=outside).status_code == 422
    assert len(phone.reports("two").json["photos"]) == 1


def test_a_report_sent_again_is_one_report_with_one_photo(phone: Phone, session: Session) -> None:
    phone.begins()
    phone.sends(0)
    assert phone.reports().json["reference"] == phone.reports().json["reference"]
    assert len(session.scalars(select(ReportPhoto)).all()) == 1


def test_one_photo_belongs_to_one_report(phone: Phone) -> None:
    phone.begins()
    phone.sends(0)
    phone.reports("one")
    assert phone.reports("two").status_code == 422


def test_a_withdrawn_photo_is_gone(phone: Phone) -> None:
    phone.begins()
    phone.sends(0, 1000)
    assert phone.client.delete(f"/api/v1/uploads/{phone.id}").status_code == 204
    assert pieces(phone) == []
    assert phone.sends(1000).status_code == 404


def test_uploads_nobody_goes_on_with_are_forgotten_after_a_month(phone: Phone, session: Session) -> None:
    phone.begins()
    phone.sends(0, 1000)
    uploads.forget_uploads(0)
    assert len(pieces(phone)) == 1
    session.execute(update(Upload).values(touched_at=now() - timedelta(days=31)))
    session.commit()
    uploads.forget_uploads(0)
    assert pieces(phone) == []
    assert session.scalars(select(Upload)).all() == []


def test_two_of_the_same_last_piece_at_once_make_one_photo(own_database: Flask) -> None:
    data, upload_id = camera.file(camera.street()), uuid4()
    with own_database.app_context(), unit_of_work():
        uploads.begin(upload_id, device="d", name="a.jpg", length=len(data), at=now())

    def send() -> None:
        with own_database.app_context(), unit_of_work():
            uploads.add(upload_id, data, offset=0, device="d", at=now())

    threads = [Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with own_database.app_context():
        assert len(db.session.scalars(select(Photo)).all()) == 1


def test_a_flood_is_told_when_to_come_again(own_database: Flask, tmp_path: Path) -> None:
    app = make_app(own_database.config["SQLALCHEMY_DATABASE_URI"], tmp_path, RATELIMIT_ENABLED=True)
    try:
        phone = Phone(app.test_client(), b"")
        answers = [phone.reports(str(n), str(uuid4())) for n in range(125)]
    finally:
        limiter.enabled = False
        limiter.reset()
    assert answers[0].status_code == 422
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[-1].json["type"].endswith("too-many-requests")
