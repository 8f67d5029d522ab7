"""Where many reports are: one number for each patch of the map, in one round trip, and how many there are at all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CTE, and_, case, func, select, text
from sqlalchemy.orm import aliased

from app.categories.models import Category
from app.extensions import db
from app.reports.lifecycle import OPEN, Status
from app.reports.models import Report
from app.search.filters import Filters, Order
from app.search.models import ALL_CATEGORIES, COARSEST, FINEST
from app.search.patches import CELL_PX, TILE_PX, Box, across, box_of, cover, width
from app.search.queries import ON_THE_PLANE, filtered, relaxed_if_empty

#: A list says «1.000+» rather than count on.
MOST_COUNTED = 1000
#: Marks nearer to each other than this would touch.
TOUCH_PX = 42
#: From here on every report stands alone, but for those on the same metre …
ALONE_FROM = 17
SAME_SPOT_DEG = 0.00001
#: … unless more than this would have to be drawn.
MOST_ALONE = 1000
#: A large screen has a quarter of this.
MOST_CELLS = 4096


@dataclass(frozen=True)
class Cluster:
    """Reports near each other; of a single one also which it is."""

    count: int
    #: How many of them somebody still has to work on.
    open: int
    #: Their mean position, degrees.
    lon: float
    lat: float
    #: West, south, east, north of them all.
    box: Box
    reference: str | None = None
    status: Status | None = None
    category: dict[str, Any] | None = None


def how_many(filters: Filters) -> int:
    """How many reports the public sees; more than ``MOST_COUNTED`` when there are more."""
    limited = filtered(select(Report.id), filters, public=True).limit(MOST_COUNTED + 1).subquery()
    count = db.session.scalar(select(func.count()).select_from(limited)) or 0
    relaxed = filters if count else relaxed_if_empty(filters, public=True)
    return count if relaxed == filters else how_many(relaxed)


def clusters(filters: Filters, box: Box, zoom: float) -> list[Cluster]:
    """The public's reports within ``box`` as marks for a map at ``zoom``, the largest first; none is left out.

    From the kept sums wherever they know the filters; where few are left, or other filters are asked for, each report
    is looked at.
    """
    fine = min(zoom, _finest(box))
    if _are_kept(filters):
        marks = _kept(filters, box, max(COARSEST, min(FINEST, math.ceil(fine))))
        if zoom < ALONE_FROM or sum(mark.count for mark in marks) > MOST_ALONE:
            return merged(marks, fine)
    return _each(filters, box, zoom, fine)


def _are_kept(filters: Filters) -> bool:
    """Whether the sums tell open from not open and category from category, and that is all that is asked for."""
    sides: tuple[frozenset[Status], ...] = (frozenset(), OPEN, frozenset(Status) - OPEN)
    rest = replace(filters, statuses=frozenset(), categories=frozenset(), bbox=None, order=Order.NEWEST)
    return filters.statuses in sides and rest == Filters()


_KEPT = text(
    """
