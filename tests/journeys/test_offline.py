"""Eleni has no signal: what she reports waits on her phone, and the town gets it exactly once, whatever breaks."""

from __future__ import annotations

import io
import re
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import FLAGS, program
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright, Route, expect

from tests.journeys.conftest import PHONE, LiveTown
from tests.journeys.steps import SPOT, chooses, goes_on, points_at, step, takes_photo, writes
from tests.media import camera

NEIGHBOUR = ("23,7900", "41,0856")
READY = "navigator.serviceWorker.ready.then((ready) => ready.active.state)"


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """As large as phones make them, lying on its side, and it says where it was taken."""
    told = camera.exif(orientation=6, gps=camera.gps((41, 5, 8.16), "N", (23, 32, 54.24), "E"))
    path = tmp_path / "λακκούβα.jpg"
    path.write_bytes(camera.file(Image.effect_noise((3000, 2000), 40).convert("RGB"), exif=told, quality=80))
    return path


@pytest.fixture
def words() -> str:
    """What only this report says, so that it is found again among all others."""
    return f"Χωρίς σήμα {uuid.uuid4().hex[:10]}"


class Phone:
    """A browser that keeps its own memory in a folder, and can be killed and opened again."""

    def __init__(self, playwright: Any, folder: Path, town: LiveTown) -> None:
        self._playwright, self._folder, self.town = playwright, folder, town
        self._program = program()
        self.context: BrowserContext
        self.page: Page
        self.open()

    def open(self, *, offline: bool = False, background: bool = False) -> None:
        """``background``: the browser may wake the worker by itself, as only some do."""
        self.context = self._playwright.chromium.launch_persistent_context(
            str(self._folder),
            executable_path=self._program,
            args=FLAGS,
            viewport=PHONE,
            base_url=self.town.url,
            locale="el-GR",
            offline=offline,
        )
        self.context.set_default_timeout(15_000)
        if not background:
            self.context.add_init_script("delete ServiceWorkerRegistration.prototype.sync")
        self.page = self.context.new_page()

    def close(self) -> None:
        self.context.close()

    def visits(self) -> None:
        """The first visit, with a signal: from then on the steps are on the phone."""
        self.page.goto("/")
        assert self.page.evaluate(READY) in ("activating", "activated")
        self.page.wait_for_function("navigator.serviceWorker.controller !== null")

    def loses_signal(self) -> None:
        self.context.set_offline(True)

    def finds_signal(self) -> None:
        self.context.set_offline(False)

    def fails(self, pattern: str, how: Callable[[Route], None]) -> None:
        """From now on these requests go wrong."""
        self.context.route(re.compile(pattern), how)

    def works_again(self) -> None:
        self.context.unroute_all()


@pytest.fixture
def eleni(playwright: Playwright, live_town: LiveTown, tmp_path: Path) -> Iterator[Phone]:
    live_town.forgets_addresses()
    phone = Phone(playwright, tmp_path / "phone", live_town)
    yield phone
    phone.close()


def is_sent(page: Page) -> str:
    """The page after sending, once the town has it; returns the reference."""
    expect(page.locator("[data-step=done][data-state=sent]")).to_be_visible(timeout=40_000)
    return page.locator("[data-done-reference]").inner_text()


def waits(page: Page) -> None:
    expect(page.locator("[data-step=done][data-state=waiting]")).to_be_visible()
    expect(page.get_by_role("heading", name="Τη φυλάξαμε στο κινητό σας")).to_be_visible()


def until(page: Page, happened: Callable[[], object]) -> None:
    """Wait for something that the page does not show."""
    deadline = time.monotonic() + 40
    while not happened():
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)


def the_town_has(phone: Phone, words: str) -> list[dict[str, Any]]:
    """The reports with these words in the town's database, in the order in which they came, with their photos."""
    asked = """
        SELECT description, report_reference(id) AS reference,
               ARRAY(SELECT photo_id FROM report_photo WHERE report_id = report.id) AS photos
        FROM report WHERE description LIKE %s ORDER BY id
    """
    with phone.town.database() as database:
        return database.execute(asked, [f"{words}%"]).fetchall()


