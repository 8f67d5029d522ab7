"""Dimitra gives the town its streets from an OpenStreetMap extract, and again when a newer one is there."""

from __future__ import annotations

import bz2
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from shapely.geometry import Point
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.geo.models import Crossing, Door, GroundFeature, MapLayer, Place, Street, TileLayer
from app.geo.shapes import spot_of, to_wkb
from app.reports import submission
from app.reports.models import Report, Source
from tests.importing.conftest import Run
from tests.sketch import Sketch, quarter
from tests.town import MONDAY, SPOT, Town

Import = Callable[..., str]


@pytest.fixture
def dimitra(dimitra: Run) -> Import:
    return lambda path, *more, fails=False: dimitra("import-osm", str(path), *more, fails=fails)


@pytest.fixture
def a_report(session: Session, town: Town) -> Report:
    made = submission.submit(category="pothole", spot=Point(SPOT.x + 0.0005, SPOT.y), source=Source.WEB, at=MONDAY)
    return made.report


def street(session: Session, name: str) -> Street:
    return session.scalars(select(Street).where(Street.name_el == name)).one()


def numbers(session: Session, name: str) -> dict[str, bool]:
    """The doors of a street, and whether each is reckoned."""
    doors = session.scalars(select(Door).where(Door.street_id == street(session, name).id).order_by(Door.number_first))
    return {door.number: door.interpolated for door in doors}


def versions(session: Session) -> dict[str, int]:
    return {layer.layer.value: layer.version for layer in session.scalars(select(MapLayer))}


def everything(session: Session) -> list[tuple[object, ...]]:
    counts = [session.scalar(select(func.count()).select_from(kind)) for kind in (GroundFeature, Street, Door, Place)]
    return [tuple(counts), tuple(sorted(versions(session).items()))]


def test_the_town_gets_streets_doors_and_crossings(dimitra: Import, session: Session, tmp_path: Path) -> None:
    said = dimitra(quarter().write(tmp_path / "serres.osm"))
    assert "5 δρόμοι" in said
    assert street(session, "Μεραρχίας").name_en == "Merarchias"
    assert street(session, "Μεραρχίας").other_names == "Λαχανά"
    assert numbers(session, "Μεραρχίας") == {
        **{"1": False, "2": False, "3": True, "4": False, "5": True, "6": False, "7": True, "8": False, "9": True},
        **{"10": False, "11": True, "12": False, "12Α": False, "13": False},
    }
    assert numbers(session, "Εμμανουήλ Παππά") == {"3": False}
    met = session.scalars(select(Crossing)).all()
    assert len(met) == 6
    kinds = dict(session.execute(select(GroundFeature.layer, func.count()).group_by(GroundFeature.layer)).all())
    assert {layer.value: many for layer, many in kinds.items()} == {
        "water": 2, "land": 1, "building": 1, "street": 6, "rail": 1,
    }  # fmt: skip
    assert session.scalars(select(Place.name_el).where(Place.kind == "pharmacy")).all() == ["Φαρμακείο Κέντρου"]


def test_a_bridge_over_a_street_is_no_crossing(dimitra: Import, session: Session, tmp_path: Path) -> None:
    sketch = quarter()
    sketch.way([(23.525, 41.069), (23.525, 41.071)], highway="primary", name="Περιφερειακή", bridge="yes", layer="1")
    dimitra(sketch.write(tmp_path / "serres.osm"))
    over = street(session, "Περιφερειακή")
    assert not session.scalars(
        select(Crossing).where(or_(Crossing.street_id == over.id, Crossing.other_id == over.id))
    ).all()


def test_the_doors_between_two_known_ones_stand_evenly(dimitra: Import, session: Session, tmp_path: Path) -> None:
    dimitra(quarter().write(tmp_path / "serres.osm"))
    seven = session.scalars(select(Door).where(Door.number == "7", Door.interpolated)).one()
    assert spot_of(seven.location).x == pytest.approx((23.5203 + 23.5215) / 2, abs=1e-7)


