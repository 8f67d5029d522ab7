"""The crew's day: what is open and due, what was ended today, and what has to be done again."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from app.crews.models import Absence
from app.crews.shifts import next_shifts
from app.dispatch import service
from app.dispatch.models import WorkOrder
from app.dispatch.permissions import rights_of
from app.extensions import unit_of_work
from app.pages.crew.day import Day, day
from app.reports import submission
from app.reports.lifecycle import Move
from app.reports.models import Source
from tests.dispatch.test_lives import photo
from tests.town import MONDAY, SPOT, Town


def an_order(town: Town, *, crew: str = "metal", at: datetime = MONDAY) -> WorkOrder:
    with unit_of_work():
        reference = submission.submit(category="pothole", spot=SPOT, source=Source.STAFF, at=at).report.reference
        [order] = service.dispatch(reference, steps=[service.Step(crew=crew)], by=town.nikos, at=at, version=None)
    return order


def tablet(town: Town, at: datetime) -> Day:
    """What the crew of Thanasis sees at this moment."""
    with current_app.test_request_context():
        return day(town.metalwork, rights_of(town.thanasis), at)


def done(town: Town, order: WorkOrder, at: datetime = MONDAY) -> None:
    with unit_of_work():
        service.start(order.id, by=town.thanasis, at=at, version=None)
        service.finish(order.id, after_photo=photo(at), words="", by=town.thanasis, at=at, version=None)


def reopened(town: Town, order: WorkOrder, at: datetime = MONDAY) -> None:
    with unit_of_work():
        service.decide(order.report.reference, Move.REOPEN, by=town.nikos, at=at, version=None, words="Κουνιέται")


def test_what_was_called_off_is_not_on_the_tablet(town: Town) -> None:
    kept, called_off = an_order(town), an_order(town)
    with unit_of_work():
        service.cancel(called_off.id, reason="Διπλή", by=town.nikos, at=MONDAY, version=None)
    today = tablet(town, MONDAY)
    assert [card.order.id for card in today.ahead] == [kept.id]
    assert today.ended == []


def test_what_was_done_today_stays_on_the_tablet_until_midnight_in_serres(town: Town) -> None:
    order = an_order(town)
    done(town, order)
    late = MONDAY.replace(hour=21, minute=59)  # 23:59 in Serres
    assert [card.order.id for card in tablet(town, late).ended] == [order.id]
    assert tablet(town, late + timedelta(minutes=1)).ended == []


def test_another_crews_work_is_not_on_the_tablet(town: Town) -> None:
    an_order(town, crew="wood")
    today = tablet(town, MONDAY)
    assert (today.ahead, today.ended, today.reopened) == ([], [], [])


def test_a_crew_hears_only_of_its_own_work_that_is_still_to_be_done_again(town: Town) -> None:
    again, other_crew, done_again, put_away = (
        an_order(town),
        an_order(town, crew="wood"),
        an_order(town),
        an_order(town),
    )
    for order in (again, done_again, put_away):
        done(town, order)
    with unit_of_work():
        service.start(other_crew.id, by=town.sofia, at=MONDAY, version=None)
        service.finish(other_crew.id, after_photo=photo(MONDAY), words="", by=town.sofia, at=MONDAY, version=None)
    later = MONDAY + timedelta(hours=1)
    for order in (again, other_crew, done_again, put_away):
        reopened(town, order, later)
    with unit_of_work():
        reference = done_again.report.reference
        [second] = service.dispatch(reference, steps=[service.Step(crew="wood")], by=town.nikos, at=later, version=None)
        service.start(second.id, by=town.sofia, at=later, version=None)
        service.finish(second.id, after_photo=photo(later), words="", by=town.sofia, at=later, version=None)
        service.decide(
            put_away.report.reference, Move.REJECT, by=town.nikos, at=later, version=None, words="Δεν είναι δική μας"
        )
    told = tablet(town, later).reopened
    assert [(one.order.id, one.words) for one in told] == [(again.id, "Κουνιέται")]


def test_a_crew_remembers_half_a_year(town: Town) -> None:
    order = an_order(town)
    done(town, order)
    reopened(town, order, MONDAY + timedelta(days=170))
    assert len(tablet(town, MONDAY + timedelta(days=179)).reopened) == 1
    assert tablet(town, MONDAY + timedelta(days=181)).reopened == []


def test_a_crew_without_any_shift_has_no_next_one(town: Town, session: Session) -> None:
    for crew, absence in ((town.metalwork, None), (town.carpentry, 400)):
        if absence:
            last = MONDAY.date() + timedelta(days=absence)
            session.add(Absence(crew_id=crew.id, first_day=MONDAY.date(), last_day=last))
        else:
            crew.shift_days = []
    session.flush()
    days = next_shifts([town.metalwork, town.carpentry], MONDAY.date())
    assert days == {town.metalwork.id: None, town.carpentry.id: None}
