"""What maps stand on: the town's own tiles, a raster of somebody else's, or nothing but our outlines."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import exists, select

from app.calendar import local_day
from app.extensions import db
from app.geo.archive import archive_in_use
from app.geo.models import GroundFeature, MapLayer, TileLayer
from app.geo.queries import bounds_of_the_municipality
from app.prepared import PREPARED

#: Where a map without streets would help nobody: the tiles of OpenStreetMap itself, within its usage policy,
#: https://operations.osmfoundation.org/policies/tiles/
OSM_TILES: Final = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
#: As the Open Database Licence wants it said.
OSM_ATTRIBUTION: Final = "© OpenStreetMap contributors (ODbL)"
#: The word that forbids foreign tiles.
OFF: Final = "off"


@dataclass(frozen=True)
class Ground:
    """An address with {z}, {x} and {y} (empty: none), whom to thank, and whether the tiles are vectors of our own."""

    address: str = ""
    attribution: str = ""
    is_own: bool = False
    #: Drawn by hand, as the demo's is.
    approximate: bool = False
    #: The day on which the source stood so.
    as_of: date | None = None
    #: West, south, east and north of the town in degrees; None before its outline is there.
    home: tuple[float, float, float, float] | None = None

    @property
    def foreign_host(self) -> str:
        """Where tiles come from, as a source of a CSP: ``https://{s}.tile.example/…`` → ``https://*.tile.example``."""
        parts = urlsplit(self.address.replace("{s}.", "*."))
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def ground_in_use() -> Ground:
    """The town's own tiles, else the raster in TILE_URL, else OpenStreetMap's; TILE_URL=off: none.

    Looked up again after GROUND_KNOWN_S seconds: a page need not ask for what changes once a year.
    """
    kept: tuple[float, Ground] | None = current_app.extensions.get("ground")
    if kept is None or kept[0] < time.monotonic():
        ground = replace(own_ground() or _foreign(), home=bounds_of_the_municipality())
        kept = (time.monotonic() + current_app.config["GROUND_KNOWN_S"], ground)
        current_app.extensions["ground"] = kept
    return kept[1]


_OWN = (
    select(MapLayer.version, MapLayer.attribution, MapLayer.approximate, MapLayer.data_at)
    .where(MapLayer.layer == TileLayer.GROUND, exists(select(GroundFeature.id)))
    .execution_options(**PREPARED)
)


def own_ground() -> Ground | None:
    """The town's own ground, from its archive or its import; None when there is neither."""
    archive = archive_in_use()
    if archive is not None:
        version, tiles = archive
        return Ground(_address(version), tiles.attribution, is_own=True)
    row = db.session.execute(_OWN).one_or_none()
    if row is None:
        return None
    as_of = local_day(row.data_at) if row.data_at else None
    return Ground(_address(row.version), row.attribution, is_own=True, approximate=row.approximate, as_of=as_of)


def _address(version: int) -> str:
    return f"/tiles/{TileLayer.GROUND}/v{version}/{{z}}/{{x}}/{{y}}.mvt"


def _foreign() -> Ground:
    url = current_app.config["TILE_URL"]
    if url.lower() == OFF:
        return Ground()
    return Ground(url, current_app.config["TILE_ATTRIBUTION"]) if url else Ground(OSM_TILES, OSM_ATTRIBUTION)