def test_pieces_of_one_name_are_one_street_and_another_communitys_is_another(
    dimitra: Import, session: Session, tmp_path: Path
) -> None:
    sketch = quarter()
    sketch.way([(23.51, 41.13), (23.52, 41.13)], highway="residential", name="Μεραρχίας")
    sketch.way([(23.545, 41.08), (23.555, 41.08)], highway="residential", name="Συνόρων")
    dimitra(sketch.write(tmp_path / "serres.osm"))
    same = session.scalars(select(Street).where(Street.name_el == "Μεραρχίας")).all()
    assert len({one.area_id for one in same}) == len(same) == 2
    assert len(session.scalars(select(Street).where(Street.name_el == "Συνόρων")).all()) == 1


def test_the_same_again_touches_nothing_and_a_newer_one_brings_all_up_to_date(
    dimitra: Import, session: Session, tmp_path: Path
) -> None:
    dimitra(quarter().write(tmp_path / "serres.osm"))
    before = session.execute(select(GroundFeature.id, GroundFeature.osm_id).order_by(GroundFeature.id)).all()
    assert "0 νέα, 0 άλλαξαν, 11 ίδια, 0 έφυγαν" in dimitra(quarter().write(tmp_path / "again.osm"))
    assert session.execute(select(GroundFeature.id, GroundFeature.osm_id).order_by(GroundFeature.id)).all() == before

    newer = Sketch()
    newer.way([(23.515, 41.07), (23.53, 41.07)], highway="primary", name="Λεωφόρος Μεραρχίας")
    newer.put(20, [(23.51, 41.08), (23.53, 41.08)], highway="residential", name="Νέα Οδός")
    assert "1 νέα, 1 άλλαξαν, 0 ίδια, 10 έφυγαν" in dimitra(newer.write(tmp_path / "newer.osm"))
    assert sorted(session.scalars(select(Street.name_el))) == ["Λεωφόρος Μεραρχίας", "Νέα Οδός"]
    assert session.scalars(select(Place).where(Place.kind == "pharmacy")).all() == []


def test_what_is_far_outside_is_not_drawn_and_what_is_near_is(
    dimitra: Import, session: Session, tmp_path: Path
) -> None:
    sketch = quarter()
    sketch.way([(23.49, 41.07), (23.499, 41.07)], highway="residential", name="Γειτονική")
    sketch.way([(23.3, 41.07), (23.4, 41.07)], highway="residential", name="Μακρινή")
    dimitra(sketch.write(tmp_path / "serres.osm"))
    drawn = set(session.scalars(select(GroundFeature.name_el)))
    assert "Γειτονική" in drawn
    assert "Μακρινή" not in drawn
    assert "Γειτονική" not in set(session.scalars(select(Street.name_el))), "an address in the next town is not ours"


def test_each_report_gets_the_words_of_its_place_and_loses_them_with_the_street(
    dimitra: Import, session: Session, tmp_path: Path, a_report: Report
) -> None:
    version = a_report.version
    assert a_report.street is None
    assert "άλλαξαν περιοχή, τοπωνύμιο ή στοιχείο: 1." in dimitra(quarter().write(tmp_path / "serres.osm"))
    assert (a_report.street or {})["name_el"] == "Μεραρχίας"
    assert a_report.version == version + 1
    empty = Sketch()
    empty.way([(23.58, 41.14), (23.59, 41.14)], highway="residential", name="Άλλη")
    dimitra(empty.write(tmp_path / "other.osm"))
    assert a_report.street is None


def test_the_towns_own_villages_are_not_named_twice(dimitra: Import, session: Session, tmp_path: Path) -> None:
    sketch = quarter()
    sketch.node(23.5201, 41.0701, place="village", name="ΛΕΥΚΩΝΑΣ")
    sketch.node(23.58, 41.12, place="village", name="Ελαιώνας", population="350")
    dimitra(sketch.write(tmp_path / "serres.osm"))
    villages = session.scalars(select(Place.name_el).where(Place.kind == "village")).all()
    assert villages.count("ΛΕΥΚΩΝΑΣ") == 0
    assert villages.count("Ελαιώνας") == 1


