"""Nobody can be found in a log: neither by telephone, nor by e-mail, nor by the key of a report."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.extensions import db, job, jobs
from app.logs import Discreet
from tests.conftest import PASSWORD
from tests.pages.person import Person
from tests.reports.test_submit_api import POTHOLE
from tests.town import Town

PHONE, SPACED, EMAIL, KEY = "6912345678", "+30 691 234-5678", "eleni.p@example.gr", "Zk3_9dQw-xT71bLm0aPq4R"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a process of ours would write."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Discreet())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def lines(log: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def is_discreet(log: io.StringIO) -> bool:
    told = log.getvalue()
    assert told
    return not any(planted in told for planted in (PHONE, SPACED, "234-5678", EMAIL, "eleni", KEY))


def test_a_row_that_the_database_refuses_is_not_told(town: Town, session: Session, log: io.StringIO) -> None:
    twice = "INSERT INTO magic_link (digest, email, language, made_at) VALUES (:key, :email, 'el', now())"
    try:
        for _time in range(2):
            session.execute(text(twice), {"key": KEY, "email": f"{PHONE}-{EMAIL}"})
    except IntegrityError:
        session.rollback()
        logging.getLogger("app").exception("a row was refused")
    assert is_discreet(log)
    assert "UniqueViolation" in lines(log)[-1]["trace"]


@pytest.mark.parametrize(
    "said",
    [
        f"Job notices.magic_link[3](email='{EMAIL}', token='{KEY}', n=(1)) ended with status: Error",
        f"550 {EMAIL}: no such person; call {SPACED}",
        f"Exception on /r/111-222-333/{KEY} [GET]",
        f"invalid literal for int() with base 10: '{PHONE}'",
    ],
)
def test_what_others_say_of_a_person_is_left_out(log: io.StringIO, said: str) -> None:
    logging.getLogger("procrastinate.worker").error("%s", said)
    try:
        raise ValueError(said)
    except ValueError:
        logging.getLogger("app").exception("it went wrong")
    assert is_discreet(log)
    assert "ValueError" in lines(log)[-1]["trace"]


def test_a_request_that_fails_is_found_by_its_id_and_tells_nobody(
    app: Flask, client: FlaskClient, town: Town, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.view_functions, "citizen.track", lambda **_where: 1 / len(PHONE[:0]))
    answer = client.get(f"/r/111-222-333/{KEY}?tel={PHONE}", headers={"X-Request-ID": "from-the-proxy-1"})
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (500, "from-the-proxy-1")
    told = lines(log)[-1]
    assert (told["request"], told["endpoint"]) == ("from-the-proxy-1", "citizen.track")
    assert is_discreet(log)


def test_a_report_leaves_its_reporter_out_of_the_log(client: FlaskClient, town: Town, log: io.StringIO) -> None:
    contact = {"email": EMAIL, "phone": PHONE, "name": "Ελένη"}
    client.post("/api/v1/reports", json=POTHOLE | {"contact": contact, "description": f"Καλέστε {PHONE}"})
    client.post("/api/v1/reports", json=POTHOLE | {"contact": {"phone": PHONE + "x"}})
    with pytest.raises(Exception, match="no_such"):
        db.session.execute(text("SELECT no_such(:phone)"), {"phone": PHONE})
    logging.getLogger("app").error("so much for the reports")
    assert is_discreet(log)


@job("tests.say")
def say() -> None:
    logging.getLogger("app").info("done by the worker")


def test_what_the_worker_does_is_found_by_the_request_that_asked_for_it(
    client: FlaskClient, town: Town, log: io.StringIO
) -> None:
    asked = {"X-Request-ID": "from-the-proxy-2"}
    client.post("/api/v1/reports", json=POTHOLE | {"contact": {"email": EMAIL}}, headers=asked)
    queued = db.session.scalars(text("SELECT args FROM procrastinate_jobs")).all()
    assert queued
    assert {args["request"] for args in queued} == {"from-the-proxy-2"}
    jobs.tasks["tests.say"].func(request="from-the-proxy-2")
    assert lines(log)[-1]["request"] == "from-the-proxy-2"


def test_the_doors_are_in_the_log_by_number_and_never_by_name(
    client: FlaskClient, town: Town, log: io.StringIO
) -> None:
    def enters(password: str, who: str = "thanasis@example.gr") -> Person:
        return Person(client).sees("/login").presses("Σύνδεση", email=who, password=password)

    enters("λάθος")
    enters("λάθος", EMAIL)
    thanasis = enters(PASSWORD)
    assert client.get("/office").status_code == 403
    client.post("/login", headers={"Sec-Fetch-Site": "cross-site"})
    thanasis.sees("/crew").presses("Έξοδος")
    number = town.thanasis.id
    assert [line["said"] for line in lines(log) if line["logger"] == "app.security"] == [
        f"refused at the door: account {number}",
        "refused at the door: no such account",
        f"account {number} signed in",
        f"account {number} may not see_office",
        "a request of another site was refused",
        f"account {number} signed out",
    ]
    assert is_discreet(log)
    assert "thanasis" not in log.getvalue()
