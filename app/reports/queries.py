"""Questions about reports in the town's words; each is one round trip."""

from __future__ import annotations

import base64
import enum
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from geoalchemy2 import Geometry
from shapely.geometry import Point
from sqlalchemy import ColumnElement, Select, any_, cast, exists, false, func, or_, select, text, tuple_, update
from sqlalchemy.orm import aliased, joinedload

from app.errors import Invalid, NotFound
from app.extensions import db
from app.geo.models import Area, AreaKind
from app.geo.queries import WHERE_COLUMNS, WHERE_CTES
from app.media.models import Photo, Upload
from app.reports import moderation
from app.reports.lifecycle import OPEN, Move, Status
from app.reports.models import (
    OPEN_SQL,
    Category,
    CategoryGroup,
    Draft,
    Flag,
    Report,
    ReportContact,
    ReportHistory,
    ReportPhoto,
)
from app.reports.word_queries import LET_PASS, words_are
from app.reports.word_queries import reference_from as reference_from

#: Open reports of the same category this near may be the same issue.
DUPLICATE_WITHIN_M = 50
PAGE = 50


@dataclass(frozen=True)
class Whereabouts:
    """What one round trip tells about a spot; each part as a plain mapping, or None."""

    municipality: dict[str, Any] | None
    unit: dict[str, Any] | None
    community: dict[str, Any] | None
    neighbour: dict[str, Any] | None
    asset: dict[str, Any] | None
    place: dict[str, Any] | None
    #: Open, same category, nearest first: [{reference, category, status, received_at, supporters, distance_m,
    #: place {kind, name_el, name_en}, place_distance_m, place_bearing, photo_id}]; the photo is one everybody may see.
    open_near: list[dict[str, Any]]
    #: The kind of what is blocked in it, and whether its browser or its network address sends too much.
    blocked: str | None
    device_is_busy: bool
    address_is_busy: bool


_WHERE_IS = text(
    f"""
WITH {WHERE_CTES},{moderation.CTES},
near AS (
    SELECT r.reference, :category AS category, r.status, r.received_at, r.supporters,
        round(ST_Distance(r.location, here.geog)::numeric, 1) AS distance_m,
        (SELECT json_build_object('kind', l.kind, 'name_el', l.name_el, 'name_en', l.name_en)
         FROM place l WHERE l.id = r.near_place_id) AS place,
        r.near_distance_m AS place_distance_m, r.near_bearing AS place_bearing,
        (SELECT p.photo_id FROM report_photo p WHERE p.report_id = r.id
            AND (p.moment = 'after' OR p.added_at <= r.released_at)
         ORDER BY p.moment = 'after', p.moment, p.position LIMIT 1) AS photo_id
    FROM report r, here
    WHERE r.category_id = :category_id AND {OPEN_SQL} AND r.id <> :but_not AND r.suspicion IS NULL
      AND ST_DWithin(r.location, here.geog, {DUPLICATE_WITHIN_M})
    ORDER BY ST_Distance(r.location, here.geog), r.id LIMIT 20
)
SELECT {WHERE_COLUMNS}, coalesce((SELECT json_agg(near) FROM near), '[]'::json) AS open_near, {moderation.COLUMNS}
"""
)


def where_is(
    spot: Point, category: Category | None = None, *, but_not: int = 0, sent: Mapping[str, Any] | None = None
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
            **(sent or moderation.asked()),
        },
    ).one()
    return Whereabouts(**row._mapping)


def categories() -> list[Category]:
    """The categories citizens may choose, in the order of their groups."""
    return list(
        db.session.scalars(
            select(Category)
            .join(Category.group)
            .where(Category.active)
            .order_by(CategoryGroup.position, CategoryGroup.id, Category.position, Category.id)
        )
    )


def category_by_code(code: str) -> Category:
    """Raises Invalid at the field ``category`` when there is none, or none any more."""
    found = db.session.scalars(select(Category).where(Category.code == code, Category.active)).one_or_none()
    if found is None:
        raise Invalid({"category": [_("Διαλέξτε μία από τις κατηγορίες της λίστας.")]})
    return found


_WHOLE = (
    joinedload(Report.category).defer(Category.keywords),
    joinedload(Report.unit).defer(Area.outline),
    joinedload(Report.community).defer(Area.outline),
    joinedload(Report.near_place),
    joinedload(Report.asset),
)


