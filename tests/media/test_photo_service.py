"""A photo's life in the town hall: taken in, shown, made clean, forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import NotFound, PhotoRefused
from app.media import service, store
from app.media.models import Photo, PhotoState
from app.media.renditions import SIZES, render
from tests.media import camera

NOON = datetime(2026, 7, 1, 9, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Photos of this test go into a folder of its own."""
    monkeypatch.setitem(app.config, "PHOTO_STORE_URL", tmp_path.as_uri())
    return tmp_path


def elenis_photo(**exif: Any) -> bytes:
    gps = camera.gps((41.0, 5.0, 8.16), "N", (23.0, 32.0, 54.24), "E")
    written: dict[str, Any] = {"orientation": 6, "taken": "2026:07:01 11:55:00", "gps": gps} | exif
    return camera.file(camera.street(), exif=camera.exif(**written))


def queued(session: Session, name: str) -> list[str]:
    rows = session.execute(
        text("SELECT args->>'photo_id' FROM procrastinate_jobs WHERE task_name = :name"), {"name": name}
    )
    return list(rows.scalars())


def originals() -> list[str]:
    return [key for key, _ in store.current_store().keys(store.ORIGINALS)]


def test_elenis_photo_is_kept_with_its_place_and_time(session: Session) -> None:
    data = elenis_photo()
    photo = service.save_photo(data, "IMG_1.jpg", at=NOON)
    session.flush()
    session.refresh(photo)
    assert (photo.width, photo.height, photo.bytes, photo.mime) == (480, 640, len(data), "image/jpeg")
    assert photo.taken_at == NOON - timedelta(minutes=5)
    assert (photo.state, photo.received_at) == (PhotoState.RECEIVED, NOON)
    where = session.scalar(select(func.ST_AsText(Photo.location)).where(Photo.id == photo.id))
    assert where == "POINT(23.5484 41.0856)"
    assert store.current_store().get(store.original_key(photo.id)) == data


def test_the_sizes_are_queued_with_the_row(session: Session) -> None:
    photo = service.save_photo(elenis_photo(), "a.jpg", at=NOON)
    assert queued(session, "media.make_sizes") == [str(photo.id)]


def test_a_refused_photo_leaves_no_trace(session: Session) -> None:
    with pytest.raises(PhotoRefused):
        service.save_photo(b"<html>", "a.jpg", at=NOON)
    assert originals() == []
    assert queued(session, "media.make_sizes") == []


def test_a_clock_that_runs_ahead_by_years_is_not_believed(session: Session) -> None:
    photo = service.save_photo(elenis_photo(taken="2031:01:01 00:00:00"), "a.jpg", at=NOON)
    assert photo.taken_at is None


def test_the_worker_makes_the_sizes_and_deletes_the_original(session: Session) -> None:
    data = elenis_photo()
    photo = service.save_photo(data, "a.jpg", at=NOON)
    session.flush()
    service.make_sizes(photo_id=str(photo.id))
    assert session.scalar(select(Photo.state).where(Photo.id == photo.id)) is PhotoState.READY
    assert originals() == []
    for size in SIZES:
        assert service.rendition(photo, size) == render(data, size)


def test_making_the_sizes_twice_changes_nothing(session: Session) -> None:
    photo = service.save_photo(elenis_photo(), "a.jpg", at=NOON)
    session.flush()
    service.make_sizes(photo_id=str(photo.id))
    first = service.rendition(photo, "large")
    service.make_sizes(photo_id=str(photo.id))
    assert service.rendition(photo, "large") == first


def test_a_worker_stopped_before_deleting_the_original_deletes_it_the_next_time(session: Session) -> None:
    data = elenis_photo()
    photo = service.save_photo(data, "a.jpg", at=NOON)
    session.flush()
    service.make_sizes(photo_id=str(photo.id))
    store.current_store().put(store.original_key(photo.id), data)
    service.make_sizes(photo_id=str(photo.id))
    assert originals() == []


