"""Dimitra, the town's technician, brings over the requests of the system the office had before."""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from shapely.geometry import MultiPolygon, Point, box
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.categories import queries as category_queries
from app.categories.models import Category
from app.extensions import db
from app.geo.models import Area, AreaKind
from app.geo.shapes import to_wkb
from app.importing import batch_queries, runs
from app.importing import mapping as mappings
from app.importing.models import ImportRun
from app.importing.side_file import SideFile
from app.reports import queries, spot_queries
from app.reports.lifecycle import Move, Status
from app.reports.models import Report, ReportHistory, Source
from tests import town as the_town
from tests.town import SPOT, Town

HEADER = ["id", "opened", "closed", "due", "status", "type", "words", "street", "lon", "lat", "answer", "via"]
MAPPING = """
origin = "palio"
time_zone = "Europe/Athens"
{top}
[columns]
id = "id"
opened = "opened"
closed = "closed"
target = "due"
status = "status"
category = "type"
description = "words"
address = "street"
lon = "lon"
lat = "lat"
closure = "answer"
channel = "via"
[coordinates]
not_located = [[23.5, 41.1]]
{coordinates}
[status]
"Ανοιχτό" = "received"
"Έκλεισε" = "closed"
[channel]
"Τηλέφωνο" = "phone"
[category]
unknown = "{unknown}"
[category.codes]
"Λάμπα" = "light"
"Τρύπα" = "pothole"
"""


def row(number: Any, **other: Any) -> dict[str, Any]:
    """A request about a lamp at the usual spot, still open, unless said otherwise."""
    usual = {
        "id": number,
        "opened": "2024-03-04 09:30:00",
        "status": "Ανοιχτό",
        "type": "Λάμπα",
        "words": "Δεν ανάβει",
        "street": "Μεραρχίας 12",
        "lon": SPOT.x,
        "lat": SPOT.y,
        "via": "Τηλέφωνο",
    }
    return usual | other


@dataclass
class Dimitra:
    """Writes the files and runs the command."""

    app: Flask
    folder: Path
    said: list[str] = field(default_factory=list)

    def mapping(self, *, top: str = "", coordinates: str = "", unknown: str = "refuse", text: str = "") -> Path:
        path = self.folder / "mapping.toml"
        path.write_text(text or MAPPING.format(top=top, coordinates=coordinates, unknown=unknown), encoding="utf-8")
        return path

    def file(self, *rows: dict[str, Any], encoding: str = "utf-8", name: str = "old.csv", delimiter: str = ",") -> Path:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, HEADER, delimiter=delimiter, restval="")
        writer.writeheader()
        writer.writerows(rows)
        return self.raw(text.getvalue().encode(encoding), name)

    def raw(self, content: bytes, name: str = "old.csv") -> Path:
        path = self.folder / name
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    def runs(self, path: Path, *more: str, mapping: Path | None = None) -> str:
        result = self.tries(path, *more, mapping=mapping)
        assert result.exit_code == 0, result.output
        return str(result.output)

    def tries(self, path: Path, *more: str, mapping: Path | None = None) -> Any:
        mapping = mapping or self.mapping()
        args = ["import", "reports", str(path), "--mapping", str(mapping), *more]
        result = self.app.test_cli_runner().invoke(args=args)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def is_told(self, path: Path, *more: str, mapping: Path | None = None) -> str:
        """The one sentence with which the command refuses."""
        result = self.tries(path, *more, mapping=mapping)
        assert result.exit_code == 1, result.output
        assert "Traceback" not in result.output
        return str(result.output)

    def bad_rows(self) -> list[dict[str, str]]:
        path = Path(self.app.config["DATA_DIR"]) / "import" / "palio-bad.csv.gz"
        if not path.exists():
            return []
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def reasons(self) -> list[str]:
        return [bad["_reason"] for bad in self.bad_rows()]


@pytest.fixture
def dimitra(app: Flask, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dimitra:
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path / "data")
    monkeypatch.setenv("LC_ALL", "el_GR.UTF-8")
    return Dimitra(app, tmp_path)


