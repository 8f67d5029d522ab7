"""The daily letter: one in the morning with all of it, on every morning of the year exactly once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.dispatch import service as dispatching
from app.extensions import now, unit_of_work
from app.notices import following
from app.notices.housekeeping import tell_the_day
from app.notices.models import Frequency, Notice, NoticeKind, Subscription
from app.reports.lifecycle import Move
from app.reports.models import Report, ReportHistory
from tests.notices.conftest import Box, words
from tests.notices.test_following import ELENI, follows
from tests.reports.test_submit_api import at, report
from tests.town import SPOT, Town

Work = Callable[[], list[str]]
#: A Sunday: at 04:00 summer time ends, so this day has 25 hours. 07:30 in Serres is 05:30 UTC, the day before 04:30.
CLOCKS_GO_BACK = datetime(2026, 10, 25, 5, 30, tzinfo=UTC)
CLOCKS_GO_FORWARD = datetime(2027, 3, 28, 4, 30, tzinfo=UTC)


@pytest.fixture
def happened(client: FlaskClient, session: Session) -> Callable[..., str]:
    """A report whose first row was written at a moment of our choice."""

    def make(moment: datetime, **more: Any) -> str:
        reference = str(report(client, **more).json["reference"])
        mine = select(Report.id).where(Report.reference == reference).scalar_subquery()
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(update(ReportHistory).where(ReportHistory.report_id == mine).values(at=moment))
        session.execute(text("SET LOCAL session_replication_role = origin"))
        session.commit()
        return reference

    return make


def since(moment: datetime, session: Session) -> None:
    session.execute(update(Subscription).values(told_until=moment, confirmed_at=moment))
    session.commit()


def digests(box: Box) -> list[Any]:
    return [letter for letter in box.letters if letter["Message-ID"].startswith("<digest")]


@pytest.mark.parametrize("half_past_seven", [CLOCKS_GO_BACK, CLOCKS_GO_FORWARD])
def test_on_the_day_the_clocks_change_it_comes_exactly_once_and_at_half_past_seven(
    client: FlaskClient,
    town: Town,
    session: Session,
    box: Box,
    work: Work,
    happened: Callable[..., str],
    half_past_seven: datetime,
) -> None:
    follows(category="pothole", frequency=Frequency.DAILY)
    work()
    since(half_past_seven - timedelta(hours=26), session)
    reference = happened(half_past_seven - timedelta(hours=3))
    for hour in range(-30, 22):
        tell_the_day(half_past_seven + timedelta(hours=hour, minutes=2))
        assert work() == []
        assert len(digests(box)) == (1 if hour >= 0 else 0), hour
    letter = digests(box)[0]
    assert letter["Subject"] == "Τα νέα της ημέρας: 1 αναφορά"
    assert reference in words(letter)


def test_one_letter_has_all_that_an_address_follows_each_thing_once(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work, happened: Callable[..., str]
) -> None:
    wishes = [
        follows(category="pothole", frequency=Frequency.DAILY),
        follows(area="905401", frequency=Frequency.DAILY),
        follows(spot=SPOT, radius_m=250, frequency=Frequency.DAILY),
    ]
    follows("anna@example.gr", category="bench", language="en", frequency=Frequency.DAILY)
    follows("maria@example.gr", area="905402", frequency=Frequency.DAILY)
    work()
    since(CLOCKS_GO_BACK - timedelta(days=1), session)
    hole = happened(CLOCKS_GO_BACK - timedelta(hours=3))
    bench = happened(
        CLOCKS_GO_BACK - timedelta(hours=2), category="bench", description="Κρυφά", location=at(23.53, 41.08)
    )
    tell_the_day(CLOCKS_GO_BACK + timedelta(minutes=2))
    assert work() == []
    (greek,) = [letter for letter in digests(box) if letter["To"] == ELENI]
    (english,) = [letter for letter in digests(box) if letter["To"] == "anna@example.gr"]
    # To whom nothing happened, nothing is written.
    assert len(digests(box)) == 2
    assert words(greek).count(hole) == 1
    assert words(greek).count(bench) == 1
    assert "Κρυφά" not in words(greek) + words(greek, "html")
    assert f"/unsubscribe/{wishes[0].token}" in words(greek)
    assert "Bench" in words(english)
    assert english["Content-Language"] == "en"


def test_one_click_on_the_morning_letter_ends_the_morning_letter_and_nothing_else(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work, happened: Callable[..., str]
) -> None:
    daily = follows(category="pothole", frequency=Frequency.DAILY)
    at_once = follows(area="905401")
    work()
    since(CLOCKS_GO_BACK - timedelta(days=1), session)
    happened(CLOCKS_GO_BACK - timedelta(hours=3))
    tell_the_day(CLOCKS_GO_BACK + timedelta(minutes=2))
    work()
    link = digests(box)[0]["List-Unsubscribe"].strip(" <>")
    assert link.endswith(f"/unsubscribe/{daily.token}?daily=1")
    client.post(link.partition("/unsubscribe")[1] + link.partition("/unsubscribe")[2])
    session.refresh(daily)
    session.refresh(at_once)
    assert daily.ended_at is not None
    assert at_once.ended_at is None


def test_a_worker_that_was_away_for_days_tells_all_of_it_when_it_is_back(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work, happened: Callable[..., str]
) -> None:
    follows(category="pothole", frequency=Frequency.DAILY)
    work()
    since(CLOCKS_GO_BACK - timedelta(days=3), session)
    for days in (2, 1):
        happened(CLOCKS_GO_BACK - timedelta(days=days))
    tell_the_day(CLOCKS_GO_BACK + timedelta(hours=9))
    work()
    assert digests(box)[0]["Subject"] == "Τα νέα της ημέρας: 2 αναφορές"


def test_who_changes_to_at_once_still_hears_what_waited_for_the_morning(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work, happened: Callable[..., str]
) -> None:
    wish = follows(category="pothole", frequency=Frequency.DAILY)
    work()
    since(CLOCKS_GO_BACK - timedelta(days=1), session)
    happened(CLOCKS_GO_BACK - timedelta(hours=3))
    following.change(wish.token, wish.id, frequency=Frequency.AT_ONCE, at=now())
    session.commit()
    tell_the_day(CLOCKS_GO_BACK + timedelta(minutes=2))
    work()
    assert len(digests(box)) == 1
    session.refresh(wish)
    assert wish.told_until is None
    assert len(session.scalars(select(Notice).where(Notice.kind == NoticeKind.DIGEST)).all()) == 1


def test_what_was_taken_back_is_not_in_the_letter_of_the_day(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work, happened: Callable[..., str]
) -> None:
    follows(category="pothole", frequency=Frequency.DAILY)
    work()
    reference = happened(CLOCKS_GO_BACK - timedelta(days=3))
    since(CLOCKS_GO_BACK - timedelta(days=1), session)
    night = CLOCKS_GO_BACK - timedelta(hours=2)
    with unit_of_work():
        by, rejected = town.nikos, Move.REJECT
        dispatching.decide(reference, rejected, by=by, at=night, version=None, words="Κατά λάθος")
        dispatching.undo(reference, by=by, at=night + timedelta(minutes=5), version=None)
    tell_the_day(CLOCKS_GO_BACK + timedelta(minutes=12))
    assert work() == []
    assert digests(box) == []
