"""Times and addresses of lists are made without Babel and the router for each row, and are the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, url_for
from flask_babel import force_locale, format_date, format_datetime, format_timedelta

from app import language
from app.links import Link

#: Each hour of some days, among them both in which clocks change, and one of another year.
MOMENTS = [
    datetime(year, month, day, hour, 30, tzinfo=UTC)
    for year, month, day in [(2026, 3, 28), (2026, 3, 29), (2026, 10, 25), (2026, 12, 31), (2025, 1, 1), (2024, 2, 29)]
    for hour in range(24)
] + [datetime(2026, month, 14, 12, tzinfo=UTC) for month in range(1, 13)]


@pytest.mark.parametrize("code", language.LANGUAGES)
def test_a_moment_reads_as_babel_writes_it(app: Flask, code: str) -> None:
    this_year = datetime.now(UTC).year
    with app.test_request_context(), force_locale(code):
        for moment in MOMENTS:
            local = format_datetime(moment, "y")
            pattern = "EEE d MMM, HH:mm" if local == str(this_year) else "EEE d MMM y, HH:mm"
            assert language.format_moment(moment) == format_datetime(moment, pattern)
            assert language.format_moment_full(moment) == format_datetime(moment, "EEEE d MMMM y, HH:mm")
            assert language.format_day(moment) == format_datetime(moment, "EEEE d MMMM")
            assert language.format_short_day(moment) == format_datetime(moment, "EEE d MMM")
            assert language.format_date_short(moment.date()) == format_date(moment.date(), "EEE d MMM")
            assert language.format_date_long(moment.date()) == format_date(moment.date(), "EEEE d MMMM")


@pytest.mark.parametrize("code", language.LANGUAGES)
def test_how_long_ago_reads_as_babel_writes_it(app: Flask, code: str) -> None:
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    spans = [60 * 1.13**power for power in range(160)]
    with app.test_request_context(), force_locale(code):
        for _time in range(2):
            for span in (timedelta(seconds=sign * seconds) for seconds in spans for sign in (1, -1)):
                assert language.ago(now + span, now) == format_timedelta(span, add_direction=True)
        assert language.ago(now - timedelta(seconds=59), now) in ("μόλις τώρα", "just now")


def test_an_address_by_pattern_is_the_routers(app: Flask) -> None:
    photo, track = Link("photos.photo", "photo_id", "size"), Link("citizen.track", "reference", lang="en")
    number = "0b0f9f6e-7f5b-4a55-9d52-0d1c53f6f0ab"
    for root in ("", "/town"):
        with app.test_request_context(environ_overrides={"SCRIPT_NAME": root}):
            for _time in range(2):
                assert photo(number, "small") == url_for("photos.photo", photo_id=number, size="small")
                assert track("104-557-812") == url_for("citizen.track", reference="104-557-812", lang="en")
