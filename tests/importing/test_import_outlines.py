"""Dimitra loads the official outlines, places and poles, and the reports find their way again."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from flask import Flask
from pyogrio import raw
from pyproj import Transformer
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box, mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.geo import outline_queries
from app.geo.latin import latin, slug
from app.geo.models import Area, AreaKind, Asset, Place
from app.geo.outlines import area_m2, cells, moved
from app.geo.shapes import from_wkb
from app.reports import submission
from app.reports.models import Report, Source
from tests.town import MONDAY, SPOT, Town

TO_GREEK_GRID = Transformer.from_crs("EPSG:4326", "EPSG:2100", always_xy=True)


@dataclass
class Dimitra:
    app: Flask
    folder: Path

    def geojson(self, *features: tuple[dict[str, Any], BaseGeometry | None], name: str = "given.geojson") -> Path:
        told = [
            {"type": "Feature", "properties": values, "geometry": mapping(shape) if shape else None}
            for values, shape in features
        ]
        path = self.folder / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": told}), encoding="utf-8")
        return path

    def file(
        self,
        name: str,
        shapes: Sequence[BaseGeometry],
        fields: dict[str, list[Any]],
        *,
        crs: str = "EPSG:2100",
        encoding: str | None = None,
        layer: str | None = None,
        append: bool = False,
    ) -> Path:
        path = self.folder / name
        placed = np.array(shapes)
        if crs == "EPSG:2100":
            placed = moved(placed, TO_GREEK_GRID)
        more: dict[str, Any] = {"layer": layer} if layer else {}
        raw.write(
            path,
            shapely.to_wkb(placed),
            [np.array(values, dtype=object) for values in fields.values()],
            list(fields),
            geometry_type=shapes[0].geom_type,
            crs=crs,
            encoding=encoding,
            append=append,
            **more,
        )
        return path

    def tries(self, path: Path, kind: str, *more: str) -> Any:
        args = ["geo", "import", str(path), "--kind", kind, *more]
        result = self.app.test_cli_runner().invoke(args=args)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        db.session.expire_all()
        return result

    def loads(self, path: Path, kind: str, *more: str) -> str:
        result = self.tries(path, kind, *more)
        assert result.exit_code == 0, result.output
        return str(result.output)

    def is_told(self, path: Path, kind: str, *more: str) -> str:
        result = self.tries(path, kind, *more)
        assert result.exit_code == 1, result.output
        return str(result.output)


@pytest.fixture
def dimitra(app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dimitra:
    monkeypatch.setenv("LC_ALL", "el_GR.UTF-8")
    return Dimitra(app, tmp_path)


TOWN = box(23.50, 41.05, 23.60, 41.15)
WEST, EAST = box(23.50, 41.05, 23.55, 41.15), box(23.55, 41.05, 23.60, 41.15)


@pytest.fixture
def with_units(dimitra: Dimitra) -> Dimitra:
    """The municipality and its two units."""
    dimitra.loads(dimitra.geojson(({"code": "9054", "name_el": "Δήμος Σερρών"}, TOWN)), "municipality")
    units = (({"code": "1", "name": "Δυτική"}, WEST), ({"code": "2", "name": "Ανατολική"}, EAST))
    dimitra.loads(dimitra.geojson(*units), "unit")
    return dimitra


def area(code: str, kind: AreaKind = AreaKind.UNIT) -> Area:
    return db.session.scalars(select(Area).where(Area.kind == kind, Area.code == code)).one()


def outline(found: Area) -> BaseGeometry:
    return from_wkb(found.outline)


def eleni_reports(spot: Point = SPOT, category: str = "light") -> Report:
    report = submission.submit(category=category, spot=spot, source=Source.WEB, at=MONDAY).report
    db.session.commit()
    return report


# -- outlines ----------------------------------------------------------------------------------------------


def test_an_outline_comes_in_and_comes_again_but_is_never_two(dimitra: Dimitra) -> None:
    said = dimitra.loads(
        dimitra.geojson(({"code": "9054", "name_el": "Δήμος Σερρών", "name_en": "Serres"}, TOWN)), "municipality"
    )
    first = area("9054", AreaKind.MUNICIPALITY)
    assert (first.name_el, first.name_en, first.approximate) == ("Δήμος Σερρών", "Serres", False)
    assert "92," in said or "93," in said, "about 93 km²"
    first.contact_phone = "2321 350100"
    db.session.commit()
    smaller = box(23.50, 41.05, 23.60, 41.10)
    dimitra.loads(
        dimitra.geojson(({"KALCODE": 9054.0, "LEKTIKO": "Δ. ΣΕΡΡΩΝ"}, smaller)), "municipality", "--approximate"
    )
    again = area("9054", AreaKind.MUNICIPALITY)
    assert again.id == first.id
    assert again.name_el == "Δ. ΣΕΡΡΩΝ"
    assert again.name_en == "Serres", "a spelled name never replaces a given one"
    assert again.contact_phone == "2321 350100"
    assert again.approximate
    assert outline(again).equals(smaller)


def test_units_know_their_municipality_and_communities_their_unit(with_units: Dimitra) -> None:
    town = area("9054", AreaKind.MUNICIPALITY)
    assert {area("1").parent_id, area("2").parent_id} == {town.id}
    with_units.loads(
        with_units.geojson(
            ({"code": "1a", "name": "Νότια", "unit_code": "1"}, box(23.50, 41.05, 23.55, 41.10)),
            ({"code": "1b", "name": "Βόρεια", "unit_code": None}, box(23.50, 41.10, 23.55, 41.15)),
        ),
        "community",
    )
    assert {area("1a", AreaKind.COMMUNITY).parent_id, area("1b", AreaKind.COMMUNITY).parent_id} == {area("1").id}


def test_units_wait_for_their_municipality(dimitra: Dimitra) -> None:
    assert "--kind municipality" in dimitra.is_told(dimitra.geojson(({"code": "1", "name": "Δυτική"}, WEST)), "unit")
    assert "--kind unit" in dimitra.is_told(dimitra.geojson(({"code": "1", "name": "Α"}, WEST)), "community")


def test_one_installation_has_one_municipality(with_units: Dimitra) -> None:
    everybody = with_units.geojson(
        ({"code": "9054", "name": "Σέρρες"}, TOWN), ({"code": "9056", "name": "Άλλος"}, box(24, 41, 24.1, 41.1))
    )
    assert "--only" in with_units.is_told(everybody, "municipality")
    with_units.loads(everybody, "municipality", "--only", "9054")
    assert "9054" in with_units.is_told(everybody, "municipality", "--only", "9056")
    assert "9999" in with_units.is_told(everybody, "municipality", "--only", "9999")


def test_a_bow_tie_is_repaired_and_dust_is_swept_away(with_units: Dimitra) -> None:
    bow_tie = Polygon([(23.50, 41.05), (23.54, 41.09), (23.54, 41.05), (23.50, 41.09)])
    speck = box(23.545, 41.12, 23.545005, 41.120005)
    hole = Polygon(
        box(23.56, 41.06, 23.59, 41.09).exterior, [box(23.57, 41.07, 23.570004, 41.070004).exterior.coords[::-1]]
    )
    said = with_units.loads(
        with_units.geojson(
            ({"code": "1", "name": "Δυτική"}, shapely.union_all([speck])),
            ({"code": "1", "name": "Δυτική"}, bow_tie),
            ({"code": "2", "name": "Ανατολική"}, hole),
        ),
        "unit",
    )
    assert "1 επισκευάστηκαν, 1 απορρίφθηκαν" in said
    west = outline(area("1"))
    assert isinstance(west, MultiPolygon)
    assert west.is_valid
    assert len(west.geoms) == 2
    assert area_m2(west) == pytest.approx(area_m2(box(23.50, 41.05, 23.54, 41.09)) / 2, rel=1e-3)
    east = outline(area("2"))
    assert not any(part.interiors for part in east.geoms)  # type: ignore[attr-defined]
    assert all(part.exterior.is_ccw for part in west.geoms)


def test_pieces_with_one_code_become_one_outline(with_units: Dimitra) -> None:
    said = with_units.loads(
        with_units.geojson(
            ({"code": "1", "name": "Δυτική"}, box(23.50, 41.05, 23.52, 41.15)),
            ({"code": "1", "name": "Δυτική"}, box(23.52, 41.05, 23.55, 41.15)),
        ),
        "unit",
    )
    assert "ενώθηκαν" in said
    assert outline(area("1")).equals(WEST)


def test_what_is_no_outline_is_refused_and_named(with_units: Dimitra) -> None:
    said = with_units.loads(
        with_units.geojson(
            ({"code": "1", "name": "Δυτική"}, WEST),
            ({"code": "7", "name": "Γραμμή"}, LineString([(23.5, 41.1), (23.6, 41.1)])),
            ({"code": "8", "name": "Τίποτα"}, None),
            ({"code": None, "name": "Χωρίς"}, EAST),
            ({"code": "9", "name": "Μακριά"}, box(10, 10, 11, 11)),
        ),
        "unit",
    )
    assert "4 απορρίφθηκαν" in said
    assert all(f"✗ {label}:" in said for label in ("7", "8", "#4", "9"))
    assert set(db.session.scalars(select(Area.code).where(Area.kind == AreaKind.UNIT))) == {"1", "2"}


def test_a_file_of_which_nothing_is_taken_fails(with_units: Dimitra) -> None:
    with_units.is_told(with_units.geojson(({"code": "7", "name": "Μακριά"}, box(10, 10, 11, 11))), "unit")


def test_a_rehearsal_keeps_nothing(dimitra: Dimitra) -> None:
    path = dimitra.geojson(({"code": "9054", "name": "Σέρρες"}, TOWN))
    assert "τίποτα δεν αποθηκεύτηκε" in dimitra.loads(path, "municipality", "--dry-run")
    assert db.session.scalar(select(func.count()).select_from(Area)) == 0


# -- communities as points ---------------------------------------------------------------------------------


def test_communities_given_as_points_share_their_unit_out_to_the_last_metre(with_units: Dimitra) -> None:
    seats = {"1a": (23.51, 41.06), "1b": (23.53, 41.13), "1c": (23.545, 41.08), "2a": (23.57, 41.10)}
    with_units.loads(
        with_units.geojson(*(({"code": code, "name": code}, Point(spot)) for code, spot in seats.items())), "community"
    )
    found = {code: area(code, AreaKind.COMMUNITY) for code in seats}
    assert all(community.approximate for community in found.values())
    assert found["2a"].parent_id == area("2").id
    assert outline(found["2a"]).equals(EAST)
    for code, spot in seats.items():
        assert outline(found[code]).covers(Point(spot))
    for tiling in outline_queries.tilings(AreaKind.UNIT, AreaKind.COMMUNITY):
        assert max(tiling.gap_m2, tiling.overlap_m2, tiling.outside_m2) < 0.001


def test_the_cell_of_a_seat_holds_what_is_nearest_to_it() -> None:
    ring = Polygon(box(0, 0, 4, 4).exterior, [box(1.5, 1.5, 2.5, 2.5).exterior.coords])
    seats = {"a": Point(0.5, 0.5), "b": Point(3.5, 0.6), "c": Point(2, 3.5), "d": Point(2, 3.5)}
    found = cells(MultiPolygon([ring]), seats)
    assert set(found) == {"a", "b", "c"}, "of two seats on one spot the first has the cell"
    assert shapely.coverage_is_valid(list(found.values()))
    assert shapely.union_all(list(found.values())).symmetric_difference(ring).area < 1e-9
    assert found["a"].covers(Point(1, 1))
    assert found["b"].covers(Point(3, 1))


def test_a_seat_outside_every_unit_is_refused(with_units: Dimitra) -> None:
    said = with_units.loads(
        with_units.geojson(
            ({"code": "1a", "name": "Α"}, Point(23.51, 41.06)), ({"code": "9z", "name": "Ω"}, Point(20, 40))
        ),
        "community",
    )
    assert "✗ 9z:" in said


# -- systems of coordinates, encodings, fields -------------------------------------------------------------


@pytest.mark.parametrize("name", ["units.gpkg", "units.shp"])
def test_the_greek_grid_is_brought_to_where_it_belongs(with_units: Dimitra, name: str) -> None:
    path = with_units.file(name, [WEST, EAST], {"KALCODE": ["1", "2"], "LEKTIKO": ["Δυτική", "Ανατολική"]})
    said = with_units.loads(path, "unit")
    assert "GGRS87" in said
    assert area("1").name_el == "Δυτική"
    assert outline(area("1")).hausdorff_distance(WEST) < 1e-7


def test_a_zipped_shapefile_in_the_old_greek_code_page(with_units: Dimitra) -> None:
    path = with_units.file("units.shp", [WEST], {"KALCODE": ["1"], "LEKTIKO": ["Καπετάν Μητρούση"]}, encoding="cp1253")
    with zipfile.ZipFile(with_units.folder / "units.zip", "w") as bundle:
        for part in with_units.folder.glob("units.*"):
            if part.suffix != ".zip":
                bundle.write(part, part.name)
    with_units.loads(with_units.folder / "units.zip", "unit")
    assert area("1").name_el == "Καπετάν Μητρούση"
    path.with_suffix(".cpg").unlink()
    said = with_units.is_told(path, "unit")
    assert "--encoding" in said
    assert "Καπετάν Μητρούση" in said, "shows what cp1253 would read"
    with_units.loads(path, "unit", "--encoding", "cp1253")
    assert area("1").name_el == "Καπετάν Μητρούση"
    assert "klingon" in with_units.is_told(path, "unit", "--encoding", "klingon")
    assert "utf-8" in with_units.is_told(path, "unit", "--encoding", "utf-8")


def test_a_file_that_names_no_system_is_asked_for_it(with_units: Dimitra) -> None:
    path = with_units.file("units.shp", [WEST], {"code": ["1"], "name": ["Δυτική"]})
    path.with_suffix(".prj").unlink()
    assert "EPSG:2100" in with_units.is_told(path, "unit")
    assert "EPSG:2100" in with_units.is_told(path, "unit", "--crs", "EPSG:4326"), "metres are no degrees"
    assert "EPSG:123" in with_units.is_told(path, "unit", "--crs", "EPSG:123")
    with_units.loads(path, "unit", "--crs", "EPSG:2100")
    assert outline(area("1")).hausdorff_distance(WEST) < 1e-7


def test_a_system_that_contradicts_the_file_is_refused(with_units: Dimitra) -> None:
    path = with_units.file("units.gpkg", [WEST], {"code": ["1"], "name": ["Δυτική"]})
    assert "GGRS87" in with_units.is_told(path, "unit", "--crs", "EPSG:3857")


def test_heights_are_dropped(with_units: Dimitra) -> None:
    tall = Polygon([(x, y, 50.0) for x, y in WEST.exterior.coords])
    with_units.loads(with_units.geojson(({"code": "1", "name": "Δυτική"}, tall)), "unit")
    assert not outline(area("1")).has_z


def test_fields_that_cannot_be_guessed_are_listed(with_units: Dimitra) -> None:
    path = with_units.geojson(({"αρ": "1", "τίτλος": "Δυτική", "latin": "West"}, WEST))
    said = with_units.is_told(path, "unit")
    assert "--code" in said
    assert "αρ, τίτλος, latin" in said
    assert "«ονομα»" in with_units.is_told(path, "unit", "--code", "αρ", "--name-el", "ονομα")
    with_units.loads(path, "unit", "--code", "αρ", "--name-el", "τίτλος", "--name-en", "latin")
    assert (area("1").name_el, area("1").name_en) == ("Δυτική", "West")


def test_a_geopackage_of_several_layers_asks_which(with_units: Dimitra) -> None:
    fields = {"code": ["1"], "name": ["Δυτική"]}
    path = with_units.file("many.gpkg", [WEST], fields, layer="units")
    with_units.file("many.gpkg", [WEST], fields, layer="other", append=True)
    assert "units, other" in with_units.is_told(path, "unit")
    with_units.loads(path, "unit", "--layer", "units")


@pytest.mark.parametrize("content", [b"", b"not a map", b'{"type": "FeatureCollection"', b"PK\x03\x04broken"])
def test_what_is_no_map_is_refused_in_a_sentence(dimitra: Dimitra, content: bytes) -> None:
    for name in ("broken.geojson", "broken.zip", "broken.shp", "broken.gpkg"):
        path = dimitra.folder / name
        path.write_bytes(content)
        assert name in dimitra.is_told(path, "unit")


def test_a_file_that_is_not_there(dimitra: Dimitra) -> None:
    assert "nowhere.shp" in dimitra.is_told(dimitra.folder / "nowhere.shp", "unit")


# -- places and assets -------------------------------------------------------------------------------------


def test_places_come_with_kind_and_population_and_make_up_a_code(dimitra: Dimitra) -> None:
    path = dimitra.geojson(
        ({"name": "Λευκώνας", "kind": "village", "population": 2136.0, "geonames_id": 735444}, Point(23.49, 41.1)),
        ({"name": "Λαϊλιάς", "kind": "locality"}, box(23.59, 41.25, 23.60, 41.26)),
        ({"name": "Λαϊλιάς", "kind": "locality"}, Point(23.6, 41.25)),
        ({"name": None, "kind": "locality"}, Point(23.6, 41.25)),
    )
    said = dimitra.loads(path, "place")
    assert "2 απορρίφθηκαν" in said
    village, peak = db.session.scalars(select(Place).order_by(Place.kind.desc())).all()
    assert (village.code, village.kind, village.population, village.name_en) == ("735444", "village", 2136, "Lefkonas")
    assert (peak.code, peak.name_en) == ("lailias", "Lailias")
    assert "2 ενημερώθηκαν" in dimitra.loads(path, "place")


def test_poles_and_pipes_keep_what_else_is_known_of_them(dimitra: Dimitra) -> None:
    path = dimitra.geojson(
        ({"code": "Φ-1", "watt": 60, "lamp": "LED"}, Point(23.52, 41.07)),
        ({"code": "Φ-1", "watt": 60}, Point(23.53, 41.07)),
        ({"code": "Φ-2", "watt": None}, LineString([(23.52, 41.07), (23.53, 41.07)])),
        ({"code": "Φ-3"}, None),
    )
    assert "2 νέα, 0 ενημερώθηκαν, 0 επισκευάστηκαν, 2 απορρίφθηκαν" in dimitra.loads(
        path, "asset", "--asset-kind", "light_pole"
    )
    pole, line = db.session.scalars(select(Asset).order_by(Asset.code)).all()
    assert (pole.name_el, pole.attributes) == ("Φ-1", {"watt": 60, "lamp": "LED"})
    assert line.attributes == {}
    assert from_wkb(line.location).geom_type == "LineString"
    assert "--asset-kind" in dimitra.is_told(path, "asset")
    assert "--asset-kind" in dimitra.is_told(path, "asset", "--asset-kind", "Φανάρι")


# -- reports are filed again -------------------------------------------------------------------------------


def test_a_report_finds_its_new_unit_place_and_pole(dimitra: Dimitra, town: Town) -> None:
    report = eleni_reports(Point(23.53, 41.07))
    version = report.version
    assert report.unit_id == town.areas["905401"].id
    dimitra.loads(
        dimitra.geojson(
            ({"code": "905401", "name": "Δυτική"}, box(23.50, 41.08, 23.60, 41.15)),
            ({"code": "905402", "name": "Νότια"}, box(23.50, 41.05, 23.60, 41.08)),
        ),
        "unit",
    )
    db.session.refresh(report)
    assert report.unit_id == town.areas["905402"].id
    assert report.version == version + 1
    said = dimitra.loads(
        dimitra.geojson(({"code": "Φ-2"}, Point(23.53001, 41.07))), "asset", "--asset-kind", "light_pole"
    )
    assert "1, άλλαξαν περιοχή, τοπωνύμιο ή στοιχείο: 1" in said
    db.session.refresh(report)
    assert report.asset is not None
    assert report.asset.code == "Φ-2"
    dimitra.loads(dimitra.geojson(({"name": "Κρήνη", "kind": "locality"}, Point(23.531, 41.07))), "place")
    db.session.refresh(report)
    assert report.near_place is not None
    assert (report.near_place.name_el, report.near_distance_m, report.near_bearing) == ("Κρήνη", 84, 270)


def test_a_report_that_is_outside_now_is_counted_and_kept(dimitra: Dimitra, town: Town) -> None:
    report = eleni_reports()
    said = dimitra.loads(
        dimitra.geojson(({"code": "9054", "name": "Σέρρες"}, box(23.55, 41.05, 23.60, 41.15))), "municipality"
    )
    assert "! 1 αναφορά" in said
    db.session.refresh(report)
    assert report.unit_id is None
    assert report.community_id is None


def test_filing_again_without_a_change_touches_nothing(dimitra: Dimitra, town: Town) -> None:
    reports = [eleni_reports(Point(23.52 + n / 100, 41.07)) for n in range(3)]
    versions = [report.version for report in reports]
    said = dimitra.app.test_cli_runner().invoke(args=["geo", "refile"]).output
    assert "3, άλλαξαν περιοχή, τοπωνύμιο ή στοιχείο: 0" in said
    for report in reports:
        db.session.refresh(report)
    assert [report.version for report in reports] == versions


def test_a_rehearsal_files_nothing_again(dimitra: Dimitra, town: Town) -> None:
    report = eleni_reports()
    path = dimitra.geojson(({"code": "9054", "name": "Σέρρες"}, box(23.55, 41.05, 23.60, 41.15)))
    assert "! 1 αναφορά" in dimitra.loads(path, "municipality", "--dry-run")
    db.session.refresh(report)
    assert report.unit_id is not None


# -- Latin letters -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("greek", "spelled"),
    [
        ("Δημοτική Ενότητα Λευκώνα", "Dimotiki Enotita Lefkona"),
        ("Καπετάν Μητρούσης", "Kapetan Mitrousis"),
        ("Μπέλες", "Beles"),
        ("Καμπάνα", "Kampana"),
        ("Λαϊλιάς", "Lailias"),
        ("Αυλή, Εύοσμος, ευχή", "Avli, Evosmos, efchi"),
        ("ΧΡΙΣΤΟΣ Χριστός Ψάρι ΨΑΡΙ", "CHRISTOS Christos Psari PSARI"),
        ("Αγγελική Σφίγξ", "Angeliki Sfinx"),
        ("Street Ünïts 5", "Street Units 5"),
    ],
)
def test_greek_in_latin_letters_as_on_road_signs(greek: str, spelled: str) -> None:
    assert latin(greek) == spelled


def test_a_code_made_of_a_name_is_plain() -> None:
    assert slug("  Ψεκασμός & κουνούπια (2024) ") == "psekasmos-kounoupia-2024"
    assert slug("日本") == ""
