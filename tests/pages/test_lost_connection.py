"""A connection to the database is lost: readers do not notice, writers are told when to come again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from app.extensions import db
from tests.conftest import login_as
from tests.reports.test_submit_api import POTHOLE
from tests.town import build


@pytest.fixture
def cut(own_database: Flask) -> Iterator[Callable[[], None]]:
    """Ends every connection that the application has, as a restart of the database does."""
    with own_database.app_context():
        build(db.session())
        db.session.commit()
        db.session.remove()
    engine = create_engine(own_database.config["SQLALCHEMY_DATABASE_URI"])

    def now() -> None:
        with engine.begin() as other:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            other.execute(text(f"{others} WHERE datname = current_database() AND pid <> pg_backend_pid()"))

    yield now
    engine.dispose()


@pytest.fixture
def browser(own_database: Flask, cut: Callable[[], None]) -> FlaskClient:
    return own_database.test_client()


@pytest.mark.parametrize("address", ["/reports", "/", "/mine", "/api/v1/reports", "/api/v1/categories"])
def test_whoever_reads_gets_the_page(browser: FlaskClient, cut: Callable[[], None], address: str) -> None:
    assert browser.get(address).status_code == 200
    cut()
    assert browser.get(address).status_code == 200


def test_a_page_that_is_not_there_is_still_not_there(browser: FlaskClient, cut: Callable[[], None]) -> None:
    browser.get("/reports")
    cut()
    assert browser.get("/api/v1/reports/111-111-111").status_code == 404


def test_the_desk_stays_the_dispatchers(own_database: Flask, browser: FlaskClient, cut: Callable[[], None]) -> None:
    from app.accounts.models import Role, User

    with own_database.app_context():
        nikos = db.session.query(User).filter_by(role=Role.DISPATCHER).first()
        assert nikos is not None
        login_as(browser, nikos)
        db.session.remove()
    assert browser.get("/office").status_code == 200
    cut()
    assert browser.get("/office").status_code == 200


def test_whoever_writes_is_told_and_the_second_try_is_the_only_one(
    own_database: Flask, browser: FlaskClient, cut: Callable[[], None]
) -> None:
    browser.get("/reports")
    cut()
    key = {"Idempotency-Key": "one"}
    answer = browser.post("/api/v1/reports", json=POTHOLE, headers=key)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert browser.post("/api/v1/reports", json=POTHOLE, headers=key).status_code == 201
    with own_database.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM report")) == 1
