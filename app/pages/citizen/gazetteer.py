"""Named places as a list to choose from, for whoever has no map."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.extensions import db
from app.geo.models import Place
from app.geo.places import SETTLEMENTS
from app.geo.shapes import spot_of
from app.language import named

GROUPS = (
    (_l("Πόλη και χωριά"), SETTLEMENTS),
    (_l("Γειτονιές"), frozenset({"neighbourhood", "suburb", "quarter"})),
    (_l("Πλατείες και πάρκα"), frozenset({"square", "park"})),
    (_l("Δρόμοι"), frozenset({"street", "road"})),
)

#: A list that a thumb can still get through.
MOST = 400


@dataclass(frozen=True)
class Choice:
    id: int
    name: str
    kind: str
    lon: float
    lat: float


def _choice(place: Place) -> Choice:
    spot = spot_of(place.location)
    return Choice(place.id, named(place), place.kind, round(spot.x, 6), round(spot.y, 6))


def _places() -> list[Place]:
    return list(db.session.scalars(select(Place).order_by(Place.population.desc().nulls_last(), Place.id).limit(MOST)))


def on_the_map() -> list[dict[str, object]]:
    """The places as names for a map, in both languages."""
    found = []
    for place in _places():
        spot = spot_of(place.location)
        found.append(
            {
                "kind": place.kind,
                "name_el": place.name_el,
                "name_en": place.name_en,
                "lon": round(spot.x, 5),
                "lat": round(spot.y, 5),
            }
        )
    return found


def _alphabet(choice: Choice) -> str:
    """Letters without their accents, so that Άγιος stands before Αμπέλια."""
    return "".join(c for c in unicodedata.normalize("NFD", choice.name.casefold()) if not unicodedata.combining(c))


def grouped() -> list[tuple[str, list[Choice]]]:
    """The places under a few headings, each in the order of the reader's alphabet."""
    places = _places()
    groups = []
    for heading, kinds in GROUPS:
        chosen = sorted((_choice(place) for place in places if place.kind in kinds), key=_alphabet)
        if chosen:
            groups.append((str(heading), chosen))
    return groups


def place(typed: str) -> Place | None:
    return db.session.get(Place, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


def spread_m(place: Place) -> float:
    """How far from a place's point the reporter may mean, in metres."""
    if place.kind in SETTLEMENTS:
        return 2000.0 if (place.population or 0) > 10_000 else 500.0
    return 150.0 if place.kind in ("square", "park") else 300.0
