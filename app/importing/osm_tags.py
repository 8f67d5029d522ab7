"""What OpenStreetMap's tags mean to us: layers of the ground, names in two languages, doors, points of orientation.

The meaning of the tags is that of https://wiki.openstreetmap.org/wiki/Map_features.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.geo.latin import latin
from app.geo.models import GroundLayer

Tags = Mapping[str, str]

#: By kind of road from which zoom it is drawn. What is not here is no street.
STREETS: Final = {
    "motorway": 7, "trunk": 7, "primary": 8, "secondary": 9, "tertiary": 11, "unclassified": 12, "residential": 13,
    "living_street": 13, "pedestrian": 13, "road": 13, "service": 14, "track": 14,
}  # fmt: skip
PATHS: Final = {"footway": 15, "path": 14, "cycleway": 14, "steps": 16, "bridleway": 15}
RAILS: Final = {"rail": 10, "light_rail": 12, "narrow_gauge": 11, "tram": 13, "subway": 13}
_RIVERS: Final = {"river": 8, "canal": 10, "stream": 12, "drain": 14, "ditch": 15}
_LAND: Final = {
    "leisure": {"park": "park", "garden": "park", "playground": "park", "dog_park": "park", "pitch": "pitch",
                "stadium": "pitch", "sports_centre": "pitch", "nature_reserve": "forest"},
    "landuse": {"forest": "forest", "grass": "park", "village_green": "park", "recreation_ground": "park",
                "cemetery": "cemetery", "meadow": "field", "farmland": "field", "orchard": "field",
                "vineyard": "field", "residential": "town", "commercial": "town", "retail": "town",
                "industrial": "town"},
    "natural": {"wood": "forest", "scrub": "forest", "grassland": "field", "heath": "field"},
    "amenity": {"school": "yard", "kindergarten": "yard", "university": "yard", "college": "yard", "hospital": "yard",
                "grave_yard": "cemetery", "parking": "square"},
    "place": {"square": "square"},
    "highway": {"pedestrian": "square"},
}  # fmt: skip
SETTLEMENTS: Final = frozenset({"city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood"})
_POINTS: Final = {
    "amenity": {"school": "school", "kindergarten": "school", "university": "school", "college": "school",
                "place_of_worship": "church", "pharmacy": "pharmacy", "hospital": "hospital", "clinic": "hospital",
                "townhall": "public", "police": "public", "fire_station": "public", "post_office": "public",
                "courthouse": "public", "library": "public", "theatre": "public", "marketplace": "public",
                "bus_station": "bus_stop"},
    "highway": {"bus_stop": "bus_stop"},
    "railway": {"station": "station", "halt": "station"},
    "tourism": {"museum": "public", "hotel": "hotel"},
    "leisure": {"park": "park", "stadium": "stadium", "sports_centre": "stadium"},
    "place": {"square": "square"},
    "shop": {"supermarket": "shop"},
}  # fmt: skip
#: What a file is read for; the rest is never looked at.
AREA_KEYS: Final = (
    "waterway", "natural", "landuse", "leisure", "building", "amenity", "place", "highway", "tourism", "shop",
)  # fmt: skip
KEYS: Final = (*AREA_KEYS, "railway", "addr:housenumber", "addr:interpolation")
LONGEST_NAME: Final = 200
_GREEK: Final = re.compile(r"[Ͱ-Ͽἀ-῿]")
#: Metres of Web Mercator of a pixel at zoom 0.
_PIXEL_M: Final = 156_543.03
#: A patch of colour is worth its ink from this many pixels across.
_WORTH_PX: Final = 5


@dataclass(frozen=True)
class Drawn:
    """Where and from which zoom a shape is drawn."""

    layer: GroundLayer
    kind: str
    min_zoom: int


@dataclass(frozen=True)
class Names:
    """A thing's names; all empty when it has none. ``others`` are old and alternative ones, separated by «;»."""

    el: str
    en: str
    others: str


