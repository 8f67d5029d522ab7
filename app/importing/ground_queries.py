"""What an import of the ground does in the database: taken in beside the old, compared, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select, text

from app.extensions import db
from app.geo.models import Area, AreaKind
from app.importing.filing_queries import driver, run_script

#: A door is of a street of its name this near; without a name, of the nearest this near. Metres.
DOOR_OF_NAMED_M = 500
DOOR_OF_NEAREST_M = 60
#: Two crossings of the same streets nearer than this are one, as of a street with two lanes apart.
CROSSING_M = 40

INCOMING = """
DROP TABLE IF EXISTS pg_temp.in_ground, pg_temp.in_way, pg_temp.in_door, pg_temp.in_point, pg_temp.way_home,
    pg_temp.door_home, pg_temp.place_gone, pg_temp.in_kind, pg_temp.in_asset;
CREATE TEMP TABLE in_ground (osm_id text, layer text, kind text, name_el text, name_en text, min_zoom smallint,
    shape geometry) ON COMMIT DROP;
CREATE TEMP TABLE in_way (name_el text, name_en text, others text, shape geometry) ON COMMIT DROP;
CREATE TEMP TABLE in_door (code text, street text, street_en text, number text, number_first int,
    interpolated boolean, location geometry) ON COMMIT DROP;
CREATE TEMP TABLE in_kind (kind text) ON COMMIT DROP;
CREATE TEMP TABLE in_asset (kind text, code text, name_el text, name_en text, attributes jsonb, location geometry)
    ON COMMIT DROP;
