"""What is left after everything went wrong at once: kills, a full disk, a store that refuses, mail that hangs, a clock
that jumps, while people report, decide and repair. See script/chaos for how to run it.

Prints what others had to wait for after each trouble, and at the end what was lost or came twice; ends with 1 when
something was, or (but for --short, which runs beside other work) when somebody waited longer than ten seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from chaos_count import Count, connected
from chaos_people import JSON, Person, Told, Town, citizen, crew, dispatcher
from own_server import ROOT, VICTIMS, OwnServer, free_port, kill, living, named

CLOCK = ROOT / "script" / "chaos_clock.c"
CITIZENS = 8
LONGEST_WAIT_S = 10.0
DISK_GB, RESERVE_MB = 10, 500


def say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {words}", flush=True)


class MailServer:
    """Takes every letter, unless it ``hangs``: then it has greeted, and says nothing more."""

    def __init__(self) -> None:
        self.hangs = False
        self.letters: Counter[str] = Counter()
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    async def handle_RCPT(self, _s: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        while self.hangs:
            await asyncio.sleep(0.1)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters[message_from_bytes(envelope.content)["Message-ID"]] += 1
        return "250 OK"


@dataclass
class Trouble:
    """One thing that went wrong, from ``began`` (monotonic) until the next one."""

    name: str
    began: float


@dataclass
class Watch:
    """Somebody who looks at the list of reports, again and again."""

    server: OwnServer
    seen: list[float] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> None:
        while not self.over.wait(0.05):
            if self.server.answer("/reports", patience_s=15) == 200:
                self.seen.append(time.monotonic())


def longest_wait(seen: list[float], began: float, until: float) -> float:
    """The longest time without an answer, of what lies between the two moments."""
    moments = [began, *(moment for moment in seen if began < moment < until), until]
    return max(after - before for before, after in itertools.pairwise(moments))


class Chaos:
    def __init__(self, base: Path, *, short: bool, most: int, has_disk: bool) -> None:
        self.base, self.short, self.most, self.has_disk = base, short, most, has_disk
        self.folder = base / "disk" / "data"
        self.folder.parent.mkdir(exist_ok=True)
        self.pause_s = 3.0 if short else 5.0
        self.mail = MailServer()
        self.clock = base / "clock"
        self.told = Told()
        self.troubles: list[Trouble] = []
        self.environment = {
            "DEMO": "1",
            "TRUSTED_PROXIES": "1",
            "DISK_RESERVE_MB": str(RESERVE_MB),
            "SMTP_URL": f"smtp://127.0.0.1:{self.mail.port}",
            **self._clock_environment(),
        }
        self.server = OwnServer(self.folder, None, **self.environment)

    def _clock_environment(self) -> dict[str, str]:
        """All processes of the town get the time of day from a library of ours, where it can be built."""
        compiler, library = shutil.which("cc"), self.base / "clock.so"
        if compiler is None or sys.platform != "linux":
            say("no C compiler: the clock will not jump")
            return {}
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, CLOCK, "-ldl"], check=True)
        self._set_clock(0)
        return {"LD_PRELOAD": str(library), "CHAOS_CLOCK": str(self.clock)}

    def _set_clock(self, hours: int) -> None:
        self.clock.touch()
        with self.clock.open("r+b") as file:  # the town has it mapped: it must not become shorter
            file.write(struct.pack("=q", hours * 3600))

    # -- the troubles

    def kill_supervisor(self) -> None:
        """systemd would start it again; here it is us."""
        self.server.process.kill()
        self._successor()

    def kill_everything(self) -> None:
        """As when the power goes, but for what the kernel still has to write."""
        for pid in living(self.folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._successor()

    def _successor(self) -> None:
        self.server.process.wait()
        self.server = self.watch.server = OwnServer(self.folder, self.server.port, **self.environment)

    @contextlib.contextmanager
    def _filled(self, left: int) -> Iterator[None]:
        """The disk with so many bytes left."""
        filler = self.folder.parent / "filler"
        try:
            with filler.open("wb") as file:
                step = 1 << 30
                while step >= 4096:
                    free = os.statvfs(filler).f_bavail * os.statvfs(filler).f_frsize - left
                    if free < step:
                        step //= 2
                        continue
                    try:
                        os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), step)
                    except OSError:
                        step //= 2
            yield
        finally:
            filler.unlink()

    def disk_short(self) -> None:
        """Less than the reserve: photos wait, reports without one go on."""
        with self._filled(int(RESERVE_MB * 0.8) << 20):
            time.sleep(self.pause_s * 1.5)

    def disk_full(self) -> None:
        """To the last byte: PostgreSQL cannot write either."""
        with self._filled(0):
            time.sleep(self.pause_s)

    def store_refuses(self) -> None:
        """The folder of photos is gone, and nothing can be made in its place."""
        photos = self.folder / "photos"
        aside = photos.rename(self.folder / "photos-aside")
        photos.touch()
        try:
            time.sleep(self.pause_s)
        finally:
            photos.unlink()
            aside.rename(photos)

    def mail_hangs(self) -> None:
        self.mail.hangs = True
        time.sleep(self.pause_s if self.short else 30)
        self.mail.hangs = False

    def clock_jumps(self, hours: int) -> None:
        """All processes of the town, PostgreSQL among them, live an hour earlier or later from now on."""
        self._set_clock(hours)
        time.sleep(self.pause_s)

    def plan(self) -> dict[str, Callable[[], None]]:
        kills = {who: lambda who=who: kill(self.folder, who) for who in VICTIMS}
        plan: dict[str, Callable[[], None]] = {f"kill -9: {who}": deed for who, deed in kills.items()}
        plan["kill -9: supervisor"] = self.kill_supervisor
        plan["kill -9: every process"] = self.kill_everything
        if self.has_disk:
            plan |= {"disk below the reserve": self.disk_short, "disk full to the last byte": self.disk_full}
        plan |= {"photo store refuses": self.store_refuses, "mail server hangs": self.mail_hangs}
        if self.clock.exists():
            # Forward at last: what waits for a later hour does not wait for one that does not come.
            plan |= {"clock an hour back": lambda: self.clock_jumps(-1)}
            plan |= {"clock two hours on": lambda: self.clock_jumps(1)}
        return plan

    # -- the day

    def run(self) -> bool:
        self.server.wait_until_ready()
        tokens, crew_code = self._tokens()
        self.town = Town(self.server.url, self.told, self.most)
        self.watch = Watch(self.server)

        def begins(what: Callable[..., None], *told: Any) -> threading.Thread:
            thread = threading.Thread(target=what, args=told, daemon=True)
            thread.start()
            return thread

        began = time.monotonic()
        people = [begins(citizen, self.town) for _ in range(CITIZENS)]
        people += [begins(dispatcher, self.town, tokens["dispatcher"], crew_code) for _ in range(2)]
        people += [begins(crew, self.town, tokens["crew"]) for _ in range(2)]
        watching = begins(self.watch)
        time.sleep(self.pause_s)
        while True:
            for name, deed in self._shuffled():
                self._trouble(name, deed)
            if self.short or len(self.told.reports) >= self.most:
                break
        self.ended = time.monotonic()
        self.town.over.set()
        for thread in people:
            thread.join()
        self.watch.over.set()
        watching.join()
        say(f"{len(self.told.reports)} reports in {time.monotonic() - began:.0f} s; waiting for what is queued")
        self._drain()
        return self._count()

    def _shuffled(self) -> list[tuple[str, Callable[[], None]]]:
        """In another order each time, but for the clock."""
        plan = list(self.plan().items())
        clock = [one for one in plan if one[0].startswith("clock")]
        rest = [one for one in plan if one not in clock]
        random.shuffle(rest)
        return [*rest, *clock]

    def _trouble(self, name: str, deed: Callable[[], None]) -> None:
        self.troubles.append(Trouble(name, time.monotonic()))
        say(f"{name} ({len(self.told.reports)} reports so far)")
        deed()
        time.sleep(self.pause_s)
        self._wait_until_whole()

    def _wait_until_whole(self) -> None:
        """The next trouble comes to a town that works: its worker, too."""
        deadline = time.monotonic() + 60
        while not (self.server.answer("/reports") == 200 and named(self.folder, "town-worker")):
            if self.server.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"the town does not come back after: {self.troubles[-1].name}\n{self.server.words}")
            time.sleep(0.1)

    def _tokens(self) -> tuple[dict[str, str], str]:
        """A bearer token for a dispatcher and for a crew, and the crew's code."""
        accounts = json.loads((self.folder / "demo.json").read_text())["accounts"]
        told: dict[str, str] = {}
        code = ""
        for account in accounts:
            if account["role"] in ("dispatcher", "crew") and account["role"] not in told:
                asked = json.dumps({key: account[key] for key in ("email", "password")} | {"days": 1}).encode()
                _status, said, _headers = Person(self.server.url, self.told).until(
                    "POST", "/api/v1/tokens", asked, JSON
                )
                told[account["role"]] = said["token"]
                code = account.get("crew") or code
        return told, code

    def _drain(self) -> None:
        deadline = time.monotonic() + 900
        with connected(self.folder) as database:
            while time.monotonic() < deadline:
                row = database.execute(
                    "SELECT count(*), string_agg(DISTINCT task_name, ', ') FROM procrastinate_jobs"
                    " WHERE status IN ('todo', 'doing')"
                ).fetchone()
                assert row is not None
                if not row[0]:
                    return
                time.sleep(1)
            say(f"still queued: {row}")

    # -- the count

    def _count(self) -> bool:
        """Print the tables; whether nothing was lost, nothing came twice and nobody waited too long."""
        print(f"\n{'':32}{'others waited for a page':>26}{'… for a report to be taken in':>32}")
        by_name: dict[str, list[tuple[float, float]]] = {}
        taken = sorted(self.told.moments)
        for trouble, until in zip(self.troubles, [*(one.began for one in self.troubles[1:]), self.ended], strict=True):
            wait = longest_wait(self.watch.seen, trouble.began, until)
            by_name.setdefault(trouble.name, []).append((wait, longest_wait(taken, trouble.began, until)))
        well = True
        for name, waits in by_name.items():
            page, report = (max(wait[kind] for wait in waits) for kind in (0, 1))
            print(f"{name:32}{page:24.1f} s{report:30.1f} s   ({len(waits)}×)")
            well &= page <= LONGEST_WAIT_S or self.short
        print()
        for what, figure, bound in Count(self.folder, self.told, self.mail.letters).figures():
            print(f"{what:60}{figure:>8}" + ("" if bound is None or figure <= bound else "   ✗"))
            well &= bound is None or figure <= bound
        print(f"\nanswers: {dict(self.told.answers.most_common())}")
        for words in (*self.told.faults, *self.told.gave_up)[:20]:
            print(words[:300])
        return well


@contextlib.contextmanager
def own_disk(base: Path) -> Iterator[bool]:
    """A file system of its own at ``base/disk``, where this machine lets us."""
    image, disk = base / "disk.img", base / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or sys.platform != "linux":
        say("not root: the town gets no disk of its own, and it will not be filled")
        yield False
        return
    with image.open("wb") as file:
        file.truncate(DISK_GB << 30)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=1", image], check=True)
    if subprocess.run(["mount", "-o", "loop", image, disk]).returncode:
        say("nothing can be mounted here: the disk will not be filled")
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--reports", type=int, default=5000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        base = Path(name)
        base.chmod(0o755)  # the private cluster runs as another user
        with own_disk(base) as has_disk:
            chaos = Chaos(base, short=given.short, most=0 if given.short else given.reports, has_disk=has_disk)
            try:
                well = chaos.run()
            finally:
                chaos.server.stop()
                chaos.mail.controller.stop()
    sys.exit(0 if well else "✗ something was lost, came twice or kept people waiting: see above")


if __name__ == "__main__":
    main()
