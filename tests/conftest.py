"""People for tests, on a real PostGIS: each test is rolled back, or gets a database of its own."""

from __future__ import annotations

import asyncio
import math
import os
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

import cluster
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, make_url
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.service import issue_token
from app.accounts.sessions import open_session
from app.extensions import db, now
from app.geo.ground import Ground
from tests import town as the_town
from tests.town import PASSWORD, Town

ROOT = Path(__file__).parent.parent


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Generator[None]:
    """The browser of the journeys keeps its event loop running between them: a test without browser sees none."""
    browsers = asyncio._get_running_loop()
    if "playwright" not in item.fixturenames:
        asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        if "playwright" not in item.fixturenames:
            asyncio._set_running_loop(browsers)


@pytest.fixture(scope="session")
def server_url() -> str:
    """A running PostGIS server: the one in TEST_DATABASE_URL, else the project's private one."""
    given = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL")
    return given or cluster.start(ROOT / "var" / "test")


def _admin(url: str) -> psycopg.Connection[Any]:
    parts = make_url(url)
    plain = parts.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


@contextmanager
def _database(url: str, name: str, template: str | None = None) -> Iterator[str]:
    with _admin(url) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    try:
        yield _named(url, name)
    finally:
        with _admin(url) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class Browser(FlaskClient):
    """A client whose every request starts afresh, though the test itself holds an application context."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return Context().run(super().open, *args, **kwargs)


def make_app(url: str, data_dir: Path, **more: Any) -> Flask:
    """An application on this database, with files under ``data_dir``."""
    from app import create_app
    from config import from_environment

    before = dict(os.environ)
    os.environ.update(SECRET_KEY="tests", DATABASE_URL=url, DATA_DIR=str(data_dir))
    try:
        settings = from_environment()
    finally:
        os.environ.clear()
        os.environ.update(before)
    made = create_app(
        settings
        | {"TESTING": True, "RATELIMIT_ENABLED": False, "ALLOWED_HOSTS": ["localhost"], "STYLEGUIDE": True, **more}
    )
    made.test_client_class = Browser
    return made


@pytest.fixture(scope="session")
def worker_name(worker_id: str) -> str:
    return f"kathimerina_{worker_id}"


@pytest.fixture(scope="session")
def migrated(server_url: str, worker_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a freshly migrated, empty database that others are copied from."""
    from flask_migrate import upgrade

    from app.extensions import db

    template = f"{worker_name}_template"
    with _database(server_url, template) as url:
        app = make_app(url, tmp_path_factory.mktemp("template"))
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            db.engine.dispose()
        yield template


@pytest.fixture(scope="session")
def app(server_url: str, migrated: str, worker_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a shared database in which no test leaves anything."""
    from app.extensions import db

    with _database(server_url, worker_name, migrated) as url:
        app = make_app(url, tmp_path_factory.mktemp("data"))
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def session(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Everything of one test in one outer transaction: commits are savepoints, the end rolls all back."""
    from app.extensions import db

    with app.app_context():
        connection = db.engine.connect()
        outer = connection.begin()
        monkeypatch.setitem(db.engines, None, connection)
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
        # A process knows the ground for a while, and each test has one of its own.
        app.extensions["ground"] = (math.inf, Ground())
        yield db.session()
        db.session.remove()
        outer.rollback()
        connection.close()


@pytest.fixture
def town(session: Session) -> Town:
    """The small town of tests/town.py, committed for this test."""
    built = the_town.build(session)
    session.commit()
    return built


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser, or a program, without any session yet."""
    return app.test_client()


def login_as(client: FlaskClient, user: User) -> FlaskClient:
    """The same client, signed in as a member of the staff, without going through the form."""
    with client.application.app_context():
        key = open_session(user, at=now())
        db.session.commit()
    with client.session_transaction() as kept:
        kept["staff"] = key
    return client


@pytest.fixture
def as_user(app: Flask, town: Town) -> Callable[[User], FlaskClient]:
    """A new browser in which this person is signed in."""
    return lambda user: login_as(app.test_client(), user)


@pytest.fixture
def bearer(session: Session, town: Town) -> Callable[[User], dict[str, str]]:
    """Headers of a program that acts as this person."""

    def headers(user: User) -> dict[str, str]:
        token = issue_token("tests", at=now(), user=user)
        session.commit()
        return {"Authorization": f"Bearer {token}"}

    return headers


@pytest.fixture
def own_database(server_url: str, migrated: str, worker_name: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a fresh database of its own, where commits are real and several connections see them."""
    from app.extensions import db

    with _database(server_url, f"{worker_name}_{uuid.uuid4().hex[:8]}", migrated) as url:
        app = make_app(url, tmp_path)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def with_limits(own_database: Flask, tmp_path: Path) -> Iterator[Flask]:
    """An application on the test's own database that counts requests; the others must not count them after it."""
    from app.extensions import db, limiter

    app = make_app(own_database.config["SQLALCHEMY_DATABASE_URI"], tmp_path, RATELIMIT_ENABLED=True)
    yield app
    limiter.enabled = False
    with app.app_context():
        db.engine.dispose()


@contextmanager
def counted_statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that run inside the block."""
    from app.extensions import db

    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


__all__ = ["PASSWORD", "Town", "counted_statements", "login_as"]
