"""Named places, for maps without tiles and for whoever has no map."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from shapely.geometry import Point
from sqlalchemy import func, select

from app.errors import Invalid
from app.extensions import db
from app.geo.address_queries import addresses_like, chosen_address
from app.geo.geocoder import asked_elsewhere, chosen_elsewhere
from app.geo.models import Area, Place, Street
from app.geo.place_queries import MOST_FOUND, Spot, chosen_spot, named_like, names_said, not_understood
from app.geo.places import SETTLEMENTS
from app.geo.shapes import point, spot_of

#: What was typed is it, and not only like it.
_FITS = 1.5
#: What a map and a phone can hold.
MOST = 400
MOST_STREETS = 3000


def on_the_map() -> list[dict[str, object]]:
    """The places as names for a map, in both languages."""
    places = db.session.scalars(select(Place).order_by(Place.population.desc().nulls_last(), Place.id).limit(MOST))
    return [
        {"kind": place.kind}
        | _named(place.name_el, place.name_en, spot_of(place.location), spread_m(place.kind, place.population))
        for place in places
    ]


def streets_to_keep() -> list[dict[str, object]]:
    """The streets as names for a phone without a network, in both languages; of several of one name each says where."""
    of_a_name = func.count().over(partition_by=Street.name_key)
    drawn = select(Street.name_el, Street.name_en, Street.middle, Area.name_el, Area.name_en, of_a_name)
    rows = db.session.execute(drawn.outerjoin(Area, Area.id == Street.area_id).order_by(Street.id).limit(MOST_STREETS))
    kept = []
    for name_el, name_en, middle, where_el, where_en, many in rows:
        if many > 1 and where_el:
            name_el, name_en = f"{name_el}, {where_el}", f"{name_en}, {where_en}"
        kept.append(_named(name_el, name_en, spot_of(middle), spread_m("street")))
    return kept


def _named(name_el: str, name_en: str, spot: Point, spread: float) -> dict[str, object]:
    """A name and where it is, to 1 m, as a phone keeps it."""
    where = {"lon": round(spot.x, 5), "lat": round(spot.y, 5), "spread_m": spread}
    return {"name_el": name_el, "name_en": name_en, **where}


def spread_m(kind: str, population: int | None = None) -> float:
    """How far from the point of a place or asset the reporter may mean, in metres."""
    if kind in SETTLEMENTS:
        return 2000.0 if (population or 0) > 10_000 else 500.0
    if kind in ("square", "park"):
        return 150.0
    if kind in ("about", "crossing"):
        return 60.0 if kind == "about" else 25.0
    return 300.0 if kind in ("street", "road", "neighbourhood", "suburb", "quarter") else 10.0


def found(typed: str, near: Point | None = None) -> list[dict[str, Any]]:
    """Addresses, places and assets that sound like what was typed, as radios show them; the best first.

    ``words`` are those of the spot that the choice would lose: the house number of a street whose doors nobody knows.
    """
    spots = _found(typed, near)
    rests = not_understood(typed, [f"{spot.name} {spot.near}" for spot in spots])
    return [choice(spot) | {"words": in_words(spot.name, rest)} for spot, rest in zip(spots, rests, strict=True)]


#: Of what a sentence names so much is proposed.
_MOST_SAID = 5
_DOOR = re.compile(r"[0-9]{1,4}[^\W\d_]?")
_JOINTS = {"και", "κι", "με", "γωνία", "γωνια", "and", "kai", "ke"}


def said_in(sentence: str) -> list[dict[str, Any]]:
    """The places that a sentence names, as radios show them, the likeliest first: «παγκάκι στη Μεραρχίας 12»."""
    words = re.findall(r"[^\W_]+", sentence.replace("\0", ""))
    names = names_said(words)
    typed = []
    for one, other in pairwise(sorted(names, key=lambda name: name.first)):
        if any(word.lower() in _JOINTS for word in words[one.last + 1 : other.first]) and other.first - one.last <= 3:
            typed.append(f"{one.name} και {other.name}")
    for name in names:
        number = words[name.last + 1 : name.last + 2]
        typed.append(f"{name.name} {number[0]}" if number and _DOOR.fullmatch(number[0]) else name.name)
    by_value = {one["value"]: one for words in typed for one in found(words)[:2]}
    return list(by_value.values())[:_MOST_SAID]


def words_lost(typed: str, spot: Spot) -> str:
    """What was typed in the search for a spot and its name does not say, in words for the report; or nothing."""
    [rest] = not_understood(typed, [f"{spot.name} {spot.near}"])
    return in_words(spot.name, rest)


def in_words(name: str, rest: str) -> str:
    return f"{name} {rest}" if rest else ""


def _found(typed: str, near: Point | None) -> list[Spot]:
    # A stop is named for its street, which is meant.
    places = [(fits - 0.3 if spot.kind == "bus_stop" else fits, spot) for fits, spot in named_like(typed)]
    known = sorted([*addresses_like(typed, near), *places], key=lambda fit: -round(fit[0], 1))
    if known and known[0][0] >= _FITS:
        return [spot for fits, spot in known[:MOST_FOUND] if fits >= _FITS]
    # What only resembles it is worth showing where nothing is it.
    return [*asked_elsewhere(typed, near), *(spot for _fits, spot in known)][:MOST_FOUND]


def where_the_phone_is(asked: Mapping[str, str]) -> Point | None:
    """The spot that came along with a question, in ``lon`` and ``lat``; None for none."""
    try:
        return point(float(asked["lon"]), float(asked["lat"]))
    except (KeyError, ValueError, Invalid):
        return None


def chosen(value: str) -> Spot | None:
    """The address, place or asset that the value of a radio stands for."""
    return chosen_address(value) or chosen_spot(value) or chosen_elsewhere(value)


def named_with_code(name: str, code: str) -> str:
    """The name of a thing, which of several benches on a square tells one."""
    return name if code in name else f"{name} {code}"


def choice(spot: Spot) -> dict[str, Any]:
    """A place or asset as a radio shows it."""
    name = named_with_code(spot.name, spot.thing.partition("/")[2])
    return {
        "value": spot.value,
        "thing": spot.thing,
        "name": _("%(address)s (κατά προσέγγιση)", address=name) if spot.kind == "about" else name,
        "lon": spot.lon,
        "lat": spot.lat,
        "distance_m": spot.distance_m,
        "near": spot.near,
        "spread_m": spread_m(spot.kind, spot.population),
    }
