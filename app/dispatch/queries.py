"""Questions the office and the crews ask about work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ARRAY, BigInteger, and_, any_, bindparam, or_, select, text, true
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import aliased, joinedload

from app.crews.models import Trade
from app.crews.shifts import next_shifts
from app.dispatch.lifecycle import OPEN, OrderStatus
from app.dispatch.models import OPEN_SQL, CrewDay, JobPlanStep, WorkOrder
from app.errors import NotFound
from app.extensions import db
from app.geo.places import format_distance
from app.language import localized
from app.prepared import PREPARED
from app.reports.lifecycle import OPEN as OPEN_REPORTS
from app.reports.lifecycle import Move
from app.reports.models import Report, ReportHistory
from app.reports.row_queries import ReportRow, WholeReport, rows_of


@dataclass(frozen=True)
class RankedCrew:
    """A crew, with everything that decided its place in the list. Distance in metres from its base."""

    id: int
    code: str
    name_el: str
    name_en: str
    has_trade: bool
    covers: bool
    open_orders: int
    open_minutes: int
    distance_m: float
    trades: list[dict[str, Any]]
    shift_days: list[int]
    works_on_holidays: bool
    #: The first day from ``today`` on that it goes out; None: not within a year.
    next_shift: date | None
    today: date

    def why(self, trade: Trade | None) -> list[str]:
        """Why it stands where it stands, in the reader's words."""
        reasons = []
        if trade is not None:
            have = _("%(trade)s στο συνεργείο", trade=localized(trade))
            lack = _("χωρίς την ειδικότητα «%(trade)s»", trade=localized(trade))
            reasons.append(have if self.has_trade else lack)
        reasons.append(_("καλύπτει την περιοχή") if self.covers else _("εκτός της περιοχής του"))
        reasons.append(
            ngettext("%(num)s ανοιχτή εντολή", "%(num)s ανοιχτές εντολές", self.open_orders)
            if self.open_orders
            else _("καμία ανοιχτή εντολή")
        )
        reasons.append(_("%(distance)s από τη βάση", distance=format_distance(self.distance_m)))
        if self.next_shift is None:
            reasons.append(_("χωρίς βάρδια"))
        elif self.next_shift != self.today:
            reasons.append(_("επόμενη βάρδια: %(day)s", day=format_date(self.next_shift, "EEEE d MMMM")))
        return reasons


# Trade first, for the wrong craft cannot do the work at all; then the crew's own area; then who has less to do;
# then who is nearer. One statement, whatever the number of crews.
_RANK = text(
    f"""
WITH spot AS (SELECT location, unit_id, community_id FROM report WHERE id = :report_id)
SELECT c.id, c.code, c.name_el, c.name_en, c.shift_days, c.works_on_holidays,
    CAST(:trade_id AS integer) IS NULL OR EXISTS (
        SELECT FROM crew_trade t WHERE t.crew_id = c.id AND t.trade_id = :trade_id) AS has_trade,
    EXISTS (
        SELECT FROM crew_area ca JOIN area a ON a.id = ca.area_id
        WHERE ca.crew_id = c.id
          AND (a.kind = 'municipality' OR ca.area_id IN (spot.unit_id, spot.community_id))) AS covers,
    work.orders AS open_orders, work.minutes AS open_minutes,
    ST_Distance(c.base, spot.location) AS distance_m,
    (SELECT coalesce(json_agg(json_build_object('code', t.code, 'name_el', t.name_el, 'name_en', t.name_en)
        ORDER BY t.id), '[]'::json)
        FROM crew_trade ct JOIN trade t ON t.id = ct.trade_id WHERE ct.crew_id = c.id) AS trades
FROM crew c CROSS JOIN spot CROSS JOIN LATERAL (
    SELECT count(*)::int AS orders, coalesce(sum(estimate_min), 0)::int AS minutes
    FROM work_order WHERE crew_id = c.id AND {OPEN_SQL}
) AS work
WHERE c.active
ORDER BY has_trade DESC, covers DESC, open_orders, distance_m, c.code
"""
)


