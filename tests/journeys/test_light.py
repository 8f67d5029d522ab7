"""Eleni's first visit is light: she is on a bad line, with a slow phone."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page

from tests.journeys.conftest import LiveTown

#: Compressed bytes of HTML, CSS, JavaScript and fonts, headers included; tiles apart.
FIRST_VISIT = 60_000
WITH_THE_MAP = 150_000


class Line:
    """Counts what comes over the wire, worker and all."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0.0
        session = page.context.new_cdp_session(page)
        session.on("Network.loadingFinished", self._came)
        session.send("Network.enable")

    def _came(self, event: dict[str, Any]) -> None:
        self.bytes += event["encodedDataLength"]


def test_the_first_page_and_the_map_stay_within_their_budgets(live_town: LiveTown, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="el-GR")
    page = context.new_page()
    line = Line(page)
    page.goto(live_town.url, wait_until="networkidle")
    assert 5_000 < line.bytes <= FIRST_VISIT
    page.locator("[data-step=photo] [name=skip]").click()
    page.locator(".map--on").wait_for()
    page.wait_for_load_state("networkidle")
    assert line.bytes <= WITH_THE_MAP
    context.close()


def test_no_font_and_nothing_foreign_comes_with_it(live_town: LiveTown, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live_town.url, wait_until="networkidle")
    assert all(url.startswith((live_town.url.rstrip("/"), "data:", "blob:")) for url in asked)
    assert not [url for url in asked if url.endswith((".woff", ".woff2", ".ttf"))]
    context.close()
