"""Eleni takes a whole report back: it was put right meanwhile. Nobody goes there any more, and the office reads why."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.dispatch import service as dispatching
from app.dispatch.lifecycle import OrderStatus
from app.dispatch.models import WorkOrder
from app.extensions import unit_of_work
from app.reports.lifecycle import Move, Status
from app.reports.models import Report, ReportHistory
from tests.pages.person import Person
from tests.pages.test_office import Enter
from tests.pages.test_track import moved, own, phone_of_eleni, reported
from tests.town import MONDAY, Town

DOOR = "Να αποσύρω ολόκληρη την αναφορά"


@pytest.fixture
def bench(session: Session, town: Town) -> Report:
    return reported()


@pytest.fixture
def eleni(app: Flask, bench: Report) -> Person:
    return phone_of_eleni(app)


def sent_a_crew(report: Report, town: Town) -> WorkOrder:
    with unit_of_work():
        [order] = dispatching.dispatch(
            report.reference, steps=[dispatching.Step(crew="metal")], by=town.nikos, at=MONDAY, version=None
        )
    return order


def test_eleni_withdraws_her_report_and_says_why(
    eleni: Person, bench: Report, session: Session, as_user: Enter, town: Town
) -> None:
    eleni.sees(own(bench))
    assert DOOR in eleni.words
    eleni.presses("Απόσυρση της αναφοράς", why="Το έφτιαξε ο γείτονας")
    assert "Η αναφορά αποσύρθηκε" in eleni.words
    assert "Αποσύρατε την αναφορά" in eleni.words
    assert DOOR not in eleni.words
    session.expire_all()
    assert (bench.status, bench.closed_at is not None) == (Status.CLOSED, True)
    nikos = Person(as_user(town.nikos))
    nikos.sees(f"/office/reports/{bench.reference}")
    assert "Το έφτιαξε ο γείτονας" in nikos.words
    assert "Πολίτης" in nikos.words


def test_others_read_that_it_was_withdrawn_and_not_why(app: Flask, eleni: Person, bench: Report) -> None:
    eleni.sees(own(bench)).presses("Απόσυρση της αναφοράς", why="Το έφτιαξε ο γείτονας")
    stranger = Person(app.test_client())
    stranger.sees(f"/r/{bench.reference}")
    assert "Την απέσυρε όποιος την έστειλε" in stranger.words
    assert "γείτονας" not in stranger.text
    assert "Χάλασε ξανά" not in stranger.words
    assert not stranger.offers("Κι εγώ")


def test_a_crew_that_was_sent_goes_nowhere_and_reads_why(
    eleni: Person, bench: Report, session: Session, town: Town
) -> None:
    order = sent_a_crew(bench, town)
    eleni.sees(own(bench)).presses("Απόσυρση της αναφοράς", why="Φτιάχτηκε")
    session.expire_all()
    assert bench.status is Status.CLOSED
    held = session.scalars(select(WorkOrder).where(WorkOrder.id == order.id)).one()
    assert (held.status, held.reason) == (OrderStatus.CANCELLED, "Φτιάχτηκε")


def test_what_others_say_too_stays_and_what_she_wrote_is_not_lost(
    eleni: Person, bench: Report, session: Session
) -> None:
    page = eleni.sees(own(bench))
    with unit_of_work():
        bench.supporters = 2
    page.presses("Απόσυρση της αναφοράς", why="Δεν με νοιάζει πια")
    assert eleni.status == 422
    assert "Το λένε κι άλλοι" in eleni.words
    session.expire_all()
    assert bench.status is Status.RECEIVED
    assert DOOR not in eleni.sees(own(bench)).words


@pytest.mark.parametrize("moves", [(Move.REJECT,), (Move.ACCEPT, Move.SCHEDULE, Move.START, Move.RESOLVE)])
def test_what_has_ended_cannot_be_withdrawn(
    eleni: Person, bench: Report, session: Session, moves: tuple[Move, ...]
) -> None:
    page = eleni.sees(own(bench))
    moved(bench, *moves)
    before = bench.status
    page.presses("Απόσυρση της αναφοράς")
    assert eleni.status == 409
    session.expire_all()
    assert bench.status is before


def test_nobody_else_withdraws_it_and_the_same_press_twice_is_one(
    app: Flask, eleni: Person, bench: Report, session: Session
) -> None:
    form = eleni.sees(own(bench)).form("Απόσυρση της αναφοράς")
    stranger = Person(app.test_client())
    token = stranger.sees("/mine").form("Στείλτε μου σύνδεσμο").value("csrf_token")
    stranger.sends(f"/r/{bench.reference}/withdrawal", {"csrf_token": token, "why": "Έτσι"})
    assert stranger.status == 404
    for _time in range(2):
        eleni.sends(form.action, dict(form.fields))
        assert eleni.status == 200
    session.expire_all()
    rows = session.scalars(select(ReportHistory.move).where(ReportHistory.report_id == bench.id)).all()
    assert list(rows).count(Move.WITHDRAW) == 1
