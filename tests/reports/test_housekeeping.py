"""Silence means yes after fourteen days, and what nobody needs any more is forgotten."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.calendar import ATHENS
from app.extensions import db, now, unit_of_work
from app.media import service as media
from app.media.models import Photo, Upload
from app.reports import housekeeping, transitions
from app.reports.housekeeping import close_silent, silence_ends
from app.reports.lifecycle import Status
from app.reports.models import Draft, Report, ReportHistory
from tests.media import camera
from tests.reports.reporter import eleni_reports, found
from tests.reports.test_races import settled
from tests.reports.test_submit_api import POTHOLE
from tests.town import Town


def resolved(session: Session, reference: str, at: datetime) -> None:
    """Put right at this moment, as the crew's last order leaves it."""
    done = update(Report).where(Report.reference == reference).values(status=Status.RESOLVED, resolved_at=at)
    session.execute(done)
    session.commit()


def here(*parts: int) -> datetime:
    """A moment by the clock of Serres."""
    return datetime(*parts, tzinfo=ATHENS)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("repaired", "last_moment", "over"),
    [
        (here(2026, 11, 2, 9, 0), here(2026, 11, 16, 23, 59, 58), here(2026, 11, 17, 0, 0, 1)),
        # A minute on either side of midnight is another day.
        (here(2026, 11, 2, 23, 59), here(2026, 11, 16, 23, 59, 58), here(2026, 11, 17, 0, 1)),
        (here(2026, 11, 3, 0, 1), here(2026, 11, 17, 23, 59, 58), here(2026, 11, 18, 0, 2)),
        # Clocks go forward on 28 March 2027, and back on 31 October 2027.
        (here(2027, 3, 20, 12, 0), here(2027, 4, 3, 23, 59, 58), here(2027, 4, 4, 0, 1)),
        (here(2027, 10, 20, 12, 0), here(2027, 11, 3, 23, 59, 58), here(2027, 11, 4, 0, 1)),
    ],
)
def test_silence_lasts_fourteen_days_by_the_clock_of_serres(
    client: FlaskClient, town: Town, session: Session, repaired: datetime, last_moment: datetime, over: datetime
) -> None:
    reference = eleni_reports(client).reference
    resolved(session, reference, repaired)
    assert last_moment < silence_ends(repaired) < over
    assert close_silent(last_moment) == 0
    assert close_silent(over) == 1
    report = found(session, reference)
    assert (report.status, report.closed_at) == ("closed", over)
    row = session.scalars(select(ReportHistory).order_by(ReportHistory.id.desc()).limit(1)).one()
    assert (row.move, row.detail, row.actor_id) == ("close", {"silence": True}, None)


def test_who_objected_is_not_overheard_however_long_it_takes(client: FlaskClient, town: Town, session: Session) -> None:
    eleni = eleni_reports(client)
    resolved(session, eleni.reference, now())
    assert eleni.objects().status_code == 200
    assert close_silent(now() + timedelta(days=90)) == 0
    assert found(session, eleni.reference).status == "resolved"


def test_what_somebody_holds_is_left_for_the_next_hour_and_the_rest_is_closed(own_database: Flask) -> None:
    settled(own_database)
    client = own_database.test_client()
    held, free = (client.post("/api/v1/reports", json=POTHOLE).json["reference"] for _ in range(2))
    with own_database.app_context():
        for reference in (held, free):
            resolved(db.session(), reference, now() - timedelta(days=20))
    holding, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with own_database.app_context(), unit_of_work():
            transitions.lock_report(held, None)
            holding.set()
            let_go.wait(30)

    somebody = threading.Thread(target=hold)
    somebody.start()
    try:
        assert holding.wait(30)
        with own_database.app_context():
            housekeeping.close_silent_hourly(0)
            assert found(db.session(), free).status == "closed"
            assert found(db.session(), held).status == "resolved"
            db.session.rollback()
    finally:
        let_go.set()
        somebody.join(30)
    with own_database.app_context():
        housekeeping.close_silent_hourly(0)
        assert found(db.session(), held).status == "closed"


def test_many_are_closed_batch_after_batch(own_database: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(own_database)
    monkeypatch.setattr(housekeeping, "AT_MOST", 2)
    client = own_database.test_client()
    for _ in range(5):
        client.post("/api/v1/reports", json=POTHOLE)
    with own_database.app_context():
        long_ago = now() - timedelta(days=20)
        db.session.execute(update(Report).values(status=Status.RESOLVED, resolved_at=long_ago))
        db.session.commit()
        housekeeping.close_silent_hourly(0)
        assert set(db.session.scalars(select(Report.status))) == {Status.CLOSED}


def test_where_a_report_came_from_is_forgotten_after_a_week(client: FlaskClient, town: Town, session: Session) -> None:
    old, fresh = eleni_reports(client).reference, eleni_reports(client).reference
    week = update(Report).where(Report.reference == old).values(received_at=now() - timedelta(days=7, minutes=1))
    session.execute(week)
    session.commit()
    housekeeping.forget_senders(0)
    assert found(session, old).sender is None
    assert found(session, old).device is not None
    assert found(session, fresh).sender is not None


def test_a_draft_that_nobody_goes_on_with_is_forgotten_with_its_photos_and_a_fresh_one_keeps_them(
    app: Flask, town: Town, session: Session
) -> None:
    taken = now() - timedelta(days=40)
    photos = [media.save_photo(camera.file(camera.street()), f"{n}.jpg", at=taken) for n in range(4)]
    session.flush()
    in_old, in_fresh, in_upload, in_none = (photo.id for photo in photos)
    for photo_id, touched in ((in_old, now() - timedelta(hours=49)), (in_fresh, now() - timedelta(hours=47))):
        session.add(Draft(id=uuid4(), device="d", typed={}, photos=[photo_id], created_at=taken, updated_at=touched))
    upload = {"id": uuid4(), "device": "d", "name": "a.jpg", "length": 1, "received": 1, "touched_at": now()}
    session.add(Upload(**upload, photo_id=in_upload))
    session.commit()
    housekeeping.forget_unsent_photos(0)
    assert set(session.scalars(select(Photo.id))) == {in_fresh, in_upload}
    assert in_none not in set(session.scalars(select(Photo.id)))
    assert session.scalar(select(func.count()).select_from(Draft)) == 1
