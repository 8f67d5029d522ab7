"""Vector tiles straight from PostGIS (Mapbox Vector Tile 2.1), each in one statement; ``ST_`` as in queries.py.

A tile is addressed z/x/y in the grid of Web Mercator, 4096 units wide. Names are ``name_el`` and ``name_en``.
"""

from __future__ import annotations

from sqlalchemy import select, text

from app.extensions import db
from app.geo.models import MapLayer, TileLayer

#: No data is finer than this; a map that comes nearer draws the same tile larger.
FINEST_ZOOM = 16
#: Units of a tile, and how far what is drawn reaches over its edge.
EXTENT, BUFFER = 4096, 96
#: Of one kind in one tile; the most important first. Keeps a tile below 100 kB, whatever the town has.
MOST = 3000
MOST_SMALL = 600
#: Villages are named on a map of the region, points of orientation when doors are told apart.
_PLACE_ZOOMS = """
    CASE p.kind WHEN 'city' THEN 5 WHEN 'town' THEN 8 WHEN 'village' THEN 10 WHEN 'hamlet' THEN 12
    WHEN 'neighbourhood' THEN 13 WHEN 'square' THEN 14 WHEN 'park' THEN 14 WHEN 'street' THEN 99
    WHEN 'station' THEN 14 WHEN 'hospital' THEN 14 WHEN 'stadium' THEN 14 WHEN 'school' THEN 15 WHEN 'church' THEN 15
    WHEN 'public' THEN 15 ELSE 16 END"""
_SETTLED = "p.kind IN ('city', 'town', 'village', 'hamlet', 'neighbourhood')"

_TILE = f"""
tile AS MATERIALIZED (
    SELECT ST_TileEnvelope(:z, :x, :y) AS box,
        ST_TileEnvelope(:z, :x, :y, margin => {BUFFER}.0 / {EXTENT}) AS wide,
        -- Half a pixel of a screen that draws a tile 512 pixels wide.
        (40075016.68 / 2 ^ :z) / 1024 AS fine
),
degrees AS MATERIALIZED (SELECT ST_Transform(wide, 4326) AS wide FROM tile)"""


def _drawn(shape: str) -> str:
    return f"ST_AsMVTGeom({shape}, tile.box, {EXTENT}, {BUFFER}, true) AS g"


def _layer(name: str, rows: str) -> str:
    return f"(SELECT coalesce(ST_AsMVT(t, '{name}', {EXTENT}, 'g'), '') FROM ({rows}) t WHERE g IS NOT NULL)"


_AREAS_OF_GROUND = f"""
    SELECT kind, {_drawn("ST_Simplify(shape, fine)")}
    FROM seen, tile WHERE layer = '{{layer}}' ORDER BY min_zoom, id LIMIT {MOST}"""
# Pieces of one street are one line again: a name is written along it once, and the tile is half as large.
_LINES_OF_GROUND = f"""
    SELECT kind, name_el, name_en, {_drawn("ST_Simplify(ST_LineMerge(ST_Collect(shape)), max(fine))")}
    FROM seen, tile WHERE layer = '{{layer}}' GROUP BY kind, name_el, name_en, tile.box
    ORDER BY min(min_zoom), name_el LIMIT {MOST}"""
_WATER = f"""
    SELECT kind, name_el, name_en, {_drawn("ST_Simplify(shape, fine)")}
    FROM seen, tile WHERE layer = 'water' ORDER BY min_zoom, id LIMIT {MOST}"""
_DOORS = f"""
    SELECT d.number, {_drawn("ST_Transform(d.location, 3857)")}
    FROM degrees, tile, door d
    WHERE :z >= {FINEST_ZOOM} AND d.location && degrees.wide AND NOT d.interpolated
        AND NOT EXISTS (SELECT FROM door own WHERE own.street_id = d.street_id AND own.number = d.number
            AND own.source = 'town' AND d.source <> 'town')
    ORDER BY d.id LIMIT {MOST}"""


def _places(which: str) -> str:
    return f"""
    SELECT p.kind, p.name_el, p.name_en, p.population, {_drawn("ST_Transform(p.location::geometry, 3857)")}
    FROM degrees, tile, place p
    WHERE p.location && degrees.wide::geography AND {_PLACE_ZOOMS} <= :z AND {which}
    ORDER BY {_PLACE_ZOOMS}, p.population DESC NULLS LAST, p.id LIMIT {MOST_SMALL}"""


_GROUND = f"""
WITH {_TILE},
seen AS MATERIALIZED (
    SELECT f.* FROM tile, ground_feature f WHERE f.shape && tile.wide AND f.min_zoom <= :z
)
SELECT {_layer("water", _WATER)}
    || {_layer("land", _AREAS_OF_GROUND.format(layer="land"))}
    || {_layer("building", _AREAS_OF_GROUND.format(layer="building"))}
    || {_layer("path", _LINES_OF_GROUND.format(layer="path"))}
    || {_layer("street", _LINES_OF_GROUND.format(layer="street"))}
    || {_layer("rail", _LINES_OF_GROUND.format(layer="rail"))}
    || {_layer("door", _DOORS)}
    || {_layer("place", _places(_SETTLED))}
    || {_layer("point", _places(f"NOT {_SETTLED}"))}"""

_AREAS = f"""
WITH {_TILE}
SELECT {
    _layer(
        "area",
        f'''
    SELECT a.kind, a.code, a.name_el, a.name_en, {_drawn("ST_Simplify(ST_Transform(a.outline, 3857), fine)")}
    FROM degrees, tile, area a WHERE a.outline && degrees.wide ORDER BY a.kind, a.code LIMIT {MOST}''',
    )
}"""

# Far away, things that would cover each other are not told one by one.
_ASSETS = f"""
WITH {_TILE}
SELECT {
    _layer(
        "asset",
        f'''
    SELECT a.kind, a.code, a.name_el, a.name_en, {_drawn("ST_Transform(a.location::geometry, 3857)")}
    FROM degrees, tile, asset a
    WHERE :z >= 14 AND a.location && degrees.wide::geography ORDER BY a.id LIMIT {MOST}''',
    )
}"""

_STATEMENTS = {TileLayer.GROUND: text(_GROUND), TileLayer.AREAS: text(_AREAS), TileLayer.ASSETS: text(_ASSETS)}


def tile(layer: TileLayer, z: int, x: int, y: int) -> bytes:
    """One tile as the bytes of a vector tile; empty where there is nothing."""
    made = db.session.scalar(_STATEMENTS[layer], {"z": z, "x": x, "y": y})
    return bytes(made or b"")


def version_of(layer: TileLayer) -> int:
    """Raised by the database with whatever changes what the layer's tiles show."""
    return db.session.scalars(select(MapLayer.version).where(MapLayer.layer == layer)).one()
