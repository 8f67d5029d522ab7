"""What was put right breaks again: whoever sees it says so with a new report that knows the old one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reports import recurrence, submission
from app.reports.lifecycle import Move, Status
from app.reports.models import Report, ReportHistory, Source
from tests.conftest import Browser
from tests.pages.person import Person
from tests.pages.test_new_report import Eleni, patience  # noqa: F401
from tests.pages.test_office import Enter
from tests.pages.test_track import ROAD, moved, own, phone_of_eleni, reported
from tests.reports.test_submit_api import report
from tests.town import MONDAY, SPOT, Town


@pytest.fixture
def put_right(session: Session, town: Town) -> Report:
    made = reported()
    moved(made, *ROAD, at=MONDAY)
    return made


@pytest.fixture
def anybody(app: Flask, put_right: Report) -> Person:
    return Person(app.test_client())


def says_again(old: Report, device: str) -> Report:
    return submission.submit(
        category="bench", spot=SPOT, source=Source.WEB, at=MONDAY, again=old.reference, device=device
    ).report


def history(session: Session, report: Report) -> list[tuple[Move, dict[str, Any]]]:
    session.expire_all()
    rows = session.scalars(select(ReportHistory).where(ReportHistory.report_id == report.id).order_by(ReportHistory.id))
    return [(row.move, row.detail) for row in rows]


@pytest.mark.parametrize("closed", [False, True])
def test_a_stranger_is_offered_what_leads_on_and_its_reporter_is_asked(
    app: Flask, anybody: Person, put_right: Report, closed: bool
) -> None:
    if closed:
        moved(put_right, Move.CLOSE)
    anybody.sees(f"/r/{put_right.reference}")
    assert "Χάλασε ξανά" in anybody.words
    assert not anybody.offers("Κι εγώ")
    eleni = phone_of_eleni(app)
    eleni.sees(own(put_right))
    assert "Χάλασε ξανά" not in eleni.words


@pytest.mark.parametrize("moves", [(), (Move.ACCEPT,), (Move.REJECT,)])
def test_what_was_never_put_right_cannot_break_again(app: Flask, town: Town, moves: tuple[Move, ...]) -> None:
    made = reported()
    moved(made, *moves)
    stranger = Person(app.test_client())
    stranger.sees(f"/r/{made.reference}")
    assert "Χάλασε ξανά" not in stranger.words
    assert stranger.offers("Κι εγώ") == (moves != (Move.REJECT,))
    assert recurrence.recurred(made.reference) is None
    assert "Χάλασε ξανά" not in Person(app.test_client()).sees(f"/?again={made.reference}").words


def test_the_new_report_begins_with_what_the_old_one_knows(
    app: Flask, anybody: Person, put_right: Report, session: Session
) -> None:
    page = anybody.client.get(f"/?again={put_right.reference}").text
    assert "Χάλασε ξανά: Παγκάκι" in page
    told = re.search(r'data-again="([^"]+)"', page)
    assert told
    assert json.loads(told[1].replace("&#34;", '"')) == {
        "again": [put_right.reference], "lon": ["23.520000"], "lat": ["41.070000"], "category": ["bench"],
    }  # fmt: skip
    stranger = Eleni(app.test_client())
    stranger.answers("photo", again=put_right.reference)
    assert 'value="23.520000"' in stranger.at("place").html
    assert re.search(r'id="[cs]-bench" value="bench" checked', stranger.at("category").html)
    assert stranger.answers("check").status == 303
    new = session.scalars(select(Report).where(Report.id != put_right.id)).one()
    assert history(session, new) == [(Move.SUBMIT, {"again_of": put_right.reference})]
    assert history(session, put_right)[-1] == (Move.NOTE, {"again": new.reference})


def test_an_other_spot_than_the_old_ones_stays_as_it_was_shown(app: Flask, put_right: Report) -> None:
    stranger = Eleni(app.test_client())
    stranger.answers("place", lon="23.521", lat="41.071")
    stranger.answers("photo", again=put_right.reference)
    assert 'value="23.521"' in stranger.at("place").html


def test_a_program_says_so_too_and_a_number_that_is_none_is_not_heeded(
    client: FlaskClient, put_right: Report, session: Session
) -> None:
    assert report(client, category="bench", again=put_right.reference).status_code == 201
    assert history(session, put_right)[-1][0] is Move.NOTE
    before = history(session, put_right)
    for nonsense in ("000-000-000", "x", "'; --", ""):
        assert report(client, category="bench", again=nonsense).status_code == 201
    assert history(session, put_right) == before


def test_the_office_reads_of_each_in_the_other(
    as_user: Enter, client: FlaskClient, put_right: Report, town: Town
) -> None:
    new = report(client, category="bench", again=put_right.reference).json["reference"]
    nikos = Person(as_user(town.nikos))
    nikos.sees(f"/office/reports/{new}")
    assert f"Χάλασε ξανά· είχε αποκατασταθεί στην {put_right.reference}" in nikos.words
    nikos.sees(f"/office/reports/{put_right.reference}")
    assert f"Λένε ότι χάλασε ξανά: {new}" in nikos.words


def test_three_who_say_so_ask_the_office_and_one_who_says_it_thrice_does_not(
    app: Flask, put_right: Report, session: Session
) -> None:
    for _time in range(3):
        says_again(put_right, "one device")
    session.expire_all()
    assert put_right.objected_at is None
    says_again(put_right, "a second")
    session.expire_all()
    assert put_right.objected_at is None
    says_again(put_right, "a third")
    session.expire_all()
    assert put_right.objected_at is not None
    assert put_right.status is Status.RESOLVED
    says_again(put_right, "a fourth")
    assert [move for move, _detail in history(session, put_right)].count(Move.OBJECT) == 1
    eleni = phone_of_eleni(app)
    eleni.sees(own(put_right))
    assert "Άλλοι πολίτες λένε ότι χάλασε ξανά" in eleni.words
    assert "την ένστασή σας" not in eleni.words
    assert "Άλλοι πολίτες λένε ότι χάλασε ξανά" in Browser(app).get(f"/r/{put_right.reference}").text
