"""Reports as plain rows, for whatever only shows them: one statement, everything a line or a page needs.

Entities are for changing things. A row has the names that ``Report`` has, so that presenting takes either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import ARRAY, BigInteger, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app.categories.models import Category
from app.extensions import db
from app.geo.models import Area, Asset, Place
from app.media.models import Photo
from app.moderation.models import Suspicion
from app.reports.lifecycle import OPEN, Status
from app.reports.models import PhotoMoment, Priority, Report, ReportPhoto, Source


class Named(NamedTuple):
    """An area, by its code and names."""

    code: str
    name_el: str
    name_en: str


class Kind(NamedTuple):
    """A category as far as a report shows it."""

    code: str
    name_el: str
    name_en: str
    icon: str
    usual_days: int | None


class Thing(NamedTuple):
    """A place or an asset."""

    code: str
    name_el: str
    name_en: str
    kind: str


class PhotoRow(NamedTuple):
    """A photo of a report; sizes in pixels of the upright original."""

    photo_id: UUID
    moment: PhotoMoment
    width: int
    height: int
    taken_at: datetime | None
    added_at: datetime

    @property
    def by_crew(self) -> bool:
        return self.moment is PhotoMoment.AFTER


@dataclass(slots=True)
class ReportRow:
    """What is shown of a report. Times in UTC; ``lon`` and ``lat`` in WGS84 degrees."""

    id: int
    reference: str
    status: Status
    version: int
    description: str
    address_words: str
    priority: Priority
    source: Source
    accuracy_m: float | None
    received_at: datetime
    updated_at: datetime
    target_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    released_at: datetime | None
    objected_at: datetime | None
    flagged_at: datetime | None
    suspicion: Suspicion | None
    supporters: int
    near_distance_m: int | None
    near_bearing: int | None
    lon: float
    lat: float
    category: Kind
    unit: Named | None
    community: Named | None
    near_place: Thing | None
    asset: Thing | None
    photos: list[PhotoRow]

    @property
    def waits_aside(self) -> bool:
        return self.suspicion is not None and self.status in OPEN


_SCALARS = (
    Report.id,
    Report.reference,
    Report.status,
    Report.version,
    Report.description,
    Report.address_words,
    Report.priority,
    Report.source,
    Report.accuracy_m,
    Report.received_at,
    Report.updated_at,
    Report.target_at,
    Report.resolved_at,
    Report.closed_at,
    Report.released_at,
    Report.objected_at,
    Report.flagged_at,
    Report.suspicion,
    Report.supporters,
    Report.near_distance_m,
    Report.near_bearing,
)
_NAMES = tuple(column.key for column in _SCALARS)
#: Its coordinates as numbers.
_SPOT = cast(Report.location, Geometry)
_Unit, _Community = aliased(Area), aliased(Area)
_PHOTOS = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(
                    ReportPhoto.photo_id,
                    ReportPhoto.moment,
                    Photo.width,
                    Photo.height,
                    Photo.taken_at,
                    ReportPhoto.added_at,
                ),
                ReportPhoto.moment,
                ReportPhoto.added_at,
                ReportPhoto.position,
            )
        )
    )
    .join(Photo, Photo.id == ReportPhoto.photo_id)
    .where(ReportPhoto.report_id == Report.id)
    .scalar_subquery()
)


_ROWS = (
    select(
        *_SCALARS,
        func.ST_X(_SPOT),
        func.ST_Y(_SPOT),
        *(Category.code, Category.name_el, Category.name_en, Category.icon, Category.usual_days),
        *(_Unit.code, _Unit.name_el, _Unit.name_en),
        *(_Community.code, _Community.name_el, _Community.name_en),
        *(Place.code, Place.name_el, Place.name_en, Place.kind),
        *(Asset.code, Asset.name_el, Asset.name_en, Asset.kind),
        _PHOTOS,
    )
    .join(Category, Category.id == Report.category_id)
    .outerjoin(_Unit, _Unit.id == Report.unit_id)
    .outerjoin(_Community, _Community.id == Report.community_id)
    .outerjoin(Place, Place.id == Report.near_place_id)
    .outerjoin(Asset, Asset.id == Report.asset_id)
    .where(Report.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
)


def rows_of(ids: Sequence[int]) -> list[ReportRow]:
    """The rows of these reports, in this order.

    Apart from the question which they are: that one is planned anew for each filter, which for nine tables at once
    would take four times as long as the answer. This one is planned once a connection.
    """
    if not ids:
        return []
    rows = {row[0]: row for row in db.session.execute(_ROWS, {"ids": list(ids)})}
    return [_row(tuple(rows[report_id])) for report_id in ids if report_id in rows]


def _row(values: tuple[Any, ...]) -> ReportRow:
    lon, lat, *beside = values[len(_SCALARS) :]
    unit, community, place, asset = beside[5:8], beside[8:11], beside[11:15], beside[15:19]
    return ReportRow(
        **dict(zip(_NAMES, values, strict=False)),
        lon=lon,
        lat=lat,
        category=Kind(*beside[:5]),
        unit=Named(*unit) if unit[0] else None,
        community=Named(*community) if community[0] else None,
        near_place=Thing(*place) if place[0] else None,
        asset=Thing(*asset) if asset[0] else None,
        photos=[_photo(*photo) for photo in beside[19] or ()],
    )


def _photo(photo_id: str, moment: str, width: int, height: int, taken_at: str | None, added_at: str) -> PhotoRow:
    taken_moment = datetime.fromisoformat(taken_at) if taken_at else None
    return PhotoRow(UUID(photo_id), PhotoMoment(moment), width, height, taken_moment, datetime.fromisoformat(added_at))