def crews_for(report_id: int, trade: Trade | None, *, today: date) -> list[RankedCrew]:
    """Who should go, best first."""
    rows = db.session.execute(_RANK, {"report_id": report_id, "trade_id": trade.id if trade else None}).all()
    days = next_shifts(rows, today)
    return [RankedCrew(**row._mapping, next_shift=days[row.id], today=today) for row in rows]


def plan_of(category_id: int) -> list[JobPlanStep]:
    """The category's default job plan, in order."""
    return list(
        db.session.scalars(
            select(JobPlanStep).where(JobPlanStep.category_id == category_id).order_by(JobPlanStep.position)
        )
    )


_WITH_WORK = (joinedload(WorkOrder.trade), joinedload(WorkOrder.crew))


def orders_of(report_id: int) -> list[WorkOrder]:
    """All work orders of a report, in the order of the work."""
    return list(db.session.scalars(_OF_REPORT, {"report_id": report_id}))


_OF_REPORT = (
    select(WorkOrder)
    .where(WorkOrder.report_id == bindparam("report_id"))
    .options(*_WITH_WORK)
    .order_by(WorkOrder.life, WorkOrder.step, WorkOrder.id)
    .execution_options(**PREPARED)
)


def work_of(report: WholeReport) -> list[WorkOrder]:
    """The work orders of the report's present life, in order."""
    return [order for order in orders_of(report.id) if order.life == report.life]


def order_by_id(order_id: int) -> WorkOrder:
    """One order with its trade and crew. Raises NotFound."""
    order = db.session.scalars(_BY_ID, {"order_id": order_id}).one_or_none()
    if order is None:
        raise no_such_order()
    return order


def no_such_order() -> NotFound:
    return NotFound(_l("Δεν υπάρχει τέτοια εντολή εργασίας."))


_BY_ID = (
    select(WorkOrder)
    .where(WorkOrder.id == bindparam("order_id"))
    .options(*_WITH_WORK)
    .execution_options(populate_existing=True, **PREPARED)
)


_IN_TURN = (
    select(WorkOrder)
    .options(*_WITH_WORK)
    .order_by(WorkOrder.step, WorkOrder.id)
    .execution_options(populate_existing=True, **PREPARED)
)
_ONE = aliased(WorkOrder)
_BESIDE = _IN_TURN.join(_ONE, and_(_ONE.report_id == WorkOrder.report_id, _ONE.life == WorkOrder.life)).where(
    _ONE.id == bindparam("order_id")
)
_LOCKED_BESIDE = _BESIDE.with_for_update(of=WorkOrder)
_LOCKED = _IN_TURN.where(
    WorkOrder.report_id == bindparam("report_id"), WorkOrder.life == bindparam("life")
).with_for_update(of=WorkOrder)


def locked_orders_of(report: Report) -> list[WorkOrder]:
    """The orders of the present life of a report that its caller already holds, in order."""
    return list(db.session.scalars(_LOCKED, {"report_id": report.id, "life": report.life}))


def locked_report_of(order_id: int) -> Report:
    """The report that an order is for, held. Raises NotFound."""
    report = db.session.scalars(_LOCKED_REPORT, {"order_id": order_id}).one_or_none()
    if report is None:
        raise no_such_order()
    return report


_LOCKED_REPORT = (
    select(Report)
    .where(Report.id == select(WorkOrder.report_id).where(WorkOrder.id == bindparam("order_id")).scalar_subquery())
    .with_for_update(of=Report)
    .execution_options(populate_existing=True, **PREPARED)
)


def locked_with(order_id: int) -> list[WorkOrder]:
    """An order and the others of the same life of its report, which the caller already holds, in order."""
    return list(db.session.scalars(_LOCKED_BESIDE, {"order_id": order_id}))


def with_others(order_id: int) -> tuple[WorkOrder, list[WorkOrder]]:
    """An order, and all the work of the same life in order, itself included. Raises NotFound."""
    work = list(db.session.scalars(_BESIDE, {"order_id": order_id}))
    order = next((order for order in work if order.id == order_id), None)
    if order is None:
        raise no_such_order()
    return order, work


def other_work(orders: Iterable[WorkOrder]) -> dict[tuple[int, int], list[WorkOrder]]:
    """By report id and life all the work these orders belong to, in order, in one question."""
    by_report = defaultdict(list)
    for order in db.session.scalars(_OF_REPORTS, {"report_ids": list({order.report_id for order in orders})}):
        by_report[order.report_id, order.life].append(order)
    return dict(by_report)


