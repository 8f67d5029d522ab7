"""The one border crossing of space: shapely inside, WKB in the database, GeoJSON outside. WGS84, lon/lat order."""

from __future__ import annotations

import math
from typing import Any, cast

from flask_babel import gettext as _
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry import Point, mapping
from shapely.geometry.base import BaseGeometry

from app.errors import Invalid

#: Seven decimals are a centimetre.
DECIMALS = 7


def point(lon: float, lat: float) -> Point:
    """A point from degrees. Raises Invalid when they are no place on earth."""
    if not (math.isfinite(lon) and math.isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid(
            {
                "location": [
                    _("Οι συντεταγμένες δεν είναι σωστές: πρώτα μήκος (−180 έως 180), μετά πλάτος (−90 έως 90).")
                ]
            }
        )
    return Point(round(lon, DECIMALS), round(lat, DECIMALS))


def point_from_geojson(value: Any) -> Point:
    """A GeoJSON Point ``{"type": "Point", "coordinates": [lon, lat]}``. Raises Invalid for anything else."""
    coordinates = value.get("coordinates") if isinstance(value, dict) else None
    good = (
        isinstance(value, dict)
        and value.get("type") == "Point"
        and isinstance(coordinates, list)
        and len(coordinates) in (2, 3)
        and all(isinstance(c, int | float) and not isinstance(c, bool) for c in coordinates)
    )
    if not good or coordinates is None:
        raise Invalid(
            {"location": [_('Δώστε το σημείο ως GeoJSON: {"type": "Point", "coordinates": [μήκος, πλάτος]}.')]}
        )
    try:
        return point(float(coordinates[0]), float(coordinates[1]))
    except OverflowError:
        return point(math.inf, math.inf)


def to_wkb(shape: BaseGeometry) -> WKBElement:
    """For the database."""
    return from_shape(shape, srid=4326)


def from_wkb(element: WKBElement) -> BaseGeometry:
    """From the database."""
    return to_shape(element)


def spot_of(element: WKBElement) -> Point:
    """The point in a column that holds only points."""
    return cast(Point, to_shape(element))


def to_geojson(element: WKBElement) -> dict[str, Any]:
    """For the outside."""
    return dict(mapping(to_shape(element)))
