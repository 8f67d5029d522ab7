"""Reports as vector tiles: near ones each by itself, far ones as sums over patches; ``ST_`` as in geo/queries.py."""

from __future__ import annotations

import math

from sqlalchemy import text

from app.extensions import db
from app.reports.lifecycle import OPEN
from app.search.models import ALL_CATEGORIES, COARSEST, FINEST
from app.search.patches import width

#: From this zoom on each report is a point of its own, the newest of a tile at most so many.
ALONE_FROM = 14
MOST = 3000
#: Patches of a sum are so many zooms finer than the tile: some hundred to a tile.
_FINER = 3

_POINTS = """
SELECT coalesce(ST_AsMVT(t, 'report', 4096, 'g'), '') FROM (
    SELECT r.reference, r.status, k.code AS category, r.status = ANY(:open) AS open, {more}
        ST_AsMVTGeom(ST_Transform(r.location::geometry, 3857), ST_TileEnvelope(:z, :x, :y), 4096, 64, true) AS g
    FROM report r JOIN category k ON k.id = r.category_id
    WHERE r.location::geometry && ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 64.0 / 4096), 4326) {which}
    ORDER BY r.received_at DESC, r.id DESC LIMIT :most
) t WHERE g IS NOT NULL"""
_PUBLIC = text(_POINTS.format(more="", which="AND r.suspicion IS NULL"))
_OFFICE = text(
    _POINTS.format(
        more="r.priority, r.target_at < now() AND r.status = ANY(:open) AS overdue, r.suspicion IS NOT NULL AS aside,",
        which="",
    )
)
# A patch belongs to the tile in which its reports' middle lies, so that none is counted twice.
_SUMS = text(
    """
WITH parts AS (
    SELECT x, y, open, n, lon, lat FROM report_cell
    WHERE zoom = :zoom AND category_id = :all AND x BETWEEN :x0 AND :x1 AND y BETWEEN :y0 AND :y1
    UNION ALL
    SELECT x >> :shift, y >> :shift, status = ANY(:open), n, lon, lat FROM report_change
    WHERE visible AND x >> :shift BETWEEN :x0 AND :x1 AND y >> :shift BETWEEN :y0 AND :y1
),
marks AS (
    SELECT sum(n)::int AS n, coalesce(sum(n) FILTER (WHERE open), 0)::int AS open,
        ST_Transform(ST_SetSRID(ST_MakePoint(sum(lon) / 1e7 / sum(n), sum(lat) / 1e7 / sum(n)), 4326), 3857) AS spot
    FROM parts GROUP BY x, y HAVING sum(n) > 0
)
SELECT coalesce(ST_AsMVT(t, 'reports', 4096, 'g'), '') FROM (
    SELECT n, open, ST_AsMVTGeom(spot, ST_TileEnvelope(:z, :x, :y), 4096, 0, true) AS g
    FROM marks, ST_TileEnvelope(:z, :x, :y) box
    -- On an edge a middle belongs to one side only.
    WHERE ST_X(spot) >= ST_XMin(box) AND ST_X(spot) < ST_XMax(box) AND ST_Y(spot) > ST_YMin(box)
        AND ST_Y(spot) <= ST_YMax(box)
    ORDER BY n DESC
) t WHERE g IS NOT NULL"""
)


def tile(z: int, x: int, y: int, *, public: bool) -> bytes:
    """The reports of one tile: layer ``report``, or far away ``reports`` with how many there are and are open."""
    asked = {"z": z, "x": x, "y": y, "open": [status.value for status in OPEN]}
    if z >= ALONE_FROM:
        made = db.session.scalar(_PUBLIC if public else _OFFICE, asked | {"most": MOST})
        return bytes(made or b"")
    zoom = max(COARSEST, min(FINEST, z + _FINER))
    size = width(zoom)
    first, last = [[math.floor((place + end) / 2**z / size) for place in (x, y)] for end in (0, 1)]
    around = {"zoom": zoom, "shift": FINEST - zoom, "all": ALL_CATEGORIES, "x0": first[0], "x1": last[0]}
    made = db.session.scalar(_SUMS, asked | around | {"y0": first[1], "y1": last[1]})
    return bytes(made or b"")
