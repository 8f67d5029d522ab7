"""Somebody types a street and number, or two streets, as people type; and a spot is said as people say it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.geo import address_queries
from app.geo.address_queries import addresses_like, chosen_address, readings
from app.geo.place_queries import Spot, names_said
from app.geo.places import format_street
from app.reports.spot_queries import where_is
from tests.geo.conftest import lay
from tests.sketch import quarter
from tests.town import SPOT, Town


def best(typed: str, near: Point | None = None) -> Spot:
    return addresses_like(typed, near)[0][1]


def names(typed: str) -> list[str]:
    return [spot.name for _fits, spot in addresses_like(typed)]


@pytest.mark.parametrize(
    "typed",
    [
        "Μεραρχίας 12",
        "ΜΕΡΑΡΧΙΑΣ 12",
        "Μεραρχιας 12",
        "μεραρχίας, 12",
        "Μεραρχίας αρ. 12",
        "οδός Μεραρχίας 12",
        "Οδ. Μεραρχίας 12",
        "merarxias 12",
        "merarchias 12",
        "Merarchias Street 12",
        "μεραχιας 12",
        "12 Μεραρχίας",
        "Λαχανά 12",
        "Λεωφόρος Μεραρχίας 12",
        "Λεωφ. Μεραρχίας 12",
        "Leoforos Merarchias 12",
        "Μεραρχίας αριθμός 12",
        "Μεραρχίας 12-14",
        "Μεραρχίας 12, Λευκώνας",
        "Μεραρχίας 12 Λευκώνας",
        "merarxias 12 lefkonas",
        "Μεραρχίας 12, 62122",
        "Μεραρχίας 12, 621 22 Λευκώνας",
    ],
)
def test_a_door_is_found_however_its_street_is_written(streets: Town, typed: str) -> None:
    found = best(typed)
    assert (found.name, found.kind) == ("Μεραρχίας 12", "door")
    assert (found.lon, found.lat) == (23.52155, 41.0699)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("25 martiou", "25ης Μαρτίου"),
        ("25ης Μαρτίου", "25ης Μαρτίου"),
        ("25η Μαρτιου", "25ης Μαρτίου"),
        ("Εμμ. Παππα", "Εμμανουήλ Παππά"),
        ("Παππά", "Εμμανουήλ Παππά"),
        ("Εθν. Αντιστάσεως", "Εθνικής Αντίστασης"),
        ("εθνικη αντισταση", "Εθνικής Αντίστασης"),
        ("Βενιζέλος", "Ελευθερίου Βενιζέλου"),
        ("benizeloy", "Ελευθερίου Βενιζέλου"),
    ],
)
def test_a_street_is_found_abbreviated_inflected_and_in_greeklish(streets: Town, typed: str, name: str) -> None:
    found = best(typed)
    assert (found.name, found.kind) == (name, "street")


def test_a_letter_behind_the_number_is_another_door(streets: Town) -> None:
    assert best("Μεραρχίας 12α").name == "Μεραρχίας 12Α"
    assert best("Μεραρχίας 12").name == "Μεραρχίας 12"


def test_a_letter_that_no_door_has_is_said_to_be_about_there(streets: Town) -> None:
    found = best("Μεραρχίας 10Β")
    assert (found.name, found.kind) == ("Μεραρχίας 10", "about")


@pytest.mark.parametrize("name", ["28ης Οκτωβρίου", "3ης Σεπτεμβρίου", "8ης Μαΐου"])
def test_a_street_named_for_a_day_is_that_and_not_a_number(
    app: Flask, session: Session, town: Town, tmp_path: Path, name: str
) -> None:
    sketch = quarter()
    sketch.way([(23.51, 41.08), (23.53, 41.08)], highway="residential", name=name)
    sketch.node(23.52, 41.0801, addr__street=name, addr__housenumber="12")
    lay(app, session, sketch, tmp_path)
    day, month = name.replace("ης", "").split(" ")
    for typed in (name, f"{day} {month}", f"{day}η {month}", f"{day}is {month}"):
        assert (best(typed).name, best(typed).kind) == (name, "street")
        assert (best(f"{typed} 12").name, best(f"{typed} 12").kind) == (f"{name} 12", "door")
    assert f"{name} 18" not in names(f"18 {month}")


def test_of_streets_of_one_name_the_village_says_which(
    app: Flask, session: Session, town: Town, tmp_path: Path
) -> None:
    sketch = quarter()
    sketch.node(23.575, 41.13, place="village", name="Ελαιώνας")
    sketch.way([(23.57, 41.13), (23.58, 41.13)], highway="residential", name="Μεραρχίας")
    lay(app, session, sketch, tmp_path)
    assert [spot.near for _fits, spot in addresses_like("Μεραρχίας Ελαιώνας")] == ["Ελαιώνας"]
    assert [spot.near for _fits, spot in addresses_like("merarxias, elaionas")] == ["Ελαιώνας"]


def test_what_costs_too_much_is_given_up(streets: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = text("SELECT set_config('statement_timeout', '50', true), pg_sleep(0)")
    monkeypatch.setattr(address_queries, "_PATIENT", slow)
    monkeypatch.setattr(address_queries, "_STREETS", text("SELECT pg_sleep(5)"))
    assert addresses_like("Μεραρχίας") == []


def test_a_door_that_is_reckoned_is_said_to_be(streets: Town) -> None:
    assert best("Μεραρχίας 7").kind == "about"
    assert best("Μεραρχίας 13").kind == "door"


def test_a_number_that_nobody_has_lies_between_its_neighbours_on_the_same_side(
    app: Flask, session: Session, town: Town, tmp_path: Path
) -> None:
    sketch = quarter()
    sketch.node(23.5250, 41.0699, addr__street="Μεραρχίας", addr__housenumber="20")
    lay(app, session, sketch, tmp_path)
    found = best("Μεραρχίας 16")
    assert (found.name, found.kind) == ("Μεραρχίας 16", "about")
    assert 23.5218 < found.lon < 23.5250
    assert found.lat == 41.0699
    assert best("Μεραρχίας 900").kind == "street", "too far from any known door to guess"


@pytest.mark.parametrize(
    "typed",
    [
        "Μεραρχίας και Βενιζέλου",
        "Μεραρχίας & Βενιζέλου",
        "Βενιζέλου/Μεραρχίας",
        "merarxias kai venizelou",
        "Μεραρχίας με Βενιζέλου",
        "Μεραρχίας γωνία Ελ. Βενιζέλου",
        "Merarchias and Venizelou",
        "Μεραρχίας - Βενιζέλου",
        "Μεραρχίας Βενιζέλου",
        "Βενιζέλου Μεραρχίας γωνία",
        "γωνία Μεραρχίας και Βενιζέλου",
        "Μεραρχίας 12 και Βενιζέλου",
    ],
)
def test_two_streets_are_where_they_cross(streets: Town, typed: str) -> None:
    found = best(typed)
    assert found.kind == "crossing"
    assert (found.lon, found.lat) == pytest.approx((SPOT.x, SPOT.y), abs=1e-6)


def test_in_english_a_crossing_is_said_in_english(streets: Town) -> None:
    with force_locale("en"):
        assert best("Μεραρχίας και 25ης Μαρτίου").name == "Merarchias and 25is Martiou"


def test_streets_that_never_meet_are_still_streets(streets: Town) -> None:
    assert not [name for name in names("Μεραρχίας και Εμμανουήλ Παππά") if " και " in name]


def test_of_two_streets_of_one_name_the_nearest_comes_first(
    app: Flask, session: Session, town: Town, tmp_path: Path
) -> None:
    sketch = quarter()
    sketch.way([(23.57, 41.13), (23.58, 41.13)], highway="residential", name="Μεραρχίας")
    lay(app, session, sketch, tmp_path)
    assert best("Μεραρχίας", Point(23.575, 41.131)).lon > 23.56
    assert best("Μεραρχίας", SPOT).lon < 23.54


@pytest.mark.parametrize("typed", ["", "   ", "12", "%", "\\", "ξχψζ", "και", "&", "/", "' OR 1=1 --", "\0", "a" * 500])
def test_what_is_no_street_finds_nothing_and_breaks_nothing(streets: Town, typed: str) -> None:
    assert addresses_like(typed) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=30))
def test_whatever_is_typed_is_read(typed: str) -> None:
    for reading in readings(typed):
        assert reading.number == "" or reading.number[0].isdigit()


def test_what_was_chosen_from_the_list_is_found_again(streets: Town) -> None:
    for typed in ("Μεραρχίας 12", "Μεραρχίας 7", "Μεραρχίας και Βενιζέλου", "25ης Μαρτίου"):
        found = best(typed)
        again = chosen_address(found.value)
        assert again is not None
        assert (again.lon, again.lat, again.kind) == (found.lon, found.lat, found.kind)


@pytest.mark.parametrize(
    "value", ["", "street:", "street:0", "door:999999999", "street:1:", "place:1", "street:¹", "x" * 99]
)
def test_a_choice_that_never_was_is_none(streets: Town, value: str) -> None:
    assert chosen_address(value) is None


def said(lon: float, lat: float) -> str:
    street: dict[str, Any] | None = where_is(Point(lon, lat)).street
    return format_street(street) if street else ""


def test_before_a_door_its_number_is_said(streets: Town) -> None:
    assert said(23.5216, 41.06995) == "Μεραρχίας 12, Λευκώνας"
    with force_locale("en"):
        assert said(23.5216, 41.06995) == "Merarchias 12, Lefkonas"


def test_at_a_corner_both_streets_are_said_and_farther_off_which_way(streets: Town) -> None:
    assert said(23.523, 41.0701) == "25ης Μαρτίου και Μεραρχίας, Λευκώνας"
    assert said(23.523, 41.0708) == "25ης Μαρτίου προς Μεραρχίας, Λευκώνας"


def test_a_number_that_is_only_reckoned_is_not_said_of_a_spot(streets: Town) -> None:
    assert said(23.5209, 41.07021).startswith("Μεραρχίας προς")


def test_away_from_any_street_the_village_says_it_as_before(streets: Town) -> None:
    assert where_is(Point(23.51, 41.09)).street is None
    assert (where_is(Point(23.51, 41.09)).place or {})["name_el"] == "Λευκώνας"


def test_a_pharmacy_helps_to_find_a_spot_but_does_not_name_it(streets: Town) -> None:
    assert (where_is(Point(23.5212, 41.0695)).place or {})["kind"] != "pharmacy"


def test_a_phone_keeps_the_streets_for_when_there_is_no_network(
    app: Flask, session: Session, town: Town, client: FlaskClient, tmp_path: Path
) -> None:
    sketch = quarter()
    sketch.way([(23.51, 41.13), (23.52, 41.13)], highway="residential", name="Μεραρχίας")
    lay(app, session, sketch, tmp_path)
    kept = client.get("/map/names.json").json["streets"]
    said = [one["name_el"] for one in kept]
    assert "25ης Μαρτίου" in said
    two = [name for name in said if name.startswith("Μεραρχίας")]
    assert len(set(two)) == 2, "of two of one name each says where it is"
    assert all(", " in name for name in two)
    [one] = [one for one in kept if one["name_en"] == "25is Martiou"]
    assert (one["lon"], one["lat"]) == pytest.approx((23.523, 41.07), abs=0.001)


@pytest.mark.parametrize(
    ("sentence", "says"),
    [
        ("σπασμένο παγκάκι στη Μεραρχίας 12", ["Μεραρχίας"]),
        ("ΛΑΚΚΟΥΒΑ ΣΤΗ ΜΕΡΑΡΧΙΑΣ", ["Μεραρχίας"]),
        ("spasmeni lampa sti merarxias", ["Μεραρχίας"]),
        ("broken lamp, Merarchias Street", ["Μεραρχίας"]),
        ("έσπασε σωλήνας στον Λευκώνα", ["Λευκώνας"]),
        ("μεγάλη λακκούβα", []),
        ("Εθνικής", []),  # half a name is none
        ("", []),
    ],
)
def test_a_sentence_says_which_street_it_is_about(streets: Town, sentence: str, says: list[str]) -> None:
    assert [said.name for said in names_said(sentence.replace(",", "").split())] == says
