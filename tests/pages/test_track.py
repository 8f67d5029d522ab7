"""Eleni comes back to her report: she answers, objects, confirms, corrects; others say «Κι εγώ» or that it must go."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import CitizenDevice
from app.extensions import now, unit_of_work
from app.geo.shapes import point
from app.media import service as media
from app.moderation.models import Flag, Suspicion
from app.reports import submission, transitions
from app.reports.lifecycle import Move, Status
from app.reports.models import Report, ReporterWords, ReportHistory, ReportPhoto, Source
from tests.conftest import counted_statements
from tests.media import camera
from tests.pages.person import Person
from tests.town import MONDAY, Town

KEY = "e" * 32
DEVICE = hashlib.sha256(KEY.encode()).hexdigest()
WORDS = "Το παγκάκι έσπασε"


def reported(**more: Any) -> Report:
    """Eleni's bench, sent from her phone."""
    told: dict[str, Any] = {
        "category": "bench",
        "spot": point(23.52, 41.07),
        "source": Source.WEB,
        "at": MONDAY,
        "description": WORDS,
        "contact": {"name": "Ελένη", "email": "eleni@example.gr"},
        "device": DEVICE,
    }
    with unit_of_work():
        return submission.submit(**told | more).report


def moved(report: Report, *moves: Move, words: str = "", at: Any = None) -> None:
    """What the office and the crew did with it."""
    with unit_of_work():
        held = transitions.lock_report(report.reference, None)
        for one in moves:
            transitions.move(held, one, by=None, at=at or now(), public=words)


ROAD = (Move.ACCEPT, Move.SCHEDULE, Move.START, Move.RESOLVE)


@pytest.fixture
def bench(session: Session, town: Town) -> Report:
    return reported()


@pytest.fixture
def put_right(bench: Report) -> Report:
    moved(bench, *ROAD, words="Βάλαμε νέα πλάτη")
    return bench


def phone_of_eleni(app: Flask) -> Person:
    client = app.test_client()
    client.set_cookie("device", KEY)
    return Person(client)


@pytest.fixture
def eleni(app: Flask, session: Session) -> Person:
    """At the phone she sent it from."""
    return phone_of_eleni(app)


@pytest.fixture
def anybody(app: Flask, session: Session) -> Person:
    return Person(app.test_client())


def photo(name: str = "τώρα.jpg", **more: Any) -> tuple[BytesIO, str]:
    return BytesIO(camera.file(camera.street(), **more)), name


def moves_of(session: Session, report: Report) -> list[str]:
    session.expire_all()
    rows = session.scalars(
        select(ReportHistory.move).where(ReportHistory.report_id == report.id).order_by(ReportHistory.id)
    )
    return [move.value for move in rows]


def own(report: Report) -> str:
    return f"/r/{report.reference}/{report.tracking_token}"


# -- who is the reporter ---------------------------------------------------------------------------------------------


def test_the_phone_it_was_sent_from_shows_it_whole_without_a_key(eleni: Person, anybody: Person, bench: Report) -> None:
    assert WORDS in eleni.sees(f"/r/{bench.reference}").words
    answer = eleni.client.get(f"/r/{bench.reference}")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert WORDS not in anybody.sees(f"/r/{bench.reference}").words


def test_after_sending_only_its_reporter_reads_what_comes_next(eleni: Person, anybody: Person, bench: Report) -> None:
    eleni.sees(f"{own(bench)}/thanks")
    assert "Παγκάκι" in eleni.words
    assert "Στόχος μας είναι να έχει αποκατασταθεί έως" in eleni.words
    assert "eleni@example.gr" in eleni.words
    assert anybody.client.get(f"/r/{bench.reference}/wrong-key/thanks").status_code == 404