def names_of(tags: Tags) -> Names:
    """The Greek and the English name, each made from the other where one is missing (Greek letters by ELOT 743)."""
    own = _clean(tags.get("name", ""))
    greek = _clean(tags.get("name:el", "")) or (own if _GREEK.search(own) else "")
    english = _clean(tags.get("name:en", "")) or _clean(tags.get("int_name", ""))
    if not english:
        english = latin(greek) if greek else own
    greek = greek or own or english
    known = {greek, english}
    others = []
    for key, value in sorted(tags.items()):
        if (
            key.startswith(("name:", "old_name", "alt_name", "loc_name", "short_name", "official_name"))
            or key == "name"
        ):
            others += [_clean(part) for part in value.split(";")]
    return Names(greek, english, ";".join(dict.fromkeys(name for name in others if name and name not in known)))


def _clean(name: str) -> str:
    """On one line, without what cannot be read; nothing when there is neither letter nor figure in it."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in name).split())[:LONGEST_NAME]
    return plain if any(c.isalnum() for c in plain) else ""


def line_drawn(tags: Tags) -> Drawn | None:
    """What an open way is drawn as; None: not at all."""
    road = tags.get("highway", "").removesuffix("_link")
    if road in STREETS and tags.get("area") != "yes":
        # Drives and parking aisles are many and help nobody far away.
        return Drawn(GroundLayer.STREET, road, 16 if road == "service" and "service" in tags else STREETS[road])
    if road in PATHS:
        return Drawn(GroundLayer.PATH, road, PATHS[road])
    rail = tags.get("railway", "")
    if rail in RAILS and tags.get("tunnel") != "yes":
        return Drawn(GroundLayer.RAIL, "tram" if rail == "tram" else "rail", 14 if "service" in tags else RAILS[rail])
    water = tags.get("waterway", "")
    if water in _RIVERS and tags.get("tunnel") not in ("yes", "culvert"):
        return Drawn(GroundLayer.WATER, water, _RIVERS[water])
    return None


def area_drawn(tags: Tags, size_m: float) -> Drawn | None:
    """What a closed shape, ``size_m`` of Web Mercator metres across, is drawn as; None: not at all."""
    if tags.get("building", "no") != "no":
        return Drawn(GroundLayer.BUILDING, "building", 14 if size_m > 60 else 15)
    worth = max(8, min(16, _zoom_of(size_m)))
    if tags.get("natural") == "water" or tags.get("waterway") in ("riverbank", "dock") or tags.get("landuse") in (
        "reservoir",
        "basin",
    ):  # fmt: skip
        return Drawn(GroundLayer.WATER, "water", worth)
    for key, kinds in _LAND.items():
        kind = kinds.get(tags.get(key, ""))
        # A closed street is a ring to drive round, unless it says that it is a place to walk on.
        if kind and (key != "highway" or tags.get("area") == "yes" or tags.get("type") == "multipolygon"):
            return Drawn(GroundLayer.LAND, kind, worth)
    return None


def _zoom_of(size_m: float) -> int:
    """The first zoom at which something so large is ``_WORTH_PX`` pixels across."""
    zoom = 0
    while zoom < 20 and size_m / (_PIXEL_M / 2**zoom) < _WORTH_PX:
        zoom += 1
    return zoom


def point_kind(tags: Tags) -> str | None:
    """A settlement or point of orientation, in the words of places; None: neither."""
    if tags.get("place") in SETTLEMENTS:
        settlement = tags["place"]
        return "neighbourhood" if settlement in ("suburb", "quarter") else settlement
    for key, kinds in _POINTS.items():
        if tags.get(key, "") in kinds:
            return kinds[tags[key]]
    return None


def population(tags: Tags) -> int | None:
    figure = tags.get("population", "").replace(".", "").replace(",", "").strip()
    return int(figure) if figure.isascii() and figure.isdigit() and len(figure) < 10 else None


def first_number(number: str) -> int | None:
    """12 of «12», «12Α», «12-14»; None where there is no figure."""
    found = re.search(r"\d{1,5}", number)
    return int(found.group()) if found else None


def between(first: str, last: str, how: str) -> list[int]:
    """The house numbers between two, by ``addr:interpolation``: odd, even, all or a step."""
    start, end = first_number(first), first_number(last)
    step = {"odd": 2, "even": 2, "all": 1}.get(how) or (int(how) if how.isascii() and how.isdigit() else 0)
    if start is None or end is None or not 0 < step <= 20 or abs(end - start) > 1000:
        return []
    way = step if end > start else -step
    return list(range(start + way, end, way))
