"""The main road in a real browser: Eleni's phone, Nikos's desk, the crew's tablet, and Eleni again."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, TABLET, LiveTown
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


def reported(eleni: Any, photo: Path, words: str, category: str = "Λακκούβα") -> tuple[str, str]:
    """Fill in the form with the photo's own place; returns the reference and the secret address."""
    page = eleni.page
    page.goto("/")
    page.locator("input[name=photo]").set_input_files(photo)
    page.get_by_text(re.compile(category)).first.click()
    page.get_by_label("Τι πρέπει να ξέρει το συνεργείο;").fill(words)
    page.get_by_role("button", name="Αποστολή αναφοράς").last.click()
    expect(page.get_by_text("Η φωτογραφία σας γράφει πού τραβήχτηκε").first).to_be_visible()
    page.get_by_role("button", name="Αποστολή αναφοράς").last.click()
    expect(page.get_by_role("heading", name="Ευχαριστούμε")).to_be_visible()
    reference = page.locator(".thanks__reference").inner_text().strip()
    assert re.fullmatch(r"\d{3}-\d{3}-\d{3}", reference)
    return reference, page.url


def test_a_pothole_from_elenis_photo_to_the_closed_street(
    somebody: Any, live_town: LiveTown, sideways_photo: Path, after_photo: Path
) -> None:
    eleni = somebody(PHONE)
    reference, own = reported(eleni, sideways_photo, "Βαθιά λακκούβα μπροστά στο σχολείο")
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
    expect(nikos.page.locator("article.report").get_by_text("Έγινε δεκτή").first).to_be_visible()
    nikos.page.goto(f"/office/reports/{reference}?do=dispatch")
    expect(nikos.page.get_by_text("στο συνεργείο").first).to_be_visible()
    nikos.page.locator("input[name=crew][value=erga]").check()
    nikos.page.get_by_label("Οδηγίες για το συνεργείο").fill("Πρωί, πριν ανοίξει το σχολείο")
    nikos.page.get_by_role("button", name="Ανάθεση", exact=True).click()
    expect(nikos.page.locator("article.report").get_by_text("Προγραμματίστηκε").first).to_be_visible()

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
    reference, own = reported(eleni, sideways_photo, "Χωρίς JavaScript")
    eleni.page.goto(own)
    expect(eleni.page.get_by_text("Χωρίς JavaScript")).to_be_visible()
    eleni.page.goto(f"/find?reference={reference.replace('-', '+')}")
    expect(eleni.page.get_by_text(reference).first).to_be_visible()
    eleni.page.goto("/reports")
    expect(eleni.page.get_by_role("heading", level=1)).to_be_visible()


def test_a_wrong_file_and_a_wrong_address_lose_nothing(somebody: Any, sideways_photo: Path, tmp_path: Path) -> None:
    false = tmp_path / "ψεύτικη.jpg"
    false.write_text("<html>δεν είμαι φωτογραφία</html>")
    eleni = somebody(PHONE, script=False)
    page = eleni.page
    page.goto("/")
    page.locator("input[name=photo]").set_input_files([sideways_photo, false])
    page.get_by_text(re.compile("Λακκούβα")).first.click()
    page.get_by_label("Τι πρέπει να ξέρει το συνεργείο;").fill("Τα λόγια μου μένουν")
    page.get_by_label("E-mail").fill("όχι-mail")
    page.get_by_role("button", name="Αποστολή αναφοράς").last.click()
    expect(page.get_by_text("ψεύτικη.jpg").first).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value("όχι-mail")
    expect(page.get_by_label("Τι πρέπει να ξέρει το συνεργείο;")).to_have_value("Τα λόγια μου μένουν")
    assert page.locator("input[name=kept_photo]").count() == 1
    eleni.complaints.clear()  # the browser notes the 422 itself


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
