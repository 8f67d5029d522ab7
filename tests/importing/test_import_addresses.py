"""Dimitra loads the town's own register of doors, which knows more than any map."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.geo.address_queries import addresses_like
from app.geo.models import Crossing, Door, Street
from app.geo.shapes import spot_of
from tests.importing.conftest import Run
from tests.sketch import quarter


def register(folder: Path, rows: list[str], *, head: str = "odos,arithmos,lon,lat", encoding: str = "utf-8") -> Path:
    path = folder / "doors.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding=encoding)
    return path


WGS84 = ("--crs", "EPSG:4326")


def test_a_register_gives_doors_and_the_streets_that_no_map_has(dimitra: Run, session: Session, tmp_path: Path) -> None:
    rows = ["Ανώνυμη,1,23.57,41.07", "Ανώνυμη,5,23.571,41.07", "Ανώνυμη,3,23.5705,41.07", "Μικρή,2Α,23.53,41.06"]
    dimitra("import", str(register(tmp_path, rows)), "--kind", "address", *WGS84)
    doors = {door.number: spot_of(door.location).x for door in session.scalars(select(Door))}
    assert doors == {"1": 23.57, "3": 23.5705, "5": 23.571, "2Α": 23.53}
    assert [street.drawn for street in session.scalars(select(Street))] == [False, False]
    [(_fits, found), *_rest] = addresses_like("anonymi 3")
    assert (found.name, found.kind, found.lon) == ("Ανώνυμη 3", "door", 23.5705)


def test_coordinates_of_the_greek_grid_and_greek_windows_letters_are_read(
    dimitra: Run, session: Session, tmp_path: Path
) -> None:
    path = register(tmp_path, ["Μεραρχίας,12,459661,4546800"], head="Οδός,Αριθμός,x,y", encoding="cp1253")
    assert "κωδικοποίηση" in dimitra("import", str(path), "--kind", "address", "--crs", "EPSG:2100", fails=True)
    dimitra("import", str(path), "--kind", "address", "--crs", "EPSG:2100", "--encoding", "cp1253")
    [door] = session.scalars(select(Door))
    assert spot_of(door.location).x == pytest.approx(23.52, abs=0.01)
    assert spot_of(door.location).y == pytest.approx(41.07, abs=0.01)


def test_the_towns_own_door_goes_before_the_maps_and_stays_when_the_map_is_renewed(
    dimitra: Run, session: Session, tmp_path: Path
) -> None:
    extract = str(quarter().write(tmp_path / "serres.osm"))
    dimitra("import-osm", extract)
    own = str(register(tmp_path, ["Μεραρχίας,12,23.5222,41.0698"]))
    dimitra("import", own, "--kind", "address", *WGS84)
    assert twelve() == 23.5222
    dimitra("import-osm", extract)
    assert twelve() == 23.5222
    dimitra("import", str(register(tmp_path, ["Άλλη,1,23.5222,41.0698"])), "--kind", "address", *WGS84)
    assert twelve() == 23.52155, "what the register no longer has, the map says again"


def twelve() -> float:
    return addresses_like("Μεραρχίας 12")[0][1].lon


def test_a_register_in_capitals_is_of_the_same_streets(dimitra: Run, session: Session, tmp_path: Path) -> None:
    dimitra("import-osm", str(quarter().write(tmp_path / "serres.osm")))
    before = session.scalars(select(Street.id)).all()
    crossings = session.scalar(select(func.count()).select_from(Crossing))
    rows = ["ΜΕΡΑΡΧΙΑΣ,12,23.5222,41.0698", "ΕΜΜΑΝΟΥΗΛ ΠΑΠΠΑ,5,23.518,41.0751"]
    dimitra("import", str(register(tmp_path, rows)), "--kind", "address", *WGS84)
    assert sorted(session.scalars(select(Street.id))) == sorted(before)
    assert session.scalar(select(func.count()).select_from(Crossing)) == crossings
    assert [spot.name for _fits, spot in addresses_like("Μεραρχίας 12")] == ["Μεραρχίας 12"]
    assert twelve() == 23.5222


@pytest.mark.parametrize("rows", [[], ["Ανώνυμη,4,22.0,40.0"], [",,23.57,41.07"]])
def test_a_register_without_a_door_of_the_town_changes_nothing(
    dimitra: Run, session: Session, tmp_path: Path, rows: list[str]
) -> None:
    dimitra("import", str(register(tmp_path, ["Ανώνυμη,1,23.57,41.07"])), "--kind", "address", *WGS84)
    said = dimitra("import", str(register(tmp_path, rows)), "--kind", "address", *WGS84, fails=True)
    assert "Δεν άλλαξε τίποτα" in said or "γεωμετρίες" in said
    assert session.scalars(select(Door.number)).all() == ["1"]


def test_half_a_register_is_taken_only_by_who_says_so(dimitra: Run, session: Session, tmp_path: Path) -> None:
    rows = [f"Ανώνυμη,{n},{23.56 + n / 10000},41.07" for n in range(1, 41)]
    dimitra("import", str(register(tmp_path, rows)), "--kind", "address", *WGS84)
    few = str(register(tmp_path, rows[:5]))
    assert "--replace" in dimitra("import", few, "--kind", "address", *WGS84, fails=True)
    assert session.scalar(select(func.count()).select_from(Door)) == 40
    dimitra("import", few, "--kind", "address", "--replace", *WGS84)
    assert session.scalar(select(func.count()).select_from(Door)) == 5


def test_rows_without_street_number_or_place_are_named_and_the_others_come(
    dimitra: Run, session: Session, tmp_path: Path
) -> None:
    rows = ["Ανώνυμη,1,23.57,41.07", ",2,23.57,41.07", "Ανώνυμη,χ.α.,23.57,41.07", "Ανώνυμη,4,22.0,40.0"]
    said = dimitra("import", str(register(tmp_path, rows)), "--kind", "address", *WGS84)
    assert "δεν έχει δρόμο, αριθμό ή σημείο" in said
    assert "έξω από τον Δήμο" in said
    assert [door.number for door in session.scalars(select(Door))] == ["1"]


def test_a_file_without_house_numbers_is_told_what_is_missing(dimitra: Run, session: Session, tmp_path: Path) -> None:
    path = register(tmp_path, ["Ανώνυμη,23.57,41.07"], head="odos,lon,lat")
    said = dimitra("import", str(path), "--kind", "address", *WGS84, fails=True)
    assert "--number" in said
    assert "odos" in said
    assert session.scalars(select(Door)).all() == []
