"""What could not be delivered is seen by Nikos, with the reason in plain words, and is sent again or put away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.extensions import now
from app.notices.models import Channel, Notice, NoticeKind, NoticeState
from app.pages.office.letters import trouble_label
from app.reports.models import ReportHistory
from tests.pages.person import Person
from tests.reports.test_submit_api import report
from tests.town import Town

Enter = Callable[[User], FlaskClient]


@pytest.fixture
def nikos(as_user: Enter, town: Town) -> Person:
    return Person(as_user(town.nikos))


def failed(session: Session, about: str = "x", **more: object) -> Notice:
    told: dict[str, object] = {
        "kind": NoticeKind.SERVICE,
        "channel": Channel.MAIL,
        "recipient": "eleni@example.gr",
        "state": NoticeState.FAILED,
        "attempts": 3,
        "last_error": "550 5.1.1 User unknown",
        "queued_at": now(),
    }
    notice = Notice(about=about, **(told | more))
    session.add(notice)
    session.commit()
    return notice


def test_nothing_failed_is_a_kind_word_and_no_chip(nikos: Person) -> None:
    nikos.sees(nikos.sees("/office").link("Επιστολές"))
    assert "Όλα στάλθηκαν." in nikos.words
    assert "δεν έφυγ" not in nikos.sees("/office").words


def test_nikos_reads_to_whom_about_what_and_why(nikos: Person, client: FlaskClient, session: Session) -> None:
    reference = report(client).json["reference"]
    history = session.query(ReportHistory).one()
    failed(session, history_id=history.id)
    assert "Επιστολές 1 1 δεν έφυγε" in nikos.sees("/office").words
    nikos.sees("/office/letters")
    for said in (
        "eleni@example.gr",
        "Η αναφορά υποβλήθηκε",
        reference,
        "Η διεύθυνση δεν υπάρχει ή δεν δέχεται μηνύματα.",
        "3 προσπάθειες",
        "550 5.1.1 User unknown",
    ):
        assert said in nikos.words
    assert nikos.link(reference) == f"/office/reports/{reference}"


def test_it_is_sent_again(nikos: Person, session: Session) -> None:
    notice = failed(session)
    nikos.sees("/office/letters").presses("Νέα προσπάθεια")
    assert "Στέλνεται ξανά τώρα." in nikos.words
    session.expire_all()
    assert (notice.state, notice.attempts) == (NoticeState.WAITING, 0)
    queued = session.execute(
        text("SELECT args - 'request' AS args FROM procrastinate_jobs WHERE task_name = 'notices.deliver'")
    )
    assert {"notice_id": notice.id} in [row.args for row in queued]


def test_after_a_day_without_mail_server_all_go_in_one_press(nikos: Person, session: Session) -> None:
    many = [failed(session, about=f"a{number}", last_error="ConnectionRefusedError: no") for number in range(3)]
    link = failed(session, about="link", kind=NoticeKind.MAGIC_LINK)
    nikos.sees("/office/letters")
    assert "Δεν υπήρξε σύνδεση με τον διακομιστή." in nikos.words
    assert "Έληξε· ο πολίτης ζητά νέο." in nikos.words
    nikos.presses("Νέα προσπάθεια για όλες")
    assert "3 επιστολές στέλνονται ξανά τώρα." in nikos.words
    session.expire_all()
    assert {one.state for one in many} == {NoticeState.WAITING}
    assert link.state is NoticeState.FAILED


def test_nikos_has_seen_it_and_it_leaves_the_list(nikos: Person, session: Session) -> None:
    notice = failed(session)
    nikos.sees("/office/letters").presses("Το είδα")
    session.expire_all()
    assert notice.state is NoticeState.DISMISSED
    assert "Όλα στάλθηκαν." in nikos.words


def test_a_press_that_comes_too_late_is_told(nikos: Person, session: Session) -> None:
    notice = failed(session)
    nikos.sees("/office/letters")
    notice.state = NoticeState.DISMISSED
    session.commit()
    nikos.presses("Νέα προσπάθεια")
    assert nikos.status == 404
    assert "δεν είναι πια στις αποτυχημένες" in nikos.words
    assert "Όλα στάλθηκαν." in nikos.words


def test_the_list_goes_on_after_fifty(nikos: Person, session: Session) -> None:
    for number in range(53):
        failed(session, about=f"a{number}", recipient=f"someone{number}@example.gr")
    nikos.sees("/office/letters")
    assert nikos.text.count('class="letter"') == 50
    nikos.sees(nikos.link("Παλαιότερες"))
    assert nikos.text.count('class="letter"') == 3


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("550 5.1.1 User unknown", "Η διεύθυνση δεν υπάρχει"),
        ("552 5.2.2 Mailbox full", "Το γραμματοκιβώτιο είναι γεμάτο"),
        ("452 4.2.2 Over quota", "Το γραμματοκιβώτιο είναι γεμάτο"),
        ("535 5.7.8 Bad credentials", "δεν δέχτηκε τον κωδικό του Δήμου"),
        ("554 5.7.1 Spam", "ανεπιθύμητο"),
        ("421 4.7.0 Try later", "αργότερα"),
        ("571 no", "οριστικά"),
        ("TimeoutError: timed out", "Δεν υπήρξε σύνδεση"),
        ("gaierror: [Errno -2] Name or service not known", "Δεν υπήρξε σύνδεση"),
        ("Refused: 400 bad request", "περιηγητή"),
        ("KeyError: 'x'", "Άγνωστος λόγος"),
    ],
)
def test_a_servers_answer_becomes_a_sentence(session: Session, answer: str, words: str) -> None:
    assert words in trouble_label(answer)
