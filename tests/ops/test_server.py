"""script/serve.py, as the person who runs it meets it: started, doubled, stopped, killed."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
ROOT = Path(__file__).parents[2]
READY_SECONDS = 60


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


def wait_for_quiet(folder: Path) -> None:
    deadline = time.monotonic() + 15
    while living(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not living(folder)


class Server:
    def __init__(self, folder: Path, port: int | None = None, **more: str) -> None:
        self.port = port or free_port()
        self.log = folder.with_suffix(f".{self.port}.{time.monotonic_ns()}.log")
        environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "HOST")}
        environment |= {
            "PORT": str(self.port),
            "DATA_DIR": str(folder),
            "DEMO": "0",
            "WEB_WORKERS": "1",
        } | more
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
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz") as answer:
            assert answer.status == 200

    def ending(self) -> tuple[int, str]:
        return self.process.wait(30), self.words.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("town") / "data"


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    running = Server(folder)
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.process.terminate()
        running.process.wait(30)
        wait_for_quiet(folder)


def test_it_serves_refuses_a_second_copy_and_stops_with_everything(
    server: Server, folder: Path, tmp_path: Path
) -> None:
    for page in ("/", "/office", "/crew"):
        assert f"http://127.0.0.1:{server.port}{page}\n" in server.words
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600

    code, sentence = Server(folder).ending()
    assert (code, str(server.process.pid) in sentence) == (1, True)
    code, sentence = Server(tmp_path / "other", server.port).ending()
    assert (code, f"port {server.port}" in sentence) == (1, True)

    server.process.terminate()
    assert server.process.wait(10) == 0
    assert not living(folder)


def test_a_killed_server_is_succeeded_at_once_on_the_same_port(server: Server, folder: Path) -> None:
    before = living(folder)
    server.process.kill()
    server.process.wait()
    successor = Server(folder, server.port)
    try:
        successor.wait_until_ready()
        assert not before & living(folder)
    finally:
        successor.process.send_signal(signal.SIGINT)
        assert successor.process.wait(10) == 0
    assert not living(folder)


def test_when_the_database_dies_all_stops_and_a_sentence_says_so(server: Server, folder: Path) -> None:
    os.kill(int((folder / "cluster" / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    code, sentence = server.ending()
    assert (code, sentence) == (1, "✗ The PostgreSQL process ended by itself with -9.")


def test_an_unreachable_database_ends_in_a_sentence(tmp_path: Path) -> None:
    nowhere = f"postgresql://kathimerina@127.0.0.1:{free_port()}/kathimerina?connect_timeout=2"
    code, sentence = Server(tmp_path / "data", DATABASE_URL=nowhere).ending()
    assert (code, sentence.startswith("✗ Bringing the database up to date failed")) == (1, True)
