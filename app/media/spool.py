"""Photos on their way are files without a name on the disk: however many come, none is whole in a server's memory."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from flask import current_app

from app.errors import StorageUnavailable

#: Bytes, a file, or who writes into an empty one.
Sent = bytes | IO[bytes] | Callable[[IO[bytes]], object]


@contextmanager
def empty() -> Iterator[IO[bytes]]:
    """A new file on the disk of DATA_DIR, gone when the block ends. Raises StorageUnavailable when it does not fit."""
    folder = Path(current_app.config["DATA_DIR"]) / "spool"
    try:
        folder.mkdir(exist_ok=True)
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed below
    except OSError as full:
        raise StorageUnavailable from full
    with file:
        yield file


def write(file: IO[bytes], data: bytes) -> int:
    """Add to a file of ``empty``; returns how many bytes. Raises StorageUnavailable when there is no room for them."""
    try:
        written = file.write(data)
        file.flush()
    except OSError as full:
        raise StorageUnavailable from full
    return written


@contextmanager
def spooled(sent: Sent) -> Iterator[IO[bytes]]:
    """What was sent as a file that other processes can read, from its start. Raises StorageUnavailable as ``empty``."""
    if isinstance(sent, io.BytesIO):
        sent = sent.getvalue()
    if isinstance(sent, bytes):
        sent = partial(write, data=sent)
    if callable(sent):
        with empty() as file:
            sent(file)
            yield file
        return
    try:
        sent.seek(0)
        sent.fileno()  # a form's large file goes to the disk at the latest here
    except OSError as full:
        raise StorageUnavailable from full
    yield sent
