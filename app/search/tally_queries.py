"""How much there is to do, from kept counts: exact at every commit, and as quick with ten million reports."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Date, bindparam, delete, func, select, text, union_all

from app.calendar import ATHENS, local_day
from app.extensions import db, job, jobs, unit_of_work
from app.reports.lifecycle import OPEN
from app.reports.models import Report
from app.search.models import ALL_CATEGORIES, COARSEST, ReportCell, ReportChange, ReportTally

_FACTS = ("status", "aside", "to_look_at", "objected", "target_day", "n")


def _sizes() -> Any:
    parts = (select(*(getattr(model, name) for name in _FACTS)) for model in (ReportTally, ReportChange))
    facts = union_all(*parts).subquery("kept").c
    is_open = facts.status.in_(OPEN)

    def those(which: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(facts.n).filter(which), 0)

    # A promise ends with its day, but what was imported may end at noon: today's are asked one by one.
    ended_today = (
        select(func.count())
        .where(Report.status.in_(OPEN), Report.target_at >= bindparam("begins"), Report.target_at < bindparam("at"))
        .scalar_subquery()
    )
    return select(
        *(those((facts.status == status.value) & ~facts.aside).label(status.value) for status in sorted(OPEN)),
        those(facts.to_look_at).label("to_look_at"),
        those(facts.objected).label("objected"),
        (those(is_open & (facts.target_day < bindparam("today", type_=Date))) + ended_today).label("overdue"),
    )


#: One row: the size of each open state's queue, without what waits aside, and of the queues across states. Made once,
#: since making it takes as long as its answer; ``moments`` says what it binds.
QUEUE_SIZES = _sizes()


def moments(at: datetime) -> dict[str, Any]:
    today = local_day(at)
    return {"at": at, "today": today, "begins": datetime.combine(today, time(), ATHENS)}


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('report_sum_up'))")


@job("search.sum_up")
def sum_up(timestamp: int) -> None:
    """Add what changed to the sums, every minute; ``timestamp`` is Procrastinate's, in seconds."""
    with unit_of_work():
        add_up()


def add_up() -> int:
    """Add what changed to the sums; returns how many lines that were. Two at once wait for each other."""
    db.session.execute(_ONE_AT_A_TIME)
    lines = db.session.scalar(text("SELECT report_sum_up()")) or 0
    db.session.execute(delete(ReportCell).where(ReportCell.n == 0))
    return int(lines)


def recount() -> None:
    """Count everything anew; nobody changes a report meanwhile."""
    db.session.execute(_ONE_AT_A_TIME)
    db.session.execute(text("SELECT report_recount()"))


_WRONG = text(
    """
WITH kept AS (
    SELECT status, to_look_at, objected, sum(n) AS n FROM (
        SELECT status, to_look_at, objected, n FROM report_tally UNION ALL
        SELECT status, to_look_at, objected, n FROM report_change) k GROUP BY 1, 2, 3 HAVING sum(n) <> 0
),
counted AS (
    SELECT status, flagged_at IS NOT NULL OR (suspicion IS NOT NULL AND status = ANY(:open)) AS to_look_at,
        objected_at IS NOT NULL AS objected, count(*) AS n FROM report GROUP BY 1, 2, 3
),
patches AS (
    SELECT sum(n) AS n FROM (
        SELECT n FROM report_cell WHERE zoom = :coarsest AND category_id = :all UNION ALL
        SELECT n FROM report_change WHERE visible) p
)
SELECT (SELECT count(*) FROM (TABLE kept EXCEPT TABLE counted) a)
    + (SELECT count(*) FROM (TABLE counted EXCEPT TABLE kept) b)
    + ((SELECT coalesce(n, 0) FROM patches) <> (SELECT count(*) FROM report WHERE suspicion IS NULL))::int"""
)


def how_many_wrong() -> int:
    """How many of the kept counts are not what counting everything says."""
    named = {"open": [status.value for status in OPEN], "coarsest": COARSEST, "all": ALL_CATEGORIES}
    return int(db.session.scalar(_WRONG, named) or 0)


def changes_waiting() -> int:
    """How many lines of change nobody has summed up yet."""
    return db.session.scalar(select(func.count()).select_from(ReportChange)) or 0


jobs.periodic(cron="* * * * *")(jobs.tasks["search.sum_up"])
