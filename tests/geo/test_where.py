"""Where is it? One question, and the same answer every time."""

from __future__ import annotations

import pytest
from flask import Flask
from shapely.geometry import Point
from sqlalchemy.orm import Session

from app.geo.models import Asset
from app.geo.places import format_place, wind
from app.geo.shapes import to_wkb
from app.reports.spot_queries import where_is
from tests.conftest import counted_statements
from tests.town import SPOT, Town


def test_one_round_trip_tells_everything(app: Flask, town: Town) -> None:
    light = town.categories["light"]
    assert light.id
    with counted_statements(app) as seen:
        where = where_is(SPOT, light)
    assert len(seen) == 1
    assert (where.municipality or {})["code"] == "9054"
    assert (where.unit or {})["code"] == "905401"
    assert (where.community or {})["code"] == "90540101"
    assert (where.asset or {})["code"] == "Φ-0001"
    assert (where.place or {})["name_el"] == "Λευκώνας"
    assert where.neighbour is None


@pytest.mark.parametrize(("metres", "found"), [(7, True), (29, True), (31, False), (7000, False)])
def test_metres_are_metres_east_and_north(town: Town, session: Session, metres: float, found: bool) -> None:
    north, east = metres / 111_050, metres / 83_900
    for lon, lat in ((SPOT.x + east, SPOT.y), (SPOT.x, SPOT.y + north)):
        lamp = Asset(kind="lamp", code=f"{lon}-{lat}", name_el="Λ", name_en="L", location=to_wkb(Point(lon, lat)))
        session.add(lamp)
        session.flush()
        town.categories["light"].asset_kind = "lamp"
        asset = where_is(SPOT, town.categories["light"]).asset
        assert (asset is not None) is found
        if asset:
            assert asset["distance_m"] == pytest.approx(metres, rel=0.01)
        session.delete(lamp)
        session.flush()


def test_a_line_is_near_when_its_nearest_point_is(town: Town, session: Session) -> None:
    from shapely.geometry import LineString

    road = LineString([(SPOT.x - 0.01, SPOT.y + 0.0001), (SPOT.x + 0.01, SPOT.y + 0.0001)])
    session.add(Asset(kind="road", code="ΟΔ-1", name_el="Οδός", name_en="Road", location=to_wkb(road)))
    session.flush()
    town.categories["pothole"].asset_kind = "road"
    asset = where_is(SPOT, town.categories["pothole"]).asset
    assert asset is not None
    assert asset["distance_m"] == pytest.approx(11.1, abs=0.3)


def test_a_spot_in_a_sliver_between_communities_goes_to_the_nearest(town: Town, session: Session) -> None:
    session.delete(town.areas["90540102"])
    session.flush()
    where = where_is(Point(23.52, 41.13))
    assert (where.unit or {})["code"] == "905401"
    assert (where.community or {})["code"] == "90540101"


def test_four_corners_meet_and_one_community_wins(town: Town) -> None:
    for _again in range(3):
        where = where_is(Point(23.55, 41.10))
        assert ((where.unit or {})["code"], (where.community or {})["code"]) == ("905401", "90540101")


@pytest.mark.parametrize(
    ("bearing", "said"),
    [
        (0, "βόρεια"),
        (22, "βόρεια"),
        (23, "βορειοανατολικά"),
        (90, "ανατολικά"),
        (200, "νότια"),
        (337, "βορειοδυτικά"),
        (338, "βόρεια"),
        (359, "βόρεια"),
    ],
)
def test_the_wind_of_a_bearing(app: Flask, bearing: float, said: str) -> None:
    with app.test_request_context():
        assert wind(bearing) == said


def test_words_for_a_spot(app: Flask) -> None:
    with app.test_request_context():
        assert format_place("Λευκώνας", "village", 118, 45) == "Λευκώνας, 120 μ. βορειοανατολικά του κέντρου"
        assert format_place("Λευκώνας", "village", 3, 45) == "Λευκώνας, στο κέντρο"
        assert format_place("Πλατεία Ελευθερίας", "square", 41, 270) == "Πλατεία Ελευθερίας, 41 μ. δυτικά"
        assert format_place("Πλατεία Ελευθερίας", "square", 8, 270) == "Πλατεία Ελευθερίας"
        assert format_place("Ορεινή", "village", 1440, 180) == "Ορεινή, 1,4 χλμ. νότια του κέντρου"
