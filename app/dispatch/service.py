"""The office sends crews, crews do the work; the report follows. Reports, crews and work meet here only.

Whoever touches an order first holds its report, so two people at once queue up instead of deadlocking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.accounts.models import User
from app.calendar import local_day
from app.crews.models import Crew, Trade
from app.crews.queries import crew_by_code
from app.crews.shifts import planned_day as day_of_shift
from app.dispatch import queries
from app.dispatch.lifecycle import (
    ENDS_WORK,
    IN_TURN,
    OPEN,
    STATUS_LABELS,
    OrderMove,
    OrderStatus,
    Piece,
    after_move,
    consequence,
    next_status,
)
from app.dispatch.models import JobPlanStep, WorkOrder
from app.dispatch.plan import remaining_trades, waits_for
from app.errors import Invalid, MoveNotAllowed, Stale
from app.extensions import db
from app.language import localized
from app.media.models import Photo
from app.reports import aftercare, triage, validation
from app.reports.attachments import attach
from app.reports.lifecycle import Move, Status
from app.reports.models import PhotoMoment, Report
from app.reports.transitions import lock_report, move
from app.reports.triage import require_trusted

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

    A received report is accepted in the same stroke. An order that waits for a crew of the same trade is given away
    instead of a new one; the others that wait stand behind, so that whoever is sent waits for nobody.
    Raises Invalid, Stale, MoveNotAllowed or NotFound.
    """
    if not steps or not steps[0].crew:
        raise Invalid({"crew": [_("Διαλέξτε το συνεργείο που θα πάει.")]})
    crews = [crew_by_code(step.crew) if step.crew else None for step in steps]
    days = _days(crews, planned_day, local_day(at))
    report = lock_report(reference, version)
    require_trusted(report)
    if report.status is Status.RECEIVED:
        move(report, Move.ACCEPT, by=by, at=at)
    work = queries.locked_orders_of(report)
    plan = queries.plan_of(report.category_id)
    sent: list[WorkOrder] = []
    with db.session.no_autoflush:  # not before each has its place
        for step, crew, day in zip(steps, crews, days, strict=True):
            trade, planned = _craft(step, crew, plan, remaining_trades(plan, [*work, *sent]))
            order = _waiting(work, sent, trade) or _new(report, trade, at=at)
            _give(order, crew, day, at=at)
            order.estimate_min = _estimate(
                step.estimate_min or (planned.estimate_min if planned else DEFAULT_ESTIMATE_MIN)
            )
            order.instructions = validation.description(instructions) or order.instructions
            sent.append(order)
        _take_places(sent)
        _put_in_order(work, sent)
    db.session.add_all(sent)
    db.session.flush()
    work += [order for order in sent if order not in work]
    news = consequence(report.status, _pieces(work), None)
    move(report, news, by=by, at=at, public=validation.description(words), detail=_detail(*sent))
    return sent


def _days(crews: list[Crew | None], wanted: date | None, today: date) -> list[date]:
    """For the first step the day as wanted; for each other its crew's first shift not before the step before."""
    days, earliest = [], today
    for crew in crews:
        earliest = day_of_shift(crew, wanted=wanted, earliest=earliest) if crew else earliest
        wanted = None
        days.append(earliest)
    return days


def _waiting(work: list[WorkOrder], sent: list[WorkOrder], trade: Trade) -> WorkOrder | None:
    """An order of this trade that nobody has yet."""
    free = (order for order in work if order.status is OrderStatus.PLANNED and order not in sent)
    return next((order for order in free if order.trade is trade), None)


def _new(report: Report, trade: Trade, *, at: datetime) -> WorkOrder:
    planned = OrderStatus.PLANNED
    return WorkOrder(
        report_id=report.id, life=report.life, trade=trade, status=planned, instructions="", created_at=at, version=0
    )


def _give(order: WorkOrder, crew: Crew | None, day: date, *, at: datetime) -> None:
    """Let the crew have the order; without a crew it waits for one."""
    order.crew, order.planned_day = crew, day
    _set(order, next_status(order.status, OrderMove.ASSIGN) if crew else order.status, at=at)


def _take_places(sent: list[WorkOrder]) -> None:
    assigned = [(order, order.crew.id) for order in sent if order.crew is not None]
    places = queries.reserve_sequence([(crew_id, order.planned_day) for order, crew_id in assigned])
    for (order, _crew_id), place in zip(assigned, places, strict=True):
        order.sequence = place


def _put_in_order(work: list[WorkOrder], sent: list[WorkOrder]) -> None:
    """Number what is open anew: what is sent stands before the first order that nobody has."""
    ended = [order for order in work if order.status not in OPEN]
    others = [order for order in work if order.status in OPEN and order not in sent]
    place = next((n for n, order in enumerate(others) if order.crew is None), len(others))
    first = max((order.step for order in ended), default=0) + 1
    for number, order in enumerate([*others[:place], *sent, *others[place:]], first):
        order.step = number


