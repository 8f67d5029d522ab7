"""The map asks for its tiles: small, exact, once."""

from __future__ import annotations

import gzip
import math
import re
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.geo import tile_queries
from app.geo.ground import OSM_TILES, ground_in_use
from app.geo.models import TileLayer
from tests.geo.conftest import asks_again, lay
from tests.sketch import quarter
from tests.town import SPOT, Town


def place(zoom: int, lon: float = SPOT.x, lat: float = SPOT.y) -> tuple[int, int, int]:
    x = int((lon + 180) / 360 * 2**zoom)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)
    return zoom, x, y


def address(zoom: int, layer: str = "ground", version: str = "") -> str:
    z, x, y = place(zoom)
    return f"/tiles/{layer}/{version}{z}/{x}/{y}.mvt"


def read(data: bytes, folder: Path, layer: str) -> list[dict[str, Any]]:
    """The features of a layer as GDAL reads them."""
    path = folder / "tile.mvt"
    path.write_bytes(data)
    meta, _fids, _shapes, columns = pyogrio.raw.read(path, layer=layer)
    return [dict(zip(meta["fields"], row, strict=True)) for row in zip(*columns, strict=True)]


def layers(data: bytes, folder: Path) -> set[str]:
    path = folder / "tile.mvt"
    path.write_bytes(data)
    return {str(name) for name, _kind in pyogrio.list_layers(path)}


def test_a_tile_holds_what_lies_there_as_gdal_reads_it(client: FlaskClient, streets: Town, tmp_path: Path) -> None:
    answer = client.get(address(14))
    assert answer.status_code == 200
    assert answer.mimetype == "application/vnd.mapbox-vector-tile"
    assert {"street", "land", "water", "rail", "place"} <= layers(answer.data, tmp_path)
    named = {row["name_el"]: row["name_en"] for row in read(answer.data, tmp_path, "street")}
    assert named["Μεραρχίας"] == "Merarchias"


def test_the_pieces_of_a_street_are_one_line(client: FlaskClient, streets: Town, tmp_path: Path) -> None:
    rows = read(client.get(address(13)).data, tmp_path, "street")
    assert [row["name_el"] for row in rows].count("Εμμανουήλ Παππά") == 1


def test_house_numbers_come_near_and_only_the_known_ones(client: FlaskClient, streets: Town, tmp_path: Path) -> None:
    assert "door" not in layers(client.get(address(15)).data, tmp_path)
    shown = {row["number"] for row in read(client.get(address(16)).data, tmp_path, "door")}
    assert {"1", "2", "12"} <= shown
    assert "7" not in shown


def test_far_away_only_what_matters_is_drawn(client: FlaskClient, streets: Town, tmp_path: Path) -> None:
    rows = read(client.get(address(10)).data, tmp_path, "street")
    assert [row["name_el"] for row in rows] == ["Μεραρχίας"]
    assert not {"building", "path"} & layers(client.get(address(12)).data, tmp_path)


def test_where_nothing_is_the_tile_is_empty_and_well(client: FlaskClient, streets: Town) -> None:
    answer = client.get("/tiles/ground/14/0/0.mvt")
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize("path", ["17/0/0", "3/8/0", "3/0/8", "0/1/0", "99/0/0", "3/-1/0", "a/0/0"])
def test_an_address_outside_the_world_is_told(client: FlaskClient, town: Town, path: str) -> None:
    assert client.get(f"/tiles/ground/{path}.mvt").status_code == 404


def test_a_layer_that_does_not_exist_is_told(client: FlaskClient, town: Town) -> None:
    assert client.get("/tiles/contacts/3/0/0.mvt").status_code == 404


