"""What waits for Nikos's eyes: objections, suspicious reports, what readers reported, and how many others care."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.extensions import now, unit_of_work
from app.media import service as media
from app.moderation.models import Blocked, FlagReason, Suspicion
from app.reports import aftercare
from app.reports.lifecycle import Status
from app.reports.models import Report
from tests.conftest import counted_statements
from tests.media import camera
from tests.pages.person import Person
from tests.pages.test_office import at_desk, copy_of, status_of
from tests.reports.test_submit_api import at, report
from tests.town import SPOT, Town

Enter = Callable[[User], FlaskClient]


@pytest.fixture
def nikos(as_user: Enter, town: Town) -> Person:
    return Person(as_user(town.nikos))


@pytest.fixture
def pothole(client: FlaskClient, town: Town) -> str:
    contact = {"name": "Ελένη", "email": "eleni@example.gr", "phone": "6900000000"}
    reference: str = report(client, contact=contact).json["reference"]
    return reference


def there(session: Session, reference: str) -> Report:
    session.expire_all()
    return session.query(Report).filter_by(reference=reference).one()


def doubted(session: Session, reference: str, why: Suspicion = Suspicion.NOT_BY_HAND) -> None:
    found = there(session, reference)
    found.suspicion, found.released_at, found.device = why, None, "d" * 64
    session.commit()


def resolved(session: Session, reference: str) -> None:
    found = there(session, reference)
    found.status, found.resolved_at = Status.RESOLVED, now()
    session.commit()


def photo() -> Any:
    return media.save_photo(camera.file(camera.street()), "later.jpg", at=now())


# -- suspicious ------------------------------------------------------------------------------------------------------


def test_a_suspicious_report_waits_aside_and_not_among_the_new_ones(
    nikos: Person, pothole: str, session: Session
) -> None:
    doubted(session, pothole)
    assert f'data-id="{pothole}"' not in nikos.sees("/office").text
    assert "Νέες 0" in nikos.words
    assert "Προς έλεγχο 1" in nikos.words
    for queue in ("to_look_at", "all"):
        assert f'data-id="{pothole}"' in nikos.sees(f"/office?queue={queue}").text


def test_nikos_finds_nothing_wrong_and_it_goes_the_way_of_all_reports(
    nikos: Person, client: FlaskClient, pothole: str, session: Session
) -> None:
    doubted(session, pothole)
    nikos.sees(at_desk(pothole, queue="to_look_at"))
    assert "Μοιάζει συμπληρωμένη από πρόγραμμα" in nikos.words
    assert not nikos.offers("Αποδοχή")
    assert not nikos.offers("Ανάθεση")
    nikos.presses("Είναι εντάξει")
    assert "Η αναφορά μπήκε στη σειρά της." in nikos.words
    assert "Ελέγχθηκε και είναι εντάξει" in nikos.words
    assert "Νέες 1" in nikos.words
    assert nikos.offers("Αποδοχή")
    assert client.get(f"/api/v1/reports/{pothole}").json["description"] == "Βαθιά λακκούβα"


def test_spam_is_rejected_and_asks_for_no_more_attention(nikos: Person, pothole: str, session: Session) -> None:
    doubted(session, pothole)
    nikos.sees(at_desk(pothole, "reject", queue="to_look_at")).presses("Απόρριψη", words="Διαφήμιση")
    assert status_of(session, pothole) == "rejected"
    assert "Προς έλεγχο 0" in nikos.words
    assert f'data-id="{pothole}"' in nikos.sees("/office?queue=rejected").text


def test_the_sender_is_blocked_from_the_report_itself(nikos: Person, pothole: str, session: Session) -> None:
    doubted(session, pothole)
    nikos.sees(nikos.sees(at_desk(pothole, queue="to_look_at")).link("Φραγή του αποστολέα"))
    nikos.presses("Φραγή", what=[])
    assert nikos.status == 422
    assert "Διαλέξτε τι μπαίνει σε φραγή" in nikos.words
    nikos.presses("Φραγή", what=["device", "email"], value="σίγουρα κέρδη")
    assert "Η φραγή μπήκε." in nikos.words
    kept = {(row.kind.value, row.value) for row in session.query(Blocked)}
    assert kept == {("device", "d" * 64), ("email", "eleni@example.gr"), ("word", "sigura kerdi")}
    assert {row.note for row in session.query(Blocked)} == {f"Αναφορά {pothole}"}


def test_a_report_that_tells_nothing_of_its_sender_offers_only_a_word(
    nikos: Person, client: FlaskClient, town: Town
) -> None:
    reference = report(client).json["reference"]
    nikos.sees(at_desk(reference, "block")).presses("Φραγή")
    assert nikos.status == 422
    assert "γράψτε μια λέξη" in nikos.words
    nikos.presses("Φραγή", value="κα")
    assert nikos.status == 422
    assert nikos.form("Φραγή").value("value") == "κα"


# -- objections ------------------------------------------------------------------------------------------------------


@pytest.fixture
def objected(pothole: str, session: Session) -> str:
    resolved(session, pothole)
    with unit_of_work():
        aftercare.object_to(pothole, words="Η τρύπα είναι ακόμη εκεί", photos=[photo()], at=now())
    return pothole


def test_an_objection_has_its_own_queue_with_words_and_photo(nikos: Person, objected: str) -> None:
    nikos.sees("/office?queue=objected")
    assert "Ενστάσεις 1" in nikos.words
    assert f'data-id="{objected}"' in nikos.text
    nikos.sees(at_desk(objected, queue="objected"))
    assert "Ο πολίτης λέει ότι δεν έγινε" in nikos.words
    assert nikos.words.count("Η τρύπα είναι ακόμη εκεί") == 1
    assert "Νέα φωτογραφία 1" in nikos.text
    assert "Ο πολίτης λέει ότι δεν αποκαταστάθηκε Πολίτης" in nikos.words


def test_nikos_opens_it_again_with_words(nikos: Person, objected: str, session: Session) -> None:
    nikos.sees(at_desk(objected, "reopen", queue="objected")).presses("Άνοιγμα ξανά", words="Θα ξαναπάει το συνεργείο")
    assert status_of(session, objected) == "accepted"
    assert "Ενστάσεις 0" in nikos.words
    nikos.sees(at_desk(objected, queue="all"))
    assert "Η ένστασή του" in nikos.words
    assert "Η τρύπα είναι ακόμη εκεί" in nikos.words


def test_closing_it_needs_an_explanation_for_the_citizen(nikos: Person, objected: str, session: Session) -> None:
    nikos.sees(at_desk(objected, "close", queue="objected")).presses("Κλείσιμο με εξήγηση", internal="Το είδα κι εγώ")
    assert nikos.status == 422
    assert "Γράψτε στον πολίτη γιατί κλείνει παρά την ένστασή του." in nikos.words
    assert nikos.form("Κλείσιμο με εξήγηση").value("internal") == "Το είδα κι εγώ"
    nikos.presses("Κλείσιμο με εξήγηση", words="Είναι άλλη τρύπα, στείλτε μας νέα αναφορά")
    assert status_of(session, objected) == "closed"
    assert there(session, objected).objected_at is None


def test_closing_without_objection_needs_no_words(nikos: Person, pothole: str, session: Session) -> None:
    resolved(session, pothole)
    nikos.sees(at_desk(pothole, "close", queue="resolved")).presses("Κλείσιμο")
    assert status_of(session, pothole) == "closed"


# -- what readers reported -------------------------------------------------------------------------------------------


@pytest.fixture
def flagged(pothole: str) -> str:
    with unit_of_work():
        words = "Φαίνεται το σπίτι μου"
        aftercare.flag(pothole, device="reader", reason=FlagReason.PERSONAL, words=words, at=now())
    return pothole


def test_what_a_reader_reported_stays(nikos: Person, client: FlaskClient, flagged: str) -> None:
    nikos.sees("/office")
    assert "Νέες 1" in nikos.words
    assert "Προς έλεγχο 1" in nikos.words
    assert "Την ανέφεραν" in nikos.words
    nikos.sees(at_desk(flagged, queue="to_look_at"))
    assert "Δείχνει προσωπικά στοιχεία" in nikos.words
    assert "Φαίνεται το σπίτι μου" in nikos.words
    nikos.presses("Μένει")
    assert "Η αναφορά μένει όπως είναι." in nikos.words
    assert "Προς έλεγχο 0" in nikos.words
    assert client.get(f"/api/v1/reports/{flagged}").json["description"] == "Βαθιά λακκούβα"


def test_what_a_reader_reported_is_hidden(nikos: Person, client: FlaskClient, flagged: str) -> None:
    nikos.sees(at_desk(flagged, queue="to_look_at")).presses("Απόκρυψη")
    assert "Κείμενο και φωτογραφίες κρύφτηκαν από όλους." in nikos.words
    assert "Κρύφτηκε μετά από αναφορά αναγνώστη" in nikos.words
    assert client.get(f"/api/v1/reports/{flagged}").json["description"] is None


# -- what the reporter said later ------------------------------------------------------------------------------------


def test_later_photos_wait_until_nikos_releases_them_too(
    nikos: Person, client: FlaskClient, session: Session, town: Town
) -> None:
    bench = report(client, category="bench", description="Λείπει σανίδα").json["reference"]
    nikos.sees(at_desk(bench)).presses("Αποδοχή", release="1")
    with unit_of_work():
        aftercare.amend(bench, words="Τώρα λείπουν δύο", photos=[photo(), photo()], at=now())
    nikos.sees(at_desk(bench, queue="accepted"))
    assert "Πρόσθεσε" in nikos.words
    assert "Τώρα λείπουν δύο" in nikos.words
    assert "Νέες φωτογραφίες: 2" in nikos.words
    assert "φαίνονται σε όλους, εκτός από 2 νέες" in nikos.words
    assert len(client.get(f"/api/v1/reports/{bench}").json["photos"]) == 0
    nikos.presses("Δημοσίευση και των νέων φωτογραφιών")
    assert "Δημοσιεύτηκαν και οι νέες φωτογραφίες." in nikos.words
    assert not nikos.offers("Δημοσίευση και των νέων φωτογραφιών")


def test_an_answer_stands_with_the_report(nikos: Person, pothole: str) -> None:
    nikos.sees(at_desk(pothole, "ask")).presses("Ερώτηση", words="Σε ποια πλευρά;")
    with unit_of_work():
        aftercare.answer(pothole, words="Στα δεξιά", at=now())
    nikos.sees(at_desk(pothole))
    assert "Η απάντησή του" in nikos.words
    assert "Στα δεξιά" in nikos.words
    assert "Δόθηκε απάντηση Πολίτης" in nikos.words


def test_corrected_words_leave_a_line_that_does_not_repeat_them(nikos: Person, pothole: str) -> None:
    with unit_of_work():
        aftercare.amend(pothole, description="Δύο λακκούβες", at=now())
    nikos.sees(at_desk(pothole))
    assert "Κείμενο του πολίτη: άλλαξε" in nikos.words
    assert "Βαθιά λακκούβα" not in nikos.words


# -- how many others care --------------------------------------------------------------------------------------------


def test_reports_with_many_supporters_come_first_when_nikos_asks_and_pages_go_on(
    nikos: Person, client: FlaskClient, pothole: str, session: Session
) -> None:
    first = there(session, pothole)
    first.supporters = 3
    for number in range(60):
        session.add(copy_of(first, number))
    session.flush()
    oldest = session.query(Report).order_by(Report.received_at).first()
    assert oldest is not None
    oldest.supporters = 12
    session.commit()
    nikos.sees("/office")
    assert nikos.text.index(pothole) < nikos.text.index("Οι επόμενες" if "Οι επόμενες" in nikos.text else "Παλαιότερες")
    nikos.sees(nikos.link("πιο πολλοί πολίτες"))
    assert nikos.text.index(f'data-id="{oldest.reference}"') < nikos.text.index(f'data-id="{pothole}"')
    assert "Το ζητούν 12 ακόμη πολίτες" in nikos.words
    seen = nikos.text.count('class="row ')
    nikos.sees(nikos.link("Οι επόμενες"))
    assert (seen, nikos.text.count('class="row ')) == (50, 11)
    assert nikos.sees(nikos.path.replace("order=supported", "order=")).status == 422


def test_all_reports_stand_by_time_only(nikos: Person, pothole: str) -> None:
    nikos.sees("/office?queue=all&order=supported")
    assert nikos.status == 200
    assert not nikos.offers("πιο πολλοί πολίτες")


def test_the_measured_pace_stands_beside_the_target(nikos: Person, pothole: str, session: Session, town: Town) -> None:
    assert "συνήθως" not in nikos.sees(at_desk(pothole)).words
    town.categories["pothole"].usual_days = 4
    session.commit()
    assert "συνήθως 4 εργάσιμες" in nikos.sees(at_desk(pothole)).words


def test_the_queues_and_the_chip_of_failed_letters_are_one_question(
    app: Flask, nikos: Person, client: FlaskClient, objected: str, session: Session
) -> None:
    second = report(client, location=at(SPOT.x + 0.02, SPOT.y)).json["reference"]
    doubted(session, second)
    with counted_statements(app) as seen:
        nikos.sees("/office")
    assert len(seen) <= 5
    assert sum("target_at <" in one for one in seen) == 1
