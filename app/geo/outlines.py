"""Outlines made fit for use: repaired, in one form, and cut into cells around seats. Shapely only; WGS84 lon/lat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from shapely.geometry import MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

_EARTH = Geod(ellps="WGS84")

#: A part or hole below this is dust of digitising, in m².
SLIVER_M2 = 1.0


def area_m2(shape: BaseGeometry) -> float:
    """The true area on the ellipsoid."""
    return abs(float(_EARTH.geometry_area_perimeter(shapely.orient_polygons(shape))[0]))


@dataclass(frozen=True)
class Outline:
    """A valid MultiPolygon, and whether the given shape had to be repaired for it."""

    shape: MultiPolygon
    repaired: bool


def outline_from(shape: BaseGeometry | None) -> Outline | None:
    """The outline in a shape; None when no area is in it."""
    if shape is None or shape.is_empty:
        return None
    valid = shape.is_valid
    valid_shape = shape if valid else shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [_without_dust(part) for part in shapely.get_parts(_polygons(valid_shape)) if area_m2(part) >= SLIVER_M2]
    if not parts:
        return None
    return Outline(shapely.orient_polygons(MultiPolygon(parts)), not valid)


def _polygons(shape: BaseGeometry) -> MultiPolygon:
    pieces = [piece for part in shapely.get_parts(shape) for piece in shapely.get_parts(part)]
    polygons = [p for p in pieces if isinstance(p, Polygon)]
    joined = MultiPolygon(polygons)
    return joined if joined.is_valid else _polygons(shapely.union_all(polygons))


def _without_dust(part: Polygon) -> Polygon:
    holes = [hole for hole in part.interiors if area_m2(Polygon(hole)) >= SLIVER_M2]
    return part if len(holes) == len(part.interiors) else Polygon(part.exterior, holes)


def joined(shapes: list[MultiPolygon]) -> MultiPolygon:
    """Several pieces of one area as one outline."""
    if len(shapes) == 1:
        return shapes[0]
    return shapely.orient_polygons(_polygons(shapely.union_all(shapes)))


def moved(shapes: Any, way: Transformer) -> Any:
    """Shapes in another coordinate system, corner by corner."""
    return shapely.transform(shapes, lambda corners: np.column_stack(way.transform(corners[:, 0], corners[:, 1])))


def cells(outline: MultiPolygon, seats: Mapping[str, Point]) -> dict[str, MultiPolygon]:
    """``outline`` divided among the seats, every spot to the nearest one, without gap or overlap.

    The lines are cut once and shared by both sides, so the cells tile the whole exactly. Of two seats on one spot
    the first (by code) gets the cell.
    """
    spots: dict[tuple[float, float], str] = {}
    for code in sorted(seats):
        spots.setdefault((seats[code].x, seats[code].y), code)
    if len(spots) == 1:
        return dict.fromkeys(spots.values(), outline)
    middle = outline.centroid
    # Straight distances are true enough in a plane that touches the earth here.
    plane = CRS.from_proj4(f"+proj=aeqd +lat_0={middle.y} +lon_0={middle.x} +datum=WGS84 +units=m")
    there = Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    back = Transformer.from_crs(plane, "EPSG:4326", always_xy=True)
    codes = list(spots.values())
    flat = moved(np.array([Point(x, y) for x, y in spots]), there)
    reach = moved(outline, there).envelope.buffer(1000)
    edges = shapely.voronoi_polygons(MultiPoint(list(flat)), extend_to=reach, only_edges=True)
    lines = shapely.union_all([outline.boundary, moved(edges, back)])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    hearts = shapely.point_on_surface(faces)
    shapely.prepare(outline)
    inside = shapely.contains(outline, hearts)
    nearest = shapely.STRtree(flat).nearest(moved(hearts[inside], there))
    owned: dict[str, list[Polygon]] = {}
    for face, number in zip(faces[inside], nearest, strict=True):
        owned.setdefault(codes[number], []).append(face)
    return {code: shapely.orient_polygons(_polygons(shapely.union_all(own))) for code, own in owned.items()}
