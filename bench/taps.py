"""How many taps and seconds a citizen needs from opening the page to the sent report, for each kind of issue.

A town of its own with the demo's kinds, Chromium at 360×740, a thumb at human speed. Writes bench/taps.md with
``--write``.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from chromium import FLAGS, program
from cluster import Cluster
from own_server import OwnServer
from PIL import Image
from playwright.sync_api import Browser, Geolocation, Page, sync_playwright

#: Seconds to read a page and hit its button, to take a photo, and to type a letter on glass.
LOOK_S, SHOOT_S, LETTER_S = 1.5, 4.0, 0.2
WORDS = "Δεν δουλεύει σωστά"
#: In the fields south of the town, where nothing is reported: what is known nearby asks one question more.
HERE: Geolocation = {"longitude": 23.5405, "latitude": 41.0702, "accuracy": 12}
STEP = "[data-step]:not([hidden])"


@dataclass
class Way:
    kind: str
    taps: int = 0
    letters: int = 0
    seconds: float = 0.0
    suggested: bool = False


class Thumb:
    """Taps after the time that a person looks."""

    def __init__(self, page: Page, way: Way) -> None:
        self.page, self.way = page, way

    def taps(self, selector: str) -> None:
        time.sleep(LOOK_S)
        self.page.locator(selector).first.click()
        self.way.taps += 1

    def writes(self, selector: str, words: str) -> None:
        self.taps(selector)
        for letter in words:
            time.sleep(LETTER_S)
            self.page.keyboard.type(letter)
        self.way.letters += len(words)

    def shows(self) -> str:
        return str(self.page.locator(STEP).first.get_attribute("data-step"))


@contextmanager
def phone(browser: Browser, town: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 360, "height": 740},
        locale="el-GR",
        geolocation=HERE,
        permissions=["geolocation"],
        base_url=town,
    )
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


def walk(page: Page, kind: str, photo: Path) -> Way:
    way = Way(kind)
    thumb = Thumb(page, way)
    began = time.monotonic()
    time.sleep(LOOK_S + SHOOT_S)
    page.locator("#f-photo").set_input_files(photo)
    way.taps += 1
    page.wait_for_selector("[data-step=place] .pick-pin")
    thumb.taps("[data-step=place] [data-next]")
    page.wait_for_selector("[data-step=category]:not([hidden])")
    way.suggested = page.locator(f"#s-{kind}").count() > 0
    thumb.taps(f"[data-step=category] .tile:not([hidden]):has(:is(#s-{kind}, #c-{kind}))")
    page.wait_for_selector("[data-step=category]", state="hidden")
    while (step := thumb.shows()) in ("questions", "known"):
        for asked in page.locator(f"[data-step={step}] fieldset:has([name^='answers.'])").all():
            if "(προαιρετικό)" not in asked.inner_text():
                asked.locator("label").first.click()
                way.taps += 1
        for field in page.locator(f"[data-step={step}] .govuk-form-group:has(> input[name^='answers.'])").all():
            if "(προαιρετικό)" not in field.inner_text():
                thumb.writes(f"#{field.locator('input').get_attribute('id')}".replace(".", "\\."), "5ο Γυμνάσιο")
        thumb.taps(f"[data-step={step}] [data-next]")
        page.wait_for_selector(f"[data-step={step}]", state="hidden")
    if kind == "other":
        thumb.writes("[data-step=words] textarea", WORDS)
    thumb.taps("[data-step=words] [data-next]")
    page.wait_for_selector("[data-step=check]:not([hidden])")
    thumb.taps("[data-step=check] [data-next]")
    page.wait_for_selector("[data-step=done][data-state=sent]", timeout=60_000)
    way.seconds = time.monotonic() - began
    return way


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/bench taps", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write bench/taps.md")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="taps-"))
    photo = folder / "photo.jpg"
    Image.effect_noise((2000, 1500), 40).convert("RGB").save(photo, quality=80)
    server = OwnServer(folder, DEMO="1")
    try:
        server.wait_until_ready()
        with psycopg.connect(Cluster(folder).url.replace("+psycopg", "")) as database:
            question = "SELECT code FROM category c WHERE active ORDER BY position, id"
            kinds = [code for (code,) in database.execute(question)]
            ways = []
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=program(), args=FLAGS)
                for kind in kinds:
                    with phone(browser, server.url) as page:
                        ways.append(walk(page, kind, photo))
                    # All come from one network address, which would be too many.
                    database.execute("UPDATE report SET sender = NULL")
                    database.commit()
    finally:
        server.stop()
    quickest, slowest = min(way.seconds for way in ways), max(way.seconds for way in ways)
    lines = [
        f"# From opening to sent, measured {datetime.now(UTC).date()}: {len(ways)} kinds, "
        f"{min(way.taps for way in ways)} to {max(way.taps for way in ways)} taps, {quickest:.0f} to {slowest:.0f} s",
        "",
        f"A person looks {LOOK_S} s before each tap, takes {SHOOT_S} s for the photo and {LETTER_S} s for a letter.",
        "",
        "| kind | taps | letters | seconds | proposed |",
        "|---|---|---|---|---|",
        *(
            f"| {way.kind} | {way.taps} | {way.letters} | {way.seconds:.1f} | {'yes' if way.suggested else ''} |"
            for way in sorted(ways, key=lambda way: (way.taps, way.kind))
        ),
    ]
    print("\n".join(lines))
    if given.write:
        Path(__file__).with_name("taps.md").write_text("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
