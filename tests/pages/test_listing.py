"""Everybody sees what has been reported, as a list; every choice stands in the address, and both languages know it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.extensions import unit_of_work
from app.geo.shapes import point
from app.moderation.models import Suspicion
from app.reports import submission
from app.reports.models import Report, Source
from app.search import cluster_queries
from tests.conftest import counted_statements
from tests.pages.person import Person
from tests.town import MONDAY, Town


@pytest.fixture
def eleni(client: FlaskClient) -> Person:
    return Person(client)


def reported(category: str = "bench", *, lon: float = 23.52, days: int = 0, words: str = "") -> Report:
    with unit_of_work():
        return submission.submit(
            category=category,
            spot=point(lon, 41.07),
            source=Source.WEB,
            at=MONDAY + timedelta(days=days),
            description=words,
        ).report


@pytest.fixture
def three(town: Town) -> dict[str, Report]:
    """A bench on Monday in the west, a pothole on Tuesday in the west, a light on Wednesday in the east."""
    return {
        "bench": reported("bench"),
        "pothole": reported("pothole", days=1, words="Βαθιά λακκούβα"),
        "light": reported("light", lon=23.58, days=2),
    }


def seen(eleni: Person) -> list[str]:
    return re.findall(r'<li class="row[^>]*data-id="([^"]+)"', eleni.text)


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("", "light pothole bench"),
        ("category=bench&category=light", "light bench"),
        ("category=bench,pothole", "pothole bench"),
        ("category=bench&category=pothole&area=905402", ""),
        ("since=2026-11-17", "light pothole"),
        ("until=2026-11-17", "pothole bench"),
        ("since=2026-11-17&until=2026-11-17", "pothole"),
        ("q=lakkouba", "pothole"),
        ("bbox=23.5,41.05,23.55,41.1", "pothole bench"),
        ("bbox=23.5,41.05,23.55,41.1&category=pothole&state=open", "pothole"),
        ("state=&category=&area=&since=&until=&q=&bbox=&after=", "light pothole bench"),
        ("status=received", "light pothole bench"),
    ],
)
def test_the_address_alone_says_what_is_listed(eleni: Person, three: dict[str, Report], query: str, kinds: str) -> None:
    eleni.sees(f"/reports?{query}")
    assert seen(eleni) == [three[kind].reference for kind in kinds.split()]
    count = len(kinds.split())
    words = {0: "Καμία αναφορά", 1: "1 αναφορά"}.get(count, f"{count} αναφορές")
    assert words in eleni.words


def test_the_form_without_script_gives_the_address_and_takes_it_back(eleni: Person, three: dict[str, Report]) -> None:
    eleni.sees("/reports?category=bench,light&since=2026-11-16&q=παγκάκι&bbox=23.5,41.05,23.55,41.1")
    fields = eleni.form("Εμφάνιση").fields
    assert [value for name, value in fields if name == "category"] == ["bench", "light"]
    assert ("since", "2026-11-16") in fields
    assert ("q", "παγκάκι") in fields
    assert ("bbox", "23.5,41.05,23.55,41.1") in fields


def test_each_choice_can_be_taken_back_alone(eleni: Person, three: dict[str, Report]) -> None:
    eleni.sees("/reports?category=bench,light&area=905401&q=a")
    assert "category=light" in eleni.link("Χωρίς: Παγκάκι")
    assert "area=905401" in eleni.link("Χωρίς: Παγκάκι")
    assert "area" not in eleni.link("Χωρίς: Δ.Ε. Δυτική")
    assert "q=" not in eleni.link("Χωρίς: «a»")
    assert eleni.link("Καθαρισμός όλων") == "/reports"


def test_a_piece_of_the_map_leads_back_to_the_whole_town(eleni: Person, three: dict[str, Report]) -> None:
    eleni.sees("/reports?bbox=23.5,41.05,23.55,41.1&state=open")
    assert "2 αναφορές σε αυτό το κομμάτι του χάρτη" in eleni.words
    assert eleni.link("Δείτε όλη την πόλη") == "/reports?state=open"


def test_a_list_of_thousands_does_not_count_them(eleni: Person, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_queries, "MOST_COUNTED", 21)
    with unit_of_work():
        for _n in range(23):
            submission.submit(category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY)
    assert "21+ αναφορές" in eleni.sees("/reports").words
    assert len(seen(eleni)) == 20
    assert "21+ αναφορές" in eleni.sees(eleni.link("Επόμενες αναφορές")).words
    assert len(seen(eleni)) == 3
    assert eleni.link("Πίσω στις πιο νέες") == "/reports"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("bbox=1,2,3", "δυτικά,νότια,ανατολικά,βόρεια"),
        ("bbox=179,41,-179,42", "δυτικά,νότια,ανατολικά,βόρεια"),
        ("since=αύριο", "Δώστε ημερομηνία"),
        ("until=2026-02-30", "Δώστε ημερομηνία"),
        ("state=half", "Δώστε open ή closed"),
        ("status=lost", "Δώστε:"),
        ("after=nonsense", "Ο δείκτης σελίδας δεν ισχύει"),
    ],
)
def test_an_address_that_cannot_be_understood_keeps_the_form(
    eleni: Person, three: dict[str, Report], query: str, sentence: str
) -> None:
    eleni.sees(f"/reports?{query}&q=παγκάκι")
    assert eleni.status == 422
    assert sentence in eleni.words
    assert eleni.form("Εμφάνιση").value("q") == "παγκάκι"


def test_nothing_that_matches_says_so_and_leads_on(eleni: Person, three: dict[str, Report]) -> None:
    eleni.sees("/reports?q=" + "ακαταλαβίστικο" * 12)
    assert eleni.status == 200
    assert "Καμία αναφορά δεν ταιριάζει" in eleni.words
    assert eleni.link("Όλες οι αναφορές") == "/reports"


def test_a_row_says_how_many_say_me_too_and_what_was_promised(
    eleni: Person, session: Session, three: dict[str, Report]
) -> None:
    session.execute(update(Report).where(Report.id == three["light"].id).values(supporters=3))
    session.commit()
    eleni.sees("/reports?category=light")
    assert "Κι εγώ: 3" in eleni.words
    assert re.search(r"Στόχος: έως \w+ \d+ Νοε", eleni.words)
    assert "Κι εγώ" not in eleni.sees("/reports?category=bench").words


def test_what_waits_aside_is_not_listed_not_even_when_chosen(
    eleni: Person, session: Session, three: dict[str, Report]
) -> None:
    session.execute(update(Report).where(Report.id == three["bench"].id).values(suspicion=Suspicion.NOT_BY_HAND))
    session.commit()
    eleni.sees(f"/reports?chosen={three['bench'].reference}")
    assert three["bench"].reference not in seen(eleni)
    assert "2 αναφορές" in eleni.words


def test_the_map_asks_for_the_list_alone(client: FlaskClient, three: dict[str, Report]) -> None:
    part = client.get("/reports?bbox=23.55,41.05,23.6,41.1", headers={"X-Part": "list"})
    assert "<html" not in part.text
    assert part.text.count('class="row"') == 1
    assert part.headers["Cache-Control"] == "no-store"
    whole = client.get("/reports")
    assert "X-Part" in whole.headers["Vary"]


def test_a_mark_beyond_the_page_brings_its_row_to_the_top(eleni: Person, town: Town) -> None:
    old = reported("pothole")
    with unit_of_work():
        for _n in range(21):
            submission.submit(
                category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY + timedelta(days=1)
            )
    assert old.reference not in seen(eleni.sees("/reports"))
    eleni.sees(f"/reports?chosen={old.reference}")
    assert seen(eleni)[0] == old.reference
    assert len(seen(eleni)) == 21
    assert eleni.text.count('aria-current="true"') == 1
    assert "chosen" not in eleni.link("Επόμενες αναφορές")


def test_the_part_for_the_map_asks_the_database_three_times(
    app: Flask, client: FlaskClient, three: dict[str, Report]
) -> None:
    client.get("/reports", headers={"X-Part": "list"})
    with counted_statements(app) as few:
        client.get("/reports?bbox=23.5,41.05,23.6,41.1", headers={"X-Part": "list"})
    assert len(few) <= 3


def test_one_kind_or_area_can_be_followed(eleni: Person, three: dict[str, Report]) -> None:
    eleni.sees("/reports?category=bench&area=905401")
    assert eleni.link("Ακολουθήστε αυτή την επιλογή") == "/follow?category=bench&area=905401"
    assert "/feeds/reports.atom?category=bench&amp;area=905401&amp;lang=el" in eleni.text
    assert not eleni.sees("/reports?category=bench,light").offers("Ακολουθήστε αυτή την επιλογή")
    assert "/feeds/reports.atom?lang=el" in eleni.text


# -- the two languages -----------------------------------------------------------------------------------------------


def addresses(eleni: Person) -> dict[str, str]:
    found = re.findall(r'<link rel="(alternate|canonical)"(?: hreflang="([^"]+)")? href="([^"]+)"', eleni.text)
    return {code or rel: unescape(href) for rel, code, href in found if rel == "canonical" or code}


def test_each_page_names_itself_in_both_languages_with_its_choices(
    app: Flask, eleni: Person, three: dict[str, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://kathimerina.serres.example")
    town = "https://kathimerina.serres.example/reports"
    choice = "category=bench%2Clight&q=%CF%80%CE%B1%CE%B3%CE%BA%CE%AC%CE%BA%CE%B9"
    eleni.sees(f"/reports?{choice}&utm_source=x&view=map")
    assert addresses(eleni) == {
        "canonical": f"{town}?{choice}",
        "el": f"{town}?{choice}&lang=el",
        "en": f"{town}?{choice}&lang=en",
        "x-default": f"{town}?{choice}",
    }
    eleni.sees(f"/reports?lang=en&{choice}")
    assert '<html lang="en"' in eleni.text
    assert addresses(eleni)["canonical"] == f"{town}?{choice}&lang=en"
    assert addresses(eleni)["el"] == f"{town}?{choice}&lang=el"


def test_every_public_page_says_what_it_is_about(eleni: Person, three: dict[str, Report]) -> None:
    for path in ("/", "/reports", f"/r/{three['bench'].reference}", "/follow"):
        eleni.sees(path)
        assert eleni.status == 200
        assert eleni.text.count('<meta name="description"') == 1, path
        assert set(addresses(eleni)) == {"canonical", "el", "en", "x-default"}, path
    own = f"/r/{three['bench'].reference}/{three['bench'].tracking_token}"
    assert "hreflang" not in eleni.sees(own).text.split("</head>")[0]


def test_the_other_language_keeps_the_place(eleni: Person, three: dict[str, Report]) -> None:
    eleni.sees("/reports?category=bench,light&area=905401")
    english = eleni.sees(eleni.link("English"))
    assert english.path == "/reports?category=bench,light&area=905401" or "category=bench%2Clight" in english.path
    assert '<html lang="en"' in english.text
    assert seen(english) == [three["bench"].reference]


def test_robots_stay_away_from_what_is_somebodys_own(client: FlaskClient, town: Town) -> None:
    told = client.get("/robots.txt").text
    for path in ("/office", "/crew", "/mine", "/new/", "/r/*/"):
        assert f"Disallow: {path}\n" in told
