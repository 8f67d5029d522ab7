"""A photo over a bad line comes in pieces; what is here stays here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.extensions import db, now, unit_of_work
from app.media import quotas, store, uploads
from app.media import service as media
from app.media.models import Photo, Upload
from app.reports.models import Report, ReportPhoto
from tests.conftest import login_as
from tests.media import camera
from tests.reports.test_races import at_once, settled
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
    return [key for key, _written in store.current_store().keys(store.pieces_of(UUID(phone.id)))]


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


def test_what_was_refused_is_refused_again_in_the_same_words(phone: Phone) -> None:
    phone.data = b"%PDF-1.7" + b"x" * 100
    said = []
    for _time in range(2):
        assert phone.begins().json["offset"] == 0
        said.append(phone.sends(0).json["detail"])
    assert said[0] == said[1]
    assert "PDF" in said[0]


def test_a_photo_that_breaks_off_is_refused_whole(phone: Phone) -> None:
    phone.data = phone.data[: len(phone.data) // 2]
    phone.begins()
    phone.sends(0, 500)
    refused = phone.sends(500)
    assert (refused.status_code, refused.json["reason"]) == (422, "damaged")


@pytest.mark.parametrize(
    ("length", "word"), [(0, "άδειο"), (-1, "άδειο"), (20 * 1024 * 1024 + 1, "20 MB"), (10**12, "20 MB")]
)
def test_a_length_no_photo_has_is_refused_in_words(phone: Phone, length: int, word: str) -> None:
    refused = phone.begins(length)
    assert refused.status_code == 422
    assert refused.json["type"].endswith("photo-refused")
    assert word in refused.json["detail"]
    assert "παγκάκι.jpg" in refused.json["detail"]


@pytest.mark.parametrize("length", [None, "x", 1.5, [], {}])
def test_a_length_must_be_a_number(phone: Phone, length: Any) -> None:
    answer = phone.client.put(f"/api/v1/uploads/{phone.id}", json={"length": length, "name": "a.jpg"})
    assert answer.status_code == 422
    assert "length" in answer.json["errors"]["json"]


@pytest.mark.parametrize(
    ("name", "kept"), [("λακκούβα στη Μεραρχίας.JPG",) * 2, ("a\0b\u202e.jpg", "a b .jpg"), ("../../x.jpg", "x.jpg")]
)
def test_any_file_name_is_kept_as_people_read_it(phone: Phone, session: Session, name: str, kept: str) -> None:
    phone.name = name
    assert phone.begins().status_code == 200
    photo = session.get_one(Photo, UUID(phone.sends(0).json["photo"]))
    assert photo.received_name == kept


def test_a_piece_is_never_longer_than_one_megabyte_whatever_it_calls_itself(phone: Phone) -> None:
    phone.data = b"x" * (3 * 1024 * 1024)
    phone.begins()
    assert phone.sends(0).status_code == 413
    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        answer = phone.client.patch(
            f"/api/v1/uploads/{phone.id}", data=phone.data, headers={"Upload-Offset": "0", "Content-Type": kind}
        )
        assert answer.status_code == 413
    assert pieces(phone) == []
    assert phone.sends(0, 1024 * 1024).json["offset"] == 1024 * 1024


def test_more_than_was_announced_is_not_taken(phone: Phone) -> None:
    phone.begins(1000)
    assert phone.sends(0, 1001).status_code == 409
    assert pieces(phone) == []


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


def test_uploads_nobody_goes_on_with_are_forgotten_after_two_days(phone: Phone, session: Session) -> None:
    phone.begins()
    phone.sends(0, 1000)
    uploads.forget_uploads(0)
    assert len(pieces(phone)) == 1
    session.execute(update(Upload).values(touched_at=now() - timedelta(hours=49)))
    session.commit()
    uploads.forget_uploads(0)
    assert pieces(phone) == []
    assert session.scalars(select(Upload)).all() == []


def test_a_phone_that_asks_again_starts_its_two_days_again(phone: Phone, session: Session) -> None:
    phone.begins()
    phone.sends(0, 1000)
    session.execute(update(Upload).values(touched_at=now() - timedelta(hours=49)))
    session.commit()
    phone.begins()
    uploads.forget_uploads(0)
    assert phone.sends(1000).json["photo"]


def test_a_phone_that_comes_too_late_begins_again_at_the_first_byte(phone: Phone, session: Session) -> None:
    phone.begins()
    phone.sends(0)
    session.execute(update(Upload).values(touched_at=now() - timedelta(hours=49)))
    session.commit()
    uploads.forget_uploads(0)
    refused = phone.reports()
    assert refused.json["uploads"] == {phone.id: 0}
    assert phone.begins().json["offset"] == 0
    phone.sends(0)
    assert phone.reports().status_code == 201


def test_pieces_that_a_stopped_server_left_are_cleared_and_those_on_their_way_are_not(phone: Phone) -> None:
    phone.begins()
    phone.sends(0, 1000)
    left = [uuid4(), uuid4()]
    for upload_id in left:
        store.current_store().put(store.piece_key(upload_id, 0), b"x")
    assert uploads.clear_orphans(now() - timedelta(days=1)) == 0
    assert uploads.clear_orphans(now() + timedelta(minutes=1)) >= len(left)
    assert [list(store.current_store().keys(store.pieces_of(upload_id))) for upload_id in left] == [[], []]
    assert phone.sends(1000).json["photo"]


@pytest.mark.parametrize(
    "lost", [lambda key: store.current_store().delete(key), lambda key: store.current_store().put(key, b"")]
)
def test_a_piece_that_the_store_lost_is_asked_for_again(phone: Phone, lost: Callable[[str], None]) -> None:
    phone.begins()
    phone.sends(0, 1000)
    lost(store.piece_key(UUID(phone.id), 0))
    again = phone.sends(1000).json
    assert (again["offset"], again["photo"]) == (0, None)
    assert phone.sends(0).json["photo"]


def test_what_a_withdrawn_try_left_behind_is_not_mixed_with_the_next(phone: Phone) -> None:
    store.current_store().put(store.piece_key(UUID(phone.id), 700), b"left by somebody")
    phone.begins()
    phone.sends(0, 1000)
    assert phone.sends(1000).json["photo"]
    assert pieces(phone) == []


def test_a_report_says_which_of_its_photos_is_missing(phone: Phone) -> None:
    phone.begins()
    phone.sends(0)
    other = str(uuid4())
    refused = phone.reports("one", phone.id, other)
    assert refused.json["uploads"] == {other: 0}
    assert "2η" in refused.json["errors"]["uploads"][0]


def test_one_photo_named_twice_is_one_photo(phone: Phone) -> None:
    phone.begins()
    phone.sends(0)
    assert len(phone.reports("one", phone.id, phone.id).json["photos"]) == 1


def test_five_photos_come_in_their_order_and_six_are_too_many(phone: Phone) -> None:
    ids = []
    for _photo in range(6):
        phone.id = str(uuid4())
        phone.begins()
        ids.append((phone.id, phone.sends(0).json["photo"]))
    assert phone.reports("six", *(one for one, _photo in ids)).status_code == 422
    made = phone.reports("five", *(one for one, _photo in reversed(ids[:5]))).json
    assert [photo["id"] for photo in made["photos"]] == [photo for _one, photo in reversed(ids[:5])]


def test_a_dispatcher_signed_in_on_the_same_phone_changes_nothing_for_its_outbox(
    app: Flask, phone: Phone, town: Town, session: Session
) -> None:
    browser = login_as(phone.client, town.nikos)
    browser.environ_base["HTTP_X_REQUESTED_WITH"] = "outbox"
    phone.begins()
    phone.sends(0)
    assert phone.reports().status_code == 201
    assert session.scalars(select(Report)).one().source == "web"
    del browser.environ_base["HTTP_X_REQUESTED_WITH"]
    assert phone.reports("two").status_code == 400


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


def test_one_photo_wanted_by_two_reports_at_once_goes_with_one_of_them(own_database: Flask) -> None:
    settled(own_database)
    phone = Phone(own_database.test_client(), camera.file(camera.street()))
    phone.begins()
    phone.sends(0)
    key = phone.client.get_cookie("device")
    assert key is not None

    def report(number: int) -> Any:
        twin = Phone(own_database.test_client(), b"")
        twin.id = phone.id
        twin.client.set_cookie("device", key.value)
        return twin.reports(f"report {number}")

    answers = at_once(*[partial(report, number) for number in range(4)])
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422]


def test_a_report_with_photos_sent_twice_at_once_is_one_report(own_database: Flask) -> None:
    settled(own_database)
    phone = Phone(own_database.test_client(), camera.file(camera.street()))
    phone.begins()
    phone.sends(0)
    key = phone.client.get_cookie("device")
    assert key is not None
    action = str(uuid4())

    def send() -> Any:
        twin = Phone(own_database.test_client(), b"")
        twin.id = phone.id
        twin.client.set_cookie("device", key.value)
        return twin.reports(action)

    answers = at_once(*[send] * 6)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["tracking_url"] for answer in answers}) == 1
    with own_database.app_context():
        assert len(db.session.scalars(select(ReportPhoto)).all()) == 1


MB = 1024 * 1024


def begun(device: str, sender: str, minutes_ago: int, megabytes: int = 20) -> UUID:
    upload_id = uuid4()
    at = now() - timedelta(minutes=minutes_ago)
    uploads.begin(upload_id, device=device, sender=sender, name="a.jpg", length=megabytes * MB, at=at)
    return upload_id


def left(session: Session) -> set[UUID]:
    return set(session.scalars(select(Upload.id)))


def test_a_browser_that_has_too_much_unfinished_loses_its_oldest(session: Session, town: Town) -> None:
    others = begun("eleni", "home", 900)
    mine = [begun("spammer", "home", 500 - number) for number in range(14)]
    assert left(session) == {others, *mine[-10:]}


def test_of_an_address_the_heaviest_browser_makes_room_and_honest_phones_go_on(
    session: Session, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "PER_ADDRESS", 100 * MB)
    honest = [begun(f"phone-{number}", "tower", 900 - number, 5) for number in range(4)]
    heavy = [begun("spammer", "tower", 500 - number) for number in range(5)]
    elsewhere = begun("other", "elsewhere", 800)
    assert left(session) >= {*honest, elsewhere, heavy[-1]}
    late = begun("phone-9", "tower", 0, 5)
    assert left(session) >= {*honest, elsewhere, late}
    assert len(left(session) & set(heavy)) == 3


def test_new_cookies_do_not_help_against_the_limit_of_all(
    session: Session, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "IN_ALL", 100 * MB)
    for number in range(20):
        begun(f"cookie-{number}", f"address-{number}", 500 - number)
    assert 0 < sum(session.scalars(select(Upload.length))) <= 100 * MB


def test_what_had_to_make_room_leaves_no_piece(
    app: Flask, phone: Phone, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "PER_BROWSER", 3000)
    first, second = uuid4(), uuid4()
    for upload_id in (first, second):
        phone.client.put(f"/api/v1/uploads/{upload_id}", json={"length": 2000})
        phone.client.patch(f"/api/v1/uploads/{upload_id}", data=b"x" * 100, headers={"Upload-Offset": "0"})
    queued = session.execute(
        text("SELECT args - 'request' FROM procrastinate_jobs WHERE task_name = 'media.clear_upload'")
    ).scalars()
    for args in queued:
        uploads.clear_upload(**args)
    assert not list(store.current_store().keys(store.pieces_of(first)))
    assert list(store.current_store().keys(store.pieces_of(second)))
    assert phone.client.get(f"/api/v1/uploads/{first}").status_code == 404


def test_photos_that_no_report_has_count_too_however_they_came_and_those_of_reports_do_not(
    session: Session, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = camera.file(camera.street())
    monkeypatch.setattr(quotas, "PER_BROWSER", 3 * len(picture))

    def taken(device: str | None, minutes_ago: int) -> Photo:
        at = now() - timedelta(minutes=minutes_ago)
        photo = media.save_photo(picture, "a.jpg", at=at, device=device, sender="home")
        session.flush()
        return photo

    reported, others = taken("spammer", 90), taken("eleni", 80)
    reported.used_at = now()
    crews = taken(None, 70)
    spam = [taken("spammer", 60 - number) for number in range(6)]
    kept = set(session.scalars(select(Photo.id)))
    assert kept == {photo.id for photo in (reported, others, crews, *spam[-3:])}
    told = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'media.discard_files'"
    assert session.execute(text(told)).scalar() == 3


def test_an_upload_whose_photo_had_to_make_room_begins_again(
    phone: Phone, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.begins()
    assert phone.sends(0).json["photo"] is not None
    session.delete(session.scalars(select(Photo)).one())
    session.commit()
    session.expire_all()
    told = phone.begins().json
    assert (told["photo"], told["offset"]) == (None, len(phone.data))
    assert phone.sends(told["offset"]).json["offset"] == 0
    assert phone.sends(0).json["photo"] is not None
