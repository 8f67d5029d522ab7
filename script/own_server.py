"""A server of one's own for trials: script/serve.py on a folder, its processes found and killed by their trade."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def living(folder: Path) -> set[int]:
    """Every process that works for the server of this folder."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            told = f"DATA_DIR={folder}\0".encode() in (entry / "environ").read_bytes()
            if told or (entry / "cwd").readlink().is_relative_to(folder):
                found.add(int(entry.name))
    return found


def named(folder: Path, name: str) -> list[int]:
    """The server's processes of this name, such as town-web, oldest first."""
    found = []
    for pid in living(folder):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/comm").read_text() == f"{name}\n":
                found.append(pid)
    return sorted(found)


def postmaster(folder: Path) -> int:
    return int((folder / "cluster" / "data" / "postmaster.pid").read_text().split()[0])


def a_backend(folder: Path) -> int:
    """A backend that serves somebody."""
    children = Path(f"/proc/{postmaster(folder)}/task/{postmaster(folder)}/children").read_text().split()
    serving = [int(pid) for pid in children if b"[local]" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return serving[0]


#: Who may be killed, and how they are found. The supervisor is the process that ``OwnServer`` started.
VICTIMS: dict[str, Callable[[Path], list[int]]] = {
    "jobs worker": lambda folder: named(folder, "town-worker"),
    "web master": lambda folder: named(folder, "town-web")[:1],
    "web worker": lambda folder: named(folder, "town-web")[-1:],
    "one backend": lambda folder: [a_backend(folder)],
    "postmaster": lambda folder: [postmaster(folder)],
    "all together": lambda folder: [
        postmaster(folder),
        *named(folder, "town-web"),
        *named(folder, "town-worker"),
    ],
}


def kill(folder: Path, who: str) -> None:
    """kill -9 of one of VICTIMS."""
    for pid in VICTIMS[who](folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class OwnServer:
    """script/serve.py on a folder and a port of its own; ``more`` are further environment variables."""

    def __init__(self, folder: Path, port: int | None = None, **more: str) -> None:
        self.folder, self.port = folder, port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder.with_suffix(f".{self.port}.{time.monotonic_ns()}.log")
        environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "HOST")}
        environment |= {"PORT": str(self.port), "DATA_DIR": str(folder), "DEMO": "0"} | more
        with self.log.open("wb") as log:
            command = [sys.executable, str(ROOT / "script" / "serve.py")]
            self.process = subprocess.Popen(command, cwd="/", env=environment, stdout=log, stderr=log)

    @property
    def words(self) -> str:
        return self.log.read_text()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while "Ctrl-C stops it" not in self.words:
            assert self.process.poll() is None, self.words
            assert time.monotonic() < deadline, self.words
            time.sleep(0.1)
        assert self.answer() == 200

    def answer(self, path: str = "/healthz", *, patience_s: float = 5) -> int:
        """The status of a page, 0 when there is no answer."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=patience_s) as told:  # noqa: S310
                return int(told.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code
        except OSError:
            return 0

    def memory_mb(self) -> float:
        """PSS of all its processes."""
        total = 0
        for pid in living(self.folder):
            with contextlib.suppress(OSError):
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024

    def ending(self) -> tuple[int, str]:
        return self.process.wait(30), self.words.strip().splitlines()[-1]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
