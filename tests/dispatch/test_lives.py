"""A report, its work orders and its people in any order anybody can think of: what is offered works, what is open can
be ended, and a thing is resolved only by work of this life."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.accounts.models import User
from app.dispatch import queries, service
from app.dispatch.lifecycle import OPEN, OrderMove, OrderStatus
from app.dispatch.models import WorkOrder
from app.dispatch.permissions import OFFICE_ONLY, may_work, order_moves, rights_of
from app.dispatch.plan import same_life
from app.errors import MoveNotAllowed
from app.extensions import db, unit_of_work
from app.media.models import Photo, PhotoState
from app.moderation.models import Suspicion
from app.reports import aftercare, housekeeping, submission, triage
from app.reports.lifecycle import OPEN as STILL_TO_DO
from app.reports.lifecycle import Move, Status, next_status
from app.reports.models import Source
from app.reports.queries import history
from app.reports.row_queries import WholeReport, report_by_reference
from tests import town as the_town
from tests.town import MONDAY, SPOT

#: In CI 90 × 60; once, by hand: LIVES=3400.
LIVES, STEPS = int(os.environ.get("LIVES", "90")), 60

CREWS, TRADES = st.sampled_from(["metal", "wood"]), st.sampled_from(["metalwork", "carpentry", "painting"])
LATER = st.lists(st.tuples(TRADES, st.none() | CREWS), max_size=2)
WHICH = st.integers(0, 1)


class Lives(RuleBasedStateMachine):
    """Two reports of one town, either of which may wait aside at first."""

    #: Ids of staff by name.
    people: dict[str, int]

    @initialize(doubts=st.tuples(st.booleans(), st.booleans()))
    def two_benches(self, doubts: tuple[bool, bool]) -> None:
        db.session.remove()
        self.at = MONDAY
        self.references: list[str] = []
        self.seen: dict[str, int] = {}
        for doubtful in doubts:
            with unit_of_work():
                made = submission.submit(category="bench", spot=SPOT, source=Source.STAFF, at=self.at).report
                made.suspicion = Suspicion.NOT_BY_HAND if doubtful else None
            self.references.append(made.reference)

    def who(self, name: str) -> User:
        return db.session.get_one(User, self.people[name])

    def moment(self) -> datetime:
        self.at += timedelta(minutes=7)
        return self.at

    def report(self, which: int) -> WholeReport:
        return report_by_reference(self.references[which])

    def orders(self, which: int) -> list[WorkOrder]:
        return queries.orders_of(self.report(which).id)

    def did(self, deed: Any) -> bool:
        """Whether the rules let it happen; all else is a fault."""
        try:
            with unit_of_work():
                deed()
        except MoveNotAllowed:
            return False
        return True

    # -- the office

    @rule(which=WHICH, move=st.sampled_from(triage.OFFICE_MOVES), words=st.sampled_from(["Γιατί έτσι.", "Όχι."]))
    def office_decides(self, which: int, move: Move, words: str) -> None:
        report, other = self.report(which), self.report(1 - which)
        if move is Move.MERGE and (other.status in (Status.MERGED, Status.REJECTED) or other.waits_aside):
            return
        offered, at = move in triage.office_moves(report), self.moment()
        decide = partial(service.decide, by=self.who("nikos"), at=at, version=report.version, words=words)
        done = self.did(lambda: decide(report.reference, move, forward_to="ΔΕΥΑΣ", into=other.reference))
        assert done is offered

    @rule(
        which=WHICH,
        crew=CREWS,
        trade=st.none() | TRADES,
        later=st.lists(st.tuples(TRADES, st.none() | CREWS), max_size=2),
    )
    def office_dispatches(self, which: int, crew: str, trade: str | None, later: list[tuple[str, str | None]]) -> None:
        report = self.report(which)
        offered, at = triage.may_be_dispatched(report), self.moment()
        steps = [service.Step(trade, crew), *(service.Step(*step) for step in later)]
        made: list[WorkOrder] = []
        dispatch = partial(service.dispatch, by=self.who("nikos"), at=at, version=report.version)
        assert self.did(lambda: made.extend(dispatch(report.reference, steps=steps))) is offered
        if made:
            before = [order for order in self.orders(which) if order.step < made[0].step and order.status in OPEN]
            assert all(order.crew for order in before if order.life == made[0].life), "waits for nobody"

    @rule(which=WHICH)
    def office_takes_back(self, which: int) -> None:
        report, at = self.report(which), self.moment()
        before = history(report.id, public=False)
        offered = triage.may_be_undone(before, by=self.who("nikos"), at=at)
        deed = partial(service.undo, report.reference, by=self.who("nikos"), at=at, version=report.version)
        assert self.did(deed) is offered
        if offered:
            assert self.report(which).status is before[-2].status
            public = [row.id for row in history(report.id, public=True)]
            assert before[-1].id not in public

    @rule(which=WHICH)
    def office_trusts(self, which: int) -> None:
        report = self.report(which)
        assert self.did(lambda: triage.trust(report.reference, by=self.who("nikos"), at=self.moment(), version=None))

    # -- anybody, with an order

    @rule(
        which=WHICH,
        number=st.integers(0, 7),
        move=st.sampled_from(OrderMove),
        who=st.sampled_from(["nikos", "thanasis", "sofia"]),
        crew=CREWS,
    )
    def somebody_moves_an_order(self, which: int, number: int, move: OrderMove, who: str, crew: str) -> None:
        orders, user = self.orders(which), self.who(who)
        if not orders:
            return
        order = orders[-1 - number % len(orders)]
        if not may_work(user, order) or (move in OFFICE_ONLY and who != "nikos"):
            assert move not in self.offered(which, order, user)
            return
        offered, at = move in self.offered(which, order, user), self.moment()
        assert self.did(lambda: self.act(order, move, user, crew, at)) is offered
        if offered and move is not OrderMove.ASSIGN:
            self.check_resolution(which, order)

    def offered(self, which: int, order: WorkOrder, user: User) -> frozenset[OrderMove]:
        work = same_life(order, self.orders(which))
        return order_moves(self.report(which), work, order, rights_of(user))

    def act(self, order: WorkOrder, move: OrderMove, by: User, crew: str, at: datetime) -> None:
        hand: dict[str, Any] = {"by": by, "at": at, "version": order.version}
        said: dict[OrderMove, dict[str, Any]] = {
            OrderMove.ASSIGN: {"crew": crew, "planned_day": None},
            OrderMove.CANCEL: {"reason": ""},
            OrderMove.PAUSE: {"reason": "Βροχή"},
            OrderMove.COULD_NOT: {"reason": "Δεν βρέθηκε"},
            OrderMove.FINISH: {"after_photo": photo(at) if move is OrderMove.FINISH else None, "words": ""},
        }
        getattr(service, move.value)(order.id, **said.get(move, {}), **hand)

    def check_resolution(self, which: int, order: WorkOrder) -> None:
        """Resolved by an order: only by work done in this life, with nothing left of it."""
        report = self.report(which)
        if report.status is not Status.RESOLVED or history(report.id, public=False)[-1].move is not Move.RESOLVE:
            return
        work = [one for one in self.orders(which) if one.life == report.life]
        kept = [one.status for one in work if one.status is not OrderStatus.CANCELLED]
        assert kept[-1] is OrderStatus.DONE
        assert not [one for one in work if one.status in OPEN]

    # -- the reporter, and silence

    @rule(which=WHICH, deed=st.sampled_from(["confirm", "object_to", "answer", "amend"]))
    def reporter_says(self, which: int, deed: str) -> None:
        reference, at = self.references[which], self.moment()
        words = {} if deed == "confirm" else {"words": "Λέω κάτι."}
        self.did(lambda: getattr(aftercare, deed)(reference, at=at, **words))

    @rule()
    def two_weeks_pass(self) -> None:
        self.at += timedelta(days=15)
        assert self.did(lambda: housekeeping.close_silent(self.at))

    # -- what always holds

    @invariant()
    def all_is_well(self) -> None:
        for which in range(len(getattr(self, "references", ()))):
            report, orders = self.report(which), self.orders(which)
            self.nothing_hangs(report, orders)
            self.versions_only_grow(report, orders)
            self.history_replays(report)

    def nothing_hangs(self, report: WholeReport, orders: list[WorkOrder]) -> None:
        work, nikos = [order for order in orders if order.status in OPEN], rights_of(self.who("nikos"))
        for order in work:
            assert order.life == report.life, "work of an earlier life"
            life = same_life(order, orders)
            assert OrderMove.CANCEL in order_moves(report, life, order, nikos), "nobody can end it"
        somebody_goes = any(order.crew for order in work)
        assert somebody_goes <= (report.status in (Status.SCHEDULED, Status.IN_PROGRESS))
        assert somebody_goes or report.status is not Status.SCHEDULED
        assert work or report.status is not Status.IN_PROGRESS
        assert not work or report.status in STILL_TO_DO - {Status.FORWARDED}

    def versions_only_grow(self, report: WholeReport, orders: list[WorkOrder]) -> None:
        versions = {report.reference: report.version}
        versions |= {f"order {order.id}": order.version for order in orders}
        assert all(version >= self.seen.get(name, 1) for name, version in versions.items())
        self.seen |= versions

    def history_replays(self, report: WholeReport) -> None:
        rows, status = history(report.id, public=False), Status.RECEIVED
        before = {row.id: earlier.status for earlier, row in pairwise(rows)}
        for row in rows[1:]:
            status = before[row.undoes_id] if row.undoes_id else next_status(status, row.move)
            assert status is row.status
        assert (status, len(rows)) == (report.status, report.version)


def photo(at: datetime) -> Photo:
    """A photo as a crew's tablet would have sent it."""
    taken = Photo(
        sha256="0" * 64, received_name="a.jpg", mime="image/jpeg", width=4, height=3, bytes=9, state=PhotoState.READY,
        received_at=at,
    )  # fmt: skip
    db.session.add(taken)
    db.session.flush()
    return taken


def test_whatever_people_do_nothing_hangs_and_nothing_is_resolved_that_was_not_done(own_database: Flask) -> None:
    with own_database.app_context():
        built = the_town.build(db.session())
        ids = {name: getattr(built, name).id for name in ("nikos", "thanasis", "sofia")}
        db.session.commit()

        class OfThisTown(Lives):
            people = ids

        run_state_machine_as_test(
            OfThisTown,
            settings=settings(
                max_examples=LIVES,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )
