"""Questions about space in the town's words. ``ST_`` stands here and in no service.

A border belongs to both outlines that share it (``ST_Covers``), so among all that cover a point the one with the
lowest code wins, the municipality before any neighbour: exactly one, always the same.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, select, text
from sqlalchemy.orm import defer

from app.extensions import db
from app.geo.models import Area, AreaKind

#: An asset this near to a report is taken for the one that is meant.
ASSET_WITHIN_M = 30

_AREA_JSON = (
    "json_build_object('id', id, 'code', code, 'name_el', name_el, 'name_en', name_en,"
    " 'contact_phone', contact_phone, 'contact_url', contact_url)"
)

#: Places that a spot is said to be near to; the others help to find one (a stop, a pharmacy), not to say where it is.
NEAR_WHICH = (
    "kind NOT IN ('school', 'church', 'pharmacy', 'hospital', 'public', 'bus_stop', 'station', 'stadium',"
    " 'hotel', 'shop')"
)

#: CTEs that say where ``:lon, :lat`` is; the flat above adds its own and selects everything in one round trip.
#: Outlines of different sources can leave slivers between them: inside the municipality the nearest unit and the
#: nearest community of that unit then take the point, so that every report has a home.
WHERE_CTES = f"""
here AS MATERIALIZED (
    SELECT g AS geom, g::geography AS geog FROM (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)) AS s(g)
),
covering AS MATERIALIZED (
    SELECT a.id, a.kind, a.code, a.parent_id, {_AREA_JSON} AS body
    FROM area a, here WHERE ST_Covers(a.outline, here.geom)
),
municipality AS (SELECT id, body FROM covering WHERE kind = 'municipality' ORDER BY code LIMIT 1),
unit AS (
    SELECT u.id, u.body FROM municipality m CROSS JOIN LATERAL (
        (SELECT id, body, 0 AS far FROM covering WHERE kind = 'unit' ORDER BY code LIMIT 1)
        UNION ALL
        (SELECT id, {_AREA_JSON}, 1 FROM area, here WHERE kind = 'unit' AND parent_id = m.id
         AND NOT EXISTS (SELECT FROM covering WHERE kind = 'unit')
         ORDER BY outline <-> here.geom, code LIMIT 1)
        ORDER BY far LIMIT 1
    ) u
),
community AS (
    SELECT c.id, c.body FROM unit u CROSS JOIN LATERAL (
        (SELECT id, body, 0 AS far FROM covering WHERE kind = 'community' AND parent_id = u.id ORDER BY code LIMIT 1)
        UNION ALL
        (SELECT id, {_AREA_JSON}, 1 FROM area, here WHERE kind = 'community' AND parent_id = u.id
         AND NOT EXISTS (SELECT FROM covering WHERE kind = 'community' AND parent_id = u.id)
         ORDER BY outline <-> here.geom, code LIMIT 1)
        ORDER BY far LIMIT 1
    ) c
),
neighbour AS (
    SELECT body FROM covering WHERE kind = 'neighbour' AND NOT EXISTS (SELECT FROM municipality)
    ORDER BY code LIMIT 1
),
standing AS (
    SELECT json_build_object('id', id, 'kind', kind, 'code', code, 'name_el', name_el, 'name_en', name_en,
        'distance_m', round(ST_Distance(location, here.geog)::numeric, 1)) AS body
    FROM asset, here
    WHERE kind = :asset_kind AND ST_DWithin(location, here.geog, {ASSET_WITHIN_M})
    ORDER BY ST_Distance(location, here.geog), code LIMIT 1
),
nearby_place AS (
    SELECT json_build_object('id', id, 'kind', kind, 'name_el', name_el, 'name_en', name_en,
        'distance_m', round(ST_Distance(location, here.geog)),
        'bearing', coalesce(round(degrees(ST_Azimuth(location, here.geog)))::int % 360, 0)) AS body
    FROM place, here WHERE {NEAR_WHICH} ORDER BY location <-> here.geog, code LIMIT 1
)"""

#: What every question about a spot selects from ``WHERE_CTES``.
WHERE_COLUMNS = """
(SELECT body FROM municipality) AS municipality, (SELECT body FROM unit) AS unit,
(SELECT body FROM community) AS community, (SELECT body FROM neighbour) AS neighbour,
(SELECT body FROM standing) AS asset, (SELECT body FROM nearby_place) AS place,
(SELECT street_at(geom) FROM here) AS street"""


def areas(kind: AreaKind | None = None, *, parent_code: str | None = None) -> list[Area]:
    """All areas, largest kind first, then by code."""
    order = case({k.value: n for n, k in enumerate(AreaKind)}, value=Area.kind)
    question = select(Area).options(defer(Area.outline)).order_by(order, Area.code)
    if kind is not None:
        question = question.where(Area.kind == kind)
    if parent_code is not None:
        parent = select(Area.id).where(Area.code == parent_code).scalar_subquery()
        question = question.where(Area.parent_id == parent)
    return list(db.session.scalars(question))


def outlines_geojson(kinds: list[AreaKind], *, tolerance_deg: float = 0.0002) -> dict[str, Any]:
    """Outlines for a map's ground, thinned to about 20 m, as a GeoJSON FeatureCollection."""
    answer = db.session.execute(
        text(
            """
            SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
                'type', 'Feature', 'id', code,
                'properties', json_build_object('kind', kind, 'code', code, 'name_el', name_el, 'name_en', name_en),
                'geometry', ST_AsGeoJSON(ST_SimplifyPreserveTopology(outline, :tolerance), 5)::json)
                ORDER BY kind, code), '[]'::json))
            FROM area WHERE kind = ANY(:kinds)"""
        ),
        {"tolerance": tolerance_deg, "kinds": [k.value for k in kinds]},
    ).scalar_one()
    collection: dict[str, Any] = answer
    return collection


def bounds_of_the_municipality() -> tuple[float, float, float, float] | None:
    """(west, south, east, north) in degrees, or None before the outline is loaded."""
    row = db.session.execute(
        text(
            "SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM"
            " (SELECT ST_Extent(outline) AS b FROM area WHERE kind = 'municipality') AS s"
        )
    ).one()
    return None if row[0] is None else (row[0], row[1], row[2], row[3])
