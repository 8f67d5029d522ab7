"""The map from kept sums: no report is counted twice, none is left out, wherever the border of the map lies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.extensions import db
from app.geo.shapes import point
from app.moderation.models import Suspicion
from app.reports import submission
from app.reports.lifecycle import OPEN, Status
from app.reports.models import Report, Source
from app.search import cluster_queries
from app.search.cluster_queries import clusters
from app.search.filters import Filters
from app.search.models import COARSEST, FINEST
from app.search.patches import Box, across, box_of, cover, degrees, inside, width
from app.search.queries import filtered
from app.search.tally_queries import add_up
from tests.town import MONDAY, Town

WORLD: Box = (-180.0, -90.0, 180.0, 90.0)
LON, LAT = st.floats(23.3, 23.8), st.floats(40.9, 41.3)


@settings(max_examples=200, deadline=None)
@given(st.tuples(LON, LON), st.tuples(LAT, LAT), st.integers(COARSEST, 16), st.floats(0, 1), st.floats(0, 1))
def test_of_a_box_every_spot_is_in_one_block_or_in_the_border(
    lons: tuple[float, float], lats: tuple[float, float], zoom: int, along: float, up: float
) -> None:
    box = (min(lons), min(lats), max(lons), max(lats))
    lon, lat = box[0] + along * (box[2] - box[0]), box[1] + up * (box[3] - box[1])
    x, y = across(lon, lat)
    parts = cover(box, zoom)
    holding = [
        block
        for block in (parts.block, *parts.columns, *parts.rows)
        if block.x0 <= x // width(block.zoom) <= block.x1 and block.y0 <= y // width(block.zoom) <= block.y1
    ]
    fine_x, fine_y = x // width(FINEST), y // width(FINEST)
    whole = parts.whole
    is_whole = whole.x0 <= fine_x <= whole.x1 and whole.y0 <= fine_y <= whole.y1
    assert len(holding) == is_whole
    if not is_whole:
        assert any(w <= lon <= e and s <= lat <= n for w, s, e, n in parts.border)


@given(st.floats(-179, 179), st.floats(-84, 84))
def test_there_and_back_is_the_same_spot(lon: float, lat: float) -> None:
    assert degrees(*across(lon, lat)) == pytest.approx((lon, lat), abs=1e-9)


def test_a_patch_lies_in_its_own_box_and_a_hair_less_has_none() -> None:
    west, south, east, north = box_of(12, 2300, 1500)
    block = inside((west - 1e-6, south - 1e-6, east + 1e-6, north + 1e-6), 12)
    assert (block.x0, block.x1, block.y0, block.y1) == (2300, 2300, 1500, 1500)
    assert inside((west + 1e-6, south, east, north), 12).is_empty


@pytest.fixture
def many(session: Session, town: Town) -> list[tuple[float, float]]:
    """Reports of three kinds in all states, some on the same spot, a few that wait aside."""
    spots = [(23.52 + (n * 37 % 50) / 5000, 41.07 + (n * 53 % 41) / 6000) for n in range(60)] + [(23.52, 41.07)] * 5
    for number, (lon, lat) in enumerate(spots):
        submission.submit(
            category=("bench", "pothole", "light")[number % 3],
            spot=point(lon, lat),
            source=Source.STAFF,
            at=MONDAY + timedelta(minutes=number),
        )
    session.flush()
    states = sorted(set(Status) - {Status.MERGED, Status.CLOSED})
    for number, report in enumerate(session.scalars(select(Report).order_by(Report.id)).all()):
        report.status = states[number % len(states)]
        report.suspicion = Suspicion.NOT_BY_HAND if number % 13 == 5 else None
    session.flush()
    return spots


def total(filters: Filters) -> int:
    return (
        db.session.scalar(
            select(func.count()).select_from(filtered(select(Report.id), filters, public=True).subquery())
        )
        or 0
    )


def test_the_list_has_as_many_as_the_map_whatever_is_asked_and_wherever_its_border_lies(
    session: Session, town: Town, many: list[tuple[float, float]]
) -> None:
    sides: list[frozenset[Status]] = [frozenset(), OPEN, frozenset(Status) - OPEN]
    kinds: list[frozenset[str]] = [frozenset(), frozenset({"bench"}), frozenset({"pothole", "light", "moon"})]
    (west, south), (east, north) = many[7], many[31]
    boxes: list[Box] = [
        WORLD,
        (23.4, 41.0, 23.7, 41.2),
        (min(west, east), min(south, north), max(west, east), max(south, north)),
        (23.521, 41.071, 23.5273, 41.0747),
        (23.52, 41.07, 23.52, 41.07),
        (23.6, 41.1, 23.61, 41.11),
    ]
    for summed in (False, True):
        if summed:
            add_up()
        for box in boxes:
            for statuses in sides:
                for categories in kinds:
                    filters = Filters(statuses=statuses, categories=categories, bbox=box)
                    expected = total(filters)
                    ours = (statuses or frozenset(Status)) & OPEN or frozenset({Status.CLOSED})
                    still_open = total(replace(filters, statuses=ours))
                    for zoom in (3, 9.5, 12, 14, 16.9, 17, 21):
                        marks = clusters(filters, box, zoom)
                        assert sum(mark.count for mark in marks) == expected, (box, zoom, statuses, categories, summed)
                        assert sum(mark.open for mark in marks) == (0 if statuses == sides[2] else still_open)
                        for mark in marks:
                            assert (mark.reference is None) == (mark.count > 1)


def test_a_report_alone_in_its_patch_is_itself_with_the_state_of_this_moment(
    session: Session, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = submission.submit(category="bench", spot=point(23.5213, 41.0712), source=Source.STAFF, at=MONDAY).report
    add_up()
    session.execute(update(Report).values(status=Status.REJECTED))
    [mark] = clusters(Filters(), WORLD, 12)
    assert (mark.reference, mark.status, mark.count, mark.open) == (report.reference, Status.REJECTED, 1, 0)
    assert (mark.lon, mark.lat) == pytest.approx((23.5213, 41.0712), abs=1e-6)
    assert mark.category is not None
    assert mark.category["code"] == "bench"
    assert clusters(Filters(statuses=OPEN), WORLD, 12) == []


def test_where_too_many_stand_in_one_street_they_are_counted_by_patch(
    session: Session, town: Town, many: list[tuple[float, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_queries, "MOST_ALONE", 20)
    box = (23.51, 41.06, 23.54, 41.08)
    marks = clusters(Filters(bbox=box), box, 18)
    assert sum(mark.count for mark in marks) == total(Filters(bbox=box)) > 20
