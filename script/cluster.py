"""The project's private PostGIS cluster: one folder, one Unix socket, no port and no password.

python script/cluster.py start|stop|url [DATA_DIR]
python script/cluster.py find
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

NAME = "kathimerina"
SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107
LOG_LIMIT = 10 * 1024 * 1024
RECOVERY_SECONDS = 300
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    # Once for all backends: each would load GEOS and PROJ with its first question.
    "shared_preload_libraries": "postgis-3",
    "max_logical_replication_workers": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
LIBC = ctypes.CDLL(None)


class ClusterError(Exception):
    """What is wrong, in one sentence for the person at the terminal."""


def die_with_parent(number: int) -> Callable[[], None]:
    """A ``preexec_fn`` by which the kernel signals the child when this process is gone, kill -9 included."""
    parent = os.getpid()

    def arm() -> None:
        if sys.platform == "linux":
            LIBC.prctl(1, number)  # PR_SET_PDEATHSIG
            if os.getppid() != parent:
                os._exit(1)

    return arm


def _output(*command: str | Path) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _major(programs: Path) -> int:
    found = re.search(r"\) (\d+)", _output(programs / "postgres", "--version"))
    return int(found[1]) if found else 0


def _has_postgis(programs: Path) -> bool:
    # Debian keeps pg_config in the client's package, which a trimmed image may lack.
    share = _output(programs / "pg_config", "--sharedir") or f"/usr/share/postgresql/{programs.parent.name}"
    return Path(share, "extension", "postgis.control").exists()


def _program_folders() -> list[Path]:
    if chosen := os.environ.get("PG_BIN"):
        return [Path(chosen)]
    places = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
    homebrew = ("/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")
    found = [path for place in places + homebrew for path in Path("/").glob(place[1:])]
    if told := _output("pg_config", "--bindir"):
        found.append(Path(told))
    return found


def find_programs(major: int | None = None) -> Path:
    """The folder of the newest PostgreSQL that has PostGIS, or of just that major version."""
    usable = {_major(path): path for path in _program_folders() if _has_postgis(path)}
    usable.pop(0, None)
    if not usable:
        hint = "install PostgreSQL with PostGIS 3"
        if shutil.which("apt-get"):
            hint = 'run "apt-get install postgresql postgresql-postgis"'
        raise ClusterError(f"PostGIS is missing: ask an administrator to {hint}, or set DATABASE_URL.")
    if major is None:
        return usable[max(usable)]
    if major not in usable:
        have = " and ".join(map(str, sorted(usable)))
        raise ClusterError(
            f"The cluster was made by PostgreSQL {major}, but only {have} with PostGIS is here:"
            f" install PostgreSQL {major} with PostGIS, or dump and restore the data."
        )
    return usable[major]


class Cluster:
    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir.resolve() / "cluster"
        self.data = self.root / "data"
        self.log = self.root / "postgres.log"
        run = self.root / "run"
        # A comma would read as two hosts to libpq.
        self.fits = len(os.fsencode(run / SOCKET)) <= SOCKET_PATH_LIMIT and "," not in str(run)
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        self.run = run if self.fits else Path("/tmp", f"{NAME}-{digest}")  # noqa: S108 - owner is checked

    @property
    def url(self) -> str:
        return self.url_of(NAME)

    def url_of(self, role: str) -> str:
        """The same, as another role."""
        return f"postgresql+psycopg://{role}@/{NAME}?host={quote(str(self.run))}"

    def start_bound(self) -> subprocess.Popen[bytes]:
        """Start it as a child that ends with this process, whatever still runs of it."""
        process = self.start(bound=True)
        assert process is not None
        return process

    def start(self, bound: bool = False) -> subprocess.Popen[bytes] | None:
        """Start, or find running. A bound cluster is always a new child that ends with this process."""
        self._prepare_root()
        with self._locked():
            programs = find_programs(self._made_by())
            if not bound and self._answers(programs):
                return None
            self._stop()
            if self._made_by() is None:
                self._create(programs)
            self._clear_leftovers()
            process = self._launch(programs, bound)
            self._wait_until_ready(programs, process)
        if bound:
            return process
        # It outlives this process on purpose; without a code Popen would warn of that when collected.
        process.returncode = 0
        return None

    def answer(self, question: str) -> str:
        """What the database says to one SQL query, as ``psql`` prints it; nothing where it cannot tell."""
        programs = find_programs(self._made_by())
        return _output(programs / "psql", "-XAtq", "-h", str(self.run), "-U", NAME, "-d", NAME, "-c", question)

    def stop(self) -> None:
        """Stop it, and whatever an earlier kill -9 left of it."""
        if self.root.exists():
            with self._locked():
                self._stop()

    # -- who runs it, and from where

    def _owner(self) -> tuple[int, int]:
        """PostgreSQL refuses to run as root: the cluster's owner then, else postgres, else nobody."""
        if os.geteuid() != 0:
            return os.geteuid(), os.getegid()
        if self.root.exists() and (owner := self.root.stat()).st_uid != 0:
            return owner.st_uid, owner.st_gid
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return entry.pw_uid, entry.pw_gid
        raise ClusterError("PostgreSQL does not run as root, and there is no user postgres or nobody.")

    def _own(self, folder: Path) -> None:
        os.chown(folder, *self._owner())
        folder.chmod(0o700)

    def _prepare_root(self) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self._own(self.root)
        except PermissionError:
            raise ClusterError(f"{self.root} belongs to another user: start as that user, or set DATA_DIR.") from None

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            lock = (self.root / "lock").open("w")
        except PermissionError:
            raise ClusterError(f"{self.root} belongs to another user: act as that user.") from None
        with lock:
            os.fchown(lock.fileno(), *self._owner())
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def _as_owner(self, data: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
        """Run PostgreSQL's programs on ``data`` as the cluster's owner.

        The owner may be unable to walk to the folder (a clone below /root, a private temporary folder), so
        root hands it over open: /proc/self/fd asks for no right on the folders above, and no capability.
        """
        handle = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
        name, keywords = str(data), {}
        if os.geteuid() == 0:
            uid, gid = self._owner()
            keywords = {"user": uid, "group": gid, "extra_groups": [gid], "pass_fds": [handle]}
            if sys.platform == "linux":
                name = f"/proc/self/fd/{handle}"

        def popen(*command: str | Path, **more: object) -> subprocess.Popen[bytes]:
            environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "PGDATA": name}
            # script/chaos turns the clock of a whole town by a preloaded library.
            environment |= {key: told for key, told in os.environ.items() if key in ("LD_PRELOAD", "CHAOS_CLOCK")}
            return subprocess.Popen(command, cwd="/", env=environment, **keywords, **more)  # type: ignore[call-overload]

        try:
            yield popen
        finally:
            os.close(handle)

    # -- making it

    def _made_by(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    def _create(self, programs: Path) -> None:
        """Make a whole cluster aside and rename it into place, so that a half-made one is never met."""
        for half_made in self.root.glob("new-*"):
            shutil.rmtree(half_made)
        new = Path(tempfile.mkdtemp(prefix="new-", dir=self.root))
        self._own(new)
        encoding = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        initdb: list[str | Path] = [
            programs / "initdb",
            "--username",
            NAME,
            "--auth=trust",
            "--encoding=UTF8",
        ]
        initdb += [f"--locale={encoding}", "--no-instructions"]
        if _major(programs) >= 15:
            # Greek order, and a lower('ΔΡΌΜΟΣ') that ends in ς.
            initdb += ["--locale-provider=icu", "--icu-locale=el"]
        with self._as_owner(new) as popen:
            self._finish(popen, *initdb)
            self._finish(popen, programs / "postgres", "--single", "postgres", say=f"CREATE DATABASE {NAME};\n")
        if self.data.exists():
            shutil.rmtree(self.data)
        new.rename(self.data)

    def _finish(self, popen: Callable[..., subprocess.Popen[bytes]], *command: str | Path, say: str = "") -> None:
        process = popen(
            *command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        told, _ = process.communicate(say.encode())
        if process.returncode:
            last = "\n".join(told.decode(errors="replace").splitlines()[-5:])
            raise ClusterError(f"{Path(command[0]).name} could not make the cluster in {self.root}.\n{last}")

    # -- running it

    def _launch(self, programs: Path, bound: bool) -> subprocess.Popen[bytes]:
        settings = SETTINGS | {
            "cluster_name": self._title(),
            "unix_socket_directories": "../run" if self.fits else str(self.run),
        }
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        too_long = self.log.exists() and self.log.stat().st_size > LOG_LIMIT
        with self.log.open("wb" if too_long else "ab") as log, self._as_owner(self.data) as popen:
            os.fchown(log.fileno(), *self._owner())
            return popen(
                programs / "postgres",
                *arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT) if bound else None,
            )

    def _wait_until_ready(self, programs: Path, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + RECOVERY_SECONDS
        while not self._answers(programs):
            if process.poll() is not None or time.monotonic() > deadline:
                last = "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
                self._stop()
                raise ClusterError(f"PostgreSQL did not start; {self.log} ends with:\n{last}")
            time.sleep(0.05)

    def _answers(self, programs: Path) -> bool:
        if self._postmaster() not in self._processes():
            return False
        command = (programs / "pg_isready", "-q", "-h", str(self.run), "-d", NAME, "-U", NAME)
        return subprocess.run(command).returncode == 0

    def _postmaster(self) -> int:
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n")[0])
        except (FileNotFoundError, ValueError):
            return 0

    def _processes(self) -> list[int]:
        """Every living process of this very cluster, since a pid file can lie.

        By its title, as root in a container may not look into another user's process; else by its working folder.
        """
        if sys.platform != "linux":
            return [pid] if (pid := self._postmaster()) and _output("ps", "-p", str(pid)) else []
        if not self.data.exists():
            return []
        living, title = [], self._title().encode()
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (entry / "comm").read_text() == "postgres\n" and (
                    title in (entry / "cmdline").read_bytes() or (entry / "cwd").samefile(self.data)
                ):
                    living.append(int(entry.name))
        return living

    def _title(self) -> str:
        """Stands in every process title. By inode: it follows a moved folder and no copy or successor has it."""
        folder = self.data.stat()
        return f"{NAME}-{folder.st_dev:x}-{folder.st_ino:x}-"

    def _stop(self) -> None:
        for number, patience in ((signal.SIGINT, 6), (signal.SIGQUIT, 2), (signal.SIGKILL, 2)):
            living = self._processes()
            for pid in living:
                if number == signal.SIGKILL or pid == self._postmaster():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, number)
            deadline = time.monotonic() + patience
            while living and time.monotonic() < deadline:
                time.sleep(0.05)
                living = self._processes()
            if not living:
                return
        raise ClusterError(f"PostgreSQL in {self.data} does not stop: see {self.log}.")

    def _clear_leftovers(self) -> None:
        """Nothing of it runs: a pid file is stale, and PostgreSQL would believe it if the pid lives again."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        if self.run.is_symlink() or (self.run.exists() and self.run.stat().st_uid != self._owner()[0]):
            raise ClusterError(f"{self.run} belongs to somebody else: remove it, or set a shorter DATA_DIR.")
        self.run.mkdir(mode=0o700, exist_ok=True)
        self._own(self.run)
        for leftover in self.run.glob(SOCKET + "*"):
            leftover.unlink()


def start(data_dir: Path) -> str:
    """Start the cluster below ``data_dir``, or find it running; returns its SQLAlchemy URL."""
    cluster = Cluster(data_dir)
    cluster.start()
    return cluster.url


def stop(data_dir: Path) -> None:
    Cluster(data_dir).stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["start", "stop", "url", "find"])
    parser.add_argument("data_dir", nargs="?", type=Path, default=Path(__file__).parents[1] / "var")
    given = parser.parse_args()
    try:
        match given.what:
            case "start":
                print(start(given.data_dir))
            case "stop":
                stop(given.data_dir)
            case "url":
                print(Cluster(given.data_dir).url)
            case "find":
                print(find_programs())
    except ClusterError as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