@pytest.fixture
def real(own_database: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dimitra]:
    """Dimitra on a database where commits are real."""
    monkeypatch.setenv("LC_ALL", "el_GR.UTF-8")
    with own_database.app_context():
        the_town.build(db.session())
        db.session.commit()
        yield Dimitra(own_database, tmp_path)


def reports() -> list[Report]:
    db.session.expire_all()
    return list(db.session.scalars(select(Report).order_by(Report.id)))


def only() -> Report:
    (report,) = reports()
    return report


def homes() -> list[tuple[str | None, str | None]]:
    """Codes of unit and community of every report."""
    return [(r.unit.code if r.unit else None, r.community.code if r.community else None) for r in reports()]


def history(report: Report) -> list[ReportHistory]:
    return queries.history(report.id, public=False)


def figures(origin: str = "palio") -> tuple[int, int, int, int, int]:
    run = db.session.scalars(select(ImportRun).where(ImportRun.origin == origin)).one()
    db.session.refresh(run)
    return run.rows_read, run.imported, run.known_already, run.outside, run.refused


# -- what a request becomes --------------------------------------------------------------------------------


def test_an_old_request_is_filed_like_one_that_eleni_sends_today(dimitra: Dimitra, town: Town) -> None:
    dimitra.runs(dimitra.file(row("A-1")))
    report = only()
    today = spot_queries.where_is(SPOT, town.categories["light"])
    assert (report.origin, report.origin_id) == ("palio", "A-1")
    assert today.unit is not None
    assert today.community is not None
    assert today.asset is not None
    assert today.place is not None
    assert report.unit_id == today.unit["id"] == town.areas["905401"].id
    assert report.community_id == today.community["id"]
    assert report.asset_id == today.asset["id"]
    assert (report.near_place_id, report.near_distance_m, report.near_bearing) == (
        today.place["id"],
        today.place["distance_m"],
        today.place["bearing"],
    )
    assert report.category.code == "light"
    assert report.source is Source.PHONE
    assert (report.description, report.address_words) == ("Δεν ανάβει", "Μεραρχίας 12")
    assert report.released_at is None
    assert len(report.tracking_token) >= 32


def test_an_open_one_is_received_at_the_hour_it_was_written_down_in_serres(dimitra: Dimitra) -> None:
    dimitra.runs(dimitra.file(row(1, due="2024-03-08 15:00:00")))
    report = only()
    assert report.status is Status.RECEIVED
    assert report.version == 1
    assert report.received_at == report.updated_at == datetime(2024, 3, 4, 7, 30, tzinfo=UTC)
    assert report.target_at == datetime(2024, 3, 8, 13, 0, tzinfo=UTC)
    assert [(h.move, h.at) for h in history(report)] == [(Move.SUBMIT, report.received_at)]


def test_a_closed_one_keeps_when_and_with_which_words(dimitra: Dimitra) -> None:
    dimitra.runs(dimitra.file(row(1, status="Έκλεισε", closed="2024-03-06 12:00:00", answer="Άλλαξε η λάμπα")))
    report = only()
    closed = datetime(2024, 3, 6, 10, 0, tzinfo=UTC)
    assert (report.status, report.closed_at, report.updated_at) == (Status.CLOSED, closed, closed)
    assert report.resolved_at is None, "the old system never said that it was repaired"
    first, last = history(report)
    assert (first.move, first.status) == (Move.SUBMIT, Status.RECEIVED)
    assert (last.move, last.status, last.at, last.public_words) == (Move.CLOSE, Status.CLOSED, closed, "Άλλαξε η λάμπα")
    assert last.detail["imported"] == {
        "origin": "palio",
        "id": "1",
        "category": "Λάμπα",
        "status": "Έκλεισε",
        "channel": "Τηλέφωνο",
    }


def test_words_are_shown_to_everybody_only_when_the_mapping_releases_them(dimitra: Dimitra) -> None:
    dimitra.runs(dimitra.file(row(1)), mapping=dimitra.mapping(top="release = true"))
    assert only().released_at == only().received_at


def test_every_token_is_another(dimitra: Dimitra) -> None:
    dimitra.runs(dimitra.file(*(row(n) for n in range(50))))
    assert len({report.tracking_token for report in reports()}) == 50


