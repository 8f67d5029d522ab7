"""Eleni follows what she cares for, says yes from her own letter box, and ends it with one click."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import Point
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.accounts.models import CitizenDevice
from app.extensions import now, unit_of_work
from app.notices import following
from app.notices.housekeeping import forget
from app.notices.models import Frequency, Notice, Subscription
from app.reports.models import Report
from tests.conftest import counted_statements
from tests.dispatch.test_road_api import Program, dispatched
from tests.media import camera
from tests.notices.conftest import Box, words
from tests.pages.person import Person
from tests.reports.test_submit_api import at, report
from tests.town import SPOT, Town

Work = Callable[[], list[str]]
ELENI = "eleni@example.gr"


@pytest.fixture
def nikos(client: FlaskClient, town: Town, bearer: Any) -> Program:
    return Program(client, bearer(town.nikos))


def path_in(letter: Any, app: Flask, begins: str) -> str:
    """The link of a letter that begins so, as a path."""
    found = next(word for word in words(letter).split() if word.startswith(app.config["PUBLIC_URL"] + begins))
    return found.removeprefix(app.config["PUBLIC_URL"])


def follows(
    email: str = ELENI, *, frequency: Frequency = Frequency.AT_ONCE, language: str = "el", **what: Any
) -> Subscription:
    """A subscription that its address has confirmed."""
    with unit_of_work():
        done = following.subscribe_by_mail(
            following.wish_of(**what), email=email, frequency=frequency, language=language, device=None, at=now()
        )
        following.confirm(done.subscription.token, at=now())
    return done.subscription


def without_confirmations(box: Box) -> list[Any]:
    return [letter for letter in box.letters if "confirmation" not in letter["Message-ID"]]


def test_she_follows_a_report_says_yes_hears_of_it_and_ends_it_with_one_click(
    app: Flask, client: FlaskClient, town: Town, session: Session, box: Box, work: Work, nikos: Program
) -> None:
    reference = report(client, description="Κρυφά λόγια", category="bench", contact={"phone": "6900000000"}).json[
        "reference"
    ]
    eleni = Person(app.test_client())
    eleni.sees(f"/follow?reference={reference}").presses("Ακολουθώ με e-mail", email="Eleni@Example.gr")
    assert "Μένει ένα «ναι» σας" in eleni.words
    assert work() == []
    (asked,) = box.to(ELENI)
    # A scanner that opens the link changes nothing.
    eleni.sees(path_in(asked, app, "/follow/confirm/"))
    nikos.move(f"/reports/{reference}", move="accept", words="Θα πάμε την Τρίτη")
    assert work() == []
    assert len(box.letters) == 1
    eleni.presses("Ναι, να μου γράφετε")
    assert "Παγκάκι" in eleni.words
    nikos.move(f"/reports/{reference}", move="forward", words="Το έχει η ΔΕΥΑ", forward_to="ΔΕΥΑ")
    assert work() == []
    told = box.to(ELENI)[-1]
    assert "Το έχει η ΔΕΥΑ" in words(told)
    assert "Κρυφά λόγια" not in told.as_string()
    assert "Κρυφά λόγια" not in words(told) + words(told, "html")
    one_click = told["List-Unsubscribe"].strip(" <>").removeprefix(app.config["PUBLIC_URL"])
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # A mail program has no cookie, no page of ours and no token of a form.
    answer = app.test_client().post(one_click, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200, one_click + answer.text
    nikos.move(f"/reports/{reference}", move="take_back")
    nikos.move(f"/reports/{reference}", move="reject", words="Δεν υπάρχει πια")
    assert work() == []
    assert len(box.letters) == 2


def test_ending_the_news_never_ends_the_letters_about_her_own_report(
    app: Flask, client: FlaskClient, town: Town, session: Session, box: Box, work: Work, nikos: Program
) -> None:
    wish = follows(category="pothole")
    reference = report(client, contact={"email": ELENI}).json["reference"]
    assert work() == []
    # Her own report is told once, as service, though she follows its kind too.
    (own,) = without_confirmations(box)
    assert own["List-Unsubscribe"] is None
    app.test_client().post(f"/unsubscribe/{wish.token}", data={"List-Unsubscribe": "One-Click"})
    nikos.move(f"/reports/{reference}", move="accept")
    assert work() == []
    assert len(without_confirmations(box)) == 2


def test_the_same_wish_twice_is_one_and_only_the_letter_box_itself_may_change_it(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    wish = follows(category="pothole", frequency=Frequency.DAILY)
    with unit_of_work():
        following.subscribe_by_mail(
            following.wish_of(category="pothole"),
            email="ELENI@example.gr",
            frequency=Frequency.AT_ONCE,
            language="en",
            device="a-stranger",
            at=now(),
        )
    session.refresh(wish)
    assert session.scalars(select(Subscription)).all() == [wish]
    assert (wish.frequency, wish.language) == (Frequency.DAILY, "el")


def test_a_browser_that_has_shown_it_reads_the_address_needs_no_second_yes(
    app: Flask, client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    session.add(CitizenDevice(device="d" * 64, email=ELENI, verified_at=now()))
    session.commit()
    with unit_of_work():
        done = following.subscribe_by_mail(
            following.wish_of(area="905401"),
            email=ELENI,
            frequency=Frequency.AT_ONCE,
            language="el",
            device="d" * 64,
            at=now(),
        )
    assert done.live
    assert work() == []
    assert box.letters == []


def test_an_address_is_asked_a_few_times_a_day_and_no_more(
    app: Flask, client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    browser = Person(app.test_client())
    for _time in range(following.MOST_CONFIRMATIONS_A_DAY + 2):
        browser.sees("/follow?category=pothole").presses("Ακολουθώ με e-mail", email=ELENI)
    assert "Σας έχουμε ήδη γράψει" in browser.words
    assert work() == []
    assert len(box.letters) == following.MOST_CONFIRMATIONS_A_DAY


def test_who_never_said_yes_is_forgotten_after_seven_days(
    app: Flask, client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    Person(app.test_client()).sees("/follow?category=pothole").presses("Ακολουθώ με e-mail", email=ELENI)
    assert work() == []
    kept = follows("maria@example.gr", category="pothole").id
    forget(0)
    assert len(session.scalars(select(Subscription)).all()) == 2
    session.execute(update(Subscription).values(created_at=now() - timedelta(days=8)))
    session.commit()
    forget(0)
    assert session.scalars(select(Subscription.id)).all() == [kept]


@pytest.mark.parametrize(("radius", "direction"), [(500, 1), (100, 4), (5000, 0.8)])
def test_a_circle_ends_where_it_ends(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work, radius: int, direction: float
) -> None:
    follows(spot=SPOT, radius_m=radius)

    def away(metres: float) -> dict[str, Any]:
        lon, lat = session.execute(
            text(
                "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Project(ST_Point(:x, :y)::geography, :m, :way)::geometry) s(p)"
            ),
            {"x": SPOT.x, "y": SPOT.y, "m": metres, "way": direction},
        ).one()
        return at(lon, lat)

    report(client, location=away(radius + 2))
    assert work() == []
    assert without_confirmations(box) == []
    inside = report(client, location=away(radius - 2)).json["reference"]
    assert work() == []
    (letter,) = without_confirmations(box)
    assert inside in letter["Subject"]
    assert "γύρω από το σημείο σας (Λευκώνας)" in words(letter)


def test_a_kind_in_an_area_is_heard_of_in_that_area_only(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    follows(category="pothole", area="905401")
    follows("maria@example.gr", area="9054")
    follows("anna@example.gr", area="90540102", language="en")
    report(client)
    report(client, location=at(23.58, 41.12))
    report(client, category="light")
    report(client, location=at(23.52, 41.13), category="bench")
    assert work() == []
    told = without_confirmations(box)
    assert len([letter for letter in told if letter["To"] == ELENI]) == 1
    assert len([letter for letter in told if letter["To"] == "maria@example.gr"]) == 4
    (english,) = [letter for letter in told if letter["To"] == "anna@example.gr"]
    assert "Bench" in english["Subject"]
    assert "because you follow" in words(english) or "Σας γράφουμε γιατί" in words(english)


def test_whoever_follows_a_merged_report_follows_the_one_that_stays(
    app: Flask, client: FlaskClient, town: Town, session: Session, box: Box, work: Work, nikos: Program
) -> None:
    goes = report(client, contact={"email": "anna@example.gr"}).json["reference"]
    stays = report(client).json["reference"]
    follows(reference=goes)
    assert work() == []
    nikos.move(f"/reports/{goes}", move="merge", into=stays)
    assert work() == []
    assert "Συγχωνεύθηκε" in box.to(ELENI)[-1]["Subject"]
    nikos.move(f"/reports/{stays}", move="accept")
    assert work() == []
    assert stays in box.to(ELENI)[-1]["Subject"]
    # Her who had made it herself, too, with her own link.
    own = box.to("anna@example.gr")[-1]
    assert stays in own["Subject"]
    assert f"/r/{goes}/" in words(own)
    before = len(box.letters)
    nikos.move(f"/reports/{goes}", move="split")
    nikos.move(f"/reports/{stays}", move="reject", words="Έγινε ήδη")
    assert work() == []
    assert len(box.letters) == before


def test_what_waits_under_suspicion_is_told_to_its_reporter_only_until_the_office_trusts_it(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work, nikos: Program
) -> None:
    from app.reports import triage

    follows("maria@example.gr", category="pothole")
    assert work() == []
    reference = report(client, contact={"email": ELENI}).json["reference"]
    session.execute(update(Report).where(Report.reference == reference).values(suspicion="not_by_hand"))
    session.commit()
    assert work() == []
    assert box.to("maria@example.gr")[1:] == []
    assert len(box.to(ELENI)) == 1
    with unit_of_work():
        triage.trust(reference, by=town.nikos, at=now(), version=None)
    assert work() == []
    (told,) = box.to("maria@example.gr")[1:]
    assert "Η αναφορά υποβλήθηκε" in words(told)
    assert len(box.to(ELENI)) == 1


def test_a_question_to_the_reporter_is_not_everybodys(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work, nikos: Program
) -> None:
    reference = report(client).json["reference"]
    follows(reference=reference)
    assert work() == []
    nikos.move(f"/reports/{reference}", move="ask", words="Σε ποιον όροφο μένετε;")
    assert work() == []
    assert without_confirmations(box) == []


def test_everything_an_address_follows_is_on_one_page_and_can_be_changed_there(
    app: Flask, client: FlaskClient, town: Town, session: Session, box: Box
) -> None:
    wish = follows(category="pothole")
    other = follows(area="905402")
    strangers = follows("maria@example.gr", category="light")
    eleni = Person(app.test_client()).sees(f"/follow/manage/{wish.token}")
    assert "Λακκούβα σε όλο τον Δήμο" in eleni.words
    assert "Δ.Ε. Ανατολική" in eleni.words
    assert "Σβηστό φως" not in eleni.words
    eleni.presses("Μία φορά την ημέρα")
    session.refresh(wish)
    assert wish.frequency is Frequency.DAILY
    assert wish.told_until is not None
    eleni.presses("Τέλος", which=str(other.id))
    session.refresh(other)
    assert other.ended_at is not None
    eleni.presses("Τέλος", which=str(strangers.id))
    assert eleni.status == 404
    session.refresh(strangers)
    assert strangers.ended_at is None
    # Beginning again asks again.
    Person(app.test_client()).sees("/follow?area=905402").presses("Ακολουθώ με e-mail", email=ELENI)
    begun = select(Subscription.ended_at, Subscription.confirmed_at).where(Subscription.id == other.id)
    assert tuple(session.execute(begun).one()) == (None, None)


def test_the_form_keeps_what_was_typed_and_says_what_is_missing(
    app: Flask, client: FlaskClient, town: Town, session: Session
) -> None:
    eleni = Person(app.test_client()).sees("/follow")
    eleni.presses("Ακολουθώ με e-mail", email="eleni@", radius="1000")
    assert eleni.status == 422
    assert "Δείξτε το σημείο στον χάρτη" in eleni.words
    form = eleni.form("Ακολουθώ με e-mail")
    eleni.sends(form.action, {**dict(form.fields), "seek": "1", "q": "lefkonas"})
    eleni.presses("Ακολουθώ με e-mail", email="eleni@")
    assert "Το e-mail δεν φαίνεται σωστό" in eleni.words
    assert ("email", "eleni@") in eleni.form("Ακολουθώ με e-mail").fields
    eleni.presses("Ακολουθώ με e-mail", email=ELENI)
    assert "Μένει ένα «ναι» σας" in eleni.words
    wish = session.scalars(select(Subscription)).one()
    assert wish.radius_m == 1000
    assert wish.wish == f"circle {SPOT.x:.6f} {SPOT.y:.6f} 1000"


@pytest.mark.parametrize(
    "typed",
    [
        {"what": "category", "category": "nothing"},
        {"what": "area", "area": "9056"},
        {"what": "circle", "lon": "23.5", "lat": "41.1", "radius": "99999"},
        {"what": "circle", "lon": "inf", "lat": "41.1"},
        {"what": "elsewhere"},
        {"reference": "000-000-001"},
    ],
)
def test_odd_wishes_are_refused_with_a_sentence(
    app: Flask, client: FlaskClient, town: Town, session: Session, typed: dict[str, str]
) -> None:
    eleni = Person(app.test_client()).sees("/follow")
    token = eleni.forms[-1].value("csrf_token")
    eleni.sends("/follow", {**typed, "email": ELENI, "csrf_token": token})
    assert eleni.status in (404, 422)
    assert session.scalars(select(Subscription)).all() == []


def test_matching_a_row_with_all_who_follow_is_one_question(
    app: Flask, client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    for number in range(12):
        follows(f"maria{number}@example.gr", category="pothole")
        follows(f"nikos{number}@example.gr", spot=Point(23.52, 41.07), radius_m=500)
    assert work() == []
    report(client)
    from app.notices.service import tell

    job = session.scalars(
        text("SELECT args ->> 'history_id' FROM procrastinate_jobs WHERE task_name = 'history.written'")
    )
    with counted_statements(app) as seen:
        tell(int(job.one()))
    assert len(seen) <= 3
    assert len(session.scalars(select(Notice).where(Notice.history_id.is_not(None))).all()) == 24


def test_a_long_address_in_a_header_stays_whole(
    app: Flask,
    client: FlaskClient,
    town: Town,
    session: Session,
    box: Box,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://kathimerina.everyday-issues.municipality.example.gr")
    wish = follows(category="pothole")
    report(client)
    assert work() == []
    leave = f"<https://kathimerina.everyday-issues.municipality.example.gr/unsubscribe/{wish.token}>"
    assert f"\r\nList-Unsubscribe: {leave}\r\n".encode() in box.raw[-1]


def test_who_follows_a_kind_hears_that_it_is_done_though_it_was_closed_before_the_worker_came(
    client: FlaskClient, town: Town, session: Session, box: Box, bearer: Any, work: Work, nikos: Program
) -> None:
    follows("maria@example.gr", category="pothole")
    assert work() == []
    box.letters.clear()
    thanasis = Program(client, bearer(town.thanasis))
    reference, number = dispatched(client, nikos)
    thanasis.move(f"/work-orders/{number}", move="start")
    thanasis.finish(number, camera.file(camera.street()))
    nikos.move(f"/reports/{reference}", move="close")
    assert work() == []
    assert [letter["Subject"] for letter in box.to("maria@example.gr")] == [
        f"Λακκούβα, αναφορά {reference}: Αποκαταστάθηκε"
    ]
