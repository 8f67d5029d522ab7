"""Another site cannot act in a reader's name, nor take their cookies away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.extensions import db
from app.reports.models import Draft, Report
from tests.reports.test_submit_api import POTHOLE, report
from tests.town import Town

DRAFT = "00000000-0000-4000-8000-000000000007"
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:9999"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost@evil.example"},
    {"Origin": "http://[evil"},
    {"Referer": "https://evil.example/localhost/"},
    {"Referer": ""},
]
OURS = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost"},
    {"Referer": "http://localhost/mine"},
    # What the browser itself says of the site comes before the rest: a page may hide its address.
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
]


@pytest.mark.parametrize("said", FOREIGN, ids=str)
@pytest.mark.parametrize("address", ["/api/v1/reports", f"/new/{DRAFT}/photo", "/login", "/follow", "/mine/forget"])
def test_a_foreign_page_gets_nothing_done_and_gives_no_cookie(
    client: FlaskClient, town: Town, session: Session, said: dict[str, str], address: str
) -> None:
    answer = client.post(address, data={"description": "κάτι", "device": "1"}, headers=said)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    assert session.scalar(select(func.count(Report.id))) == session.scalar(select(func.count(Draft.id))) == 0


@pytest.mark.parametrize("said", OURS, ids=str)
def test_our_own_pages_and_programs_go_through(client: FlaskClient, town: Town, said: dict[str, str]) -> None:
    assert client.post("/api/v1/reports", json=POTHOLE, headers=said).status_code == 201


def test_programs_are_told_in_a_problem_and_people_on_a_page(client: FlaskClient, town: Town) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site", "Accept-Language": "en"}
    told = client.post("/api/v1/reports", json=POTHOLE, headers=foreign)
    assert (told.mimetype, told.json["type"]) == ("application/problem+json", "/problems/cross-site")
    page = client.post("/login", headers=foreign | {"Accept": "text/html"})
    assert "Nothing has changed" in page.text


def test_eleni_keeps_her_reports_whatever_page_she_visits(client: FlaskClient, town: Town) -> None:
    reference = report(client).json["reference"]
    key = client.get_cookie("device")
    stranger = client.application.test_client()  # SameSite: no cookie of hers goes along
    for address in ("/api/v1/reports", f"/new/{uuid4()}/words", "/follow/push"):
        assert "Set-Cookie" not in stranger.post(address, json=POTHOLE, headers=FOREIGN[0]).headers
    assert client.get_cookie("device") == key
    assert reference in client.get("/mine").text


@pytest.mark.parametrize("destination", ["image", "iframe", "empty"])
def test_a_picture_or_frame_in_a_foreign_page_sets_no_cookie(client: FlaskClient, town: Town, destination: str) -> None:
    said = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": destination}
    answer = client.get("/", headers=said)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_whoever_follows_a_link_from_elsewhere_can_fill_in_the_form(client: FlaskClient, town: Town) -> None:
    said = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert "session=" in client.get("/", headers=said).headers["Set-Cookie"]


def test_one_click_in_a_mail_program_still_unsubscribes(client: FlaskClient, town: Town) -> None:
    answer = client.post("/unsubscribe/unknown", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 404  # it was asked for, not refused


def test_a_bearer_token_does_not_open_the_door_to_foreign_pages(
    client: FlaskClient, town: Town, bearer: Callable[[User], dict[str, str]]
) -> None:
    headers = bearer(town.nikos)
    assert client.post("/api/v1/reports", json=POTHOLE, headers=headers).status_code == 201
    assert client.post("/api/v1/reports", json=POTHOLE, headers=headers | FOREIGN[0]).status_code == 403


def test_links_in_answers_follow_no_made_up_host(client: FlaskClient, town: Town) -> None:
    answer = client.post("/api/v1/reports", json=POTHOLE, headers={"Host": "evil.example"})
    assert answer.status_code == 201
    assert "evil.example" not in answer.text + str(answer.headers)
    assert answer.json["tracking_url"].startswith(client.application.config["PUBLIC_URL"])


@pytest.fixture
def over_https(own_database: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The same town, reached over HTTPS."""
    from app import create_app
    from config import from_environment

    monkeypatch.setenv("PUBLIC_URL", "https://serres.example")
    monkeypatch.setenv("SECRET_KEY", "tests")
    monkeypatch.setenv("DATABASE_URL", own_database.config["SQLALCHEMY_DATABASE_URI"])
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return create_app(from_environment() | {"TESTING": True, "RATELIMIT_ENABLED": False})


def test_over_https_every_cookie_is_bound_to_this_very_host(over_https: Flask) -> None:
    browser = over_https.test_client()
    given = browser.get("/", base_url="https://serres.example").headers.getlist("Set-Cookie")
    given += browser.put(
        f"/api/v1/uploads/{uuid4()}", json={"length": 9}, base_url="https://serres.example"
    ).headers.getlist("Set-Cookie")
    given += browser.get("/language/en", base_url="https://serres.example").headers.getlist("Set-Cookie")
    names = {cookie.partition("=")[0] for cookie in given}
    assert names == {"__Host-session", "__Host-device", "__Host-language"}
    assert all("Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie for cookie in given)
    with over_https.app_context():
        db.engine.dispose()
