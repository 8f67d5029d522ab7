"""How the first visit feels on a bad line: bytes on the wire, first paint, and when the first tap works.

Chromium at 360×740 with 400 kbit/s, 400 ms latency and a processor four times slower, everything from the server given.
"""

from __future__ import annotations

import argparse
import json
import statistics
from typing import Any

from playwright.sync_api import Browser, sync_playwright

KBIT = 1000 / 8
LINE = {"offline": False, "latency": 400, "downloadThroughput": 400 * KBIT, "uploadThroughput": 400 * KBIT}
SLOWER = 4

PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
READY = "() => performance.timing.domInteractive - performance.timing.navigationStart"


def visit(browser: Browser, address: str, *, then_map: bool) -> dict[str, float]:
    """One first visit, with nothing cached. Milliseconds; bytes as they came over the wire, headers included."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, locale="el-GR")
    page = context.new_page()
    line = context.new_cdp_session(page)
    received: dict[str, float] = {"bytes": 0.0}

    def note(event: dict[str, Any]) -> None:
        received["bytes"] += event["encodedDataLength"]

    line.on("Network.loadingFinished", note)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", LINE)
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load")
    page.wait_for_function(PAINT)  # the entry may come a frame after the load event
    measured = {
        "first_paint_ms": page.evaluate(PAINT),
        "ready_ms": page.evaluate(READY),
        "bytes": received["bytes"],
    }
    if then_map:
        page.locator("[data-step=photo] [name=skip]").click()
        page.locator(".map--on").wait_for(timeout=60_000)
        measured["bytes_with_map"] = received["bytes"]
    context.close()
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:8000/")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=asked.chromium, args=["--no-sandbox"])
        runs = [visit(browser, asked.address, then_map=True) for _run in range(asked.runs)]
        browser.close()
    print(json.dumps({key: round(statistics.median(run[key] for run in runs)) for key in runs[0]}, indent=2))


if __name__ == "__main__":
    main()
