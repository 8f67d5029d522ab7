"""script/serve.py, as the person who runs it meets it: started, doubled, stopped, killed."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cluster
import psycopg
import pytest
import serve
from own_server import ROOT, VICTIMS, OwnServer, free_port, kill, living, named

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def wait_for_quiet(folder: Path) -> None:
    deadline = time.monotonic() + 15
    while living(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not living(folder)


def started(folder: Path, port: int | None = None, **more: str) -> OwnServer:
    return OwnServer(folder, port, **{"WEB_WORKERS": "1"} | more)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("town") / "data"


@pytest.fixture
def server(folder: Path) -> Iterator[OwnServer]:
    running = started(folder)
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.process.terminate()
        running.process.wait(30)
        wait_for_quiet(folder)


def test_it_serves_refuses_a_second_copy_and_stops_with_everything(
    server: OwnServer, folder: Path, tmp_path: Path
) -> None:
    for page in ("/", "/office", "/crew"):
        assert f"http://127.0.0.1:{server.port}{page}\n" in server.words
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600

    code, sentence = started(folder).ending()
    assert (code, str(server.process.pid) in sentence) == (1, True)
    code, sentence = started(tmp_path / "other", server.port).ending()
    assert (code, f"port {server.port}" in sentence) == (1, True)

    server.process.terminate()
    assert server.process.wait(10) == 0
    assert not living(folder)


def test_a_killed_server_is_succeeded_at_once_on_the_same_port(server: OwnServer, folder: Path) -> None:
    before = living(folder)
    server.process.kill()
    server.process.wait()
    successor = started(folder, server.port)
    try:
        successor.wait_until_ready()
        assert not before & living(folder)
        # What is in order already keeps nobody waiting: it is looked at beside the open town.
        assert successor.words.index("Starting web") < successor.words.index("Bringing the database up to date")
    finally:
        successor.process.send_signal(signal.SIGINT)
        assert successor.process.wait(10) == 0
    assert not living(folder)


def test_whatever_is_killed_the_town_is_served_again_and_stops_only_when_asked(server: OwnServer, folder: Path) -> None:
    for who in VICTIMS:
        kill(folder, who)
        time.sleep(0.3)  # until the death has shown
        deadline = time.monotonic() + 30
        while not (server.answer() == 200 and named(folder, "town-worker") and server.answer("/reports") == 200):
            assert server.process.poll() is None, f"after {who}: {server.words}"
            assert time.monotonic() < deadline, f"after {who}: {server.words}"
            time.sleep(0.1)
    assert "The PostgreSQL process ended by itself with -9: starting it again" in server.words
    server.process.terminate()
    assert server.process.wait(15) == 0
    assert not living(folder)


def test_what_the_town_cannot_be_served_without_is_made_before_it_opens(folder: Path) -> None:
    town = serve.Town("127.0.0.1", 1, folder, {"DEMO": "0"})
    town.start_database()
    assert town.database is not None
    head = (ROOT / "migrations" / "HEAD").read_text().strip()
    try:
        assert town.is_prepared()
        assert not serve.Town("127.0.0.1", 1, folder, {"DATABASE_URL": "a town's own"}).is_prepared()
        with psycopg.connect(town.database.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("ALTER ROLE kathimerina_app RENAME TO elsewhere")
            assert not town.is_prepared()
            connection.execute("ALTER ROLE elsewhere RENAME TO kathimerina_app")
            connection.execute("UPDATE alembic_version SET version_num = '0001'")
            assert not town.is_prepared()
            connection.execute("UPDATE alembic_version SET version_num = %s", (head,))
        town.environment["DEMO"] = "1"  # and its logins are not written yet
        assert not town.is_prepared()
    finally:
        town.close()
        town.children["PostgreSQL"].wait()


def test_web_and_worker_can_do_their_work_and_not_touch_what_keeps_the_history(server: OwnServer, folder: Path) -> None:
    assert server.answer("/reports") == 200
    where = f"host={cluster.Cluster(folder).run} user=kathimerina_app dbname=kathimerina"
    with psycopg.connect(where, autocommit=True) as database:
        who = "SELECT DISTINCT usename FROM pg_stat_activity WHERE backend_type = 'client backend'"
        assert database.execute(who).fetchall() == [("kathimerina_app",)]
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


def test_those_who_are_slow_or_silent_keep_nobody_waiting(server: OwnServer) -> None:
    slow = list(half_requests(server.port))
    try:
        for _ in range(10):
            assert server.answer("/reports") == 200  # within five seconds
    finally:
        for opened in slow:
            opened.close()


def test_who_sends_too_much_is_told_so_in_a_sentence(server: OwnServer) -> None:
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
    town._begin("worker", lambda: town.spawn("town-worker", lambda: sys.exit(1)))
    with pytest.raises(serve.RefusalError, match="cannot start"):
        town.watch()
    assert capsys.readouterr().out.count("starting it again") == serve.MOST_YOUNG_DEATHS


def test_what_once_ran_is_tried_for_ever_however_long_it_cannot(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(serve, "LONGEST_WAIT", 0.0)
    town = serve.Town("127.0.0.1", 1, tmp_path, {"PATH": os.environ["PATH"]})
    town._begin("PostgreSQL", lambda: town.spawn("town-worker", lambda: sys.exit(1)))
    life = town.lives["PostgreSQL"]
    life.since -= serve.YOUNG_SECONDS  # it was well, and then the disk filled up
    for _death in range(3 * serve.MOST_YOUNG_DEATHS):
        town.children["PostgreSQL"].wait()
        town._bury("PostgreSQL", life, "ended by itself with 1")
        town._revive("PostgreSQL", life)
    town.children["PostgreSQL"].wait()
    assert life.young_deaths > serve.MOST_YOUNG_DEATHS


def test_an_unreachable_database_ends_in_a_sentence(tmp_path: Path) -> None:
    nowhere = f"postgresql://kathimerina@127.0.0.1:{free_port()}/kathimerina?connect_timeout=2"
    code, sentence = started(tmp_path / "data", DATABASE_URL=nowhere).ending()
    assert (code, sentence.startswith("✗ Bringing the database up to date failed")) == (1, True)
