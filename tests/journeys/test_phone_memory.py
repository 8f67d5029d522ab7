"""Eleni's phone keeps nothing, or lets go of what it has: she is told, and her report goes all the same."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE, LiveTown
from tests.journeys.steps import SPOT, chooses, goes_on, points_at, step, writes
from tests.media import camera

#: No memory at all; one that refuses; one that aborts without a word, as a private window of WebKit does with a Blob.
NOTHING_KEPT = {
    "none": "Object.defineProperty(window, 'indexedDB', { value: undefined })",
    "refuses": "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); }",
    "aborts": """
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...given) {
          const asked = put.apply(this, given);
          this.transaction.abort();
          return asked;
        }""",
}
FULL = """
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, ...more) {
      if (window.full && this.name === 'photos') throw new DOMException('full', 'QuotaExceededError');
      return put.call(this, value, ...more);
    }"""


#: What stands there instead of a kept photo's ``id`` and ``bytes``.
DAMAGE = {
    "emptied": "({ id, bytes: new ArrayBuffer(0) })",
    "cut": "({ id, bytes: bytes.slice(0, bytes.byteLength - 10) })",
    "other": "({ id, bytes: new ArrayBuffer(bytes.byteLength) })",
}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "παγκάκι.jpg"
    path.write_bytes(camera.file(camera.street()))
    return path


@pytest.fixture
def words() -> str:
    return f"Χωρίς μνήμη {uuid.uuid4().hex[:10]}"


def spoils(page: Page, instead: str) -> None:
    """The one photo that this phone keeps becomes what ``instead`` makes of it."""
    page.evaluate(
        f"""() => new Promise((done) => {{
          const opening = indexedDB.open('kathimerina');
          opening.onsuccess = () => {{
            const photos = opening.result.transaction('photos', 'readwrite').objectStore('photos');
            photos.getAll().onsuccess = ({{ target }}) => {{
              const [{{ id, bytes }}] = target.result;
              photos.put({instead});
              photos.transaction.oncomplete = () => {{ opening.result.close(); done(); }};
            }};
          }};
        }})"""
    )


def sends(page: Page, words: str, *, script: bool) -> None:
    """From the place to the end."""
    points_at(page, *SPOT)
    goes_on(page, "place")
    chooses(page, "pothole", script=script)
    step(page, "words").locator("textarea").fill(words)
    goes_on(page, "words")
    goes_on(page, "check")
    expect(page.get_by_role("heading", name="Ευχαριστούμε")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("how", NOTHING_KEPT)
def test_without_a_memory_the_steps_go_by_the_towns_road(
    somebody: Any, live_town: LiveTown, photo: Path, words: str, how: str
) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.add_init_script(NOTHING_KEPT[how])
    page.goto("/")
    page.locator("#f-photo").set_input_files(photo)
    expect(page).to_have_url(re.compile("/place$"))
    page.go_back()
    expect(page).to_have_url(re.compile("/photo$|/$"))
    page.go_forward()
    step(page, "place")
    sends(page, words, script=False)
    assert live_town.photos_of(words) == [1]


def test_without_a_memory_one_may_also_begin_without_a_photo(
    somebody: Any, live_town: LiveTown, photo: Path, words: str
) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.add_init_script(NOTHING_KEPT["none"])
    page.goto("/")
    page.locator("[name=skip]").click()
    step(page, "place")
    page.locator("[data-back]").click()
    page.locator("#f-photo").set_input_files(photo)  # the town keeps the draft: the photo goes at once
    step(page, "place")
    sends(page, words, script=False)
    assert live_town.photos_of(words) == [1]


def test_a_memory_that_never_answers_is_not_waited_for(
    somebody: Any, live_town: LiveTown, photo: Path, words: str
) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.add_init_script("""
        const open = IDBFactory.prototype.open;
        IDBFactory.prototype.open = function (...given) {
          const asked = open.apply(this, given);
          asked.addEventListener = () => undefined;
          return asked;
        }""")
    page.clock.install()
    page.goto("/")
    page.locator("#f-photo").set_input_files(photo)
    expect(page.locator("[data-new][data-beginning=yes]")).to_be_visible()
    expect(page.locator("[data-photos-said]")).to_have_text("Ετοιμάζουμε τη φωτογραφία…")
    for _second in range(60):
        page.clock.run_for(1_000)
        if page.url.endswith("/place"):
            break
        page.wait_for_timeout(50)
    step(page, "place")
    sends(page, words, script=False)
    assert live_town.photos_of(words) == [1]


def test_a_memory_that_is_full_midway_hands_everything_over_to_the_town(
    somebody: Any, live_town: LiveTown, photo: Path, words: str
) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.add_init_script(FULL)
    page.goto("/")
    page.locator("#f-photo").set_input_files(photo)
    step(page, "place")
    points_at(page, *SPOT)
    page.locator("[name=address]").fill("Δίπλα στο περίπτερο")
    goes_on(page, "place")
    chooses(page, "pothole")
    page.locator("[data-step=words] textarea").fill(words)
    goes_on(page, "words")
    step(page, "check").locator('[data-check-row="photo"] a').click()
    step(page, "photo")
    page.evaluate("window.full = true")
    page.locator("#f-gallery").set_input_files([photo, photo])
    # The town's own page, with all that was typed and all three photos.
    expect(page.locator(".kept__one")).to_have_count(3, timeout=20_000)
    expect(page.locator("[data-steps]")).to_have_count(0)
    page.get_by_role("button", name="Συνέχεια").last.click()
    page.goto(page.url.rpartition("/")[0] + "/check")
    expect(page.locator("[data-step=check]")).to_contain_text("Δίπλα στο περίπτερο")
    expect(page.locator("[data-step=check]")).to_contain_text(words)
    goes_on(page, "check")
    expect(page.get_by_role("heading", name="Ευχαριστούμε")).to_be_visible(timeout=30_000)
    assert live_town.photos_of(words) == [3]


def test_without_a_signal_a_full_memory_is_told_and_nothing_is_lost_while_the_page_is_open(
    somebody: Any, live_town: LiveTown, photo: Path, words: str
) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.add_init_script(FULL)
    page.goto("/")
    page.locator("#f-photo").set_input_files(photo)
    step(page, "place")
    page.locator("[data-step=place] [data-back]").click()
    step(page, "photo")
    page.evaluate("window.full = true")
    eleni.context.set_offline(True)
    page.locator("#f-gallery").set_input_files(photo)
    expect(page.locator("[data-step=photo] [role=alert]")).to_contain_text("Μείνετε σε αυτή τη σελίδα")
    expect(page.locator(".kept__one img")).to_have_count(2)
    expect(page.locator(".kept__unseen")).to_have_count(0)
    eleni.context.set_offline(False)
    expect(page.locator(".kept__one")).to_have_count(2, timeout=20_000)
    eleni.complaints.clear()  # the browser's own words about the line that was not there


def test_a_photo_that_the_phone_let_go_of_is_asked_for_again(somebody: Any, photo: Path) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.add_init_script(
        "if (!sessionStorage.read) File.prototype.arrayBuffer = function () {"
        " return Promise.reject(new DOMException('gone', 'NotReadableError')); }"
    )
    page.goto("/")
    page.locator("#f-photo").set_input_files(photo)
    expect(page.locator("[data-photos-said]")).to_contain_text("Το κινητό δεν μας έδωσε το «παγκάκι.jpg»")
    page.evaluate("delete File.prototype.arrayBuffer")
    page.locator("#f-photo").set_input_files(photo)
    step(page, "place")


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_kept_photo_that_went_bad_is_not_sent_as_one(
    somebody: Any, live_town: LiveTown, photo: Path, words: str, damage: str
) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    writes(page, words, photo)
    spoils(page, DAMAGE[damage])
    goes_on(page, "check")
    expect(step(page, "photo").locator("[data-error-summary]")).to_contain_text("δεν υπάρχει πια στο κινητό")
    page.get_by_role("button", name=re.compile("Αφαίρεση")).click()
    page.locator("#f-photo").set_input_files(photo)
    step(page, "check")
    goes_on(page, "check")
    expect(page.locator("[data-step=done][data-state=sent]")).to_be_visible(timeout=30_000)
    assert live_town.photos_of(words) == [1]


def test_what_was_kept_as_a_blob_before_still_goes(somebody: Any, live_town: LiveTown, photo: Path, words: str) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    writes(page, words, photo)
    spoils(page, "({ id, blob: new Blob([bytes]) })")
    goes_on(page, "check")
    expect(page.locator("[data-step=done][data-state=sent]")).to_be_visible(timeout=30_000)
    assert live_town.photos_of(words) == [1]