def test_below_its_version_a_tile_stays_for_ever_and_without_it_may_be_asked_again(
    client: FlaskClient, streets: Town
) -> None:
    own = ground_in_use()
    version = own.address.split("/")[3]
    lasting = client.get(address(14, version=f"{version}/"))
    assert "immutable" in lasting.headers["Cache-Control"]
    plain = client.get(address(14))
    assert "immutable" not in plain.headers["Cache-Control"]
    again = client.get(address(14), headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_an_old_version_gets_what_is_now_but_not_for_ever(client: FlaskClient, streets: Town) -> None:
    old = client.get(address(14, version="v1/"))
    assert old.status_code == 200
    assert "immutable" not in old.headers["Cache-Control"]


def test_whoever_changes_an_area_gives_its_tiles_a_new_version(
    client: FlaskClient, session: Session, town: Town
) -> None:
    before = client.get(address(12, "areas"))
    town.areas["9054"].name_el = "Δήμος με άλλο όνομα"
    session.flush()
    after = client.get(address(12, "areas"), headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.data != before.data


def test_areas_and_assets_are_layers_of_their_own(client: FlaskClient, town: Town, tmp_path: Path) -> None:
    kinds = {row["kind"] for row in read(client.get(address(10, "areas")).data, tmp_path, "area")}
    assert {"municipality", "unit", "community"} <= kinds
    assert {row["code"] for row in read(client.get(address(16, "assets")).data, tmp_path, "asset")} >= {"Φ-0001"}


def test_tiles_are_squeezed_for_whoever_takes_it(
    app: Flask, client: FlaskClient, session: Session, town: Town, tmp_path: Path
) -> None:
    crowded(app, session, tmp_path)
    answer = client.get(address(14), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == client.get(address(14)).data


def crowded(app: Flask, session: Session, folder: Path) -> None:
    sketch = quarter()
    for n in range(60):
        for m in range(60):
            lon, lat = 23.512 + n * 0.00032, 41.062 + m * 0.00028
            sketch.ring(round(lon, 6), round(lat, 6), 0.00015, building="yes")
    for n in range(40):
        name = f"Πολύ μακρύ όνομα δρόμου {n}"
        sketch.way([(23.51, 41.06 + n * 0.0005), (23.535, 41.06 + n * 0.0005)], highway="residential", name=name)
    lay(app, session, sketch, folder)


def test_a_tile_of_the_fullest_quarter_stays_small(app: Flask, session: Session, town: Town, tmp_path: Path) -> None:
    crowded(app, session, tmp_path)
    for zoom in range(5, tile_queries.FINEST_ZOOM + 1):
        assert len(gzip.compress(tile_queries.tile(TileLayer.GROUND, *place(zoom)))) < 100_000, zoom


def test_without_a_ground_of_its_own_a_town_has_openstreetmaps_tiles_or_what_it_says(app: Flask, town: Town) -> None:
    asks_again(app)
    assert ground_in_use().address == OSM_TILES
    asks_again(app)
    app.config["TILE_URL"], app.config["TILE_ATTRIBUTION"] = "https://tiles.example.gr/{z}/{x}/{y}.png", "© Δήμος"
    try:
        assert (ground_in_use().address, ground_in_use().is_own) == ("https://tiles.example.gr/{z}/{x}/{y}.png", False)
        asks_again(app)
        app.config["TILE_URL"] = "off"
        assert ground_in_use().address == ""
    finally:
        app.config["TILE_URL"] = app.config["TILE_ATTRIBUTION"] = ""


def test_a_ground_of_its_own_goes_before_any_other(streets: Town) -> None:
    assert ground_in_use().is_own
    assert ground_in_use().attribution == "© OpenStreetMap contributors (ODbL)"


def test_only_a_page_with_a_foreign_map_lets_its_host_in(
    app: Flask, client: FlaskClient, session: Session, town: Town, tmp_path: Path
) -> None:
    def images(path: str) -> str:
        policy = client.get(path).headers["Content-Security-Policy"]
        return next(part for part in policy.split(";") if "img-src" in part)

    asks_again(app)
    assert "https://tile.openstreetmap.org" in images("/reports")
    assert "openstreetmap" not in images("/login")
    lay(app, session, quarter(), tmp_path)
    assert "openstreetmap" not in images("/reports")


def an_archive(path: Path, tile: bytes) -> Path:
    zoom, x, y = place(14)
    with path.open("wb") as file:
        archive = Writer(file)
        archive.write_tile(zxy_to_tileid(zoom, x, y), gzip.compress(tile))
        header = {
            "tile_type": TileType.MVT,
            "tile_compression": Compression.GZIP,
            "min_zoom": 14,
            "max_zoom": 14,
            "min_lon_e7": 0,
            "min_lat_e7": 0,
            "max_lon_e7": 0,
            "max_lat_e7": 0,
            "center_zoom": 14,
            "center_lon_e7": 0,
            "center_lat_e7": 0,
        }
        archive.finalize(header, {"attribution": "© Δήμος Σερρών"})
    return path


def test_a_file_of_the_towns_own_serves_the_same_addresses(
    app: Flask, client: FlaskClient, streets: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = client.get(address(14)).data
    monkeypatch.setitem(app.config, "GROUND_PMTILES", str(an_archive(tmp_path / "town.pmtiles", drawn)))
    asks_again(app)
    assert (ground_in_use().is_own, ground_in_use().attribution) == (True, "© Δήμος Σερρών")
    version = ground_in_use().address.split("/")[3]
    answer = client.get(address(14, version=f"{version}/"))
    assert answer.data == drawn
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(address(13)).data == b"", "what the file has not is not there"


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_file_that_is_cut_leaves_the_map_as_it_was(
    app: Flask, client: FlaskClient, streets: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    path = an_archive(tmp_path / "town.pmtiles", client.get(address(14)).data)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    monkeypatch.setitem(app.config, "GROUND_PMTILES", str(path))
    asks_again(app)
    assert client.get("/reports").status_code == 200
    assert client.get(address(14)).status_code == 200
    assert ground_in_use().attribution == "© OpenStreetMap contributors (ODbL)"


def test_another_town_never_has_a_version_of_this_one(session: Session, streets: Town) -> None:
    version = tile_queries.version_of(TileLayer.GROUND)
    assert version > 1_700_000_000_000, "by the clock, in milliseconds"
    session.execute(text("UPDATE place SET population = 1"))
    assert tile_queries.version_of(TileLayer.GROUND) > version


@pytest.mark.parametrize("content", [None, b"", b"PMTiles", b"not a map at all " * 40])
def test_a_file_that_is_none_leaves_the_map_as_it_was(
    app: Flask,
    client: FlaskClient,
    streets: Town,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: bytes | None,
) -> None:
    path = tmp_path / "broken.pmtiles"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setitem(app.config, "GROUND_PMTILES", str(path))
    asks_again(app)
    assert ground_in_use().attribution == "© OpenStreetMap contributors (ODbL)"
    assert client.get(address(14)).status_code == 200
    said = app.test_cli_runner().invoke(args=["doctor"]).output
    assert "GROUND_PMTILES" in said


def test_every_map_thanks_its_source_and_says_how_old_it_is(client: FlaskClient, streets: Town) -> None:
    page = client.get("/reports").text
    assert re.search(r'data-map-attribution="© OpenStreetMap contributors \(ODbL\), \d\d/\d\d/\d{4}"', page)
