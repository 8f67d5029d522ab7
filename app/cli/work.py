"""``flask worker``: the background work of this installation."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import logging
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any

import click
import procrastinate
import psycopg.conninfo
from flask import current_app
from flask.cli import with_appcontext
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from sqlalchemy import make_url

from app import actions, rate_limits
from app.accounts import sessions
from app.categories import pace
from app.extensions import MAIL, OURS, PUSH, TRIED_AGAIN, jobs
from app.media import service as media
from app.media import uploads
from app.notices import housekeeping as notices_housekeeping
from app.notices import service as notices
from app.reports import housekeeping
from app.search import tally_queries

#: Whose jobs the worker does: importing them makes them known.
WORKED_FOR = (
    actions,
    rate_limits,
    sessions,
    media,
    uploads,
    notices,
    notices_housekeeping,
    housekeeping,
    pace,
    tally_queries,
)


#: A worker writes a heartbeat every 10 s.
HEARTBEAT_S = 10
GONE_AFTER_S = 60
#: How many jobs of each queue at once: a mail server that hangs holds up letters and nothing else.
SLOTS = {OURS: 2, MAIL: 2, PUSH: 2}
FIRST_PAUSE_S, LONGEST_PAUSE_S, SETTLED_S = 0.5, 15.0, 60.0
#: How often the database is told what became of a job: five minutes of a full disk, at the longest pause.
MOST_TELLINGS = 24
log = logging.getLogger(__name__)


class Steady(JobManager):
    """Tells the database what became of a job until it has heard it; else the job counts as being done for ever."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        await _until_heard(functools.partial(super().finish_job, job, status, delete_job))

    async def retry_job(self, job: Job, retry_at: datetime | None = None, **options: Any) -> None:  # type: ignore[override]
        await _until_heard(functools.partial(super().retry_job, job, retry_at, **options))


async def _until_heard(tell: Callable[[], Awaitable[None]]) -> None:
    for pause in itertools.islice(_pauses(), MOST_TELLINGS - 1):
        try:
            await tell()
            return
        except ConnectorException as trouble:
            if not isinstance(trouble.__cause__, psycopg.OperationalError):
                raise  # it answered: the job is not there, or not being done, any more
        await asyncio.sleep(pause)
    await tell()


def _pauses() -> Iterator[float]:
    """Seconds, twice as long each time up to the longest."""
    pause = FIRST_PAUSE_S
    while True:
        yield pause
        pause = min(LONGEST_PAUSE_S, pause * 2)


@jobs.periodic(cron="*/2 * * * *")
@jobs.task(name="work.take_up_again", retry=TRIED_AGAIN, priority=notices.SOONEST, pass_context=True)
async def take_up_again(context: procrastinate.JobContext, timestamp: int) -> None:
    """Queue again what a worker was at when its machine died: every job of ours may run twice."""
    manager = context.app.job_manager
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=GONE_AFTER_S):
        try:
            await manager.retry_job(stalled)
        except ConnectorException as trouble:  # it was only slow, and is done; the others wait still
            log.warning("a job left behind was not taken up: %s: %s", stalled.task_name, type(trouble).__name__)


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
    address = conninfo()
    asyncio.run(_clear(address) if once else _work_on(address))


async def _clear(address: str) -> None:
    """One queue after the other: what is told in the first becomes letters in the second."""
    async with _opened(address) as app:
        for queue in SLOTS:
            await _serve(app, queue, wait=False)


async def _work_on(address: str) -> None:
    """Work until a signal says stop; a database that went away is waited for, longer each time."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    pauses = _pauses()
    while not stop.is_set():
        began = time.monotonic()
        try:
            await _work(address, stop)
        except Exception as trouble:  # whatever ended it, the next connection may do better
            log.warning("the worker lost its database: %s", type(trouble).__name__)
        if time.monotonic() - began > SETTLED_S:
            pauses = _pauses()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), next(pauses))


async def _work(address: str, stop: asyncio.Event) -> None:
    """A worker a queue, on a pool of their own, until one of them ends or a stop is asked for."""
    async with _opened(address) as app:
        workers = [asyncio.create_task(_serve(app, queue, wait=True)) for queue in SLOTS]
        asked = asyncio.create_task(stop.wait())
        await asyncio.wait([*workers, asked], return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        for worker in workers:
            worker.cancel()  # finishes what it is at
        await asyncio.gather(*workers, return_exceptions=True)


@contextlib.asynccontextmanager
async def _opened(address: str) -> AsyncIterator[procrastinate.App]:
    connector = procrastinate.PsycopgConnector(conninfo=address, min_size=1, max_size=2 * len(SLOTS))
    with jobs.replace_connector(connector) as app:
        app.job_manager = Steady(connector)
        async with app.open_async():
            yield app


async def _serve(app: procrastinate.App, queue: str, *, wait: bool) -> None:
    await app.run_worker_async(
        queues=[queue],
        name=queue,
        concurrency=SLOTS[queue],
        wait=wait,
        install_signal_handlers=False,
        update_heartbeat_interval=HEARTBEAT_S,
        delete_jobs="successful",
    )
