"""Questions of the import and of the doctor about outlines; ``ST_`` as in queries.py."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry import MultiPolygon, Point
from sqlalchemy import func, select, text

from app.extensions import db
from app.geo.models import Area, AreaKind
from app.geo.shapes import from_wkb


def outline(area_id: int) -> MultiPolygon:
    """An area's outline."""
    shape = from_wkb(db.session.execute(select(Area.outline).where(Area.id == area_id)).scalar_one())
    assert isinstance(shape, MultiPolygon)
    return shape


def covering(spot: Point, kind: AreaKind) -> int | None:
    """The id of the area of this kind that covers the spot; on a border the one with the lowest code."""
    point = func.ST_SetSRID(func.ST_MakePoint(spot.x, spot.y), 4326)
    return db.session.scalars(
        select(Area.id).where(Area.kind == kind, func.ST_Covers(Area.outline, point)).order_by(Area.code).limit(1)
    ).one_or_none()


@dataclass(frozen=True)
class Tiling:
    """How well the parts of an area cover it, in m²: what none of them has, what two have, what juts out."""

    code: str
    parts: int
    gap_m2: float
    overlap_m2: float
    outside_m2: float


# Measured flat and scaled by the latitude: on the ellipsoid a hair between a long border and the same border with
# one point more has an area of its own, and would be taken for a gap.
_M2 = "* (111319.49079 * 110574.0 * cos(radians((SELECT ST_Y(ST_Centroid(w.outline))))))"


def tilings(parent: AreaKind, part: AreaKind) -> list[Tiling]:
    """For every area of kind ``parent``: how well its areas of kind ``part`` tile it."""
    rows = db.session.execute(
        text(
            f"""
            SELECT w.code, count(p.id) AS parts,
                coalesce(ST_Area(ST_Difference(w.outline, ST_Union(p.outline))), ST_Area(w.outline)) {_M2} AS gap_m2,
                coalesce((SELECT sum(ST_Area(ST_Intersection(a.outline, b.outline)))
                    FROM area a JOIN area b ON a.id < b.id AND a.parent_id = b.parent_id AND a.kind = b.kind
                        AND ST_Intersects(a.outline, b.outline)
                    WHERE a.parent_id = w.id AND a.kind = :part), 0) {_M2} AS overlap_m2,
                coalesce(ST_Area(ST_Difference(ST_Union(p.outline), w.outline)), 0) {_M2} AS outside_m2
            FROM area w LEFT JOIN area p ON p.parent_id = w.id AND p.kind = :part
            WHERE w.kind = :whole GROUP BY w.id ORDER BY w.code"""
        ),
        {"whole": parent.value, "part": part.value},
    )
    return [Tiling(**row._mapping) for row in rows]


def invalid_outlines() -> list[str]:
    """Codes of areas whose outline is not valid (only possible when the check was switched off)."""
    return list(db.session.scalars(select(Area.code).where(~func.ST_IsValid(Area.outline)).order_by(Area.code)))