def test_sizes_of_a_photo_deleted_meanwhile_are_not_made(session: Session) -> None:
    service.make_sizes(photo_id=str(uuid4()))
    assert list(store.current_store().keys("")) == []


def test_eleni_sees_her_photo_upright_before_the_worker_comes(session: Session) -> None:
    photo = service.save_photo(elenis_photo(), "a.jpg", at=NOON)
    first = service.rendition(photo, "small")
    assert Image.open(BytesIO(first)).size == (360, 480)
    assert store.current_store().get(store.rendition_key(photo.id, "small")) == first
    assert len(originals()) == 1


def test_a_photo_asked_for_while_the_worker_finishes_is_shown(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = service.save_photo(elenis_photo(), "a.jpg", at=NOON)
    session.flush()
    real = store.PhotoStore.get
    looks: list[str] = []

    def worker_is_quicker(kept: store.PhotoStore, key: str) -> bytes:
        looks.append(key)
        if len(looks) == 1:
            monkeypatch.setattr(store.PhotoStore, "get", real)
            service.make_sizes(photo_id=str(photo.id))
            raise FileNotFoundError(key)
        return real(kept, key)

    monkeypatch.setattr(store.PhotoStore, "get", worker_is_quicker)
    assert service.rendition(photo, "small").startswith(b"\xff\xd8")


@pytest.mark.parametrize("size", ["huge", "../small", "", "original"])
def test_there_is_no_other_size(session: Session, size: str) -> None:
    photo = service.save_photo(elenis_photo(), "a.jpg", at=NOON)
    with pytest.raises(NotFound):
        service.rendition(photo, size)


def test_a_photo_whose_bytes_are_gone_is_not_found(session: Session) -> None:
    photo = service.save_photo(elenis_photo(), "a.jpg", at=NOON)
    store.current_store().delete(store.original_key(photo.id))
    with pytest.raises(NotFound):
        service.rendition(photo, "small")


def test_the_original_of_a_request_that_failed_is_forgotten_the_next_day(session: Session) -> None:
    store.current_store().put(store.original_key(uuid4()), elenis_photo())
    assert service.forget_orphans(older_than=NOON - timedelta(days=3650)) == 0
    assert service.forget_orphans(older_than=LATER) == 1
    assert originals() == []


def test_an_original_still_waiting_for_its_sizes_is_kept_and_queued_again(session: Session) -> None:
    photo = service.save_photo(elenis_photo(), "a.jpg", at=NOON)
    session.flush()
    assert service.forget_orphans(older_than=LATER) == 0
    assert len(originals()) == 1
    assert queued(session, "media.make_sizes") == [str(photo.id)] * 2


def test_an_original_left_beside_its_finished_sizes_is_forgotten(session: Session) -> None:
    photo = service.save_photo(elenis_photo(), "a.jpg", at=NOON)
    session.flush()
    service.make_sizes(photo_id=str(photo.id))
    store.current_store().put(store.original_key(photo.id), b"left over")
    assert service.forget_orphans(older_than=LATER) == 1
    assert service.rendition(photo, "small")


def test_a_discarded_photo_loses_its_row_and_then_its_bytes(session: Session) -> None:
    photo = service.save_photo(elenis_photo(), "a.jpg", at=NOON)
    session.flush()
    service.make_sizes(photo_id=str(photo.id))
    photo_id = photo.id
    service.discard(photo)
    session.flush()
    assert session.get(Photo, photo_id) is None
    assert queued(session, "media.discard_files") == [str(photo_id)]
    service.discard_files(photo_id=str(photo_id))
    assert list(store.current_store().keys("")) == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("width", 0),
        ("height", -1),
        ("bytes", 0),
        ("sha256", "not hex"),
        ("received_name", ""),
        ("received_name", "α" * 101),
        ("mime", "text/html"),
    ],
)
def test_the_database_itself_refuses_nonsense(session: Session, field: str, wrong: object) -> None:
    photo = service.save_photo(elenis_photo(), "a.jpg", at=NOON)
    setattr(photo, field, wrong)
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
