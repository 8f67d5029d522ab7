"""Eleni is written to about her report; a real SMTP server takes the letters."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.extensions import now
from app.notices.service import tell
from app.reports.models import ReportHistory
from tests.dispatch.test_road_api import Program
from tests.reports.test_submit_api import report
from tests.town import Town

CONTACT = {"name": "Ελένη", "email": "eleni@example.gr"}


class Box:
    """A mail server's delivery: keeps what it was given."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def box(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    kept = Box()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setitem(app.config, "SMTP_URL", f"smtp://127.0.0.1:{port}")
    yield kept
    server.stop()


def waiting(session: Session) -> list[int]:
    """History rows whose letters are queued, oldest first."""
    rows = session.execute(
        text("SELECT args ->> 'history_id' FROM procrastinate_jobs WHERE task_name = 'notices.tell' ORDER BY id")
    )
    return [int(row[0]) for row in rows]


def test_eleni_gets_a_letter_with_her_number_and_her_own_link(
    client: FlaskClient, town: Town, session: Session, box: Box
) -> None:
    body = report(client, contact=CONTACT).json
    for row in waiting(session):
        tell(row)
    letter = box.letters[0]
    assert letter["To"] == "eleni@example.gr"
    assert letter["Subject"] == f"Λακκούβα, αναφορά {body['reference']}: Υποβλήθηκε"
    for kind in ("plain", "html"):
        part = letter.get_body((kind,))
        assert part is not None
        words = part.get_content()
        assert body["reference"] in words
        assert body["tracking_url"].split("/r/")[1] in words


def test_who_wrote_in_english_is_answered_in_english(
    client: FlaskClient, town: Town, session: Session, box: Box
) -> None:
    report(client, {"Accept-Language": "en"}, contact=CONTACT)
    tell(waiting(session)[0])
    assert "Pothole" in box.letters[0]["Subject"]
    assert "Received" in box.letters[0]["Subject"]


def test_the_words_of_a_rejection_reach_her_and_a_crews_reason_does_not(
    client: FlaskClient, town: Town, session: Session, box: Box, bearer: Any
) -> None:
    nikos = Program(client, bearer(town.nikos))
    path = f"/reports/{report(client, contact=CONTACT).json['reference']}"
    nikos.move(path, move="reject", words="Είναι ιδιωτικός χώρος", internal="Τρίτη φορά")
    for row in waiting(session):
        tell(row)
    assert len(box.letters) == 1
    said = box.letters[0].get_body(("plain",))
    assert said is not None
    assert "Είναι ιδιωτικός χώρος" in said.get_content()
    assert "Τρίτη φορά" not in box.letters[0].as_string()


def test_a_job_that_runs_twice_sends_one_letter(client: FlaskClient, town: Town, session: Session, box: Box) -> None:
    report(client, contact=CONTACT)
    for _time in range(2):
        tell(waiting(session)[0])
    assert len(box.letters) == 1


def test_nobody_is_written_to_who_left_no_address_or_about_last_year(
    client: FlaskClient, town: Town, session: Session, box: Box
) -> None:
    report(client, contact={"phone": "6900000000"})
    report(client)
    assert waiting(session) == []
    report(client, contact=CONTACT)
    new = session.get_one(ReportHistory, waiting(session)[0])
    old = ReportHistory(
        report_id=new.report_id, at=now() - timedelta(days=300), move="submit", status="received", detail={}
    )
    session.add(old)
    session.commit()
    tell(old.id)
    assert box.letters == []


def test_a_mail_server_that_is_away_loses_nothing(
    app: Flask, client: FlaskClient, town: Town, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(client, contact=CONTACT)
    row = waiting(session)[0]
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:1")
    with pytest.raises(OSError, match="refused"):
        tell(row)
    monkeypatch.setitem(app.config, "SMTP_URL", "")
    tell(row)
    folder: Path = app.config["DATA_DIR"] / "mail"
    written = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in folder.iterdir()]
    assert [letter["To"] for letter in written if f"-{row}@" in letter["Message-ID"]] == ["eleni@example.gr"]