def _craft(
    step: Step, crew: Crew | None, plan: list[JobPlanStep], left: list[Trade]
) -> tuple[Trade, JobPlanStep | None]:
    """The trade of a step: as said, else the first one still to do that the crew has, else the crew's own first."""
    by_code = {planned.trade.code: planned for planned in reversed(plan)}
    if step.trade:
        trade = queries.trade_by_code(step.trade)
        if trade is None:
            raise Invalid({"trade": [_("Διαλέξτε μία από τις ειδικότητες της λίστας.")]})
        return trade, by_code.get(trade.code)
    have = crew.trades if crew else left
    codes = {trade.code for trade in have}
    wanted = [trade for trade in (*left, *(planned.trade for planned in plan)) if trade.code in codes]
    for trade in (*wanted, *have):
        return trade, by_code.get(trade.code)
    raise Invalid({"trade": [_("Διαλέξτε ειδικότητα.")]})


def _estimate(minutes: int) -> int:
    if not 1 <= minutes <= LONGEST_ESTIMATE_MIN:
        raise Invalid({"estimate_min": [_("Η εκτίμηση είναι λεπτά, από 1 έως %(most)s.", most=LONGEST_ESTIMATE_MIN)]})
    return minutes


@dataclass(frozen=True)
class LockedOrder:
    """An order with its report and all the work of the same life, locked."""

    order: WorkOrder
    report: Report
    work: list[WorkOrder]

    def advance(self, wanted: OrderMove, *, at: datetime) -> Move:
        """Move the order; returns what that means for the report. Raises MoveNotAllowed."""
        piece, pieces = self.order.piece, _pieces(self.work)
        before = waits_for(self.order, self.work) if wanted in IN_TURN else None
        if before is not None:
            raise MoveNotAllowed(
                _l("Πρώτα πρέπει να τελειώσει το προηγούμενο βήμα: %(trade)s.", trade=localized(before.trade)),
                state=piece.status.value,
            )
        now_is = after_move(pieces, piece.id, wanted)
        news = consequence(self.report.status, now_is, wanted)
        for order, changed in zip(self.work, now_is, strict=True):
            if order is self.order or order.status is not changed.status:
                _set(order, changed.status, at=at)
        return news


def _pieces(work: list[WorkOrder]) -> list[Piece]:
    return [order.piece for order in sorted(work, key=lambda order: (order.step, order.id))]


def _set(order: WorkOrder, status: OrderStatus, *, at: datetime) -> None:
    """The one hand that changes the status of an order there is."""
    order.status = status
    order.version += 1
    order.ended_at = None if status in OPEN else at


def lock_order(order_id: int, version: int | None) -> LockedOrder:
    """Lock report and orders, then see that the order is still what the reader saw. Raises NotFound or Stale."""
    report = queries.locked_report_of(order_id)
    work = queries.locked_with(order_id)
    order = next(o for o in work if o.id == order_id)
    if version is not None and order.version != version:
        raise Stale(
            _l(
                "Στο μεταξύ κάποιος άλλος άλλαξε την εντολή: τώρα είναι «%(status)s». Δείτε την ξανά· "
                "όσα γράψατε δεν χάθηκαν.",
                status=STATUS_LABELS[order.status],
            ),
            state=order.status.value,
            version=order.version,
        )
    return LockedOrder(order, report, work)


def assign(
    order_id: int, *, crew: str, planned_day: date | None, by: User, at: datetime, version: int | None
) -> WorkOrder:
    """Give an order to a crew, or to another one, perhaps on another day."""
    chosen = crew_by_code(crew)
    locked = lock_order(order_id, version)
    order, report = locked.order, locked.report
    require_trusted(report)
    today = local_day(at)
    day = day_of_shift(chosen, wanted=planned_day, earliest=today if planned_day else max(order.planned_day, today))
    if (order.crew_id, order.planned_day) == (chosen.id, day) and order.status is OrderStatus.ASSIGNED:
        return order
    [place] = queries.reserve_sequence([(chosen.id, day)])
    news = locked.advance(OrderMove.ASSIGN, at=at)
    order.crew, order.planned_day, order.sequence = chosen, day, place
    move(report, news, by=by, at=at, detail=_detail(order))
    return order


def unassign(order_id: int, *, by: User, at: datetime, version: int | None) -> WorkOrder:
    """Take an order back from its crew; it waits for another. With no crew left the report is the office's again."""
    locked = lock_order(order_id, version)
    news = locked.advance(OrderMove.UNASSIGN, at=at)
    locked.order.crew = None
    move(locked.report, news, by=by, at=at, detail=_detail(locked.order))
    return locked.order


def cancel(order_id: int, *, reason: str, by: User, at: datetime, version: int | None) -> WorkOrder:
    """Call the work off.

    When nothing else is left to do, the report is resolved if the step before was done, else back at the office.
    """
    reason = validation.description(reason)
    locked = lock_order(order_id, version)
    news = locked.advance(OrderMove.CANCEL, at=at)
    locked.order.reason = reason
    move(locked.report, news, by=by, at=at, internal=reason, detail=_detail(locked.order))
    return locked.order


