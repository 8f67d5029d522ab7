"""Bytes are there when we say so, and gone when we say so."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from app.media import store
from app.media.store import PhotoStore, open_store

ELENIS = UUID("ab12cd34-0000-4000-8000-000000000001")


@pytest.fixture(params=["file", "memory"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    return PhotoStore((tmp_path / "φωτο α").as_uri() if request.param == "file" else "memory://")


def test_what_is_kept_is_found_again(kept: PhotoStore) -> None:
    kept.put("originals/ab/1", b"one")
    assert kept.get("originals/ab/1") == b"one"
    assert kept.exists("originals/ab/1")


def test_keeping_again_replaces(kept: PhotoStore) -> None:
    kept.put("originals/ab/1", b"one")
    kept.put("originals/ab/1", b"two")
    assert kept.get("originals/ab/1") == b"two"


def test_what_was_never_kept_is_not_found(kept: PhotoStore) -> None:
    assert not kept.exists("originals/ab/1")
    with pytest.raises(FileNotFoundError):
        kept.get("originals/ab/1")


def test_deleting_twice_is_no_error(kept: PhotoStore) -> None:
    kept.put("originals/ab/1", b"one")
    kept.delete("originals/ab/1")
    kept.delete("originals/ab/1")
    assert not kept.exists("originals/ab/1")


def test_keys_are_listed_with_the_moment_they_were_written(kept: PhotoStore) -> None:
    kept.put("originals/ab/1", b"one")
    kept.put("photos/ab/1/small.jpg", b"two")
    ((key, written),) = kept.keys(store.ORIGINALS)
    assert key == "originals/ab/1"
    assert abs(datetime.now(UTC) - written) < timedelta(minutes=1)
    assert list(kept.keys("nothing/")) == []


def test_a_photo_of_twenty_megabytes_is_kept_whole(kept: PhotoStore) -> None:
    data = os.urandom(1024) * 20 * 1024
    kept.put("originals/ab/1", data)
    assert kept.get("originals/ab/1") == data


def test_nobody_can_leave_the_folder(kept: PhotoStore, tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"(?i)path"):
        kept.put("../outside", b"x")
    assert not (tmp_path / "outside").exists()


def test_a_local_photo_is_a_plain_file_in_the_named_folder(tmp_path: Path) -> None:
    folder = tmp_path / "φωτο α"
    PhotoStore(folder.as_uri()).put(store.original_key(ELENIS), b"one")
    assert (folder / "originals/ab" / str(ELENIS)).read_bytes() == b"one"
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [str(ELENIS)]


def test_the_bytes_and_every_new_name_are_on_disk_before_we_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[str] = []
    real = os.fsync

    def watched(handle: int) -> None:
        kind = "file" if stat.S_ISREG(os.fstat(handle).st_mode) else "folder"
        settled.append(kind)
        real(handle)

    monkeypatch.setattr(os, "fsync", watched)
    PhotoStore(tmp_path.as_uri()).put("originals/ab/1", b"one")
    assert settled == ["file", "folder", "folder", "folder"]


def test_keys_name_the_photo_and_spread_over_folders() -> None:
    assert store.original_key(ELENIS) == f"originals/ab/{ELENIS}"
    assert store.rendition_key(ELENIS, "large") == f"photos/ab/{ELENIS}/large.jpg"


def test_a_store_is_opened_once() -> None:
    assert open_store("memory://") is open_store("memory://")


def test_a_store_that_works_is_well_and_keeps_no_trace_of_the_question(greek: Flask) -> None:
    assert store.current_store().is_well() == (True, "")
    assert list(store.current_store().keys("")) == []


def test_a_store_that_cannot_write_says_so(greek: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    greek.config["PHOTO_STORE_URL"] = folder.as_uri()
    kept = store.current_store()
    folder.rmdir()
    folder.write_bytes(b"a file stands where the folder was")
    well, reason = kept.is_well()
    assert not well
    assert reason