def test_a_device_that_reads_her_email_shows_it_whole_too(
    eleni: Person, session: Session, town: Town, app: Flask
) -> None:
    elsewhere = reported(device="0" * 64, contact={"email": "Eleni@Example.gr"})
    assert WORDS not in eleni.sees(f"/r/{elsewhere.reference}").words
    session.add(CitizenDevice(device=DEVICE, email="eleni@example.gr", verified_at=now()))
    session.commit()
    assert WORDS in eleni.sees(f"/r/{elsewhere.reference}").words


@pytest.mark.parametrize("deed", ["confirm", "objection", "answer", "amend"])
def test_nobody_else_may_speak_for_the_reporter(
    anybody: Person, session: Session, put_right: Report, deed: str
) -> None:
    page = anybody.sees(f"/r/{put_right.reference}")
    assert not page.offers("Ναι, είναι εντάξει")
    token = anybody.sees("/mine").form("Στείλτε μου σύνδεσμο").value("csrf_token")
    before = moves_of(session, put_right)
    anybody.sends(f"/r/{put_right.reference}/{deed}", {"csrf_token": token, "words": "Όχι", "more": "Όχι"})
    assert anybody.status == 404
    assert moves_of(session, put_right) == before


def test_a_report_that_waits_aside_is_there_for_its_reporter_only(
    eleni: Person, anybody: Person, session: Session, bench: Report, as_user: Callable[..., FlaskClient], town: Town
) -> None:
    bench.suspicion = Suspicion.BLOCKED_WORD
    session.commit()
    assert eleni.sees(f"/r/{bench.reference}").status == 200
    assert "og:title" not in eleni.text
    for path in ("", "/qr.svg", "/flag"):
        assert anybody.sees(f"/r/{bench.reference}{path}").status == 404
    assert as_user(town.nikos).get(f"/r/{bench.reference}").status_code == 200


# -- what it says ------------------------------------------------------------------------------------------------------


def test_the_promise_names_the_target_and_how_long_such_things_take(
    anybody: Person, session: Session, bench: Report, town: Town
) -> None:
    bench.target_at = now() + timedelta(days=4)
    session.commit()
    assert "συνήθως" not in anybody.sees(f"/r/{bench.reference}").words
    assert "Στόχος: έως" in anybody.words
    town.categories["bench"].usual_days, town.categories["bench"].usual_of = 4, 12
    session.commit()
    assert "συνήθως σε 4 εργάσιμες ημέρες" in anybody.sees(f"/r/{bench.reference}").words
    town.categories["bench"].usual_days = 1
    session.commit()
    assert "συνήθως σε 1 εργάσιμη ημέρα" in anybody.sees(f"/r/{bench.reference}").words


def test_who_is_late_says_so(anybody: Person, session: Session, bench: Report) -> None:
    bench.target_at = now() - timedelta(days=1)
    session.commit()
    assert "Αργήσαμε" in anybody.sees(f"/r/{bench.reference}").words


def test_the_page_asks_the_database_few_questions(app: Flask, anybody: Person, eleni: Person, bench: Report) -> None:
    for reader, most in ((anybody, 5), (eleni, 6)):
        reader.sees(f"/r/{bench.reference}")
        with counted_statements(app) as asked:
            reader.sees(f"/r/{bench.reference}")
        assert len(asked) <= most, asked


# -- is it done? -------------------------------------------------------------------------------------------------------


def test_eleni_says_that_it_is_well_and_the_report_is_closed(
    eleni: Person, session: Session, put_right: Report
) -> None:
    page = eleni.sees(f"/r/{put_right.reference}")
    assert "Είναι εντάξει;" in page.words
    assert "θα θεωρηθεί ολοκληρωμένη" in page.words
    page.presses("Ναι, είναι εντάξει")
    assert eleni.path == f"/r/{put_right.reference}"
    assert 'role="status"' in eleni.text
    assert "Η αναφορά ολοκληρώθηκε" in eleni.words
    assert "Είπατε ότι είναι εντάξει" in eleni.words
    session.expire_all()
    assert put_right.status is Status.CLOSED


