"""The operator sees how long work has waited; a load balancer only whether anybody answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.extensions import defer, unit_of_work
from app.pages.health import BACKUP_MARK
from tests.town import Town

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}


def queue_a_job(session: Session, minutes_ago: int, *, put_off: bool = False) -> None:
    with unit_of_work():
        defer("media.discard_files", photo_id="00000000-0000-4000-8000-000000000000")
    past = {"past": minutes_ago}
    session.execute(text("UPDATE procrastinate_events SET at = now() - make_interval(mins => :past)"), past)
    if put_off:
        session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'"))
    session.commit()


def test_the_age_of_the_oldest_job_is_told_by_queue(client: FlaskClient, town: Town, session: Session) -> None:
    queue_a_job(session, 10)
    figures = client.get("/healthz?full").json["figures"]
    assert 590 < figures["oldest_job_s"]["default"] < 700
    assert figures["oldest_job_s"]["mail"] == 0
    assert figures["letters_failed"] == 0
    assert figures["disk_free_bytes"] > figures["disk_reserve_bytes"] > 0


def test_a_job_that_was_put_off_is_not_late(client: FlaskClient, town: Town, session: Session) -> None:
    queue_a_job(session, 10, put_off=True)
    assert client.get("/healthz?full").json["figures"]["oldest_job_s"]["default"] == 0


def test_prometheus_reads_every_figure(app: Flask, client: FlaskClient, town: Town) -> None:
    mark = Path(app.config["DATA_DIR"]) / BACKUP_MARK
    mark.touch()
    told = client.get("/metrics")
    mark.unlink()
    assert told.mimetype == "text/plain"
    lines = told.text.strip().split("\n")
    gauges = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert {'kathimerina_oldest_job_s{queue="push"}', "kathimerina_letters_failed"} <= set(gauges)
    assert float(gauges["kathimerina_last_backup_s"]) < time.time()
    assert lines.count("# TYPE kathimerina_oldest_job_s gauge") == 1


def test_figures_are_for_this_machine_and_the_office(
    client: FlaskClient, town: Town, bearer: Callable[[User], dict[str, str]]
) -> None:
    for address in ("/metrics", "/healthz?full"):
        assert client.get(address, environ_overrides=ELSEWHERE).status_code in (303, 401)
        assert client.get(address, headers={"X-Forwarded-For": "203.0.113.7"}).status_code in (303, 401)
        office = bearer(town.nikos)
        assert client.get(address, environ_overrides=ELSEWHERE, headers=office).status_code in (200, 503)
    assert "figures" not in (client.get("/healthz", environ_overrides=ELSEWHERE).json or {})
