"""The place for photos is full, gone or refuses: people hear what to do, and nothing else stands still."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import StorageUnavailable
from app.extensions import now, unit_of_work
from app.media import disk_space, service, store
from app.media.models import Photo, Upload
from app.reports.models import Draft
from tests.media import camera
from tests.pages.page import Page
from tests.reports.test_submit_api import POTHOLE
from tests.town import Town


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A photo store of this test's own."""
    monkeypatch.setitem(app.config, "PHOTO_STORE_URL", (tmp_path / "photos").as_uri())
    with app.app_context():
        store.current_store()
    return tmp_path / "photos"


@pytest.fixture
def broken(folder: Path) -> Path:
    """The folder is there, and takes nothing: root may write anywhere, but not below a file."""
    (folder / "originals").write_text("in the way")
    (folder / "uploads").write_text("in the way")
    return folder


@pytest.fixture
def full(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only the reserve of the disk is left."""
    monkeypatch.setitem(app.config, "DISK_RESERVE_MB", 10**9)
    disk_space._last.clear()
    yield
    disk_space._last.clear()


def photo() -> tuple[BytesIO, str]:
    return BytesIO(camera.file(camera.street())), "street.jpg"


def step(client: FlaskClient, draft: str, name: str, **typed: object) -> Page:
    token = Page(client.get(f"/new/{draft}/{name}")).value("csrf_token")
    return Page(client.post(f"/new/{draft}/{name}", data={"csrf_token": token, **typed}))


def test_a_report_with_a_photo_is_told_to_go_without_it(client: FlaskClient, town: Town, broken: Path) -> None:
    answer = client.post("/api/v1/reports", data={"report": json.dumps(POTHOLE), "photo": photo()})
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/store-away")
    assert int(answer.headers["Retry-After"]) > 0
    assert client.post("/api/v1/reports", json=POTHOLE).status_code == 201


def test_a_step_keeps_its_page_and_the_way_goes_on_without_the_photo(
    client: FlaskClient, town: Town, broken: Path, session: Session
) -> None:
    draft = str(uuid4())
    page = step(client, draft, "photo", photo=photo())
    assert page.status == 503
    assert "χωρίς φωτογραφία" in page.text
    assert step(client, draft, "photo").status == 303
    assert session.scalar(select(func.count(Photo.id))) == 0


def test_a_piece_of_a_photo_waits_on_the_phone(client: FlaskClient, town: Town, broken: Path, session: Session) -> None:
    upload = uuid4()
    assert client.put(f"/api/v1/uploads/{upload}", json={"length": 4}).status_code == 200
    answer = client.patch(f"/api/v1/uploads/{upload}", data=b"1234", headers={"Upload-Offset": "0"})
    assert answer.status_code == 503
    assert session.get_one(Upload, upload).received == 0


def test_a_phone_that_asks_again_hears_that_its_photo_is_whole_though_the_store_is_gone_by_now(
    client: FlaskClient, town: Town, folder: Path
) -> None:
    upload, whole = uuid4(), photo()[0].read()
    client.put(f"/api/v1/uploads/{upload}", json={"length": len(whole)})

    def last_piece() -> Any:
        return client.patch(f"/api/v1/uploads/{upload}", data=whole, headers={"Upload-Offset": "0"})

    assert last_piece().json["photo"] is not None
    folder.rename(folder.with_name("aside"))
    folder.write_text("in the way")
    assert last_piece().json["photo"] is not None
    assert client.delete(f"/api/v1/uploads/{upload}").status_code == 204


def test_a_photo_is_shown_though_its_new_size_cannot_be_kept(town: Town, folder: Path) -> None:
    with unit_of_work():
        kept = service.save_photo(photo()[0].read(), "street.jpg", at=now())
    (folder / "photos").symlink_to(folder / "nowhere" / "at" / "all")
    assert service.rendition(kept, "small").startswith(b"\xff\xd8")
    assert not (folder / "nowhere").exists()


def test_a_store_that_is_gone_says_so_by_one_name(session: Session, broken: Path) -> None:
    with pytest.raises(StorageUnavailable):
        store.current_store().put(store.original_key(UUID(int=1)), b"bytes")


def test_on_a_full_disk_photos_and_drafts_wait_and_reports_go_on(
    client: FlaskClient, town: Town, session: Session, folder: Path, full: None
) -> None:
    draft = str(uuid4())
    assert step(client, draft, "photo", photo=photo()).status == 507
    page = step(client, draft, "words", description="Τα λόγια")
    assert page.status == 507
    assert "Τα λόγια</textarea>" in page.html
    began = client.put(f"/api/v1/uploads/{uuid4()}", json={"length": 4})
    assert (began.status_code, began.headers["Retry-After"]) == (507, "600")
    assert session.scalar(select(func.count(Draft.id))) == 0
    assert not list(folder.rglob("*-*"))
    assert client.post("/api/v1/reports", json=POTHOLE).status_code == 201


def test_on_a_full_disk_a_report_with_a_photo_waits_and_the_crews_after_photo_does_not(
    client: FlaskClient, town: Town, folder: Path, full: None
) -> None:
    whole = client.post("/api/v1/reports", data={"report": json.dumps(POTHOLE), "photo": photo()})
    assert (whole.status_code, whole.json["type"]) == (507, "/problems/no-room")
    with unit_of_work():
        assert service.save_photo(photo()[0].read(), "after.jpg", at=now()).width == 640