def test_many_spots_are_filed_as_each_would_be_alone(dimitra: Dimitra, town: Town) -> None:
    chance = random.Random(41)
    spots = [(round(chance.uniform(23.49, 23.61), 4), round(chance.uniform(41.04, 41.16), 4)) for _n in range(80)]
    corners = [(x, y) for x in (23.5, 23.55, 23.6) for y in (41.05, 41.1, 41.15) if (x, y) != (23.5, 41.1)]
    asked = spots + corners
    dimitra.runs(dimitra.file(*(row(n, lon=x, lat=y) for n, (x, y) in enumerate(asked))))
    found = {report.origin_id: report for report in reports()}
    for number, (x, y) in enumerate(asked):
        alone = spot_queries.where_is(Point(x, y), town.categories["light"])
        report = found.get(str(number))
        assert (report is None) == (alone.municipality is None), (x, y)
        if report is not None:
            assert alone.unit is not None
            assert alone.community is not None
            assert (report.unit_id, report.community_id) == (alone.unit["id"], alone.community["id"]), (x, y)


def test_a_spot_in_a_sliver_between_outlines_goes_to_the_nearest_unit(dimitra: Dimitra, session: Session) -> None:
    wide = session.scalars(select(Area).where(Area.kind == AreaKind.MUNICIPALITY)).one()
    wide.outline = to_wkb(MultiPolygon([box(23.499, 41.05, 23.60, 41.15)]))
    session.commit()
    dimitra.runs(dimitra.file(row(1, lon=23.4995, lat=41.12)))
    assert homes() == [("905401", "90540102")]


def test_on_the_border_of_two_units_the_lower_code_wins(dimitra: Dimitra) -> None:
    dimitra.runs(dimitra.file(row(1, lon=23.55, lat=41.07)))
    assert homes() == [("905401", "90540101")]


def test_a_metre_outside_is_outside_and_a_metre_inside_is_inside(dimitra: Dimitra) -> None:
    metre = 1 / 111_320 / 0.753  # of longitude, at 41° N
    said = dimitra.runs(dimitra.file(row("out", lon=23.60 + metre, lat=41.07), row("in", lon=23.60 - metre, lat=41.07)))
    assert [report.origin_id for report in reports()] == ["in"]
    (bad,) = dimitra.bad_rows()
    assert (bad["_row"], bad["_reason"], bad["id"]) == ("1", "outside", "out")
    assert "Εκτός του Δήμου" in said


# -- every row is accounted for ----------------------------------------------------------------------------


def test_every_row_is_accounted_for(dimitra: Dimitra) -> None:
    said = dimitra.runs(
        dimitra.file(
            row(1),
            row(1),
            row(2, lon=23.65),
            row(3, lon=23.5, lat=41.1),
            row(4, lon="", lat=""),
            row(5, type="Κεραία"),
            row(6, status="Χάθηκε"),
            row(7, opened="χθες"),
            row(8, opened=""),
            row(9, status="Έκλεισε"),
            row(10, status="Έκλεισε", closed="2024-03-01 08:00:00"),
            row(11, opened="2190-01-01 10:00:00"),
            row(12, words="λ" * 4001),
            row(""),
            row(14, lon="μακριά"),
            row(15),
        )
    )
    assert figures() == (16, 2, 1, 1, 12)
    assert dimitra.reasons() == [
        "outside", "not-located", "not-located", "category", "status", "time", "time", "time", "time", "time",
        "too-long", "id", "coordinates",
    ]  # fmt: skip
    assert "16" in said
    assert all(bad["_why"] for bad in dimitra.bad_rows())


def test_a_long_text_is_cut_when_the_mapping_says_so(dimitra: Dimitra) -> None:
    dimitra.runs(dimitra.file(row(1, words="λ" * 5000)), mapping=dimitra.mapping(top='long_description = "cut"'))
    assert len(only().description) == 4000
    assert only().description.endswith(" …")


