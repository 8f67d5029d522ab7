"""The main road in a real browser: Eleni's phone, Nikos's desk, the crew's tablet, and Eleni again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, TABLET, LiveTown
from tests.journeys.steps import reports_something
from tests.media import camera

#: In the middle of Serres.
LAT, LON = ((41, 5, 8.16), "N"), ((23, 32, 54.24), "E")


@pytest.fixture
def sideways_photo(tmp_path: Path) -> Path:
    """What a phone held upright makes: a lying picture, a note how to turn it, and where it was taken."""
    path = tmp_path / "παγκάκι.jpg"
    told = camera.exif(orientation=6, gps=camera.gps(*LAT, *LON))
    path.write_bytes(camera.file(camera.street(), exif=told))
    return path


@pytest.fixture
def after_photo(tmp_path: Path) -> Path:
    path = tmp_path / "μετά.jpg"
    path.write_bytes(camera.file(camera.street()))
    return path


def test_a_pothole_from_elenis_photo_to_the_closed_street(
    somebody: Any, live_town: LiveTown, sideways_photo: Path, after_photo: Path
) -> None:
    eleni = somebody(PHONE)
    words = "Βαθιά λακκούβα μπροστά στο σχολείο"
    reference, own = reports_something(eleni.page, photo=sideways_photo, category="pothole", words=words)
    eleni.page.goto(own)
    shown = eleni.page.locator("article img").first
    answer = eleni.context.request.get(shown.get_attribute("src"))
    picture = Image.open(io.BytesIO(answer.body()))
    assert picture.height > picture.width
    assert not picture.getexif()

    nikos = somebody(DESK)
    nikos.signs_in(live_town.account("dispatcher"), "/office")
    nikos.page.goto(f"/office?queue=received&report={reference}")
    expect(nikos.page.locator(".told__words")).to_have_text("Βαθιά λακκούβα μπροστά στο σχολείο")
    nikos.page.get_by_role("button", name="Αποδοχή").click()
    expect(nikos.page.locator("article.report")).to_have_attribute("data-status", "accepted")
    nikos.page.goto(f"/office/reports/{reference}?do=dispatch")
    expect(nikos.page.get_by_text("στο συνεργείο").first).to_be_visible()
    nikos.page.locator("input[name=crew][value=erga]").check()
    nikos.page.get_by_label("Οδηγίες για το συνεργείο").fill("Πρωί, πριν ανοίξει το σχολείο")
    nikos.page.get_by_role("button", name="Ανάθεση", exact=True).click()
    expect(nikos.page.locator("article.report")).to_have_attribute("data-status", "scheduled")

    crew = somebody(TABLET)
    crew.signs_in(live_town.account("crew", "erga"), "/crew")
    card = crew.page.locator("article.job", has_text="Πρωί, πριν ανοίξει το σχολείο")
    card.get_by_role("button", name="Έναρξη").click()
    card = crew.page.locator("article.job", has_text="Πρωί, πριν ανοίξει το σχολείο")
    card.get_by_role("link", name="Ολοκλήρωση").click()
    crew.page.locator("input[name=photo]").set_input_files(after_photo)
    crew.page.get_by_label("Τι κάνατε;").fill("Κλείσαμε τη λακκούβα με άσφαλτο")
    crew.page.get_by_role("button", name="Έγινε, αποστολή").click()
    expect(crew.page.get_by_text("Κλείσαμε τη λακκούβα με άσφαλτο").first).to_be_visible()

    eleni.page.goto(own)
    expect(eleni.page.locator(".state__word")).to_have_text("Αποκαταστάθηκε")
    expect(eleni.page.get_by_text("Κλείσαμε τη λακκούβα με άσφαλτο")).to_be_visible()
    expect(eleni.page.get_by_text("Μετά", exact=True).first).to_be_visible()
    anybody = somebody(PHONE, language="en-GB")
    anybody.page.goto(f"/r/{reference}")
    expect(anybody.page.locator(".state__word")).to_have_text("Resolved")


def test_the_same_road_without_script_as_far_as_the_citizen_goes(somebody: Any, sideways_photo: Path) -> None:
    eleni = somebody(PHONE, script=False)
    reference, own = reports_something(
        eleni.page, photo=sideways_photo, category="pothole", words="Χωρίς JavaScript", script=False
    )
    eleni.page.goto(own)
    expect(eleni.page.locator(".said")).to_have_text("Χωρίς JavaScript")
    eleni.page.goto(f"/find?reference={reference.replace('-', '+')}")
    expect(eleni.page.get_by_text(reference).first).to_be_visible()
    eleni.page.goto("/reports")
    expect(eleni.page.get_by_role("heading", level=1)).to_be_visible()


def test_a_crew_that_opens_another_crews_order_is_turned_away(somebody: Any, live_town: LiveTown) -> None:
    metal = somebody(TABLET)
    metal.signs_in(live_town.account("crew", "sidero"), "/crew")
    link = metal.page.locator("a.job__open").first.get_attribute("href")
    other = somebody(TABLET)
    other.signs_in(live_town.account("crew", "xylo"), "/crew")
    answer = other.page.goto(link)
    assert answer.status == 403
    other.complaints.clear()


def test_the_office_is_closed_to_citizens_and_crews(somebody: Any, live_town: LiveTown) -> None:
    anybody = somebody(DESK)
    anybody.page.goto("/office")
    assert "/login" in anybody.page.url
    crew = somebody(TABLET)
    crew.signs_in(live_town.account("crew", "erga"), "/crew")
    assert crew.page.goto("/office").status == 403
    crew.complaints.clear()