def report_by_reference(typed: str, *, contact: bool = False) -> Report:
    """The whole report. Raises NotFound, saying whether the number itself was mistyped."""
    reference = reference_from(typed)
    if reference is None:
        raise NotFound(_l("Αυτός ο αριθμός αναφοράς δεν υπάρχει. Ελέγξτε τα ψηφία του."))
    question = select(Report).where(Report.reference == reference).options(*_WHOLE)
    if contact:
        question = question.options(joinedload(Report.contact))
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound(_l("Δεν υπάρχει αναφορά με αυτόν τον αριθμό."))
    return found


def locked_for_merging(goes: str, stays: str) -> dict[str, Report]:
    """Two reports, and what was merged into the one that goes, held at once.

    Always in the order of their ids, so that two people cannot wait for each other.
    """
    gone = select(Report.id).where(Report.reference == goes).scalar_subquery()
    found = db.session.scalars(
        select(Report)
        .where(Report.reference.in_([goes, stays]) | (Report.merged_into_id == gone))
        .order_by(Report.id)
        .with_for_update(of=Report)
        .execution_options(populate_existing=True)
    )
    return {report.reference: report for report in found}


def reference_that_stays(typed: str) -> str:
    """The report's own reference, or when it was merged that of the one it leads to; nothing is held by asking.

    Holding the one that goes before the one that stays would be the wrong way round for whoever merges them.
    """
    stays = aliased(Report)
    found = db.session.scalars(
        select(func.coalesce(stays.reference, Report.reference))
        .select_from(Report)
        .outerjoin(stays, stays.id == Report.merged_into_id)
        .where(Report.reference == reference_from(typed))
    ).one_or_none()
    return found or typed


def has_blocked_word(said: str) -> bool:
    return bool(db.session.scalar(_HAS_BLOCKED_WORD, moderation.asked(words=said)))


_HAS_BLOCKED_WORD = text(f"WITH {moderation.CTES} SELECT EXISTS (SELECT FROM blocked_by WHERE kind = 'word')")


def merged_into(report_id: int) -> list[Report]:
    """The reports that were merged into this one, held like itself, which its caller holds."""
    merged = select(Report).where(Report.merged_into_id == report_id).order_by(Report.id).with_for_update(of=Report)
    return list(db.session.scalars(merged.execution_options(populate_existing=True)))


