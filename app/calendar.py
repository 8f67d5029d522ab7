"""Working days by the Greek calendar: weekends, public holidays with Orthodox Easter, and the town's own feast."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

ATHENS = ZoneInfo("Europe/Athens")

#: Saints Peter and Paul, 29 June: Serres commemorates its liberation in 1913.
TOWN_FEASTS = ((6, 29),)


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GR", years=year)) | {date(year, m, d) for m, d in TOWN_FEASTS}


def is_holiday(day: date) -> bool:
    """Whether the town keeps this day, whichever day of the week it is."""
    return day in _holidays(day.year)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and not is_holiday(day)


def local_day(moment: datetime) -> date:
    """The day it is in Serres at this moment."""
    return moment.astimezone(ATHENS).date()


def target(received_at: datetime, working_days: int) -> datetime:
    """The end of the last promised working day, as an instant; the day of receipt does not count."""
    day = local_day(received_at)
    while working_days:
        day += timedelta(days=1)
        working_days -= is_working_day(day)
    return datetime.combine(day, time(23, 59, 59), ATHENS).astimezone(ZoneInfo("UTC"))
