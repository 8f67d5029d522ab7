"""The office sends crews, crews do the work; the report follows. Reports, crews and work meet here only.

Whoever touches an order first holds its report, so two people at once queue up instead of deadlocking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import User
from app.calendar import local_day
from app.crews.models import Crew, Trade
from app.crews.queries import crew_by_code
from app.dispatch import queries
from app.dispatch.lifecycle import OPEN, STATUS_WORDS, OrderMove, OrderStatus, after
from app.dispatch.models import JobPlanStep, WorkOrder
from app.errors import Invalid, MoveNotAllowed, Stale
from app.extensions import db
from app.language import named
from app.media.models import Photo
from app.reports import intake
from app.reports.lifecycle import Move, Status
from app.reports.models import PhotoMoment, Report
from app.reports.queries import locked_report_by_id
from app.reports.service import attach, hold, move

DEFAULT_ESTIMATE_MIN = 60
LONGEST_ESTIMATE_MIN = 60 * 24 * 30


@dataclass(frozen=True)
class Step:
    """One piece of the work as the dispatcher wants it; without a crew it waits for one."""

    trade: str | None = None
    crew: str | None = None
    estimate_min: int | None = None


def dispatch(
    reference: str,
    *,
    steps: list[Step],
    by: User,
    at: datetime,
    version: int | None,
    planned_day: date | None = None,
    instructions: str = "",
    words: str = "",
) -> list[WorkOrder]:
    """Send crews to a report: one work order a step, in order; the first step must name a crew.

    A received report is accepted in the same stroke. Raises Invalid, Stale, MoveNotAllowed or NotFound.
    """
    if not steps or not steps[0].crew:
        raise Invalid({"crew": [_("Διαλέξτε το συνεργείο που θα πάει.")]})
    day = planned_day or local_day(at)
    if day < local_day(at):
        raise Invalid({"planned_day": [_("Η ημέρα έχει περάσει. Διαλέξτε σήμερα ή αργότερα.")]})
    crews = [crew_by_code(step.crew) if step.crew else None for step in steps]
    report = hold(reference, version)
    if report.status is Status.RECEIVED:
        move(report, Move.ACCEPT, by=by, at=at)
    plan = queries.plan_of(report.category_id)
    existing = queries.locked_orders_of(report.id)
    first = max((order.step for order in existing), default=0) + 1
    made = []
    for number, (step, crew) in enumerate(zip(steps, crews, strict=True)):
        trade, planned = _craft(step, crew, plan)
        order = WorkOrder(
            report_id=report.id,
            trade=trade,
            crew=crew,
            step=first + number,
            planned_day=day,
            sequence=queries.next_sequence(crew.id, day) if crew else 0,
            estimate_min=_estimate(step.estimate_min or (planned.estimate_min if planned else DEFAULT_ESTIMATE_MIN)),
            status=OrderStatus.ASSIGNED if crew else OrderStatus.PLANNED,
            instructions=intake.description(instructions),
            created_at=at,
            version=1,
        )
        db.session.add(order)
        db.session.flush()
        made.append(order)
    move(report, Move.SCHEDULE, by=by, at=at, public=intake.description(words), detail=_detail(*made))
    return made


def _craft(step: Step, crew: Crew | None, plan: list[JobPlanStep]) -> tuple[Trade, JobPlanStep | None]:
    """The trade of a step: as said, else the plan's first one the crew has, else the crew's own first."""
    by_code = {planned.trade.code: planned for planned in reversed(plan)}
    if step.trade:
        trade = queries.trade_by_code(step.trade)
        if trade is None:
            raise Invalid({"trade": [_("Διαλέξτε μία από τις ειδικότητες της λίστας.")]})
        return trade, by_code.get(trade.code)
    have = crew.trades if crew else []
    codes = {trade.code for trade in have}
    for planned in plan:
        if planned.trade.code in codes:
            return planned.trade, planned
    if have:
        return have[0], None
    if plan:
        return plan[0].trade, plan[0]
    raise Invalid({"trade": [_("Διαλέξτε ειδικότητα.")]})


def _estimate(minutes: int) -> int:
    if not 1 <= minutes <= LONGEST_ESTIMATE_MIN:
        raise Invalid({"estimate_min": [_("Η εκτίμηση είναι λεπτά, από 1 έως %(most)s.", most=LONGEST_ESTIMATE_MIN)]})
    return minutes


def hold_order(order_id: int, version: int | None) -> tuple[WorkOrder, Report, list[WorkOrder]]:
    """Lock report and orders, then see that the order is still what the reader saw. Raises NotFound or Stale."""
    report = locked_report_by_id(queries.order_by_id(order_id).report_id)
    siblings = queries.locked_orders_of(report.id)
    order = next(o for o in siblings if o.id == order_id)
    if version is not None and order.version != version:
        raise Stale(
            _l(
                "Στο μεταξύ κάποιος άλλος άλλαξε την εντολή: τώρα είναι «%(status)s». Δείτε την ξανά· "
                "όσα γράψατε δεν χάθηκαν.",
                status=STATUS_WORDS[order.status],
            ),
            state=order.status.value,
            version=order.version,
        )
    return order, report, siblings


def _advance(order: WorkOrder, wanted: OrderMove, *, at: datetime) -> None:
    """The one hand that changes an order's status."""
    order.status = after(order.status, wanted)
    order.version += 1
    if order.status not in OPEN:
        order.ended_at = at


