"""Where many reports are: one number for each patch of the map, in one round trip, and how many there are at all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, and_, case, func, select
from sqlalchemy.orm import aliased

from app.categories.models import Category
from app.extensions import db
from app.reports.lifecycle import OPEN, Status
from app.reports.models import Report
from app.search.filters import Filters
from app.search.queries import ON_THE_PLANE, filtered, relaxed_if_empty

Box = tuple[float, float, float, float]

#: A list says «1.000+» rather than count on.
MOST_COUNTED = 1000
TILE_PX = 256
CELL_PX = 60
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
    """The public's reports within ``box`` as marks for a map at ``zoom``, the largest first; none is left out."""
    alone = zoom >= ALONE_FROM
    fine = min(zoom, _finest(box))
    grid = CELL_PX / TILE_PX / 2**fine
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


def across(lon: float, lat: float) -> tuple[float, float]:
    """Web Mercator, with the whole world from 0 to 1, from the north-west."""
    lat = math.radians(max(-85.0, min(85.0, lat)))
    return (lon + 180) / 360, (1 - math.asinh(math.tan(lat)) / math.pi) / 2


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
    kind = {"code": row.code, "name_el": row.name_el, "name_en": row.name_en} if row.reference else None
    box = (row.west, row.south, row.east, row.north)
    return Cluster(row.count, row.open, row.lon, row.lat, box, row.reference, row.status, kind)


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
