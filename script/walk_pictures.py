"""Photographs each of the citizen's pages in every size, language and light, to be looked at before and after a change.

One sheet a page: rows are languages and light, columns are phone, phone on its side, tablet, desk, and letters twice as
large. Of a server at ``--address``, else of a demo town of its own.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chromium import FLAGS, program
from own_server import OwnServer
from PIL import Image
from playwright.sync_api import Browser, Geolocation, Page, sync_playwright

SIZES = {"phone": (360, 740), "side": (740, 360), "tablet": (820, 1180), "desk": (1440, 900)}
LOOKS = [("el", "light"), ("en", "light"), ("el", "dark")]
HEIGHT, GAP = 740, 12
HERE: Geolocation = {"longitude": 23.5484, "latitude": 41.0856, "accuracy": 18}


def first_of(page: Page, status: str) -> str:
    items = page.context.request.get(f"/api/v1/reports?status={status}&limit=50").json()["items"]
    told = sorted(items, key=lambda one: -len({photo["moment"] for photo in one["photos"]}))
    return f"/r/{told[0]['reference']}" if told else "/reports"


def writes(page: Page, until: str) -> None:
    """From the first page as far as this step, without a photo."""
    page.goto("/")
    page.locator("[data-step=photo] [name=skip]").click()
    for step, presses in (
        ("place", "[data-step=place] [data-next]"),
        ("category", "[data-step=category] .tile:not([hidden]):has(:is(#s-bench, #c-bench))"),
        ("questions", "[data-step=questions] [data-next]"),
        ("known", "[data-step=known] [data-next]"),
        ("words", "[data-step=words] [data-next]"),
    ):
        page.wait_for_selector(
            f"[data-step]:is([data-step={step}], [data-step={until}], [data-step=words]):not([hidden])"
        )
        if step == "place":
            page.wait_for_selector("[data-step=place] .pick-pin")
            page.wait_for_timeout(600)
        if page.locator(f"[data-step={until}]").is_visible():
            return
        if page.locator(f"[data-step={step}]").is_visible():
            page.locator(presses).first.click()
    page.wait_for_selector(f"[data-step={until}]:not([hidden])")


def sends(page: Page) -> None:
    writes(page, "check")
    page.locator("[data-step=check] [data-next]").click()
    page.wait_for_selector("[data-step=done]:not([hidden])")


def goes(path: str) -> Callable[[Page], object]:
    return lambda page: page.goto(path)


def report_in(status: str) -> Callable[[Page], object]:
    return lambda page: page.goto(first_of(page, status))


def step(name: str) -> Callable[[Page], object]:
    return lambda page: writes(page, name)


PAGES: dict[str, Callable[[Page], object]] = {
    "1-home": goes("/"),
    **{f"2-{name}": step(name) for name in ("place", "category", "questions", "words", "contact", "check")},
    "3-sent": sends,
    "4-mine": goes("/mine"),
    **{f"5-{status}": report_in(status) for status in ("received", "accepted", "in_progress", "resolved", "rejected")},
    "6-list": goes("/reports"),
    "6-map": goes("/reports?view=map"),
    "7-follow": goes("/follow"),
}


@contextmanager
def reader(browser: Browser, address: str, size: str, language: str, light: str) -> Iterator[Page]:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale={"el": "el-GR", "en": "en-GB"}[language],
        color_scheme="dark" if light == "dark" else "light",
        geolocation=HERE,
        permissions=["geolocation"],
        base_url=address,
        bypass_csp=True,
    )
    yield context.new_page()
    context.close()


def sheet(browser: Browser, address: str, show: Callable[[Page], object]) -> Image.Image:
    rows = []
    for language, light in LOOKS:
        pictures = []
        for size in (*SIZES, "large"):
            with reader(browser, address, "phone" if size == "large" else size, language, light) as page:
                show(page)
                if size == "large":
                    page.add_style_tag(content="html { font-size: 200% !important }")
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(300)
                pictures.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        rows.append(
            [
                picture.resize((round(picture.width * HEIGHT / picture.height), HEIGHT))
                if picture.height > HEIGHT
                else picture
                for picture in pictures
            ]
        )
    width = max(sum(picture.width + GAP for picture in row) for row in rows)
    made = Image.new("RGB", (width, len(rows) * (HEIGHT + GAP)), "#9aa5a9")
    for at, row in enumerate(rows):
        left = 0
        for picture in row:
            made.paste(picture, (left, at * (HEIGHT + GAP)))
            left += picture.width + GAP
    return made


def walk(address: str, folder: Path, only: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
        for name, show in PAGES.items():
            if only in name:
                sheet(browser, address, show).save(folder / f"{name}.webp", quality=80)
                print(folder / f"{name}.webp", flush=True)
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/pictures --walk", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--address", help="of a server that runs; default: a demo town of its own")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    given = parser.parse_args()
    if given.address:
        return walk(given.address, given.folder, given.only)
    with tempfile.TemporaryDirectory() as passing:
        Path(passing).chmod(0o755)  # the private cluster runs as another user
        server = OwnServer(Path(passing) / "data", DEMO="1")
        try:
            server.wait_until_ready()
            walk(server.url, given.folder, given.only)
        finally:
            server.stop()
    return None


if __name__ == "__main__":
    main()
