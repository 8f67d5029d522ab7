"""The demo town's content: complete, consistent, ours, and in clean Greek."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import shapely
from PIL import Image
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from demo import build_areas, build_assets
from demo.drawing import SCENES, draw

DEMO = Path(build_areas.__file__).parent
STATES = {
    "received",
    "accepted",
    "scheduled",
    "in_progress",
    "resolved",
    "closed",
    "question",
    "forwarded",
    "rejected",
    "merged",
}
SQUARE_METRE = 1e-10  # in square degrees, roughly


@cache
def load(name: str) -> Any:
    return json.loads((DEMO / name).read_text(encoding="utf-8"))


@cache
def outlines(kind: str) -> dict[str, BaseGeometry]:
    return {
        feature["properties"]["code"]: shape(feature["geometry"])
        for feature in load("areas.geojson")["features"]
        if feature["properties"]["kind"] == kind
    }


def trades() -> set[str]:
    return {trade["code"] for trade in load("crews.json")["trades"]}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(key)
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


# -- areas


def test_areas_count_and_parents() -> None:
    assert {kind: len(outlines(kind)) for kind in ("municipality", "unit", "community", "neighbour")} == {
        "municipality": 1,
        "unit": 6,
        "community": 24,
        "neighbour": 6,
    }
    for feature in load("areas.geojson")["features"]:
        area = feature["properties"]
        assert area["approximate"] is True
        assert area["name_el"]
        assert area["name_en"]
        expected = {"municipality": None, "unit": "9054", "community": area["code"][:6], "neighbour": None}
        assert area["parent"] == expected[area["kind"]]
        assert bool(area["contact_url"]) == (area["kind"] in {"municipality", "neighbour"})


@pytest.mark.parametrize("kind", ["municipality", "unit", "community", "neighbour"])
def test_outlines_are_valid_coverages(kind: str) -> None:
    found = list(outlines(kind).values())
    assert all(outline.is_valid and outline.area > 0 for outline in found)
    assert shapely.coverage_is_valid(found)


def test_units_and_communities_tile_exactly() -> None:
    (town,) = outlines("municipality").values()
    for kind in ("unit", "community"):
        assert shapely.union_all(list(outlines(kind).values())).symmetric_difference(town).area < SQUARE_METRE
    for code, unit in outlines("unit").items():
        parts = [outline for own, outline in outlines("community").items() if own.startswith(code)]
        assert shapely.union_all(parts).symmetric_difference(unit).area < SQUARE_METRE


def test_neighbours_share_the_border() -> None:
    (town,) = outlines("municipality").values()
    neighbours = list(outlines("neighbour").values())
    assert shapely.coverage_is_valid([town, *neighbours])
    assert shapely.coverage_is_valid([*outlines("community").values(), *neighbours])
    shared = shapely.union_all([town.boundary.intersection(one.boundary) for one in neighbours])
    assert town.boundary.difference(shared).length < 1e-6


def test_coordinates_have_at_most_six_decimals() -> None:
    for name in ("areas.geojson", "places.geojson", "assets.geojson", "reports.json"):
        assert not re.search(r"\d\.\d{7,}", (DEMO / name).read_text(encoding="utf-8"))


def test_shipped_geometry_is_what_the_builders_draw() -> None:
    # Compared on a grid of a metre: another version of the geometry library may round the last digit its own way.
    built = {row["properties"]["code"]: shape(row["geometry"]) for row in build_areas.build()["features"]}
    for kind in ("municipality", "unit", "community", "neighbour"):
        for code, outline in outlines(kind).items():
            assert outline.symmetric_difference(built[code]).area < 100 * SQUARE_METRE
    assert json.loads(json.dumps(build_assets.build())) == load("assets.geojson")


# -- places and assets


def community_of(lon: float, lat: float) -> str:
    (code,) = [code for code, outline in outlines("community").items() if outline.contains(shapely.Point(lon, lat))]
    return code


def test_places() -> None:
    places = load("places.geojson")["features"]
    count = Counter(place["properties"]["kind"] for place in places)
    assert sum(count[kind] for kind in ("city", "town", "village", "hamlet")) >= 34
    assert sum(count[kind] for kind in ("square", "park", "neighbourhood")) >= 12
    for place in places:
        assert place["properties"]["community"] == community_of(*place["geometry"]["coordinates"])
        assert re.match(r"(του|της|των) ", place["properties"]["genitive_el"])
    assert {place["properties"]["community"] for place in places} == set(outlines("community"))


def test_assets() -> None:
    assets = load("assets.geojson")["features"]
    codes = [asset["properties"]["code"] for asset in assets]
    assert len(assets) >= 400
    assert len(set(codes)) == len(codes)
    count = Counter(asset["geometry"]["type"] for asset in assets)
    assert set(count) == {"Point", "LineString"}
    assert count["LineString"] == 12
    (town,) = outlines("municipality").values()
    assert all(town.contains(shape(asset["geometry"])) for asset in assets)
    kinds = {asset["properties"]["kind"] for asset in assets}
    assert kinds >= {"light_pole", "bench", "bin", "playground", "drain", "tree", "sign", "path", "road_section"}
    used = {category["asset_kind"] for category in load("categories.json")["categories"]} - {None}
    assert used <= kinds


# -- categories


def test_categories() -> None:
    content = load("categories.json")
    groups = {group["code"] for group in content["groups"]}
    categories = content["categories"]
    assert len(categories) >= 16
    assert {category["group"] for category in categories} == groups
    assert len(groups) >= 3
    assert len({category["code"] for category in categories}) == len(categories)
    for category in categories:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", category["code"])
        assert len(set(category["keywords"])) == len(category["keywords"]) >= 6
        assert category["target_days"] >= 1
        assert category["publish_policy"] in {"at_once", "after_release"}
        # Nobody knows yet what work there is in what has no kind.
        assert bool(category["plan"]) == (category["code"] != "other")
        assert len(category["questions"]) <= 2
        assert len(category["stoppers"]) <= 2
        for step in category["plan"]:
            assert step["trade"] in trades()
            assert 10 <= step["estimate_min"] <= 480
            assert step["words_el"]


def test_questions() -> None:
    categories = load("categories.json")["categories"]
    questions = [question for category in categories for question in category["questions"]]
    types = {question["datatype"] for question in questions}
    assert types <= {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
    assert types >= {"singlevaluelist", "multivaluelist", "number"}
    for question in questions:
        assert bool(question["values"]) == question["datatype"].endswith("list")
        keys = [value["key"] for value in question["values"]]
        assert len(keys) == len(set(keys))
    free = [c for c in categories if not any(question["required"] for question in c["questions"])]
    assert len(free) >= 10
    bench = next(category for category in categories if category["code"] == "bench")
    assert [step["trade"] for step in bench["plan"]] == ["metalwork", "carpentry", "painting"]


def test_stoppers_say_whom_to_call_and_only_numbers_that_are_real_or_marked_as_demo() -> None:
    stoppers = [stopper for category in load("categories.json")["categories"] for stopper in category["stoppers"]]
    assert {stopper["stop"] for stopper in stoppers} == {True, False}
    for stopper in stoppers:
        assert set(stopper) == {"code", "text_el", "text_en", "say_el", "say_en", "phone", "url", "stop"}
        assert re.fullmatch(r"[a-z]+", stopper["code"])
        assert stopper["text_el"].endswith(";")
        assert stopper["text_en"].endswith("?")
        assert stopper["url"] is None or stopper["url"].startswith("https://")
        if stopper["phone"] not in {"100", "112", "166", "199", "11500"}:
            assert re.fullmatch(r"2321 000\d{3}", stopper["phone"])
            assert "της επίδειξης" in stopper["say_el"]


def test_matters_of_others_say_whom_to_call_by_words_that_mean_nothing_of_ours() -> None:
    content = load("categories.json")
    codes = [referral["code"] for referral in content["referrals"]]
    assert len(set(codes)) == len(codes) >= 6
    ours = {word for kind in content["categories"] for said in kind["keywords"] for word in said.lower().split()}
    for referral in content["referrals"]:
        assert referral["say_el"].endswith(".")
        assert referral["say_en"].endswith(".")
        if referral["phone"] not in {"100", "112", "166", "199", "11500"}:
            assert re.fullmatch(r"2321 000\d{3}", referral["phone"])
            assert "της επίδειξης" in referral["say_el"]
        assert not ours & {word for word in referral["keywords"] if " " not in word}


def test_keywords_bring_no_words_that_stand_in_every_sentence() -> None:
    spoken = {"δεν", "με", "και", "χωρίς", "του", "της", "πολύ", "εδώ", "μπροστά", "δίπλα"}
    for category in load("categories.json")["categories"]:
        assert not spoken & {word for keyword in category["keywords"][9:] for word in keyword.split()}


# -- crews


def test_crews_vehicles_and_accounts() -> None:
    content = load("crews.json")
    crews = {crew["code"]: crew for crew in content["crews"]}
    units = set(outlines("unit"))
    assert len(trades()) >= 4
    assert len(crews) == 5
    assert len(content["vehicles"]) == 5
    assert {vehicle["crew"] for vehicle in content["vehicles"]} == set(crews)
    for crew in crews.values():
        assert set(crew["trades"]) <= trades()
        assert set(crew["coverage"]) <= units
        assert crew["shift_start"] < crew["shift_end"]
        assert set(crew["days"]) <= set(range(1, 8))
        community_of(*crew["base"])
    for trade in trades():
        covered = [code for crew in crews.values() if trade in crew["trades"] for code in crew["coverage"]]
        assert set(covered) == units
    roles = Counter(account["role"] for account in content["accounts"])
    assert roles == {"dispatcher": 2, "head": 1, "admin": 1, "crew": 5}
    assert {account["crew"] for account in content["accounts"]} - {None} == set(crews)
    assert all("password" not in account for account in content["accounts"])
    assert all(account["email"].endswith("@kathimerina.example") for account in content["accounts"])


# -- reports


def test_reports_states_places_and_words() -> None:
    reports = load("reports.json")
    assert len(reports) == 151
    assert {report["status"] for report in reports} == STATES
    assert len({report["description"] for report in reports}) >= 100
    assert {community_of(report["lon"], report["lat"])[:6] for report in reports} == set(outlines("unit"))
    city = sum(community_of(report["lon"], report["lat"]) == "90540501" for report in reports)
    assert 90 <= city <= 120
    assert {report["source"] for report in reports} == {"web", "phone", "open311", "device", "staff"}
    assert all(0 <= report["days_ago"] <= 365 for report in reports)
    for report in reports:
        times = [report["days_ago"], *(word["days_ago"] for word in report["words"])]
        assert times == sorted(times, reverse=True)
        assert times[-1] >= 0
        last = report["words"][-1]["state"] if report["words"] else "received"
        assert last == report["status"]
        assert all(word["by"] in {"office", "crew", "reporter", "system"} for word in report["words"])
        if report["status"] in {"rejected", "question", "forwarded", "resolved"}:
            assert report["words"][-1]["text"]


def test_reports_refer_to_what_exists() -> None:
    reports = load("reports.json")
    categories = {category["code"]: category for category in load("categories.json")["categories"]}
    crews = {crew["code"]: crew for crew in load("crews.json")["crews"]}
    for index, report in enumerate(reports):
        category = categories[report["category"]]
        questions = {question["code"]: question for question in category["questions"]}
        assert set(report["answers"]) <= set(questions)
        assert {code for code, question in questions.items() if question["required"]} <= set(report["answers"])
        for code, answer in report["answers"].items():
            keys = {value["key"] for value in questions[code]["values"]}
            if questions[code]["datatype"] == "singlevaluelist":
                assert answer in keys
            if questions[code]["datatype"] == "multivaluelist":
                assert set(answer) <= keys
        worked = report["status"] in {"scheduled", "in_progress", "resolved", "closed"}
        assert (report["crew"] is not None) == worked
        if report["crew"]:
            crew = crews[report["crew"]]
            assert category["plan"][0]["trade"] in crew["trades"]
            assert community_of(report["lon"], report["lat"])[:6] in crew["coverage"]
        assert report["photo"] is None or report["photo"] in SCENES
        assert (report["after_photo"] in SCENES) == (report["status"] in {"resolved", "closed"})
        assert bool(report["forwarded_to"] and report["protocol"]) == (report["status"] == "forwarded")
        assert (report["merged_into"] is not None) == (report["status"] == "merged")
        if report["merged_into"] is not None:
            target = reports[report["merged_into"]]
            assert report["merged_into"] != index
            assert target["status"] != "merged"
            assert target["category"] == report["category"]
            assert target["days_ago"] > report["days_ago"]
    assert sum(report["reopened"] for report in reports) == 3


def test_some_reports_have_more_to_say() -> None:
    reports = load("reports.json")
    supported = [report for report in reports if "supporters" in report]
    assert len(supported) >= 5
    assert all(
        report["status"] in {"received", "accepted", "scheduled", "in_progress", "resolved"} for report in supported
    )
    for kind, states in {"objection": {"resolved"}, "flag": {"accepted", "scheduled", "resolved", "closed"}}.items():
        told = [report for report in reports if kind in report]
        assert len(told) == 1
        assert {report["status"] for report in told} <= states
        assert told[0][kind]["text"]
        assert told[0][kind]["days_ago"] < (told[0]["words"][-1]["days_ago"])


def test_contacts_are_demo() -> None:
    contacts = [report["contact"] for report in load("reports.json") if report["contact"]]
    assert len(contacts) >= 40
    for contact in contacts:
        assert contact["email"] is None or contact["email"].endswith(("@example.org", "@example.gr"))
        assert contact["phone"] is None or re.fullmatch(r"2321 0\d{5}", contact["phone"])


# -- texts


@pytest.mark.parametrize(
    "name", ["areas.geojson", "places.geojson", "assets.geojson", "categories.json", "crews.json", "reports.json"]
)
def test_greek_has_no_lookalikes_and_no_foreign_marks(name: str) -> None:
    for text in texts(load(name)):
        assert unicodedata.is_normalized("NFC", text), text
        for word in re.findall(r"[^\W\d_]+", text):
            scripts = {unicodedata.name(letter).split()[0] for letter in word}
            assert not {"GREEK", "LATIN"} <= scripts, (word, text)
            assert scripts <= {"GREEK", "LATIN"}, (word, text)
    raw = (DEMO / name).read_text(encoding="utf-8")
    assert not re.search(r"geonames|openstreetmap|osm|google|©|®|™|wikidata", raw, re.IGNORECASE)


# -- pictures


def test_sprite_has_every_symbol() -> None:
    sprite = (DEMO.parent / "app" / "static" / "icons.svg").read_bytes()
    symbols = {
        symbol.get("id"): symbol.get("viewBox")
        for symbol in ElementTree.fromstring(sprite).iter("{http://www.w3.org/2000/svg}symbol")
    }
    wanted = {f"icon-{category['icon']}" for category in load("categories.json")["categories"]}
    wanted |= {f"status-{state}" for state in STATES}
    wanted |= {f"ui-{name}" for name in ("camera", "pin", "phone", "clock", "photo")}
    assert wanted <= set(symbols)
    assert set(symbols.values()) == {"0 0 48 48"}


@pytest.mark.parametrize("kind", sorted(SCENES))
def test_drawings(kind: str) -> None:
    before, after = draw(kind, after=False, seed=5), draw(kind, after=True, seed=5)
    assert before == draw(kind, after=False, seed=5)
    assert len({before, after, draw(kind, after=False, seed=6)}) == 3
    with Image.open(io.BytesIO(before)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (1200, 900)
        assert not picture.getexif()