_OF_REPORTS = _IN_TURN.where(WorkOrder.report_id == any_(bindparam("report_ids", type_=ARRAY(BigInteger))))


def day_of(crew_id: int, day: date, *, ended_since: datetime) -> list[WorkOrder]:
    """A crew's orders for a day: what is open and due by then, in order, then what it ended since ``ended_since``."""
    return list(
        db.session.scalars(
            select(WorkOrder)
            .where(
                WorkOrder.crew_id == crew_id,
                or_(
                    WorkOrder.status.in_(OPEN) & (WorkOrder.planned_day <= day),
                    (WorkOrder.ended_at >= ended_since) & (WorkOrder.status != OrderStatus.CANCELLED),
                ),
            )
            .options(*_WITH_WORK)
            .order_by(WorkOrder.ended_at.is_not(None), WorkOrder.planned_day, WorkOrder.sequence, WorkOrder.id)
        )
    )


@dataclass(frozen=True)
class Reopened:
    """A report that was opened again after this order of the crew was done, and why."""

    order: WorkOrder
    at: datetime
    words: str
    report: ReportRow


def reopened_of(crew_id: int, *, since: datetime) -> list[Reopened]:
    """What the crew had put right since then and is not right after all, newest first, in two questions."""
    why = (
        select(ReportHistory.at, ReportHistory.public_words)
        .where(
            ReportHistory.report_id == WorkOrder.report_id,
            ReportHistory.move == Move.REOPEN,
            ReportHistory.at > WorkOrder.ended_at,
        )
        .order_by(ReportHistory.id.desc())
        .limit(1)
        .lateral()
    )
    rows = db.session.execute(
        select(WorkOrder, why.c.at, why.c.public_words)
        .join(WorkOrder.report)
        .join(why, true())
        .where(
            WorkOrder.crew_id == crew_id,
            WorkOrder.status == OrderStatus.DONE,
            WorkOrder.ended_at >= since,
            Report.status.in_(OPEN_REPORTS),
        )
        .options(*_WITH_WORK)
        .ext(distinct_on(WorkOrder.report_id))
        .order_by(WorkOrder.report_id, WorkOrder.id.desc())
    )
    found = sorted(rows, key=lambda row: row[1], reverse=True)
    reports = {report.id: report for report in rows_of([order.report_id for order, _at, _words in found])}
    return [Reopened(order, at, words, reports[order.report_id]) for order, at, words in found]


def reserve_sequence(days: Sequence[tuple[int, date]]) -> list[int]:
    """For each (crew id, day) the place at the end of that day, from now on somebody's; two dispatchers get two.

    Whoever takes several takes them in the same order as everybody, so that nobody waits in a ring.
    """
    places: dict[int, int] = {}
    for number in sorted(range(len(days)), key=lambda number: days[number]):
        crew_id, day = days[number]
        place = insert(CrewDay).values(crew_id=crew_id, day=day, last_sequence=1)
        grown = {"last_sequence": CrewDay.last_sequence + 1}
        place = place.on_conflict_do_update(index_elements=["crew_id", "day"], set_=grown)
        places[number] = db.session.scalars(place.returning(CrewDay.last_sequence)).one()
    return [places[number] for number in range(len(days))]


def orders(
    *,
    crew_id: int | None = None,
    statuses: Iterable[OrderStatus] = (),
    day: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[WorkOrder]:
    """Orders, newest first; keyset on the id."""
    question = select(WorkOrder).options(*_WITH_WORK)
    if crew_id is not None:
        question = question.where(WorkOrder.crew_id == crew_id)
    wanted = list(statuses)
    if wanted:
        question = question.where(WorkOrder.status.in_(wanted))
    if day is not None:
        question = question.where(WorkOrder.planned_day == day)
    if before is not None:
        question = question.where(WorkOrder.id < before)
    return list(db.session.scalars(question.order_by(WorkOrder.id.desc()).limit(limit)))


def trade_by_code(code: str) -> Trade | None:
    return db.session.scalars(select(Trade).where(Trade.code == code)).one_or_none()