def test_bad_rows_go_where_dimitra_says_and_can_be_read_again(dimitra: Dimitra) -> None:
    aside = dimitra.folder / "aside.csv"
    dimitra.runs(dimitra.file(row(1, type="Κεραία"), row(2)), "--bad-rows", str(aside))
    corrected = dimitra.raw(aside.read_bytes().replace("Κεραία".encode(), "Λάμπα".encode()), "corrected.csv")
    dimitra.runs(corrected)
    assert sorted(report.origin_id or "" for report in reports()) == ["1", "2"]


# -- again, and after a fall -------------------------------------------------------------------------------


def test_running_it_twice_changes_nothing_and_says_so(dimitra: Dimitra) -> None:
    path = dimitra.file(row(1), row(2), row(3, type="Κεραία"))
    dimitra.runs(path)
    before = [(r.id, r.version, r.tracking_token) for r in reports()]
    said = dimitra.runs(path)
    assert "δεν άλλαξε τίποτα" in said
    assert [(r.id, r.version, r.tracking_token) for r in reports()] == before
    assert figures() == (3, 2, 0, 0, 1)
    assert dimitra.reasons() == ["category"]


def test_a_file_that_grew_brings_only_what_is_new(dimitra: Dimitra) -> None:
    dimitra.runs(dimitra.file(row(1), row(2)))
    dimitra.runs(dimitra.file(row(1), row(2), row(3), name="later.csv.gz"))
    assert [report.origin_id for report in reports()] == ["1", "2", "3"]
    assert db.session.scalar(select(func.count()).select_from(ReportHistory)) == 3


def test_with_a_corrected_mapping_refused_rows_get_another_try(dimitra: Dimitra) -> None:
    path = dimitra.file(row(1), row(2, type="Κεραία"))
    dimitra.runs(path)
    dimitra.runs(path, mapping=dimitra.mapping(unknown="pothole"))
    assert [report.category.code for report in reports()] == ["light", "pothole"]


def test_again_reads_the_whole_file_though_it_was_read(dimitra: Dimitra) -> None:
    path = dimitra.file(row(1), row(2))
    dimitra.runs(path)
    dimitra.runs(path, "--again")
    assert figures() == (2, 0, 2, 0, 0)
    assert len(reports()) == 2


def test_a_limit_stops_and_the_next_run_goes_on(dimitra: Dimitra) -> None:
    path = dimitra.file(*(row(n) for n in range(7)))
    assert "--limit" in dimitra.runs(path, "--limit", "3", "--batch", "2")
    assert len(reports()) == 3
    dimitra.runs(path)
    assert len(reports()) == 7
    assert figures() == (7, 7, 0, 0, 0)


def test_after_a_fall_in_the_third_batch_it_goes_on_and_doubles_nothing(
    real: Dimitra, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(n, type="Κεραία" if n % 5 == 0 else "Λάμπα") for n in range(1, 21)]
    path = real.file(*rows)
    write, calls = batch_queries.write_batch, []

    def falls(*args: Any) -> Any:
        calls.append(args)
        written = write(*args)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return written

    monkeypatch.setattr(batch_queries, "write_batch", falls)
    assert "συνεχίζει" in real.is_told(path, "--batch", "4")
    assert figures()[:2] == (8, 7)
    assert len(reports()) == 7
    monkeypatch.setattr(batch_queries, "write_batch", write)
    real.runs(path, "--batch", "4")
    assert figures() == (20, 16, 0, 0, 4)
    assert sorted(int(report.origin_id or 0) for report in reports()) == [n for n in range(1, 21) if n % 5]
    assert [bad["_row"] for bad in real.bad_rows()] == ["5", "10", "15", "20"]


