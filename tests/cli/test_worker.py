"""The worker: does what is waiting, and takes up what a dead one left."""

from __future__ import annotations

import asyncio
from typing import Any

import procrastinate
import pytest
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
        media.save_photo(camera.file(camera.street()), "a.jpg", at=MONDAY)


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
            media.save_photo(camera.file(camera.street()), "b.jpg", at=now())
        forget_unsent_photos(0)
        assert db.session.query(Photo).count() == 1


def take_up(app: Flask) -> None:
    async def look() -> None:
        with app.app_context():
            connector = procrastinate.PsycopgConnector(conninfo=conninfo())
        with jobs.replace_connector(connector) as ours:
            async with ours.open_async():
                nothing: Any = None
                context = procrastinate.JobContext(app=ours, start_timestamp=0, job=nothing, abort_reason=lambda: None)
                await take_up_again(context, 0)

    asyncio.run(look())


def left_behind(app: Flask) -> None:
    with app.app_context(), unit_of_work() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL"))


def refuses(app: Flask, event: str, *, of: str, code: str, times: int) -> None:
    """The database says so many times that it cannot, with an SQLSTATE."""
    with app.app_context(), unit_of_work() as session:
        session.execute(text("CREATE SEQUENCE IF NOT EXISTS refused"))
        session.execute(
            text(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF nextval('refused') <= {times} THEN RAISE 'no' USING ERRCODE = '{code}'; END IF;"
                " RETURN coalesce(NEW, OLD); END $$"
            )
        )
        session.execute(
            text(
                f"CREATE TRIGGER refuse BEFORE {event} ON procrastinate_jobs FOR EACH ROW"
                f" WHEN ({of}) EXECUTE FUNCTION refuse()"
            )
        )


def test_what_a_dead_worker_was_at_is_taken_up_again(own_database: Flask) -> None:
    with_a_photo(own_database)
    left_behind(own_database)
    assert states(own_database) == {"doing": 1}
    take_up(own_database)
    assert states(own_database) == {"todo": 1}


def test_one_job_that_cannot_be_taken_up_does_not_leave_the_others_behind(own_database: Flask) -> None:
    for _ in range(3):
        with_a_photo(own_database)
    left_behind(own_database)
    refuses(own_database, "UPDATE", of="OLD.id % 3 = 1", code="23505", times=1000)
    take_up(own_database)
    assert states(own_database) == {"doing": 1, "todo": 2}


def test_a_job_that_was_done_while_the_disk_was_full_does_not_count_as_being_done_for_ever(
    own_database: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.work.FIRST_PAUSE_S", 0.01)
    with_a_photo(own_database)
    refuses(own_database, "DELETE", of="true", code="53100", times=3)
    assert FlaskCliRunner(own_database).invoke(args=["worker", "--once"]).exit_code == 0
    assert states(own_database) == {}


def test_no_job_of_ours_is_given_up_because_it_failed_once(app: Flask) -> None:
    ours = [task for task in jobs.tasks.values() if not task.name.startswith("builtin")]
    assert len(ours) > 10
    assert [task.name for task in ours if task.retry_strategy is None] == []
    assert [task.name for task in ours if task.queueing_lock] == []  # its second run could not wait beside the next


def test_what_a_dead_worker_was_at_does_not_wait_behind_a_wave_of_photos() -> None:
    assert jobs.tasks["work.take_up_again"].priority > jobs.tasks["media.make_sizes"].priority