def the_only_one(phone: Phone, words: str, *, photos: int = 1) -> dict[str, Any]:
    [told] = the_town_has(phone, words)
    assert len(told["photos"]) == photos
    return told


# -- no signal at each step ------------------------------------------------------------------------------------------


def test_a_report_written_without_any_signal_goes_when_it_returns(eleni: Phone, photo: Path, words: str) -> None:
    eleni.visits()
    eleni.loses_signal()
    writes(eleni.page, words, photo)
    goes_on(eleni.page, "check")
    waits(eleni.page)
    eleni.finds_signal()
    reference = is_sent(eleni.page)
    assert the_only_one(eleni, words)["reference"] == reference


@pytest.mark.parametrize("lost", ["photo", "place", "category", "words", "check"])
def test_the_signal_may_go_at_any_step(eleni: Phone, photo: Path, words: str, lost: str) -> None:
    page = eleni.page
    eleni.visits()

    def at(name: str) -> None:
        if name == lost:
            eleni.loses_signal()

    at("photo")
    takes_photo(page, photo)
    step(page, "place")
    at("place")
    points_at(page, *SPOT)
    goes_on(page, "place")
    step(page, "category")
    at("category")
    chooses(page, "pothole")
    step(page, "words").locator("textarea").fill(words)
    at("words")
    goes_on(page, "words")
    step(page, "check")
    at("check")
    goes_on(page, "check")
    waits(page)
    eleni.finds_signal()
    is_sent(page)
    the_only_one(eleni, words)


def test_a_line_that_is_there_but_dead_is_as_good_as_none(eleni: Phone, words: str) -> None:
    """A hotel's login page answers everything with 200, and a proxy with 403: neither is the town."""
    eleni.visits()
    writes(eleni.page, words)
    asked: list[int] = []

    def strange(route: Route) -> None:
        asked.append(200 if not asked else 403)
        body = "<html>Καλωσορίσατε στο ξενοδοχείο</html>" if asked[-1] == 200 else "Forbidden"
        route.fulfill(status=asked[-1], body=body)

    eleni.fails(r"/api/v1/", strange)
    goes_on(eleni.page, "check")
    until(eleni.page, lambda: len(asked) == 1)
    waits(eleni.page)
    eleni.page.locator("[data-done-retry]").click()
    until(eleni.page, lambda: len(asked) == 2)
    waits(eleni.page)
    eleni.works_again()
    eleni.page.locator("[data-done-retry]").click()
    is_sent(eleni.page)
    the_only_one(eleni, words, photos=0)


# -- killed ----------------------------------------------------------------------------------------------------------


def test_the_browser_is_killed_before_sending_and_opened_again(eleni: Phone, photo: Path, words: str) -> None:
    eleni.visits()
    eleni.loses_signal()
    writes(eleni.page, words, photo)
    goes_on(eleni.page, "check")
    waits(eleni.page)
    eleni.close()
    eleni.open(offline=True)
    eleni.page.goto("/reports")  # any page: this one was never kept
    expect(eleni.page.get_by_role("heading", name="Δεν υπάρχει δίκτυο")).to_be_visible()
    expect(eleni.page.locator("[data-state=waiting]")).to_contain_text("Περιμένει δίκτυο")
    eleni.finds_signal()
    expect(eleni.page.locator("[data-state=sent]")).to_contain_text(re.compile(r"\d{3}-\d{3}-\d{3}"), timeout=40_000)
    the_only_one(eleni, words)


def test_the_browser_is_killed_in_the_middle_of_the_photo(eleni: Phone, photo: Path, words: str) -> None:
    eleni.visits()
    writes(eleni.page, words, photo)
    sent: list[int] = []

    def breaks(route: Route) -> None:
        if route.request.method != "PATCH":
            return route.continue_()
        sent.append(int(route.request.headers["upload-offset"]))
        return route.abort() if sent[-1] > 0 else route.continue_()

    eleni.fails(r"/api/v1/uploads/", breaks)
    goes_on(eleni.page, "check")
    until(eleni.page, lambda: len(sent) == 2)
    waits(eleni.page)
    assert sent == [0, 256 * 1024]
    eleni.close()
    eleni.open()
    offsets: list[int] = []
    eleni.page.on(
        "request",
        lambda asked: offsets.append(int(asked.headers["upload-offset"])) if asked.method == "PATCH" else None,
    )
    eleni.page.goto("/")
    expect(eleni.page.locator("[data-outbox] [data-state=sent]")).to_be_visible(timeout=40_000)
    assert offsets[0] == 256 * 1024, "what had arrived does not go again"
    the_only_one(eleni, words)


