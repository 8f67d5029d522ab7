"""An OpenStreetMap extract read as a stream: only what we draw or find, in or near the municipality.

Memory does not grow with the file: the places of its nodes are kept in a file beside our data, and things leave here
one by one. Shapes are WGS84, lon/lat.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import osmium
import shapely
from flask_babel import gettext as _
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from app.importing import osm_tags
from app.importing.outline_files import wrong

SUFFIXES = (".osm", ".osm.bz2", ".osm.gz", ".osm.pbf", ".pbf")
#: Ground is drawn this far beyond the municipality, for whoever lives at its border. Degrees, about 2 km.
MARGIN_DEG = 0.02
_TOLD_EVERY = 500
_PREFIX = "osm-nodes-"
_LEFT_AFTER_S = 24 * 3600


@dataclass(frozen=True)
class Thing:
    """One node, way or area of the file: ``id`` is «n1», «w2», «r3»; ``nodes`` those of a line of house numbers."""

    id: str
    tags: dict[str, str]
    shape: BaseGeometry
    nodes: tuple[int, ...] = ()


def when(path: Path) -> datetime:
    """When the extract was made, as it says itself, else as its file does."""
    header = _header(path)
    said = header.get("osmosis_replication_timestamp") or header.get("timestamp")
    try:
        return datetime.fromisoformat(said.replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def require_osm(path: Path) -> None:
    """Raises Invalid with a sentence for what is no OpenStreetMap file, before anything is read of it."""
    if not path.exists():
        raise wrong(_("Δεν υπάρχει αρχείο «%(path)s».", path=path))
    if not path.name.lower().endswith(SUFFIXES):
        raise wrong(
            _("Το «%(file)s» δεν είναι αρχείο του OpenStreetMap. Δώστε .osm, .osm.bz2 ή .osm.pbf.", file=path.name)
        )
    _header(path)


def _header(path: Path) -> Any:
    try:
        with osmium.io.Reader(str(path)) as reader:
            return reader.header()
    except (RuntimeError, OSError, ValueError) as error:
        raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> Exception:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return wrong(
        _(
            "Το «%(file)s» δεν διαβάζεται ως αρχείο OpenStreetMap: είναι κομμένο ή άλλης μορφής (%(reason)s). "
            "Κατεβάστε το ξανά. Δεν άλλαξε τίποτα.",
            file=path.name,
            reason=reason,
        )
    )


def how_many(path: Path, more_keys: Collection[str] = ()) -> int:
    """How many objects there are to look at; reads the file once, to its end.

    Raises Invalid for a file that is cut or of another format.
    """
    try:
        return sum(1 for _entry in osmium.FileProcessor(str(path)).with_filter(_wanted(more_keys)))
    except (RuntimeError, OSError, ValueError) as error:
        raise damaged(path, error) from error


def things(
    path: Path, within: BaseGeometry, data_dir: Path, seen: Callable[[int], None], more_keys: Collection[str] = ()
) -> Iterator[Thing]:
    """Every thing we may want, or that has one of ``more_keys``, whose shape touches ``within``.

    ``seen`` hears of the objects that went by.
    """
    shapely.prepare(within)
    _clear_away(data_dir)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=data_dir) as folder:
        for number, thing in enumerate(_found(path, Path(folder) / "nodes", more_keys), start=1):
            if number % _TOLD_EVERY == 0:
                seen(_TOLD_EVERY)
            if thing is not None and within.intersects(thing.shape):
                yield thing


def _clear_away(data_dir: Path) -> None:
    """What imports that were killed left behind; one that runs is younger."""
    for left in data_dir.glob(f"{_PREFIX}*"):
        if time.time() - left.stat().st_mtime > _LEFT_AFTER_S:
            shutil.rmtree(left, ignore_errors=True)


def _wanted(more_keys: Collection[str]) -> Any:
    return osmium.filter.KeyFilter(*{*osm_tags.KEYS, *more_keys})


def _found(path: Path, nodes: Path, more_keys: Collection[str]) -> Iterator[Thing | None]:
    stream = (
        osmium.FileProcessor(str(path))
        .with_locations(f"sparse_file_array,{nodes}")
        .with_areas(osmium.filter.KeyFilter(*{*osm_tags.AREA_KEYS, *more_keys}))
        .with_filter(_wanted(more_keys))
    )
    try:
        for entry in stream:
            yield _thing(entry)
    except (RuntimeError, OSError, ValueError) as error:
        raise damaged(path, error) from error


def _thing(entry: Any) -> Thing | None:
    if entry.is_node():
        return Thing(f"n{entry.id}", dict(entry.tags), Point(entry.lon, entry.lat)) if entry.location.valid() else None
    if entry.is_way():
        return _line(entry)
    if entry.is_area():
        return _area(entry)
    return None


def _line(way: Any) -> Thing | None:
    # An extract that was cut along a line has ways without some of their nodes.
    known = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
    if len(known) < 2 or len(set(known)) < 2:
        return None
    tags = dict(way.tags)
    nodes = tuple(node.ref for node in way.nodes) if "addr:interpolation" in tags else ()
    return Thing(f"w{way.id}", tags, LineString(known), nodes)


def _area(area: Any) -> Thing | None:
    polygons = []
    for outer in area.outer_rings():
        shell = [(node.lon, node.lat) for node in outer if node.location.valid()]
        holes = [[(node.lon, node.lat) for node in inner if node.location.valid()] for inner in area.inner_rings(outer)]
        if len(shell) >= 4:
            polygons.append(Polygon(shell, [hole for hole in holes if len(hole) >= 4]))
    if not polygons:
        return None
    return Thing(("w" if area.from_way() else "r") + str(area.orig_id()), dict(area.tags), MultiPolygon(polygons))