def test_a_fall_between_the_side_file_and_the_commit_leaves_no_row_twice(
    real: Dimitra, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = real.file(*(row(n, type="Κεραία") for n in range(1, 7)))
    write = SideFile.write

    def falls(self: Any, bad: Any) -> None:
        write(self, bad)
        if any(one.number > 2 for one in bad):
            raise KeyboardInterrupt

    monkeypatch.setattr(SideFile, "write", falls)
    real.is_told(path, "--batch", "2")
    assert len(real.bad_rows()) == 4
    monkeypatch.setattr(SideFile, "write", write)
    half_a_member = Path(real.app.config["DATA_DIR"]) / "import" / "palio-bad.csv.gz"
    half_a_member.write_bytes(half_a_member.read_bytes()[:-9])
    real.runs(path, "--batch", "2")
    assert [bad["_row"] for bad in real.bad_rows()] == ["1", "2", "3", "4", "5", "6"]


def test_two_of_them_at_once_do_not_mix(dimitra: Dimitra, monkeypatch: pytest.MonkeyPatch) -> None:
    write = batch_queries.write_batch

    def elsewhere(*args: Any) -> Any:
        db.session.execute(ImportRun.__table__.update().values(rows_read=99))  # type: ignore[attr-defined]
        return write(*args)

    monkeypatch.setattr(batch_queries, "write_batch", elsewhere)
    assert "και από αλλού" in dimitra.is_told(dimitra.file(row(1)))
    assert reports() == []


def test_a_rehearsal_says_everything_and_keeps_nothing(dimitra: Dimitra) -> None:
    path = dimitra.file(row(1), row(2, lon=23.65), row(3, type="Κεραία"), row(1))
    said = dimitra.runs(path, "--dry-run", "--batch", "1", mapping=dimitra.mapping(unknown="create"))
    assert "τίποτα δεν αποθηκεύτηκε" in said
    assert [line.split()[-1] for line in said.splitlines()[:5]] == ["4", "2", "1", "1", "0"]
    assert reports() == []
    assert db.session.scalar(select(func.count()).select_from(ImportRun)) == 0
    assert db.session.scalar(select(Category.id).where(Category.name_el == "Κεραία")) is None
    assert dimitra.bad_rows() == []


# -- categories --------------------------------------------------------------------------------------------


def test_an_unknown_category_is_made_once_out_of_the_citizens_sight(dimitra: Dimitra) -> None:
    dimitra.runs(
        dimitra.file(row(1, type="Ψεκασμός  κουνουπιών"), row(2, type="ψεκασμός κουνουπιών"), row(3, type="Λάμπα")),
        mapping=dimitra.mapping(unknown="create"),
    )
    made = only_category("psekasmos-kounoupion")
    assert (made.name_el, made.name_en) == ("Ψεκασμός κουνουπιών", "Ψεκασμός κουνουπιών")
    assert (made.group.code, made.group.name_el) == ("imported", "Εισαγόμενα")
    assert not made.active
    assert made not in category_queries.active_categories()
    assert [report.category_id for report in reports()][:2] == [made.id, made.id]
    dimitra.runs(
        dimitra.file(row(4, type="Ψεκασμός κουνουπιών"), name="later.csv"), mapping=dimitra.mapping(unknown="create")
    )
    assert reports()[-1].category_id == made.id


def only_category(code: str) -> Category:
    return db.session.scalars(select(Category).where(Category.code == code)).one()


def test_a_new_code_gives_way_to_one_that_is_taken(dimitra: Dimitra) -> None:
    dimitra.runs(dimitra.file(row(1, type="Bench!"), row(2, type="***")), mapping=dimitra.mapping(unknown="create"))
    assert [report.category.code for report in reports()] == ["bench-2", "imported"]


def test_our_own_names_are_understood_without_a_mapping(dimitra: Dimitra) -> None:
    dimitra.runs(dimitra.file(row(1, type="παγκάκι"), row(2, type="Pothole")))
    assert [report.category.code for report in reports()] == ["bench", "pothole"]


# -- clocks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "written", "meant"),
    [
        ("Europe/Athens", "2024-10-27 03:30:00", datetime(2024, 10, 27, 0, 30, tzinfo=UTC)),  # came twice: the first
        ("Europe/Athens", "2024-03-31 03:30:00", datetime(2024, 3, 31, 1, 30, tzinfo=UTC)),  # never came
        ("America/New_York", "2011-03-13 02:30:00", datetime(2011, 3, 13, 7, 30, tzinfo=UTC)),
        ("Europe/Athens", "2024-07-01T10:00:00+00:00", datetime(2024, 7, 1, 10, 0, tzinfo=UTC)),
        ("Europe/Athens", "2024-07-01", datetime(2024, 6, 30, 21, 0, tzinfo=UTC)),
    ],
)
def test_hours_that_came_twice_or_never_are_hours_all_the_same(
    dimitra: Dimitra, zone: str, written: str, meant: datetime
) -> None:
    text = MAPPING.format(top="", coordinates="", unknown="refuse").replace("Europe/Athens", zone)
    dimitra.runs(dimitra.file(row(1, opened=written)), mapping=dimitra.mapping(text=text))
    assert only().received_at == meant


