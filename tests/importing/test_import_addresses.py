"""Dimitra loads the town's own register of doors, which knows more than any map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.geo.address_queries import addresses_like
from app.geo.models import Door, Street
from app.geo.shapes import spot_of
from tests.sketch import quarter
from tests.town import Town

Run = Callable[..., str]


@pytest.fixture
def dimitra(app: Flask, town: Town, session: Session) -> Run:
    def run(*args: str, fails: bool = False) -> str:
        result = app.test_cli_runner().invoke(args=["geo", *args])
        assert (result.exit_code != 0) is fails, result.output
        session.expire_all()
        return result.output

    return run


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
    street = session.scalars(select(Street).where(Street.name_el == "Μεραρχίας")).one()
    dimitra("import", str(register(tmp_path, ["Μεραρχίας,12,23.5222,41.0698"])), "--kind", "address", *WGS84)

    def twelve() -> list[tuple[str, float]]:
        asked = select(Door).where(Door.street_id == street.id, Door.number == "12")
        return [(door.source, spot_of(door.location).x) for door in session.scalars(asked)]

    assert twelve() == [("town", 23.5222)]
    dimitra("import-osm", extract)
    assert twelve() == [("town", 23.5222)]
    dimitra("import", str(register(tmp_path, ["Άλλη,1,23.5222,41.0698"])), "--kind", "address", *WGS84)
    assert twelve() == []
    dimitra("import-osm", extract)
    assert twelve() == [("osm", 23.52155)], "what the register no longer has, the map may say again"


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
