"""Serve the town: private cluster, migrations, demo town, web and worker; stop all of it together.

Reads PORT (8000), HOST (127.0.0.1), DATA_DIR (var), DATABASE_URL (none: a private cluster is started),
WEB_WORKERS (2) and DEMO (1; 0 loads no demo town). script/server sets up what is missing and then runs this.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from click import ClickException
from cluster import NAME as OWNER
from cluster import Cluster, ClusterError
from forked import ROOT, Forked, flask_main, gunicorn_main, load, on_signals

#: Web and worker work as this role: it owns nothing, and cannot touch what keeps the history.
APP_ROLE = "kathimerina_app"
PREDECESSOR_SECONDS = 5
READY_SECONDS = 90
STOP_SECONDS = 5
#: A child that dies younger than this has not really started; after so many in a row it cannot.
YOUNG_SECONDS = 5
MOST_YOUNG_DEATHS = 8
FIRST_WAIT, LONGEST_WAIT = 0.2, 15.0
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))

Child = Forked | subprocess.Popen[bytes]


class RefusalError(Exception):
    """Why the town is not served, in one sentence."""


def say(words: str) -> None:
    with contextlib.suppress(OSError):  # a log that cannot be written, on a full disk, stops nobody
        print(f"· {words}", flush=True)


def stop(number: int, frame: FrameType | None) -> None:
    on_signals(signal.SIG_IGN)
    os.write(1, "· Stopping\n".encode())
    sys.exit(0)


def sole_server(data_dir: Path) -> IO[str]:
    """Hold the folder for this process: two servers on one folder would stop each other's cluster."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        held = (data_dir / "server.lock").open("a+")
    except OSError as problem:
        raise RefusalError(f"Cannot write in DATA_DIR {data_dir}: {problem.strerror}.") from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.seek(0)
        pid = held.read().strip()
        held.close()
        raise RefusalError(f"Process {pid} serves from {data_dir} already: stop it, or set DATA_DIR.") from None
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held


def wait_for_port(host: str, port: int) -> None:
    """A predecessor that was just killed may need a moment to let the port go."""
    deadline = time.monotonic() + PREDECESSOR_SECONDS
    while True:
        try:
            family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
            return
        except PermissionError:
            raise RefusalError(f"Port {port} is only for root: set PORT to one above 1023.") from None
        except OSError as problem:
            if time.monotonic() > deadline:
                why = problem.strerror or problem
                raise RefusalError(f"Cannot listen on {host}, port {port} ({why}): set PORT or HOST.") from None
            time.sleep(0.2)


def keep_secret_key(data_dir: Path) -> None:
    with contextlib.suppress(FileExistsError):
        handle = os.open(data_dir / "secret_key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))


@dataclass
class Life:
    """How a child is started, since when it runs (or when it is due again), and how often it died young in a row.

    One that ``has_run`` can start: it is tried for ever, however long a full disk keeps it from it.
    """

    start: Callable[[], Child]
    since: float = field(default_factory=time.monotonic)
    due: float | None = None
    young_deaths: int = 0
    has_run: bool = False

    def note_death(self) -> float:
        """The seconds to wait before the next start."""
        lived = time.monotonic() - self.since
        if lived < YOUNG_SECONDS:
            self.young_deaths += 1
        else:
            self.young_deaths, self.has_run = 0, True
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0**self.young_deaths)
        self.due = time.monotonic() + wait
        return wait


