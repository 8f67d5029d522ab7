"""The main roads in the three engines that people's browsers have, and a phone that keeps nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Playwright

from tests.journeys.conftest import LiveTown
from tests.journeys.engines import ENGINES, Hand
from tests.journeys.steps import Program
from tests.media import camera

ALL = pytest.mark.parametrize("hand", ENGINES, indirect=True)


@pytest.fixture
def hand(request: pytest.FixtureRequest, chromium: Browser, live_town: LiveTown) -> Iterator[Hand]:
    live_town.forgets_addresses()
    with ENGINES[request.param](chromium, live_town.url) as somebody:
        yield somebody


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "lakkouva.jpg"
    path.write_bytes(camera.file(Image.effect_noise((1600, 1200), 40).convert("RGB"), quality=80))
    return path


@pytest.fixture
def words() -> str:
    return f"Στις τρεις μηχανές {uuid.uuid4().hex[:10]}"


@pytest.fixture
def dispatched(playwright: Playwright, live_town: LiveTown) -> Iterator[Callable[[str], int]]:
    """Sends the crew of the road workers to a new pothole; the id of the order."""
    api = playwright.request.new_context(base_url=live_town.url)
    office = Program(api, live_town.account("dispatcher"))

    def send(words: str) -> int:
        told = {
            "category": "pothole",
            "location": {"type": "Point", "coordinates": [23.5484, 41.0856]},
            "description": words,
        }
        reference = api.post("/api/v1/reports", data=told).json()["reference"]
        made = office.posts(f"/reports/{reference}", "work-orders", data={"crew": "erga"})
        return int(made["items"][0]["id"])

    yield send
    api.dispose()


#: In script: the step that shows.
SHOWING = "document.querySelector('[data-step]:not([hidden])')?.dataset.step"


def writes(hand: Hand, words: str) -> None:
    """From the place to the last step."""
    hand.sees("[data-step=place]")
    hand.engine.evaluate("() => { document.querySelector('[data-step=place] [data-coordinates]').open = true; }")
    hand.writes("[data-step=place] [name=lon]", "23.5484")
    hand.writes("[data-step=place] [name=lat]", "41.0856")
    hand.presses("[data-step=place] [data-next]")
    hand.sees("[data-step=category]")
    hand.presses("[data-step=category] .tile:not([hidden]):has(:is(#c-pothole, #s-pothole))")
    for name in ("questions", "known"):
        hand.until(f"() => {SHOWING} !== 'category'")
        if hand.engine.evaluate(f"() => {SHOWING}") == name:
            hand.presses(f"[data-step={name}] [data-next]")
            hand.until(f"() => {SHOWING} !== '{name}'")
    hand.writes("[data-step=words] textarea", words)
    hand.presses("[data-step=words] [data-next]")
    hand.sees("[data-step=check]")


@ALL
def test_a_photo_becomes_a_report(hand: Hand, live_town: LiveTown, photo: Path, words: str) -> None:
    hand.goes_to("/")
    hand.chooses("#f-photo", photo)
    writes(hand, words)
    hand.until("() => document.querySelector('[data-step=check] .check__photo')?.naturalWidth > 0")
    hand.presses("[data-step=check] [data-next]")
    hand.sees("[data-step=done][data-state=sent] [data-done-reference]", "-")
    assert live_town.photos_of(words) == [1]


@ALL
def test_what_the_town_says_of_a_spot_does_not_move_the_button_under_the_finger(hand: Hand, photo: Path) -> None:
    hand.goes_to("/")
    hand.chooses("#f-photo", photo)
    hand.sees("[data-step=place]")
    hand.engine.evaluate("() => { document.querySelector('[data-step=place] [data-coordinates]').open = true; }")
    hand.writes("[data-step=place] [name=lon]", "23.5484")
    hand.writes("[data-step=place] [name=lat]", "41.0856")
    hand.engine.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    held = "() => document.querySelector('[data-step=place] [data-next]').getBoundingClientRect().top"
    before = hand.engine.evaluate(held)
    hand.engine.evaluate("() => document.activeElement.blur()")
    hand.sees("[data-step=place] [data-part=where]")
    assert abs(hand.engine.evaluate(held) - before) < 2


@ALL
def test_what_is_written_stands_there_after_a_reload(hand: Hand, photo: Path, words: str) -> None:
    hand.goes_to("/")
    hand.chooses("#f-photo", photo)
    writes(hand, words)
    hand.engine.evaluate("() => location.reload()")
    hand.sees("[data-step=check]", words)
    hand.until("() => document.querySelector('[data-step=check] .check__photo')?.naturalWidth > 0")


@ALL
def test_a_crew_starts_and_finishes_with_a_photo(
    hand: Hand, live_town: LiveTown, photo: Path, dispatched: Callable[[str], int], words: str
) -> None:
    account = live_town.account("crew", "erga")
    order = dispatched(words)
    hand.goes_to("/crew")
    hand.writes("input[name=email]", account["email"])
    hand.writes("input[name=password]", account["password"])
    hand.presses("main button[type=submit]")
    hand.sees(f"#order-{order}")
    hand.presses(f"#order-{order} button[type=submit]")
    hand.presses(f"#order-{order} a[href*='do=finish']")
    hand.chooses("#f-photo", photo)
    hand.writes("#f-words", words)
    hand.presses("#sheet button[type=submit]")
    hand.sees(f".ended #order-{order}", words)
    with live_town.database() as database:
        [row] = database.execute("SELECT status, after_photo_id FROM work_order WHERE id = %s", [order]).fetchall()
    assert row["status"] == "done"
    assert row["after_photo_id"] is not None


#: In script: says 2,500 m, as a phone indoors does.
INDOORS = """() => {
  const told = { coords: { longitude: 23.5484, latitude: 41.0856, accuracy: 2500 } };
  Object.defineProperty(navigator, 'geolocation', { value: { getCurrentPosition: (found) => found(told) } });
}"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@ALL
def test_what_citizens_lost_once_holds(hand: Hand, words: str) -> None:
    script = hand.engine.evaluate

    def value(selector: str) -> str:
        return str(script("(selector) => document.querySelector(selector).value", selector))

    # A guess of two kilometres is no place: the circle shows, and a pin must be set.
    hand.goes_to("/language/el?next=/")
    script(INDOORS)
    hand.presses("[data-step=photo] [name=skip]")
    hand.sees("[data-step=place] [data-place-note]", "μόνο περίπου")
    assert value("[data-step=place] [name=lon]") == ""
    hand.presses("[data-step=place] [data-next]")
    hand.sees("[data-step=place] .govuk-error-message")
    # A door that nobody knows stays in the words of the place; and all of it through a reload.
    hand.writes("#place-q", "Μεραρχίας 947")
    hand.presses("[data-step=place] [data-place-found] label")
    hand.until("() => document.querySelector('[data-step=place] [name=address]').value.includes('947')")
    hand.sees("[data-step=place] [data-part=where]", "Μεραρχίας")
    script("() => new Promise((over) => setTimeout(over, 700))")
    script("() => { window.old = true; location.reload(); }")
    hand.until("() => !window.old && document.querySelector('[data-step=place] [name=address]')?.value.includes('947')")
    hand.sees("[data-step=place] [data-part=where]", "Μεραρχίας")
    hand.presses("[data-step=place] [data-next]")
    # Nothing is invented for what is no word; what fits none is taken all the same.
    hand.writes("#category-q", "xyzzy")
    hand.until("() => document.querySelectorAll('[data-suggested] .tile').length === 1")
    assert value("[data-suggested] input") == "other"
    hand.presses("[data-suggested] .tile")
    # What is too much is counted at once; what is typed is kept while it is typed.
    hand.sees("[data-step=words]")
    script(
        """(words) => {
          const field = document.querySelector('[data-step=words] textarea');
          field.value = words.repeat(400);
          field.dispatchEvent(new Event('input', { bubbles: true }));
        }""",
        words,
    )
    hand.sees("[data-step=words]", "Περισσεύουν")
    hand.writes("[data-step=words] textarea", words)
    hand.until("() => !document.querySelector('[data-step=words]').textContent.includes('Περισσεύουν')")
    hand.presses("[data-step=words] [data-next]")
    hand.presses("[data-step=check] [data-next]")
    hand.sees("[data-step=done][data-state=sent] [data-done-reference]", "-")
    reference = hand.reads("[data-done-reference]")
    # The own page says one thing; large letters fit; a choice on the list applies at once, and back undoes it.
    hand.goes_to("/mine")
    hand.sees(f"[data-own] a[href*='{reference}']")
    assert "δεν έχετε στείλει" not in hand.reads("main").lower()
    for path in ("/mine", "/follow", "/"):
        hand.goes_to(path)
        script("() => { document.documentElement.style.fontSize = '200%'; }")
        assert script(SIDEWAYS) <= 0, path
    hand.goes_to("/reports")
    hand.presses(".pill:has([value=closed])")
    hand.until("() => location.search.includes('state=closed')")
    script("() => history.back()")
    hand.until("() => !location.search.includes('state=closed')")
    hand.until("() => document.querySelector('[name=state][value=\"\"]').checked")
    # The own report is taken back whole; of one that was put right a stranger says that it is broken again.
    hand.goes_to("/mine")
    hand.presses(f"[data-own] a[href*='{reference}']")
    hand.presses("details:has([action$=withdrawal]) summary")
    hand.presses("[action$=withdrawal] button[type=submit]:not([tabindex])")
    hand.sees("main", "Η αναφορά αποσύρθηκε")
    hand.goes_to("/reports?status=resolved")
    hand.presses("[data-lon] a")
    hand.sees("main", "Χάλασε ξανά")
    assert not hand.has("[action$=support] button")
