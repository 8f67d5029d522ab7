"""A citizen's way through the steps of a new report, with script and without; and the staff by the API."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

#: In the middle of Serres, as people write it.
SPOT = ("23,5484", "41,0856")
STEP = re.compile(r"/new/([0-9a-f-]{36})/(\w+)")


def step(page: Page, name: str) -> Locator:
    """The step, once it is the one that shows."""
    shown = page.locator(f"[data-step={name}]")
    expect(shown).to_be_visible()
    return shown


def goes_on(page: Page, name: str, button: str = "[data-next]") -> None:
    """Press the main button of a step."""
    step(page, name).locator(button).first.click()


def takes_photo(page: Page, photo: Path | None, *, script: bool = True) -> None:
    """The first step: a photo from the camera, or none."""
    shown = step(page, "photo")
    if photo is None:
        shown.locator("[name=skip]").click()
        return
    shown.locator("#f-photo").set_input_files(photo)
    if not script:
        shown.get_by_role("button", name="Συνέχεια").last.click()


def chooses(page: Page, category: str, *, script: bool = True) -> None:
    """The tile of a category; with script it goes on by itself. Its questions are left as they are."""
    shown = step(page, "category")
    shown.locator(".tile:visible", has=page.locator(f"#c-{category}, #s-{category}")).first.click()
    if not script:
        shown.get_by_role("button", name="Συνέχεια").last.click()
    expect(shown).to_be_hidden()
    passes_by(page)


def passes_by(page: Page) -> None:
    """From the category to the own words: what is asked or known on the way stays as it is."""
    way = page.locator(", ".join(f"[data-step={name}]:visible" for name in ("questions", "known", "words")))
    while True:
        expect(way).to_have_count(1)
        name = str(way.get_attribute("data-step"))
        if name == "words":
            return
        goes_on(page, name)
        expect(page.locator(f"[data-step={name}]")).to_be_hidden()


def points_at(page: Page, lon: str, lat: str) -> None:
    """The place by its two numbers: the way that needs no map."""
    shown = step(page, "place")
    details = shown.locator("[data-coordinates]")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    shown.locator("[name=lon]").fill(lon)
    shown.locator("[name=lat]").fill(lat)


def writes(page: Page, words: str, photo: Path | None = None, at: tuple[str, str] = SPOT) -> None:
    """Everything as far as the last step."""
    page.goto("/")
    takes_photo(page, photo)
    points_at(page, *at)
    goes_on(page, "place")
    chooses(page, "pothole")
    step(page, "words").locator("textarea").fill(words)
    goes_on(page, "words")
    step(page, "check")


def reports_something(
    page: Page,
    *,
    photo: Path | None,
    category: str,
    words: str = "",
    script: bool = True,
    at: tuple[str, str] | None = None,
) -> tuple[str, str]:
    """The whole way; returns the reference and the address of the reporter's own page."""
    page.goto("/")
    takes_photo(page, photo, script=script)
    if at:
        points_at(page, *at)
    goes_on(page, "place")
    chooses(page, category, script=script)
    step(page, "words").get_by_label("Τι πρέπει να ξέρει το συνεργείο;").fill(words)
    goes_on(page, "words")
    goes_on(page, "check")
    expect(page.get_by_role("heading", name="Ευχαριστούμε")).to_be_visible(timeout=30_000)
    reference = page.locator(".thanks__reference").first.inner_text().strip()
    assert re.fullmatch(r"\d{3}-\d{3}-\d{3}", reference)
    own = page.url
    if script:
        own = str(page.locator("[data-done-link]").get_attribute("href"))
    return reference, own


def reports_of(context: Any, words: str) -> list[dict[str, Any]]:
    """What the town has of these words, by its public API (so the category must publish at once)."""
    found: list[dict[str, Any]] = context.request.get("/api/v1/reports", params={"q": words}).json()["items"]
    return found


class Program:
    """Somebody of the staff, by the API."""

    def __init__(self, api: Any, account: dict[str, str]) -> None:
        told = {"email": account["email"], "password": account["password"]}
        self.api = api
        self.headers = {"Authorization": f"Bearer {api.post('/api/v1/tokens', data=told).json()['token']}"}

    def posts(self, path: str, to: str, **body: Any) -> Any:
        """Look at one thing, then post to its own address."""
        seen = self.api.get(f"/api/v1{path}", headers=self.headers).headers["etag"]
        answer = self.api.post(f"/api/v1{path}/{to}", headers=self.headers | {"If-Match": seen}, **body)
        assert answer.ok, answer.text()
        return answer.json()
