"""Every route with every role: who gets in, who is asked to sign in, who is turned away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import User
from tests.dispatch.test_road_api import Program, dispatched
from tests.town import Town

EVERYBODY = frozenset({"citizen", "thanasis", "sofia", "nikos", "head", "admin"})
STAFF = EVERYBODY - {"citizen"}
OFFICE = frozenset({"nikos", "head", "admin"})
#: The order in question is the crew's of Thanasis, not of Sofia.
OWN_CREW = OFFICE | {"thanasis"}

#: (method, endpoint) → who may, and the body that gets past everything but the question of who is asking.
ROUTES: dict[tuple[str, str], tuple[frozenset[str], dict[str, Any] | None]] = {
    ("GET", "static"): (EVERYBODY, None),
    ("GET", "health.healthz"): (EVERYBODY, None),
    ("GET", "api-docs.openapi_json"): (EVERYBODY, None),
    ("GET", "categories.all_categories"): (EVERYBODY, None),
    ("GET", "categories.one_category"): (EVERYBODY, None),
    ("GET", "areas.list_areas"): (EVERYBODY, None),
    ("GET", "reports.list_reports"): (EVERYBODY, None),
    ("POST", "reports.submit_report"): (EVERYBODY, {}),
    ("GET", "reports.one_report"): (EVERYBODY, None),
    ("GET", "reports.history_of_report"): (EVERYBODY, None),
    ("PATCH", "reports.edit_report"): (OFFICE, {"priority": "high"}),
    ("POST", "reports.move_report"): (OFFICE, {"move": "accept"}),
    ("GET", "photos.photo"): (EVERYBODY, None),
    ("GET", "crews.list_crews"): (STAFF, None),
    ("GET", "work_orders.rank_crews"): (OFFICE, None),
    ("POST", "work_orders.dispatch_report"): (OFFICE, {"crew": "metal"}),
    ("GET", "work_orders.orders_of_report"): (OFFICE, None),
    ("GET", "work_orders.list_orders"): (STAFF, None),
    ("GET", "work_orders.one_order"): (OWN_CREW, None),
    ("POST", "work_orders.move_order"): (OWN_CREW, {"move": "start"}),
    ("POST", "tokens.issue_token"): (EVERYBODY, {"email": "x@example.gr", "password": "x"}),
    ("DELETE", "tokens.revoke_token"): (STAFF, None),
}


def rules(app: Flask) -> dict[tuple[str, str], str]:
    """Every method and endpoint of the application, with its address."""
    found = {}
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found[method, rule.endpoint] = rule.rule
    return found


def test_the_table_knows_every_route(app: Flask) -> None:
    assert set(rules(app)) == set(ROUTES)


@pytest.mark.parametrize("who", sorted(EVERYBODY))
@pytest.mark.parametrize(("method", "endpoint"), sorted(ROUTES))
def test_every_route_with_every_role(
    app: Flask,
    client: FlaskClient,
    town: Town,
    bearer: Callable[[User], dict[str, str]],
    method: str,
    endpoint: str,
    who: str,
) -> None:
    reference, order = dispatched(client, Program(client, bearer(town.nikos)))
    path = (
        rules(app)[method, endpoint]
        .replace("<reference>", reference)
        .replace("<int:order_id>", str(order))
        .replace("<code>", "pothole")
        .replace("<path:filename>", "icons.svg")
        .replace("<uuid:photo_id>", "00000000-0000-4000-8000-000000000000")
        .replace("<size>", "small")
    )
    allowed, body = ROUTES[method, endpoint]
    headers = {"If-Match": '"1"'} | ({} if who == "citizen" else bearer(getattr(town, who)))
    answer = client.open(path, method=method, json=body, headers=headers)
    turned_away = answer.status_code in (401, 403) and endpoint != "tokens.issue_token"
    if who in allowed:
        assert not turned_away, answer.text
        assert answer.status_code != 500
    else:
        assert answer.status_code == (401 if who == "citizen" else 403), answer.text
        assert answer.mimetype == "application/problem+json"
    answer.close()
