"""Eleni looks at what became of her report, and at what others have shown."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.categories import queries as category_queries
from app.extensions import unit_of_work
from app.geo.shapes import point
from app.reports import submission, triage
from app.reports.lifecycle import Move
from app.reports.models import Report, Source
from tests.conftest import counted_statements
from tests.pages.page import Page
from tests.town import MONDAY, Town

INSIDE: dict[str, Any] = {"lon": "23.52", "lat": "41.07"}
NEIGHBOUR: dict[str, Any] = {"lon": "23.65", "lat": "41.07"}


@pytest.fixture
def bench(session: Session, town: Town) -> Report:
    """A report about a bench, with words that wait for release."""
    with unit_of_work():
        return submission.submit(
            category="bench",
            spot=point(23.52, 41.07),
            source=Source.WEB,
            at=MONDAY,
            description="Το παγκάκι έσπασε",
            contact={"name": "Ελένη", "email": "eleni@example.gr"},
        ).report


def reports(session: Session) -> list[Report]:
    session.expire_all()
    return list(session.scalars(select(Report).order_by(Report.id)))


# -- following -------------------------------------------------------------------------------------------------------


def test_everybody_sees_the_state_but_not_the_words_before_release(client: FlaskClient, bench: Report) -> None:
    page = Page(client.get(f"/r/{bench.reference}"))
    assert "Παγκάκι" in page.text
    assert "Υποβλήθηκε" in page.text
    assert "Το παγκάκι έσπασε" not in page.text
    assert "eleni@example.gr" not in page.text
    assert bench.tracking_token not in page.html


def test_the_own_link_shows_own_words_and_is_kept_from_search_engines(client: FlaskClient, bench: Report) -> None:
    page = Page(client.get(f"/r/{bench.reference}/{bench.tracking_token}"))
    assert "Το παγκάκι έσπασε" in page.text
    assert "eleni@example.gr" in page.text
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "private" in page.headers["Cache-Control"]


def test_a_wrong_key_is_no_page_at_all(client: FlaskClient, bench: Report) -> None:
    answer = client.get(f"/r/{bench.reference}/{'x' * 24}")
    assert answer.status_code == 404
    assert "Παγκάκι" not in answer.text
    assert client.get(f"/r/{bench.reference}/κλειδί").status_code == 404


@pytest.mark.parametrize("typed", ["{0}{1}{2}", "{0} {1} {2}", " {0}–{1}–{2} "])
def test_a_number_read_over_the_telephone_is_found(client: FlaskClient, bench: Report, typed: str) -> None:
    found = client.get("/find", query_string={"reference": typed.format(*bench.reference.split("-"))})
    assert found.headers["Location"] == f"/r/{bench.reference}"


def test_the_address_with_an_unusual_number_leads_to_the_usual_one(client: FlaskClient, bench: Report) -> None:
    answer = client.get(f"/r/{bench.reference.replace('-', '')}/{bench.tracking_token}")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"/r/{bench.reference}/{bench.tracking_token}"


def test_a_mistyped_number_is_told_kindly_with_a_box_to_try_again(client: FlaskClient, town: Town) -> None:
    page = Page(client.get("/find?reference=123-456-789", follow_redirects=True))
    assert page.status == 404
    assert "Ελέγξτε τα ψηφία" in page.text
    assert 'name="reference"' in page.html


def test_a_forwarded_report_says_to_whom_and_under_which_number(client: FlaskClient, bench: Report, town: Town) -> None:
    with unit_of_work():
        triage.decide(
            bench.reference, Move.FORWARD, by=town.nikos, at=MONDAY, version=None,
            forward_to="Περιφέρεια", protocol_number="123/2026", words="Είναι δικός τους δρόμος", internal="μυστικό",
        )  # fmt: skip
    page = Page(client.get(f"/r/{bench.reference}"))
    for words in ("Περιφέρεια", "123/2026", "Είναι δικός τους δρόμος"):
        assert words in page.text
    assert "μυστικό" not in page.text
    assert "Nikos" not in page.text


def test_a_merged_report_leads_to_the_one_that_stays(client: FlaskClient, bench: Report, town: Town) -> None:
    with unit_of_work():
        other = submission.submit(category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY).report
    with unit_of_work():
        triage.decide(bench.reference, Move.MERGE, by=town.nikos, at=MONDAY, version=None, into=other.reference)
    assert f'href="/r/{other.reference}"' in client.get(f"/r/{bench.reference}").text


# -- the public list -------------------------------------------------------------------------------------------------


def test_an_empty_town_invites_the_first_report(client: FlaskClient, town: Town) -> None:
    page = Page(client.get("/reports"))
    assert "Δεν υπάρχει ακόμη καμία αναφορά" in page.text


def test_the_list_goes_on_where_the_page_ends(client: FlaskClient, session: Session, town: Town) -> None:
    with unit_of_work():
        for _n in range(23):
            submission.submit(category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY)
    first = Page(client.get("/reports?category=bench"))
    assert first.html.count('class="row"') == 20
    more = re.search(r'href="([^"]+)"[^>]*>Επόμενες', first.html)
    assert more is not None
    second = Page(client.get(unescape(more[1])))
    assert second.html.count('class="row"') == 3
    assert not set(re.findall(r'data-id="([^"]+)"', first.html)) & set(re.findall(r'data-id="([^"]+)"', second.html))


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("state=open", True),
        ("state=closed", False),
        ("category=bench", True),
        ("category=light", False),
        ("area=905401", True),
        ("area=905402", False),
        ("q=έσπασε", False),  # not released, so not searched
        ("state=&category=&area=&q=", True),
    ],
)
def test_filters_stand_in_the_address(client: FlaskClient, bench: Report, query: str, seen: bool) -> None:
    assert (bench.reference in client.get(f"/reports?{query}").text) is seen


def test_the_list_asks_the_database_the_same_few_questions_however_long_it_is(
    app: Flask, client: FlaskClient, session: Session, town: Town
) -> None:
    with unit_of_work():
        submission.submit(category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY)
    with counted_statements(app) as few:
        client.get("/reports")
    with unit_of_work():
        for _n in range(18):
            submission.submit(category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY)
    with counted_statements(app) as many:
        client.get("/reports")
    assert len(many) == len(few)
    assert len(many) <= 5


# -- languages, errors, headers ----------------------------------------------------------------------------------------


def test_the_language_is_remembered_and_leads_back_only_to_this_site(client: FlaskClient, town: Town) -> None:
    answer = client.get("/language/en?next=/reports?state=open%26lang=el")
    assert answer.headers["Location"] == "/reports?state=open"
    assert '<html lang="en"' in client.get("/reports").text
    for foreign in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"):
        assert client.get("/language/el", query_string={"next": foreign}).headers["Location"] == "/"
    assert '<html lang="el"' in client.get("/reports").text


def test_greek_is_spoken_to_whoever_asks_for_nothing_we_have(client: FlaskClient, town: Town) -> None:
    assert '<html lang="el"' in client.get("/", headers={"Accept-Language": "fi"}).text
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "en-GB,en"}).text


def test_a_page_that_is_not_there_says_so_in_the_readers_language(client: FlaskClient, town: Town) -> None:
    page = Page(client.get("/nowhere"))
    assert page.status == 404
    assert "Αρχική σελίδα" in page.text


def test_when_the_database_is_away_people_still_get_a_page(
    client: FlaskClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_named: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(category_queries, "active_categories", away)
    page = Page(client.get("/"))
    assert page.status == 503
    assert "Σε λίγο είμαστε πάλι εδώ" in page.text


def test_an_unexpected_fault_is_a_page_too(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(category_queries, "active_categories", lambda: 1 / 0)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    page = Page(client.get("/"))
    assert page.status == 500
    assert "από τη μεριά μας" in page.text


def test_nothing_inline_is_allowed_and_nothing_inline_is_there(client: FlaskClient, town: Town) -> None:
    page = Page(client.get("/"))
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page.html)
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=(self)" in page.headers["Permissions-Policy"]