CREATE TEMP TABLE in_point (code text, kind text, name_el text, name_en text, population int, location geometry)
    ON COMMIT DROP"""

_COLUMNS = {
    "in_ground": ("osm_id", "layer", "kind", "name_el", "name_en", "min_zoom", "shape"),
    "in_way": ("name_el", "name_en", "others", "shape"),
    "in_door": ("code", "street", "street_en", "number", "number_first", "interpolated", "location"),
    "in_kind": ("kind",),
    "in_asset": ("kind", "code", "name_el", "name_en", "attributes", "location"),
    "in_point": ("code", "kind", "name_el", "name_en", "population", "location"),
}


def take_in(table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Rows for one of the incoming tables, in the order of its columns; shapes as hexadecimal EWKB."""
    columns = ", ".join(_COLUMNS[table])
    with driver().cursor() as cursor, cursor.copy(f"COPY pg_temp.{table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def municipality() -> BaseGeometry | None:
    """The outline of the town, WGS84; None before it is loaded."""
    outline = db.session.scalars(select(Area.outline).where(Area.kind == AreaKind.MUNICIPALITY)).first()
    return None if outline is None else to_shape(outline)


def streets_within() -> tuple[int, int]:
    """How many names of streets the file has in the municipality, and how many of them in Greek letters."""
    asked = """
        SELECT count(DISTINCT w.name_el), count(DISTINCT w.name_el) FILTER (WHERE w.name_el ~ '[Ͱ-Ͽἀ-῿]')
        FROM pg_temp.in_way w JOIN area a ON a.kind = 'municipality' AND ST_Intersects(a.outline, w.shape)"""
    named, greek = db.session.execute(text(asked)).one()
    return named, greek


def streets_drawn() -> tuple[int, bool]:
    """How many streets there are of a map, and whether that is a sketch, which any real map may replace."""
    asked = text(
        "SELECT (SELECT count(*) FROM street WHERE drawn), (SELECT approximate FROM map_layer WHERE layer = 'ground')"
    )
    many, approximate = db.session.execute(asked).one()
    return int(many), bool(approximate)


def doors_of_the_town() -> int:
    """How many doors the town's own register has."""
    return int(db.session.scalar(text("SELECT count(*) FROM door WHERE source = :source"), {"source": TOWN}) or 0)


def find_nodes() -> None:
    """Before ``node_places`` is asked: so many lines ask by so many nodes."""
    run_script("CREATE INDEX ON pg_temp.in_door (code); ANALYZE pg_temp.in_door")


def node_places(codes: Sequence[str]) -> dict[str, str]:
    """By the code of a node with a house number its number; of those that came in."""
    asked = text("SELECT code, number FROM pg_temp.in_door WHERE code = ANY(:codes)")
    return {row.code: row.number for row in db.session.execute(asked, {"codes": list(codes)})}


@dataclass(frozen=True)
class Counts:
    """How many came new, changed, stayed as they were, and went."""

    created: int = 0
    updated: int = 0
    same: int = 0
    removed: int = 0


_CHANGED = "(g.kind, g.name_el, g.name_en, g.min_zoom) IS DISTINCT FROM (i.kind, i.name_el, i.name_en, i.min_zoom)"


def replace_ground() -> Counts:
    """The ground as it came, by OSM id: what is the same is not touched."""
    run_script(
        """
        DELETE FROM pg_temp.in_ground i USING pg_temp.in_ground other
        WHERE other.osm_id = i.osm_id AND other.layer = i.layer AND other.ctid > i.ctid;
        CREATE UNIQUE INDEX ON pg_temp.in_ground (osm_id, layer);
        ANALYZE pg_temp.in_ground"""
    )
    removed = run_script(
        "DELETE FROM ground_feature g WHERE NOT EXISTS"
        " (SELECT FROM pg_temp.in_ground i WHERE i.osm_id = g.osm_id AND i.layer = g.layer)"
    )
    updated = run_script(
        f"""
        UPDATE ground_feature g SET kind = i.kind, name_el = i.name_el, name_en = i.name_en, min_zoom = i.min_zoom,
            shape = i.shape
        FROM pg_temp.in_ground i WHERE i.osm_id = g.osm_id AND i.layer = g.layer
            AND ({_CHANGED} OR NOT ST_OrderingEquals(g.shape, i.shape))"""
    )
    created = run_script(
        """
        INSERT INTO ground_feature (osm_id, layer, kind, name_el, name_en, min_zoom, shape)
        SELECT osm_id, layer, kind, name_el, name_en, min_zoom, shape FROM pg_temp.in_ground
        ON CONFLICT (osm_id, layer) DO NOTHING"""
    )
    total = db.session.scalar(text("SELECT count(*) FROM pg_temp.in_ground")) or 0
    return Counts(created, updated, total - created - updated, removed)


#: By which road doors came: the town's own register goes before a map's.
OSM, TOWN = "osm", "town"
_WITHOUT_LINE_AND_DOORS = (
    "DELETE FROM street s WHERE NOT s.drawn AND NOT EXISTS (SELECT FROM door d WHERE d.street_id = s.id);"
)

# A way belongs to the community in which most of it lies; its pieces in one community are one street.
_STREETS = f"""
CREATE TEMP TABLE way_home ON COMMIT DROP AS
SELECT w.*, home.id AS area_id
FROM pg_temp.in_way w
JOIN LATERAL (
    SELECT a.id FROM area a WHERE a.kind = 'community' AND ST_Intersects(a.outline, w.shape)
    ORDER BY ST_Covers(a.outline, ST_LineInterpolatePoint(w.shape, 0.5)) DESC, a.code LIMIT 1
) home ON true
UNION ALL
SELECT w.*, NULL FROM pg_temp.in_way w
WHERE NOT EXISTS (SELECT FROM area a WHERE a.kind = 'community' AND ST_Intersects(a.outline, w.shape))
    AND EXISTS (SELECT FROM area a WHERE a.kind = 'municipality' AND ST_Intersects(a.outline, w.shape));
DELETE FROM way_home WHERE street_key(name_el) = '';
UPDATE street SET drawn = false;
INSERT INTO street (drawn, name_el, name_en, other_names, area_id, shape, middle)
SELECT true, mode() WITHIN GROUP (ORDER BY name_el), (array_agg(name_en ORDER BY name_en))[1],
    coalesce((SELECT string_agg(DISTINCT other, ';')
        FROM unnest(array_agg(others)) o, regexp_split_to_table(o, ';') other WHERE other <> ''), ''),
    area_id, ST_Multi(ST_LineMerge(ST_Collect(shape))),
    ST_LineInterpolatePoint((array_agg(shape ORDER BY ST_Length(shape::geography) DESC))[1], 0.5)
FROM way_home GROUP BY street_key(name_el), area_id
ON CONFLICT (name_key, coalesce(area_id, 0)) DO UPDATE SET drawn = true, name_el = EXCLUDED.name_el,
    name_en = EXCLUDED.name_en, other_names = EXCLUDED.other_names, shape = EXCLUDED.shape, middle = EXCLUDED.middle;
DELETE FROM door WHERE source = '{OSM}';
{_WITHOUT_LINE_AND_DOORS}
ANALYZE street"""

_DOORS = f"""
INSERT INTO door (source, code, street_id, number, number_first, interpolated, location)
SELECT '{OSM}', d.code, s.id, d.number, d.number_first, d.interpolated, d.location
FROM (SELECT DISTINCT ON (code) *, street_key(street) AS said FROM pg_temp.in_door ORDER BY code) d
CROSS JOIN LATERAL (
    SELECT s.id FROM street s
    WHERE s.shape && ST_Expand(d.location, {DOOR_OF_NAMED_M} / 80000.0)
        AND CASE WHEN d.said = '' THEN ST_DWithin(s.shape::geography, d.location::geography, {DOOR_OF_NEAREST_M})
            ELSE ' ' || s.key || ' ' LIKE '% ' || d.said || ' %'
                AND ST_DWithin(s.shape::geography, d.location::geography, {DOOR_OF_NAMED_M}) END
    ORDER BY (s.name_key = d.said) DESC, s.shape <-> d.location, s.id LIMIT 1
) s;
ANALYZE door"""

# A street of the register that no map has is known by its doors: the line through them, in their order.
_REGISTER = f"""
CREATE TEMP TABLE door_home ON COMMIT DROP AS
SELECT d.*, street_key(d.street) AS said, home.id AS area_id FROM pg_temp.in_door d
CROSS JOIN LATERAL (
    SELECT a.id FROM area a WHERE a.kind IN ('community', 'municipality') AND ST_Covers(a.outline, d.location)
    ORDER BY a.kind = 'municipality', a.code LIMIT 1
) covered
LEFT JOIN LATERAL (SELECT a.id FROM area a WHERE a.id = covered.id AND a.kind = 'community') home ON true;
INSERT INTO street (drawn, name_el, name_en, area_id, shape, middle)
SELECT false, min(street), min(street_en), area_id,
    ST_Multi(CASE WHEN count(DISTINCT location) > 1
        THEN ST_MakeLine(location ORDER BY number_first % 2, number_first, code)
        ELSE ST_MakeLine(min(location::text)::geometry, ST_Translate(min(location::text)::geometry, 0.00001, 0)) END),
    (array_agg(location ORDER BY number_first, code))[1 + count(*) / 2]
FROM door_home GROUP BY said, area_id
ON CONFLICT (name_key, coalesce(area_id, 0)) DO UPDATE SET shape = EXCLUDED.shape, middle = EXCLUDED.middle
    WHERE NOT street.drawn;
DELETE FROM door WHERE source = '{TOWN}';
INSERT INTO door (source, code, street_id, number, number_first, interpolated, location)
SELECT DISTINCT ON (d.code) '{TOWN}', d.code, s.id, d.number, d.number_first, false, d.location
FROM door_home d JOIN street s ON s.name_key = d.said AND s.area_id IS NOT DISTINCT FROM d.area_id
ORDER BY d.code;
{_WITHOUT_LINE_AND_DOORS}
ANALYZE street, door"""

# Streets cross where a map has one point on both: one that leads over the other on a bridge shares none with it.
_CROSSINGS = f"""
CREATE TEMP TABLE bend ON COMMIT DROP AS
SELECT DISTINCT s.id, s.name_key, point.geom AS spot FROM street s, ST_DumpPoints(s.shape) point WHERE s.drawn;
ANALYZE bend;
DELETE FROM crossing;
INSERT INTO crossing (street_id, other_id, location)
SELECT street_id, other_id, (ST_Dump(ST_Centroid(spots))).geom FROM (
    SELECT a.id AS street_id, b.id AS other_id, unnest(ST_ClusterWithin(spot, {CROSSING_M} / 100000.0)) AS spots
    FROM bend a JOIN bend b USING (spot) WHERE a.id < b.id AND a.name_key <> b.name_key
    GROUP BY a.id, b.id
) clustered;
DROP TABLE bend;
ANALYZE crossing"""

# What the town has of its own by that name, near, is the same: it is not said twice.
_POINTS = """
DELETE FROM pg_temp.in_point i USING place p
WHERE p.code !~ '^osm-[nwr][0-9]+$' AND p.kind = i.kind AND greek_key(p.name_el) = greek_key(i.name_el)
    AND ST_DWithin(p.location, i.location::geography, 3000);
INSERT INTO place (code, kind, name_el, name_en, population, location)
SELECT DISTINCT ON (kind, code) code, kind, name_el, name_en, population, location::geography FROM pg_temp.in_point
ON CONFLICT (kind, code) DO UPDATE SET name_el = EXCLUDED.name_el, name_en = EXCLUDED.name_en,
    population = EXCLUDED.population, location = EXCLUDED.location"""

_GONE = """
CREATE TEMP TABLE place_gone ON COMMIT DROP AS
SELECT p.id, p.location FROM place p WHERE p.code ~ '^osm-[nwr][0-9]+$'
    AND NOT EXISTS (SELECT FROM pg_temp.in_point i WHERE i.code = p.code AND i.kind = p.kind);
UPDATE report SET near_place_id = NULL WHERE near_place_id IN (SELECT id FROM place_gone);
UPDATE subscription s SET near_place_id = (
    SELECT p.id FROM place p WHERE p.id NOT IN (SELECT id FROM place_gone) ORDER BY p.location <-> s.centre LIMIT 1)
WHERE near_place_id IN (SELECT id FROM place_gone);
DELETE FROM place WHERE id IN (SELECT id FROM place_gone)"""


def replace_streets() -> None:
    """Streets, a map's doors and the crossings anew; the town's own doors stay, and go before the map's."""
    for script in (_STREETS, _DOORS, _CROSSINGS):
        run_script(script)


def replace_register() -> int:
    """The town's own doors anew, with the streets that only they know of; how many there are then."""
    for script in (_REGISTER, _CROSSINGS):
        run_script(script)
    return doors_of_the_town()


def replace_points() -> None:
    """Settlements and points of orientation by their OSM id; what the file has no longer goes."""
    run_script(_POINTS)
    run_script(_GONE)


def how_many() -> dict[str, int]:
    """Of streets, doors, crossings and points how many there are now."""
    tables = ("street", "door", "crossing", "place")
    row = db.session.execute(text("SELECT " + ", ".join(f"(SELECT count(*) FROM {t}) AS {t}" for t in tables))).one()
    return dict(row._mapping)


def note_source(layer: str, *, attribution: str, approximate: bool, data_at: Any) -> None:
    """Whom to thank for a layer of the map, and how old it is."""
    db.session.execute(
        text(
            "UPDATE map_layer SET attribution = :attribution, approximate = :approximate, data_at = :data_at"
            " WHERE layer = :layer"
        ),
        {"layer": layer, "attribution": attribution, "approximate": approximate, "data_at": data_at},
    )
