"""A connection to the database is lost: readers do not notice, writers are told when to come again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, text

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


@pytest.mark.parametrize("after", ["INSERT INTO report_history", "INSERT INTO report (", "INSERT INTO action ("])
def test_at_whatever_statement_it_is_lost_the_writer_is_told_and_nothing_is_half_done(
    own_database: Flask, browser: FlaskClient, cut: Callable[[], None], after: str
) -> None:
    left = [cut]

    def cut_once(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(after) and left:
            left.pop()()

    key = {"Idempotency-Key": "one"}
    with own_database.app_context():
        event.listen(db.engine, "after_cursor_execute", cut_once)
        try:
            answer = browser.post("/api/v1/reports", json=POTHOLE, headers=key)
        finally:
            event.remove(db.engine, "after_cursor_execute", cut_once)
    assert not left
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert browser.post("/api/v1/reports", json=POTHOLE, headers=key).status_code == 201
    with own_database.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM report")) == 1


@pytest.mark.parametrize("address", ["/reports", "/api/v1/reports"])
def test_at_whatever_statement_it_is_lost_the_reader_gets_the_page(
    own_database: Flask, browser: FlaskClient, cut: Callable[[], None], address: str
) -> None:
    at = [0, 0]  # how many statements there were, and after which to cut

    def cut_after(*_statement: Any) -> None:
        at[0] += 1
        if at[0] == at[1]:
            cut()

    assert browser.post("/api/v1/reports", json=POTHOLE).status_code == 201
    with own_database.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", cut_after)
    try:
        assert browser.get(address).status_code == 200
        statements = at[0]
        for number in range(1, statements + 1):
            at[:] = [0, number]
            assert browser.get(address).status_code == 200, number
    finally:
        event.remove(engine, "after_cursor_execute", cut_after)
    assert statements > 1