def test_the_layer_has_a_new_version_and_its_source(dimitra: Import, session: Session, tmp_path: Path) -> None:
    before = versions(session)
    dimitra(quarter().write(tmp_path / "serres.osm"))
    after = versions(session)
    assert after["ground"] > before["ground"]
    assert after["areas"] == before["areas"]
    layer = session.get_one(MapLayer, TileLayer.GROUND)
    assert layer.attribution == "© OpenStreetMap contributors (ODbL)"
    assert layer.data_at is not None


def test_a_street_that_has_another_name_now_gives_its_doors_to_it(
    dimitra: Import, session: Session, tmp_path: Path
) -> None:
    def sketch(name: str) -> Sketch:
        made = Sketch()
        middle = (23.52, 41.07)
        made.way([(23.515, 41.07), middle, (23.53, 41.07)], highway="residential", name=name)
        made.way([(23.52, 41.065), middle, (23.52, 41.075)], highway="residential", name="Γέφυρα")
        made.node(23.5161, 41.0701, addr__housenumber="7")
        return made

    dimitra(sketch("Παλιά").write(tmp_path / "old.osm"))
    for _again in range(2):
        dimitra(sketch("Νέα").write(tmp_path / "new.osm"))
        assert sorted(session.scalars(select(Street.name_el))) == ["Γέφυρα", "Νέα"]
        assert numbers(session, "Νέα") == {"7": False}
        assert session.scalar(select(func.count()).select_from(Crossing)) == 1


def test_an_extract_with_half_of_the_streets_is_taken_only_by_who_says_so(
    dimitra: Import, session: Session, tmp_path: Path
) -> None:
    def sketch(many: int) -> Path:
        made = Sketch()
        for n in range(many):
            lat = round(41.06 + n * 0.001, 4)
            made.way([(23.51, lat), (23.53, lat)], highway="residential", name=f"Οδός Δοκιμής {n}")
        return made.write(tmp_path / f"{many}.osm")

    dimitra(sketch(30))
    before = everything(session)
    assert "--replace" in dimitra(sketch(3), fails=True)
    assert everything(session) == before
    dimitra(sketch(3), "--replace")
    assert session.scalar(select(func.count()).select_from(Street)) == 3


def test_the_towns_own_place_stays_whatever_its_code(dimitra: Import, session: Session, tmp_path: Path) -> None:
    own = Place(kind="square", code="osm-own", name_el="Δική μας", name_en="Ours", location=to_wkb(SPOT))
    session.add(own)
    session.commit()
    dimitra(quarter().write(tmp_path / "serres.osm"))
    assert session.get(Place, own.id) is not None


@pytest.mark.parametrize(
    "name", ["—", " ", "Μια\nγραμμή\tκι άλλη", "Α" * 450, "'; DROP TABLE street; --", "\\N", "<b>Έντονη</b>"]
)
def test_odd_names_are_one_line_or_none(dimitra: Import, session: Session, tmp_path: Path, name: str) -> None:
    sketch = quarter()
    sketch.way([(23.51, 41.08), (23.53, 41.08)], highway="residential", name=name)
    dimitra(sketch.write(tmp_path / "odd.osm"))
    for known in session.scalars(select(Street.name_el)):
        assert known.isprintable()
        assert 0 < len(known) <= 200
        assert any(letter.isalnum() for letter in known)


def test_what_a_killed_import_left_is_cleared_away(dimitra: Import, app: Flask, tmp_path: Path) -> None:
    left = Path(app.config["DATA_DIR"]) / "osm-nodes-left"
    left.mkdir()
    os.utime(left, (0, 0))
    dimitra(quarter().write(tmp_path / "serres.osm"))
    assert not left.exists()


