"""Eleni looks around her town on the map: the list follows her, and the address always says what both show."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, TABLET, LiveTown
from tests.journeys.test_every_page import WIDER, well_made

MARKS = ".map--list .mark-pin"
#: The button of the sheet that the list is on a phone's map.
PULL = "[data-pull]"
#: What can be pressed and is smaller than a thumb; a row is the link of its title, a mark is one of many.
SMALL = """
() => {
  const pressed = 'main :is(a[href], button, summary, select, input), .head a, .foot a';
  const small = ({ width, height }) => width > 2 && (width < 44 || height < 44);
  return [...document.querySelectorAll(pressed)]
    .map((one) => one.closest('label') ?? one)
    .filter((one) => one.checkVisibility() && !one.closest('.visually-hidden') && !one.matches('.row__what, .mark-pin'))
    .filter((one) => small(one.getBoundingClientRect()))
    .map((one) => one.outerHTML.slice(0, 90));
}
"""


def box_of(page: Any) -> list[float] | None:
    given = parse_qs(urlsplit(page.url).query).get("bbox")
    return [float(side) for side in given[0].split(",")] if given else None


def on_the_map(page: Any) -> int:
    expect(page.locator("[data-map-said]")).to_have_text(re.compile(r"^[\d.]+ στον χάρτη$"))
    return int(page.locator("[data-map-said]").inner_text().split()[0].replace(".", ""))


def in_the_list(page: Any) -> int:
    said = page.locator("[data-count]").inner_text()
    return 0 if said.startswith("Καμία") else int(said.split()[0].replace(".", ""))


def moved(page: Any, do: Any) -> None:
    """Do something to the map, and wait until the list of the new place is there."""
    with page.expect_response(lambda answer: answer.request.headers.get("x-part") == "list"):
        do()
    expect(page.locator("[data-listed]")).not_to_have_attribute("aria-busy", "true")
    page.wait_for_load_state("networkidle")


def looks_around(somebody: Any, viewport: dict[str, int], path: str = "/reports", **more: Any) -> Any:
    eleni = somebody(viewport, **more)
    eleni.page.goto(path)
    if viewport is not DESK and "view=map" not in path:
        eleni.page.get_by_role("button", name="Χάρτης", exact=True).click()
    expect(eleni.page.locator(MARKS).first).to_be_visible()
    return eleni.page


def test_the_list_follows_the_map_and_the_address_brings_both_back(somebody: Any) -> None:
    page = looks_around(somebody, DESK)
    assert box_of(page) is None
    whole = in_the_list(page)
    assert on_the_map(page) == whole > 100
    crowd = page.locator(".mark-pin--crowd").last
    moved(page, crowd.click)
    assert box_of(page) is not None
    few = in_the_list(page)
    assert 0 < few < whole
    assert on_the_map(page) == few
    names = page.locator("#reports .row__what").all_inner_texts()
    address = page.url
    page.reload()
    expect(page.locator(MARKS).first).to_be_visible()
    assert page.url == address
    assert (in_the_list(page), on_the_map(page)) == (few, few)
    assert page.locator("#reports .row__what").all_inner_texts() == names
    page.get_by_role("link", name="English").click()
    page.wait_for_url(re.compile("/reports"))
    assert box_of(page) is not None
    assert page.locator("#reports .row").count() == min(few, 20)


def test_one_tick_frees_the_list_from_the_map(somebody: Any) -> None:
    page = looks_around(somebody, DESK, "/reports?state=open")
    whole = in_the_list(page)
    moved(page, page.locator(".mark-pin--crowd").first.click)
    assert in_the_list(page) < whole
    tick = page.get_by_label("Μόνο ό,τι φαίνεται στον χάρτη")
    moved(page, tick.uncheck)
    assert in_the_list(page) == whole
    assert "state=open" in page.url
    assert box_of(page) is None
    page.locator(".map__ground").press("ArrowRight")
    page.wait_for_timeout(800)
    assert in_the_list(page) == whole
    moved(page, tick.check)
    assert in_the_list(page) == on_the_map(page)
    page.locator("[data-whole]").click()
    expect(page.locator("[data-count]")).to_contain_text(f"{whole}")


def test_a_mark_finds_its_row_and_a_row_its_mark(somebody: Any) -> None:
    page = looks_around(somebody, DESK)
    single = page.locator(".mark-pin:not(.mark-pin--crowd)").first
    name = single.get_attribute("aria-label")
    single.focus()
    single.press("Enter")
    chosen = page.locator("#reports .row--chosen")
    expect(chosen).to_have_count(1)
    assert chosen.get_attribute("data-label") == name
    expect(chosen.get_by_role("link")).to_be_focused()
    larger = page.locator(".mark-pin--chosen")
    expect(larger).to_have_count(1)
    assert larger.bounding_box()["width"] > 40
    reference = chosen.get_attribute("data-id")
    assert f"chosen={reference}" in page.url
    page.reload()
    expect(page.locator("#reports .row--chosen")).to_have_attribute("data-id", reference)
    other = page.locator("#reports .row:not(.row--chosen)").first
    label = other.get_attribute("data-label")
    other.locator("[data-show]").click()
    expect(page.locator(".mark-pin--chosen, .mark-pin--glow").first).to_be_visible()
    assert box_of(page) is None  # the list stays what it was
    expect(page.locator("#reports .row--chosen")).to_have_attribute("data-label", label)


def test_with_the_keyboard_alone_one_comes_from_the_town_to_one_report(somebody: Any) -> None:
    page = looks_around(somebody, DESK)
    crowd = page.locator(".mark-pin--crowd").first
    assert re.search(r"^\d+ αναφορές, \d+ ανοιχτές", crowd.get_attribute("aria-label"))
    crowd.focus()
    moved(page, lambda: page.keyboard.press("Enter"))
    inside = page.evaluate("document.querySelector('.map--list').contains(document.activeElement)")
    assert inside
    moved(page, lambda: page.locator(".map__ground").press("ArrowUp"))
    moved(page, lambda: page.locator(".map__ground").press("+"))
    moved(page, lambda: page.locator(".map__ground").press("-"))
    row = page.locator("#reports .row__what").first
    row.focus()
    expect(page.locator(".mark-pin--glow")).to_have_count(1)
    row.press("Enter")
    page.wait_for_url(re.compile(r"/r/\d"))


def test_on_a_phone_two_pills_change_between_list_and_map(somebody: Any) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/reports")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/clusters" in url or "/areas" in url or "/assets/map-" in url]
    expect(page.locator(".map--list")).to_be_hidden()
    expect(page.locator(PULL)).to_be_hidden()
    page.get_by_role("button", name="Χάρτης", exact=True).click()
    expect(page.locator(MARKS).first).to_be_visible()
    assert "view=map" in page.url
    name = taps_one(page)
    row = page.locator("#reports .row:visible")
    expect(row).to_have_count(1)
    expect(row).to_have_attribute("data-label", name)
    page.reload()
    expect(page.locator(MARKS).first).to_be_visible()
    expect(row).to_have_attribute("data-label", name)
    page.get_by_role("button", name="Λίστα", exact=True).click()
    expect(page.locator("#reports .row").nth(4)).to_be_visible()
    page.locator("#reports [data-show]").nth(3).click()
    expect(page.locator(".map--list")).to_be_visible()
    expect(page.locator("#reports .row:visible")).to_have_count(1)


#: Says which marks a finger can reach; true when one of them stands alone.
FREE = """
() => [...document.querySelectorAll('.mark-pin:not(.mark-pin--crowd)')].filter((mark) => {
  const { x, y, width, height } = mark.getBoundingClientRect();
  const free = mark.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  mark.toggleAttribute('data-free', free);
  return free;
}).length > 0
"""


def taps_one(page: Any) -> str:
    """Go near until a mark stands alone, and tap it; returns its name."""
    single = page.locator(".mark-pin:not(.mark-pin--crowd)[data-free]").first
    while not page.evaluate(FREE):  # on a screen this small the whole town may be crowds only
        moved(page, lambda: page.get_by_role("button", name="Μεγέθυνση").tap())
    name = single.get_attribute("aria-label")
    single.tap()
    expect(page.locator(".row--chosen")).to_have_count(1)
    return str(name)


def apart(page: Any, one: str, other: str) -> bool:
    """Whether two things on the screen leave each other room."""
    first, second = (page.locator(each).first.bounding_box() for each in (one, other))
    beside = first["x"] + first["width"] <= second["x"] or second["x"] + second["width"] <= first["x"]
    return beside or first["y"] + first["height"] <= second["y"] or second["y"] + second["height"] <= first["y"]


def test_on_a_phone_the_map_fills_the_screen_and_the_list_is_a_sheet_that_a_tap_opens(somebody: Any) -> None:
    page = looks_around(somebody, PHONE, "/reports?view=map")
    ground, sheet = page.locator(".map__ground"), page.locator(".beside__list")
    head = page.locator(".head").bounding_box()
    box = ground.bounding_box()
    assert (box["x"], box["width"], box["y"]) == (0, 360, head["y"] + head["height"])
    assert page.evaluate("document.documentElement.scrollHeight") == 740
    assert 100 < sheet.bounding_box()["height"] < 260
    expect(page.locator("#reports .row:visible")).to_have_count(1)
    main = ".hello--list .button--main"
    controls = (".leaflet-control-zoom", ".leaflet-control-attribution", ".leaflet-control-scale", "[data-here]")
    for part in (*controls, "#reports .row:visible"):
        assert apart(page, main, part), part
    pull = page.locator(PULL)
    expect(pull).to_have_accessible_name(re.compile(r"^\d+ αναφορές Άνοιγμα$"))
    expect(pull).to_have_attribute("aria-expanded", "false")
    pull.tap()
    expect(pull).to_have_attribute("aria-expanded", "true")
    page.wait_for_timeout(400)
    half = sheet.bounding_box()
    assert 300 < half["height"] < 420
    for part in controls:
        below = page.locator(part).bounding_box()
        assert below["y"] + below["height"] <= half["y"] + 1, part
        assert apart(page, main, part), part
    well_made(page)
    pull.tap()
    page.wait_for_timeout(400)
    assert sheet.bounding_box()["height"] > 550
    page.get_by_role("link", name="Επόμενες αναφορές").click()
    expect(page.locator("#reports > li")).to_have_count(40)
    pull.tap()
    expect(pull).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#reports .row:visible")).to_have_count(1)


def test_the_sheet_opens_and_closes_by_the_keyboard_too_and_a_mark_brings_its_row(somebody: Any) -> None:
    page = looks_around(somebody, PHONE, "/reports?view=map", reduced_motion="reduce")
    pull = page.locator(PULL)
    pull.focus()
    page.keyboard.press("Enter")
    expect(pull).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(page.locator("#reports .row__what").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(pull).to_have_attribute("aria-expanded", "false")
    expect(pull).to_be_focused()
    page.keyboard.press("Enter")
    name = taps_one(page)
    expect(pull).to_have_attribute("aria-expanded", "false")
    row = page.locator("#reports .row:visible")
    expect(row).to_have_count(1)
    expect(row).to_have_attribute("data-label", name)
    expect(row.get_by_role("link")).to_be_focused()


def test_a_finger_pulls_the_sheet_open_and_shut(somebody: Any) -> None:
    page = looks_around(somebody, PHONE, "/reports?view=map")
    pull, sheet = page.locator(PULL), page.locator(".beside__list")

    def pulls(up: int) -> float:
        box = pull.bounding_box()
        page.mouse.move(180, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(180, box["y"] + 20 - up, steps=4)
        page.mouse.up()
        page.wait_for_timeout(400)
        return float(sheet.bounding_box()["height"])

    peek = sheet.bounding_box()["height"]
    half = pulls(90)
    assert half > peek + 100
    assert pulls(200) > half + 100
    assert pulls(-520) == peek
    expect(pull).to_have_attribute("aria-expanded", "false")


def test_over_a_phones_map_one_searches_at_once_and_the_filters_are_one_tap_away(somebody: Any) -> None:
    page = looks_around(somebody, PHONE, "/reports?view=map")
    whole = in_the_list_of(page)
    page.get_by_label("Λέξεις").fill("λακκούβα")
    page.wait_for_url(re.compile("q="))
    expect(page.locator("[data-pull-count]")).not_to_have_text(re.compile(rf"^{whole} "))
    assert 0 < in_the_list_of(page) < whole
    page.locator(".filters__more summary").tap()
    expect(page.get_by_label("Περιοχή")).to_be_visible()
    well_made(page)
    page.locator(".pill", has_text="Τελειωμένες").click()
    page.wait_for_url(re.compile("state=closed"))
    page.locator(".filters__more summary").tap()
    expect(page.locator(".pill", has_text="Τελειωμένες")).to_be_visible()
    page.get_by_role("button", name="Λίστα", exact=True).click()
    expect(page.get_by_label("Λέξεις")).to_be_hidden()
    page.locator(".filters__more summary").tap()
    expect(page.get_by_label("Λέξεις")).to_have_value("λακκούβα")


def in_the_list_of(page: Any) -> int:
    return int(page.locator("[data-pull-count]").inner_text().split()[0])


def test_a_phone_on_its_side_has_list_and_map_beside_each_other(somebody: Any) -> None:
    page = looks_around(somebody, {"width": 740, "height": 360}, "/reports?view=map")
    page.wait_for_load_state("networkidle")
    row, ground = page.locator("#reports .row").first.bounding_box(), page.locator(".map__ground").bounding_box()
    assert row["x"] + row["width"] <= ground["x"]
    expect(page.locator(PULL)).to_be_hidden()
    expect(page.locator("#reports .row").nth(5)).to_be_visible()
    well_made(page)


def test_nothing_jumps_while_the_map_comes(somebody: Any) -> None:
    eleni = somebody(DESK)
    page = eleni.page
    page.add_init_script(
        "window.jumps = 0; new PerformanceObserver((list) => list.getEntries().forEach((one) => {"
        " if (!one.hadRecentInput) window.jumps += one.value })).observe({type: 'layout-shift', buffered: true})"
    )
    page.goto("/reports")
    expect(page.locator(MARKS).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.jumps") < 0.02


def test_her_own_place_is_a_circle_as_wide_as_it_is_uncertain(somebody: Any) -> None:
    place = {"latitude": 41.0856, "longitude": 23.5484, "accuracy": 150}
    page = looks_around(somebody, DESK, geolocation=place, permissions=["geolocation"])
    moved(page, page.get_by_role("button", name="Η θέση μου").click)
    expect(page.locator(".map-accuracy")).to_be_visible()
    west, south, east, north = box_of(page) or [0, 0, 0, 0]
    assert west < 23.5484 < east
    assert south < 41.0856 < north
    metres = (east - west) * 111_195 * 0.7537
    across = page.locator(".map__ground").bounding_box()["width"]
    circle = page.locator(".map-accuracy").bounding_box()["width"]
    assert circle / across * metres == pytest.approx(300, rel=0.1)


def test_who_refuses_the_position_hears_what_else_to_do(somebody: Any) -> None:
    page = looks_around(somebody, DESK, permissions=[])
    page.get_by_role("button", name="Η θέση μου").click()
    expect(page.locator("[data-map-said]")).to_contain_text("Μετακινήστε τον χάρτη")


def test_without_script_the_address_narrows_the_list_all_the_same(somebody: Any) -> None:
    eleni = somebody(PHONE, script=False)
    page = eleni.page
    page.goto("/reports?bbox=23.54,41.08,23.56,41.10")
    expect(page.locator(".map--list")).to_be_hidden()
    expect(page.get_by_role("button", name="Χάρτης", exact=True)).to_be_hidden()
    few = in_the_list(page)
    page.get_by_role("link", name="Δείτε όλη την πόλη").click()
    assert in_the_list(page) > few > 0
    page.locator(".filters__more summary").click()
    page.get_by_role("checkbox", name="Παγκάκι").check()
    page.get_by_role("checkbox", name="Δέντρο").check()
    page.get_by_role("button", name="Εμφάνιση").click()
    assert len(parse_qs(urlsplit(page.url).query)["category"]) == 2
    assert {*page.locator("#reports .row__kind").all_inner_texts()} == {"Παγκάκι", "Δέντρο"}


def test_when_the_line_breaks_the_old_list_stays_and_says_so(somebody: Any) -> None:
    eleni = somebody(DESK)
    page = eleni.page
    page.goto("/reports")
    expect(page.locator(MARKS).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    eleni.context.set_offline(True)
    page.locator(".map__ground").press("ArrowRight")
    expect(page.locator("[data-listing-lost]")).to_contain_text("χάθηκε η σύνδεση")
    assert page.locator("#reports .row").count() == 20
    eleni.context.set_offline(False)
    moved(page, lambda: page.locator(".map__ground").press("ArrowLeft"))
    expect(page.locator("[data-listing-lost]")).to_be_hidden()
    eleni.complaints.clear()  # the browser notes the broken line itself


@pytest.mark.parametrize("language", ["el-GR", "en-GB"])
@pytest.mark.parametrize("viewport", [PHONE, TABLET, DESK], ids=["phone", "tablet", "desk"])
def test_list_and_map_are_well_made_in_every_state(somebody: Any, viewport: dict[str, int], language: str) -> None:
    eleni = somebody(viewport, language=language)
    page = eleni.page
    for path in (
        "/reports",
        "/reports?view=map",
        "/reports?q=nothing-like-this&since=2026-01-01",
        "/reports?bbox=23.54,41.08,23.56,41.10&state=open&category=bench,tree",
        "/reports?bbox=wrong",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        well_made(page)
        assert page.evaluate(SMALL) == [], path
    page.goto("/reports")
    page.locator(".filters__more summary").click()
    well_made(page)
    assert page.evaluate(SMALL) == []
    eleni.complaints.clear()  # the browser notes 422 itself


@pytest.mark.parametrize("more", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}], ids=str)
def test_other_colours_and_no_motion_lose_nothing(somebody: Any, more: dict[str, str]) -> None:
    page = looks_around(somebody, DESK, **more)
    moved(page, page.locator(".mark-pin--crowd").first.click)
    assert in_the_list(page) == on_the_map(page)
    well_made(page)


def test_letters_twice_as_large_fit_on_a_small_phone(somebody: Any) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    for path in ("/reports", "/reports?view=map", "/reports?category=bench&q=παγκάκι"):
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        assert page.evaluate(WIDER) <= 0, path


def test_a_choice_applies_at_once_and_back_undoes_it(somebody: Any) -> None:
    page = looks_around(somebody, DESK)
    expect(page.get_by_role("button", name="Εμφάνιση")).to_be_hidden()
    whole = in_the_list(page)
    page.locator(".pill", has_text="Ανοιχτές").click()
    page.wait_for_url(re.compile("state=open"))
    expect(page.locator("[data-count]")).not_to_have_text(re.compile(rf"^{whole} "))
    few = in_the_list(page)
    assert 0 < few < whole
    expect(page.locator("[data-map-said]")).to_have_text(f"{few} στον χάρτη")
    page.get_by_text("Φίλτρα").click()
    page.get_by_label("Λέξεις").press_sequentially("λακκούβα")
    page.wait_for_url(re.compile("q="))
    expect(page.locator(".chip", has_text="«λακκούβα»")).to_be_visible()
    expect(page.locator(".filters__fields")).to_be_visible()
    fewer = in_the_list(page)
    assert fewer < few
    page.go_back()
    expect(page.locator("[data-count]")).to_have_text(re.compile(rf"^{few} "))
    expect(page.get_by_label("Λέξεις")).to_have_value("")
    expect(page.locator(".chip")).to_have_count(0)
    page.go_back()
    expect(page.locator("[data-count]")).to_have_text(re.compile(rf"^{whole} "))
    expect(page.locator(".pill input[value='']")).to_be_checked()
    expect(page.locator("[data-map-said]")).to_have_text(f"{whole} στον χάρτη")


def test_a_choice_without_a_network_says_so_and_is_made_when_it_is_back(somebody: Any) -> None:
    eleni = somebody(PHONE, service_workers="block")
    page = eleni.page
    page.goto("/reports")
    whole = in_the_list(page)
    page.context.set_offline(True)
    page.locator(".pill", has_text="Ανοιχτές").click()
    expect(page.locator("[data-listing-lost]")).to_be_visible()
    page.context.set_offline(False)
    page.locator(".pill", has_text="Τελειωμένες").click()
    expect(page.locator("[data-listing-lost]")).to_be_hidden()
    expect(page.locator("[data-count]")).not_to_have_text(re.compile(rf"^{whole} "))
    eleni.complaints.clear()


def test_more_rows_come_below_those_that_are_read_and_the_focus_goes_on(somebody: Any) -> None:
    page = looks_around(somebody, DESK)
    address = page.url
    rows = page.locator("#reports > li")
    first = rows.first.get_attribute("data-id")
    expect(rows).to_have_count(20)
    page.get_by_role("link", name="Επόμενες αναφορές").click()
    expect(rows).to_have_count(40)
    assert rows.first.get_attribute("data-id") == first
    expect(rows.nth(20).locator(".row__what")).to_be_focused()
    assert page.url == address
    assert len({row.get_attribute("data-id") for row in rows.all()}) == 40


def test_on_a_phone_the_list_begins_in_the_upper_half_and_a_new_report_is_under_the_thumb(somebody: Any) -> None:
    page = somebody(PHONE).page
    page.goto("/reports")
    assert page.locator("#reports > li").first.bounding_box()["y"] < 400
    button = page.get_by_role("main").get_by_role("link", name="Νέα αναφορά")
    page.mouse.wheel(0, 900)
    box = button.bounding_box()
    assert 600 < box["y"] + box["height"] <= 740


def sent_from_here(eleni: Any, live_town: LiveTown, how_many: int) -> list[dict[str, Any]]:
    """Let some reports, newest first, be those that this browser has sent."""
    key = secrets.token_urlsafe(24)
    eleni.context.add_cookies([{"name": "device", "value": key, "url": live_town.url, "httpOnly": True}])
    device = hashlib.sha256(key.encode()).hexdigest()
    sent = """
        UPDATE report SET device = %s WHERE id IN (SELECT id FROM report WHERE suspicion IS NULL
            ORDER BY received_at DESC, id DESC LIMIT %s)"""
    # Where nobody else is, for in a crowd no mark is anybody's own.
    alone = """
        UPDATE report SET location = ST_SetSRID(ST_MakePoint(23.44 + 0.1 * random(), 41.03 + 0.02 * random()), 4326)
        WHERE device = %s
        RETURNING id, reference, ST_X(location::geometry) AS lon, ST_Y(location::geometry) AS lat"""
    with live_town.database() as database:
        database.execute(sent, [device, how_many])
        return list(database.execute(alone, [device]))


def around(report: dict[str, Any]) -> str:
    lon, lat = report["lon"], report["lat"]
    return f"{lon - 0.0006:.6f},{lat - 0.0008:.6f},{lon + 0.0006:.6f},{lat + 0.0008:.6f}"


def test_what_she_has_sent_herself_is_marked_in_list_and_map_and_on_no_other_phone(
    somebody: Any, live_town: LiveTown
) -> None:
    eleni, kostas = somebody(PHONE), somebody(PHONE)
    own = sent_from_here(eleni, live_town, 2)
    page, other = eleni.page, kostas.page
    page.goto("/reports")
    for report in own:
        expect(page.locator(f"[data-id='{report['reference']}'] .row__own")).to_have_text("Δική σας")
    expect(page.locator(".row__own")).to_have_count(2)
    well_made(page)
    near = f"/reports?view=map&bbox={around(own[0])}"
    page.goto(near)
    mark = page.locator(".mark-pin--own").first
    expect(mark).to_have_attribute("aria-label", re.compile(r"\. Δική σας\.$"))
    well_made(page)
    asked: list[str] = []
    other.on("request", lambda request: asked.append(request.url))
    other.goto(near)
    expect(other.locator(MARKS).first).to_be_visible()
    other.wait_for_load_state("networkidle")
    expect(other.locator(".mark-pin--own, .row__own")).to_have_count(0)
    assert not [url for url in asked if "/mine/" in url]


def test_what_nobody_else_sees_yet_stands_on_her_own_map(somebody: Any, live_town: LiveTown) -> None:
    eleni, kostas = somebody(DESK), somebody(DESK)
    (own,) = sent_from_here(eleni, live_town, 1)
    aside = "UPDATE report SET suspicion = %s WHERE id = %s"
    with live_town.database() as database:
        database.execute(aside, ["not_by_hand", own["id"]])
        try:
            for page in (eleni.page, kostas.page):
                page.goto(f"/reports?bbox={around(own)}")
                expect(page.locator("[data-map-said]")).to_have_text(re.compile("στον χάρτη$"))
                page.wait_for_load_state("networkidle")
            expect(kostas.page.locator(".mark-pin--waits")).to_have_count(0)
            mark = eleni.page.locator(".mark-pin--waits")
            expect(mark).to_have_accessible_name(re.compile("Περιμένει μια ματιά του γραφείου"))
            mark.focus()
            mark.press("Enter")
            eleni.page.wait_for_url(f"**/r/{own['reference']}")
        finally:
            database.execute(aside, [None, own["id"]])
