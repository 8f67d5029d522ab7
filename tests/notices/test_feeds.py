"""Feeds: what the town may know, for programs that read news."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.reports.models import Report
from tests.conftest import counted_statements
from tests.dispatch.test_road_api import Program
from tests.reports.test_submit_api import at, report
from tests.town import SPOT, Town

A = "{http://www.w3.org/2005/Atom}"
FEED = "/feeds/reports.atom"


def read(client: FlaskClient, address: str = FEED) -> Element:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    return fromstring(answer.data)


def said(feed: Element, name: str) -> list[str]:
    return [str(found.text) for found in feed.findall(f"{A}entry/{A}{name}")]


def test_a_feed_has_all_that_the_rfc_asks_for(client: FlaskClient, town: Town, session: Session) -> None:
    empty = read(client)
    report(client)
    report(client, category="bench", description="Κρυφά λόγια & <b>σημεία</b>")
    feed = read(client)
    for one in (empty, feed):
        for name in ("id", "title", "updated"):
            (found,) = one.findall(f"{A}{name}")
            assert found.text
        assert one.find(f"{A}author/{A}name") is not None
        assert {link.get("rel") for link in one.findall(f"{A}link")} == {"self", "alternate"}
    assert len(feed.findall(f"{A}entry")) == 2
    for entry in feed.findall(f"{A}entry"):
        for name in ("id", "title", "updated"):
            (found,) = entry.findall(f"{A}{name}")
            assert found.text
        assert entry.find(f"{A}link[@rel='alternate']") is not None
        datetime.fromisoformat(str(entry.findtext(f"{A}updated")))
    assert len(set(said(feed, "id"))) == 2
    assert all(one.startswith("tag:") for one in said(feed, "id"))
    assert said(feed, "id") == said(read(client), "id")


def test_a_feed_holds_public_things_only(
    client: FlaskClient, town: Town, session: Session, bearer: Callable[..., Any]
) -> None:
    report(client, category="bench", description="Κρυφά λόγια", address_words="Μεραρχίας 12")
    hidden = report(client).json["reference"]
    session.execute(update(Report).where(Report.reference == hidden).values(suspicion="many_from_one"))
    session.commit()
    told = client.get(FEED).text
    assert "Κρυφά" not in told
    assert "Μεραρχίας" not in told
    assert hidden not in told
    seen = report(client, description="Φανερά & καθαρά").json["reference"]
    Program(client, bearer(town.nikos)).move(f"/reports/{seen}", move="ask", words="Σε ποιον όροφο μένετε;")
    told = client.get(FEED).text
    assert "Φανερά &amp; καθαρά" in told
    assert "όροφο" not in told


def test_kind_area_and_circle_narrow_it(client: FlaskClient, town: Town) -> None:
    report(client)
    report(client, category="light")
    report(client, location=at(23.58, 41.12))
    assert len(said(read(client, f"{FEED}?category=pothole"), "id")) == 2
    assert len(said(read(client, f"{FEED}?category=pothole&area=905401"), "id")) == 1
    assert len(said(read(client, f"{FEED}?area=905402"), "id")) == 1
    assert len(said(read(client, f"{FEED}?area=9054"), "id")) == 3
    assert len(said(read(client, f"{FEED}?lon={SPOT.x}&lat={SPOT.y}&radius=500"), "id")) == 2
    for wrong in ("category=x", "area=9056", "lon=x&lat=1", "lon=23.5&lat=41.1&radius=6000"):
        assert client.get(f"{FEED}?{wrong}").status_code == 422


def test_a_reader_that_has_it_is_told_so_and_a_cache_may_keep_it(client: FlaskClient, town: Town) -> None:
    report(client)
    first = client.get(FEED)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in first.headers
    assert client.get(FEED, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get(FEED, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
    report(client)
    assert client.get(FEED, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_the_language_is_the_addresss_and_nobodys_cookie(client: FlaskClient, town: Town) -> None:
    report(client)
    assert "Λακκούβα" in client.get(FEED, headers={"Accept-Language": "en"}).text
    assert "Pothole" in client.get(f"{FEED}?lang=en").text
    assert 'xml:lang="en"' in client.get(f"{FEED}?lang=en").text


def test_the_follow_page_names_the_feed_to_programs(client: FlaskClient, town: Town) -> None:
    assert 'type="application/atom+xml"' in client.get("/follow").text


def test_fifty_are_enough_and_cost_one_question(app: Flask, client: FlaskClient, town: Town, session: Session) -> None:
    for _number in range(53):
        report(client)
    # So many from one address wait for the office, which has looked now.
    session.execute(update(Report).values(suspicion=None))
    session.commit()
    with counted_statements(app) as seen:
        assert len(said(read(client), "id")) == 50
    assert len(seen) == 1


@pytest.mark.parametrize("reference", ["", "123"])
def test_nothing_is_followed_that_is_not_there(client: FlaskClient, town: Town, reference: str) -> None:
    assert client.get(f"/follow?reference={reference}").status_code == (404 if reference else 200)
