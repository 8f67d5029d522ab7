"""The second step: an app's codes, the codes on paper, and who has to have it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import factors
from app.accounts.models import FactorKind, SecondFactor
from app.errors import Invalid, LoginRequired
from app.extensions import db, now
from tests import town as the_town
from tests.conftest import PASSWORD
from tests.pages.person import Person
from tests.town import Town

NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def enter(client: FlaskClient, who: str = "nikos", password: str = PASSWORD) -> Person:
    return Person(client).sees("/login").presses("Σύνδεση", email=f"{who}@example.gr", password=password)


@pytest.fixture
def secret(session: Session, town: Town) -> str:
    """Of the app that Nikos has; its last code was taken a while ago."""
    made, at = factors.new_secret(), now() - timedelta(minutes=10)
    factors.set_up_app(town.nikos, made, pyotp.TOTP(made).at(at), at=at)
    session.commit()
    return made


@pytest.fixture
def demanded(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SECOND_FACTOR_ROLES", ["dispatcher"])


def test_with_an_app_the_password_alone_opens_nothing(client: FlaskClient, secret: str) -> None:
    nikos = enter(client)
    assert nikos.path == "/login/second"
    assert client.get("/office").headers["Location"].startswith("/login")
    assert client.get("/api/v1/crews").status_code == 401
    nikos.presses("Συνέχεια", code="000000")
    assert nikos.status == 401
    assert "Ο κωδικός δεν είναι σωστός" in nikos.words
    nikos.presses("Συνέχεια", code=pyotp.TOTP(secret).now())
    assert (nikos.status, nikos.path) == (200, "/office")


def test_he_still_comes_to_the_page_he_asked_for(client: FlaskClient, secret: str) -> None:
    nikos = Person(client).sees("/office?queue=accepted")
    nikos.presses("Σύνδεση", email="nikos@example.gr", password=PASSWORD)
    nikos.presses("Συνέχεια", code=pyotp.TOTP(secret).now())
    assert nikos.path == "/office?queue=accepted"


def test_a_code_opens_once(session: Session, town: Town, secret: str) -> None:
    at = now()
    code = pyotp.TOTP(secret).at(at)
    factors.verify_code(town.nikos, code, at=at)
    with pytest.raises(LoginRequired):
        factors.verify_code(town.nikos, code, at=at)


@pytest.mark.parametrize(("off", "good"), [(-29, True), (29, True), (-75, False), (75, False)])
def test_a_clock_may_be_off_by_half_a_minute(session: Session, town: Town, off: int, good: bool) -> None:
    made = factors.new_secret()
    code = pyotp.TOTP(made).at(NOON + timedelta(seconds=off))
    if good:
        factors.set_up_app(town.nikos, made, code, at=NOON)
    else:
        with pytest.raises(Invalid):
            factors.set_up_app(town.nikos, made, code, at=NOON)


@pytest.mark.parametrize("odd", ["", "１２３４５６", "\0", "\ud800", "9" * 5000, "κωδικός"])
def test_odd_codes_get_the_same_sentence(client: FlaskClient, secret: str, odd: str) -> None:
    nikos = enter(client)
    token = nikos.form("Συνέχεια").value("csrf_token")
    answer = client.post("/login/second", data={"code": odd.encode("utf-8", "surrogatepass"), "csrf_token": token})
    assert answer.status_code == 401


def test_nikos_sets_up_an_app_and_gets_codes_for_paper_that_open_once(client: FlaskClient, town: Town) -> None:
    nikos = enter(client).sees("/account").presses("Σύνδεση εφαρμογής")
    made = str(nikos.form("Σύνδεση της εφαρμογής").value("secret"))
    nikos.presses("Σύνδεση της εφαρμογής", code="123", password=PASSWORD)
    assert nikos.status == 422
    assert nikos.form("Σύνδεση της εφαρμογής").value("secret") == made
    code = pyotp.TOTP(made).at(now() - timedelta(seconds=30))
    nikos.presses("Σύνδεση της εφαρμογής", code=code, password=PASSWORD)
    assert "δεν θα τους ξαναδείτε" in nikos.words
    assert made not in nikos.text
    papers = [word for word in nikos.words.split() if len(word) == 11 and word[5] == "-"]
    assert len(papers) == 10
    for expected in ("/office", "/login/second"):
        fresh = enter(client.application.test_client())
        fresh.presses("Συνέχεια", code=papers[0].upper())
        assert fresh.path == expected


def test_without_it_again_only_with_the_password_and_where_the_role_allows(
    app: Flask, client: FlaskClient, town: Town, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nikos = enter(client).presses("Συνέχεια", code=pyotp.TOTP(secret).now()).sees("/account")
    nikos.presses("Χωρίς: Εφαρμογή κωδικών", password="λάθος")
    assert nikos.status == 422
    monkeypatch.setitem(app.config, "SECOND_FACTOR_ROLES", ["dispatcher"])
    which = factors.factors_of(town.nikos)[0].id
    token = nikos.form("Νέοι κωδικοί").value("csrf_token")
    asked = {"which": which, "password": PASSWORD, "csrf_token": token}
    assert client.post("/account/factors/remove", data=asked).status_code == 422
    monkeypatch.setitem(app.config, "SECOND_FACTOR_ROLES", [])
    assert client.post("/account/factors/remove", data=asked).status_code == 303
    assert enter(app.test_client()).path == "/office"


def test_who_has_to_have_one_gets_it_at_the_door(client: FlaskClient, town: Town, demanded: None) -> None:
    nikos = enter(client)
    assert nikos.path == "/login/second"
    assert "data:image/svg+xml" in nikos.text
    assert client.get("/office").status_code == 303
    made = str(nikos.form("Συνέχεια").value("secret"))
    nikos.presses("Συνέχεια", code="000000")
    assert nikos.form("Συνέχεια").value("secret") == made
    nikos.presses("Συνέχεια", code=pyotp.TOTP(made).now())
    assert nikos.path == "/office"
    assert enter(client.application.test_client(), "thanasis").path == "/crew"


def test_a_program_needs_the_code_as_well(client: FlaskClient, secret: str) -> None:
    asked = {"email": "nikos@example.gr", "password": PASSWORD}
    assert client.post("/api/v1/tokens", json=asked).status_code == 401
    asked["code"] = pyotp.TOTP(secret).now()
    assert client.post("/api/v1/tokens", json=asked).status_code == 201


def test_a_program_gets_nothing_before_the_demanded_second_step_is_there(
    client: FlaskClient, town: Town, demanded: None
) -> None:
    asked = {"email": "nikos@example.gr", "password": PASSWORD}
    assert client.post("/api/v1/tokens", json=asked).status_code == 403


@pytest.fixture
def braked(with_limits: Flask) -> Flask:
    with with_limits.app_context():
        the_town.build(db.session())
        db.session.commit()
    return with_limits


def test_a_stranger_who_guesses_does_not_lock_nikos_out(braked: Flask) -> None:
    his_desk = braked.test_client()
    enter(his_desk).presses("Έξοδος")
    stranger = Person(braked.test_client()).sees("/login")
    statuses = [
        stranger.presses("Σύνδεση", email=" NIKOS@example.gr", password=f"λάθος {guess}").status for guess in range(12)
    ]
    assert statuses == [401] * 10 + [429] * 2
    assert "Πολλές προσπάθειες σύνδεσης" in stranger.words
    assert enter(braked.test_client()).status == 429
    assert enter(his_desk).path == "/office"
    assert enter(braked.test_client(), "maria").path == "/office"


def test_nikos_who_mistypes_is_not_counted_further_once_he_is_in(braked: Flask) -> None:
    browser = braked.test_client()
    for _ in range(3):
        for wrong in range(8):
            assert enter(browser, password=f"λάθος {wrong}").status == 401
        assert enter(browser).path == "/office"
        Person(browser).sees("/office").presses("Έξοδος")


def test_a_program_that_knows_the_password_may_ask_for_tokens_all_day(braked: Flask) -> None:
    client = braked.test_client()
    asked = {"email": "nikos@example.gr", "password": PASSWORD}
    assert [client.post("/api/v1/tokens", json=asked).status_code for _time in range(12)] == [201] * 12
    wrong = asked | {"password": "λάθος"}
    assert [client.post("/api/v1/tokens", json=wrong).status_code for _time in range(11)] == [401] * 10 + [429]


def test_the_database_does_not_tell_the_secret_of_an_app_and_another_key_opens_nothing(
    app: Flask, session: Session, town: Town, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = session.scalars(select(SecondFactor.secret).where(SecondFactor.kind == FactorKind.TOTP)).one()
    assert secret not in kept
    monkeypatch.setitem(app.config, "SECRET_KEY", "another")
    with pytest.raises(LoginRequired):
        factors.verify_code(town.nikos, pyotp.TOTP(secret).now(), at=now())