def test_the_browser_is_killed_while_the_town_already_has_it(eleni: Phone, photo: Path, words: str) -> None:
    """The town took the report, but its answer never came: sent again, it is still one."""
    eleni.visits()
    writes(eleni.page, words, photo)

    swallowed: list[int] = []

    def swallows(route: Route) -> None:
        swallowed.append(route.fetch().status)
        route.abort()

    eleni.fails(r"/api/v1/reports$", swallows)
    goes_on(eleni.page, "check")
    until(eleni.page, lambda: swallowed)
    waits(eleni.page)
    assert swallowed == [201]
    first = the_only_one(eleni, words)["reference"]
    eleni.close()
    eleni.open()
    eleni.page.goto("/")
    expect(eleni.page.locator("[data-outbox] [data-state=sent]")).to_contain_text(first, timeout=40_000)
    the_only_one(eleni, words)


def test_killed_with_the_report_on_the_wire_it_is_found_again(eleni: Phone, words: str) -> None:
    eleni.visits()
    writes(eleni.page, words)
    eleni.fails(r"/api/v1/reports$", lambda route: None)  # never answered
    goes_on(eleni.page, "check")
    expect(eleni.page.locator("[data-step=done][data-state=sending]")).to_be_visible()
    eleni.close()
    eleni.open()
    eleni.page.goto("/")
    expect(eleni.page.locator("[data-outbox] [data-state=sent]")).to_be_visible(timeout=40_000)
    the_only_one(eleni, words, photos=0)


def test_the_browser_sends_by_itself_what_waits_when_no_page_is_open(eleni: Phone, photo: Path, words: str) -> None:
    eleni.close()
    eleni.open(background=True)
    eleni.visits()
    eleni.loses_signal()
    writes(eleni.page, words, photo)
    goes_on(eleni.page, "check")
    waits(eleni.page)
    eleni.page.goto("about:blank")
    eleni.finds_signal()
    until(eleni.page, lambda: the_town_has(eleni, words))
    the_only_one(eleni, words)


def test_after_sending_nothing_goes_again(eleni: Phone, photo: Path, words: str) -> None:
    eleni.visits()
    writes(eleni.page, words, photo)
    goes_on(eleni.page, "check")
    reference = is_sent(eleni.page)
    eleni.page.go_back()
    expect(eleni.page.locator("[data-step=photo]")).to_be_visible()
    eleni.close()
    eleni.open()
    eleni.page.goto("/")
    row = eleni.page.locator("[data-outbox] [data-state=sent]")
    expect(row).to_contain_text(reference)
    the_only_one(eleni, words)
    row.get_by_role("button", name="Αφαίρεση").click()
    expect(row).to_have_count(0)
    the_only_one(eleni, words)


# -- several, refused, taken back ------------------------------------------------------------------------------------


def test_two_reports_go_in_the_order_in_which_they_were_finished(eleni: Phone, words: str) -> None:
    eleni.visits()
    eleni.loses_signal()
    for n in (1, 2):
        writes(eleni.page, f"{words} {n}")
        goes_on(eleni.page, "check")
        waits(eleni.page)
    expect(eleni.page.locator("[data-outbox-line]")).to_contain_text("2 αναφορές περιμένουν")
    eleni.finds_signal()
    is_sent(eleni.page)
    assert [one["description"] for one in the_town_has(eleni, words)] == [f"{words} 1", f"{words} 2"]