def test_greek_dates_are_read_by_the_formats_of_the_mapping(dimitra: Dimitra) -> None:
    mapping = dimitra.mapping(top='date_formats = ["%d/%m/%Y %H:%M", "%d/%m/%Y"]')
    dimitra.runs(dimitra.file(row(1, opened="04/03/2024 09:30"), row(2, opened="4/3/2024"), row(3)), mapping=mapping)
    assert [r.received_at for r in reports()] == [
        datetime(2024, 3, 4, 7, 30, tzinfo=UTC),
        datetime(2024, 3, 3, 22, 0, tzinfo=UTC),
    ]
    assert dimitra.reasons() == ["time"]


@pytest.mark.parametrize("moment", ["0001-01-01 00:00:00", "9999-12-31 23:59:59", "1850-01-01 10:00"])
def test_a_moment_no_clock_of_ours_shows_is_refused(dimitra: Dimitra, moment: str) -> None:
    dimitra.runs(dimitra.file(row(1, opened=moment)))
    assert dimitra.reasons() == ["time"]


# -- coordinates -------------------------------------------------------------------------------------------


def test_points_of_another_town_are_moved_from_centre_to_centre(dimitra: Dimitra) -> None:
    mapping = dimitra.mapping(coordinates="shift = { from = [-71.06, 42.36], to = [23.52, 41.07] }")
    dimitra.runs(dimitra.file(row(1, lon=-71.05, lat=42.37)), mapping=mapping)
    where = spot_queries.where_is(Point(23.53, 41.08))
    assert where.community is not None
    assert only().community_id == where.community["id"]


def test_greek_grid_metres_with_decimal_commas_are_understood(dimitra: Dimitra) -> None:
    from pyproj import Transformer

    x, y = Transformer.from_crs("EPSG:4326", "EPSG:2100", always_xy=True).transform(SPOT.x, SPOT.y)
    text = MAPPING.format(top="", coordinates='crs = "EPSG:2100"', unknown="refuse")
    text = text.replace('lon = "lon"', 'x = "lon"').replace('lat = "lat"', 'y = "lat"')
    dimitra.runs(
        dimitra.file(row(1, lon=f"{x:.3f}".replace(".", ","), lat=f"{y:.3f}")), mapping=dimitra.mapping(text=text)
    )
    assert only().near_distance_m == 0


def test_when_longitude_and_latitude_are_swapped_dimitra_is_told(dimitra: Dimitra) -> None:
    said = dimitra.runs(dimitra.file(row(1, lon=SPOT.y, lat=SPOT.x), row(2, lon=95, lat=195)))
    assert "ανάποδα" in said
    assert dimitra.reasons() == ["outside", "coordinates"]


# -- files as they come ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "declared", "name"),
    [
        ("utf-8-sig", "", "old.csv"),
        ("utf-8", 'encoding = "utf-8"', "old.csv.gz"),
        ("cp1253", 'encoding = "cp1253"', "old.csv"),
        ("iso8859-7", 'encoding = "iso-8859-7"', "old.csv.gz"),
        ("utf-16", "", "old.csv"),
    ],
)
def test_greek_arrives_whatever_it_was_written_in(dimitra: Dimitra, encoding: str, declared: str, name: str) -> None:
    path = dimitra.file(
        row(1, words="Ψηλά δέντρα, «ξερά»".replace("«", '"').replace("»", '"')), encoding=encoding, name=name
    )
    dimitra.runs(path, mapping=dimitra.mapping(top=declared))
    assert only().description == 'Ψηλά δέντρα, "ξερά"'


def test_semicolons_and_descriptions_of_several_lines(dimitra: Dimitra) -> None:
    path = dimitra.file(row(1, words="μία;\nδύο\r\nτρεις"), row(2), delimiter=";")
    dimitra.runs(path, mapping=dimitra.mapping(top='delimiter = ";"'))
    assert [report.description for report in reports()] == ["μία;\nδύο\nτρεις", "Δεν ανάβει"]


