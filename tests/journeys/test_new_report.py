"""Eleni on the pavement: one thumb, no map, no satellite, no script, no mouse; she gets there each time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.journeys.conftest import DESK, PHONE
from tests.journeys.steps import chooses, goes_on, passes_by, points_at, reports_something, step, takes_photo
from tests.journeys.test_every_page import well_made
from tests.media import camera

HERE = {"longitude": 23.5484, "latitude": 41.0856, "accuracy": 18}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo that does not say where it was taken."""
    path = tmp_path / "παγκάκι.jpg"
    path.write_bytes(camera.file(camera.street()))
    return path


def test_five_taps_and_a_photo_are_enough(somebody: Any, photo: Path) -> None:
    eleni = somebody(PHONE, geolocation=HERE, permissions=["geolocation"])
    page = eleni.page
    page.goto("/")
    page.locator("#f-photo").set_input_files(photo)  # 1: the camera
    place = step(page, "place")
    expect(place.locator("[name=lon]")).to_have_value(re.compile(r"^23\.548"))
    expect(place.locator("[name=accuracy_m]")).to_have_value("18")
    goes_on(page, "place")  # 2: it is here
    step(page, "category").locator("[data-suggested] .tile").first.click()  # 3: the likeliest
    expect(page.locator("[data-step=category]")).to_be_hidden()
    passes_by(page)
    goes_on(page, "words")  # 4: check
    goes_on(page, "check")  # 5: send
    expect(page.get_by_role("heading", name="Ευχαριστούμε")).to_be_visible()
    thanks = step(page, "done")
    expect(thanks.locator(".thanks__photo")).to_be_visible()
    expect(thanks.locator(".thanks__what")).to_contain_text("Σέρρες")
    expect(thanks.locator(".thanks__next")).to_contain_text("Στόχος μας είναι να έχει αποκατασταθεί έως")
    expect(thanks.get_by_role("link", name="Ενημέρωση με e-mail")).to_be_visible()
    expect(thanks.locator("#keep")).to_have_value(re.compile(r"/r/\d{3}-\d{3}-\d{3}/"))
    expect(thanks.get_by_role("button", name="Αντιγραφή")).to_be_visible()
    well_made(page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_at_a_desk_the_thanks_fill_the_page_and_nothing_is_below_it(somebody: Any, photo: Path, script: bool) -> None:
    page = somebody(DESK, script=script).page
    reports_something(page, photo=photo, category="bench", at=("23,5484", "41,0856"), script=script)
    card, then = page.locator(".thanks__card"), page.locator(".thanks__then")
    expect(card.locator(".thanks__photo")).to_be_visible()
    expect(card.locator(".thanks__what")).to_contain_text("Παγκάκι")
    expect(then.locator("#keep")).to_be_visible()
    left, right = card.bounding_box(), then.bounding_box()
    assert left["x"] + left["width"] <= right["x"]
    assert right["x"] + right["width"] - left["x"] > 1000
    lowest = page.locator("[data-done-again]" if script else ".thanks").bounding_box()
    assert lowest["y"] + lowest["height"] <= DESK["height"]
    if script:
        well_made(page)


def test_a_refused_position_leaves_the_search_and_the_map(somebody: Any, photo: Path) -> None:
    eleni = somebody(PHONE)  # no permission given
    page = eleni.page
    page.goto("/")
    takes_photo(page, photo)
    place = step(page, "place")
    goes_on(page, "place")
    expect(place.locator("[data-error-summary]")).to_be_focused()
    page.locator("#place-q").fill("merarxias 12")
    place.locator(".spots__one").first.click()
    expect(place.locator("[data-part=where]")).to_contain_text("Μεραρχίας")
    goes_on(page, "place")
    step(page, "category")


def test_a_photo_from_another_town_does_not_decide_the_place(somebody: Any, tmp_path: Path) -> None:
    athens = tmp_path / "athens.jpg"
    athens.write_bytes(
        camera.file(camera.street(), exif=camera.exif(gps=camera.gps((37, 58, 0.0), "N", (23, 43, 0.0), "E")))
    )
    eleni = somebody(PHONE)
    page = eleni.page
    page.goto("/")
    takes_photo(page, athens)
    place = step(page, "place")
    expect(place.locator("[data-place-note]")).to_contain_text("τραβήχτηκε έξω από τον Δήμο")
    expect(place.locator("[name=lon]")).to_have_value("")
    expect(place.locator(".pick-pin")).to_have_count(0)
    shown = place.locator(".leaflet-overlay-pane path").first
    expect(shown).to_be_visible()  # the town, not an empty square
    goes_on(page, "place")
    expect(place.locator("[data-error-summary]")).to_be_focused()
    points_at(page, "23,5484", "41,0856")
    page.locator("[name=lat]").blur()
    expect(page.locator("[data-part=where]")).to_be_visible()


def test_who_is_in_another_town_is_told_so_and_points_at_the_place(somebody: Any, photo: Path) -> None:
    athens = {"longitude": 23.7275, "latitude": 37.9838, "accuracy": 20}
    eleni = somebody(PHONE, geolocation=athens, permissions=["geolocation"])
    page = eleni.page
    page.goto("/")
    takes_photo(page, photo)
    place = step(page, "place")
    expect(place.locator("[data-place-note]")).to_contain_text("μακριά από τον Δήμο")
    place.get_by_role("button", name="Η θέση μου").click()
    expect(place.locator(".map__said")).to_contain_text("μακριά από τον Δήμο")
    expect(place.locator("[name=lon]")).to_have_value("")
    expect(place.locator(".pick-pin")).to_have_count(0)


def test_a_second_photo_that_knows_the_place_is_asked_after_one_from_far_away(somebody: Any, tmp_path: Path) -> None:
    here, away = tmp_path / "here.jpg", tmp_path / "away.jpg"
    near = camera.gps((41, 5, 8.16), "N", (23, 32, 54.24), "E")
    far = camera.gps((52, 31, 0.0), "N", (13, 24, 0.0), "E")
    here.write_bytes(camera.file(camera.street(), exif=camera.exif(gps=near)))
    away.write_bytes(camera.file(camera.street(), exif=camera.exif(gps=far)))
    eleni = somebody(PHONE)
    page = eleni.page
    page.goto("/")
    page.locator("#f-gallery").set_input_files([away, here])
    place = step(page, "place")
    expect(place.locator("[name=lon]")).to_have_value("23.548400")
    expect(place.locator("[data-place-note]")).to_contain_text("γράφει πού τραβήχτηκε")


def test_without_a_contact_means_without_and_the_phone_still_remembers_it(somebody: Any) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.goto("/")
    page.evaluate("localStorage.setItem('contact', JSON.stringify({contact_email: 'eleni@example.gr'}))")
    takes_photo(page, None)
    points_at(page, "23,5484", "41,0856")
    goes_on(page, "place")
    chooses(page, "pothole")
    goes_on(page, "words", "[data-go=contact]")
    contact = step(page, "contact")
    expect(contact.locator("[name=contact_email]")).to_have_value("eleni@example.gr")
    contact.locator("[name=contact_phone]").fill("κάτι λάθος")
    goes_on(page, "contact", "[name=skip]")
    expect(step(page, "check").locator("[data-check-row=contact]")).to_contain_text("Χωρίς στοιχεία")
    assert page.evaluate("JSON.parse(localStorage.getItem('contact')).contact_email") == "eleni@example.gr"


def test_on_a_slow_line_nobody_takes_the_field_away_while_she_types(somebody: Any) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    waiting: list[Route] = []
    page.route("**/new/suggestions*", lambda route: waiting.append(route))
    page.goto("/")
    takes_photo(page, None)
    points_at(page, "23,5484", "41,0856")
    goes_on(page, "place")
    search = step(page, "category").locator("#category-q")
    search.press_sequentially("pagka")
    [late] = waiting
    with page.expect_response("**/new/suggestions*"):
        late.continue_()
    expect(search).to_be_focused()
    page.keyboard.type("ki")
    expect(page.locator("#s-bench")).to_be_visible()


def test_the_whole_way_by_keyboard_alone(somebody: Any) -> None:
    eleni = somebody(DESK)
    page = eleni.page

    def tabs_to(selector: str) -> None:
        for _press in range(80):
            if page.evaluate("(wanted) => document.activeElement?.matches(wanted)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard never reached {selector} on {page.url}")

    page.goto("/")
    tabs_to("[name=skip]")
    page.keyboard.press("Enter")
    step(page, "place")
    tabs_to("#place-q")
    page.keyboard.type("leykonas")
    expect(page.locator(".spots__one").first).to_be_visible()
    tabs_to(".spots__one input")
    page.keyboard.press("Space")
    expect(page.locator("[name=lon]")).not_to_have_value("")
    tabs_to("[data-step=place] [data-next]")
    page.keyboard.press("Enter")
    step(page, "category")
    tabs_to("#category-q")
    page.keyboard.type("pagkaki")
    expect(page.locator("#s-bench")).to_be_visible()
    tabs_to("[data-suggested] input")
    page.keyboard.press("Space")
    for _press in range(6):  # arrow keys choose within the group, and do not send her on
        if page.locator("#s-bench").is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(page.locator("#s-bench")).to_be_checked()
    tabs_to("[data-step=category] [data-next]")
    page.keyboard.press("Enter")
    step(page, "questions")
    tabs_to("[data-step=questions] [data-next]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-step=questions]")).to_be_hidden()
    passes_by(page)
    step(page, "words")
    tabs_to("[data-step=words] textarea")
    page.keyboard.type("Με το πληκτρολόγιο")
    tabs_to("[data-step=words] [data-next]")
    page.keyboard.press("Enter")
    step(page, "check")
    tabs_to("[data-send]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ευχαριστούμε")).to_be_focused()


