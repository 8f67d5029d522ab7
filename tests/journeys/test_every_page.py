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
