"""What the map stands on: whether the town has a ground of its own, in which version, and whom to thank for it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, select

from app.extensions import db
from app.geo.models import GroundFeature, MapLayer, TileLayer
from app.prepared import PREPARED


@dataclass(frozen=True)
class OwnGround:
    """The town's own ground: the version in the address of its tiles, and whom to thank."""

    version: int
    attribution: str
    approximate: bool


_OWN = (
    select(MapLayer.version, MapLayer.attribution, MapLayer.approximate)
    .where(MapLayer.layer == TileLayer.GROUND, exists(select(GroundFeature.id)))
    .execution_options(**PREPARED)
)


def own_ground() -> OwnGround | None:
    """The town's own ground; None when nothing was ever imported."""
    row = db.session.execute(_OWN).one_or_none()
    return None if row is None else OwnGround(*row)


def version_of(layer: TileLayer) -> int:
    """Raised by the database with whatever changes what the layer's tiles show."""
    return db.session.scalars(select(MapLayer.version).where(MapLayer.layer == layer)).one()