def test_the_silence_is_fourteen_days_by_the_calendar(eleni: Person, session: Session, put_right: Report) -> None:
    put_right.resolved_at = MONDAY
    session.commit()
    assert "έως Δευτέρα 30 Νοεμβρίου" in eleni.sees(own(put_right)).words


def test_an_objection_needs_a_reason_and_the_photo_that_came_with_it_waits(
    eleni: Person, session: Session, put_right: Report
) -> None:
    page = eleni.sees(own(put_right))
    page.presses("Αποστολή στο γραφείο", photo=[photo()])
    assert eleni.status == 422
    assert "Γράψτε τι δεν έγινε" in eleni.words
    assert 'href="#f-words"' in eleni.text
    assert '<details class="no" open' in eleni.text
    assert "/kept-photo/" in eleni.text
    eleni.presses("Αποστολή στο γραφείο", words="Κουνιέται ακόμη")
    assert eleni.status == 200
    assert "Το γραφείο εξετάζει την ένστασή σας" in eleni.words
    assert "Κουνιέται ακόμη" in eleni.words
    assert "Προστέθηκε αργότερα" in eleni.words
    session.expire_all()
    assert put_right.objected_at is not None
    assert put_right.status is Status.RESOLVED
    assert session.scalar(select(func.count()).select_from(ReportPhoto)) == 1


def test_what_she_said_later_is_read_by_the_office_and_herself_only(
    eleni: Person, anybody: Person, put_right: Report
) -> None:
    eleni.sees(own(put_right)).presses("Αποστολή στο γραφείο", words="Μυστικό μας")
    assert "Μυστικό μας" in eleni.words
    page = anybody.sees(f"/r/{put_right.reference}")
    assert "Μυστικό μας" not in page.words
    assert "Ο πολίτης λέει ότι δεν αποκαταστάθηκε" in page.words


def test_after_an_objection_she_may_still_find_that_it_is_well(
    eleni: Person, session: Session, put_right: Report
) -> None:
    eleni.sees(own(put_right)).presses("Αποστολή στο γραφείο", words="Κουνιέται")
    eleni.presses("Τελικά είναι εντάξει")
    session.expire_all()
    assert (put_right.status, put_right.objected_at) == (Status.CLOSED, None)


def test_a_closed_report_can_still_be_objected_to(eleni: Person, session: Session, put_right: Report) -> None:
    moved(put_right, Move.CLOSE)
    page = eleni.sees(own(put_right))
    assert not page.offers("Ναι, είναι εντάξει")
    page.presses("Αποστολή στο γραφείο", words="Ξαναέσπασε")
    session.expire_all()
    assert put_right.objected_at is not None


# -- the office's question ---------------------------------------------------------------------------------------------


def test_the_question_stands_large_and_its_answer_goes_to_the_office(
    eleni: Person, session: Session, bench: Report
) -> None:
    moved(bench, Move.ASK, words="Ποιο από τα δύο παγκάκια;")
    page = eleni.sees(f"/r/{bench.reference}")
    assert '<blockquote class="ask__words">Ποιο από τα δύο παγκάκια;</blockquote>' in page.text
    page.presses("Αποστολή απάντησης", words="   ")
    assert eleni.status == 422
    assert "Γράψτε την απάντηση" in eleni.words
    eleni.presses("Αποστολή απάντησης", words="Το δεξί", photo=[photo()])
    assert "Η απάντησή σας έφτασε" in eleni.words
    assert "Απαντήσατε στο γραφείο" in eleni.words
    session.expire_all()
    assert bench.status is Status.RECEIVED
    assert session.scalars(select(ReporterWords.words)).all() == ["Το δεξί"]


