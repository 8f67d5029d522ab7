"""How long a category really takes: eight of ten reports of the last year, in working days."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import text, update

from app import calendar
from app.categories.models import Category
from app.extensions import db, job, jobs, now, unit_of_work

#: Fewer say nothing.
AT_LEAST = 5
LOOKED_BACK = timedelta(days=365)
SHARE = 0.8

_DONE = text(
    """
SELECT category_id, (received_at AT TIME ZONE 'Europe/Athens')::date AS received,
    (resolved_at AT TIME ZONE 'Europe/Athens')::date AS resolved, count(*) AS times
FROM report WHERE resolved_at > :since AND resolved_at <= :at AND resolved_at >= received_at
GROUP BY 1, 2, 3
"""
)


@lru_cache(maxsize=1 << 14)
def working_days(received: date, resolved: date) -> int:
    """Working days from the day of receipt, which does not count, to the day of repair, which does."""
    first = received.toordinal() + 1
    return sum(calendar.is_working_day(date.fromordinal(n)) for n in range(first, resolved.toordinal() + 1))


def percentile(spans: dict[int, int], share: float = SHARE) -> int:
    """The nearest-rank percentile of spans given as {days: times}."""
    rank = math.ceil(share * sum(spans.values()))
    for days in sorted(spans):
        rank -= spans[days]
        if rank <= 0:
            return days
    raise ValueError("no spans")


def measure(at: datetime) -> None:
    """Write every category's usual number of working days, or forget it where too little was done."""
    spans: dict[int, dict[int, int]] = {}
    for row in db.session.execute(_DONE, {"since": at - LOOKED_BACK, "at": at}, execution_options={"yield_per": 5000}):
        of_kind = spans.setdefault(row.category_id, {})
        days = max(1, working_days(row.received, row.resolved))
        of_kind[days] = of_kind.get(days, 0) + row.times
    db.session.execute(update(Category).values(usual_days=None, usual_of=0))
    for category_id, of_kind in spans.items():
        times = sum(of_kind.values())
        if times >= AT_LEAST:
            measured = {"usual_days": percentile(of_kind), "usual_of": times}
            db.session.execute(update(Category).where(Category.id == category_id).values(**measured))


@job("reports.measure_pace")
def measure_nightly(timestamp: int) -> None:
    """Run ``measure`` each night; ``timestamp`` is Procrastinate's, in seconds."""
    with unit_of_work():
        measure(now())


jobs.periodic(cron="47 1 * * *")(jobs.tasks["reports.measure_pace"])
