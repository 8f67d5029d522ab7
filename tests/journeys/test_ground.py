"""The map shows streets: with the network, on a bad line and without it; and a spot is found by typing an address."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.steps import goes_on, step, takes_photo

#: The zooms of the ground's canvases on which something other than the plain ground is drawn.
DRAWN = """
() => [...document.querySelectorAll('.leaflet-tile-pane canvas')].filter((tile) => {
  if (!tile.width || !tile.checkVisibility()) return false;
  const { data } = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height);
  const first = `${data[0]},${data[1]},${data[2]}`;
  for (let at = 0; at < data.length; at += 4) if (`${data[at]},${data[at + 1]},${data[at + 2]}` !== first) return true;
  return false;
}).map((tile) => Number(tile.key.split(':')[2]))
"""
GROUNDED = ".map__ground.map--grounded"
READY = "navigator.serviceWorker.ready.then((ready) => ready.active.state)"


def at_the_place(page: Page) -> None:
    page.goto("/")
    takes_photo(page, None)
    step(page, "place")
    expect(page.locator("[data-step=place] .map--on")).to_be_visible()


def finds(page: Page, typed: str, name: str) -> None:
    page.get_by_label(re.compile("^Δρόμος, πλατεία")).press_sequentially(typed)
    page.locator("[data-place-found] label").filter(has_text=name).first.click()


def is_said(page: Page, words: str) -> None:
    expect(page.locator("[data-step=place] [data-part=where]")).to_have_text(re.compile(words))


def drawn(page: Page) -> None:
    page.wait_for_function(f"() => ({DRAWN})().length > 0")


def keeps(page: Page, enough: Callable[[list[str]], bool]) -> None:
    """Wait until the tiles that the worker keeps are enough. (A browser's own waiting takes any promise for true.)"""
    names = "caches.open('tiles').then((kept) => kept.keys()).then((keys) => keys.map((key) => key.url))"
    for _ in range(300):
        if enough(page.evaluate(names)):
            return
        page.wait_for_timeout(50)
    raise AssertionError(page.evaluate(names))


def is_of_zoom(*zooms: int) -> Callable[[list[str]], bool]:
    """Whether there is a tile of each zoom: around a spot the worker fetches 16 first and 12 last."""
    return lambda kept: all(any(f"/{zoom}/" in address for address in kept) for zoom in zooms)


def spot(page: Page) -> tuple[float, float]:
    lon, lat = (page.locator(f"[data-step=place] [name={name}]").input_value() for name in ("lon", "lat"))
    return float(lon), float(lat)


@pytest.mark.parametrize(
    ("typed", "name", "said"),
    [
        ("merarxias 12", "Μεραρχίας 12", "Μεραρχίας"),
        ("Μεραρχίας και Κύπρου", "Μεραρχίας και Κύπρου", "Μεραρχίας|Κύπρου"),
        ("25 martiou", "25ης Μαρτίου", "25ης Μαρτίου"),
    ],
)
def test_eleni_says_where_by_typing_and_sees_it_on_the_street(somebody: Any, typed: str, name: str, said: str) -> None:
    page = somebody(PHONE).page
    at_the_place(page)
    finds(page, typed, name)
    is_said(page, said)
    expect(page.locator("[data-step=place] .pick-pin")).to_be_visible()
    drawn(page)
    lon, lat = spot(page)
    assert 23.53 < lon < 23.57
    assert 41.07 < lat < 41.11
    goes_on(page, "place")
    step(page, "category")


def test_the_streets_come_from_the_town_and_nobody_else_is_asked(somebody: Any) -> None:
    page = somebody(DESK).page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/reports")
    expect(page.locator(GROUNDED)).to_be_visible()
    drawn(page)
    assert any(re.search(r"/tiles/ground/v\d+/\d+/\d+/\d+\.mvt$", url) for url in asked)
    assert {urlsplit(url).hostname for url in asked if url.startswith("http")} == {urlsplit(page.url).hostname}
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("Σκαρίφημα")


def test_without_any_tile_the_outlines_and_names_are_the_ground_and_a_pin_can_be_set(somebody: Any) -> None:
    eleni = somebody(PHONE, service_workers="block")
    page = eleni.page
    page.route("**/tiles/**", lambda route: route.abort())
    at_the_place(page)
    page.wait_for_load_state("networkidle")
    expect(page.locator(GROUNDED)).to_have_count(0)
    expect(page.locator("[data-step=place] .map-municipality")).not_to_have_css("fill", "none")
    expect(page.locator("[data-step=place] .map-names .map-word").first).to_be_attached()
    page.locator("[data-step=place] .map__ground").click(position={"x": 180, "y": 170})
    expect(page.locator("[data-step=place] .pick-pin")).to_be_visible()
    eleni.complaints.clear()  # the browser tells of each tile that did not come


@pytest.mark.parametrize(
    "breaks",
    [
        lambda route: route.abort(),
        lambda route: route.fulfill(status=503, body='{"title": "Σε λίγο είμαστε πάλι εδώ"}'),
        lambda route: route.fulfill(status=200, body="<html>a hotel's login page</html>", content_type="text/html"),
    ],
    ids=["lost", "503", "something else"],
)
def test_tiles_that_fail_half_way_break_nothing_and_come_when_the_line_does(somebody: Any, breaks: Any) -> None:
    eleni = somebody(DESK, service_workers="block")
    page = eleni.page
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    seen = 0

    def every_second(route: Route) -> None:
        nonlocal seen
        seen += 1
        breaks(route) if seen % 2 else route.continue_()

    page.route("**/tiles/**", every_second)
    page.goto("/reports?bbox=23.540,41.083,23.553,41.092")
    drawn(page)
    half = len(page.evaluate(DRAWN))
    page.unroute("**/tiles/**")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.wait_for_function(f"(half) => ({DRAWN})().length > half", arg=half)
    assert wrong == []
    expect(page.locator(".map--list .mark-pin").first).to_be_visible()
    eleni.complaints.clear()


def test_around_the_last_place_there_are_streets_without_a_network(somebody: Any) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.goto("/")
    page.evaluate(READY)
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    at_the_place(page)
    finds(page, "Μεραρχίας 12", "Μεραρχίας 12")
    is_said(page, "Μεραρχίας")
    drawn(page)
    keeps(page, is_of_zoom(16, 15, 12))
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("[data-step=place] .map--on")).to_be_visible()
    page.locator("[data-step=place] .pick-pin").wait_for()
    drawn(page)
    # From the village to the street, and none of it was asked for before.
    near = max(page.evaluate(DRAWN))
    page.locator("[data-step=place] .leaflet-control-zoom-out").click()
    page.wait_for_function(f"(near) => ({DRAWN})().includes(near - 1)", arg=near)
    before = spot(page)
    finds(page, "kyprou", "Κύπρου")
    assert spot(page) != before
    page.context.set_offline(False)
    eleni.complaints.clear()


