"""Machines that are not ours: each delivery has a total deadline, and a host that fails again and again gets a rest."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

#: A greeting, a letter and an answer take a second or two; a server that drips a line now and then gets no more.
DEADLINE_S: Final = 20.0
#: So many failures in a row, and a host is left alone; twice as long after each further one.
FAILURES: Final = 3
FIRST_REST_S: Final = 30.0
LONGEST_REST_S: Final = 1800.0


class Later(Exception):
    """Not a failure: this delivery waits ``wait_s`` seconds, and its tries are not counted."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"later, in {wait_s:.0f} s")
        self.wait_s = wait_s


# -- the deadline ------------------------------------------------------------------------------------------------

_watched: ContextVar[list[socket.socket] | None] = ContextVar("watched", default=None)


def watched(line: socket.socket) -> socket.socket:
    """Put a connection under the deadline of the delivery that is under way."""
    lines = _watched.get()
    if lines is not None:
        lines.append(line.dup())  # TLS takes the socket itself away
    return line


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Cut every watched connection when the time is over; the block then ends with TimeoutError.

    A socket's own timeout begins anew with each byte, so it does not bound the whole.
    """
    lines: list[socket.socket] = []
    over = threading.Event()

    def cut() -> None:
        over.set()
        for line in lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    before = _watched.set(lines)
    timer.start()
    try:
        yield
    except Exception as trouble:
        if over.is_set():
            raise TimeoutError(f"not done after {seconds:.0f} s") from trouble
        raise
    finally:
        timer.cancel()
        _watched.reset(before)
        for line in lines:
            line.close()


# -- the breaker -------------------------------------------------------------------------------------------------


@dataclass
class _Host:
    failures: int = 0
    rests_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Breaker:
    """Keeps one host's trouble from taking up everybody's time. Known to this process alone, by monotonic seconds."""

    MOST_HOSTS: Final = 10_000

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    def require(self, host: str) -> None:
        """Raises Later while the host rests; when its rest is over, one try goes first."""
        state = self._hosts.get(host)
        if state is None:
            return
        with state.lock:
            wait = state.rests_until - time.monotonic()
            if wait > 0:
                raise Later(wait + random.uniform(0, 5))  # noqa: S311 - so that they do not all come at once
            if state.failures >= FAILURES:
                state.rests_until = time.monotonic() + DEADLINE_S

    def note(self, host: str, *, answered: bool) -> None:
        """Note how a try ended: an answer of any kind, or none."""
        if answered:
            self._hosts.pop(host, None)
            return
        if len(self._hosts) >= self.MOST_HOSTS:
            self._hosts.clear()
        state = self._hosts.setdefault(host, _Host())
        with state.lock:
            state.failures += 1
            further = state.failures - FAILURES
            if further >= 0:
                state.rests_until = time.monotonic() + min(LONGEST_REST_S, FIRST_REST_S * 2.0 ** min(further, 10))


breaker = Breaker()


@contextlib.contextmanager
def asking(host: str, *answers: type[Exception]) -> Iterator[None]:
    """One delivery to a host: under the deadline, and only when the host does not rest.

    ``answers`` are the errors by which a host that is well says no. Raises Later, TimeoutError, and what the block
    raises.
    """
    breaker.require(host)
    try:
        with within(DEADLINE_S):
            yield
    except answers:
        breaker.note(host, answered=True)
        raise
    except Exception:
        breaker.note(host, answered=False)
        raise
    breaker.note(host, answered=True)
