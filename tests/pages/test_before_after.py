"""What was put right is shown as it was and as it is, in one frame, to whoever may see both photos."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.extensions import now, unit_of_work
from app.media import service as media
from app.media.models import Photo
from app.moderation.models import Suspicion
from app.reports import transitions
from app.reports.attachments import attach
from app.reports.lifecycle import Move
from app.reports.models import PhotoMoment, Report
from tests.media import camera
from tests.pages.person import Person
from tests.pages.test_track import ROAD, moved, own, phone_of_eleni, reported
from tests.town import MONDAY, Town


def taken(shade: int) -> Photo:
    return media.save_photo(camera.file(camera.corners(shade, 64)), f"{shade}.jpg", at=MONDAY)


def finished(report: Report, shade: int) -> Photo:
    """The crew's photo of how it is now."""
    with unit_of_work():
        photo = taken(shade)
        attach(transitions.lock_report(report.reference, None), [photo], PhotoMoment.AFTER, at=now())
    return photo


@pytest.fixture
def photos(session: Session, town: Town) -> list[Photo]:
    with unit_of_work():
        return [taken(shade) for shade in (60, 90)]


@pytest.fixture
def bench(photos: list[Photo]) -> Report:
    return reported(photos=photos)


@pytest.fixture
def anybody(app: Flask, session: Session) -> Person:
    return Person(app.test_client())


@pytest.fixture
def eleni(app: Flask, session: Session) -> Person:
    return phone_of_eleni(app)


def released(report: Report, session: Session) -> None:
    report.released_at = now() + timedelta(seconds=1)
    session.commit()


def compared(page: Person) -> list[str]:
    """Which photos stand in the frame, in order; none when there is no frame."""
    frame = re.search(r'<div class="compared__frame">.*?</div>', page.text, re.DOTALL)
    return re.findall(r'<img src="/photos/([0-9a-f-]+)/', frame[0]) if frame else []


def below(page: Person) -> list[str]:
    return re.findall(r'<figure class="photo">\s*<a href="/photos/([0-9a-f-]+)/', page.text)


def test_everybody_sees_a_released_photo_beside_the_crews(
    anybody: Person, session: Session, photos: list[Photo], bench: Report
) -> None:
    after = finished(bench, 120)
    moved(bench, *ROAD)
    released(bench, session)
    anybody.sees(f"/r/{bench.reference}")
    assert compared(anybody) == [str(photos[0].id), str(after.id)]
    assert below(anybody) == [str(photos[1].id)]
    assert "key=" not in anybody.text
    assert "Ολόκληρη φωτογραφία πριν" in anybody.words


def test_the_first_photo_stands_beside_the_last_one_of_the_crews_and_the_others_below(
    eleni: Person, photos: list[Photo], bench: Report
) -> None:
    welded, painted = finished(bench, 120), finished(bench, 150)
    moved(bench, *ROAD)
    eleni.sees(own(bench))
    assert compared(eleni) == [str(photos[0].id), str(painted.id)]
    assert below(eleni) == [str(photos[1].id), str(welded.id)]


def test_a_photo_that_was_not_released_is_compared_by_its_reporter_only(
    anybody: Person, eleni: Person, photos: list[Photo], bench: Report
) -> None:
    after = finished(bench, 120)
    moved(bench, *ROAD)
    anybody.sees(f"/r/{bench.reference}")
    assert compared(anybody) == []
    assert below(anybody) == [str(after.id)]
    assert str(photos[0].id) not in anybody.text
    assert len(compared(eleni.sees(own(bench)))) == 2


def test_what_waits_aside_is_compared_by_nobody_else(
    anybody: Person, eleni: Person, session: Session, bench: Report
) -> None:
    finished(bench, 120)
    moved(bench, *ROAD)
    released(bench, session)
    bench.suspicion = Suspicion.BLOCKED_WORD
    session.commit()
    assert anybody.sees(f"/r/{bench.reference}").status == 404
    assert len(compared(eleni.sees(own(bench)))) == 2


@pytest.mark.parametrize("road", [ROAD[:3], (*ROAD, Move.REOPEN)], ids=["one step of several", "taken up again"])
def test_what_is_not_put_right_shows_no_before_and_after(eleni: Person, bench: Report, road: tuple[Move, ...]) -> None:
    finished(bench, 120)
    moved(bench, *road)
    eleni.sees(own(bench))
    assert compared(eleni) == []
    assert len(below(eleni)) == 3


def test_a_report_without_a_photo_shows_the_crews_alone(anybody: Person, session: Session, town: Town) -> None:
    bench = reported()
    after = finished(bench, 120)
    moved(bench, *ROAD)
    assert compared(anybody.sees(f"/r/{bench.reference}")) == []
    assert below(anybody) == [str(after.id)]
