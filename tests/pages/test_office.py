"""Nikos and Maria at the office's desk, with a browser that runs no script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.calendar import local_day
from app.extensions import now
from app.pages.office.labels import DEEDS
from app.reports.lifecycle import MOVES, Move, Status
from app.reports.models import Report
from tests.conftest import counted_statements
from tests.pages.person import Person
from tests.reports.test_submit_api import at, report
from tests.town import SPOT, Town

Enter = Callable[[User], FlaskClient]


@pytest.fixture
def nikos(as_user: Enter, town: Town) -> Person:
    return Person(as_user(town.nikos))


@pytest.fixture
def maria(as_user: Enter, town: Town) -> Person:
    return Person(as_user(town.maria))


@pytest.fixture
def pothole(client: FlaskClient, town: Town) -> str:
    contact = {"name": "Ελένη", "email": "eleni@example.gr", "phone": "6900000000"}
    reference: str = report(client, contact=contact).json["reference"]
    return reference


def status_of(session: Session, reference: str) -> str:
    session.expire_all()
    return session.query(Report).filter_by(reference=reference).one().status.value


def at_desk(reference: str, do: str = "", queue: str = "received") -> str:
    return f"/office?queue={queue}&report={reference}" + (f"&do={do}" if do else "")


def test_the_newest_report_stands_first_and_the_queue_says_how_many(
    nikos: Person, client: FlaskClient, town: Town
) -> None:
    first = report(client, description="Η πρώτη").json["reference"]
    second = report(client, description="Η δεύτερη", location=at(SPOT.x + 0.01, SPOT.y)).json["reference"]
    nikos.sees("/office")
    assert nikos.text.index(second) < nikos.text.index(first)
    assert "Νέες 2" in nikos.words
    assert "Εκπρόθεσμες 0" in nikos.words


def test_the_pane_tells_everything_and_keeps_the_contact_for_the_office(nikos: Person, pothole: str) -> None:
    nikos.sees(at_desk(pothole))
    for said in ("Βαθιά λακκούβα", "Ελένη", "6900000000", "Υποβλήθηκε", "μόνο για το γραφείο", "Κοινότητα Νότια"):
        assert said in nikos.words
    assert nikos.client.get(at_desk(pothole)).headers["Cache-Control"] == "no-store"


def test_answers_stand_with_the_words_of_their_questions(nikos: Person, client: FlaskClient, town: Town) -> None:
    reference = report(client, category="fence", answers={"material": "metal"}).json["reference"]
    assert "Από τι είναι; Μέταλλο" in nikos.sees(at_desk(reference)).words


def test_accepting_keeps_the_place_in_the_list(nikos: Person, pothole: str, session: Session) -> None:
    nikos.sees(f"/office?queue=received&category=pothole&report={pothole}").presses("Αποδοχή")
    assert nikos.path == f"/office?queue=received&category=pothole&report={pothole}"
    assert "Η αναφορά έγινε δεκτή." in nikos.words
    assert status_of(session, pothole) == "accepted"


def test_words_and_photos_are_published_only_when_nikos_ticks_it(
    nikos: Person, client: FlaskClient, session: Session, town: Town
) -> None:
    reference = report(client, category="bench", description="Λείπει σανίδα").json["reference"]
    nikos.sees(at_desk(reference))
    assert nikos.form("Αποδοχή").value("release") is None
    nikos.presses("Αποδοχή", release="1")
    seen: Any = client.get(f"/api/v1/reports/{reference}").json
    assert seen["description"] == "Λείπει σανίδα"


def test_a_rejection_needs_its_reason_and_loses_nothing(nikos: Person, pothole: str, session: Session) -> None:
    nikos.sees(at_desk(pothole, "reject")).presses("Απόρριψη", words="  ", internal="Το είδε ο Κώστας")
    assert nikos.status == 422
    assert "Γράψτε τον λόγο της απόρριψης" in nikos.words
    assert nikos.form("Απόρριψη").value("internal") == "Το είδε ο Κώστας"
    nikos.presses("Απόρριψη", words="Είναι σε ιδιωτικό χώρο")
    assert nikos.status == 200
    assert status_of(session, pothole) == "rejected"


def test_nikos_takes_a_rejection_back_in_one_press(
    nikos: Person, maria: Person, pothole: str, session: Session
) -> None:
    nikos.sees(at_desk(pothole, "reject")).presses("Απόρριψη", words="Κατά λάθος")
    assert nikos.offers("Αναίρεση")
    nikos.presses("Αναίρεση")
    assert status_of(session, pothole) == "received"
    assert "Η απόφαση ανακλήθηκε. Κανείς δεν ειδοποιήθηκε." in nikos.words
    assert not nikos.offers("Αναίρεση")
    assert not maria.sees(at_desk(pothole)).offers("Αναίρεση")


def test_two_dispatchers_race_and_the_second_hears_who_was_quicker(
    nikos: Person, maria: Person, pothole: str, session: Session
) -> None:
    maria.sees(at_desk(pothole, "reject"))
    nikos.sees(at_desk(pothole)).presses("Αποδοχή")
    maria.presses("Απόρριψη", words="Δεν είναι δρόμος του Δήμου")
    assert maria.status == 412
    assert "Nikos , μόλις τώρα : Το γραφείο την έκανε δεκτή" in maria.words
    assert "Τώρα η αναφορά είναι Έγινε δεκτή" in maria.words
    assert maria.form("Απόρριψη").value("words") == "Δεν είναι δρόμος του Δήμου"
    assert status_of(session, pothole) == "accepted"
    maria.presses("Απόρριψη")
    assert (maria.status, status_of(session, pothole)) == (200, "rejected")


def test_words_for_a_decision_that_is_no_longer_possible_go_on_into_a_note(
    nikos: Person, maria: Person, pothole: str, session: Session
) -> None:
    maria.sees(at_desk(pothole, "forward"))
    nikos.sees(at_desk(pothole, "reject")).presses("Απόρριψη", words="Διπλή")
    maria.presses("Διαβίβαση", forward_to="ΔΕΥΑΣ", words="Να το δει η ΔΕΥΑΣ")
    assert maria.status == 412
    assert maria.form("Σημείωση").value("internal") == "Να το δει η ΔΕΥΑΣ"


def test_a_double_acceptance_is_told_and_not_done_twice(nikos: Person, pothole: str, session: Session) -> None:
    page = nikos.sees(at_desk(pothole)).form("Αποδοχή")
    nikos.presses("Αποδοχή")
    nikos.sends(page.action, {**dict(page.fields), "move": "accept"})
    assert nikos.status == 412
    assert session.query(Report).one().version == 2


def test_forwarding_names_the_service_and_its_protocol_number(nikos: Person, pothole: str) -> None:
    nikos.sees(at_desk(pothole, "forward")).presses("Διαβίβαση", forward_to=" ")
    assert nikos.status == 422
    assert "Γράψτε σε ποια υπηρεσία διαβιβάζεται." in nikos.words
    nikos.presses("Διαβίβαση", forward_to="ΔΕΥΑΣ", protocol_number="1234/2026")
    assert "Προς: ΔΕΥΑΣ · αρ. πρωτ. 1234/2026" in nikos.words


def test_a_neighbouring_report_is_offered_for_the_merge(
    nikos: Person, client: FlaskClient, pothole: str, session: Session
) -> None:
    second = report(client, location=at(SPOT.x + 0.0003, SPOT.y)).json["reference"]
    nikos.sees(at_desk(second, "merge"))
    assert nikos.form("Συγχώνευση").value("into") == pothole
    nikos.presses("Συγχώνευση", into_other="123")
    assert nikos.status == 422
    assert nikos.form("Συγχώνευση").value("into_other") == "123"
    nikos.presses("Συγχώνευση", into_other="")
    assert status_of(session, second) == "merged"


def test_a_merge_into_a_number_that_does_not_exist_says_so_at_the_field(nikos: Person, pothole: str) -> None:
    nikos.sees(at_desk(pothole, "merge")).presses("Συγχώνευση", into_other="000-000-970")
    assert nikos.status == 422
    assert "Δεν υπάρχει αναφορά με αυτόν τον αριθμό." in nikos.words
    assert nikos.form("Συγχώνευση").value("into_other") == "000-000-970"


def test_a_note_is_for_the_office_only(nikos: Person, client: FlaskClient, pothole: str) -> None:
    nikos.sees(at_desk(pothole, "note")).presses("Σημείωση", internal="Τηλεφώνησα, δεν απαντά")
    assert "Μόνο το γραφείο Τηλεφώνησα, δεν απαντά" in nikos.words
    assert "Τηλεφώνησα" not in client.get(f"/api/v1/reports/{pothole}/history").text


def test_category_and_priority_are_corrected_and_the_timeline_says_how(nikos: Person, pothole: str) -> None:
    nikos.sees(at_desk(pothole, "edit")).presses("Αποθήκευση", category="light", priority="urgent")
    assert "Προτεραιότητα: Κανονική → Επείγουσα" in nikos.words
    assert "Κατηγορία: pothole → light" in nikos.words


# -- sending crews -------------------------------------------------------------------------------------------------


def test_the_crews_are_ranked_and_the_page_says_why(nikos: Person, pothole: str) -> None:
    nikos.sees(at_desk(pothole, "dispatch"))
    assert nikos.text.index("Συνεργείο Θανάση") < nikos.text.index("Συνεργείο Σοφίας")
    assert "Σιδεράς στο συνεργείο · καλύπτει την περιοχή · καμία ανοιχτή εντολή · 1,4 χλμ. από τη βάση" in nikos.words
    assert "Πρώτα όποιο έχει την ειδικότητα" in nikos.words
    assert nikos.form("Ανάθεση").value("crew") == "metal"
    nikos.sees(at_desk(pothole, "dispatch") + "&trade=painting")
    assert nikos.form("Ανάθεση").value("crew") == "wood"


def test_nikos_dispatches_the_crew_of_thanasis(nikos: Person, pothole: str, session: Session) -> None:
    nikos.sees(at_desk(pothole, "dispatch")).presses("Ανάθεση", instructions="Με προσοχή στα παιδιά")
    assert "Ανατέθηκε: Συνεργείο Θανάση." in nikos.words
    assert "Με προσοχή στα παιδιά" in nikos.words
    assert status_of(session, pothole) == "scheduled"


def test_a_bench_needs_three_trades_and_the_painter_comes_later(
    nikos: Person, client: FlaskClient, session: Session, town: Town
) -> None:
    reference = report(client, category="bench").json["reference"]
    nikos.sees(at_desk(reference, "dispatch"))
    assert [value for name, value in nikos.form("Ανάθεση").fields if name == "later"] == ["2:carpentry", "3:painting"]
    nikos.presses("Ανάθεση", **{"crew-2": "wood"})
    assert status_of(session, reference) == "scheduled"
    assert "Βαφέας Περιμένει συνεργείο Χωρίς συνεργείο ακόμη" in nikos.words
    assert nikos.words.count("περιμένει: Σιδεράς") == 2
    nikos.sees(nikos.link("Ανάθεση σε συνεργείο")).presses("Ανάθεση", crew="wood")
    assert "Χωρίς συνεργείο ακόμη" not in nikos.words


def test_a_day_that_is_over_is_refused_with_everything_kept(nikos: Person, pothole: str, session: Session) -> None:
    yesterday = (local_day(now()) - timedelta(days=1)).isoformat()
    for wrong in (yesterday, "αύριο"):
        nikos.sees(at_desk(pothole, "dispatch")).presses("Ανάθεση", planned_day=wrong, instructions="Μην ξεχαστεί")
        assert nikos.status == 422
        assert nikos.form("Ανάθεση").value("planned_day") == wrong
        assert nikos.form("Ανάθεση").value("instructions") == "Μην ξεχαστεί"
    assert status_of(session, pothole) == "received"


def test_the_second_dispatch_of_the_same_report_is_told(nikos: Person, maria: Person, pothole: str) -> None:
    maria.sees(at_desk(pothole, "dispatch"))
    nikos.sees(at_desk(pothole, "dispatch")).presses("Ανάθεση")
    maria.presses("Ανάθεση", instructions="Πάρτε σκάλα")
    assert maria.status == 412
    assert "Nikos" in maria.words
    assert maria.form("Ανάθεση").value("instructions") == "Πάρτε σκάλα"


def test_an_order_changes_hands_and_is_called_off(nikos: Person, pothole: str, session: Session) -> None:
    nikos.sees(at_desk(pothole, "dispatch")).presses("Ανάθεση")
    nikos.presses("Ανάκληση από το συνεργείο")
    assert "Η εντολή περιμένει άλλο συνεργείο." in nikos.words
    nikos.sees(nikos.link("Ακύρωση")).presses("Ακύρωση εντολής", reason="Το έφτιαξε ο γείτονας")
    assert status_of(session, pothole) == "accepted"
    assert "Το έφτιαξε ο γείτονας" in nikos.words


# -- what is offered -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(Status))
def test_the_moves_offered_are_the_moves_allowed(
    nikos: Person, client: FlaskClient, pothole: str, session: Session, status: Status
) -> None:
    other = report(client, location=at(SPOT.x + 0.02, SPOT.y)).json["reference"]
    there = session.query(Report).filter_by(reference=pothole).one()
    if status is Status.MERGED:
        there.merged_into_id = session.query(Report).filter_by(reference=other).one().id
    there.status = status
    there.closed_at = there.received_at if status is Status.CLOSED else None
    session.commit()
    nikos.sees(f"/office/reports/{pothole}")
    words = {Move.NOTE: "Νέα σημείωση"}
    offered = {move for move, deed in DEEDS.items() if nikos.offers(words.get(move, str(deed.verb)))}
    assert offered == set(MOVES[status]) & set(DEEDS)
    for move in set(DEEDS) - offered:
        sent = {"move": move.value, "version": "1", "words": "Λόγια", "forward_to": "ΔΕΥΑΣ", "into": other}
        token = nikos.form("Έξοδος").value("csrf_token")
        assert nikos.sends(f"/office/reports/{pothole}/moves", {**sent, "csrf_token": token}).status == 409
        nikos.sees(f"/office/reports/{pothole}")


@pytest.mark.parametrize("who", ["thanasis", "sofia"])
def test_a_crew_is_shown_the_way_to_its_own_orders(as_user: Enter, town: Town, pothole: str, who: str) -> None:
    crew = Person(as_user(getattr(town, who)))
    for path in ("/office", at_desk(pothole), f"/office/reports/{pothole}"):
        assert crew.sees(path).status == 403
        assert crew.link("Οι εντολές μου σήμερα") == "/crew"
    token = crew.form("Σύνδεση με άλλον").value("csrf_token")
    for verb in ("moves", "edit", "dispatch"):
        sent = {"csrf_token": token, "move": "accept", "version": "1", "crew": "metal"}
        assert crew.sends(f"/office/reports/{pothole}/{verb}", sent).status == 403


# -- lists ---------------------------------------------------------------------------------------------------------


def test_fifty_a_page_and_the_next_page_goes_on_where_the_first_ended(
    nikos: Person, client: FlaskClient, session: Session, town: Town
) -> None:
    report(client)
    first = session.query(Report).one()
    for number in range(60):
        session.add(copy_of(first, number))
    session.commit()
    seen = nikos.sees("/office").text.count('class="row ')
    nikos.sees(nikos.link("Παλαιότερες"))
    assert (seen, nikos.text.count('class="row ')) == (50, 11)
    assert "Τέλος της λίστας" in nikos.words


def copy_of(one: Report, number: int) -> Report:
    return Report(
        category_id=one.category_id,
        location=one.location,
        source=one.source,
        description=f"Αντίγραφο {number}",
        tracking_token=f"t{number}",
        received_at=one.received_at - timedelta(minutes=number + 1),
        updated_at=one.received_at,
        target_at=one.target_at,
    )


def test_overdue_reports_have_their_own_queue_and_chip(nikos: Person, pothole: str, session: Session) -> None:
    session.query(Report).one().target_at = now() - timedelta(days=1)
    session.commit()
    nikos.sees("/office?queue=overdue")
    assert pothole in nikos.text
    assert "Εκπρόθεσμες 1" in nikos.words
    assert "Εκπρόθεσμη" in nikos.words


@pytest.mark.parametrize(
    ("asked", "found"),
    [("q={ref}", True), ("q=ΒΑΘΙΆ", True), ("q=άλλο", False), ("category=bench", False), ("area=905401", True)],
)
def test_nikos_finds_a_report(nikos: Person, pothole: str, asked: str, found: bool) -> None:
    nikos.sees("/office?queue=all&" + asked.format(ref=pothole))
    assert (f'data-id="{pothole}"' in nikos.text) is found


def test_nonsense_in_the_address_is_a_page_not_a_fault(nikos: Person, pothole: str) -> None:
    for asked, status in {
        "queue=nonsense": 200,
        "do=nonsense&report=" + pothole: 200,
        "do=assign:x&report=" + pothole: 200,
        "do=dispatch&trade=nonsense&report=" + pothole: 200,
        "report=000": 404,
        "after=nonsense": 422,
        "q=%00%25": 200,
    }.items():
        assert nikos.sees(f"/office?{asked}").status == status, asked


def test_going_to_a_forms_own_address_leads_to_the_report(nikos: Person, pothole: str) -> None:
    assert nikos.sees(f"/office/reports/{pothole}/moves?queue=received").path == at_desk(pothole)
    assert nikos.sees(f"/office/reports/{pothole}/dispatch").path == f"/office/reports/{pothole}"


def test_the_pane_alone_is_what_script_asks_for(nikos: Person, pothole: str) -> None:
    nikos.sees(at_desk(pothole), **{"X-Part": "pane"})
    assert "<html" not in nikos.text
    assert f'data-report="{pothole}"' in nikos.text


def test_the_desk_asks_the_database_few_questions(app: Flask, nikos: Person, pothole: str) -> None:
    def asked(path: str, **headers: Any) -> int:
        with counted_statements(app) as seen:
            nikos.sees(path, **headers)
        return len(seen)

    assert asked("/office") <= 5
    assert asked(at_desk(pothole)) <= 9
    assert asked(at_desk(pothole), **{"X-Part": "pane"}) <= 6
    assert asked(at_desk(pothole, "dispatch")) <= 12


def test_a_form_sent_after_leaving_goes_to_the_door_and_the_desk_has_the_words_for_it(
    nikos: Person, pothole: str, session: Session
) -> None:
    nikos.sees(at_desk(pothole))
    assert 'href="/login" target="_blank"' in nikos.text
    with nikos.client.session_transaction() as kept:
        del kept["staff"]
    assert nikos.presses("Αποδοχή").path == "/login"
    assert status_of(session, pothole) == "received"
