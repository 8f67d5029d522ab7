"""Eleni looks at how it was and how it is: with the keys, with her finger, and without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import DESK, PHONE, LiveTown
from tests.journeys.test_afterwards import Town, reported
from tests.journeys.test_every_page import well_made


@pytest.fixture
def put_right(somebody: Any, live_town: LiveTown) -> Callable[[Any], str]:
    """A report of this person that the crew has put right; its address."""
    town = Town(somebody(DESK).context.request, live_town)

    def make(person: Any) -> str:
        reference = reported(person)
        town.puts_right(reference)
        return f"/r/{reference}"

    return make


def line(page: Page) -> Locator:
    return page.get_by_role("slider", name="Διαχωριστικό ανάμεσα στο πριν και στο μετά")


def stands_at(page: Page) -> float:
    """Where the line stands in its frame, from 0 to 1."""
    frame = page.locator(".compared__frame").bounding_box()
    handle = page.locator(".compared__handle").bounding_box()
    return float((handle["x"] + handle["width"] / 2 - frame["x"]) / frame["width"])


def test_the_line_moves_by_the_keys_and_says_where_it_stands(somebody: Any, put_right: Callable[[Any], str]) -> None:
    eleni = somebody(DESK)
    page = eleni.page
    page.goto(put_right(eleni))
    slider = line(page)
    expect(slider).to_have_attribute("aria-valuetext", "Πριν 50 %, μετά 50 %")
    assert stands_at(page) == pytest.approx(0.5, abs=0.01)
    slider.focus()
    for key, words in (
        ("ArrowLeft", "Πριν 45 %, μετά 55 %"),
        ("ArrowLeft", "Πριν 40 %, μετά 60 %"),
        ("ArrowRight", "Πριν 45 %, μετά 55 %"),
        ("End", "Πριν 100 %, μετά 0 %"),
        ("Home", "Πριν 0 %, μετά 100 %"),
    ):
        page.keyboard.press(key)
        expect(slider).to_have_attribute("aria-valuetext", words)
    clipped = "one => getComputedStyle(one).clipPath"
    assert page.locator(".compared__one--before").evaluate(clipped) == "inset(0px 100% 0px 0px)"
    handle = page.locator(".compared__handle")
    assert handle.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    box = handle.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    well_made(page)


def test_the_line_follows_the_finger_and_a_page_that_scrolls_does_not_move_it(
    somebody: Any, put_right: Callable[[Any], str]
) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.goto(put_right(eleni))
    expect(line(page)).to_have_attribute("aria-valuetext", "Πριν 50 %, μετά 50 %")
    frame = page.locator(".compared__frame")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    frame.tap(position={"x": box["width"] * 0.25, "y": 40})
    expect(line(page)).to_have_attribute("aria-valuetext", "Πριν 25 %, μετά 75 %")
    assert stands_at(page) == pytest.approx(0.25, abs=0.01)
    touched = page.context.new_cdp_session(page)

    def finger(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in at]
        touched.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", (80, 100))
    for x in (100, 140, 200, 260):
        finger("touchMove", (x, 100))
    finger("touchEnd")
    assert stands_at(page) == pytest.approx(260 / box["width"], abs=0.03)
    rested = stands_at(page)
    finger("touchStart", (60, 150))
    for y in (130, 100, 60, 20):
        finger("touchMove", (60, y))
    finger("touchEnd")
    assert stands_at(page) == pytest.approx(rested, abs=0.01)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_one_frame_holds_both_photos_and_without_script_they_stand_below_each_other(
    somebody: Any, put_right: Callable[[Any], str], script: bool
) -> None:
    eleni = somebody(PHONE, script=script)
    page = eleni.page
    page.goto(put_right(eleni))
    page.wait_for_load_state("networkidle")
    frame = page.locator(".compared__frame").bounding_box()
    assert frame["width"] <= 360
    before, after = (page.locator(f".compared__one--{moment}").bounding_box() for moment in ("before", "after"))
    for caption in ("Πριν", "Μετά"):
        expect(page.locator(".compared figcaption", has_text=caption)).to_be_visible()
    if script:
        assert before == after
        assert frame["height"] == pytest.approx(frame["width"] * 3 / 4, abs=1)
    else:
        expect(page.locator(".compared__range")).to_be_hidden()
        expect(page.locator(".compared__handle")).to_be_hidden()
        assert before["y"] + before["height"] < after["y"]
    for words in ("Ολόκληρη φωτογραφία πριν", "Ολόκληρη φωτογραφία μετά"):
        link = page.get_by_role("link", name=words)
        assert link.bounding_box()["height"] >= 44
        assert page.request.get(str(link.get_attribute("href"))).headers["content-type"].startswith("image/")


def test_letters_twice_as_large_and_a_dark_page_fit_the_frame(somebody: Any, put_right: Callable[[Any], str]) -> None:
    eleni = somebody(PHONE, color_scheme="dark", bypass_csp=True)
    page = eleni.page
    page.goto(put_right(eleni))
    page.add_style_tag(content="html { font-size: 200% }")
    well_made(page)
    captions = [page.locator(".compared figcaption", has_text=words).bounding_box() for words in ("Πριν", "Μετά")]
    assert captions[0]["x"] + captions[0]["width"] < captions[1]["x"]
