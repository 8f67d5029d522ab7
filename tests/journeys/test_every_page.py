"""Every page in Greek and English, on phone, tablet and desk: readable by all, and nothing sticks out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import DESK, PHONE, ROOT, TABLET, LiveTown
from tests.journeys.steps import chooses, goes_on, points_at, step, takes_photo

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text() if Path(ROOT / "node_modules/axe-core").exists() else ""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def well_made(page: Any) -> None:
    """No fault that axe knows of, and no sideways scrolling."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    faults = [(fault["id"], [node["html"][:120] for node in fault["nodes"]][:3]) for fault in found]
    assert faults == [], page.url
    assert page.evaluate(WIDER) <= 0, page.url


@pytest.mark.parametrize("language", ["el-GR", "en-GB"])
@pytest.mark.parametrize("viewport", [PHONE, TABLET, DESK], ids=["phone", "tablet", "desk"])
def test_the_citizens_pages(somebody: Any, live_town: LiveTown, viewport: dict[str, int], language: str) -> None:
    eleni = somebody(viewport, language=language)
    api = eleni.context.request
    references = {
        state: api.get(f"/api/v1/reports?status={state}").json()["items"][0]["reference"]
        for state in ("resolved", "forwarded", "merged", "in_progress")
    }
    paths = ["/", "/reports", "/reports?q=τίποτα-τέτοιο", "/login", *(f"/r/{one}" for one in references.values())]
    for path in paths:
        eleni.page.goto(path)
        assert eleni.page.locator("html").get_attribute("lang") == language[:2]
        well_made(eleni.page)
    eleni.page.goto("/")
    takes_photo(eleni.page, None)
    points_at(eleni.page, "23,5484", "41,0856")
    well_made(eleni.page)
    goes_on(eleni.page, "place")
    goes_on(eleni.page, "category")
    well_made(eleni.page)
    chooses(eleni.page, "bench")
    well_made(eleni.page)
    goes_on(eleni.page, "words", "[data-go=contact]")
    eleni.page.get_by_label("E-mail").fill("όχι-mail")
    goes_on(eleni.page, "contact")
    well_made(eleni.page)
    eleni.page.get_by_label("E-mail").fill("")
    goes_on(eleni.page, "contact")
    step(eleni.page, "check")
    well_made(eleni.page)
    eleni.page.goto("/r/111-111-111")
    well_made(eleni.page)
    eleni.complaints.clear()  # the browser notes 404 and 422 itself


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["el-GR", "en-GB"])
def test_every_component_in_each_of_its_states(somebody: Any, language: str, scheme: str) -> None:
    page = somebody(PHONE, language=language, color_scheme=scheme, bypass_csp=True).page
    page.goto("/styleguide")
    assert page.evaluate("scrollY") == 0
    page.locator(".counter--over").wait_for()
    for size in (PHONE, TABLET, DESK):
        page.set_viewport_size(size)
        well_made(page)
    page.set_viewport_size(PHONE)
    page.add_style_tag(content="html { font-size: 200% }")
    assert page.evaluate(WIDER) <= 0


@pytest.mark.parametrize("viewport", [PHONE, TABLET, DESK], ids=["phone", "tablet", "desk"])
def test_the_offices_and_crews_pages(somebody: Any, live_town: LiveTown, viewport: dict[str, int]) -> None:
    nikos = somebody(viewport)
    nikos.signs_in(live_town.account("dispatcher"), "/office")
    for state, deed in (
        ("received", "dispatch"),
        ("received", "merge"),
        ("accepted", "reject"),
        ("resolved", "reopen"),
    ):
        items = nikos.context.request.get(f"/api/v1/reports?status={state}").json()["items"]
        nikos.page.goto(f"/office?queue={state}&report={items[0]['reference']}&do={deed}")
        well_made(nikos.page)
        nikos.page.goto(f"/office/reports/{items[0]['reference']}")
        well_made(nikos.page)
    for queue in ("objected", "to_look_at"):
        nikos.page.goto(f"/office?queue={queue}&order=supported")
        well_made(nikos.page)
        nikos.page.goto(nikos.page.locator("[data-rows] a").first.get_attribute("href"))
        well_made(nikos.page)
        nikos.page.goto(f"{nikos.page.url}&do=block")
        well_made(nikos.page)
    for path in ("/office/blocked", "/office/letters"):
        nikos.page.goto(path)
        well_made(nikos.page)
    crew = somebody(viewport)
    crew.signs_in(live_town.account("crew", "sidero"), "/crew")
    well_made(crew.page)
    crew.page.goto(crew.page.locator("a.job__open").first.get_attribute("href"))
    well_made(crew.page)
    assert nikos.page.goto("/api/v1/docs").status == 200
    nikos.page.wait_for_selector(".swagger-ui .opblock")


@pytest.mark.parametrize("language", ["el-GR", "en-GB"])
@pytest.mark.parametrize("path", ["/", "/follow", "/mine", "/reports"])
def test_letters_twice_as_large_push_nothing_aside(somebody: Any, path: str, language: str) -> None:
    page = somebody(PHONE, language=language, bypass_csp=True).page
    page.goto(path)
    page.add_style_tag(content="html { font-size: 200% }")
    assert page.evaluate(WIDER) <= 0
    # No word of a heading is cut in the middle: its longest one fits in a line.
    longest = """
    () => [...document.querySelectorAll('main :is(h1, h2)')].filter((one) => one.checkVisibility()).every((one) => {
      const range = document.createRange();
      const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        for (const word of text.data.matchAll(/[^\\s-]+/g)) {
          range.setStart(text, word.index);
          range.setEnd(text, word.index + word[0].length);
          if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) return false;
        }
      }
      return true;
    })
    """
    assert page.evaluate(longest)


def test_on_a_phone_that_lies_on_its_side_camera_and_map_are_in_sight(somebody: Any) -> None:
    page = somebody({"width": 740, "height": 360}).page
    page.goto("/")
    camera = page.locator(".adder--main").bounding_box()
    assert camera["y"] + camera["height"] <= 360
    takes_photo(page, None)
    ground = step(page, "place").locator(".map__ground")
    assert ground.bounding_box()["y"] < 120
    assert ground.bounding_box()["height"] > 150
    well_made(page)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_the_citizens_pages_at_night(somebody: Any, viewport: dict[str, int]) -> None:
    eleni = somebody(viewport, color_scheme="dark")
    page = eleni.page
    items = eleni.context.request.get("/api/v1/reports?status=resolved,in_progress,rejected").json()["items"]
    states = {one["status"]: one["reference"] for one in items}
    for path in ("/", "/reports", "/follow", "/mine", *(f"/r/{one}" for one in states.values())):
        page.goto(path)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 23, 28)"
        well_made(page)
    page.goto("/")
    takes_photo(page, None)
    points_at(page, "23,5484", "41,0856")
    well_made(page)
    goes_on(page, "place")
    page.locator("#category-q").fill("κουνούπια")
    step(page, "category").locator("[data-referral]:visible").wait_for()
    well_made(page)