def assign(
    order_id: int, *, crew: str, planned_day: date | None, by: User, at: datetime, version: int | None
) -> WorkOrder:
    """Give an order to a crew, or to another one, perhaps on another day."""
    chosen = crew_by_code(crew)
    order, report, _siblings = hold_order(order_id, version)
    day = planned_day or max(order.planned_day, local_day(at))
    if day < local_day(at):
        raise Invalid({"planned_day": [_("Η ημέρα έχει περάσει. Διαλέξτε σήμερα ή αργότερα.")]})
    if (order.crew_id, order.planned_day) == (chosen.id, day) and order.status is OrderStatus.ASSIGNED:
        return order
    _advance(order, OrderMove.ASSIGN, at=at)
    order.crew = chosen
    order.sequence = queries.next_sequence(chosen.id, day)
    order.planned_day = day
    # Who goes instead of whom is the office's own affair; that somebody goes is news.
    news = Move.SCHEDULE if report.status is Status.ACCEPTED else Move.NOTE
    move(report, news, by=by, at=at, detail=_detail(order))
    return order


def unassign(order_id: int, *, by: User, at: datetime, version: int | None) -> WorkOrder:
    """Take an order back from its crew; it waits for another. With no crew left the report is the office's again."""
    order, report, siblings = hold_order(order_id, version)
    _advance(order, OrderMove.UNASSIGN, at=at)
    order.crew = None
    somebody_goes = any(o.status in OPEN and o.crew is not None for o in siblings)
    move(report, Move.NOTE if somebody_goes else Move.UNSCHEDULE, by=by, at=at, detail=_detail(order))
    return order


def cancel(order_id: int, *, reason: str, by: User, at: datetime, version: int | None) -> WorkOrder:
    """Call the work off.

    When nothing else is left to do, the report is resolved if the step before was done, else back at the office.
    """
    said = intake.description(reason)
    order, report, siblings = hold_order(order_id, version)
    _advance(order, OrderMove.CANCEL, at=at)
    order.reason = said
    move(report, _after_cancelling(report, siblings), by=by, at=at, internal=said, detail=_detail(order))
    return order


