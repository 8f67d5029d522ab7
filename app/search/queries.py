"""Lists of reports: filtered, in order, a page at a time."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, Select, cast, false, func, select, tuple_

from app.categories.models import Category
from app.errors import Invalid
from app.extensions import db
from app.geo.models import Area, AreaKind
from app.reports.lifecycle import OPEN
from app.reports.models import Report
from app.reports.row_queries import ReportRow, rows_of
from app.search.filters import Filters, Order
from app.search.terms import RELAX_SIMILARITY, terms_match

PAGE = 50
_KEYS: dict[Order, tuple[Any, ...]] = {
    Order.NEWEST: (Report.received_at, Report.id),
    Order.DUE: (Report.target_at, Report.id),
    Order.SUPPORTED: (Report.supporters, Report.received_at, Report.id),
}
#: Written as ``ix_report_box`` has it; with a type or SRID it is another expression, and the index lies idle.
ON_THE_PLANE = cast(Report.location, Geometry(None, srid=-1))


@dataclass(frozen=True)
class Page:
    """A page of reports, in order, and the cursor of the next one."""

    reports: list[ReportRow]
    next: str | None


def cursor_of(report: ReportRow, order: Order = Order.NEWEST) -> str:
    values = (getattr(report, key.key) for key in _KEYS[order])
    joined = "|".join(value.isoformat() if isinstance(value, datetime) else str(value) for value in values)
    return base64.urlsafe_b64encode(joined.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, order: Order) -> tuple[int | datetime, ...]:
    try:
        parts = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
        *supporters, moment, number = parts
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


def filtered(question: Select[Any], filters: Filters, *, public: bool) -> Select[Any]:
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
        question = question.where(terms_match(filters.words, alike=filters.alike, public=public))
    return question


def relaxed_if_empty(filters: Filters, *, public: bool) -> Filters:
    """The same filters; when nothing anywhere sounds like the words, the same with misspellings let pass.

    Where one looks makes no difference, so that a list and its map, at any zoom, hear the same.
    """
    if not filters.words or filters.alike:
        return filters
    anywhere = filtered(select(Report.id), replace(filters, bbox=None), public=public).limit(1)
    if db.session.scalars(anywhere).first() is not None:
        return filters
    db.session.execute(RELAX_SIMILARITY)
    return replace(filters, alike=True)


def page(filters: Filters, *, after: str | None = None, limit: int = PAGE, public: bool = True) -> Page:
    """One page, in order. Keyset on what orders it: as quick at the end as at the start.

    Words that nothing sounds like are looked for once more, misspellings let pass.
    """
    order = [key.desc() for key in _KEYS[filters.order]]
    question = filtered(select(Report.id), filters, public=public)
    if after:
        question = question.where(tuple_(*_KEYS[filters.order]) < _read_cursor(after, filters.order))
    reports = rows_of(db.session.scalars(question.order_by(*order).limit(limit + 1)).all())
    if not reports and (relaxed := relaxed_if_empty(filters, public=public)).alike and not filters.alike:
        return page(relaxed, after=after, limit=limit, public=public)
    return Page(reports[:limit], cursor_of(reports[limit - 1], filters.order) if len(reports) > limit else None)
