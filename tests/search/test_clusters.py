"""The public map's marks: many reports as one number, every report counted once, and the list says the same."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.extensions import unit_of_work
from app.geo.shapes import point
from app.moderation.models import Suspicion
from app.reports import submission, triage
from app.reports.lifecycle import Move
from app.reports.models import Report, Source
from app.search import cluster_queries
from app.search.cluster_queries import Cluster, how_many, merged
from app.search.filters import Filters
from app.search.patches import across
from app.search.queries import filtered
from tests.conftest import counted_statements
from tests.town import MONDAY, Town

TOWN = "23.5,41.05,23.6,41.15"
KINDS = ("pothole", "bench", "light")


@pytest.fixture
def thirty(session: Session, town: Town) -> list[Report]:
    """Thirty reports all over the town, on thirty days, of three kinds; every fifth is closed, all are released."""
    made = []
    with unit_of_work():
        for number in range(30):
            spot = point(23.501 + (number * 37 % 99) / 1000, 41.051 + (number * 61 % 98) / 1000)
            at = MONDAY + timedelta(days=number)
            made.append(
                submission.submit(
                    category=KINDS[number % 3],
                    spot=spot,
                    source=Source.WEB,
                    at=at,
                    description="Σπασμένο πλακάκι" if number % 2 else "Βαθιά λακκούβα",
                ).report
            )
    with unit_of_work():
        for report in made:
            triage.edit(report.reference, by=town.nikos, at=MONDAY, version=None, released=True)
        for report in made[::5]:
            triage.decide(report.reference, Move.REJECT, by=town.nikos, at=MONDAY, version=None, words="Δεν είναι εδώ")
    return made


def marks(client: FlaskClient, zoom: float = 12, bbox: str = TOWN, **filters: str) -> Any:
    answer = client.get("/api/v1/reports/clusters", query_string={"bbox": bbox, "zoom": zoom, **filters})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/geo+json"
    return json.loads(answer.data)


def listed(client: FlaskClient, **filters: str) -> int:
    answer = client.get("/api/v1/reports", query_string={"limit": "200", **filters})
    return len(answer.json["items"])


FILTERS: list[dict[str, str]] = [
    {},
    {"state": "open"},
    {"state": "closed"},
    {"status": "received,rejected"},
    {"category": "bench"},
    {"category": "bench,light"},
    {"area": "905401"},
    {"area": "90540202"},
    {"area": "nowhere"},
    {"since": "2026-11-20"},
    {"until": "2026-11-20"},
    {"since": "2026-11-20", "until": "2026-11-25", "state": "open"},
    {"q": "λακκούβα"},
    {"q": "lakkouva"},
    {"q": "ΠΛΑΚΆΚΙ"},
    {"q": "παγκάκι", "area": "905402"},
]


def test_the_marks_count_what_the_list_shows(client: FlaskClient, thirty: list[Report]) -> None:
    seen = set()
    for filters in FILTERS:
        count = listed(client, bbox=TOWN, **filters)
        seen.add(count)
        for zoom in (0, 11.5, 14, 17, 19):
            told = marks(client, zoom, **filters)
            assert told["count"] == count, filters
            assert sum(mark["properties"]["count"] for mark in told["features"]) == count
    assert {0, 30} < seen
    assert how_many(Filters()) == 30


def test_greek_words_and_greeklish_find_the_same_marks(client: FlaskClient, thirty: list[Report]) -> None:
    greek, latin = marks(client, q="λακκούβα"), marks(client, q="lakkouba")
    assert greek["count"] > 10
    assert latin == greek


def test_far_away_they_are_few_and_close_by_each_is_itself(client: FlaskClient, thirty: list[Report]) -> None:
    assert len(marks(client, 8)["features"]) == 1
    middle = marks(client, 12)["features"]
    assert 1 < len(middle) < 30
    near = marks(client, 18)["features"]
    assert len(near) == 30
    assert {mark["properties"]["reference"] for mark in near} == {report.reference for report in thirty}


def test_a_single_one_says_what_it_is_in_the_readers_language(client: FlaskClient, thirty: list[Report]) -> None:
    bench = thirty[1]
    [one] = [m for m in marks(client, 18)["features"] if m["properties"]["reference"] == bench.reference]
    assert one["properties"] | {"open": 1} == {
        "count": 1,
        "open": 1,
        "reference": bench.reference,
        "status": "received",
        "category": "bench",
        "label": "Παγκάκι, Υποβλήθηκε",
    }
    [one] = [m for m in marks(client, 18, lang="en")["features"] if m["properties"]["reference"] == bench.reference]
    assert one["properties"]["label"].startswith("Bench, ")


def test_a_mark_of_many_knows_how_many_are_open_and_where_they_all_lie(
    client: FlaskClient, thirty: list[Report]
) -> None:
    [all_of_them] = marks(client, 8)["features"]
    assert all_of_them["properties"] == {"count": 30, "open": 24}
    west, south, east, north = all_of_them["bbox"]
    lon, lat = all_of_them["geometry"]["coordinates"]
    assert west < lon < east
    assert south < lat < north


def test_two_on_the_very_same_spot_stay_one_mark_at_any_zoom(client: FlaskClient, town: Town) -> None:
    with unit_of_work():
        for category in ("bench", "light"):
            submission.submit(category=category, spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY)
        submission.submit(category="bench", spot=point(23.52003, 41.07), source=Source.WEB, at=MONDAY)
    assert sorted(mark["properties"]["count"] for mark in marks(client, 19)["features"]) == [1, 2]


def test_the_border_of_the_box_belongs_to_it(client: FlaskClient, town: Town) -> None:
    with unit_of_work():
        submission.submit(category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY)
    for bbox in ("23.52,41.07,23.53,41.08", "23.51,41.06,23.52,41.07"):
        assert marks(client, bbox=bbox)["count"] == listed(client, bbox=bbox) == 1
    assert marks(client, bbox="23.520001,41.07,23.53,41.08")["count"] == 0


def test_what_is_suspicious_is_on_no_map(client: FlaskClient, session: Session, thirty: list[Report]) -> None:
    session.execute(update(Report).where(Report.id == thirty[0].id).values(suspicion=Suspicion.BLOCKED_WORD))
    session.commit()
    assert marks(client)["count"] == 29
    assert how_many(Filters()) == 29


def test_words_that_wait_for_release_find_no_mark(client: FlaskClient, town: Town) -> None:
    with unit_of_work():
        submission.submit(
            category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY, description="μυστική πλάκα"
        )
    assert marks(client, q="μυστική")["count"] == 0
    assert marks(client, q="παγκάκι")["count"] == 1


@pytest.mark.parametrize(
    "query",
    [
        "zoom=12",
        f"bbox={TOWN}",
        f"bbox={TOWN}&zoom=κοντά",
        f"bbox={TOWN}&zoom=nan",
        f"bbox={TOWN}&zoom=-1",
        f"bbox={TOWN}&zoom=999",
        "bbox=179,41,-179,42&zoom=3",
        "bbox=23,41,200,42&zoom=3",
        "bbox=23,nan,24,42&zoom=3",
        "bbox=1,2,3&zoom=3",
        f"bbox={TOWN}&zoom=12&since=αύριο",
        f"bbox={TOWN}&zoom=12&since=2026-13-40",
        f"bbox={TOWN}&zoom=12&status=lost",
    ],
)
def test_what_cannot_be_understood_is_said_and_not_guessed(client: FlaskClient, town: Town, query: str) -> None:
    answer = client.get(f"/api/v1/reports/clusters?{query}")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"


def test_the_whole_world_never_makes_more_marks_than_a_map_can_hold(client: FlaskClient, thirty: list[Report]) -> None:
    told = marks(client, 16.9, bbox="-180,-90,180,90")
    assert told["count"] == 30
    assert len(told["features"]) == 1
    assert len(marks(client, 24, bbox="-180,-90,180,90")["features"]) == 30


def test_more_than_a_map_can_hold_are_grouped_however_close_it_is(
    client: FlaskClient, thirty: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_queries, "MOST_ALONE", 10)
    bbox = "-180,-90,180,90"
    told = marks(client, 17, bbox=bbox)
    assert told["count"] == listed(client, bbox=bbox) == 30
    assert len(told["features"]) <= 10


def test_marks_that_would_touch_become_one_and_nobody_is_lost() -> None:
    spots = [(23.5 + (n * 7919 % 613) / 20000, 41.0 + (n * 104729 % 547) / 20000) for n in range(300)]
    alone = [Cluster(1 + n % 3, 1, lon, lat, (lon, lat, lon, lat)) for n, (lon, lat) in enumerate(spots)]
    found = merged(alone, 13)
    assert sum(one.count for one in found) == sum(one.count for one in alone)
    assert 1 < len(found) < 300
    assert all(one.box[0] <= one.lon <= one.box[2] for one in found)


def test_the_world_lies_between_nought_and_one() -> None:
    assert across(-180, 0) == pytest.approx((0, 0.5))
    assert across(180, -90)[1] == pytest.approx(1, abs=0.01)


def test_one_question_of_the_database_and_the_same_answer_is_not_sent_twice(
    app: Flask, client: FlaskClient, thirty: list[Report]
) -> None:
    address = f"/api/v1/reports/clusters?bbox={TOWN}&zoom=13&state=open&category=bench"
    client.get(address)
    with counted_statements(app) as seen:
        answer = client.get(address)
    assert len(seen) == 1
    assert "max-age=15" in answer.headers["Cache-Control"]
    again = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_a_day_ends_by_the_clock_of_the_town(client: FlaskClient, session: Session, town: Town) -> None:
    late = MONDAY.replace(hour=21, minute=30)  # half past eleven at night in Serres, still Monday
    with unit_of_work():
        submission.submit(category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=late)
        submission.submit(category="bench", spot=point(23.53, 41.07), source=Source.WEB, at=late + timedelta(hours=1))
    assert marks(client, until="2026-11-16")["count"] == 1
    assert marks(client, since="2026-11-17")["count"] == 1
    assert marks(client, since="2026-11-16", until="2026-11-17")["count"] == 2


def test_more_than_a_thousand_are_not_counted_on(session: Session, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_queries, "MOST_COUNTED", 3)
    with unit_of_work():
        for _n in range(6):
            submission.submit(category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY)
    assert how_many(Filters()) == 4


def test_a_box_is_found_by_its_index(session: Session, town: Town) -> None:
    session.execute(text("SET LOCAL enable_seqscan = off"))
    question = filtered(select(Report.id), Filters(bbox=(23.5, 41.05, 23.51, 41.06)), public=True)
    plan = session.execute(
        text(f"EXPLAIN {question.compile(session.get_bind(), compile_kwargs={'literal_binds': True})}")
    )
    assert "ix_report_box" in "\n".join(plan.scalars())
