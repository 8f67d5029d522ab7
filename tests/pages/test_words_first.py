"""Eleni has no photo at hand and says it: her words are kept, and propose the place and the kind."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.pages.citizen import reporting
from tests.pages.test_new_report import Eleni, reports
from tests.town import Town

WORDS = "Σπασμένο παγκάκι στον Λευκώνα, λείπει μια σανίδα"


@pytest.fixture
def eleni(client: FlaskClient, town: Town, monkeypatch: pytest.MonkeyPatch) -> Eleni:
    monkeypatch.setattr(reporting, "BY_HAND", timedelta(0))
    return Eleni(client)


def test_her_words_lead_to_the_place_they_name_and_to_the_likeliest_kind(eleni: Eleni, session: Session) -> None:
    assert eleni.answers("photo", said=WORDS).goes_to == "place"
    place = eleni.at("place")
    assert "Από τα λόγια σας" in place.text
    chosen = place.value("place")
    assert chosen.startswith("place:")
    assert eleni.answers("place", place=chosen).goes_to == "category"
    likeliest = eleni.at("category").html.partition("data-suggested")[2]
    assert re.findall(r'id="[sc]-([a-z-]+)"', likeliest)[0] == "bench"
    eleni.answers("category", category="bench")
    assert WORDS in eleni.at("words").html
    eleni.answers("check")
    [sent] = reports(session)
    assert sent.description == WORDS


def test_passing_over_the_photo_loses_no_word(eleni: Eleni) -> None:
    eleni.answers("photo", said=WORDS, skip="1")
    assert WORDS in eleni.at("words").html


def test_who_comes_back_to_the_photo_is_not_asked_for_words_again_and_loses_none(eleni: Eleni) -> None:
    eleni.answers("photo", said=WORDS)
    assert 'name="said"' not in eleni.at("photo").html
    eleni.answers("photo")
    assert WORDS in eleni.at("words").html


def test_words_that_name_no_place_are_not_called_a_failed_search(eleni: Eleni) -> None:
    eleni.answers("photo", said="Κάτι τρίζει")
    place = eleni.at("place").text
    assert "Από τα λόγια σας" not in place
    assert "Δεν βρήκαμε" not in place


@pytest.mark.parametrize("said", ["'); DROP TABLE report;--", "%_\\", "α\0β", "x" * 30_000, "1 2 3 4 5", "και και και"])
def test_whatever_is_said_is_taken(eleni: Eleni, said: str) -> None:
    assert eleni.answers("photo", said=said).goes_to == "place"
    assert eleni.at("place").status == 200
    assert eleni.client.get("/new/places", query_string={"words": said}).status_code == 200


def test_words_that_she_deleted_do_not_come_back_with_a_photo(eleni: Eleni) -> None:
    eleni.answers("photo", said=WORDS)
    eleni.answers("words", description="")
    assert WORDS not in eleni.at("photo").html
    eleni.answers("photo")
    assert WORDS not in eleni.at("words").html
