"""Where the bytes of photos are kept: a folder, S3 or whatever else obstore opens."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname
from uuid import UUID, uuid4

import obstore
from flask import current_app
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from app.errors import StorageUnavailable
from app.media import spool

ORIGINALS: Final = "originals/"
UPLOADS: Final = "uploads/"
MOST_REMEMBERED: Final = 10_000
#: A file goes to the store and comes from it in such parts; S3 takes none that are smaller.
_PART: Final = 5 * 1024 * 1024
log = logging.getLogger(__name__)


def original_key(photo_id: UUID) -> str:
    """Key of a photo as it was received, metadata and all."""
    return f"{ORIGINALS}{photo_id.hex[:2]}/{photo_id}"


def rendition_key(photo_id: UUID, size: str) -> str:
    """Key of one clean size."""
    return f"photos/{photo_id.hex[:2]}/{photo_id}/{size}.jpg"


def pieces_of(upload_id: UUID) -> str:
    """Where the pieces of a photo on its way in lie."""
    return f"{UPLOADS}{upload_id.hex[:2]}/{upload_id}/"


def piece_key(upload_id: UUID, offset: int) -> str:
    """Key of the piece that begins at a byte."""
    return f"{pieces_of(upload_id)}{offset}"


@contextmanager
def _answering() -> Iterator[None]:
    """What a full, read-only or absent store says comes out as StorageUnavailable."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, BaseError) as error:
        log.error("the photo store failed: %s", error)
        raise StorageUnavailable from error


class PhotoStore:
    """Bytes under keys. A missing key is FileNotFoundError in ``get`` and no error in ``delete``.

    Raises StorageUnavailable when the store itself does not answer.
    """

    def __init__(self, url: str) -> None:
        self._root: Path | None = None
        #: Folders whose names are on the disk, so that a further file in them costs two fsyncs and not five.
        self._named: set[Path] = set()
        self._store: ObjectStore
        parts = urlsplit(url)
        if parts.scheme == "file":
            self._root = Path(url2pathname(parts.path))
            self._root.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(self._root)
        else:
            self._store = from_url(url)

    def put(self, key: str, data: bytes | IO[bytes]) -> None:
        """Keep the bytes, or all of a file, or nothing; when this returns they are on the disk (or in the cloud)."""
        with _answering():
            try:
                if isinstance(data, bytes):
                    obstore.put(self._store, key, data, use_multipart=False)
                else:
                    data.seek(0)
                    obstore.put(self._store, key, data, chunk_size=_PART, max_concurrency=1)
                if self._root is not None:
                    self._settle(self._root, self._root / key)
            except FileNotFoundError as error:
                raise StorageUnavailable from error  # the folder itself is gone

    def _settle(self, root: Path, path: Path) -> None:
        # obstore renames a finished file into place, which no reader sees half done, but it has no option to
        # fsync: without this a power cut after our answer could leave an empty file, or no name for it.
        _fsync(path)
        _fsync(path.parent)
        for folder in path.parents:
            if folder == root or folder in self._named:
                break
            _fsync(folder.parent)
            if len(self._named) < MOST_REMEMBERED:
                self._named.add(folder)

    def get(self, key: str) -> bytes:
        """The bytes under a key."""
        with _answering():
            return obstore.get(self._store, key).bytes().to_bytes()

    @contextmanager
    def open(self, key: str) -> Iterator[IO[bytes]]:
        """The bytes under a key as a file that other processes can read."""
        if self._root is not None:
            with _answering():
                file = (self._root / key).open("rb")
            with file:
                yield file
        else:
            with spool.empty() as fetched:
                with _answering():
                    for part in obstore.get(self._store, key).stream(min_chunk_size=_PART):
                        spool.write(fetched, bytes(part))
                yield fetched

    def exists(self, key: str) -> bool:
        """Whether there is anything under a key."""
        try:
            with _answering():
                obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove a key; nothing happens if it is not there."""
        with suppress(FileNotFoundError), _answering():
            obstore.delete(self._store, key)

    def delete_all(self, prefix: str) -> None:
        """Remove whatever lies in a folder, and the folder, where the store has such a thing."""
        for key, _written in list(self.keys(prefix)):
            self.delete(key)
        if self._root is not None:
            with suppress(OSError):
                (self._root / prefix).rmdir()
                self._named.discard(self._root / prefix)

    def keys(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """All keys below a prefix with the moment each was written (UTC), in no order."""
        with _answering():
            for batch in obstore.list(self._store, prefix):
                for entry in batch:
                    yield entry["path"], entry["last_modified"]

    def is_well(self) -> tuple[bool, str]:
        """Whether a small probe can be written, read and deleted; if not, the reason in one word."""
        key, content = f"probe/{uuid4()}", b"well"
        try:
            self.put(key, content)
            read_back = self.get(key)
            self.delete(key)
        except Exception as error:  # any failure of any store is the answer asked for
            log.warning("The photo store is not well: %s", error)
            return False, type(error).__name__
        return (True, "") if read_back == content else (False, "Mismatch")


@functools.cache
def open_store(url: str) -> PhotoStore:
    """The store at ``file:///…``, ``s3://bucket/…`` or ``memory://``; opened once in a process."""
    return PhotoStore(url)


def current_store() -> PhotoStore:
    """The store of this installation (``PHOTO_STORE_URL``)."""
    return open_store(current_app.config["PHOTO_STORE_URL"])


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