def test_back_and_reload_lose_nothing(somebody: Any, photo: Path) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.goto("/")
    takes_photo(page, photo)
    points_at(page, "23,5484", "41,0856")
    page.get_by_label("Διεύθυνση ή περιγραφή").fill("Δίπλα στο περίπτερο")
    goes_on(page, "place")
    chooses(page, "bench")
    page.get_by_label("Τι πρέπει να ξέρει").fill("Λείπουν δύο σανίδες")
    page.go_back()
    page.go_back()
    page.go_forward()
    page.reload()
    expect(page.locator("[data-step]:visible")).to_have_count(1)
    page.goto(page.url.rsplit("/", 1)[0] + "/check")
    check = step(page, "check")
    for told in ("Δίπλα στο περίπτερο", "Παγκάκι", "Λείπουν δύο σανίδες"):
        expect(check).to_contain_text(told)
    expect(check.locator(".check__photo")).to_have_count(1)


def test_a_bench_that_is_known_gets_a_supporter_instead_of_a_twin(somebody: Any) -> None:
    spot = ("23,5391", "41,0921")
    reference, own = reports_something(somebody(PHONE).page, photo=None, category="bench", words="Πρώτη", at=spot)
    maria = somebody(PHONE)
    page = maria.page
    page.goto("/")
    takes_photo(page, None)
    points_at(page, *spot)
    goes_on(page, "place")
    step(page, "category").locator(".tile:visible", has=page.locator("#c-bench, #s-bench")).click()
    goes_on(page, "questions")
    step(page, "known").locator(f"[data-support='{reference}']").click()
    page.wait_for_url(re.compile("/follow"))
    told = maria.context.request.get(f"/api/v1/reports/{reference}").json()
    assert told["supporters"] == 1
    assert own


