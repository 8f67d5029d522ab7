"""Through the door: the real server, the demo town, a real browser."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from chromium import FLAGS, program
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from psycopg.rows import dict_row

from tests.notices.conftest import Box, serving

ROOT = Path(__file__).parents[2]
READY_SECONDS = 300
PHONE = {"width": 360, "height": 740}
TABLET = {"width": 820, "height": 1180}
DESK = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class LiveTown:
    """The running town: its address, who may sign in, and the folder it lives in."""

    url: str
    told: dict[str, Any]
    folder: Path

    def account(self, role: str, crew: str | None = None) -> dict[str, str]:
        found: dict[str, str] = next(a for a in self.told["accounts"] if a["role"] == role and a["crew"] == crew)
        return found

    def database(self) -> psycopg.Connection[dict[str, Any]]:
        """What is true whatever the pages say."""
        where = f"host={self.folder / 'cluster' / 'run'} user=kathimerina dbname=kathimerina"
        return psycopg.connect(where, autocommit=True, row_factory=dict_row)

    def photos_of(self, words: str) -> list[int]:
        """How many photos each report with these words has, in the order in which they came."""
        asked = """
            SELECT (SELECT count(*) FROM report_photo WHERE report_id = report.id) AS photos
            FROM report WHERE description = %s ORDER BY id"""
        with self.database() as database:
            return [row["photos"] for row in database.execute(asked, [words])]

    def forgets_addresses(self) -> None:
        """All journeys come from one network address, and for one that would be too many reports in an hour."""
        with self.database() as database:
            database.execute("UPDATE report SET sender = NULL WHERE sender IS NOT NULL")


@pytest.fixture(scope="session")
def letter_box() -> Iterator[Box]:
    """The mail server of the running town."""
    with serving(Box()) as box:
        yield box


@pytest.fixture(scope="session")
def live_town(tmp_path_factory: pytest.TempPathFactory, letter_box: Box) -> Iterator[LiveTown]:
    """script/server's own supervisor on a free port, with an empty folder, a mail server and push on this machine."""
    folder = tmp_path_factory.mktemp("town")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"  # by name: browsers make no passkeys for a bare address
    env = os.environ | {"PORT": str(port), "DATA_DIR": str(folder), "PUBLIC_URL": url}
    env |= {"SMTP_URL": letter_box.url, "PUSH_LOCAL": "1", "STYLEGUIDE": "1"}
    for name in ("DATABASE_URL", "SECRET_KEY"):
        env.pop(name, None)
    log = (folder / "server.log").open("w")
    server = subprocess.Popen([sys.executable, str(ROOT / "script/serve.py")], env=env, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + READY_SECONDS
        while not _well(url):
            assert server.poll() is None, (folder / "server.log").read_text()
            assert time.monotonic() < deadline, (folder / "server.log").read_text()
            time.sleep(0.3)
        yield LiveTown(url, json.loads((folder / "demo.json").read_text()), folder)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        log.close()


def _well(url: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
        return bool(answer.status == 200)
    return False


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all: a process can have no second."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    path = program()
    if path is None:
        pytest.fail("Chromium is missing: script/setup --dev says how to get it.")
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield browser
    browser.close()


class Somebody:
    """A person with a browser. Anything the page complains about on its console fails the test."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def signs_in(self, account: dict[str, str], path: str) -> None:
        self.page.goto(path)
        self.page.get_by_label("E-mail").fill(account["email"])
        self.page.get_by_label("Κωδικός").fill(account["password"])
        self.page.get_by_role("button", name="Σύνδεση").click()
        self.page.wait_for_url(lambda url: "/login" not in url)


@pytest.fixture
def somebody(chromium: Browser, live_town: LiveTown) -> Iterator[Any]:
    """Make a person: ``somebody(PHONE, script=False, language="en-GB")``."""
    live_town.forgets_addresses()
    contexts: list[BrowserContext] = []
    people: list[Somebody] = []

    def make(viewport: dict[str, int], *, script: bool = True, language: str = "el-GR", **more: Any) -> Somebody:
        context = chromium.new_context(
            viewport=viewport,  # type: ignore[arg-type]
            base_url=live_town.url,
            java_script_enabled=script,
            locale=language,
            timezone_id="Europe/Athens",
            has_touch=viewport is not DESK,
            **more,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        people.append(Somebody(context))
        return people[-1]

    yield make
    said = [complaint for person in people for complaint in person.complaints]
    for context in contexts:
        context.close()
    assert said == []