@pytest.mark.parametrize(
    ("encoding", "declared", "hint"),
    [
        ("cp1253", "", "cp1253"),
        ("utf-8", 'encoding = "cp1253"', "UTF-8"),
        ("utf-16-le", 'encoding = "utf-8"', "UTF-16"),
    ],
)
def test_a_wrong_encoding_is_named_before_anything_is_kept(
    dimitra: Dimitra, encoding: str, declared: str, hint: str
) -> None:
    path = dimitra.file(*(row(n) for n in range(5)), encoding=encoding)
    assert hint in dimitra.is_told(path, mapping=dimitra.mapping(top=declared))
    assert reports() == []


def test_one_row_of_other_bytes_is_refused_alone(dimitra: Dimitra) -> None:
    whole = dimitra.file(row(1), row(2, words="ΞΞΞ"), row(3)).read_bytes()
    dimitra.runs(dimitra.raw(whole.replace("ΞΞΞ".encode(), "ΞΞΞ".encode("cp1253"))))
    assert [report.origin_id for report in reports()] == ["1", "3"]
    assert dimitra.reasons() == ["encoding"]


def test_an_open_quote_costs_one_row_and_not_the_rest(dimitra: Dimitra) -> None:
    lines = dimitra.file(*(row(n) for n in range(1, 8))).read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace("Δεν".encode(), '"Δεν'.encode(), 1)
    assert b'"' in lines[2]
    lines[5] = lines[5].replace("Δεν ανάβει".encode(), '"Δεν ανάβει, ποτέ"'.encode(), 1)
    lines[7] = lines[7].rstrip().replace("Τηλέφωνο".encode(), '"Τηλ'.encode())
    dimitra.runs(dimitra.raw(b"".join(lines)))
    assert [report.origin_id for report in reports()] == ["1", "3", "4", "5", "6"]
    assert reports()[3].description == "Δεν ανάβει, ποτέ"
    assert dimitra.reasons() == ["quotes", "quotes"]
    assert figures() == (7, 5, 0, 0, 2)


def test_nul_bytes_and_missing_columns_cost_their_row(dimitra: Dimitra) -> None:
    whole = dimitra.file(row(1), row(2, words="ΞΞΞ"), row(3)).read_bytes()
    dimitra.runs(dimitra.raw(whole.replace("ΞΞΞ".encode(), b"a\0b") + b"4,2024-03-04\r\n\r\n"))
    assert dimitra.reasons() == ["nul", "columns"]
    assert figures() == (4, 2, 0, 0, 2)


def test_memory_stays_small_when_a_line_never_ends(dimitra: Dimitra) -> None:
    path = dimitra.raw(dimitra.file(row(1)).read_bytes() + b"2," + b"x" * 5_000_000 + b"\r\n", "old.csv.gz")
    dimitra.runs(path)
    assert [report.origin_id for report in reports()] == ["1"]
    assert set(dimitra.reasons()) == {"columns"}


