"""Dimitra takes benches and baskets from a map; nothing is the town's before she has looked at it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from shapely.geometry import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.geo.models import Asset, AssetDraft
from app.geo.shapes import spot_of, to_wkb
from app.reports.spot_queries import where_is
from tests.importing.conftest import Run
from tests.sketch import Sketch, quarter
from tests.town import SPOT, Town

BENCHES = ("--asset", "bench=amenity=bench")


def with_benches() -> Sketch:
    sketch = quarter()
    sketch.node(SPOT.x, SPOT.y + 0.00005, amenity="bench", material="wood")
    sketch.node(SPOT.x + 0.002, SPOT.y + 0.002, amenity="bench")
    sketch.node(23.7, 41.3, amenity="bench")
    sketch.node(SPOT.x + 0.001, SPOT.y, highway="street_lamp")
    sketch.ring(SPOT.x + 0.003, SPOT.y + 0.003, 0.0002, leisure="playground", name="Παιδική χαρά")
    return sketch


def drafts(session: Session, kind: str = "bench") -> set[str]:
    return set(session.scalars(select(AssetDraft.code).where(AssetDraft.kind == kind)))


def test_a_map_gives_drafts_that_nobody_meets_before_they_are_accepted(
    dimitra: Run, session: Session, town: Town, tmp_path: Path
) -> None:
    path = str(with_benches().write(tmp_path / "serres.osm"))
    said = dimitra("import-osm", path, *BENCHES, "--asset", "playground=leisure=playground")
    assert "περιμένουν ματιά: 3" in said
    assert len(drafts(session)) == 2, "what stands outside the town is not ours"
    assert len(drafts(session, "playground")) == 1
    town.categories["bench"].asset_kind = "bench"
    assert where_is(SPOT, town.categories["bench"]).asset is None
    assert "bench" in dimitra("drafts")

    assert "Μπήκαν 2 στοιχεία" in dimitra("accept-drafts", "--kind", "bench")
    asset = where_is(SPOT, town.categories["bench"]).asset
    assert (asset or {})["code"].startswith("osm-n")
    assert drafts(session) == set()
    dimitra("import-osm", path, *BENCHES)
    assert drafts(session) == set(), "what was accepted does not wait again"


def test_the_towns_own_are_never_touched(dimitra: Run, session: Session, tmp_path: Path) -> None:
    near = Point(SPOT.x, SPOT.y + 0.00006)
    own = Asset(kind="bench", code="Π-1", name_el="Παγκάκι 1", name_en="Bench 1", location=to_wkb(near))
    session.add(own)
    session.commit()
    dimitra("import-osm", str(with_benches().write(tmp_path / "serres.osm")), *BENCHES)
    assert len(drafts(session)) == 1, "a bench a metre from ours is ours"
    dimitra("accept-drafts", "--kind", "bench")
    assert spot_of(own.location).distance(near) < 1e-9
    assert own.name_el == "Παγκάκι 1"


def test_one_of_them_may_be_accepted_and_all_be_looked_at_on_a_map(
    dimitra: Run, session: Session, tmp_path: Path
) -> None:
    dimitra("import-osm", str(with_benches().write(tmp_path / "serres.osm")), *BENCHES)
    dimitra("drafts", "--kind", "bench", "--geojson", str(tmp_path / "benches.geojson"))
    features = json.loads((tmp_path / "benches.geojson").read_text())["features"]
    assert {feature["properties"]["code"] for feature in features} == drafts(session)
    assert {feature["properties"].get("material") for feature in features} == {"wood", None}
    one = min(drafts(session))
    dimitra("accept-drafts", "--kind", "bench", "--code", one)
    assert one not in drafts(session)
    assert len(drafts(session)) == 1


@pytest.mark.parametrize(
    "asset", ["bench", "bench=", "Bench=amenity=bench", "bench=amenity=", "=amenity=bench", "a=b=c=d"]
)
def test_a_mapping_that_is_none_is_told(dimitra: Run, session: Session, tmp_path: Path, asset: str) -> None:
    path = str(with_benches().write(tmp_path / "serres.osm"))
    assert "bench=amenity=bench" in dimitra("import-osm", path, "--asset", asset, fails=True)
    assert drafts(session) == set()


def test_accepting_what_does_not_wait_is_told(dimitra: Run) -> None:
    assert "Κανένα στοιχείο δεν περιμένει" in dimitra("drafts")
    assert "Δεν περιμένει" in dimitra("accept-drafts", "--kind", "bench", fails=True)
