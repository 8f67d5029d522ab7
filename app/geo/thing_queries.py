"""The town's things that a citizen points at: those on a piece of the map, and those that a report names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from shapely.geometry import Point
from sqlalchemy import text

from app.errors import Invalid
from app.extensions import db
from app.language import localized

#: A row of lamps along a street, and not half of the town.
MOST_POINTED_AT = 20
POINTED_WITHIN_M = 1000
#: In degrees; on a wider piece of the map no single thing can be hit.
WIDEST = 0.2
#: Marks that a phone's map can hold; those in its middle come first.
MOST_ON_MAP = 250


@dataclass(frozen=True)
class Thing:
    """An asset as one points at it: ``key`` is its kind and code, ``street_light/Φ-0123``; WGS84 degrees."""

    id: int
    key: str
    kind: str
    code: str
    name_el: str
    name_en: str
    lon: float
    lat: float
    distance_m: float

    def pointed_at(self) -> dict[str, Any]:
        """As a report keeps it, whatever becomes of the town's list."""
        return {"kind": self.kind, "code": self.code, "name_el": self.name_el, "name_en": self.name_en}


_FOUND = """
SELECT id, kind || '/' || code AS key, kind, code, name_el, name_en, round(ST_X(spot)::numeric, 6)::float AS lon,
    round(ST_Y(spot)::numeric, 6)::float AS lat, distance_m
FROM found"""
_ON_MAP = text(
    f"""
WITH box AS (SELECT ST_MakeEnvelope(:west, :south, :east, :north, 4326) AS edge),
found AS (
    SELECT a.*, ST_ClosestPoint(a.location::geometry, ST_Centroid(edge)) AS spot,
        ST_Distance(a.location, ST_Centroid(edge)::geography) AS distance_m
    FROM asset a, box
    WHERE ST_Intersects(a.location, edge::geography) AND GeometryType(a.location::geometry) = 'POINT'
    ORDER BY distance_m, a.id LIMIT {MOST_ON_MAP}
)
{_FOUND} ORDER BY distance_m, id"""
)
_NAMED = text(
    f"""
WITH here AS (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography AS geog),
found AS (
    SELECT a.*, ST_ClosestPoint(a.location::geometry, here.geog::geometry) AS spot,
        ST_Distance(a.location, here.geog) AS distance_m, pointed.at
    FROM here, unnest(CAST(:kinds AS text[]), CAST(:codes AS text[])) WITH ORDINALITY AS pointed(kind, code, at)
    JOIN asset a ON a.kind = pointed.kind AND a.code = pointed.code
)
{_FOUND} ORDER BY at"""
)


def things_on_map(box: tuple[float, float, float, float]) -> list[Thing]:
    """What stands in west, south, east, north (degrees), from its middle outwards; nothing of a too wide box."""
    west, south, east, north = box
    if max(east - west, north - south) > WIDEST:
        return []
    values = {"west": west, "south": south, "east": east, "north": north}
    return [Thing(**row._mapping) for row in db.session.execute(_ON_MAP, values)]


def things_pointed_at(keys: Sequence[str], spot: Point) -> list[Thing]:
    """The things of these keys, each once and in their order.

    Raises Invalid at ``things`` for too many, for one that the town does not know, and for one far from the spot.
    """
    wanted = list(dict.fromkeys(key.replace("\0", "") for key in keys if key))
    if not wanted:
        return []
    if len(wanted) > MOST_POINTED_AT:
        raise Invalid({"things": [_("Διαλέξτε έως %(most)s στοιχεία σε μία αναφορά.", most=MOST_POINTED_AT)]})
    kinds, _slashes, codes = zip(*(key.partition("/") for key in wanted), strict=True)
    rows = db.session.execute(_NAMED, {"lon": spot.x, "lat": spot.y, "kinds": list(kinds), "codes": list(codes)})
    found = [Thing(**row._mapping) for row in rows]
    known = {thing.key for thing in found}
    unknown = [key.rpartition("/")[2] for key in wanted if key not in known]
    if unknown:
        words = _("Δεν γνωρίζουμε το στοιχείο %(codes)s. Αφαιρέστε το ή διαλέξτε άλλο.", codes=", ".join(unknown)[:200])
        raise Invalid({"things": [words]})
    far = [localized(thing) for thing in found if thing.distance_m > POINTED_WITHIN_M]
    if far:
        words = _("Είναι μακριά από το σημείο: %(names)s. Στείλτε άλλη αναφορά γι’ αυτό.", names=", ".join(far))
        raise Invalid({"things": [words]})
    return found
