"""How much there is to do is kept, and the same as counting everything, whatever happens and whoever is at it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from shapely.geometry import Point
from sqlalchemy import create_engine, func, select, text, update
from sqlalchemy.orm import Session

from app.calendar import ATHENS
from app.categories.models import OTHER
from app.dispatch import service as dispatching
from app.extensions import db, now
from app.moderation.models import FlagReason, Suspicion
from app.pages.office.desk_queries import sizes
from app.reports import aftercare, housekeeping, submission, triage
from app.reports.lifecycle import OPEN, Move
from app.reports.models import Report, Source
from app.search import queries as search_queries
from app.search.filters import Filters, Order
from app.search.models import ReportCell, ReportChange, ReportTally
from app.search.tally_queries import add_up, how_many_wrong, recount
from tests import town as the_town
from tests.town import MONDAY, SPOT, Town


def counted(at: datetime) -> dict[str, int]:
    """The sizes of the queues as they were counted before they were kept."""

    def many(*which: Any) -> int:
        return db.session.scalar(select(func.count()).select_from(Report).where(*which)) or 0

    aside = Report.suspicion.is_not(None) & Report.status.in_(OPEN)
    return {status.value: many(Report.status == status, ~aside) for status in OPEN} | {
        "to_look_at": many(Report.flagged_at.is_not(None) | aside),
        "objected": many(Report.objected_at.is_not(None)),
        "unsorted": many(Report.category.has(code=OTHER), Report.status.in_(OPEN), ~aside),
        "overdue": many(Report.status.in_(OPEN), Report.target_at < at),
    }


def agree(at: datetime | None = None) -> None:
    db.session.flush()
    at = at or now()
    assert sizes(at).of_queue == counted(at)
    assert how_many_wrong() == 0


def sent(category: str = "bench", at: datetime = MONDAY, **more: Any) -> Report:
    spot = more.pop("spot", SPOT)
    return submission.submit(category=category, spot=spot, source=Source.STAFF, at=at, **more).report


def test_from_the_first_report_to_the_last_the_queues_have_their_sizes(session: Session, town: Town) -> None:
    agree()
    nikos: dict[str, Any] = {"by": town.nikos, "at": MONDAY, "version": None}
    reports = [sent(at=MONDAY - timedelta(days=days)) for days in range(8)]
    agree(MONDAY + timedelta(days=3))
    one, two, three, four, five, six, *_rest = [report.reference for report in reports]
    triage.decide(one, Move.REJECT, words="Όχι", **nikos)
    triage.decide(two, Move.ACCEPT, **nikos)
    triage.decide(three, Move.FORWARD, forward_to="ΔΕΥΑ", **nikos)
    triage.decide(four, Move.MERGE, into=five, **nikos)
    triage.decide(six, Move.ASK, words="Πού;", **nikos)
    agree()
    add_up()
    agree()
    triage.undo(one, **nikos)
    triage.edit(two, category="pothole", **nikos)
    dispatching.dispatch(five, steps=[dispatching.Step(crew="wood")], **nikos)
    aftercare.flag(two, device="x", reason=FlagReason.OTHER, at=MONDAY)
    triage.settle(two, hide=True, **nikos)
    aftercare.answer(six, words="Εδώ", at=MONDAY)
    agree()
    session.execute(update(Report).where(Report.reference == two).values(suspicion=Suspicion.NOT_BY_HAND))
    agree()
    triage.trust(two, **nikos)
    session.execute(
        update(Report)
        .where(Report.reference == five)
        .values(status="resolved", resolved_at=MONDAY - timedelta(days=20))
    )
    agree()
    aftercare.object_to(five, words="Πάλι έσπασε", at=MONDAY)
    agree()
    triage.decide(five, Move.CLOSE, words="Έγινε", **nikos)
    assert housekeeping.close_silent(MONDAY) == 0
    add_up()
    agree()
    assert session.scalar(select(func.count()).select_from(ReportChange)) == 0


def test_a_promise_is_overdue_from_the_moment_it_ends_and_also_when_it_ended_at_noon(
    session: Session, town: Town
) -> None:
    day = datetime(2026, 11, 25, tzinfo=ATHENS)
    ends = [day - timedelta(seconds=1), day + timedelta(hours=12), day + timedelta(hours=23, minutes=59, seconds=59)]
    for end in [*ends, None]:
        sent().target_at = end
    for hours, overdue in [(0, 1), (11.9, 1), (12.1, 2), (23.9, 2), (24, 3)]:
        at = day + timedelta(hours=hours)
        agree(at)
        assert sizes(at).of_queue["overdue"] == overdue
        add_up()


def test_what_is_taken_back_was_never_counted(session: Session, town: Town) -> None:
    nested = session.begin_nested()
    sent()
    nested.rollback()
    agree()
    assert sizes(now()).of_queue["received"] == 0


def test_a_report_that_is_moved_on_the_map_or_deleted_leaves_nothing_behind(session: Session, town: Town) -> None:
    report = sent()
    add_up()
    cells = select(func.count()).select_from(ReportCell)
    per_report = session.scalar(cells)
    session.execute(update(Report).values(location=func.ST_SetSRID(func.ST_MakePoint(23.60, 41.10), 4326)))
    add_up()
    agree()
    assert session.scalar(cells) == per_report
    session.execute(text("SET session_replication_role = replica"))  # history is append-only
    session.execute(text("DELETE FROM report_history"))
    session.execute(text("SET session_replication_role = origin"))
    session.delete(report)
    add_up()
    agree()
    assert session.scalar(cells) == 0
    assert session.scalar(select(func.coalesce(func.sum(ReportTally.n), 0))) == 0


@pytest.fixture
def own_town(own_database: Flask) -> Flask:
    with own_database.app_context():
        the_town.build(db.session())
        db.session.commit()
    return own_database


def test_nobody_waits_for_anybody_and_two_who_sum_up_at_once_lose_nothing(own_town: Flask) -> None:
    app = own_town
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with app.app_context():
        for number in range(6):
            sent(spot=Point(SPOT.x + number / 1000, SPOT.y))
        db.session.commit()
        with engine.connect() as first, engine.connect() as second:
            for connection in (first, second):
                connection.execute(text("SET lock_timeout = '2s'"))
            # Each changes a report and does not commit yet; the sums go on beside them.
            first.execute(text("UPDATE report SET status = 'accepted' WHERE id = (SELECT min(id) FROM report)"))
            second.execute(text("UPDATE report SET status = 'accepted' WHERE id = (SELECT max(id) FROM report)"))
            add_up()
            db.session.commit()
            agree()
            db.session.commit()
            first.commit()
            agree()
            db.session.commit()
            add_up()
            second.commit()
            db.session.commit()
            agree()
            assert sizes(now()).of_queue["accepted"] == 2
            add_up()
            db.session.commit()
            agree()
            db.session.commit()
    engine.dispose()


def test_the_doctor_counts_anew_and_says_when_a_count_is_wrong(own_town: Flask) -> None:
    app = own_town

    def says() -> str:
        return str(FlaskCliRunner(app).invoke(args=["doctor"]).output)

    with app.app_context():
        sent()
        add_up()
        db.session.commit()
    assert "Οι μετρητές των αναφορών συμφωνούν" in says()
    with app.app_context():
        db.session.execute(update(ReportTally).values(n=7))
        db.session.commit()
    assert "flask recount" in says()
    assert FlaskCliRunner(app).invoke(args=["recount"]).exit_code == 0
    assert "Οι μετρητές των αναφορών συμφωνούν" in says()
    with app.app_context():
        recount()
        agree()


def test_what_fell_due_last_stands_first_and_every_page_follows_the_one_before(session: Session, town: Town) -> None:
    at = datetime(2026, 11, 25, 12, tzinfo=ATHENS)
    made = [sent() for _number in range(7)]
    for number, report in enumerate(made):
        # Sent in one order, due in another; two fall due at the same moment, one has not, and one never does.
        report.target_at = at - timedelta(days=(number * 3) % 5)
    made[5].target_at, made[6].target_at = at + timedelta(days=1), None
    session.flush()
    late = Filters(overdue_at=at + timedelta(seconds=1), order=Order.DUE)
    wanted = sorted(made[:5], key=lambda report: (report.target_at, report.id), reverse=True)
    seen, after = [], None
    while True:
        page = search_queries.page(late, after=after, limit=2, public=False)
        seen += [row.id for row in page.reports]
        after = page.next
        if after is None:
            break
    assert seen == [report.id for report in wanted]