class Slow:
    """A line on which tiles wait until they are let through."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._held: list[Route] = []
        page.route("**/tiles/**", lambda route: self._held.append(route))

    def lets_through(self) -> None:
        for route in self._held:
            route.continue_()
        self._page.unroute("**/tiles/**")


HERE = "/reports?bbox=23.540,41.083,23.553,41.092"


def test_two_fingers_that_spread_and_close_again_leave_no_blank_map(somebody: Any) -> None:
    page = somebody(PHONE, service_workers="block").page
    slow = Slow(page)
    page.goto(HERE)
    page.get_by_role("button", name="Χάρτης", exact=True).click()
    expect(page.locator(".leaflet-tile-pane canvas").first).to_be_attached()
    box = page.locator(".map__ground").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, apart: float) -> None:
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}] if apart else []
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 40)
    for apart in (50, 60, 80, 100, 120, 100, 80, 60, 50, 42):
        touch("touchMove", apart)
        page.evaluate("new Promise(requestAnimationFrame)")
    touch("touchEnd", 0)
    expect(page.locator(".leaflet-zoom-anim")).to_have_count(0)
    slow.lets_through()
    drawn(page)


def test_a_line_that_comes_back_while_the_map_zooms_blanks_nothing(somebody: Any) -> None:
    eleni = somebody(DESK, service_workers="block")
    page = eleni.page
    page.route("**/tiles/**", lambda route: route.abort())
    page.goto(HERE)
    page.wait_for_load_state("networkidle")
    page.unroute("**/tiles/**")
    slow = Slow(page)
    page.locator(".leaflet-control-zoom-in").click()
    expect(page.locator(".leaflet-zoom-anim")).to_have_count(0)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    slow.lets_through()
    drawn(page)
    eleni.complaints.clear()


def test_a_phone_keeps_no_more_tiles_than_it_should(somebody: Any) -> None:
    page = somebody(PHONE).page
    page.goto("/")
    page.evaluate(READY)
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.evaluate("""async () => {
      const kept = await caches.open('tiles');
      for (let n = 0; n < 640; n++) await kept.put(`/tiles/ground/16/0/${n}.mvt`, new Response('x'));
    }""")
    at_the_place(page)
    finds(page, "Μεραρχίας 12", "Μεραρχίας 12")
    drawn(page)
    keeps(page, lambda kept: len(kept) <= 600)
    oldest = "caches.open('tiles').then((kept) => kept.match('/tiles/ground/16/0/0.mvt')).then((one) => Boolean(one))"
    assert page.evaluate(oldest) is False, "what was not looked at for longest goes first"


def test_a_crew_has_the_ground_around_its_stops(somebody: Any, live_town: Any) -> None:
    crew = somebody({"width": 820, "height": 1180})
    crew.signs_in(live_town.account("crew", "erga"), "/crew")
    page = crew.page
    page.evaluate(READY)
    page.reload()
    drawn(page)
    keeps(page, lambda kept: len(kept) >= 40 and is_of_zoom(16)(kept))


def test_without_javascript_an_address_is_found_all_the_same(somebody: Any, tmp_path: Path) -> None:
    page = somebody(PHONE, script=False).page
    page.goto("/")
    takes_photo(page, None, script=False)
    page.get_by_label(re.compile("^Δρόμος, πλατεία")).fill("merarxias 12")
    page.get_by_role("button", name="Εύρεση").last.click()
    page.get_by_label(re.compile("Μεραρχίας 12")).check()
    page.get_by_role("button", name="Εδώ είναι").click()
    expect(page.get_by_role("heading", name=re.compile("Τι"))).to_be_visible()
