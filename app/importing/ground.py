"""The town's ground and its addresses from an OpenStreetMap extract; run again, it is brought up to date.

The caller commits, and re-files reports in the same transaction.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely
from flask_babel import gettext as _
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from app.geo.ground import OSM_ATTRIBUTION
from app.geo.latin import latin
from app.geo.models import TileLayer
from app.importing import draft_queries, field_names, ground_queries, osm_file, osm_tags
from app.importing.draft_queries import Wanted
from app.importing.field_names import FieldNames
from app.importing.filing_queries import run_script
from app.importing.ground_queries import Counts
from app.importing.osm_file import Thing
from app.importing.osm_tags import Names, Tags
from app.importing.outline_files import Contents, ImportResult, text_in, wrong

_AT_ONCE = 5000
#: Fewer streets or doors than these may all go without a word.
_MANY = 20
_DOORS_AT_A_SPOT = 20
#: A capital has a few of its streets in every language.
_GREEK_ENOUGH = 0.2
_EARTH_M = 6378137.0


@dataclass
class GroundResult:
    """What became of the file."""

    ground: Counts
    #: How many streets, doors, crossings and places there are now.
    now: dict[str, int] = field(default_factory=dict)
    data_at: datetime | None = None
    latin_only: bool = False
    drafts: int = 0


def import_osm(
    path: Path,
    *,
    data_dir: Path,
    latin_names: bool,
    replace: bool = False,
    attribution: str = OSM_ATTRIBUTION,
    approximate: bool = False,
    assets: Sequence[Wanted] = (),
    seen: Callable[[int], None] = lambda _number: None,
) -> GroundResult:
    """Ground, streets, doors, crossings and points of what lies in or near the municipality; ``assets`` as drafts.

    Raises Invalid, with nothing changed: no municipality yet, a file that is cut or no extract, no street inside, names
    in Latin letters alone while ``latin_names`` is false, or half the streets gone while ``replace`` is.
    """
    outline = ground_queries.municipality()
    if outline is None:
        raise wrong(_("Φορτώστε πρώτα το όριο του Δήμου: script/flask geo import ΑΡΧΕΙΟ --kind municipality."))
    reader = _Reader(assets)
    run_script(ground_queries.INCOMING)
    keys = {one.key for one in assets}
    for thing in osm_file.things(path, outline.buffer(osm_file.MARGIN_DEG), data_dir, seen, keys):
        reader.read(thing)
    reader.finish()
    named, greek = ground_queries.streets_within()
    if not named:
        raise wrong(
            _(
                "Το «%(file)s» δεν έχει κανέναν δρόμο με όνομα μέσα στον Δήμο. Δώστε απόσπασμα που τον περιέχει. "
                "Δεν άλλαξε τίποτα.",
                file=path.name,
            )
        )
    latin_only = greek < named * _GREEK_ENOUGH
    if latin_only and not latin_names:
        raise wrong(
            _(
                "Τα ονόματα του «%(file)s» είναι μόνο με λατινικά γράμματα. Αν έτσι τα θέλετε, προσθέστε "
                "--latin-names. Δεν άλλαξε τίποτα.",
                file=path.name,
            )
        )
    before, is_sketch = ground_queries.streets_drawn()
    result = GroundResult(ground_queries.replace_ground(), data_at=osm_file.when(path), latin_only=latin_only)
    ground_queries.replace_streets()
    if not (replace or is_sketch):
        _require_most(path, before, ground_queries.streets_drawn()[0])
    ground_queries.replace_points()
    if assets:
        result.drafts = draft_queries.replace_drafts(assets)
    ground_queries.note_source(
        TileLayer.GROUND, attribution=attribution, approximate=approximate, data_at=result.data_at
    )
    result.now = ground_queries.how_many()
    return result


def _require_most(path: Path, before: int, after: int) -> None:
    """Whoever gives the wrong file should not empty the town. Raises Invalid."""
    if before >= _MANY and after < before / 2:
        raise wrong(
            _(
                "Το «%(file)s» έχει μόνο %(after)s από τα %(before)s που υπάρχουν τώρα. Αν αυτό θέλετε, προσθέστε "
                "--replace. Δεν άλλαξε τίποτα.",
                file=path.name,
                after=after,
                before=before,
            )
        )


def import_addresses(path: Path, contents: Contents, names: FieldNames, *, replace: bool) -> ImportResult:
    """The town's own register of doors: a point with a street and a number each; it goes before what a map says.

    Raises Invalid, with nothing changed, when no field says street or number, no row is of use, or half the register
    would go while ``replace`` is false.
    """
    for column in ("street", "number"):
        field_names.find(column, getattr(names, column), contents.fields, needed=True)
    result = ImportResult(latin_names=names.name_en is None)
    rows: dict[str, tuple[Any, ...]] = {}
    for row_number, feature in enumerate(contents.features, start=1):
        street, number = text_in(feature, names.street), text_in(feature, names.number)
        code = text_in(feature, names.code) or f"#{row_number}"
        first = osm_tags.first_number(number or "")
        spot = feature.shape if isinstance(feature.shape, Point) and not feature.shape.is_empty else None
        too_long = max(len(street or ""), len(code)) > osm_tags.LONGEST_NAME
        if street is None or number is None or first is None or spot is None or too_long:
            result.refused.append((code, _("δεν έχει δρόμο, αριθμό ή σημείο")))
            continue
        if code in rows:
            result.refused.append((code, _("υπάρχει δεύτερο με τον ίδιο κωδικό «%(code)s»", code=code)))
            continue
        english = text_in(feature, names.name_en) or latin(street)
        rows[code] = (code, street, english, number[:20], first, False, _hex(spot))
    run_script(ground_queries.INCOMING)
    ground_queries.take_in("in_door", list(rows.values()))
    before = ground_queries.doors_of_the_town()
    result.created = ground_queries.replace_register()
    if not result.created:
        raise wrong(_("Το «%(file)s» δεν έχει κανέναν αριθμό μέσα στον Δήμο. Δεν άλλαξε τίποτα.", file=path.name))
    if not replace:
        _require_most(path, before, result.created)
    outside = len(rows) - result.created
    if outside:
        result.refused.append((_("%(count)s σημεία", count=outside), _("έξω από τον Δήμο")))
    return result


class _Reader:
    """Sorts what comes by into the incoming tables, a few thousand rows at a time."""

    def __init__(self, assets: Sequence[Wanted]) -> None:
        self._assets = assets
        self._waiting: dict[str, list[tuple[Any, ...]]] = {}
        self._interpolated: list[Thing] = []

    def read(self, thing: Thing) -> None:
        names = osm_tags.names_of(thing.tags)
        self._asset(thing, names)
        self._shape(thing, names)
        if "addr:interpolation" in thing.tags and thing.nodes:
            self._interpolated.append(thing)
        if isinstance(thing.shape, LineString):
            if names.el and _is_named_street(thing.tags):
                self._put("in_way", names.el, names.en, names.others, _hex(thing.shape))
            return
        spot = thing.shape if isinstance(thing.shape, Point) else thing.shape.representative_point()
        self._door(thing, spot)
        kind = osm_tags.point_kind(thing.tags)
        if kind and names.el:
            self._put(
                "in_point", f"osm-{thing.id}", kind, names.el, names.en, osm_tags.population(thing.tags), _hex(spot)
            )

    def _shape(self, thing: Thing, names: Names) -> None:
        if isinstance(thing.shape, Point):
            return
        flat = _in_mercator(thing.shape)
        if isinstance(thing.shape, LineString):
            drawn = osm_tags.line_drawn(thing.tags)
        else:
            drawn = osm_tags.area_drawn(thing.tags, math.sqrt(flat.area))
        if drawn is not None:
            row = (drawn.layer.value, drawn.kind, names.el, names.en, drawn.min_zoom, _hex(flat, 3857))
            self._put("in_ground", thing.id, *row)

    def finish(self) -> None:
        """What waits goes; then the doors reckoned between two that came."""
        for table in ("in_ground", "in_way", "in_door", "in_point", "in_asset"):
            self._send(table)
        ground_queries.find_nodes()
        for line in self._interpolated:
            self._between(line)
        self._send("in_door")

    def _asset(self, thing: Thing, names: Names) -> None:
        for wanted in self._assets:
            # A closed line comes again as an area.
            if wanted.fits(thing.tags) and not (isinstance(thing.shape, LineString) and thing.shape.is_closed):
                shape = thing.shape if isinstance(thing.shape, LineString) else thing.shape.representative_point()
                code = f"osm-{thing.id}"
                told = {key: value for key, value in thing.tags.items() if not key.startswith(("name", "source"))}
                name = (names.el or code, names.en or code)
                self._put("in_asset", wanted.kind, code, *name, orjson.dumps(told).decode(), _hex(shape))

    def _door(self, thing: Thing, spot: Point) -> None:
        street = thing.tags.get("addr:street") or thing.tags.get("addr:place") or ""
        # «12;14» are two doors on one spot.
        numbers = dict.fromkeys(part.strip() for part in thing.tags.get("addr:housenumber", "").split(";"))
        for n, number in enumerate(list(numbers)[:_DOORS_AT_A_SPOT]):
            first = osm_tags.first_number(number)
            if first is not None:
                code = thing.id if n == 0 else f"{thing.id}.{n}"
                self._put("in_door", code, street.strip(), "", number.strip()[:20], first, False, _hex(spot))

    def _between(self, line: Thing) -> None:
        """Doors along a line of ``addr:interpolation``, evenly between the known ones of its nodes."""
        numbers = ground_queries.node_places([f"n{node}" for node in line.nodes])
        corners = list(line.shape.coords)
        if len(corners) != len(line.nodes):
            return  # cut at the border of the extract
        known = [(place, numbers[f"n{node}"]) for place, node in enumerate(line.nodes) if f"n{node}" in numbers]
        for (start, first), (end, last) in itertools.pairwise(known):
            between = osm_tags.between(first, last, line.tags["addr:interpolation"])
            piece = LineString(corners[start : end + 1])
            for n, number in enumerate(between, start=1):
                spot = piece.interpolate(n / (len(between) + 1), normalized=True)
                code, street = f"{line.id}.{start}.{number}", line.tags.get("addr:street", "")
                self._put("in_door", code, street, "", str(number), number, True, _hex(spot))

    def _put(self, table: str, *row: Any) -> None:
        rows = self._waiting.setdefault(table, [])
        rows.append(row)
        if len(rows) >= _AT_ONCE:
            self._send(table)

    def _send(self, table: str) -> None:
        rows = self._waiting.pop(table, [])
        if rows:
            ground_queries.take_in(table, rows)


def _is_named_street(tags: Tags) -> bool:
    road = tags.get("highway", "").removesuffix("_link")
    return road in osm_tags.STREETS or road in ("footway", "path", "steps")


def _in_mercator(shape: BaseGeometry) -> BaseGeometry:
    """WGS84 degrees to EPSG:3857 metres, by the formula of the sphere."""

    def across(corners: Any) -> Any:
        lon, lat = np.radians(corners[:, 0]), np.radians(np.clip(corners[:, 1], -85.06, 85.06))
        return np.column_stack((_EARTH_M * lon, _EARTH_M * np.arctanh(np.sin(lat))))

    return shapely.transform(shape, across)


def _hex(shape: BaseGeometry, srid: int = 4326) -> str:
    return shapely.to_wkb(shapely.set_srid(shape, srid), hex=True, include_srid=True)