def test_danger_shows_at_once_whom_to_call(somebody: Any) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    kinds = eleni.context.request.get("/api/v1/categories").json()["items"]
    kind = next(kind for kind in kinds if kind["stoppers"])
    stopper = kind["stoppers"][0]
    page.goto("/")
    takes_photo(page, None)
    points_at(page, "23,5484", "41,0856")
    goes_on(page, "place")
    step(page, "category").locator(".tile:visible", has=page.locator(f"#c-{kind['code']}, #s-{kind['code']}")).click()
    asked = step(page, "questions")
    box = asked.locator(f"[data-stopper='stopper.{stopper['code']}']")
    expect(box).to_be_hidden()
    asked.locator(f"[name='stopper.{stopper['code']}'][value=yes]").check()
    expect(box).to_be_visible()
    if stopper["phone"]:
        expect(box.locator("a[href^='tel:']")).to_be_visible()


@pytest.mark.parametrize("language", ["el-GR", "en-GB"])
def test_every_step_speaks_the_readers_language(somebody: Any, language: str) -> None:
    eleni = somebody(PHONE, language=language)
    eleni.page.goto("/")
    takes_photo(eleni.page, None)
    title = {"el-GR": "Πού είναι;", "en-GB": "Where is it?"}[language]
    expect(step(eleni.page, "place").get_by_role("heading", level=1)).to_have_text(title)