def locked_reports(references: Sequence[str]) -> list[Report]:
    """Several reports held at once, in the order of their ids."""
    wanted = select(Report).where(Report.reference.in_(references)).order_by(Report.id).with_for_update(of=Report)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def locked_report(typed: str) -> Report:
    """The report, held against every other hand until the unit of work ends."""
    reference = reference_from(typed)
    found = db.session.scalars(
        select(Report)
        .where(Report.reference == reference)
        .with_for_update(of=Report)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(_l("Δεν υπάρχει αναφορά με αυτόν τον αριθμό."))
    return found


def locked_report_by_id(report_id: int) -> Report:
    return db.session.scalars(
        select(Report)
        .where(Report.id == report_id)
        .with_for_update(of=Report)
        .execution_options(populate_existing=True)
    ).one()


def report_by_id(report_id: int) -> Report:
    """The whole report with its contact, for work that follows from it."""
    return db.session.scalars(
        select(Report).where(Report.id == report_id).options(*_WHOLE, joinedload(Report.contact))
    ).one()


def history(report_id: int, *, public: bool) -> list[ReportHistory]:
    """What happened, oldest first; for the public without what is internal only."""
    question = (
        select(ReportHistory)
        .where(ReportHistory.report_id == report_id)
        .options(joinedload(ReportHistory.actor))
        .order_by(ReportHistory.id)
    )
    if public:
        question = question.where(or_(ReportHistory.move != Move.NOTE, ReportHistory.public_words != ""), has_been())
    return list(db.session.scalars(question))


def last_row(reference: str) -> ReportHistory:
    """What happened last, without holding anything. Raises NotFound."""
    last = select(ReportHistory).join(Report, Report.id == ReportHistory.report_id)
    last = last.where(Report.reference == reference_from(reference)).order_by(ReportHistory.id.desc()).limit(1)
    found = db.session.scalars(last).one_or_none()
    if found is None:
        raise NotFound(_l("Δεν υπάρχει αναφορά με αυτόν τον αριθμό."))
    return found


def has_been() -> ColumnElement[bool]:
    """Of a history row: it was not taken back, nor takes something back."""
    later = aliased(ReportHistory)
    return ReportHistory.undoes_id.is_(None) & ~exists().where(later.undoes_id == ReportHistory.id)


def photos_of(report_ids: Iterable[int]) -> dict[int, list[ReportPhoto]]:
    """The photos of many reports in one question, in order."""
    found: dict[int, list[ReportPhoto]] = {}
    rows = db.session.scalars(
        select(ReportPhoto)
        .where(ReportPhoto.report_id.in_(list(report_ids)))
        .options(joinedload(ReportPhoto.photo))
        .order_by(ReportPhoto.report_id, ReportPhoto.moment, ReportPhoto.added_at, ReportPhoto.position)
    )
    for row in rows:
        found.setdefault(row.report_id, []).append(row)
    return found


def photos_added_since(report_id: int, moment: datetime) -> bool:
    """Whether the reporter added photos that nobody has released yet."""
    later = select(ReportPhoto.photo_id).where(ReportPhoto.report_id == report_id, ReportPhoto.added_at > moment)
    return db.session.scalars(later.limit(1)).first() is not None


def settle_flags(report_id: int, *, at: datetime) -> None:
    db.session.execute(update(Flag).where(Flag.report_id == report_id, Flag.settled_at.is_(None)).values(settled_at=at))


#: A page of one's own reports; nobody scrolls further on a phone.
MOST_OWN = 100


def of_device(device: str) -> list[Report]:
    """What was sent with this browser, newest first."""
    return list(db.session.scalars(_newest_whole().where(Report.device == device).limit(MOST_OWN)))


def of_emails(emails: Sequence[str]) -> list[Report]:
    """What was sent with these addresses, newest first."""
    wanted = [email.lower() for email in emails]
    mine = select(ReportContact.report_id).where(func.lower(ReportContact.email).in_(wanted))
    return list(db.session.scalars(_newest_whole().where(Report.id.in_(mine)).limit(MOST_OWN)))


def _newest_whole() -> Select[Any]:
    return select(Report).options(*_WHOLE).order_by(Report.received_at.desc(), Report.id.desc())


def any_sent_before(photo_ids: Sequence[uuid.UUID]) -> bool:
    """Whether one of these photos belongs to a report already."""
    taken = select(ReportPhoto.photo_id).where(ReportPhoto.photo_id.in_(photo_ids)).limit(1)
    return bool(photo_ids) and db.session.scalars(taken).first() is not None


def photos_without_report(*, before: datetime, limit: int) -> list[Photo]:
    """Photos that came in before this moment and that no report has."""
    return list(
        db.session.scalars(
            select(Photo)
            .where(
                Photo.received_at < before,
                Photo.used_at.is_(None),
                ~select(Draft).where(Photo.id == any_(Draft.photos)).exists(),
                ~select(Upload).where(Upload.photo_id == Photo.id).exists(),
            )
            .order_by(Photo.received_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    )


def report_of_photo(photo_id: uuid.UUID) -> tuple[Photo, Report, ReportPhoto] | None:
    """A photo with the report it belongs to, and how."""
    row = db.session.execute(
        select(Photo, Report, ReportPhoto)
        .join(ReportPhoto, ReportPhoto.photo_id == Photo.id)
        .join(Report, Report.id == ReportPhoto.report_id)
        .where(Photo.id == photo_id)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


class Order(enum.StrEnum):
    """What stands first in a list; among the equally supported the newest."""

    NEWEST = "newest"
    SUPPORTED = "supported"


_KEYS: dict[Order, tuple[Any, ...]] = {
    Order.NEWEST: (Report.received_at, Report.id),
    Order.SUPPORTED: (Report.supporters, Report.received_at, Report.id),
}


#: Written as ``ix_report_box`` has it; with a type or SRID it is another expression, and the index lies idle.
ON_THE_PLANE = cast(Report.location, Geometry(None, srid=-1))


@dataclass(frozen=True)
class Filters:
    """What a list of reports is narrowed to; everything is optional and ANDed."""

    statuses: frozenset[Status] = frozenset()
    categories: frozenset[str] = frozenset()
    area: str | None = None
    #: West, south, east, north in degrees.
    bbox: tuple[float, float, float, float] | None = None
    since: datetime | None = None
    until: datetime | None = None
    overdue_at: datetime | None = None
    words: str = ""
    #: Without what waits aside until the office has looked; what it has rejected, merged or closed waits no more.
    in_queue: bool = False
    #: What the office has to look at: suspicious or reported by readers.
    to_look_at: bool = False
    #: The reporter says that it is not done.
    objected: bool = False
    order: Order = Order.NEWEST
    #: Words need only be alike, letter for letter: for a search that finds nothing otherwise (``as_heard``).
    alike: bool = False


@dataclass(frozen=True)
class Page:
    """A page of reports, in order, and the cursor of the next one."""

    reports: list[Report]
    next: str | None


def cursor_of(report: Report, order: Order = Order.NEWEST) -> str:
    keys = (str(report.supporters), report.received_at.isoformat(), str(report.id))
    told = "|".join(keys if order is Order.SUPPORTED else keys[1:])
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, order: Order) -> tuple[int | datetime, ...]:
    try:
        told = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
        *supporters, moment, number = told
        keys: tuple[int | datetime, ...] = (*map(int, supporters), datetime.fromisoformat(moment), int(number))
        if len(keys) != len(_KEYS[order]):
            raise ValueError(order)
        return keys
    except ValueError:
        raise Invalid({"after": [_("Ο δείκτης σελίδας δεν ισχύει. Ξεκινήστε από την πρώτη σελίδα.")]}) from None


def _in_area(code: str) -> ColumnElement[bool]:
    """The one column that says it, so that its index is used: units and communities never share a code."""
    area = db.session.execute(
        select(Area.id, Area.kind).where(Area.code == code, Area.kind.in_((AreaKind.UNIT, AreaKind.COMMUNITY)))
    ).first()
    if area is None:
        return false()
    return (Report.unit_id if area.kind is AreaKind.UNIT else Report.community_id) == area.id


#: Nobody but the office sees it, and the office has not decided yet.
WAITS_ASIDE = Report.suspicion.is_not(None) & Report.status.in_(OPEN)
#: What the office has to look at, through its own partial index.
TO_LOOK_AT = Report.flagged_at.is_not(None) | WAITS_ASIDE


def narrowed(question: Select[Any], filters: Filters, *, public: bool) -> Select[Any]:
    """Apply the filters to a question about reports. For the public only released words are searched."""
    if filters.statuses:
        question = question.where(Report.status.in_(filters.statuses))
    if filters.categories:
        codes = select(Category.id).where(Category.code.in_(filters.categories))
        question = question.where(Report.category_id.in_(codes))
    if filters.area:
        question = question.where(_in_area(filters.area))
    if filters.bbox:
        box = func.ST_MakeEnvelope(*filters.bbox, 4326)
        question = question.where(func.ST_Intersects(ON_THE_PLANE, box))
    if filters.since:
        question = question.where(Report.received_at >= filters.since)
    if filters.until:
        question = question.where(Report.received_at <= filters.until)
    if filters.overdue_at:
        question = question.where(Report.target_at < filters.overdue_at, Report.status.in_(OPEN))
    if filters.objected:
        question = question.where(Report.objected_at.is_not(None))
    if filters.to_look_at:
        question = question.where(TO_LOOK_AT)
    if filters.in_queue:
        question = question.where(~WAITS_ASIDE)
    if public:
        question = question.where(Report.suspicion.is_(None))
    if filters.words:
        question = question.where(words_are(filters.words, alike=filters.alike, public=public))
    return question


def as_heard(filters: Filters, *, public: bool) -> Filters:
    """The same filters; when nothing anywhere sounds like the words, the same with misspellings let pass.

    Where one looks makes no difference, so that a list and its map, at any zoom, hear the same.
    """
    if not filters.words or filters.alike:
        return filters
    anywhere = narrowed(select(Report.id), replace(filters, bbox=None), public=public).limit(1)
    if db.session.scalars(anywhere).first() is not None:
        return filters
    db.session.execute(LET_PASS)
    return replace(filters, alike=True)


def page(filters: Filters, *, after: str | None = None, limit: int = PAGE, public: bool = True) -> Page:
    """One page, in order. Keyset on what orders it: as quick at the end as at the start.

    Words that nothing sounds like are looked for once more, misspellings let pass.
    """
    question = narrowed(select(Report).options(*_WHOLE), filters, public=public)
    if after:
        question = question.where(tuple_(*_KEYS[filters.order]) < _read_cursor(after, filters.order))
    question = question.order_by(*(key.desc() for key in _KEYS[filters.order]))
    found = list(db.session.scalars(question.limit(limit + 1)))
    if not found and (heard := as_heard(filters, public=public)).alike and not filters.alike:
        return page(heard, after=after, limit=limit, public=public)
    return Page(found[:limit], cursor_of(found[limit - 1], filters.order) if len(found) > limit else None)
