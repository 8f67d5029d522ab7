"""Decodes strangers' pictures in processes of their own, with a limit of memory and time, and few of them at once.

Each server process keeps one small child (decoding_child.py) that has the decoders loaded; every picture is decoded in
a fork of it, which ends with the picture: whatever a decoder allocates, or whatever kills it, goes with it.
"""

from __future__ import annotations

import atexit
import json
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from flask import current_app

from app.errors import Busy
from app.media.gate import GateFull, place
from app.media.loading import Damaged, TooManyPixels
from app.media.probing import Probe

CHILD: Final = Path(__file__).with_name("decoding_child.py")
#: Seconds until a place is free, and for the picture itself.
WAIT_S: Final = 15
WORK_S: Final = 20
_SLACK_S: Final = 5
#: Threads of one process that may be at photos or wait for their turn; the others (gunicorn.conf.py) serve everybody.
MOST_WAITING: Final = 6
_waiting = threading.BoundedSemaphore(MOST_WAITING)


def probe(file: IO[bytes]) -> Probe:
    """``looking.look``, in a process of its own. Raises Damaged, TooManyPixels or Busy."""
    result: Probe = _decoder.ask("probe", file)
    return result


def render(file: IO[bytes], size: str) -> bytes:
    """``renditions.render``, in a process of its own. Raises Damaged, TooManyPixels or Busy."""
    made: bytes = _decoder.ask("render", file, size)
    return made


def render_all(file: IO[bytes]) -> dict[str, bytes]:
    """``renditions.render_all``, in a process of its own. Raises Damaged, TooManyPixels or Busy."""
    made: dict[str, bytes] = _decoder.ask("render_all", file)
    return made


def strips(file: IO[bytes]) -> dict[str, bytes]:
    """``renditions.strips``, in a process of its own. Raises Damaged, TooManyPixels or Busy."""
    made: dict[str, bytes] = _decoder.ask("strips", file)
    return made


def emblems(file: IO[bytes]) -> dict[str, bytes]:
    """``renditions.emblems``, in a process of its own. Raises Damaged, TooManyPixels or Busy."""
    made: dict[str, bytes] = _decoder.ask("emblems", file)
    return made


def _gate() -> Path:
    return Path(current_app.config["DATA_DIR"]) / "decoding"


@contextmanager
def turn() -> Iterator[None]:
    """Be at a photo, from its first byte to the store's word, as few threads of this process may be. Raises Busy."""
    if not _waiting.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        _waiting.release()


class Decoder:
    """This process's child, started when it is first needed and again when it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        atexit.register(self._end)

    def ask(self, what: str, file: IO[bytes], *told: str) -> Any:
        """What the child's function answers for this file, when it is its turn; few are decoded at once.

        Raises Damaged, TooManyPixels, or Busy when its turn did not come in time.
        """
        deadline = time.monotonic() + WAIT_S
        try:
            with place(_gate(), "light", WAIT_S):
                verdict, value = self._answer(what, file, told, is_heavy=False)
            if verdict == "heavy":
                with place(_gate(), "heavy", deadline - time.monotonic()):
                    verdict, value = self._answer(what, file, told, is_heavy=True)
        except GateFull:
            raise Busy from None
        return _as_told(verdict, value)

    def _answer(self, what: str, file: IO[bytes], question: tuple[str, ...], *, is_heavy: bool) -> tuple[str, Any]:
        wish = {"what": what, "told": question, "is_heavy": is_heavy, "work_s": WORK_S}
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._hand_over(theirs.fileno(), file.fileno())
            ours.settimeout(WORK_S + _SLACK_S)
            try:
                ours.sendall(json.dumps(wish).encode() + b"\n")
                with ours.makefile("rb") as answer:
                    # Our own code wrote it, from a picture that it took for bytes and nothing else.
                    verdict, value = pickle.load(answer)  # noqa: S301
            except (OSError, EOFError, pickle.UnpicklingError) as gone:
                raise Damaged("its decoder did not end well") from gone
        return verdict, value

    def _hand_over(self, *handles: int) -> None:
        with self._lock:
            for _try in range(2):
                child = self._line or self._begin()
                try:
                    socket.send_fds(child, [b"."], handles)
                except OSError:
                    self._end()
                else:
                    return
        raise Busy

    def _begin(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", str(CHILD), str(theirs.fileno())]  # -P: our files shadow nothing
            options: dict[str, Any] = {"pass_fds": [theirs.fileno()], "stdin": subprocess.DEVNULL}
            self._child = subprocess.Popen(command, **options)  # noqa: S603 - our own program
        self._line = ours
        return ours

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        self._line = self._child = None


def _as_told(verdict: str, value: Any) -> Any:
    if verdict == "damaged":
        raise Damaged(value)
    if verdict == "too_many_pixels":
        raise TooManyPixels(value)
    return value


_decoder = Decoder()