def _after_cancelling(report: Report, orders: list[WorkOrder]) -> Move:
    kept = [order.status for order in orders if order.status is not OrderStatus.CANCELLED]
    if any(status in OPEN for status in kept):
        return Move.NOTE
    under_way = report.status is Status.IN_PROGRESS
    return Move.RESOLVE if under_way and kept and kept[-1] is OrderStatus.DONE else Move.UNSCHEDULE


def _in_turn(order: WorkOrder, siblings: list[WorkOrder]) -> None:
    """Raises MoveNotAllowed while an earlier step of the same report is not done."""
    before = next((o for o in siblings if o.step < order.step and o.status in OPEN), None)
    if before is not None:
        raise MoveNotAllowed(
            _l("Πρώτα πρέπει να τελειώσει το προηγούμενο βήμα: %(trade)s.", trade=named(before.trade)),
            state=order.status.value,
        )


def start(order_id: int, *, by: User, at: datetime, version: int | None, words: str = "") -> WorkOrder:
    """The crew begins. Raises MoveNotAllowed while an earlier step of the same report is not done."""
    order, report, siblings = hold_order(order_id, version)
    _in_turn(order, siblings)
    _advance(order, OrderMove.START, at=at)
    order.started_at = at
    move(report, Move.START, by=by, at=at, public=intake.description(words), detail=_detail(order))
    return order


def pause(order_id: int, *, reason: str, by: User, at: datetime, version: int | None) -> WorkOrder:
    """Wait for material, weather or another trade; the office wants to know which."""
    said = intake.description(reason)
    if not said:
        raise Invalid({"reason": [_("Γράψτε γιατί σταματάτε, για να το ξέρει το γραφείο.")]})
    order, report, _siblings = hold_order(order_id, version)
    _advance(order, OrderMove.PAUSE, at=at)
    move(report, Move.PAUSE, by=by, at=at, internal=said, detail=_detail(order))
    return order


def resume(order_id: int, *, by: User, at: datetime, version: int | None) -> WorkOrder:
    order, report, _siblings = hold_order(order_id, version)
    _advance(order, OrderMove.RESUME, at=at)
    move(report, Move.RESUME, by=by, at=at, detail=_detail(order))
    return order


def finish(
    order_id: int, *, after_photo: Photo | None, words: str, by: User, at: datetime, version: int | None
) -> WorkOrder:
    """The work is done, and the after-photo shows it. The last open step resolves the report."""
    said = intake.description(words)
    if after_photo is None:
        raise Invalid({"photo": [_("Βγάλτε μια φωτογραφία που δείχνει ότι έγινε.")]})
    order, report, siblings = hold_order(order_id, version)
    order.after_photo_id = after_photo.id
    order.outcome = said
    _advance(order, OrderMove.FINISH, at=at)
    attach(report, [after_photo], PhotoMoment.AFTER, at=at)
    left = any(o.status in OPEN for o in siblings)
    move(report, Move.STEP_DONE if left else Move.RESOLVE, by=by, at=at, public=said, detail=_detail(order))
    return order


def could_not(order_id: int, *, reason: str, by: User, at: datetime, version: int | None) -> WorkOrder:
    """The crew could not do it and says why; later steps fall away and the office decides anew."""
    said = intake.description(reason)
    if not said:
        raise Invalid({"reason": [_("Γράψτε γιατί δεν έγινε, για να αποφασίσει το γραφείο.")]})
    order, report, siblings = hold_order(order_id, version)
    _in_turn(order, siblings)
    order.reason = said
    _advance(order, OrderMove.COULD_NOT, at=at)
    fallen = [other for other in siblings if other.status in OPEN]
    for other in fallen:
        _advance(other, OrderMove.CANCEL, at=at)
        other.reason = said
    move(report, Move.COULD_NOT, by=by, at=at, internal=said, detail=_detail(order, *fallen))
    return order


def _detail(*orders: WorkOrder) -> dict[str, object]:
    return {
        "orders": [
            {"id": one.id, "trade": one.trade.code, "crew": one.crew.code if one.crew else None} for one in orders
        ]
    }
