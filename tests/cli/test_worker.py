"""The worker: does what is waiting, and takes up what a dead one left."""

from __future__ import annotations

import asyncio
from typing import Any

import procrastinate
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text

from app.cli.work import conninfo, take_up_again
from app.extensions import db, jobs, now, unit_of_work
from app.media import service as media
from app.media.models import Photo
from app.reports.housekeeping import forget_unsent_photos
from tests.media import camera
from tests.town import MONDAY


def states(app: Flask) -> dict[str, int]:
    with app.app_context():
        rows = db.session.execute(text("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1"))
        return dict(rows.all())


def with_a_photo(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        media.take_in(camera.file(camera.street()), "a.jpg", at=MONDAY)


def test_the_worker_makes_the_sizes_of_a_photo(own_database: Flask) -> None:
    with_a_photo(own_database)
    assert FlaskCliRunner(own_database).invoke(args=["worker", "--once"]).exit_code == 0
    with own_database.app_context():
        assert db.session.query(Photo).one().state == "ready"


def test_photos_of_a_form_that_was_never_sent_are_forgotten_and_others_stay(own_database: Flask) -> None:
    with_a_photo(own_database)
    with own_database.app_context():
        forget_unsent_photos(0)
        assert db.session.query(Photo).count() == 0
        with unit_of_work():
            media.take_in(camera.file(camera.street()), "b.jpg", at=now())
        forget_unsent_photos(0)
        assert db.session.query(Photo).count() == 1


def test_what_a_dead_worker_was_at_is_taken_up_again(own_database: Flask) -> None:
    with_a_photo(own_database)
    with own_database.app_context(), unit_of_work() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL"))
    assert states(own_database) == {"doing": 1}

    async def look() -> None:
        with own_database.app_context():
            connector = procrastinate.PsycopgConnector(conninfo=conninfo())
        with jobs.replace_connector(connector) as app:
            async with app.open_async():
                context: Any = procrastinate.JobContext(app=app, start_timestamp=0, job=None, abort_reason=lambda: None)  # type: ignore[arg-type]
                await take_up_again(context, 0)

    asyncio.run(look())
    assert states(own_database) == {"todo": 1}