def test_words_first_propose_place_kind_and_answers(somebody: Any) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.goto("/")
    words = "Σπασμένη σανίδα σε παγκάκι, Μεραρχίας 12"
    page.locator("#f-said").press_sequentially(words)
    page.wait_for_timeout(700)
    page.reload()
    expect(page.locator("#f-said")).to_have_value(words)  # kept while it is typed
    page.keyboard.press("Tab")
    page.locator("#f-said").press("Enter")
    place = step(page, "place")
    place.locator("[data-place-found] label").filter(has_text="Μεραρχίας 12").first.click()
    expect(place.locator("[data-part=where]")).to_contain_text("Μεραρχίας")
    goes_on(page, "place")
    kinds = step(page, "category")
    likeliest = kinds.locator("[data-suggested] input")
    expect(likeliest.first).to_have_value("bench")
    for code in [one.get_attribute("value") for one in likeliest.all()]:
        expect(kinds.locator(f"#c-{code}")).to_be_hidden()  # proposed above, and not once more below
    well_made(page)
    likeliest.first.click(force=True)
    expect(step(page, "questions").get_by_label("Σπασμένη σανίδα")).to_be_checked()
    passes_by(page)
    expect(step(page, "words").locator("textarea")).to_have_value(words)
    page.goto("/")
    expect(page.locator("#f-said")).to_have_value("")  # a new report begins empty


def test_words_first_find_their_street_without_a_network(somebody: Any) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then((ready) => ready.active.state)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.goto("/")
    page.context.set_offline(True)
    page.locator("#f-said").fill("lakkouva sti merarxias")
    page.locator("#f-said").press("Enter")
    expect(step(page, "place").locator("[data-place-found] label").first).to_contain_text("Μεραρχίας")
    page.context.set_offline(False)
    eleni.complaints.clear()


def test_lamps_are_tapped_on_the_map_and_go_along(somebody: Any) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.goto("/")
    takes_photo(page, None)
    place = step(page, "place")
    place.locator("#place-q").press_sequentially("0018")
    lamp = place.locator("[data-place-found] label").filter(has_text="Φ-0018").first
    lamp.click()
    line = place.locator("[data-things] label")
    expect(line).to_have_text(re.compile("Φ-0018"))
    free = place.locator(".thing-mark[aria-pressed=false]")
    expect(free.first).to_be_visible()
    second = str(free.first.get_attribute("aria-label"))
    free.first.press("Enter")  # by keyboard; a finger does the same
    expect(line).to_have_count(2)
    expect(place.locator(f".thing-mark[aria-label='{second}']")).to_have_attribute("aria-pressed", "true")
    well_made(page)
    page.reload()
    expect(step(page, "place").locator("[data-things] label")).to_have_count(2)  # kept, with their names
    place.locator("[data-things] label").filter(has_text=second).locator("input").click()
    expect(line).to_have_count(1)
    goes_on(page, "place")
    chooses(page, "street-light")
    goes_on(page, "words")
    expect(step(page, "check").locator("[data-check-row=place]")).to_contain_text("Φ-0018")
    goes_on(page, "check")
    thanks = step(page, "done")
    reference = thanks.locator(".thanks__reference").first
    expect(reference).to_have_text(re.compile(r"\d{3}-\d{3}-\d{3}"), timeout=30_000)
    sent = page.context.request.get(f"/api/v1/reports/{reference.inner_text().strip()}").json()
    assert [thing["code"] for thing in sent["things"]] == ["Φ-0018"]
    assert sent["asset"]["code"] == "Φ-0018"
