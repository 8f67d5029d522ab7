"""What fits nowhere is taken all the same: Eleni says it in her words, and the office finds its kind."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.categories.models import Category, CategoryGroup, Referral
from app.extensions import unit_of_work
from app.pages.citizen import reporting
from app.reports.models import Report
from tests.pages.person import Person
from tests.pages.test_new_report import INSIDE, Eleni
from tests.pages.test_office import Enter, at_desk
from tests.reports.test_submit_api import report
from tests.town import Town

WORDS = "Από χθες κάτι τρίζει στον στύλο, και στο παγκάκι δίπλα λείπει μια σανίδα"


@pytest.fixture
def sorted_later(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The town, with a kind for what fits none and with somebody else for mosquitoes."""
    monkeypatch.setattr(reporting, "BY_HAND", timedelta(0))
    with unit_of_work() as session:
        group = CategoryGroup(code="other", name_el="Τίποτε από αυτά;", name_en="None of these?", position=9)
        session.add(Category(code="other", name_el="Κάτι άλλο", name_en="Something else", group=group, target_days=10))
        session.add(
            Referral(
                code="insects",
                name_el="Κουνούπια",
                name_en="Mosquitoes",
                keywords=["κουνούπια", "κουνούπι", "mosquitoes"],
                say_el="Τους ψεκασμούς τους κάνει η Περιφέρεια.",
                say_en="Spraying is done by the Region.",
                phone="2321 000132",
            )
        )
    return town


@pytest.fixture
def eleni(client: FlaskClient, sorted_later: Town) -> Eleni:
    return Eleni(client)


@pytest.fixture
def nikos(as_user: Enter, sorted_later: Town) -> Person:
    return Person(as_user(sorted_later.nikos))


@pytest.mark.parametrize("typed", ["κουνούπια", "κουνουπ", "ΚΟΥΝΟΥΠΙΑ στο πάρκο", "kounoupia"])
def test_about_what_is_somebody_elses_one_reads_whom_to_call(eleni: Eleni, typed: str) -> None:
    page = eleni.at("category", q=typed)
    assert "Τους ψεκασμούς τους κάνει η Περιφέρεια." in page.text
    assert 'href="tel:2321000132"' in page.html
    assert "Κάτι άλλο" in page.text


@pytest.mark.parametrize("typed", ["xyzzy", "κου", "κουτάλια", "παγκάκι", "στο"])
def test_nobody_is_sent_elsewhere_by_a_guess(eleni: Eleni, typed: str) -> None:
    assert "Περιφέρεια" not in eleni.at("category", q=typed).text


def test_a_search_that_nothing_answers_says_what_to_do_instead(eleni: Eleni) -> None:
    assert "διαλέξτε «Κάτι άλλο» και πείτε το με δικά σας λόγια" in eleni.at("category", q="xyzzy").text


def test_a_report_without_a_kind_needs_words_and_goes_with_them(eleni: Eleni, session: Session) -> None:
    eleni.answers("place", **INSIDE)
    eleni.answers("category", category="other")
    refused = eleni.answers("words", description="  ")
    assert refused.status == 422
    assert "Γράψτε με λίγα λόγια τι συμβαίνει" in refused.text
    assert eleni.answers("check").status == 422
    assert eleni.answers("words", description=WORDS).status == 303
    assert eleni.answers("check").status == 303
    session.expire_all()
    [made] = session.scalars(select(Report))
    assert (made.category.code, made.description) == ("other", WORDS)


def test_a_program_is_told_the_same(client: FlaskClient, sorted_later: Town) -> None:
    refused = report(client, category="other", description="")
    assert refused.status_code == 422
    assert refused.json["errors"]["description"] == ["Γράψτε με λίγα λόγια τι συμβαίνει, για να καταλάβει το γραφείο."]
    assert report(client, category="other", description=WORDS).status_code == 201


def test_the_office_finds_them_in_a_queue_of_their_own_and_gives_the_kind_with_one_press(
    nikos: Person, client: FlaskClient, session: Session
) -> None:
    reference = report(client, category="other", description=WORDS).json["reference"]
    report(client, description="Μια λακκούβα")
    nikos.sees("/office?queue=unsorted")
    assert "Χωρίς είδος 1" in nikos.words
    assert reference in nikos.text
    nikos.sees(at_desk(reference, queue="unsorted"))
    assert "Τι είδος είναι;" in nikos.text
    nikos.presses("Παγκάκι")
    session.expire_all()
    made = session.scalars(select(Report).where(Report.reference == reference)).one()
    assert made.category.code == "bench"
    assert made.description == WORDS
    assert "Τι είδος είναι;" not in nikos.text
    nikos.sees("/office?queue=unsorted")
    assert "Όλες οι ανοιχτές αναφορές έχουν το είδος τους." in nikos.text


def test_who_gives_a_kind_to_what_somebody_else_changed_meanwhile_is_told(
    nikos: Person, as_user: Enter, sorted_later: Town, client: FlaskClient, session: Session
) -> None:
    reference = report(client, category="other", description=WORDS).json["reference"]
    maria = Person(as_user(sorted_later.maria))
    for person in (nikos, maria):
        person.sees(at_desk(reference, queue="unsorted"))
    maria.presses("Σβηστό φως")
    nikos.presses("Παγκάκι")
    session.expire_all()
    assert session.scalars(select(Report).where(Report.reference == reference)).one().category.code == "light"
    assert "Όσα γράψατε είναι ακόμη εδώ." in nikos.words


def test_what_is_published_stays_so_when_it_gets_its_kind(nikos: Person, client: FlaskClient, session: Session) -> None:
    reference = report(client, category="other", description=WORDS).json["reference"]
    nikos.sees(at_desk(reference, queue="unsorted", do="edit"))
    nikos.presses("Αποθήκευση", released="1")
    nikos.sees(at_desk(reference, queue="unsorted"))
    nikos.presses("Παγκάκι")
    session.expire_all()
    made = session.scalars(select(Report).where(Report.reference == reference)).one()
    assert (made.category.code, made.released_at is not None) == ("bench", True)
