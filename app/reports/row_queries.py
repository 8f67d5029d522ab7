"""Reports as plain rows, for whatever only shows them: one statement, everything a line or a page needs.

Entities are for changing things. A row has the names that ``Report`` has, so that presenting takes either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _l
from geoalchemy2 import Geometry
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, Text, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from app.categories.models import Category
from app.errors import NotFound
from app.extensions import db
from app.geo.models import Area, Asset, Place
from app.media.models import Photo
from app.moderation.models import Suspicion
from app.prepared import PREPARED
from app.reports.lifecycle import OPEN, Status
from app.reports.models import PhotoMoment, Priority, Report, ReportContact, ReportPhoto, Source
from app.reports.references import reference_from


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


class WholeKind(NamedTuple):
    """A category with what the page of one report asks of it besides."""

    id: int
    code: str
    name_el: str
    name_en: str
    icon: str
    active: bool
    asset_kind: str | None
    questions: list[dict[str, Any]]
    usual_days: int | None
    usual_of: int


class Contact(NamedTuple):
    """How to reach the reporter: for the office and the reporter only."""

    name: str | None
    email: str | None
    phone: str | None


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
    street: dict[str, Any] | None
    things: list[dict[str, Any]]
    language: str
    lon: float
    lat: float
    category: Kind | WholeKind
    unit: Named | None
    community: Named | None
    near_place: Thing | None
    asset: Thing | None
    photos: list[PhotoRow]

    @property
    def waits_aside(self) -> bool:
        return self.suspicion is not None and self.status in OPEN


@dataclass(slots=True)
class WholeReport(ReportRow):
    """A report with what only its own page shows, and what says who its reporter is."""

    life: int
    device: str | None
    tracking_token: str
    answers: dict[str, Any]
    category: WholeKind
    contact: Contact | None


#: Whatever is shown of a report is shown of its row or of itself.
Shown = Report | ReportRow


_LINE_COLUMNS = (
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
    Report.street,
    Report.things,
    Report.language,
)
_WHOLE_COLUMNS = (
    *_LINE_COLUMNS,
    Report.life,
    Report.device,
    Report.tracking_token,
    Report.answers,
)
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
#: What stands beside the report in its row, in order.
_BESIDE: tuple[tuple[str, type[Any], Any], ...] = (
    ("unit", Named, _Unit),
    ("community", Named, _Community),
    ("near_place", Thing, Place),
    ("asset", Thing, Asset),
)


def _rows(columns: Sequence[Any], kind: type[Any], which: ColumnElement[bool], *more: Any) -> Select[Any]:
    """The statement for these columns, with the category, all that stands beside, ``more``, and the photos."""
    return (
        select(
            *columns,
            func.ST_X(_SPOT),
            func.ST_Y(_SPOT),
            *(getattr(Category, name) for name in kind._fields),
            *(getattr(table, name) for _key, shape, table in _BESIDE for name in shape._fields),
            *more,
            _PHOTOS,
        )
        .join(Category, Category.id == Report.category_id)
        .outerjoin(_Unit, _Unit.id == Report.unit_id)
        .outerjoin(_Community, _Community.id == Report.community_id)
        .outerjoin(Place, Place.id == Report.near_place_id)
        .outerjoin(Asset, Asset.id == Report.asset_id)
        .where(which)
        .execution_options(**PREPARED)
    )


_LINES = _rows(_LINE_COLUMNS, Kind, Report.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
_WHOLE = _rows(
    _WHOLE_COLUMNS,
    WholeKind,
    Report.reference == bindparam("reference", type_=Text),
    *(getattr(ReportContact, name) for name in Contact._fields),
).outerjoin(ReportContact, ReportContact.report_id == Report.id)


def rows_of(ids: Sequence[int]) -> list[ReportRow]:
    """The rows of these reports, in this order.

    Apart from the question which they are: that one is planned anew for each filter, this one once a connection.
    """
    if not ids:
        return []
    rows = {row[0]: row for row in db.session.execute(_LINES, {"ids": list(ids)})}
    return [ReportRow(**_read(rows[report_id], _LINE_COLUMNS, Kind)[0]) for report_id in ids if report_id in rows]


def report_by_reference(typed: str) -> WholeReport:
    """The whole report, to be shown. Raises NotFound, saying whether the number itself was mistyped."""
    reference = reference_from(typed)
    if reference is None:
        raise NotFound(_l("Αυτός ο αριθμός αναφοράς δεν υπάρχει. Ελέγξτε τα ψηφία του."))
    row = db.session.execute(_WHOLE, {"reference": reference}).one_or_none()
    if row is None:
        raise NotFound(_l("Δεν υπάρχει αναφορά με αυτόν τον αριθμό."))
    values, contact = _read(row, _WHOLE_COLUMNS, WholeKind)
    return WholeReport(**values, contact=Contact(*contact) if any(contact) else None)


def _read(row: Sequence[Any], columns: Sequence[Any], kind: type[Any]) -> tuple[dict[str, Any], list[Any]]:
    """The fields of a row by their names, and what ``more`` asked for."""
    values = iter(row)
    read = {column.key: value for column, value in zip(columns, values, strict=False)}
    read |= {"lon": next(values), "lat": next(values), "category": _next(kind, values)}
    for key, shape, _table in _BESIDE:
        thing = _next(shape, values)
        read[key] = thing if thing.code else None
    *more, photos = values
    read["photos"] = [_photo(*photo) for photo in photos or ()]
    return read, more


def _next(shape: type[Any], values: Iterator[Any]) -> Any:
    return shape(*islice(values, len(shape._fields)))


def _photo(photo_id: str, moment: str, width: int, height: int, taken_at: str | None, added_at: str) -> PhotoRow:
    taken_moment = datetime.fromisoformat(taken_at) if taken_at else None
    return PhotoRow(UUID(photo_id), PhotoMoment(moment), width, height, taken_moment, datetime.fromisoformat(added_at))
