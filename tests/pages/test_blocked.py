"""Nikos looks after the list of what is blocked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.moderation.models import Blocked, BlockedKind
from app.reports.models import Report
from tests.pages.person import Person
from tests.reports.test_submit_api import report
from tests.town import Town

Enter = Callable[[User], FlaskClient]


@pytest.fixture
def nikos(as_user: Enter, town: Town) -> Person:
    return Person(as_user(town.nikos))


def test_an_empty_list_says_so_and_the_bar_leads_to_it(nikos: Person) -> None:
    nikos.sees(nikos.sees("/office").link("Φραγές"))
    assert "Καμία φραγή ακόμη." in nikos.words


def test_a_word_is_added_and_holds_back_what_has_it(
    nikos: Person, client: FlaskClient, session: Session, town: Town
) -> None:
    nikos.sees("/office/blocked").presses("Φραγή", value="Σίγουρα κέρδη", note="Διαφημίσεις")
    assert "Μπήκε σε φραγή: Σίγουρα κέρδη." in nikos.words
    for said in ("Λέξη Σίγουρα κέρδη", "Διαφημίσεις", "Nikos"):
        assert said in nikos.words
    caught = report(client, description="Εδώ έχει sigoura kerdi!").json["reference"]
    report(client, description="Σίγουρα λακκούβα")
    assert session.query(Report).filter_by(reference=caught).one().suspicion == "blocked_word"
    nikos.sees("/office/blocked")
    assert '<td class="papers__number">1</td>' in nikos.text


@pytest.mark.parametrize(
    ("kind", "typed", "contact"),
    [
        ("email", " Spam@Example.gr ", {"email": "spam@example.gr"}),
        ("phone", "0030 6900-000 000", {"phone": "6900000000"}),
    ],
)
def test_a_contact_is_added_however_it_is_written(
    nikos: Person, client: FlaskClient, kind: str, typed: str, contact: dict[str, str]
) -> None:
    nikos.sees("/office/blocked").presses("Φραγή", kind=kind, value=typed)
    report(client, contact=contact)
    nikos.sees("/office/blocked")
    assert '<td class="papers__number">1</td>' in nikos.text


def test_what_is_too_short_or_unknown_is_refused_with_everything_kept(nikos: Person, session: Session) -> None:
    nikos.sees("/office/blocked").presses("Φραγή", value="α", note="Γιατί όχι")
    assert nikos.status == 422
    assert "τουλάχιστον τρία γράμματα" in nikos.words
    assert nikos.form("Φραγή").value("note") == "Γιατί όχι"
    nikos.presses("Φραγή", kind="device", value="abc" * 20)
    nikos.sees("/office/blocked").presses("Φραγή", kind="nonsense", value="abcd")
    assert nikos.status == 422
    assert session.query(Blocked).filter(Blocked.kind == BlockedKind.WORD).count() == 0


def test_a_block_is_found_by_how_it_sounds_and_lifted(nikos: Person, session: Session) -> None:
    for word in ("καζίνο", "δάνεια"):
        nikos.sees("/office/blocked").presses("Φραγή", value=word)
    nikos.sees("/office/blocked?q=kazino")
    assert "καζίνο" in nikos.words
    assert "δάνεια" not in nikos.words
    nikos.presses("Άρση")
    assert "Η φραγή λύθηκε." in nikos.words
    assert [row.shown for row in session.query(Blocked)] == ["δάνεια"]
    assert "Τίποτα δεν ταιριάζει." in nikos.sees("/office/blocked?q=καζίνο").words


def test_the_same_word_twice_is_one_block(nikos: Person, session: Session) -> None:
    for word in ("καζίνο", "ΚΑΖΙΝΟ", "kazino"):
        nikos.sees("/office/blocked").presses("Φραγή", value=word)
    assert session.query(Blocked).count() == 1


def test_a_long_list_has_pages(nikos: Person, session: Session, town: Town) -> None:
    from app.extensions import now

    for number in range(105):
        word = f"λέξη{number}"
        session.add(Blocked(kind=BlockedKind.WORD, value=f"leksi{number}", shown=word, at=now(), by_id=town.nikos.id))
    session.commit()
    nikos.sees("/office/blocked")
    assert "λέξη104" in nikos.words
    nikos.sees(nikos.link("Παλαιότερες"))
    assert "λέξη4" in nikos.words
    assert "λέξη5 " not in nikos.words