@dataclass
class Town:
    host: str
    port: int
    data_dir: Path
    environment: dict[str, str]
    children: dict[str, Child] = field(default_factory=dict)
    lives: dict[str, Life] = field(default_factory=dict)
    database: Cluster | None = None

    @property
    def base_url(self) -> str:
        reachable = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{self._bracketed(reachable)}:{self.port}"

    @staticmethod
    def _bracketed(host: str) -> str:
        return f"[{host}]" if ":" in host else host

    def spawn(
        self, name: str, work: Callable[[], None], *, role: str = APP_ROLE, if_orphaned: signal.Signals = signal.SIGTERM
    ) -> Forked:
        return Forked(name, work, self.environment_of(role), if_orphaned)

    def environment_of(self, role: str) -> dict[str, str]:
        return self.environment | ({"DATABASE_URL": self.database.url_of(role)} if self.database else {})

    def start_database(self) -> None:
        if "DATABASE_URL" not in self.environment:
            say("Starting the private PostGIS cluster")
            self.database = Cluster(self.data_dir)
            self._begin("PostgreSQL", self.database.start_bound)

    @property
    def _has_demo(self) -> bool:
        return self.environment.get("DEMO") != "0"

    def is_prepared(self) -> bool:
        """Whether an earlier start of this version left nothing to do that web and worker must wait for."""
        if self.database is None or (self._has_demo and not (self.data_dir / "demo.json").exists()):
            return False
        role = f"SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}'"
        found = self.database.answer(f"SELECT version_num FROM alembic_version WHERE EXISTS ({role})")
        return found == (ROOT / "migrations" / "HEAD").read_text().strip()

    def begin_to_prepare(self) -> None:
        say("Bringing the database up to date")
        wanted = ["prepare"]
        if self._has_demo:
            wanted += ["--demo-at", self.environment["PUBLIC_URL"]]
        if self.database:
            wanted += ["--role", APP_ROLE]
        self.children["prepare"] = self.spawn(
            "town-prepare", lambda: flask_main(*wanted, app="app:create_app"), role=OWNER
        )

    def prepare(self) -> None:
        """Its own words reach the terminal, so a failure needs only a closing sentence."""
        self.begin_to_prepare()
        code = self.children["prepare"].wait()
        del self.children["prepare"]
        if code:
            raise RefusalError(f"Bringing the database up to date failed: flask prepare ended with {code}.")

    def open(self) -> None:
        say("Starting web and worker")
        bind = f"{self._bracketed(self.host)}:{self.port}"
        rules = ("--config", str(ROOT / "gunicorn.conf.py"), "--bind", bind)
        web = (*rules, "--graceful-timeout", "3", "--log-level", "warning", "wsgi:app")
        self._begin("web", lambda: self.spawn("town-web", lambda: gunicorn_main(*web)))
        # An orphaned worker would wait for a database that is gone as well; the next one takes up what it was at.
        kill = signal.SIGKILL
        self._begin("worker", lambda: self.spawn("town-worker", lambda: flask_main("worker"), if_orphaned=kill))
        deadline = time.monotonic() + READY_SECONDS
        while (trouble := self._trouble()) and time.monotonic() < deadline:
            self.notice_deaths()
            time.sleep(0.1)
        if trouble:
            raise RefusalError(f"{self.base_url}/healthz is not well after {READY_SECONDS} seconds: {trouble}.")

    def _begin(self, name: str, start: Callable[[], Child]) -> None:
        self.children[name] = start()
        self.lives[name] = Life(start)

    def _trouble(self) -> str:
        try:
            with DIRECT.open(f"{self.base_url}/healthz", timeout=5):
                return ""
        except urllib.error.HTTPError as answer:
            with answer:
                return " ".join(answer.read(500).decode(errors="replace").split())
        except OSError as problem:
            return str(problem)

    def notice_deaths(self) -> None:
        for name in self.lives:
            if (process := self.children[name]).poll() is not None:
                raise RefusalError(f"The {name} process ended by itself with {process.returncode}.")

    def announce(self) -> None:
        with contextlib.suppress(OSError):  # as in ``say``
            self._announce()

    def _announce(self) -> None:
        pages = (("Citizens", "/"), ("Office", "/office"), ("Crews", "/crew"))
        print(
            "\n  Kathimerina is ready.\n",
            *(f"  {who:9} {self.base_url}{path}" for who, path in pages),
            sep="\n",
        )
        demo = self.data_dir / "demo.json"
        if self._has_demo and demo.exists():
            print("\n  Demo logins")
            for account in json.loads(demo.read_text())["accounts"]:
                role = f"{account['role']} · {account['crew']}" if account.get("crew") else account["role"]
                print(f"  {account['email']:34} {account['password']:18} {role}")
            print(f"  (also in {demo})")
        print("\n  Ctrl-C stops it.\n", flush=True)

    def watch(self) -> None:
        """Whatever ends by itself is started again: a stop is only ever asked for."""
        while True:
            self._notice_prepared()
            for name, life in self.lives.items():
                if life.due is not None:
                    self._revive(name, life)
                elif (code := self.children[name].poll()) is not None:
                    self._bury(name, life, f"ended by itself with {code}")
            time.sleep(0.1)

    def _notice_prepared(self) -> None:
        if "prepare" in self.children and (code := self.children["prepare"].poll()) is not None:
            del self.children["prepare"]  # its number may soon be somebody else's
            if code:  # such as for a connection lost: the town is served all the same
                say(f"Bringing the database up to date ended with {code}: the next start does it again")

    def _bury(self, name: str, life: Life, how: str) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.children[name].pid, signal.SIGKILL)  # children of its own would hold the port
        wait = life.note_death()
        if life.young_deaths > MOST_YOUNG_DEATHS and not life.has_run:
            raise RefusalError(f"The {name} process {how}, {life.young_deaths} times in a row: it cannot start.")
        say(f"The {name} process {how}: starting it again in {wait:g} s")

    def _revive(self, name: str, life: Life) -> None:
        if time.monotonic() < (life.due or 0):
            return
        life.due, life.since = None, time.monotonic()
        try:
            self.children[name] = life.start()
        except (ClusterError, OSError) as problem:
            self._bury(name, life, f"did not start ({problem})")
            return
        say(f"The {name} process runs again")

    def close(self) -> None:
        """Web and worker first, so that they can finish what they are at; the database last."""
        guests = [process for name, process in self.children.items() if name != "PostgreSQL"]
        for process in guests:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in guests:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if self.database:
            self.database.stop()


def serve() -> None:
    data_dir = Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve()
    try:
        port = int(os.environ.get("PORT") or 8000)
        if not 0 < port < 65536:
            raise ValueError
    except ValueError:
        raise RefusalError(f"PORT is no port number: {os.environ['PORT']}.") from None
    environment = {name: value for name, value in os.environ.items() if value or name != "DATABASE_URL"}
    environment |= {"DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"}
    town = Town(os.environ.get("HOST") or "127.0.0.1", port, data_dir, environment)
    environment.setdefault("PUBLIC_URL", town.base_url)
    with sole_server(data_dir):
        wait_for_port(town.host, port)
        keep_secret_key(data_dir)
        try:
            town.start_database()
            load(town.environment_of(APP_ROLE))
            if town.is_prepared():
                town.open()
                town.begin_to_prepare()
            else:
                town.prepare()
                town.open()
            town.announce()
            town.watch()
        finally:
            on_signals(signal.SIG_IGN)
            town.close()


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    on_signals(stop)
    os.umask(0o077)  # letters, photos and logins are nobody else's on this machine
    try:
        serve()
    except (RefusalError, ClusterError, ClickException) as problem:
        sys.exit(f"✗ {problem}")


if __name__ == "__main__":
    main()