def test_an_answer_that_comes_too_late_is_not_lost(eleni: Person, session: Session, bench: Report) -> None:
    moved(bench, Move.ASK, words="Ποιο;")
    page = eleni.sees(f"/r/{bench.reference}")
    moved(bench, Move.ANSWER, words="Μας το είπαν στο τηλέφωνο")
    page.presses("Αποστολή απάντησης", words="Το αριστερό")
    assert eleni.status == 409
    assert "Υποβλήθηκε" in eleni.words
    eleni.presses("Προσθήκη στην αναφορά")
    assert "Το γραφείο έλαβε όσα προσθέσατε" in eleni.words
    assert session.scalars(select(ReporterWords.words)).all() == ["Το αριστερό"]


def test_the_same_tap_sent_twice_is_done_once(eleni: Person, session: Session, bench: Report) -> None:
    form = eleni.sees(own(bench)).form("Προσθήκη στην αναφορά")
    data = dict(form.fields) | {"more": "Είναι το τρίτο δεξιά"}
    for _tap in range(2):
        eleni.sends(form.action, data | {"photo": [photo()]})
        assert "Το γραφείο έλαβε όσα προσθέσατε" in eleni.words
    assert moves_of(session, bench) == ["submit", "amend"]
    assert session.scalar(select(func.count()).select_from(ReporterWords)) == 1
    eleni.sends(form.action, data | {"more": "Κάτι άλλο"})
    assert eleni.status == 422
    assert "στάλθηκε ήδη μία φορά" in eleni.words
    assert "Κάτι άλλο</textarea>" in eleni.text


def test_a_page_left_open_until_the_browser_was_closed_keeps_what_was_typed(
    eleni: Person, session: Session, put_right: Report
) -> None:
    page = eleni.sees(own(put_right))
    with eleni.client.session_transaction() as kept:
        kept.clear()
    page.presses("Αποστολή στο γραφείο", words="Κουνιέται")
    assert eleni.status == 400
    assert "Τίποτα δεν χάθηκε" in eleni.words
    eleni.presses("Αποστολή στο γραφείο")
    assert "Το γραφείο εξετάζει την ένστασή σας" in eleni.words


def test_other_forms_that_came_too_late_are_told_so_on_a_page(anybody: Person, bench: Report) -> None:
    assert anybody.sends(f"/r/{bench.reference}/support", {}).status == 400
    assert anybody.sends(f"/r/{bench.reference}/answer", {}).status == 400


def test_a_form_reloaded_by_its_own_address_leads_back(eleni: Person, bench: Report) -> None:
    assert eleni.sees(f"{own(bench)}/objection").path == own(bench)
    assert eleni.sees(f"/r/{bench.reference}/amend").path == f"/r/{bench.reference}"


# -- correcting and withdrawing ----------------------------------------------------------------------------------------


def test_eleni_corrects_her_words(eleni: Person, session: Session, bench: Report) -> None:
    page = eleni.sees(own(bench))
    assert page.form("Αποθήκευση").value("description") == WORDS
    page.presses("Αποθήκευση", description="Έσπασε η πλάτη")
    assert "Τα λόγια σας διορθώθηκαν" in eleni.words
    session.expire_all()
    assert bench.description == "Έσπασε η πλάτη"


def test_words_are_withdrawn_only_with_the_box_ticked(eleni: Person, session: Session, bench: Report) -> None:
    eleni.sees(own(bench)).presses("Αποθήκευση", description="")
    assert eleni.status == 422
    assert "σημειώστε το κουτάκι" in eleni.words
    session.expire_all()
    assert bench.description == WORDS
    eleni.presses("Αποθήκευση", description="", withdraw="1")
    assert "Τα λόγια σας αποσύρθηκαν" in eleni.words
    session.expire_all()
    assert bench.description == ""


def test_nothing_changed_is_said_and_too_much_is_counted(eleni: Person, bench: Report) -> None:
    eleni.sees(own(bench)).presses("Αποθήκευση")
    assert eleni.status == 422
    assert "Δεν αλλάξατε κάτι" in eleni.words
    eleni.sees(own(bench)).presses("Αποθήκευση", description="α" * 4001)
    assert 'href="#f-description"' in eleni.text
    eleni.sees(own(bench)).presses("Προσθήκη στην αναφορά", more="α" * 4001)
    assert 'href="#f-more"' in eleni.text
    eleni.sees(own(bench)).presses("Προσθήκη στην αναφορά")
    assert "Γράψτε κάτι ή προσθέστε μια φωτογραφία" in eleni.words


