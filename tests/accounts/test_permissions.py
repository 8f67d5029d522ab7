"""Every route with every role: who gets in, who is asked to sign in, who is turned away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from app.accounts.models import User
from app.pages.citizen.afterwards import DEED
from app.pages.citizen.new import STEP
from tests.conftest import login_as
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
    ("GET", "health.metrics"): (EVERYBODY, None),  # from this machine; tests/pages/test_health.py has the others
    ("GET", "api-docs.openapi_json"): (EVERYBODY, None),
    ("GET", "categories.all_categories"): (EVERYBODY, None),
    ("GET", "categories.one_category"): (EVERYBODY, None),
    ("GET", "areas.list_areas"): (EVERYBODY, None),
    ("GET", "search.list_reports"): (EVERYBODY, None),
    ("GET", "search.clusters"): (EVERYBODY, None),
    ("POST", "reports.submit_report"): (EVERYBODY, {}),
    ("GET", "reports.one_report"): (EVERYBODY, None),
    ("GET", "reports.history_of_report"): (EVERYBODY, None),
    ("PATCH", "reports.edit_report"): (OFFICE, {"priority": "high"}),
    ("POST", "work_orders.decide"): (OFFICE, {"move": "accept"}),
    ("PUT", "uploads.begin_upload"): (EVERYBODY, {"length": 1000}),
    ("GET", "uploads.see_upload"): (EVERYBODY, None),
    ("PATCH", "uploads.add_to_upload"): (EVERYBODY, {}),
    ("DELETE", "uploads.withdraw_upload"): (EVERYBODY, None),
    ("POST", "reports.support_report"): (EVERYBODY, {}),
    ("POST", "reports.flag_report"): (EVERYBODY, {"reason": "other"}),
    ("POST", "reports.confirm_report"): (EVERYBODY, {}),
    ("POST", "reports.object_to_report"): (EVERYBODY, {"words": "x"}),
    ("POST", "reports.answer_question"): (EVERYBODY, {"words": "x"}),
    ("PATCH", "reports.amend_report"): (EVERYBODY, {"words": "x"}),
    ("GET", "photos.photo"): (EVERYBODY, None),
    ("GET", "tiles.tile"): (EVERYBODY, None),
    ("GET", "report_tiles.public_tile"): (EVERYBODY, None),
    ("GET", "report_tiles.office_tile"): (OFFICE, None),
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


#: The same for pages, which people use with a session: body as a form.
PAGES: dict[tuple[str, str], tuple[frozenset[str], dict[str, Any] | None]] = {
    ("GET", "preferences.language"): (EVERYBODY, None),
    ("GET", "docs.api"): (EVERYBODY, None),
    ("GET", "docs.robots"): (EVERYBODY, None),
    ("GET", "docs.favicon"): (EVERYBODY, None),
    ("GET", "citizen.report"): (EVERYBODY, None),
    ("GET", "citizen.step"): (EVERYBODY, None),
    ("POST", "citizen.take_step"): (EVERYBODY, {}),
    ("GET", "citizen.shell"): (EVERYBODY, None),
    ("GET", "citizen.known"): (EVERYBODY, None),
    ("GET", "citizen.suggestions"): (EVERYBODY, None),
    ("GET", "citizen.places"): (EVERYBODY, None),
    ("GET", "citizen.draft_photo"): (EVERYBODY, None),
    ("GET", "phone.worker"): (EVERYBODY, None),
    ("GET", "phone.manifest"): (EVERYBODY, None),
    ("GET", "own_face.file"): (EVERYBODY, None),
    ("GET", "phone.offline"): (EVERYBODY, None),
    ("GET", "citizen.kept_photo"): (EVERYBODY, None),
    ("GET", "citizen.spot"): (EVERYBODY, None),
    ("GET", "citizen.names"): (EVERYBODY, None),
    ("GET", "citizen.things"): (EVERYBODY, None),
    ("GET", "citizen.find"): (EVERYBODY, None),
    ("GET", "citizen.track"): (EVERYBODY, None),
    ("GET", "citizen.square"): (EVERYBODY, None),
    ("GET", "citizen.thanks"): (EVERYBODY, None),
    ("GET", "citizen.act_address"): (EVERYBODY, None),
    ("POST", "citizen.act"): (EVERYBODY, {}),
    ("POST", "citizen.support"): (EVERYBODY, {}),
    ("GET", "citizen.flag_form"): (EVERYBODY, None),
    ("POST", "citizen.flag"): (EVERYBODY, {"reason": "other"}),
    ("GET", "citizen.mine"): (EVERYBODY, None),
    ("GET", "citizen.marks"): (EVERYBODY, None),
    ("GET", "citizen.link_asked"): (EVERYBODY, None),
    ("POST", "citizen.ask_link"): (EVERYBODY, {"email": "x@example.gr"}),
    ("GET", "citizen.link"): (EVERYBODY, None),
    ("POST", "citizen.use_link"): (EVERYBODY, {}),
    ("POST", "citizen.forget"): (EVERYBODY, {}),
    ("GET", "citizen.listing"): (EVERYBODY, None),
    ("GET", "citizen.follow"): (EVERYBODY, None),
    ("POST", "citizen.start_following"): (EVERYBODY, {}),
    ("GET", "citizen.follow_asked"): (EVERYBODY, None),
    ("POST", "citizen.follow_by_push"): (EVERYBODY, {}),
    ("GET", "citizen.confirm"): (EVERYBODY, None),
    ("POST", "citizen.confirm_now"): (EVERYBODY, {}),
    ("GET", "citizen.leave"): (EVERYBODY, None),
    ("POST", "citizen.leave_now"): (EVERYBODY, {}),
    ("GET", "citizen.manage"): (EVERYBODY, None),
    ("POST", "citizen.change"): (EVERYBODY, {"which": "1", "end": "1"}),
    ("GET", "citizen.reports_feed"): (EVERYBODY, None),
    ("GET", "styleguide.page"): (EVERYBODY, None),  # where STYLEGUIDE is 1
    ("GET", "account.login"): (EVERYBODY, None),
    ("POST", "account.enter"): (EVERYBODY, {"email": "x@example.gr", "password": "x"}),
    ("POST", "account.leave"): (EVERYBODY, {}),
    ("GET", "account.second_step"): (STAFF, None),
    ("POST", "account.take_second_step"): (STAFF, {}),
    ("GET", "account.own"): (STAFF, None),
    ("POST", "account.end_sessions"): (STAFF, {"which": "others"}),
    ("POST", "account.change_password"): (STAFF, {}),
    ("POST", "account.set_up_app"): (STAFF, {}),
    ("POST", "account.new_codes"): (STAFF, {}),
    ("POST", "account.add_passkey"): (STAFF, {}),
    ("POST", "account.remove_factor"): (STAFF, {}),
    ("POST", "account.new_token"): (STAFF, {}),
    ("POST", "account.revoke_token"): (STAFF, {"which": "1"}),
    ("GET", "office.desk"): (OFFICE, None),
    ("GET", "office.report"): (OFFICE, None),
    ("GET", "office.form_address"): (OFFICE, None),
    ("POST", "office.decide"): (OFFICE, {"move": "note", "internal": "x", "version": "3"}),
    ("POST", "office.edit"): (OFFICE, {"priority": "high", "version": "3"}),
    ("POST", "office.dispatch"): (OFFICE, {"crew": "metal", "version": "3"}),
    ("POST", "office.move_order"): (OFFICE, {"move": "cancel", "version": "1"}),
    ("POST", "office.trust"): (OFFICE, {"version": "3"}),
    ("POST", "office.settle"): (OFFICE, {"verdict": "hide", "version": "3"}),
    ("POST", "office.block"): (OFFICE, {"value": "καζίνο"}),
    ("GET", "office.blocked"): (OFFICE, None),
    ("POST", "office.add_blocked"): (OFFICE, {"kind": "word", "value": "καζίνο"}),
    ("POST", "office.remove_blocked"): (OFFICE, {}),
    ("GET", "office.letters"): (OFFICE, None),
    ("POST", "office.retry_letter"): (OFFICE, {}),
    ("POST", "office.dismiss_letter"): (OFFICE, {}),
    ("POST", "office.retry_letters"): (OFFICE, {}),
    ("GET", "crew.day_page"): (STAFF, None),
    ("GET", "crew.order"): (OWN_CREW, None),
    ("GET", "crew.form_address"): (STAFF, None),
    ("POST", "crew.move"): (OWN_CREW, {"move": "start", "version": "1", "action_id": "a"}),
}


def rules(app: Flask) -> dict[tuple[str, str], str]:
    """Every method and endpoint of the application, with its address."""
    found = {}
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found[method, rule.endpoint] = rule.rule
    return found


def filled(rule: str, reference: str, order: int) -> str:
    """The rule's address with things that are there."""
    for part, value in {
        "<reference>": reference,
        "<int:order_id>": str(order),
        "<code>": "pothole",
        "<path:filename>": "icons.svg",
        "<uuid:draft_id>": "00000000-0000-4000-8000-000000000002",
        f"<{STEP}:step>": "words",
        "<uuid:photo_id>": "00000000-0000-4000-8000-000000000000",
        "<uuid:upload_id>": "00000000-0000-4000-8000-000000000001",
        "<size>": "small",
        "<any(el, en):code>": "en",
        "<any(letter, live, enough):answer>": "letter",
        "<any(moves, edit, dispatch, trust, settle, block):_verb>": "moves",
        "<int:blocked_id>": "1",
        "<int:notice_id>": "1",
        "<any(ground, areas, assets):layer>": "areas",
        "<int:version>": "1",
        "<int:z>/<int:x>/<int:y>": "10/579/383",
        "<token>": "none",
        f"<{DEED}:deed>": "confirm",
        "/<key>": "",
    }.items():
        rule = rule.replace(part, value)
    return rule


