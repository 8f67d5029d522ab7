"""script/serve.py, as the person who runs it meets it: started, doubled, stopped, killed."""

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
from collections.abc import Callable, Iterator
from pathlib import Path

import cluster
import psycopg
import pytest
import serve

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


def named(folder: Path, *words: str) -> list[int]:
    """The server's processes whose command has all these words, oldest first."""
    found = []
    for pid in living(folder):
        with contextlib.suppress(OSError):
            told = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
            if all(word in told for word in words):
                found.append(pid)
    return sorted(found)


def postmaster(folder: Path) -> int:
    return int((folder / "cluster" / "data" / "postmaster.pid").read_text().split()[0])


def a_backend(folder: Path) -> int:
    """A backend that serves somebody."""
    children = Path(f"/proc/{postmaster(folder)}/task/{postmaster(folder)}/children").read_text().split()
    serving = [int(pid) for pid in children if b"[local]" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    return serving[0]


VICTIMS: dict[str, Callable[[Path], list[int]]] = {
    "jobs worker": lambda folder: named(folder, "flask", "worker"),
    "web master": lambda folder: named(folder, "gunicorn")[:1],
    "web worker": lambda folder: named(folder, "gunicorn")[-1:],
    "one backend": lambda folder: [a_backend(folder)],
    "postmaster": lambda folder: [postmaster(folder)],
    "all together": lambda folder: [
        postmaster(folder),
        *named(folder, "gunicorn"),
        *named(folder, "flask", "worker"),
    ],
}


def answer(server: Server, path: str = "/healthz") -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as told:
            return int(told.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
    except OSError:
        return 0


def test_whatever_is_killed_the_town_is_served_again_and_stops_only_when_asked(server: Server, folder: Path) -> None:
    for who, victims in VICTIMS.items():
        for pid in victims(folder):
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.3)  # until the death has shown
        deadline = time.monotonic() + 30
        while not (answer(server) == 200 and named(folder, "flask", "worker") and answer(server, "/reports") == 200):
            assert server.process.poll() is None, f"after {who}: {server.words}"
            assert time.monotonic() < deadline, f"after {who}: {server.words}"
            time.sleep(0.1)
    assert "The PostgreSQL process ended by itself with -9: starting it again" in server.words
    server.process.terminate()
    assert server.process.wait(15) == 0
    assert not living(folder)


def test_web_and_worker_can_do_their_work_and_not_touch_what_keeps_the_history(server: Server, folder: Path) -> None:
    for process in (*named(folder, "gunicorn"), *named(folder, "flask", "worker")):
        assert b"//kathimerina_app@/" in Path(f"/proc/{process}/environ").read_bytes()
    where = f"host={cluster.Cluster(folder).run} user=kathimerina_app dbname=kathimerina"
    with psycopg.connect(where, autocommit=True) as database:
        superuser = database.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        assert superuser == (False,)
        for forbidden in (
            "ALTER TABLE report_history DISABLE TRIGGER ALL",
            "DROP TRIGGER report_history_append_only ON report_history",
            "DROP FUNCTION history_is_append_only CASCADE",
            "UPDATE report_history SET id = id",
            "DELETE FROM report_history",
            "TRUNCATE report_history CASCADE",
            "SET session_replication_role = replica",
            "CREATE TABLE mine (id int)",
            "COPY report TO PROGRAM 'cat'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.execute(forbidden)


def half_requests(port: int) -> Iterator[socket.socket]:
    """Five hundred who say nothing, a hundred who stop in the middle, twenty who do not read their page."""
    for number in range(620):
        opened = socket.create_connection(("127.0.0.1", port))
        if number >= 600:
            opened.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: town\r\n\r\n")
        elif number >= 500:
            opened.sendall(b"POST /api/v1/reports HTTP/1.1\r\nHost: town\r\nContent-Length: 5000\r\n")
            opened.sendall(b"\r\n{" if number % 2 else b"X-Slow: ")
        yield opened


def test_those_who_are_slow_or_silent_keep_nobody_waiting(server: Server) -> None:
    slow = list(half_requests(server.port))
    try:
        for _ in range(10):
            assert answer(server, "/reports") == 200  # within five seconds
    finally:
        for opened in slow:
            opened.close()


def test_who_sends_too_much_is_told_so_in_a_sentence(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as opened:
        opened.sendall(b"POST /api/v1/reports HTTP/1.1\r\nHost: town\r\nContent-Type: application/json\r\n")
        opened.sendall(b"Content-Length: 900000000\r\n\r\n")
        told = b""
        while more := opened.recv(65536):
            told += more
    assert told.startswith(b"HTTP/1.1 413")
    assert b"application/problem+json" in told


def test_what_cannot_start_at_all_is_given_up_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(serve, "LONGEST_WAIT", 0.0)
    town = serve.Town("127.0.0.1", 1, tmp_path, {"PATH": os.environ["PATH"]})
    monkeypatch.setattr(serve, "PROGRAMS", Path("/bin"))
    town._begin("worker", lambda: town.spawn("false"))
    with pytest.raises(serve.RefusalError, match="cannot start"):
        town.watch()
    assert capsys.readouterr().out.count("starting it again") == serve.MOST_YOUNG_DEATHS


def test_an_unreachable_database_ends_in_a_sentence(tmp_path: Path) -> None:
    nowhere = f"postgresql://kathimerina@127.0.0.1:{free_port()}/kathimerina?connect_timeout=2"
    code, sentence = Server(tmp_path / "data", DATABASE_URL=nowhere).ending()
    assert (code, sentence.startswith("✗ Bringing the database up to date failed")) == (1, True)