def test_one_photo_is_withdrawn_and_the_other_stays(eleni: Person, session: Session, town: Town) -> None:
    with unit_of_work():
        taken = [media.save_photo(camera.file(camera.corners(90 + n, 64)), f"{n}.jpg", at=MONDAY) for n in range(2)]
    bench = reported(photos=taken)
    eleni.sees(own(bench)).presses("Οριστική διαγραφή")
    assert "Σημειώστε ποια φωτογραφία" in eleni.words
    eleni.presses("Οριστική διαγραφή", photo_id=[str(taken[0].id), "όχι-αριθμός"])
    assert "Οι φωτογραφίες αποσύρθηκαν" in eleni.words
    assert session.scalars(select(ReportPhoto.photo_id)).all() == [taken[1].id]


def test_a_file_that_is_no_photo_is_named_and_the_words_stay(eleni: Person, session: Session, bench: Report) -> None:
    letter = (BytesIO(b"%PDF-1.7"), "γράμμα.jpg")
    eleni.sees(own(bench)).presses("Προσθήκη στην αναφορά", more="Δείτε", photo=[letter])
    assert eleni.status == 422
    assert "γράμμα.jpg" in eleni.words
    assert 'href="#f-more-photo"' in eleni.text
    assert "Δείτε</textarea>" in eleni.text
    assert moves_of(session, bench) == ["submit"]


# -- others ------------------------------------------------------------------------------------------------------------


def test_me_too_counts_once_a_browser_and_leads_to_how_to_hear(
    anybody: Person, session: Session, bench: Report
) -> None:
    form = anybody.sees(f"/r/{bench.reference}").form("Κι εγώ")
    for _tap in range(2):
        anybody.sends(form.action, dict(form.fields))
        assert anybody.path == f"/r/{bench.reference}"
    assert "Το γραφείο ξέρει τώρα" in anybody.words
    session.expire_all()
    assert bench.supporters == 1
    assert "Είπατε «Κι εγώ»" in anybody.words
    assert f"reference={bench.reference}" in anybody.link("Πώς θέλετε να μαθαίνετε")


def test_the_reporter_sees_how_many_others_see_it_and_has_no_button(app: Flask, eleni: Person, bench: Report) -> None:
    for _neighbour in range(3):
        Person(app.test_client()).sees(f"/r/{bench.reference}").presses("Κι εγώ")
    page = eleni.sees(f"/r/{bench.reference}")
    assert "Το βλέπουν κι άλλοι 3" in page.words
    assert not page.offers("Κι εγώ")


def test_a_closed_report_takes_no_more_support(anybody: Person, bench: Report) -> None:
    page = anybody.sees(f"/r/{bench.reference}")
    moved(bench, *ROAD, Move.CLOSE)
    page.presses("Κι εγώ")
    assert anybody.status == 409
    assert "Ολοκληρώθηκε" in anybody.words
    assert not anybody.offers("Κι εγώ")


def test_what_must_not_be_public_is_told_to_the_office(anybody: Person, session: Session, bench: Report) -> None:
    path = anybody.sees(f"/r/{bench.reference}").link("Κάτι εδώ δεν έπρεπε")
    anybody.sees(path).presses("Αποστολή στο γραφείο", words="Φαίνεται μια πινακίδα")
    assert anybody.status == 422
    assert "Διαλέξτε τι δεν πάει καλά" in anybody.words
    assert "Φαίνεται μια πινακίδα</textarea>" in anybody.text
    anybody.presses("Αποστολή στο γραφείο", reason="personal")
    assert anybody.status == 200
    assert "Ευχαριστούμε που μας το είπατε" in anybody.words
    session.expire_all()
    assert bench.flagged_at is not None
    assert session.scalars(select(Flag.words)).all() == ["Φαίνεται μια πινακίδα"]


