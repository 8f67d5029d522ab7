"""What Eleni types is hers: it is kept while she types, never thrown away, and never sent as more than she said."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE
from tests.journeys.steps import chooses, goes_on, points_at, step, takes_photo, writes

HALF_A_SECOND_AND_SOME = 900


def comes_to(page: Page, name: str) -> None:
    page.goto("/")
    takes_photo(page, None)
    if name == "place":
        step(page, "place")
        return
    points_at(page, "23,5484", "41,0856")
    goes_on(page, "place")
    chooses(page, "pothole")
    if name == "contact":
        goes_on(page, "words", "[data-go=contact]")


@pytest.mark.parametrize(
    ("name", "field"),
    [("place", "address"), ("words", "description"), ("contact", "contact_name"), ("contact", "contact_phone")],
)
def test_words_are_kept_while_they_are_typed(somebody: Any, name: str, field: str) -> None:
    page = somebody(PHONE).page
    comes_to(page, name)
    box = step(page, name).locator(f"[name={field}]")
    box.press_sequentially("Δίπλα στο περίπτερο")
    page.wait_for_timeout(HALF_A_SECOND_AND_SOME)
    page.reload()
    expect(step(page, name).locator(f"[name={field}]")).to_have_value("Δίπλα στο περίπτερο")


def test_words_for_the_town_stay_in_the_tab_until_they_are_sent(somebody: Any) -> None:
    page = somebody(PHONE).page
    writes(page, "Το καπάκι λείπει")
    goes_on(page, "check")
    page.locator("[data-done-link]").click()
    page.get_by_text("Να συμπληρώσω κάτι").click()
    box = page.locator("[name=more]")
    box.press_sequentially("Είναι μεγάλο, ίσαμε μια ρόδα")
    page.wait_for_timeout(HALF_A_SECOND_AND_SOME)
    page.reload()
    expect(box).to_have_value("Είναι μεγάλο, ίσαμε μια ρόδα")
    page.get_by_text("Να συμπληρώσω κάτι").click()
    page.get_by_role("button", name="Προσθήκη στην αναφορά").click()
    page.wait_for_load_state()
    expect(page.locator("[name=more]")).to_have_value("")


@pytest.mark.parametrize("script", [True, False])
def test_a_number_that_the_search_does_not_know_goes_into_the_words_of_the_place(somebody: Any, script: bool) -> None:
    page = somebody(PHONE, script=script).page
    comes_to(page, "place")
    page.locator("#place-q").fill("25ης Μαρτίου 999")
    if not script:
        page.get_by_role("button", name="Εύρεση").click()
    page.locator(".spots__one").filter(has_text="25ης Μαρτίου").first.click()
    if script:
        expect(page.locator("[name=address]")).to_have_value(re.compile("999"))
    else:
        goes_on(page, "place")
        step(page, "category")
        page.get_by_role("link", name="Πίσω").click()
        expect(page.locator("[name=address]")).to_have_value(re.compile("999"))


@pytest.mark.parametrize("script", [True, False])
def test_what_no_place_is_called_is_not_lost(somebody: Any, script: bool) -> None:
    page = somebody(PHONE, script=script).page
    comes_to(page, "place")
    page.locator("#place-q").fill("πίσω απ' το βουλκανιζατέρ του Ξφδγης")
    if not script:
        page.get_by_role("button", name="Εύρεση").click()
    expect(page.locator("[name=address]")).to_have_value("πίσω απ' το βουλκανιζατέρ του Ξφδγης")


def test_own_words_of_the_place_are_not_written_over(somebody: Any) -> None:
    page = somebody(PHONE).page
    comes_to(page, "place")
    page.locator("[name=address]").fill("Απέναντι από το σχολείο")
    page.locator("#place-q").fill("25ης Μαρτίου 999")
    page.locator(".spots__one").filter(has_text="25ης Μαρτίου").first.click()
    expect(page.locator("[data-part=where]")).to_contain_text("Μαρτίου")
    expect(page.locator("[name=address]")).to_have_value("Απέναντι από το σχολείο")


def test_a_guess_of_two_kilometres_is_no_place(somebody: Any) -> None:
    roughly = {"longitude": 23.5484, "latitude": 41.0856, "accuracy": 2500}
    eleni = somebody(PHONE, geolocation=roughly, permissions=["geolocation"])
    page = eleni.page
    page.goto("/")
    takes_photo(page, None)
    place = step(page, "place")
    expect(place.locator("[data-place-note]")).to_contain_text("2500 μ. γύρω")
    expect(place.locator(".map-accuracy")).to_be_visible()
    expect(place.locator("[name=lon]")).to_have_value("")
    expect(place.locator(".pick-pin")).to_have_count(0)
    circle, across = place.locator(".map-accuracy").bounding_box(), place.locator(".map__ground").bounding_box()
    assert circle["width"] > across["width"] / 3
    goes_on(page, "place")
    expect(place.locator("[data-error-summary]")).to_be_focused()
    place.get_by_role("button", name="Η θέση μου").click()
    expect(place.locator(".map__said")).to_contain_text("μέσα σε αυτόν τον κύκλο")
    expect(place.locator("[name=lon]")).to_have_value("")
    place.locator(".map__ground").click(position={"x": 160, "y": 140})
    expect(place.locator(".pick-pin")).to_be_visible()
    expect(place.locator("[name=accuracy_m]")).to_have_value("")
    goes_on(page, "place")
    step(page, "category")


def test_too_many_words_are_counted_at_once_and_none_is_cut_off(somebody: Any) -> None:
    page = somebody(PHONE).page
    comes_to(page, "words")
    box = step(page, "words").locator("textarea")
    box.fill("α" * 100)
    expect(page.locator(".counter")).to_have_count(0)
    box.fill("α" * 3900)
    expect(page.locator(".counter")).to_have_text("Χωρούν ακόμη 100 χαρακτήρες.")
    box.fill("α" * 9200)
    expect(page.locator(".counter--over")).to_contain_text("Περισσεύουν 5200 χαρακτήρες")
    assert len(box.input_value()) == 9200
    goes_on(page, "words")
    expect(step(page, "words").locator("[data-error-summary]")).to_be_focused()


def test_the_own_page_says_one_thing_when_a_report_arrives_under_its_eyes(somebody: Any) -> None:
    eleni = somebody(PHONE)
    page = eleni.page
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then((ready) => ready.active.state)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    writes(page, "Λακκούβα μπροστά στο φαρμακείο")
    mine = page.context.new_page()
    mine.goto("/mine")
    expect(mine.locator(".nothing")).to_be_hidden()
    goes_on(page, "check")
    expect(page.get_by_role("heading", name="Ευχαριστούμε")).to_be_visible()
    expect(mine.locator("[data-own] .own")).to_have_count(1)
    expect(mine.locator("[data-outbox] .outbox__one")).to_have_count(0)
    expect(mine.locator(".nothing")).to_have_count(0)
