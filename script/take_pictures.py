"""Photographs the three faces on a demo town of their own, and puts them side by side for the README.

Nothing is drawn by hand and nothing is retouched: when a page changes, the next run shows it.
"""

from __future__ import annotations

import io
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from chromium import FLAGS, program
from own_server import OwnServer
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
#: Pixels of the whole picture, of the room around each face, and of its corners.
WIDTH, HEIGHT, ROOM, CORNER = 2000, 900, 40, 14
EDGE = 2
PAPER = "#e9eef0"


@dataclass(frozen=True)
class Face:
    """A page in its window; ``width`` is what it gets of the whole picture, at ``left``/``top``."""

    name: str
    viewport: tuple[int, int]
    width: int
    left: int
    top: int


DESK = Face("desk", (1440, 900), 1290, ROOM, ROOM)
TABLET = Face("tablet", (820, 1180), 430, 930, 270)
FIRST = Face("first page", (360, 740), 276, 1384, ROOM)
PHONE = Face("phone", (360, 740), 276, 1684, 292)


def page_of(browser: Browser, face: Face, url: str, account: dict[str, str] | None) -> Page:
    width, height = face.viewport
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=2, locale="el-GR", base_url=url
    )
    page = context.new_page()
    if account:
        page.goto("/login")
        page.get_by_label("E-mail").fill(account["email"])
        page.get_by_label("Κωδικός").fill(account["password"])
        page.get_by_role("button", name="Σύνδεση").click()
        page.wait_for_url(lambda address: "/login" not in address)
    return page


def taken(page: Page, path: str) -> Image.Image:
    page.goto(path)
    page.locator("h1, h2").first.wait_for()
    page.wait_for_load_state("networkidle")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def faces(browser: Browser, url: str, folder: Path) -> dict[Face, Image.Image]:
    """Each face on the demo town that is served at ``url`` from ``folder``."""
    accounts = json.loads((folder / "demo.json").read_text())["accounts"]
    office, crew = (next(one for one in accounts if one["role"] == role) for role in ("dispatcher", "crew"))
    desk = page_of(browser, DESK, url, office)
    desk.goto("/office?queue=accepted")
    calm = desk.locator(".row[data-id]:not(:has(.chip--doubt)):has(use[href$=ui-photo])")
    chosen = calm.first.get_attribute("data-id")
    phone = page_of(browser, PHONE, url, None)
    done = phone.context.request.get("/api/v1/reports?status=resolved,closed&limit=50").json()["items"]
    whole = next(one for one in done if {photo["moment"] for photo in one["photos"]} >= {"before", "after"})
    pictures = {
        DESK: taken(desk, f"/office?queue=accepted&report={chosen}"),
        TABLET: taken(page_of(browser, TABLET, url, crew), "/crew"),
        FIRST: taken(phone, "/"),
        PHONE: taken(phone, f"/r/{whole['reference']}"),
    }
    for context in browser.contexts:
        context.close()
    return pictures


def set_side_by_side(pictures: dict[Face, Image.Image]) -> Image.Image:
    sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    for face in (DESK, TABLET, FIRST, PHONE):
        picture = pictures[face]
        size = face.width, round(picture.height * face.width / picture.width)
        small = picture.resize(size, Image.Resampling.LANCZOS)
        room = HEIGHT - ROOM - face.top
        small = small.crop((0, 0, small.width, min(small.height, room)))
        edge = Image.new("RGB", (small.width + 2 * EDGE, small.height + 2 * EDGE), "#9fb0b6")
        sheet.paste(edge, (face.left - EDGE, face.top - EDGE), rounded(edge.size, CORNER + EDGE))
        sheet.paste(small, (face.left, face.top), rounded(small.size, CORNER))
    return sheet


def rounded(size: tuple[int, int], corner: int) -> Image.Image:
    """A mask with smooth corners: drawn four times as large."""
    large = Image.new("L", (size[0] * 4, size[1] * 4), 0)
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), corner * 4, fill=255)
    return large.resize(size, Image.Resampling.LANCZOS)


def main() -> None:
    with tempfile.TemporaryDirectory() as passing, sync_playwright() as playwright:
        Path(passing).chmod(0o755)  # the private cluster runs as another user
        server = OwnServer(Path(passing) / "data", DEMO="1")
        try:
            server.wait_until_ready()
            browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
            pictures = faces(browser, server.url, server.folder)
            browser.close()
        finally:
            server.stop()
    PICTURES.mkdir(parents=True, exist_ok=True)
    made = PICTURES / "three-faces.webp"
    set_side_by_side(pictures).save(made, quality=82, method=6)
    print(f"docs/pictures/{made.name}: {made.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
