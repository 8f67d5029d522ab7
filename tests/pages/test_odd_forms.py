"""Whatever a form is filled with, its sender gets a page and never a bare failure, also when limits are reached."""

from __future__ import annotations

import re
from itertools import cycle
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.extensions import db, limiter
from app.pages.citizen import steps
from app.reports.models import Draft, Report
from tests.accounts.test_permissions import PAGES, filled, rules
from tests.conftest import login_as
from tests.pages.page import Page
from tests.reports.test_submit_api import POTHOLE
from tests.town import Town, build

DRAFT = "00000000-0000-4000-8000-000000000009"
STEPS = [f"/new/{DRAFT}/{step}" for step in steps.STEPS]
NAMES = re.findall(
    r"\S+",
    """lon lat accuracy_m address place category description contact_email contact_phone contact_name email password
    answers.depth stopper.danger remove support to q seek what area within radius reference frequency which end part
    action_id kept_photo remove_photo photo_id words more withdraw reason body version crew plate value kind next
    checked device message until""",
)
ODD = [
    "",
    "\0",
    "a\0b",
    "\ud800",
    "1e400",
    "NaN",
    "-1",
    "9" * 400,
    "x" * 20_000,
    "Ω" * 3000,
    "' OR 1=1 --",
    "../..",
    "[]",
]
VALUES = st.sampled_from(ODD) | st.text(max_size=20)
FORMS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=8)
QUIET = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
FORM_PAGES = sorted(
    {endpoint for method, endpoint in PAGES if method == "POST"} - {"citizen.take_step", "account.leave"}
)


def sends(browser: FlaskClient, address: str, fields: list[tuple[str, str]]) -> Any:
    """As a browser would, but for what no browser writes: half a character."""
    filled_in = [("csrf_token", token_of(browser)), *fields]
    body = "&".join(f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in filled_in)
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    return browser.post(address, data=body, headers=form)


def token_of(browser: FlaskClient) -> str:
    return Page(browser.get("/")).value("csrf_token")


def is_answered(answer: Any) -> None:
    assert answer.status_code in (200, 302, 303, 400, 401, 403, 404, 409, 413, 422, 428, 429), answer.text[:300]


@pytest.mark.parametrize("address", STEPS)
@QUIET
@given(fields=FORMS)
def test_any_step_takes_any_answers(
    client: FlaskClient, town: Town, address: str, fields: list[tuple[str, str]]
) -> None:
    is_answered(sends(client, address, fields))


@pytest.mark.parametrize("address", STEPS)
def test_a_step_of_an_empty_draft_comes_back_as_a_page(client: FlaskClient, town: Town, address: str) -> None:
    answer = sends(client, address, [])
    is_answered(answer)
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize("endpoint", FORM_PAGES)
@QUIET
@given(fields=FORMS)
def test_any_form_takes_anything(
    app: Flask, client: FlaskClient, town: Town, endpoint: str, fields: list[tuple[str, str]]
) -> None:
    staff = login_as(client, town.admin) if endpoint.startswith(("office.", "crew.")) else client
    is_answered(sends(staff, filled(rules(app)["POST", endpoint], "000-000-000", 1), fields))


def test_when_every_limit_is_reached_a_form_is_answered_and_nothing_of_it_kept(
    with_limits: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with with_limits.app_context():
        build(db.session())
        db.session.commit()
        browser = with_limits.test_client()
        monkeypatch.setattr(limiter.limiter, "hit", lambda *args, **more: False)
        pages = [filled(rules(with_limits)["POST", endpoint], "000-000-000", 1) for endpoint in FORM_PAGES]
        for address in [*STEPS, *(page for page in pages if not page.startswith(("/office", "/crew")))]:
            for fields in ([], [(name, odd) for name, odd in zip(NAMES, cycle(ODD), strict=False)]):
                is_answered(sends(browser, address, fields))
        assert browser.post(STEPS[0], data={"csrf_token": token_of(browser)}).status_code == 429
        assert db.session.scalar(select(func.count(Draft.id))) == 0


@pytest.mark.parametrize("address", ["/follow", "/mine/link"])
@pytest.mark.parametrize("name", ["email", "place", "category", "area", "within", "reference", "q", "what", "seek"])
@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd[:6]))
def test_one_odd_value_among_good_ones_is_answered(
    client: FlaskClient, town: Town, address: str, name: str, odd: str
) -> None:
    good = {"email": "eleni@example.gr", "what": "circle", "lon": "23.52", "lat": "41.07", "radius": "500"}
    is_answered(sends(client, address, list({**good, name: odd}.items())))
    is_answered(sends(client, address, list({**good, "what": "category", "category": "pothole", name: odd}.items())))


@pytest.mark.parametrize(
    ("step", "field"), [("words", "description"), ("questions", "answers.depth"), ("place", "address")]
)
def test_a_step_with_far_too_much_is_shown_again_and_not_kept(
    client: FlaskClient, town: Town, session: Session, step: str, field: str
) -> None:
    page = sends(client, f"/new/{DRAFT}/{step}", [(field, "ω" * 50_000)])
    assert page.status_code == 413
    assert "Συντομέψτε" in page.text
    assert session.scalar(select(func.count(Draft.id))) == 0


def test_an_endless_email_is_refused_without_being_parsed(client: FlaskClient, town: Town) -> None:
    """A megabyte of it cost half a minute; the parser's time grows with the square."""
    spot = [("what", "circle"), ("lon", "23.52"), ("lat", "41.07")]
    for address in ("/follow", "/mine/link"):
        page = sends(client, address, [("email", "a@" + "a." * 150_000 + "gr"), *spot])
        assert page.status_code == 422
    told = client.post("/api/v1/reports", json=POTHOLE | {"contact": {"email": "a@" + "ά." * 100_000 + "gr"}})
    assert "contact.email" in told.json["errors"]


def test_an_address_with_a_nul_is_taken_without_it(client: FlaskClient, town: Town, session: Session) -> None:
    assert client.post("/api/v1/reports", json=POTHOLE | {"address": "Μερα\0ρχίας 12"}).status_code == 201
    assert session.scalars(select(Report.address_words)).one() == "Μεραρχίας 12"
