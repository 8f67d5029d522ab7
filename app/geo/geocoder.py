"""A geocoder of somebody else's, when the town names one: Photon or Nominatim, anything that answers in GeoJSON.

Asked only for what the town's own streets and places do not know, and never waited for: late, broken or silent, it is
as if there were none.
"""

from __future__ import annotations

import json
import math
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any, Final

from flask import current_app
from shapely.geometry import Point

from app.geo.place_queries import MOST_FOUND, Spot
from app.geo.queries import bounds_of_the_municipality

#: Seconds that whoever types may wait for it, and for which it is left alone after it failed.
PATIENCE_S: Final = 1.5
LEFT_ALONE_S: Final = 60
_MOST_BYTES: Final = 500_000
#: Around the town's box, in degrees.
_MARGIN: Final = 0.02
_VALUE = re.compile(r"at:(-?\d{1,3}(?:\.\d{1,7})?),(-?\d{1,2}(?:\.\d{1,7})?)")


def asked_elsewhere(typed: str, near: Point | None) -> list[Spot]:
    """What GEOCODER_URL knows of it in and around the town, best first; empty when it is not named or not well.

    The address has {q}, and perhaps {lon} and {lat} of where the phone is, else of the town's middle.
    """
    address = current_app.config["GEOCODER_URL"]
    if not address.startswith(("http://", "https://")) or len(typed.strip()) < 3:
        return []
    if current_app.extensions.get("geocoder_silent_until", 0) > time.monotonic():
        return []
    bounds = bounds_of_the_municipality()
    if bounds is None:
        return []
    west, south, east, north = bounds
    around = near or Point((west + east) / 2, (south + north) / 2)
    filled = {"q": urllib.parse.quote(typed[:100]), "lon": f"{around.x:.5f}", "lat": f"{around.y:.5f}"}
    url = re.sub(r"\{(q|lon|lat)\}", lambda part: filled[part[1]], address)
    request = urllib.request.Request(url, headers={"User-Agent": "Kathimerina", "Accept": "application/geo+json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310 - the operator's own address
            told = json.loads(answer.read(_MOST_BYTES))
        found = [spot for feature in told["features"] if (spot := _spot(feature))]
    except Exception:  # a stranger's server fails in as many ways as there are
        current_app.extensions["geocoder_silent_until"] = time.monotonic() + LEFT_ALONE_S
        current_app.logger.warning("the geocoder does not answer as it should", exc_info=True)
        return []
    inside = [
        spot
        for spot in found
        if west - _MARGIN <= spot.lon <= east + _MARGIN and south - _MARGIN <= spot.lat <= north + _MARGIN
    ]
    return inside[:MOST_FOUND]


def _spot(feature: Mapping[str, Any]) -> Spot | None:
    told, (lon, lat) = feature.get("properties") or {}, feature["geometry"]["coordinates"][:2]
    lon, lat = round(float(lon), 6), round(float(lat), 6)
    name, near = _names(told)
    if not name or not math.isfinite(lon + lat):
        return None
    kind = "door" if told.get("housenumber") else "street"
    return Spot(f"at:{lon},{lat}", kind, name[:200], lon, lat, None, near[:100], None)


def _names(told: Mapping[str, Any]) -> tuple[str, str]:
    """What it is called and by what it lies, of Photon's parts or of Nominatim's one line."""
    if line := str(told.get("display_name") or ""):
        first, *rest = [part.strip() for part in line.split(",")]
        if rest and first.isdigit():  # «12, Μεραρχίας, Σέρρες, …»
            first, rest = f"{rest[0]} {first}", rest[1:]
        return first, rest[0] if rest else ""
    street = str(told.get("street") or told.get("name") or "")
    number = str(told.get("housenumber") or "")
    return f"{street} {number}".strip(), str(told.get("city") or told.get("district") or "")


def chosen_elsewhere(value: str) -> Spot | None:
    """The spot that a value of ``asked_elsewhere`` stands for."""
    read = _VALUE.fullmatch(value)
    if read is None:
        return None
    lon, lat = float(read[1]), float(read[2])
    return Spot(value, "street", "", lon, lat, None, "", None)
