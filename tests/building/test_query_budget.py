"""How many questions of the database the main routes need; more rows never mean more questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import User
from tests.conftest import counted_statements, login_as
from tests.dispatch.test_road_api import Program, dispatched
from tests.reports.test_submit_api import at, report
from tests.town import SPOT, Town

#: path → (who, most statements). ``{reference}`` and ``{order}`` are a dispatched report and its order.
BUDGET: dict[str, tuple[str | None, int]] = {
    "/": (None, 4),
    "/reports": (None, 6),
    "/r/{reference}": (None, 6),
    "/api/v1/reports": (None, 2),
    "/api/v1/reports/clusters?bbox=23.4,41,23.7,41.2&zoom=12": (None, 1),
    "/api/v1/reports/{reference}": (None, 2),
    "/api/v1/categories": (None, 1),
    "/office": ("nikos", 7),
    "/office?report={reference}": ("nikos", 16),
    "/crew": ("thanasis", 7),
    "/api/v1/work-orders": ("thanasis", 5),
}


@pytest.mark.parametrize("path", BUDGET)
def test_more_reports_do_not_mean_more_questions(
    app: Flask, client: FlaskClient, town: Town, bearer: Callable[[User], dict[str, str]], path: str
) -> None:
    nikos = Program(client, bearer(town.nikos))
    reference, order = dispatched(client, nikos)
    who, most = BUDGET[path]
    address = path.format(reference=reference, order=order)

    def asked() -> int:
        browser = app.test_client()
        if who:
            login_as(browser, getattr(town, who))
        browser.get(address)
        with counted_statements(app) as seen:
            answer: Any = browser.get(address)
        assert answer.status_code == 200
        return len(seen)

    report(client, category="light")
    few = asked()
    for number in range(8):
        spot = at(SPOT.x + number / 1000, SPOT.y + number / 100)
        if number % 2:
            dispatched(client, nikos)
        else:
            report(client, location=spot, category="light")
    many = asked()
    assert many == few
    assert few <= most