def test_a_compressed_extract_is_read_too(dimitra: Import, session: Session, tmp_path: Path) -> None:
    plain = quarter().write(tmp_path / "serres.osm").read_bytes()
    packed = tmp_path / "serres.osm.bz2"
    packed.write_bytes(bz2.compress(plain))
    dimitra(packed)
    assert street(session, "25ης Μαρτίου")


def test_a_rehearsal_keeps_nothing(dimitra: Import, session: Session, tmp_path: Path) -> None:
    before = everything(session)
    assert "τίποτα δεν αποθηκεύτηκε" in dimitra(quarter().write(tmp_path / "serres.osm"), "--dry-run")
    assert everything(session)[0] == before[0]


def _cut(path: Path) -> Path:
    whole = bz2.compress(quarter().write(path / "whole.osm").read_bytes())
    cut = path / "cut.osm.bz2"
    cut.write_bytes(whole[: len(whole) // 2])
    return cut


def _broken(path: Path) -> Path:
    whole = quarter().write(path / "whole.osm").read_text()
    broken = path / "broken.osm"
    broken.write_text(whole[: len(whole) // 2])
    return broken


def _not_osm(path: Path) -> Path:
    other = path / "photo.osm.pbf"
    other.write_bytes(b"\xff\xd8\xff\xe0 not a map at all" * 20)
    return other


def _another_name(path: Path) -> Path:
    other = path / "serres.geojson"
    other.write_text("{}")
    return other


def _too_long(path: Path) -> Path:
    sketch = quarter()
    sketch.way([(23.51, 41.08), (23.53, 41.08)], highway="residential", name="Α" * 5000)
    return sketch.write(path / "long.osm")


def _elsewhere(path: Path) -> Path:
    sketch = Sketch()
    sketch.way([(22.9, 40.6), (22.95, 40.65)], highway="residential", name="Εγνατία")
    return sketch.write(path / "thessaloniki.osm")


def _latin(path: Path) -> Path:
    sketch = Sketch()
    sketch.way([(23.515, 41.07), (23.53, 41.07)], highway="residential", name="Merarchias")
    return sketch.write(path / "latin.osm")


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (_too_long, "άλλης μορφής"),
        (_cut, "κομμένο"),
        (_broken, "κομμένο"),
        (_not_osm, "άλλης μορφής"),
        (_another_name, "δεν είναι αρχείο του OpenStreetMap"),
        (_elsewhere, "δεν έχει κανέναν δρόμο με όνομα μέσα στον Δήμο"),
        (_latin, "μόνο με λατινικά γράμματα"),
        (lambda path: path / "nowhere.osm", "Δεν υπάρχει αρχείο"),
    ],
)
def test_a_bad_file_is_told_in_a_sentence_and_changes_nothing(
    dimitra: Import, session: Session, tmp_path: Path, made: Callable[[Path], Path], sentence: str
) -> None:
    dimitra(quarter().write(tmp_path / "good.osm"))
    before = everything(session)
    said = dimitra(made(tmp_path), fails=True)
    assert sentence in said
    assert everything(session) == before


def test_latin_names_are_taken_when_somebody_wants_them(dimitra: Import, session: Session, tmp_path: Path) -> None:
    assert "λατινικά" in dimitra(_latin(tmp_path), "--latin-names")
    assert street(session, "Merarchias").name_en == "Merarchias"


def test_without_a_municipality_there_is_nothing_to_be_near_to(app: Flask, session: Session, tmp_path: Path) -> None:
    path = quarter().write(tmp_path / "serres.osm")
    result = app.test_cli_runner().invoke(args=["geo", "import-osm", str(path)])
    assert result.exit_code == 1
    assert "Φορτώστε πρώτα το όριο του Δήμου" in result.output


def test_the_spot_of_the_tests_is_where_two_streets_cross(dimitra: Import, session: Session, tmp_path: Path) -> None:
    dimitra(quarter().write(tmp_path / "serres.osm"))
    here = [spot_of(crossing.location) for crossing in session.scalars(select(Crossing))]
    assert any(one.distance(SPOT) < 1e-6 for one in here)
