"""A link that shows once that a browser's holder reads an address."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.accounts import citizens
from app.accounts.models import CitizenDevice, MagicLink
from tests.town import MONDAY, Town

PHONE, TABLET = "a" * 64, "b" * 64


def sent(session: Session) -> list[dict[str, str]]:
    """What the worker was given to send, oldest first."""
    rows = session.execute(
        text("SELECT args - 'request' FROM procrastinate_jobs WHERE task_name = 'notices.magic_link' ORDER BY id")
    )
    return [row[0] for row in rows]


def asked(session: Session, email: str = "Eleni@example.gr", minutes: int = 0) -> str:
    citizens.request_link(email=email, language="el", at=MONDAY + timedelta(minutes=minutes))
    session.flush()
    return citizens.token_of(sent(session)[-1]["seed"])


def test_a_link_is_good_once_and_stands_in_no_table(session: Session, town: Town) -> None:
    token = asked(session)
    [waiting] = sent(session)
    assert waiting == {"email": "eleni@example.gr", "seed": waiting["seed"], "language": "el"}
    assert token != waiting["seed"]
    assert citizens.use_link(waiting["seed"], device=TABLET, at=MONDAY) is None
    assert token not in session.scalars(select(MagicLink.digest)).one()
    assert citizens.use_link(token, device=PHONE, at=MONDAY) == "eleni@example.gr"
    assert citizens.verified_emails(PHONE) == ["eleni@example.gr"]
    assert citizens.use_link(token, device=TABLET, at=MONDAY) is None
    assert citizens.verified_emails(TABLET) == []


def test_a_second_tap_in_the_same_browser_is_as_good_as_the_first(session: Session, town: Town) -> None:
    token = asked(session)
    citizens.use_link(token, device=PHONE, at=MONDAY)
    assert citizens.use_link(token, device=PHONE, at=MONDAY) == "eleni@example.gr"


def test_a_link_is_good_for_half_an_hour(session: Session, town: Town) -> None:
    token = asked(session)
    at = MONDAY + citizens.LINK_GOOD_FOR
    assert citizens.link_in_force(token, at=at - timedelta(seconds=1)) is not None
    assert citizens.link_in_force(token, at=at) is None
    assert citizens.use_link(token, device=PHONE, at=at) is None
    assert citizens.use_link("made-up", device=PHONE, at=MONDAY) is None


def test_nobodys_letter_box_is_filled_by_others(session: Session, town: Town) -> None:
    for minute in range(5):
        citizens.request_link(email="eleni@example.gr", language="el", at=MONDAY + timedelta(minutes=minute))
    assert len(sent(session)) == citizens.MOST_LINKS_AN_HOUR
    asked(session, minutes=62)
    assert len(sent(session)) == citizens.MOST_LINKS_AN_HOUR + 1
    asked(session, "maria@example.gr")
    assert len(sent(session)) == citizens.MOST_LINKS_AN_HOUR + 2


def test_a_browser_may_read_two_addresses_and_forget_both(session: Session, town: Town) -> None:
    for email in ("eleni@example.gr", "maria@example.gr"):
        citizens.use_link(asked(session, email), device=PHONE, at=MONDAY)
    citizens.use_link(asked(session, "maria@example.gr"), device=TABLET, at=MONDAY)
    assert citizens.verified_emails(PHONE) == ["eleni@example.gr", "maria@example.gr"]
    citizens.forget(PHONE)
    assert citizens.verified_emails(PHONE) == []
    assert citizens.verified_emails(None) == []
    assert session.scalar(select(func.count()).select_from(CitizenDevice)) == 1
