"""Named places, for maps without tiles and for whoever has no map."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.geo.models import Place
from app.geo.place_queries import Spot, named_like
from app.geo.places import SETTLEMENTS
from app.geo.shapes import spot_of

#: What a map and a phone can hold.
MOST = 400


def on_the_map() -> list[dict[str, object]]:
    """The places as names for a map, in both languages."""
    places = db.session.scalars(select(Place).order_by(Place.population.desc().nulls_last(), Place.id).limit(MOST))
    marks = []
    for place in places:
        spot = spot_of(place.location)
        marks.append(
            {
                "kind": place.kind,
                "name_el": place.name_el,
                "name_en": place.name_en,
                "lon": round(spot.x, 5),
                "lat": round(spot.y, 5),
                "spread_m": spread_m(place.kind, place.population),
            }
        )
    return marks


def spread_m(kind: str, population: int | None = None) -> float:
    """How far from the point of a place or asset the reporter may mean, in metres."""
    if kind in SETTLEMENTS:
        return 2000.0 if (population or 0) > 10_000 else 500.0
    if kind in ("square", "park"):
        return 150.0
    return 300.0 if kind in ("street", "road", "neighbourhood", "suburb", "quarter") else 10.0


def found(typed: str) -> list[dict[str, Any]]:
    """The places and assets whose names sound like what was typed, as radios show them."""
    return [choice(spot) for spot in named_like(typed)]


def choice(spot: Spot) -> dict[str, Any]:
    """A place or asset as a radio shows it."""
    return {
        "value": spot.value,
        "name": spot.name,
        "lon": spot.lon,
        "lat": spot.lat,
        "distance_m": spot.distance_m,
        "near": spot.near,
        "spread_m": spread_m(spot.kind, spot.population),
    }