def _cut(content: bytes) -> bytes:
    return gzip.compress(content)[:-20]


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("empty.csv", lambda whole: b"", "άδειο"),
        ("zip.csv", lambda whole: b"PK\x03\x04" + whole, "ZIP"),
        ("other.csv", lambda whole: b"a;b;c\r\n1;2;3\r\n", "delimiter"),
        ("fewer.csv", lambda whole: whole.replace(b"opened", b"begun"), "«opened»"),
        ("cut.bin", _cut, "κόβεται"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(
    dimitra: Dimitra, name: str, content: Callable[[bytes], bytes], hint: str
) -> None:
    whole = dimitra.file(*(row(n, words=str(n) * 40) for n in range(200))).read_bytes()
    said = dimitra.is_told(dimitra.raw(content(whole), name))
    assert hint in said
    assert len(said.strip().splitlines()) == 1


def test_a_file_that_is_not_there(dimitra: Dimitra) -> None:
    assert "nowhere.csv" in dimitra.is_told(dimitra.folder / "nowhere.csv")


# -- the mapping file --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('origin = "palio"', "", "origin"),
        ('origin = "palio"', 'origin = "Το παλιό"', "origin"),
        ("Europe/Athens", "Europe/Serres", "time_zone"),
        ('id = "id"', "", "columns.id"),
        ('id = "id"', "id = 7", "columns.id"),
        ('lat = "lat"', "", "columns.lat"),
        ('lat = "lat"', 'lat = "lat"\nx = "x"\ny = "y"', "columns.lon"),
        ('closed = "closed"', 'closd = "closed"', "columns.closd"),
        ("[[23.5, 41.1]]", "[[23.5]]", "coordinates.not_located"),
        ("[[23.5, 41.1]]", '[]\ncrs = "EPSG:1"', "coordinates.crs"),
        ("[[23.5, 41.1]]", "[]\nshift = { from = [1, 2] }", "coordinates.shift"),
        ('"received"', '"lost"', "status.ανοιχτό"),
        ('"received"', '"in_progress"', "status.ανοιχτό"),
        ('"phone"', '"pigeon"', "channel.τηλέφωνο"),
        ('"pothole"', '"rocket"', "category.codes.τρύπα"),
        ('unknown = "refuse"', 'unknown = "rocket"', "category.unknown"),
        ('unknown = "refuse"', "target_days = 0", "category.target_days"),
        ("[columns]", 'colour = "red"\n[columns]', "colour"),
        ("[columns]", 'encoding = "klingon"\n[columns]', "encoding"),
        ("[columns]", 'delimiter = "::"\n[columns]', "delimiter"),
        ("[columns]", 'long_description = "burn"\n[columns]', "long_description"),
        ('status = "status"', "", "columns.status"),
    ],
)
def test_a_wrong_mapping_names_the_key(dimitra: Dimitra, old: str, new: str, key: str) -> None:
    text = MAPPING.format(top="", coordinates="", unknown="refuse")
    assert old in text
    said = dimitra.is_told(dimitra.file(row(1)), mapping=dimitra.mapping(text=text.replace(old, new, 1)))
    assert f"«{key}»" in said
    assert len(said.strip().splitlines()) == 1


def test_a_mapping_that_is_no_toml_or_is_not_there(dimitra: Dimitra) -> None:
    path = dimitra.file(row(1))
    assert "TOML" in dimitra.is_told(path, mapping=dimitra.mapping(text="origin = "))
    assert "nothing.toml" in dimitra.is_told(path, mapping=dimitra.folder / "nothing.toml")


def test_the_origin_may_be_given_on_the_command_line(dimitra: Dimitra) -> None:
    dimitra.runs(dimitra.file(row(1)), "--origin", "other")
    assert only().origin == "other"


def test_the_example_mapping_is_a_good_one(dimitra: Dimitra) -> None:

    example = Path(__file__).parents[2] / "docs" / "examples" / "boston-311.toml"
    with dimitra.app.app_context():
        read = mappings.load(example)
    assert read.origin == "boston-311"
    assert read.shift == pytest.approx((94.6071, -1.2738))


def test_without_an_outline_nothing_is_imported(own_database: Flask, tmp_path: Path) -> None:
    alone = Dimitra(own_database, tmp_path)
    assert "--kind municipality" in alone.is_told(alone.file(row(1)))


def test_an_english_shell_is_answered_in_english_only_if_it_asks(
    dimitra: Dimitra, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.cli.terminal import operators_language

    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert operators_language() == "en"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert operators_language() == "el"


def test_a_report_sent_in_the_same_hour_is_left_alone(dimitra: Dimitra, town: Town) -> None:
    """Two imports of one origin at once: the unique key decides, and the loser is counted as known."""
    dimitra.runs(dimitra.file(row(1)))
    found = only()
    with dimitra.app.app_context():
        rows: list[runs.Incoming] = []
        figures_now, outside = runs.import_batch(
            "palio",
            "f" * 64,
            rows,
            refused=0,
            after_row=runs.open_run("palio", "f" * 64, at=found.received_at).rows_read,
            at=found.received_at,
        )
    assert (figures_now.rows_read, outside) == (0, frozenset())