# -- passing it on -----------------------------------------------------------------------------------------------------


def told(page: Person) -> dict[str, str]:
    """The properties a message shows."""
    found = re.findall(r'<meta property="(og:[^"]+)" content="([^"]*)">', page.text)
    return {name: unescape(content) for name, content in found}


def test_a_message_shows_the_kind_the_place_and_the_state_and_never_private_words(
    anybody: Person, eleni: Person, app: Flask, bench: Report
) -> None:
    shown = told(anybody.sees(f"/r/{bench.reference}"))
    assert shown["og:title"] == "Παγκάκι, Λευκώνας, στο κέντρο"
    assert shown["og:description"].startswith("Υποβλήθηκε. Στόχος: έως")
    assert shown["og:url"] == f"{app.config['PUBLIC_URL']}/r/{bench.reference}"
    assert shown["og:image"] == f"{app.config['PUBLIC_URL']}/static/preview.png"
    assert shown["og:locale"] == "el_GR"
    assert f'<meta name="description" content="{shown["og:description"]}' in anybody.text
    assert f'<link rel="canonical" href="{shown["og:url"]}">' in anybody.text
    assert told(eleni.sees(own(bench))) == shown
    assert told(anybody.sees(f"/r/{bench.reference}?lang=en"))["og:locale"] == "en_GB"


def test_a_released_photo_goes_with_the_message(anybody: Person, session: Session, town: Town) -> None:
    with unit_of_work():
        taken = media.save_photo(camera.file(camera.street()), "α.jpg", at=MONDAY)
    bench = reported(photos=[taken])
    assert told(anybody.sees(f"/r/{bench.reference}"))["og:image"].endswith("/static/preview.png")
    bench.released_at = now()
    session.commit()
    shown = told(anybody.sees(f"/r/{bench.reference}"))
    assert shown["og:image"].endswith(f"/photos/{taken.id}/large.jpg")
    assert "key=" not in shown["og:image"]


def test_the_square_is_an_svg_and_holds_no_key(anybody: Person, bench: Report) -> None:
    answer = anybody.client.get(f"/r/{bench.reference}/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.text.startswith("<?xml")
    assert bench.reference in answer.text
    assert bench.tracking_token not in answer.text


def test_the_sheet_of_paper_says_nothing_that_is_not_public(anybody: Person, eleni: Person, bench: Report) -> None:
    page = anybody.sees(f"/r/{bench.reference}?print=1")
    sheet = page.text[page.text.index('<section class="paper"') :]
    assert bench.reference in sheet
    assert "Υποβλήθηκε" in sheet
    assert WORDS not in sheet
    assert WORDS in eleni.sees(f"{own(bench)}?print=1").text


def test_every_state_has_its_page(app: Flask, eleni: Person, session: Session, town: Town) -> None:
    roads: dict[str, tuple[Move, ...]] = {
        "question": (Move.ASK,),
        "accepted": (Move.ACCEPT,),
        "in_progress": ROAD[:3],
        "rejected": (Move.REJECT,),
        "forwarded": (Move.FORWARD,),
        "closed": (*ROAD, Move.CLOSE),
        "reopened": (*ROAD, Move.REOPEN),
    }
    for road in roads.values():
        one = reported(answers={})
        moved(one, *road, words="Λόγια")
        assert eleni.sees(f"/r/{one.reference}").status == 200
        assert eleni.sees(f"/r/{one.reference}?lang=en").status == 200


def test_the_reason_of_a_rejection_stands_where_the_state_stands(anybody: Person, bench: Report) -> None:
    moved(bench, Move.REJECT, words="Ο δρόμος είναι της Περιφέρειας.")
    page = anybody.sees(f"/r/{bench.reference}").text
    assert '<blockquote class="state__reason">Ο δρόμος είναι της Περιφέρειας.</blockquote>' in page