def test_the_table_knows_every_route(app: Flask) -> None:
    assert set(rules(app)) == set(ROUTES) | set(PAGES)


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
    path = filled(rules(app)[method, endpoint], reference, order)
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


def with_csrf(app: Flask, browser: FlaskClient) -> str:
    """A token that this browser's forms carry."""
    with browser.session_transaction() as kept:
        kept["csrf_token"] = "walk"
    signer = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token")
    return str(signer.dumps("walk"))


@pytest.mark.parametrize("who", sorted(EVERYBODY))
@pytest.mark.parametrize(("method", "endpoint"), sorted(PAGES))
def test_every_page_with_every_role(
    app: Flask,
    client: FlaskClient,
    town: Town,
    bearer: Callable[[User], dict[str, str]],
    method: str,
    endpoint: str,
    who: str,
) -> None:
    reference, order = dispatched(client, Program(client, bearer(town.nikos)))
    path = filled(rules(app)[method, endpoint], reference, order)
    allowed, form = PAGES[method, endpoint]
    browser = app.test_client()
    if who != "citizen":
        login_as(browser, getattr(town, who))
    if form is not None:
        form = form | {"csrf_token": with_csrf(app, browser)}
    answer = browser.open(path, method=method, data=form)
    sent_to_login = answer.status_code in (302, 303) and "/login" in answer.headers["Location"]
    sent_to_login = sent_to_login and endpoint != "account.leave"
    if who in allowed:
        assert not sent_to_login
        assert answer.status_code not in ({403, 500} if endpoint == "account.enter" else {401, 403, 500}), answer.text
    elif who == "citizen":
        assert sent_to_login
    else:
        assert answer.status_code == 403
    answer.close()


#: These trust no cookie: a token in the address says it all (RFC 8058), or only JSON is taken.
WITHOUT_CSRF = {("POST", "citizen.leave_now"), ("POST", "citizen.follow_by_push")}


@pytest.mark.parametrize(("method", "endpoint"), sorted({key for key in PAGES if key[0] == "POST"} - WITHOUT_CSRF))
def test_no_form_is_taken_without_its_token(
    app: Flask, client: FlaskClient, town: Town, method: str, endpoint: str
) -> None:
    browser = login_as(app.test_client(), town.admin)
    answer = browser.open(filled(rules(app)[method, endpoint], "000-000-000", 1), method=method, data={})
    assert answer.status_code == 400
