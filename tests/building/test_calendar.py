"""Working days as Serres keeps them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.calendar import ATHENS, is_working_day, local_day, target


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 6, 29), False),  # the town's feast
        (date(2026, 10, 28), False),  # Ohi Day
        (date(2027, 5, 3), False),  # Orthodox Easter Monday
        (date(2027, 3, 29), True),  # Western Easter Monday is a day like others
        (date(2027, 3, 15), False),  # Clean Monday
    ],
)
def test_which_days_the_town_works(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_a_promise_over_christmas_leaps_the_holidays() -> None:
    received = datetime(2026, 12, 23, 10, tzinfo=UTC)
    assert local_day(target(received, 2)) == date(2026, 12, 28)


def test_a_minute_after_midnight_in_serres_is_already_the_next_day() -> None:
    assert local_day(datetime(2026, 11, 22, 22, 1, tzinfo=UTC)) == date(2026, 11, 23)
    assert local_day(datetime(2026, 11, 22, 21, 59, tzinfo=UTC)) == date(2026, 11, 22)


def test_a_promise_across_the_change_of_clocks_still_ends_at_midnight_in_serres() -> None:
    friday = datetime(2026, 3, 27, 10, tzinfo=UTC)
    due = target(friday, 1).astimezone(ATHENS)
    assert (due.date(), due.hour, due.minute) == (date(2026, 3, 30), 23, 59)
    assert due.utcoffset() != friday.astimezone(ATHENS).utcoffset()