WITH kinds AS (
    SELECT CASE WHEN :any THEN ARRAY[:all] ELSE ARRAY(SELECT id FROM category WHERE code = ANY(:codes)) END AS ids
),
parts AS (
    SELECT c.x >> (c.zoom - :zoom) AS x, c.y >> (c.zoom - :zoom) AS y, c.open, c.n, c.lon, c.lat, c.ids
    FROM report_cell c WHERE c.zoom = :block_zoom AND c.category_id = ANY((SELECT ids FROM kinds)::int[])
        AND c.x BETWEEN :x0 AND :x1 AND c.y BETWEEN :y0 AND :y1
    UNION ALL
    SELECT c.x >> (c.zoom - :zoom), c.y >> (c.zoom - :zoom), c.open, c.n, c.lon, c.lat, c.ids
    FROM unnest(CAST(:column_zooms AS smallint[]), CAST(:column_xs AS int[]), CAST(:column_y0s AS int[]),
        CAST(:column_y1s AS int[])) s (zoom, x, y0, y1)
    JOIN report_cell c ON c.zoom = s.zoom AND c.category_id = ANY((SELECT ids FROM kinds)::int[])
        AND c.x = s.x AND c.y BETWEEN s.y0 AND s.y1
    UNION ALL
    SELECT c.x >> (c.zoom - :zoom), c.y >> (c.zoom - :zoom), c.open, c.n, c.lon, c.lat, c.ids
    FROM unnest(CAST(:row_zooms AS smallint[]), CAST(:row_ys AS int[]), CAST(:row_x0s AS int[]),
        CAST(:row_x1s AS int[])) s (zoom, y, x0, x1)
    JOIN report_cell c ON c.zoom = s.zoom AND c.category_id = ANY((SELECT ids FROM kinds)::int[])
        AND c.y = s.y AND c.x BETWEEN s.x0 AND s.x1
    UNION ALL
    SELECT x >> (:finest - :zoom), y >> (:finest - :zoom), status = ANY(:open), n, lon, lat, ids
    FROM report_change WHERE visible AND (:any OR category_id = ANY((SELECT ids FROM kinds)::int[]))
        AND x BETWEEN :whole_x0 AND :whole_x1 AND y BETWEEN :whole_y0 AND :whole_y1
    UNION ALL
    SELECT b.x >> (:finest - :zoom), b.y >> (:finest - :zoom), b.open, 1, b.lon, b.lat, b.id
    FROM (
        -- OFFSET: each patch is computed once.
        SELECT DISTINCT ON (r.id) r.id, r.status = ANY(:open) AS open, patch_x(r.location::geometry) AS x,
            patch_y(r.location::geometry) AS y, round(ST_X(r.location::geometry) * 1e7)::bigint AS lon,
            round(ST_Y(r.location::geometry) * 1e7)::bigint AS lat
        FROM unnest(CAST(:wests AS float[]), CAST(:souths AS float[]), CAST(:easts AS float[]),
            CAST(:norths AS float[])) e (west, south, east, north)
        JOIN report r ON r.location::geometry && ST_MakeEnvelope(e.west, e.south, e.east, e.north, 4326)
        WHERE r.suspicion IS NULL AND (:any OR r.category_id = ANY((SELECT ids FROM kinds)::int[]))
            AND ST_Intersects(r.location::geometry, ST_MakeEnvelope(:west, :south, :east, :north, 4326))
        OFFSET 0
    ) b
    WHERE NOT (b.x BETWEEN :whole_x0 AND :whole_x1 AND b.y BETWEEN :whole_y0 AND :whole_y1)
),
marks AS (
    SELECT x, y, sum(n) AS n, coalesce(sum(n) FILTER (WHERE open), 0) AS open,
        sum(lon) / 1e7 / nullif(sum(n), 0) AS lon, sum(lat) / 1e7 / nullif(sum(n), 0) AS lat, sum(ids)::bigint AS ids
    FROM parts WHERE CAST(:side AS boolean) IS NULL OR open = :side GROUP BY x, y HAVING sum(n) > 0
)
SELECT m.x, m.y, m.n, m.open, m.lon, m.lat, r.reference, r.status, k.code, k.name_el, k.name_en
FROM marks m LEFT JOIN report r ON m.n = 1 AND r.id = m.ids LEFT JOIN category k ON k.id = r.category_id
ORDER BY m.n DESC, m.ids"""
)


def _kept(filters: Filters, box: Box, zoom: int) -> list[Cluster]:
    """Marks of the patches of this zoom, from sums over whole patches and, at the border of the box, from the index."""
    parts = cover(box, zoom)
    west, south, east, north = box
    rows = db.session.execute(
        _KEPT,
        {
            "zoom": zoom,
            "finest": FINEST,
            "open": [status.value for status in OPEN],
            "side": (filters.statuses == OPEN) if filters.statuses else None,
            "any": not filters.categories,
            "all": ALL_CATEGORIES,
            "codes": list(filters.categories),
            "block_zoom": parts.block.zoom,
            **{"x0": parts.block.x0, "x1": parts.block.x1, "y0": parts.block.y0, "y1": parts.block.y1},
            "column_zooms": [block.zoom for block in parts.columns],
            "column_xs": [block.x0 for block in parts.columns],
            "column_y0s": [block.y0 for block in parts.columns],
            "column_y1s": [block.y1 for block in parts.columns],
            "row_zooms": [block.zoom for block in parts.rows],
            "row_ys": [block.y0 for block in parts.rows],
            "row_x0s": [block.x0 for block in parts.rows],
            "row_x1s": [block.x1 for block in parts.rows],
            **{f"whole_{name}": getattr(parts.whole, name) for name in ("x0", "x1", "y0", "y1")},
            **{"west": west, "south": south, "east": east, "north": north},
            **{f"{name}s": [piece[number] for piece in parts.border] for number, name in enumerate(_SIDES)},
        },
    )
    marks = []
    for row in rows:
        lon, lat = float(row.lon), float(row.lat)
        patch = (lon, lat, lon, lat) if row.n == 1 else box_of(zoom, row.x, row.y)
        state = Status(row.status) if row.status else None
        marks.append(Cluster(int(row.n), int(row.open), lon, lat, patch, row.reference, state, _category(row)))
    return marks


_SIDES = ("west", "south", "east", "north")


def _each(filters: Filters, box: Box, zoom: float, fine: float) -> list[Cluster]:
    alone = zoom >= ALONE_FROM
    grid = width(fine)
    reports = _seen(filters)
    many = select(func.count() > MOST_ALONE).select_from(reports).scalar_subquery()
    cell: Any = case((many, grid), else_=SAME_SPOT_DEG / 360) if alone else grid
    marks = [_cluster(row) for row in db.session.execute(_by_cell(reports, cell))]
    relaxed = filters if marks else relaxed_if_empty(filters, public=True)
    if relaxed != filters:
        return clusters(relaxed, box, zoom)
    return marks if alone and len(marks) <= MOST_ALONE else merged(marks, fine)


def _finest(box: Box) -> float:
    """The zoom at which this box has as many cells as we are willing to make."""
    west, north = across(box[0], box[3])
    east, south = across(box[2], box[1])
    share = max((east - west) * (south - north), 1e-15)
    return math.log2(CELL_PX / TILE_PX * math.sqrt(MOST_CELLS / share))


def _seen(filters: Filters) -> CTE:
    """Every report that is meant; read once, for PostgreSQL would compute each coordinate anew for every use."""
    columns = (Report.id, Report.status, func.ST_X(ON_THE_PLANE).label("lon"), func.ST_Y(ON_THE_PLANE).label("lat"))
    return filtered(select(*columns), filters, public=True).cte("seen").prefix_with("MATERIALIZED")


def _by_cell(reports: CTE, cell: Any) -> Any:
    x = (reports.c.lon + 180) / 360
    y = 0.5 - func.ln(func.tan(func.pi() / 4 + func.radians(reports.c.lat) / 2)) / (2 * func.pi())
    cells = (
        select(
            func.count().label("count"),
            func.count().filter(reports.c.status.in_(OPEN)).label("open"),
            func.avg(reports.c.lon).label("lon"),
            func.avg(reports.c.lat).label("lat"),
            func.min(reports.c.lon).label("west"),
            func.min(reports.c.lat).label("south"),
            func.max(reports.c.lon).label("east"),
            func.max(reports.c.lat).label("north"),
            func.min(reports.c.id).label("first"),
        )
        .group_by(func.floor(x / cell), func.floor(y / cell))
        .subquery()
    )
    single = aliased(Report)
    return (
        select(cells, single.reference, single.status, Category.code, Category.name_el, Category.name_en)
        .outerjoin(single, and_(cells.c.count == 1, single.id == cells.c.first))
        .outerjoin(Category, Category.id == single.category_id)
        .order_by(cells.c.count.desc(), cells.c.first)
    )


def _cluster(row: Any) -> Cluster:
    box = (row.west, row.south, row.east, row.north)
    return Cluster(row.count, row.open, row.lon, row.lat, box, row.reference, row.status, _category(row))


def _category(row: Any) -> dict[str, Any] | None:
    """What kind of issue a single report is of; of several there is none to say."""
    return {"code": row.code, "name_el": row.name_el, "name_en": row.name_en} if row.reference else None


def merged(marks: Sequence[Cluster], zoom: float) -> list[Cluster]:
    """Marks of neighbouring cells that would touch become one; the largest come first and take the others in."""
    touch = TOUCH_PX / TILE_PX / 2**zoom
    groups: list[list[Cluster]] = []
    homes: dict[tuple[int, int], list[tuple[float, float, int]]] = {}
    for mark in marks:
        x, y = across(mark.lon, mark.lat)
        column, row = int(x / touch), int(y / touch)
        near = (
            home
            for dx in (-1, 0, 1)
            for dy in (-1, 0, 1)
            for home in homes.get((column + dx, row + dy), ())
            if math.hypot(home[0] - x, home[1] - y) < touch
        )
        home = next(near, None)
        if home is not None:
            groups[home[2]].append(mark)
        else:
            homes.setdefault((column, row), []).append((x, y, len(groups)))
            groups.append([mark])
    return [group[0] if len(group) == 1 else _together(group) for group in groups]


def _together(group: Sequence[Cluster]) -> Cluster:
    count = sum(mark.count for mark in group)
    return Cluster(
        count=count,
        open=sum(mark.open for mark in group),
        lon=_weighed(((mark.lon, mark.count) for mark in group), count),
        lat=_weighed(((mark.lat, mark.count) for mark in group), count),
        box=(
            min(mark.box[0] for mark in group),
            min(mark.box[1] for mark in group),
            max(mark.box[2] for mark in group),
            max(mark.box[3] for mark in group),
        ),
    )


def _weighed(parts: Iterable[tuple[float, int]], count: int) -> float:
    return sum(degrees * weight for degrees, weight in parts) / count
