"""Eleni is written to about her report; a real SMTP server takes the letters."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.accounts.citizens import token_of
from app.extensions import now
from app.notices import service
from app.notices.models import Notice, NoticeState
from app.notices.outside import Later
from app.notices.queries import MOST_LETTERS_AN_HOUR
from app.notices.service import deliver, magic_link, tell
from app.reports.models import ReportHistory
from tests.conftest import counted_statements
from tests.dispatch.test_road_api import Program
from tests.notices.conftest import Box, words
from tests.reports.test_submit_api import report
from tests.town import Town

Work = Callable[[], list[str]]
CONTACT = {"name": "Ελένη", "email": "eleni@example.gr"}


def waiting(session: Session) -> list[int]:
    """History rows whose telling is queued, oldest first."""
    rows = session.execute(
        text("SELECT args ->> 'history_id' FROM procrastinate_jobs WHERE task_name = 'history.written' ORDER BY id")
    )
    return [int(row[0]) for row in rows]


def test_eleni_gets_a_letter_with_her_number_and_her_own_link(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    body = report(client, contact=CONTACT).json
    assert work() == []
    letter = box.letters[0]
    assert letter["To"] == "eleni@example.gr"
    assert letter["Subject"] == f"Λακκούβα, αναφορά {body['reference']}: Υποβλήθηκε"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "el"
    # Her own report is service: there is nothing to unsubscribe from.
    assert letter["List-Unsubscribe"] is None
    for kind in ("plain", "html"):
        assert body["reference"] in words(letter, kind)
        assert body["tracking_url"].split("/r/")[1] in words(letter, kind)
    assert "<img" not in words(letter, "html")


def test_who_wrote_in_english_is_answered_in_english(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    report(client, {"Accept-Language": "en"}, contact=CONTACT)
    work()
    assert "Pothole" in box.letters[0]["Subject"]
    assert "Received" in box.letters[0]["Subject"]


def test_the_words_of_a_rejection_reach_her_and_a_crews_reason_does_not(
    client: FlaskClient, town: Town, session: Session, box: Box, bearer: Any, work: Work
) -> None:
    nikos = Program(client, bearer(town.nikos))
    path = f"/reports/{report(client, contact=CONTACT).json['reference']}"
    nikos.move(path, move="reject", words="Είναι ιδιωτικός χώρος", internal="Τρίτη φορά")
    work()
    assert len(box.letters) == 1
    assert "Είναι ιδιωτικός χώρος" in words(box.letters[0])
    assert "Τρίτη φορά" not in box.letters[0].as_string()


def test_greek_words_in_an_english_letter_are_spoken_as_greek(
    client: FlaskClient, town: Town, box: Box, bearer: Any, work: Work
) -> None:
    nikos = Program(client, bearer(town.nikos))
    told = report(client, {"Accept-Language": "en"}, contact=CONTACT).json
    nikos.move(f"/reports/{told['reference']}", move="reject", words="Είναι ιδιωτικός χώρος.")
    work()
    letter = box.letters[0]
    assert '<span lang="el">Είναι ιδιωτικός χώρος.</span> <small>(in Greek)</small>' in words(letter, "html")
    assert "«Είναι ιδιωτικός χώρος.»" in words(letter)


def test_she_hears_when_the_crew_that_was_to_come_could_not_do_it_and_not_why(
    client: FlaskClient, town: Town, session: Session, box: Box, bearer: Any, work: Work
) -> None:
    nikos, thanasis = Program(client, bearer(town.nikos)), Program(client, bearer(town.thanasis))
    reference = report(client, contact=CONTACT).json["reference"]
    order = nikos.post(f"/reports/{reference}/work-orders", {"crew": "metal"}, '"1"').json["items"][0]["id"]
    thanasis.move(f"/work-orders/{order}", move="start")
    thanasis.move(f"/work-orders/{order}", move="pause", reason="Βρέχει")
    thanasis.move(f"/work-orders/{order}", move="resume")
    thanasis.move(f"/work-orders/{order}", move="could_not", reason="Ο κύριος Τάκης πάρκαρε επάνω")
    work()
    last = box.letters[-1]
    assert "Το συνεργείο δεν μπόρεσε να την ολοκληρώσει" in words(last)
    assert "αποφασίζει πώς θα συνεχιστεί" in words(last, "html")
    assert "Τάκης" not in last.as_string()
    assert sum("ξεκίνησε" in words(letter) or "παύση" in words(letter) for letter in box.letters) == 0


def test_jobs_that_run_twice_send_one_letter(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    report(client, contact=CONTACT)
    work()
    for _time in range(2):
        tell(waiting(session)[0])
        deliver(session.scalars(select(Notice.id)).one())
    work()
    assert len(box.letters) == 1


def test_nobody_is_written_to_who_left_no_address_or_about_last_year(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    report(client, contact={"phone": "6900000000"})
    report(client)
    work()
    assert box.letters == []
    report(client, contact=CONTACT)
    new = session.get_one(ReportHistory, waiting(session)[-1])
    old = ReportHistory(
        report_id=new.report_id, at=now() - timedelta(days=300), move="submit", status="received", detail={}
    )
    session.add(old)
    session.commit()
    tell(old.id)
    assert session.scalars(select(Notice)).all() == []


def test_a_stranger_whose_address_somebody_types_gets_twenty_letters_an_hour_at_most(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    for _report in range(22):
        report(client, contact=CONTACT)
    work()
    assert len(box.letters) == 20


def test_a_mail_server_that_is_away_loses_nothing(
    app: Flask, client: FlaskClient, town: Town, session: Session, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(client, contact=CONTACT)
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:1")
    assert "refused" in work()[0]
    notice = session.scalars(select(Notice)).one()
    assert notice.state is NoticeState.WAITING
    assert notice.attempts == 1
    assert "refused" in notice.last_error
    monkeypatch.setitem(app.config, "SMTP_URL", "")
    deliver(notice.id)
    folder: Path = app.config["DATA_DIR"] / "mail"
    written = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in folder.iterdir()]
    assert [letter["To"] for letter in written if f"-{notice.id}@" in letter["Message-ID"]] == ["eleni@example.gr"]
    session.expire_all()
    assert session.scalars(select(Notice.state)).one() is NoticeState.SENT


def test_after_a_day_of_trying_the_office_sees_what_the_mail_server_said_and_can_try_again(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    report(client, contact=CONTACT)
    box.refuses = "451 4.7.1 Δοκιμάστε αργότερα".encode().decode("latin-1")[:20]
    assert "451" in work()[0]
    notice = session.scalars(select(Notice)).one()
    for _try in range(service.MOST_TRIES - 2):
        with pytest.raises(Exception, match="451"):
            deliver(notice.id)
    deliver(notice.id)
    (seen,) = service.failed()
    assert seen.last_error.startswith("451 4.7.1")
    assert seen.history is not None
    assert service.how_many_failed() == 1
    box.refuses = ""
    service.retry(seen.id)
    session.commit()
    assert service.failed() == []
    assert work() == []
    assert len(box.letters) == 1


def test_an_address_that_does_not_exist_is_not_tried_again_and_leaves_the_list_when_seen(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    report(client, contact=CONTACT)
    box.refuses = "550 5.1.1 No such user"
    assert work() == []
    (seen,) = service.failed()
    assert seen.last_error == "550 5.1.1 No such user"
    assert service.failed(after=seen.id) == []
    service.dismiss(seen.id)
    session.commit()
    assert service.failed() == []


def test_the_link_to_her_reports_comes_once_and_is_kept_nowhere(
    app: Flask, client: FlaskClient, town: Town, session: Session, box: Box
) -> None:
    for _time in range(2):
        magic_link("Eleni@Example.gr", "a-seed", "en")
    (letter,) = box.letters
    token = token_of("a-seed")
    assert f"{app.config['PUBLIC_URL']}/mine/link/{token}" in words(letter)
    assert letter["Content-Language"] == "en"
    assert token not in str(session.execute(text("SELECT notice::text FROM notice")).all())


def test_a_move_asks_the_database_no_more_than_before(
    app: Flask, client: FlaskClient, town: Town, session: Session
) -> None:
    with counted_statements(app) as seen:
        report(client, contact=CONTACT)
    telling = [statement for statement in seen if "report_contact" in statement and "SELECT" in statement]
    assert telling == []


def test_an_address_that_has_had_its_letters_of_the_hour_gets_the_next_one_later(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    report(client, contact=CONTACT)
    tell(waiting(session)[-1])
    letter = session.scalars(select(Notice)).one()
    for number in range(MOST_LETTERS_AN_HOUR):
        session.add(
            Notice(kind=letter.kind, channel=letter.channel, recipient=letter.recipient, about=f"before:{number}",
                   state=NoticeState.SENT, queued_at=now(), sent_at=now() - timedelta(minutes=59))
        )  # fmt: skip
    session.commit()
    with pytest.raises(Later):
        deliver(letter.id)
    assert (box.letters, letter.state) == ([], NoticeState.WAITING)
    session.execute(update(Notice).where(Notice.about == "before:0").values(sent_at=now() - timedelta(minutes=61)))
    session.commit()
    deliver(letter.id)
    assert len(box.letters) == 1


def test_a_strangers_address_in_many_forms_is_not_written_to_without_end(
    client: FlaskClient, town: Town, session: Session, box: Box, work: Work
) -> None:
    for _number in range(MOST_LETTERS_AN_HOUR + 2):
        report(client, contact=CONTACT)
        tell(waiting(session)[-1])
    assert session.scalars(select(Notice.recipient)).all() == ["eleni@example.gr"] * MOST_LETTERS_AN_HOUR
    session.execute(update(Notice).values(queued_at=now() - timedelta(minutes=61)))
    report(client, contact=CONTACT)
    tell(waiting(session)[-1])
    assert len(session.scalars(select(Notice.id)).all()) == MOST_LETTERS_AN_HOUR + 1
