"""With a hundred thousand reports nothing that people ask for reads them all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from town import fill

from app.accounts.models import Role, User
from app.cli.demo_town import load_map, load_office
from app.extensions import db, unit_of_work
from tests.conftest import _database, login_as, make_app

REPORTS = 100_000
#: «1.000+» is counted up to there, in any order; with words that one in six has it takes six times as many.
MOST_READ = 10_000
#: The tables that grow with every report.
LARGE = ("report", "report_history", "report_photo", "photo", "work_order", "report_contact", "notice")
#: By table the rows that scans of the whole table read, in this session and not yet reported to the others.
_SCANS = f"SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables WHERE relname IN {LARGE}"


@pytest.fixture(scope="module")
def full_town(
    server_url: str, migrated: str, worker_name: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The demo town with years of reports, none of whose photos has a file."""
    with _database(server_url, f"{worker_name}_full", migrated) as url:
        app = make_app(url, tmp_path_factory.mktemp("full"))
        with app.app_context():
            with unit_of_work():
                load_map()
                load_office()
            db.session.remove()
            fill(url.replace("+psycopg", ""), REPORTS)
        yield app
        with app.app_context():
            db.engine.dispose()


@contextmanager
def read_whole(app: Flask, *, planned_once: bool) -> Iterator[dict[str, str]]:
    """By large table the statement that read through it; ``planned_once``: by the plan that a prepared one keeps."""
    found: dict[str, str] = {}
    with app.app_context():
        engine = db.engine

    def scanned(connection: Any) -> dict[str, int]:
        return dict(connection.connection.driver_connection.execute(_SCANS).fetchall())

    def before(connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
        lasting = planned_once and context and context.execution_options.get("prepared")
        mode = "force_generic_plan" if lasting else "auto"
        connection.connection.driver_connection.execute(f"SET plan_cache_mode = {mode}")
        connection.info["scanned"] = scanned(connection)

    def after(connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        for table, rows in scanned(connection).items():
            if rows - connection.info["scanned"].get(table, 0) > MOST_READ:
                found.setdefault(table, statement)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


def questions(app: Flask) -> dict[str, tuple[str | None, str]]:
    """Who asks what, by its name."""
    with app.app_context():
        one = db.session.scalar(text("SELECT reference FROM report WHERE suspicion IS NULL ORDER BY id DESC LIMIT 1"))
        waiting = db.session.scalar(text("SELECT reference FROM report WHERE status = 'received' ORDER BY id LIMIT 1"))
        order = db.session.scalar(text("SELECT max(id) FROM work_order"))
        west, south, east, north = db.session.execute(
            text(
                "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(outline) AS e FROM area"
                " WHERE kind = 'municipality') m"
            )
        ).one()
        unit = db.session.scalar(text("SELECT code FROM area WHERE kind = 'unit' ORDER BY code LIMIT 1"))
    box, street = f"{west},{south},{east},{north}", "23.545,41.083,23.552,41.088"
    desk = "/office?queue="
    return {
        **{
            f"queue {name}": ("office", desk + name)
            for name in (
                "received",
                "objected",
                "to_look_at",
                "accepted",
                "scheduled",
                "in_progress",
                "question",
                "forwarded",
                "overdue",
                "resolved",
                "closed",
                "rejected",
                "all",
            )
        },
        "queue, filtered": ("office", f"{desk}accepted&category=pothole&area={unit}"),
        "queue, by supporters": ("office", f"{desk}received&order=supported"),
        "queue, words": ("office", f"{desk}all&q={quote('σχολείο')}"),
        "queue, rare words": ("office", f"{desk}all&q={quote('ελικόπτερο')}"),
        "one beside the queue": ("office", f"{desk}received&report={waiting}"),
        "one for the office": ("office", f"/office/reports/{waiting}?do=dispatch"),
        "letters": ("office", "/office/letters"),
        "the crew's day": ("crew", "/crew"),
        "an order": ("office", f"/crew/orders/{order}"),
        "orders": ("office", "/api/v1/work-orders"),
        "public list": (None, "/reports"),
        "public list, open": (None, "/reports?state=open"),
        "public list, kind and area": (None, f"/reports?category=bench&area={unit}"),
        "public list, since": (None, "/reports?since=2026-01-01&until=2026-02-01"),
        "public list, words": (None, f"/reports?q={quote('σχολείο')}"),
        "public list, a street": (None, f"/reports?bbox={street}"),
        "API list": (None, "/api/v1/reports?limit=200"),
        "map, town": (None, f"/api/v1/reports/clusters?bbox={box}&zoom=11"),
        "map, kind": (None, f"/api/v1/reports/clusters?bbox={box}&zoom=11&category=bench&state=open"),
        "map, street": (None, f"/api/v1/reports/clusters?bbox={street}&zoom=17"),
        "one": (None, f"/r/{one}"),
        "one by API": (None, f"/api/v1/reports/{one}"),
        "its history": (None, f"/api/v1/reports/{one}/history"),
        "first page": (None, "/"),
        "own reports": (None, "/mine"),
        "what is near": (None, "/new/known?lon=23.5484&lat=41.0856&category=pothole"),
        "likely kinds": (None, "/new/suggestions?lon=23.5484&lat=41.0856"),
        "feed": (None, "/feeds/reports.atom"),
    }


@pytest.mark.parametrize("planned_once", [False, True], ids=["planned for its values", "planned once"])
def test_no_question_reads_all_reports(full_town: Flask, planned_once: bool) -> None:
    with full_town.app_context():
        staff = {
            role: db.session.scalars(select(User).where(User.role == kind).limit(1)).one()
            for role, kind in (("office", Role.DISPATCHER), ("crew", Role.CREW))
        }
    people: dict[str | None, FlaskClient] = {None: full_town.test_client()}
    people |= {role: login_as(full_town.test_client(), user) for role, user in staff.items()}
    wrong: dict[str, dict[str, str]] = {}
    for name, (who, path) in questions(full_town).items():
        with read_whole(full_town, planned_once=planned_once) as found:
            answer = people[who].get(path, follow_redirects=True)
        assert answer.status_code == 200, (name, path, answer.status_code)
        if found:
            wrong[name] = {table: " ".join(statement.split())[:300] for table, statement in found.items()}
    assert wrong == {}
