"""Places on this machine, for all processes of the town: few at once, and the rest wait their turn."""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: Photos that are decoded at once; one more may be large (opening.is_heavy).
PLACES = {"light": 2, "heavy": 1}


class GateFull(Exception):
    """No place was free in time."""


@contextlib.contextmanager
def place(gate: Path, kind: str, wait_s: float) -> Iterator[None]:
    """One of the machine's places, held by a lock that the kernel takes back however this process ends."""
    gate.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_s
    with contextlib.ExitStack() as open_files:
        files = [open_files.enter_context((gate / f"{kind}-{n}").open("a")) for n in range(PLACES[kind])]
        while not any(_locks(file) for file in files):
            if time.monotonic() > deadline:
                raise GateFull
            time.sleep(0.01)
        yield


def _locks(file: Any) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
