"""Eleni points at what is broken: on the map, in a list, by the number on the pole; several lamps in one report."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import Point
from sqlalchemy.orm import Session

from app.extensions import unit_of_work
from app.geo.models import Asset, Place
from app.geo.place_queries import named_like, standing_around
from app.geo.shapes import to_wkb
from tests.conftest import counted_statements
from tests.pages.person import Person
from tests.pages.test_new_report import Eleni, patience, reports
from tests.pages.test_office import Enter, at_desk
from tests.reports.test_submit_api import report
from tests.town import SPOT, Town

__all__ = ["patience"]

NEAR = {"lon": str(SPOT.x), "lat": str(SPOT.y)}


@pytest.fixture(autouse=True)
def lamps(town: Town) -> list[str]:
    """Three lamps in a row, and a bin; the bin stands in the map's own list of places, too."""
    east = {"Φ-0117": 0.0003, "Φ-0118": 0.0006, "Φ-0119": 0.0009}
    with unit_of_work() as session:
        for code, degrees in east.items():
            name = f"Φωτιστικό {code}"
            spot = to_wkb(Point(SPOT.x + degrees, SPOT.y))
            session.add(Asset(kind="light_pole", code=code, name_el=name, name_en=f"Lamp {code}", location=spot))
        bin_spot = to_wkb(Point(SPOT.x, SPOT.y + 0.0002))
        session.add(Asset(kind="bin", code="Κ-7", name_el="Κάδος", name_en="Bin", location=bin_spot))
        far = to_wkb(Point(SPOT.x + 0.02, SPOT.y))
        session.add(Asset(kind="light_pole", code="Φ-0900", name_el="Φωτιστικό Φ-0900", name_en="Lamp", location=far))
        session.add(Place(kind="square", code="x1", name_el="Κάδος", name_en="Bin", location=bin_spot))
    return [f"light_pole/{code}" for code in east]


def test_three_lamps_go_in_one_report_without_script(
    client: FlaskClient, session: Session, as_user: Enter, town: Town, lamps: list[str]
) -> None:
    eleni = Eleni(client)
    eleni.answers("place", **NEAR)
    assert all(f'value="{lamp}"' in eleni.at("place").html for lamp in lamps[:1])
    eleni.answers("place", **NEAR, things=lamps)
    assert "Φωτιστικό Φ-0119" in eleni.at("check").text
    eleni.answers("category", category="light")
    eleni.answers("check")
    [sent] = reports(session)
    assert [thing["code"] for thing in sent.things] == ["Φ-0117", "Φ-0118", "Φ-0119"]
    assert sent.asset
    assert sent.asset.code == "Φ-0117"
    nikos = Person(as_user(town.nikos))
    nikos.sees(at_desk(sent.reference))
    assert "Φωτιστικό Φ-0118" in nikos.text


def test_by_the_api_what_is_meant_is_named_by_kind_and_code(client: FlaskClient, lamps: list[str]) -> None:
    body = report(client, category="light", things=[*lamps, lamps[0]]).json
    assert [thing["code"] for thing in body["things"]] == ["Φ-0117", "Φ-0118", "Φ-0119"]
    assert client.get(f"/api/v1/reports/{body['reference']}").json["things"][0]["kind"] == "light_pole"


@pytest.mark.parametrize(
    ("things", "said"),
    [
        (["light_pole/Φ-9999"], "Δεν γνωρίζουμε το στοιχείο Φ-9999"),
        (["light_pole/Φ-0900"], "Είναι μακριά από το σημείο: Φωτιστικό Φ-0900"),
        ([f"light_pole/{n}" for n in range(21)], "έως 20"),
        (["x"], "Δεν γνωρίζουμε"),
        (["light_pole/\0"], "Δεν γνωρίζουμε"),
        (["'; DROP TABLE asset; --/%"], "Δεν γνωρίζουμε"),
    ],
)
def test_what_cannot_be_meant_is_said(client: FlaskClient, town: Town, things: list[str], said: str) -> None:
    answer = report(client, category="light", things=things)
    assert answer.status_code == 422
    assert said in str(answer.json["errors"]["things"])
    eleni = Eleni(client)
    page = eleni.answers("place", **NEAR, things=things)
    assert page.status == 422
    assert said in page.text


@pytest.mark.parametrize("typed", ["0118", "118", "Φ-0118", "φ-0118", "f-0118"])
def test_a_lamp_is_found_by_its_number_with_and_without_letters(town: Town, typed: str) -> None:
    assert "Φωτιστικό Φ-0118" in [spot.name for _fits, spot in named_like(typed)]


def test_the_number_on_the_pole_is_not_left_over_as_words(client: FlaskClient, town: Town) -> None:
    page = client.get("/new/places?q=0118").text
    assert "Φωτιστικό Φ-0118" in page
    assert "data-words" not in page


def test_what_map_and_town_both_have_is_listed_once(town: Town) -> None:
    around = [spot.name for spot in standing_around(SPOT)]
    assert around.count("Κάδος") == 1


def test_on_the_map_are_the_things_of_the_piece_that_is_seen(app: Flask, client: FlaskClient, lamps: list[str]) -> None:
    box = f"{SPOT.x},{SPOT.y - 0.001},{SPOT.x + 0.001},{SPOT.y + 0.001}"
    with counted_statements(app) as asked:
        items = client.get(f"/map/things?bbox={box}").json["items"]
    assert len(asked) == 1
    assert set(lamps) < {item["thing"] for item in items}
    assert "light_pole/Φ-0900" not in {item["thing"] for item in items}
    assert items[0].keys() == {"thing", "name", "lon", "lat"}


@pytest.mark.parametrize("box", ["", "1,2,3", "a,b,c,d", "nan,nan,nan,nan", "10,10,5,5", "-999,0,0,0"])
def test_a_box_that_is_none_is_told(client: FlaskClient, town: Town, box: str) -> None:
    answer: Any = client.get("/map/things", query_string={"bbox": box})
    assert answer.status_code == 422


@pytest.mark.parametrize("box", ["-180,-90,180,90", "0,0,180,80", "23.1,41.0,23.9,41.2"])
def test_on_a_map_of_half_the_world_no_thing_is_pointed_at(client: FlaskClient, town: Town, box: str) -> None:
    answer: Any = client.get("/map/things", query_string={"bbox": box})
    assert (answer.status_code, answer.json) == (200, {"items": []})
