"""Eleni looks for her own reports: on her phone, and by a link in a letter on her tablet."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import citizens
from app.accounts.models import CitizenDevice, MagicLink
from app.extensions import now, unit_of_work
from app.moderation.models import Suspicion
from app.reports.lifecycle import Move
from app.reports.models import Report
from tests.accounts.test_magic_link import sent
from tests.notices.conftest import Box, box, words, work  # noqa: F401 - fixtures
from tests.pages.person import Person
from tests.pages.test_track import ROAD, moved, phone_of_eleni, reported
from tests.town import Town


@pytest.fixture
def eleni(app: Flask, session: Session) -> Person:
    return phone_of_eleni(app)


@pytest.fixture
def tablet(app: Flask, session: Session) -> Person:
    """A browser that has never been here."""
    return Person(app.test_client())


def links(person: Person) -> list[str]:
    """The references of the listed reports, in order."""
    return re.findall(r'class="own__what" href="/r/([0-9-]+)"', person.text)


def test_who_sent_nothing_is_invited(tablet: Person, town: Town) -> None:
    page = tablet.sees("/mine")
    assert "Εδώ θα βλέπετε ό,τι στέλνετε" in page.words
    assert "<div data-outbox></div>" in page.text
    assert page.link("Οι αναφορές μου") == "/mine"
    assert "device=" not in str(page.client.get("/mine").headers)


def test_her_phone_lists_what_it_sent_and_first_what_waits_for_her(
    eleni: Person, tablet: Person, session: Session, town: Town
) -> None:
    asked, done, new = reported(), reported(), reported()
    reported(device="0" * 64)
    moved(asked, Move.ASK, words="Ποιο;")
    moved(done, *ROAD)
    page = eleni.sees("/mine")
    assert links(page) == [done.reference, asked.reference, new.reference]
    assert "Το γραφείο σάς ρωτά κάτι" in page.words
    assert "Πείτε μας αν είναι εντάξει" in page.words
    answer = eleni.client.get("/mine")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert links(tablet.sees("/mine")) == []


def test_a_map_is_told_which_marks_are_hers_and_nobody_elses_browser_is(
    eleni: Person, tablet: Person, session: Session, town: Town
) -> None:
    seen, aside = reported(), reported()
    reported(device="0" * 64, contact=None)
    with unit_of_work():
        session.execute(update(Report).where(Report.id == aside.id).values(suspicion=Suspicion.BLOCKED_WORD))
    answer = eleni.client.get("/mine/marks")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.json == {
        "items": [
            {
                "reference": aside.reference,
                "lon": pytest.approx(23.52),
                "lat": pytest.approx(41.07),
                "status": "received",
                "label": "Παγκάκι, Υποβλήθηκε",
                "url": f"/r/{aside.reference}",
            },
            {"reference": seen.reference},
        ]
    }
    assert tablet.client.get("/mine/marks").json == {"items": []}
    assert "device=" not in str(tablet.client.get("/mine/marks").headers)
    tablet.client.set_cookie("device", "x" * 32)
    assert tablet.client.get("/mine/marks").json == {"items": []}


def test_only_a_browser_that_may_have_sent_something_asks_and_what_all_get_says_nothing_of_it(
    eleni: Person, tablet: Person, session: Session, town: Town
) -> None:
    report = reported()
    assert 'data-own="/mine/marks"' in eleni.sees("/reports").text
    assert "data-own=" not in tablet.sees("/reports").text
    marks = "/api/v1/reports/clusters?bbox=23,40,24,42&zoom=18"
    hers, theirs = (person.client.get(marks) for person in (eleni, tablet))
    assert report.reference in hers.text
    assert hers.data == theirs.data
    listed = {"X-Part": "list"}
    assert eleni.client.get("/reports", headers=listed).data == tablet.client.get("/reports", headers=listed).data
    assert "Cookie" in eleni.client.get("/reports").headers["Vary"]


def test_a_report_with_an_objection_asks_nothing_more(eleni: Person, session: Session, town: Town) -> None:
    done = reported()
    moved(done, *ROAD, Move.OBJECT)
    page = eleni.sees("/mine")
    assert "Πείτε μας αν είναι εντάξει" not in page.words
    assert "Το γραφείο εξετάζει την ένστασή σας" in page.words


def test_the_answer_to_an_address_is_the_same_whether_we_know_it_or_not(tablet: Person, town: Town) -> None:
    reported()
    told = []
    for email in ("eleni@example.gr", "nobody@example.gr"):
        tablet.sees("/mine").presses("Στείλτε μου σύνδεσμο", email=email)
        assert tablet.status == 200
        told.append(tablet.words)
    assert told[0] == told[1]
    assert "Δείτε τα γράμματά σας" in told[0]


@pytest.mark.parametrize("typed", ["", "eleni", "eleni@", "α@β"])
def test_what_is_no_address_comes_back_at_its_field(tablet: Person, town: Town, typed: str) -> None:
    tablet.sees("/mine").presses("Στείλτε μου σύνδεσμο", email=typed)
    assert tablet.status == 422
    assert 'href="#f-email"' in tablet.text
    assert f'value="{typed}"' in tablet.text


def test_a_link_by_mail_brings_her_reports_to_her_tablet(
    tablet: Person,
    session: Session,
    town: Town,
    box: Box,  # noqa: F811
    work: Callable[[], list[str]],  # noqa: F811
) -> None:
    bench = reported()
    work()
    box.letters.clear()
    tablet.sees("/mine").presses("Στείλτε μου σύνδεσμο", email="ELENI@example.gr")
    assert work() == []
    [letter] = box.to("eleni@example.gr")
    link = re.search(r"/mine/link/\S+", words(letter))
    assert link
    # A scanner opens the link; nothing is used up by that.
    for _look in range(2):
        assert tablet.sees(link[0]).status == 200
    assert "eleni@example.gr" in tablet.words
    tablet.presses("Ναι, να φαίνονται εδώ")
    assert tablet.path == "/mine"
    assert links(tablet) == [bench.reference]
    assert "Το παγκάκι έσπασε" in tablet.sees(f"/r/{bench.reference}").words
    again = Person(tablet.client.application.test_client()).sees(link[0])
    assert again.status == 404
    assert "δεν ισχύει πια" in again.words
    assert again.offers("Στείλτε μου σύνδεσμο")


def test_a_link_opened_too_late_offers_a_new_one(tablet: Person, session: Session, town: Town) -> None:
    tablet.sees("/mine").presses("Στείλτε μου σύνδεσμο", email="eleni@example.gr")
    token = sent_token(session)
    page = tablet.sees(f"/mine/link/{token}")
    session.execute(update(MagicLink).values(made_at=now().replace(year=2020)))
    session.commit()
    page.presses("Ναι, να φαίνονται εδώ")
    assert tablet.status == 404
    assert tablet.offers("Στείλτε μου σύνδεσμο")
    assert session.scalars(select(CitizenDevice)).all() == []


def sent_token(session: Session) -> str:
    return citizens.token_of(sent(session)[-1]["seed"])


def test_a_borrowed_tablet_forgets_her(tablet: Person, session: Session, town: Town) -> None:
    reported(device="0" * 64)
    tablet.sees("/mine").presses("Στείλτε μου σύνδεσμο", email="eleni@example.gr")
    tablet.sees(f"/mine/link/{sent_token(session)}").presses("Ναι, να φαίνονται εδώ")
    assert links(tablet)
    tablet.presses("Να ξεχαστώ εδώ")
    assert links(tablet) == []
    assert "ξεχάστηκε σε αυτή τη συσκευή" in tablet.words
    assert session.scalars(select(CitizenDevice)).all() == []


def test_only_with_the_box_ticked_the_phone_forgets_what_it_sent(eleni: Person, session: Session, town: Town) -> None:
    bench = reported()
    eleni.sees("/mine").presses("Να ξεχαστώ εδώ")
    assert links(eleni) == [bench.reference]
    eleni.presses("Να ξεχαστώ εδώ", device="1")
    assert links(eleni) == []
    assert eleni.client.get_cookie("device") is None
    assert session.scalars(select(Report.device)).one() is not None


def test_a_link_is_asked_for_only_so_often_from_one_browser(with_limits: Flask) -> None:
    eleni = phone_of_eleni(with_limits)
    for _time in range(10):
        eleni.sees("/mine").presses("Στείλτε μου σύνδεσμο", email="eleni@example.gr")
        assert eleni.status == 200
    eleni.sees("/mine").presses("Στείλτε μου σύνδεσμο", email="eleni@example.gr")
    assert eleni.status == 429
