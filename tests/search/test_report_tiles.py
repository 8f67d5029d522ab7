"""A program that draws maps takes the reports as tiles: what everybody may see, or what the office does."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from flask.testing import FlaskClient
from shapely.geometry import Point
from sqlalchemy.orm import Session

from app.moderation.models import Suspicion
from app.reports import submission
from app.reports.models import Report, Source
from app.search import tile_queries
from app.search.tally_queries import add_up
from tests.conftest import login_as
from tests.town import MONDAY, SPOT, Town


def place(zoom: int, spot: Point = SPOT) -> tuple[int, int, int]:
    y = (1 - math.asinh(math.tan(math.radians(spot.y))) / math.pi) / 2
    return zoom, int((spot.x + 180) / 360 * 2**zoom), int(y * 2**zoom)


def read(data: bytes, folder: Path) -> list[dict[str, Any]]:
    if not data:
        return []
    path = folder / "tile.mvt"
    path.write_bytes(data)
    meta, _fids, _shapes, columns = pyogrio.raw.read(path)
    return [dict(zip(meta["fields"], row, strict=True)) for row in zip(*columns, strict=True)]


@pytest.fixture
def reports(session: Session, town: Town) -> list[Report]:
    made = []
    for n in range(12):
        spot = Point(SPOT.x + (n % 4) * 0.0004, SPOT.y + (n // 4) * 0.0004)
        made.append(submission.submit(category="pothole", spot=spot, source=Source.WEB, at=MONDAY).report)
    made[0].suspicion = Suspicion.BLOCKED_WORD
    session.commit()
    return made


def fetched(client: FlaskClient, zoom: int, layer: str = "reports") -> bytes:
    z, x, y = place(zoom)
    answer = client.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt")
    assert answer.status_code == 200
    return answer.data


def test_near_each_report_is_a_point_and_what_waits_aside_is_the_offices_only(
    client: FlaskClient, town: Town, reports: list[Report], tmp_path: Path
) -> None:
    shown = read(fetched(client, 14), tmp_path)
    assert {row["reference"] for row in shown} == {report.reference for report in reports[1:]}
    assert {row["category"] for row in shown} == {"pothole"}
    assert not {"suspicion", "priority", "overdue", "description"} & set(shown[0])
    office = read(fetched(login_as(client, town.nikos), 14, "office"), tmp_path)
    assert len(office) == 12
    assert [row["reference"] for row in office if row["aside"]] == [reports[0].reference]


def test_the_offices_tiles_are_for_the_office(client: FlaskClient, town: Town, reports: list[Report]) -> None:
    z, x, y = place(14)
    assert client.get(f"/tiles/office/{z}/{x}/{y}.mvt").status_code == 401
    login_as(client, town.thanasis)
    assert client.get(f"/tiles/office/{z}/{x}/{y}.mvt").status_code == 403


@pytest.mark.parametrize("summed", [False, True])
@pytest.mark.parametrize("zoom", [0, 5, 9, 12, 13])
def test_far_away_the_sums_of_all_tiles_are_all_reports(
    client: FlaskClient, reports: list[Report], tmp_path: Path, zoom: int, summed: bool
) -> None:
    if summed:
        add_up()
    z, x, y = place(zoom)
    around = {(z, (x + dx) % 2**z, min(2**z - 1, max(0, y + dy))) for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    rows = [row for where in around for row in read(tile_queries.tile(*where, public=True), tmp_path)]
    assert sum(row["n"] for row in rows) == 11
    assert sum(row["open"] for row in rows) == 11


def test_whoever_has_the_tile_is_told_so_and_gets_the_new_one_after_a_change(
    client: FlaskClient, session: Session, reports: list[Report]
) -> None:
    z, x, y = place(14)
    first = client.get(f"/tiles/reports/{z}/{x}/{y}.mvt")
    again = client.get(f"/tiles/reports/{z}/{x}/{y}.mvt", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    reports[3].suspicion = Suspicion.BLOCKED_WORD
    session.commit()
    after = client.get(f"/tiles/reports/{z}/{x}/{y}.mvt", headers={"If-None-Match": first.headers["ETag"]})
    assert after.status_code == 200