def test_a_refusal_is_kept_with_its_reason_and_lets_the_next_go(eleni: Phone, words: str) -> None:
    eleni.visits()
    eleni.loses_signal()
    page = eleni.page
    writes(page, f"{words} έξω", at=NEIGHBOUR)
    goes_on(page, "check")
    waits(page)
    writes(page, f"{words} μέσα")
    goes_on(page, "check")
    waits(page)
    eleni.finds_signal()
    is_sent(page)
    assert [one["description"] for one in the_town_has(eleni, words)] == [f"{words} μέσα"]
    page.goto("/")
    row = page.locator("[data-outbox] [data-state=refused]")
    expect(row.locator(".govuk-error-message")).not_to_be_empty()
    row.get_by_role("button", name="Διόρθωση").click()
    place = step(page, "place")
    expect(place.locator("[data-error-summary]")).to_be_focused()
    points_at(page, *SPOT)
    page.locator("[name=lat]").blur()
    expect(place.locator("[data-part=where]")).to_be_visible()
    goes_on(page, "place")
    goes_on(page, "check")
    is_sent(page)
    assert len(the_town_has(eleni, words)) == 2


def test_a_waiting_report_can_be_taken_back_and_corrected(eleni: Phone, words: str) -> None:
    eleni.visits()
    eleni.loses_signal()
    page = eleni.page
    writes(page, f"{words} πριν")
    goes_on(page, "check")
    waits(page)
    page.goto("/mine")
    page.locator("[data-outbox] [data-state=waiting]").get_by_role("button", name="Διόρθωση").click()
    step(page, "check").locator("[data-go=words]").click()
    step(page, "words").locator("textarea").fill(f"{words} μετά")
    goes_on(page, "words")
    goes_on(page, "check")
    waits(page)
    eleni.finds_signal()
    is_sent(page)
    assert [one["description"] for one in the_town_has(eleni, words)] == [f"{words} μετά"]


def test_nothing_is_deleted_without_her_word(eleni: Phone, words: str) -> None:
    eleni.visits()
    eleni.loses_signal()
    page = eleni.page
    writes(page, words)
    goes_on(page, "check")
    waits(page)
    page.goto("/mine")
    row = page.locator("[data-outbox] [data-state=waiting]")
    page.once("dialog", lambda asked: asked.dismiss())
    row.get_by_role("button", name="Διαγραφή").click()
    expect(row).to_have_count(1)
    page.once("dialog", lambda asked: asked.accept())
    row.get_by_role("button", name="Διαγραφή").click()
    expect(row).to_have_count(0)
    eleni.finds_signal()
    page.goto("/")
    assert the_town_has(eleni, words) == []


# -- the draft -------------------------------------------------------------------------------------------------------


def test_a_draft_survives_the_browser_at_every_step_without_a_signal(eleni: Phone, photo: Path, words: str) -> None:
    eleni.visits()
    eleni.loses_signal()
    page = eleni.page
    page.goto("/")
    takes_photo(page, photo)
    points_at(page, *SPOT)
    goes_on(page, "place")
    chooses(page, "pothole")
    step(page, "words").locator("textarea").fill(words)
    page.locator("[data-step=words] textarea").blur()
    address = page.url
    eleni.close()
    eleni.open(offline=True)
    page = eleni.page
    page.goto(address)
    expect(step(page, "words").locator("textarea")).to_have_value(words)
    for name in ("questions", "category", "place", "photo"):
        page.locator("[data-step]:visible [data-back]").click()
        step(page, name)
    expect(page.locator(".kept__one img")).to_have_count(1)
    goes_on(page, "photo")
    expect(step(page, "place").locator("[name=lon]")).to_have_value("23,5484")


def test_a_draft_in_two_tabs_is_sent_once(eleni: Phone, words: str) -> None:
    eleni.visits()
    page = eleni.page
    writes(page, words)
    other = eleni.context.new_page()
    other.goto(page.url)
    step(other, "check")
    goes_on(page, "check")
    is_sent(page)
    # The other tab notices by itself when it comes to the front or goes; if it has not yet, at the next tap in it.
    other.locator("[data-step=check]:visible [data-go=words], [data-step=done]:visible h1").first.click()
    is_sent(other)
    the_only_one(eleni, words, photos=0)


