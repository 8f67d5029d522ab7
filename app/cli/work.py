"""``flask worker``: the background work of this installation."""

from __future__ import annotations

from typing import Any

import click
import procrastinate
import psycopg.conninfo
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import make_url

from app.extensions import jobs
from app.media import service as media
from app.media import uploads
from app.notices import housekeeping as notices_housekeeping
from app.notices import service as notices
from app.reports import housekeeping, pace

#: Whose jobs the worker does: importing them makes them known.
WORKED_FOR = (media, uploads, notices, notices_housekeeping, housekeeping, pace)


#: A worker writes a heartbeat every 10 s.
HEARTBEAT_S = 10
GONE_AFTER_S = 60


@jobs.periodic(cron="*/2 * * * *")
@jobs.task(name="work.take_up_again", queueing_lock="work.take_up_again", pass_context=True)
async def take_up_again(context: procrastinate.JobContext, timestamp: int) -> None:
    """Queue again what a worker was at when its machine died: every job of ours may run twice."""
    manager = context.app.job_manager
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=GONE_AFTER_S):
        await manager.retry_job(stalled)


def conninfo() -> str:
    """The database's address in libpq's own words."""
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    parts: dict[str, Any] = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
        **url.query,
    }
    return psycopg.conninfo.make_conninfo("", **{key: value for key, value in parts.items() if value is not None})


@click.command()
@click.option("--once", is_flag=True, help="Do what is waiting, then stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Do background jobs (sizes of photos, letters) until stopped."""
    connector = procrastinate.PsycopgConnector(conninfo=conninfo())
    with jobs.replace_connector(connector) as app:
        app.run_worker(wait=not once, concurrency=2, update_heartbeat_interval=HEARTBEAT_S, delete_jobs="successful")