def start(
    order_id: int, *, by: User, at: datetime, version: int | None, when: datetime | None = None, words: str = ""
) -> WorkOrder:
    """The crew begins. Raises MoveNotAllowed while an earlier step of the same report is not done."""
    locked = lock_order(order_id, version)
    news = locked.advance(OrderMove.START, at=when or at)
    locked.order.started_at = when or at
    move(
        locked.report,
        news,
        by=by,
        at=at,
        public=validation.description(words),
        detail=_detail(locked.order) | _happened(when, at),
    )
    return locked.order


def pause(
    order_id: int, *, reason: str, by: User, at: datetime, version: int | None, when: datetime | None = None
) -> WorkOrder:
    """Wait for material, weather or another trade; the office wants to know which."""
    reason = validation.description(reason)
    if not reason:
        raise Invalid({"reason": [_("Γράψτε γιατί σταματάτε, για να το ξέρει το γραφείο.")]})
    locked = lock_order(order_id, version)
    news = locked.advance(OrderMove.PAUSE, at=when or at)
    move(locked.report, news, by=by, at=at, internal=reason, detail=_detail(locked.order) | _happened(when, at))
    return locked.order


def resume(order_id: int, *, by: User, at: datetime, version: int | None, when: datetime | None = None) -> WorkOrder:
    locked = lock_order(order_id, version)
    news = locked.advance(OrderMove.RESUME, at=when or at)
    move(locked.report, news, by=by, at=at, detail=_detail(locked.order) | _happened(when, at))
    return locked.order


def finish(
    order_id: int,
    *,
    after_photo: Photo | None,
    words: str,
    by: User,
    at: datetime,
    version: int | None,
    when: datetime | None = None,
) -> WorkOrder:
    """The work is done, and the after-photo shows it. The last open step resolves the report."""
    words = validation.description(words)
    if after_photo is None:
        raise Invalid({"photo": [_("Βγάλτε μια φωτογραφία που δείχνει ότι έγινε.")]})
    locked = lock_order(order_id, version)
    locked.order.after_photo_id = after_photo.id
    locked.order.outcome = words
    news = locked.advance(OrderMove.FINISH, at=when or at)
    attach(locked.report, [after_photo], PhotoMoment.AFTER, at=at)
    move(locked.report, news, by=by, at=at, public=words, detail=_detail(locked.order) | _happened(when, at))
    return locked.order


def could_not(
    order_id: int, *, reason: str, by: User, at: datetime, version: int | None, when: datetime | None = None
) -> WorkOrder:
    """The crew could not do it and says why; later steps fall away and the office decides anew."""
    reason = validation.description(reason)
    if not reason:
        raise Invalid({"reason": [_("Γράψτε γιατί δεν έγινε, για να αποφασίσει το γραφείο.")]})
    locked = lock_order(order_id, version)
    falling = [order for order in locked.work if order.status in OPEN and order is not locked.order]
    for order in (locked.order, *falling):
        order.reason = reason
    news = locked.advance(OrderMove.COULD_NOT, at=when or at)
    move(
        locked.report, news, by=by, at=at, internal=reason, detail=_detail(locked.order, *falling) | _happened(when, at)
    )
    return locked.order


def decide(reference: str, wanted: Move, *, by: User, at: datetime, version: int | None, **said: Any) -> Report:
    """A decision of the office, as ``app.reports.triage.decide``; work that it makes pointless is called off."""
    if wanted is Move.UNDO:
        return undo(reference, by=by, at=at, version=version)
    report = triage.decide(reference, wanted, by=by, at=at, version=version, **said)
    if wanted in ENDS_WORK:
        _call_off(report, said.get("internal") or said.get("words") or "", at=at)
    return report


def withdraw(reference: str, *, words: str, at: datetime) -> Report:
    """The reporter takes the report back, as ``app.reports.aftercare.withdraw``; no crew goes there any more."""
    report = aftercare.withdraw(reference, words=words, at=at)
    _call_off(report, words or _("Την απέσυρε όποιος την έστειλε."), at=at)
    return report


def _call_off(report: Report, reason: str, *, at: datetime) -> None:
    for order in queries.locked_orders_of(report):
        if order.status in OPEN:
            _set(order, next_status(order.status, OrderMove.CANCEL), at=at)
            order.reason = reason


def undo(reference: str, *, by: User, at: datetime, version: int | None) -> Report:
    """Take the own last decision back, and the work that was called off with it. Raises as ``triage.undo``."""
    report, taken_back = triage.undo(reference, by=by, at=at, version=version)
    if taken_back.move in ENDS_WORK:
        for order in queries.locked_orders_of(report):
            if order.status is OrderStatus.CANCELLED and order.ended_at == taken_back.at:
                _set(order, OrderStatus.PLANNED, at=at)
                order.reason = ""
    return report


def _happened(when: datetime | None, at: datetime) -> dict[str, object]:
    """For the history: when the device says that it happened, if that was earlier than it came to us."""
    return {"occurred_at": when.isoformat()} if when is not None and when < at else {}


def _detail(*orders: WorkOrder) -> dict[str, object]:
    return {
        "orders": [
            {"id": order.id, "trade": order.trade.code, "crew": order.crew.code if order.crew else None}
            for order in orders
        ]
    }
