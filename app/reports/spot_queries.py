"""What is known about a spot, in one round trip: whose it is, what stands there, what was reported there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from shapely.geometry import Point
from sqlalchemy import text

from app.extensions import db
from app.geo.queries import WHERE_COLUMNS, WHERE_CTES
from app.moderation import screening
from app.prepared import PREPARED
from app.reports.models import OPEN_SQL

#: Open reports of the same category this near may be the same issue.
DUPLICATE_WITHIN_M = 50


class Kind(Protocol):
    """A category, or its row: what is asked about a spot for its sake."""

    @property
    def id(self) -> int: ...

    @property
    def code(self) -> str: ...

    @property
    def asset_kind(self) -> str | None: ...


@dataclass(frozen=True)
class Whereabouts:
    """What one round trip tells about a spot; each part as a plain mapping, or None."""

    municipality: dict[str, Any] | None
    unit: dict[str, Any] | None
    community: dict[str, Any] | None
    neighbour: dict[str, Any] | None
    asset: dict[str, Any] | None
    place: dict[str, Any] | None
    #: Door or crossing, as ``geo.places.format_street`` reads it.
    street: dict[str, Any] | None
    #: Open, same category, nearest first: [{reference, category, status, received_at, supporters, distance_m,
    #: place {kind, name_el, name_en}, place_distance_m, place_bearing, photo_id}]; the photo is one everybody may see.
    open_near: list[dict[str, Any]]
    #: The kind of what is blocked in it, and whether its browser or its network address sends too much.
    blocked: str | None
    device_is_busy: bool
    address_is_busy: bool


_WHERE_IS = text(
    f"""
WITH {WHERE_CTES},{screening.CTES},
near AS (
    SELECT r.reference, :category AS category, r.status, r.received_at, r.supporters,
        round(ST_Distance(r.location, here.geog)::numeric, 1) AS distance_m,
        (SELECT json_build_object('kind', l.kind, 'name_el', l.name_el, 'name_en', l.name_en)
         FROM place l WHERE l.id = r.near_place_id) AS place,
        r.street, r.near_distance_m AS place_distance_m, r.near_bearing AS place_bearing,
        (SELECT p.photo_id FROM report_photo p WHERE p.report_id = r.id
            AND (p.moment = 'after' OR p.added_at <= r.released_at)
         ORDER BY p.moment = 'after', p.moment, p.position LIMIT 1) AS photo_id
    FROM report r, here
    WHERE r.category_id = :category_id AND {OPEN_SQL} AND r.id <> :but_not AND r.suspicion IS NULL
      AND ST_DWithin(r.location, here.geog, {DUPLICATE_WITHIN_M})
    ORDER BY ST_Distance(r.location, here.geog), r.id LIMIT 20
)
SELECT {WHERE_COLUMNS}, coalesce((SELECT json_agg(near) FROM near), '[]'::json) AS open_near, {screening.COLUMNS}
"""
).execution_options(**PREPARED)


def where_is(
    spot: Point, category: Kind | None = None, *, but_not: int = 0, sent: Mapping[str, Any] | None = None
) -> Whereabouts:
    """Everything the map knows about a spot: areas, nearest asset within 30 m, open reports within 50 m, place.

    ``sent`` (``moderation.asked``) asks in the same round trip whether something looks wrong with a new report.
    """
    row = db.session.execute(
        _WHERE_IS,
        {
            "lon": spot.x,
            "lat": spot.y,
            "asset_kind": category.asset_kind if category else None,
            "category_id": category.id if category else None,
            "category": category.code if category else None,
            "but_not": but_not,
            **(sent or screening.evidence()),
        },
    ).one()
    return Whereabouts(**row._mapping)
