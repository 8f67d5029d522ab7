"""Spam waits aside, floods are told when to come again, and the honest phone always gets through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.service import issue_token
from app.categories.models import Category
from app.errors import Invalid
from app.extensions import db, now, unit_of_work
from app.moderation import blocks
from app.moderation.models import Blocked, BlockedKind, Suspicion
from app.reports.lifecycle import Status
from app.reports.models import Report
from tests.conftest import counted_statements, make_app
from tests.reports.test_races import settled
from tests.reports.test_submit_api import POTHOLE, report
from tests.town import Town

Blocking = Callable[[BlockedKind, str], None]


@pytest.fixture
def block(session: Session, town: Town) -> Blocking:
    """The office blocks something."""

    def do(kind: BlockedKind, value: str) -> None:
        blocks.block(kind, value, by=town.nikos, at=now())
        session.commit()

    return do


def doubts(session: Session) -> list[Suspicion | None]:
    """Why each report waits aside, oldest first."""
    session.expire_all()
    return list(session.scalars(select(Report.suspicion).order_by(Report.id)))


def from_phone(app: Flask, key: str, **more: Any) -> Any:
    """A report from a phone with this key."""
    phone = app.test_client()
    phone.set_cookie("device", key * 32)
    return phone.post("/api/v1/reports", json=POTHOLE | more)


# -- words and contacts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["βλάκες", "ΒΛΑΚΕΣ!", "είστε βλακες όλοι", "eiste vlakes", "BLAKES", "«βλάκες»,και άλλα", "x-vlakes-x"]
)
def test_a_blocked_word_is_known_with_or_without_accents_and_in_greeklish(
    client: FlaskClient, session: Session, block: Blocking, words: str
) -> None:
    block(BlockedKind.WORD, "Βλάκες")
    answer = report(client, description=words)
    assert answer.status_code == 201
    assert doubts(session) == [Suspicion.BLOCKED_WORD]


@pytest.mark.parametrize("words", ["βλάκας", "αβλάκες", "βλά κες", "πουλάκια", "", "100%_βλ"])
def test_a_word_that_only_looks_a_little_like_a_blocked_one_passes(
    client: FlaskClient, session: Session, block: Blocking, words: str
) -> None:
    block(BlockedKind.WORD, "βλάκες")
    report(client, description=words)
    assert doubts(session) == [None]


@pytest.mark.parametrize(
    "more",
    [
        {"address": "Οδός Βλάκες 3"},
        {"contact": {"name": "Οι βλάκες"}},
        {"category": "note", "answers": {"said": "vlakes!"}},
    ],
)
def test_a_blocked_word_is_found_wherever_words_are_written(
    client: FlaskClient, town: Town, session: Session, block: Blocking, more: dict[str, Any]
) -> None:
    asked = {"code": "said", "datatype": "text", "text_el": "Τι;", "text_en": "What?"}
    group = town.categories["bench"].group
    session.add(Category(code="note", name_el="Άλλο", name_en="Other", group=group, target_days=1, questions=[asked]))
    block(BlockedKind.WORD, "βλάκες")
    report(client, **more)
    assert doubts(session) == [Suspicion.BLOCKED_WORD]


@pytest.mark.parametrize(
    ("kind", "blocked", "contact"),
    [
        (BlockedKind.EMAIL, "Spam@Example.gr", {"email": "spam@example.GR"}),
        (BlockedKind.PHONE, "690 000 0000", {"phone": "+30 6900000000"}),
        (BlockedKind.PHONE, "+306900000000", {"phone": "690-000-0000"}),
    ],
)
def test_a_blocked_contact_is_known_however_it_is_written(
    client: FlaskClient, session: Session, block: Blocking, kind: BlockedKind, blocked: str, contact: dict[str, str]
) -> None:
    block(kind, blocked)
    report(client, contact=contact)
    report(client, contact={"email": "eleni@example.gr", "phone": "6911111111"})
    assert doubts(session) == [Suspicion.BLOCKED_CONTACT, None]


def test_a_blocked_device_waits_aside_and_its_neighbour_does_not(app: Flask, session: Session, block: Blocking) -> None:
    from_phone(app, "a")
    device = session.scalars(select(Report.device)).one()
    assert device is not None
    block(BlockedKind.DEVICE, device)
    from_phone(app, "a")
    from_phone(app, "b")
    assert doubts(session) == [None, Suspicion.BLOCKED_CONTACT, None]


def test_what_is_unblocked_passes_again(client: FlaskClient, town: Town, session: Session, block: Blocking) -> None:
    block(BlockedKind.WORD, "βλάκες")
    block(BlockedKind.WORD, "ΒΛΑΚΕΣ")
    (known,) = blocks.all_blocked()
    assert (known.shown, known.value, known.by_id) == ("Βλάκες".lower(), "vlakes", town.nikos.id)
    blocks.unblock(known.id)
    report(client, description="βλάκες")
    assert doubts(session) == [None]


@pytest.mark.parametrize("value", ["", "  ", "αβ", "!!!", "\0\0\0", "日本語"])
def test_what_would_block_everybody_is_not_taken(town: Town, session: Session, value: str) -> None:
    with pytest.raises(Invalid):
        blocks.block(BlockedKind.WORD, value, by=town.nikos, at=now())
    assert session.scalar(select(func.count()).select_from(Blocked)) == 0


def test_who_waits_aside_hears_nothing_of_it_and_nobody_else_sees_it(
    client: FlaskClient, app: Flask, session: Session, block: Blocking
) -> None:
    honest = report(client).json
    block(BlockedKind.WORD, "βλάκες")
    made = report(client, description="βλάκες")
    assert set(made.json) == set(honest)
    assert "suspicion" not in made.text
    stranger = app.test_client()
    assert stranger.get(f"/api/v1/reports/{made.json['reference']}").status_code == 404
    listed = stranger.get("/api/v1/reports").json["items"]
    assert [one["reference"] for one in listed] == [honest["reference"]]


# -- too many ----------------------------------------------------------------------------------------------------------


def test_the_eleventh_report_of_a_phone_within_an_hour_waits_aside(app: Flask, town: Town, session: Session) -> None:
    for _number in range(11):
        assert from_phone(app, "a").status_code == 201
    assert doubts(session) == [None] * 10 + [Suspicion.MANY_FROM_ONE]
    session.execute(update(Report).values(received_at=now() - timedelta(minutes=61)))
    session.commit()
    from_phone(app, "a")
    assert doubts(session)[-1] is None


def wave(app: Flask, number: int) -> None:
    """So many reports from this one address, each from a browser without a past."""
    for _one in range(number):
        assert app.test_client().post("/api/v1/reports", json=POTHOLE).status_code == 201


def test_a_wave_of_spam_does_not_stop_a_phone_from_the_same_address_that_the_office_knows(
    app: Flask, town: Town, session: Session
) -> None:
    from_phone(app, "e")
    session.execute(update(Report).values(status=Status.ACCEPTED, received_at=now() - timedelta(days=40)))
    session.commit()
    wave(app, 42)
    assert doubts(session)[-2:] == [Suspicion.MANY_FROM_ONE] * 2
    assert from_phone(app, "e").status_code == 201
    assert doubts(session)[-1] is None
    # A phone without a past is not lost either: it waits for the office.
    assert from_phone(app, "f").json["tracking_url"]
    assert doubts(session)[-1] is Suspicion.MANY_FROM_ONE


def test_the_next_address_is_not_touched_by_the_wave(app: Flask, town: Town, session: Session) -> None:
    wave(app, 41)
    other = app.test_client()
    other.post("/api/v1/reports", json=POTHOLE, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert doubts(session)[-2:] == [Suspicion.MANY_FROM_ONE, None]


def test_one_household_has_one_ipv6_network_however_many_addresses_it_makes_up(
    app: Flask, town: Town, session: Session
) -> None:
    for address in ("2001:db8::1", "2001:db8::ffff:1", "2001:db8:0:1::1", "::ffff:192.0.2.7", "192.0.2.7"):
        app.test_client().post("/api/v1/reports", json=POTHOLE, environ_base={"REMOTE_ADDR": address})
    first, second, elsewhere, mapped, plain = session.scalars(select(Report.sender).order_by(Report.id))
    assert first == second != elsewhere
    assert mapped == plain
    assert "192" not in str(plain)


def test_the_staff_and_programs_are_never_suspected(
    client: FlaskClient, town: Town, session: Session, bearer: Any, block: Blocking
) -> None:
    block(BlockedKind.WORD, "βλάκες")
    for _number in range(12):
        report(client, bearer(town.nikos), description="βλάκες")
    assert set(doubts(session)) == {None}
    assert set(session.scalars(select(Report.sender))) == {None}


def test_all_of_this_takes_no_further_question_of_the_database(
    app: Flask, client: FlaskClient, session: Session, block: Blocking
) -> None:
    for number in range(5):
        block(BlockedKind.WORD, f"λέξη{number}")
    report(client)
    with counted_statements(app) as seen:
        report(client, contact={"email": "eleni@example.gr"})
    assert len(seen) <= 5, "\n".join(seen)
    assert sum("blocked_by" in statement for statement in seen) == 1


# -- floods ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(with_limits: Flask) -> Flask:
    """The application with its limits, and the town in its database."""
    settled(with_limits)
    return with_limits


def knock(app: Flask, times: int, key: str = "", **more: Any) -> list[Any]:
    """So many reports that say nothing, as a flood does."""
    browser = app.test_client()
    if key:
        browser.set_cookie("device", key * 32)
    else:
        browser = app.test_client(use_cookies=False)
    return [browser.post("/api/v1/reports", json={}, **more) for _time in range(times)]


def test_a_flood_from_one_phone_is_told_when_to_come_again_and_others_are_not_held_up(guarded: Flask) -> None:
    answers = knock(guarded, 61, "a")
    assert {answer.status_code for answer in answers[:60]} == {422}
    refused = answers[60]
    assert refused.status_code == 429
    assert refused.mimetype == "application/problem+json"
    assert refused.json["type"].endswith("too-many-requests")
    assert 60 < int(refused.headers["Retry-After"]) <= 3601
    assert "λεπτ" in refused.json["detail"]
    assert from_phone(guarded, "b").status_code == 201


def test_a_flood_that_throws_its_cookie_away_is_stopped_by_its_address(guarded: Flask) -> None:
    answers = knock(guarded, 600)
    assert answers[-1].status_code == 422
    assert knock(guarded, 1)[0].status_code == 429
    assert knock(guarded, 1, headers={"Authorization": "Basic made-up"})[0].status_code == 429
    assert from_phone(guarded, "n").status_code == 429
    elsewhere = guarded.test_client().post("/api/v1/reports", json=POTHOLE, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert elsewhere.status_code == 201


def test_an_honest_phone_gets_through_while_its_address_is_flooded(guarded: Flask) -> None:
    assert from_phone(guarded, "e").status_code == 201
    with guarded.app_context(), unit_of_work() as session:
        session.execute(update(Report).values(status=Status.ACCEPTED))
    knock(guarded, 610)
    assert from_phone(guarded, "e").status_code == 201
    assert from_phone(guarded, "f").status_code == 429


def test_a_program_with_a_key_of_ours_is_not_counted(guarded: Flask) -> None:
    with guarded.app_context(), unit_of_work() as session:
        nikos = session.scalars(select(User).where(User.email == "nikos@example.gr")).one()
        headers = {"Authorization": "Bearer " + issue_token("sensors", at=now(), user=nikos)}
    assert {answer.status_code for answer in knock(guarded, 70, "a", headers=headers)} == {422}


def test_too_many_uploads_are_told_the_same(guarded: Flask) -> None:
    phone, path = guarded.test_client(), "/api/v1/uploads/00000000-0000-4000-8000-000000000001"
    answers = [phone.put(path, json={"length": 1000})] + [phone.put(path, json={}) for _number in range(301)]
    assert [answer.status_code for answer in answers] == [200] + [422] * 300 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_database_that_is_away_says_when_to_come_again(guarded: Flask) -> None:
    with guarded.app_context():
        db.engine.dispose()
    guarded.config["SQLALCHEMY_DATABASE_URI"] = "postgresql+psycopg://nobody@127.0.0.1:1/none"
    away = make_app("postgresql+psycopg://nobody@127.0.0.1:1/none", Path(guarded.config["DATA_DIR"]))
    answer = away.test_client().post("/api/v1/reports", json=POTHOLE)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