def test_a_photo_is_made_small_on_the_phone_and_says_where_it_was_taken(eleni: Phone, photo: Path, words: str) -> None:
    eleni.visits()
    page = eleni.page
    page.goto("/")
    takes_photo(page, photo)
    place = step(page, "place")
    expect(place.locator("[data-place-note]")).to_contain_text("γράφει πού τραβήχτηκε")
    expect(place.locator("[name=lon]")).to_have_value(re.compile(r"^23\.548"))
    goes_on(page, "place")
    chooses(page, "pothole")
    step(page, "words").locator("textarea").fill(words)
    goes_on(page, "words")
    kept = page.evaluate(
        """async () => {
            const opened = indexedDB.open("kathimerina");
            const db = await new Promise((done) => (opened.onsuccess = () => done(opened.result)));
            const asked = db.transaction("photos").objectStore("photos").getAll();
            const [{ bytes }] = await new Promise((done) => (asked.onsuccess = () => done(asked.result)));
            return [...new Uint8Array(bytes)];
        }"""
    )
    small = Image.open(io.BytesIO(bytes(kept)))
    assert (small.format, small.size, dict(small.getexif())) == ("JPEG", (1365, 2048), {})
    goes_on(page, "check")
    is_sent(page)
    the_only_one(eleni, words)
    shown = eleni.context.request.get(str(page.locator("[data-done-link]").get_attribute("href"))).text()
    large = re.search(r'href="([^"]*/large\.jpg[^"]*)"', shown)
    assert large
    picture = Image.open(io.BytesIO(eleni.context.request.get(large[1]).body()))
    assert picture.height > picture.width


def test_what_is_no_photo_is_said_at_once(eleni: Phone, tmp_path: Path) -> None:
    false = tmp_path / "ψεύτικη.jpg"
    false.write_text("<html>δεν είμαι φωτογραφία</html>")
    eleni.visits()
    eleni.page.locator("#f-photo").set_input_files(false)
    expect(eleni.page.locator("[data-photos-said]")).to_contain_text("ψεύτικη.jpg")
    step(eleni.page, "photo")


@pytest.mark.parametrize("typed", ["lakkouva", "λακουβα", "LAKKOYBA", "λακκοβα"])
def test_greeklish_and_slips_find_the_tile_without_a_signal(eleni: Phone, typed: str) -> None:
    eleni.visits()
    eleni.loses_signal()
    page = eleni.page
    takes_photo(page, None)
    points_at(page, *SPOT)
    goes_on(page, "place")
    page.locator("#category-q").fill(typed)
    expect(page.locator("[data-suggested] .tile").first).to_contain_text("Λακκούβα")


def test_the_first_visit_may_break_before_the_steps_are_here(eleni: Phone, photo: Path) -> None:
    eleni.page.goto("/")
    eleni.loses_signal()
    eleni.page.locator("#f-photo").set_input_files(photo)
    expect(eleni.page.locator("[data-photos-said]")).to_contain_text("Το σήμα χάθηκε")
    eleni.finds_signal()
    step(eleni.page, "place")


def test_the_application_can_be_put_on_the_home_screen(eleni: Phone) -> None:
    eleni.page.goto("/")
    address = eleni.page.locator("link[rel=manifest]").get_attribute("href")
    told = eleni.context.request.get(str(address)).json()
    assert told["display"] == "standalone"
    sizes = {(icon["sizes"], icon["purpose"]) for icon in told["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    for icon in told["icons"]:
        picture = Image.open(io.BytesIO(eleni.context.request.get(icon["src"]).body()))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]


def test_private_pages_are_never_kept_on_the_phone(eleni: Phone, words: str) -> None:
    eleni.visits()
    writes(eleni.page, words)
    goes_on(eleni.page, "check")
    is_sent(eleni.page)
    eleni.page.locator("[data-done-link]").click()
    eleni.page.wait_for_url(re.compile("/r/"))
    kept = eleni.page.evaluate(
        """async () => {
            const found = [];
            for (const name of await caches.keys()) {
                for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
            }
            return found;
        }"""
    )
    assert "/new/shell" in kept
    private = [path for path in kept if re.match(r"/(r|mine|office|crew|api/v1/(?!areas))", path)]
    assert private == []
