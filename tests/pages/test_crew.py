"""The metalwork crew of Thanasis on its tablet, and Sofia's crew that keeps to its own work."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.calendar import local_day
from app.crews.models import Membership
from app.dispatch.models import WorkOrder
from app.extensions import now
from app.pages.kept_photos import photo_id_in
from app.reports.models import Report, ReportPhoto
from tests.conftest import counted_statements
from tests.dispatch.test_road_api import Program, dispatched
from tests.media import camera
from tests.pages.person import Person
from tests.reports.test_submit_api import report
from tests.town import Town

Enter = Callable[[User], FlaskClient]


@pytest.fixture
def thanasis(as_user: Enter, town: Town) -> Person:
    return Person(as_user(town.thanasis))


@pytest.fixture
def sofia(as_user: Enter, town: Town) -> Person:
    return Person(as_user(town.sofia))


@pytest.fixture
def nikos(client: FlaskClient, town: Town, bearer: Callable[[User], dict[str, str]]) -> Program:
    return Program(client, bearer(town.nikos))


@pytest.fixture
def order(client: FlaskClient, nikos: Program) -> int:
    """A pothole the crew of Thanasis is to fill today."""
    return dispatched(client, nikos, instructions="Με προσοχή")[1]


def after_photo() -> tuple[io.BytesIO, str]:
    return io.BytesIO(camera.file(camera.street())), "μετά.jpg"


def status_of(session: Session, number: int) -> str:
    session.expire_all()
    return session.get_one(WorkOrder, number).status.value


def started(thanasis: Person, order: int) -> Person:
    return thanasis.sees(f"/crew/orders/{order}").presses("Έναρξη")


def test_thanasis_sees_his_day_with_distance_and_instructions(thanasis: Person, order: int) -> None:
    thanasis.sees("/crew")
    for said in ("Συνεργείο Θανάση", "Λακκούβα", "Σιδεράς · 1,4 χλμ. από τη βάση", "Οδηγίες: Με προσοχή", "Ανατέθηκε"):
        assert said in thanasis.words
    assert "eleni@example.gr" not in thanasis.text


def test_an_empty_day_is_a_kind_word(sofia: Person) -> None:
    assert "Καμία εντολή για σήμερα." in sofia.sees("/crew").words


def test_from_start_to_the_after_photo_without_script(thanasis: Person, order: int, session: Session) -> None:
    thanasis.sees("/crew").presses("Έναρξη")
    assert thanasis.path == "/crew"
    assert status_of(session, order) == "started"
    thanasis.sees(thanasis.link("Ολοκλήρωση"))
    thanasis.presses("Έγινε, αποστολή", photo=after_photo(), words="Κλείσαμε τη λακκούβα")
    assert "Όλα έγιναν!" in thanasis.words
    assert "Τελείωσαν σήμερα" in thanasis.words
    assert status_of(session, order) == "done"
    assert session.query(Report).one().status.value == "resolved"


def test_without_a_photo_it_is_not_done_and_the_words_stay(thanasis: Person, order: int, session: Session) -> None:
    started(thanasis, order).sees(f"/crew/orders/{order}?do=finish")
    thanasis.presses("Έγινε, αποστολή", words="Κλείσαμε τη λακκούβα")
    assert thanasis.status == 422
    assert "Βγάλτε μια φωτογραφία που δείχνει ότι έγινε." in thanasis.words
    assert thanasis.form("Έγινε").value("words") == "Κλείσαμε τη λακκούβα"
    assert status_of(session, order) == "started"


@pytest.mark.parametrize(
    ("content", "said"), [(b"not a photo", "δεν είναι φωτογραφία"), (b"", "είναι άδειο"), (b"%PDF-1.7", "PDF")]
)
def test_a_refused_photo_is_said_at_the_field_and_the_next_try_works(
    thanasis: Person, order: int, session: Session, content: bytes, said: str
) -> None:
    started(thanasis, order).sees(f"/crew/orders/{order}?do=finish")
    thanasis.presses("Έγινε, αποστολή", photo=(io.BytesIO(content), "μετά.jpg"), words="Έτοιμο")
    assert thanasis.status == 422
    assert said in thanasis.words
    assert thanasis.form("Έγινε").value("words") == "Έτοιμο"
    thanasis.presses("Έγινε, αποστολή", photo=after_photo())
    assert (thanasis.status, status_of(session, order)) == (200, "done")
    assert session.query(ReportPhoto).count() == 1


def test_the_photo_of_a_form_that_came_too_late_need_not_be_chosen_again(
    thanasis: Person, order: int, session: Session
) -> None:
    started(thanasis, order).sees(f"/crew/orders/{order}?do=finish")
    session.get_one(WorkOrder, order).version += 1
    session.commit()
    thanasis.presses("Έγινε, αποστολή", photo=after_photo(), words="Κλείσαμε τη λακκούβα")
    assert thanasis.status == 412
    assert "Η φωτογραφία σας κρατήθηκε" in thanasis.words
    kept = thanasis.form("Έγινε").value("kept_photo")
    assert thanasis.client.get(f"/kept-photo/{kept}.jpg").mimetype == "image/jpeg"
    thanasis.presses("Έγινε, αποστολή")
    assert (thanasis.status, status_of(session, order)) == (200, "done")
    assert session.query(ReportPhoto).one().photo.received_name == "μετά.jpg"


def test_a_kept_photo_stays_through_every_refusal_and_gives_way_to_a_new_one(
    thanasis: Person, order: int, session: Session
) -> None:
    started(thanasis, order).sees(f"/crew/orders/{order}?do=finish")
    thanasis.presses("Έγινε, αποστολή", photo=after_photo(), words="α" * 4001)
    kept = thanasis.form("Έγινε").value("kept_photo")
    thanasis.presses("Έγινε, αποστολή", words="α" * 4001)
    assert thanasis.status == 422
    assert photo_id_in(thanasis.form("Έγινε").value("kept_photo") or "") == photo_id_in(kept or "x")
    other = (io.BytesIO(camera.file(camera.corners())), "άλλη.jpg")
    thanasis.presses("Έγινε, αποστολή", photo=other, words="Έτοιμο")
    assert status_of(session, order) == "done"
    assert session.query(ReportPhoto).one().photo.received_name == "άλλη.jpg"


def test_a_kept_photo_sent_twice_is_done_once(thanasis: Person, order: int, session: Session) -> None:
    started(thanasis, order).sees(f"/crew/orders/{order}?do=finish")
    form = thanasis.presses("Έγινε, αποστολή", photo=after_photo(), words="α" * 4001).form("Έγινε")
    for _time in range(2):
        assert thanasis.sends(form.action, dict(form.fields) | {"words": "Έτοιμο"}).status == 200
    assert session.query(ReportPhoto).count() == 1


def test_a_made_up_kept_photo_is_no_photo(thanasis: Person, order: int, session: Session) -> None:
    started(thanasis, order).sees(f"/crew/orders/{order}?do=finish")
    thanasis.presses("Έγινε, αποστολή", kept_photo="made.up")
    assert thanasis.status == 422
    assert "Βγάλτε μια φωτογραφία που δείχνει ότι έγινε." in thanasis.words
    assert status_of(session, order) == "started"


def test_a_bad_photo_in_a_form_that_came_too_late_is_not_kept(thanasis: Person, order: int, session: Session) -> None:
    started(thanasis, order).sees(f"/crew/orders/{order}?do=finish")
    thanasis.presses("Έγινε, αποστολή", version="x", photo=(io.BytesIO(b"not a photo"), "μετά.jpg"))
    assert thanasis.status == 422
    assert "δεν είναι φωτογραφία" in thanasis.words
    assert thanasis.form("Έγινε").value("kept_photo") is None


def test_a_form_sent_after_leaving_goes_to_the_door_and_is_good_again_after_signing_in(
    thanasis: Person, order: int, session: Session
) -> None:
    form = thanasis.sees(f"/crew/orders/{order}").form("Έναρξη")
    with thanasis.client.session_transaction() as kept:
        user = kept.pop("staff")
    assert thanasis.sends(form.action, dict(form.fields)).path == "/login"
    with thanasis.client.session_transaction() as kept:
        kept["staff"] = user
    assert thanasis.sends(form.action, dict(form.fields)).status == 200
    assert status_of(session, order) == "started"


def test_a_form_of_an_older_session_is_good_with_the_token_of_any_page(
    thanasis: Person, order: int, session: Session
) -> None:
    """What the script does when a form comes back with 400: the session was lost, and another began."""
    form = thanasis.sees(f"/crew/orders/{order}").form("Έναρξη")
    with thanasis.client.session_transaction() as kept:
        del kept["csrf_token"]
    assert thanasis.sends(form.action, dict(form.fields)).status == 400
    assert status_of(session, order) == "assigned"
    token = re.search(r'name="csrf_token" value="([^"]+)"', thanasis.sees(f"/crew/orders/{order}").text)
    assert token is not None
    assert thanasis.sends(form.action, {**dict(form.fields), "csrf_token": token[1]}).status == 200
    assert status_of(session, order) == "started"


def test_the_page_carries_the_words_for_a_login_that_has_ended(thanasis: Person, order: int) -> None:
    assert 'href="/login" target="_blank"' in thanasis.sees(f"/crew/orders/{order}").text


def test_a_double_tap_starts_once(thanasis: Person, order: int, session: Session) -> None:
    form = thanasis.sees("/crew").form("Έναρξη")
    first = thanasis.sends(form.action, dict(form.fields)).status
    second = thanasis.sends(form.action, dict(form.fields)).status
    assert (first, second) == (200, 200)
    assert session.get_one(WorkOrder, order).version == 2


def test_a_finish_sent_twice_is_done_once_with_one_photo(thanasis: Person, order: int, session: Session) -> None:
    form = started(thanasis, order).sees(f"/crew/orders/{order}?do=finish").form("Έγινε")
    for _time in range(2):
        assert thanasis.sends(form.action, {**dict(form.fields), "photo": after_photo()}).status == 200
    assert session.query(ReportPhoto).count() == 1


def test_the_same_form_with_another_photo_is_told_it_was_sent_already(
    thanasis: Person, order: int, session: Session
) -> None:
    form = started(thanasis, order).sees(f"/crew/orders/{order}?do=finish").form("Έγινε")
    thanasis.sends(form.action, {**dict(form.fields), "photo": after_photo()})
    other = (io.BytesIO(camera.file(camera.corners())), "άλλη.jpg")
    thanasis.sends(form.action, {**dict(form.fields), "photo": other})
    assert thanasis.status == 422
    assert "Αυτή η φόρμα στάλθηκε ήδη μία φορά." in thanasis.words
    assert "Idempotency" not in thanasis.text


def test_could_not_needs_a_reason_and_a_ticked_one_is_enough(thanasis: Person, order: int, session: Session) -> None:
    thanasis.sees(f"/crew/orders/{order}?do=could_not").presses("Δεν έγινε, αποστολή")
    assert thanasis.status == 422
    assert "Γράψτε γιατί δεν έγινε" in thanasis.words
    thanasis.presses("Δεν έγινε, αποστολή", common="Δεν βρέθηκε η βλάβη", reason="Ψάξαμε όλο τον δρόμο")
    assert thanasis.status == 200
    assert session.get_one(WorkOrder, order).reason == "Δεν βρέθηκε η βλάβη. Ψάξαμε όλο τον δρόμο"
    assert session.query(Report).one().status.value == "accepted"


def test_a_pause_keeps_its_reason_and_work_goes_on(thanasis: Person, order: int, session: Session) -> None:
    started(thanasis, order).sees(f"/crew/orders/{order}?do=pause").presses("Παύση", common="Καιρός")
    assert status_of(session, order) == "paused"
    thanasis.sees(f"/crew/orders/{order}").presses("Συνέχεια")
    assert status_of(session, order) == "started"


def test_at_most_three_buttons_and_only_what_the_life_of_an_order_allows(thanasis: Person, order: int) -> None:
    path = f"/crew/orders/{order}"
    verbs = ("Έναρξη", "Συνέχεια", "Ολοκλήρωση", "Παύση", "Δεν έγινε")
    assert [v for v in verbs if thanasis.sees(path).offers(v)] == ["Έναρξη", "Δεν έγινε"]
    started(thanasis, order)
    assert [v for v in verbs if thanasis.sees(path).offers(v)] == ["Ολοκλήρωση", "Παύση", "Δεν έγινε"]


def test_the_carpenter_waits_for_the_metalworker_and_is_told_so(
    client: FlaskClient, nikos: Program, sofia: Person, town: Town
) -> None:
    reference = report(client, category="bench").json["reference"]
    steps = [{"crew": "metal", "trade": "metalwork"}, {"crew": "wood", "trade": "carpentry"}]
    nikos.post(f"/reports/{reference}/work-orders", {"steps": steps}, '"1"')
    sofia.sees("/crew")
    assert "Περιμένει πρώτα: Σιδεράς" in sofia.words
    assert not sofia.offers("Έναρξη")


def test_another_crews_order_is_not_sofias_to_see_or_touch(
    thanasis: Person, sofia: Person, order: int, session: Session
) -> None:
    sofia.sees(f"/crew/orders/{order}")
    assert sofia.status == 403
    assert "Αυτή η εντολή είναι άλλου συνεργείου." in sofia.words
    assert sofia.link("Οι εντολές μου σήμερα") == "/crew"
    form = thanasis.sees("/crew").form("Έναρξη")
    token = sofia.form("Σύνδεση με άλλον").value("csrf_token")
    assert sofia.sends(form.action, {**dict(form.fields), "csrf_token": token}).status == 403
    assert status_of(session, order) == "assigned"
    assert f"/orders/{order}" not in sofia.sees("/crew?crew=metal").text


def test_an_order_that_went_to_another_day_in_the_meantime_is_told(
    thanasis: Person, nikos: Program, order: int, session: Session
) -> None:
    form = thanasis.sees("/crew").form("Έναρξη")
    tomorrow = (local_day(now()) + timedelta(days=1)).isoformat()
    nikos.move(f"/work-orders/{order}", move="assign", crew="metal", planned_day=tomorrow)
    thanasis.sends(form.action, dict(form.fields))
    assert thanasis.status == 412
    assert "Κάποιος άλλος το άλλαξε στο μεταξύ" in thanasis.words
    thanasis.presses("Έναρξη")
    assert status_of(session, order) == "started"


def test_an_order_of_days_ago_stays_on_the_list_with_its_day(thanasis: Person, order: int, session: Session) -> None:
    late = session.get_one(WorkOrder, order)
    late.planned_day -= timedelta(days=2)
    session.commit()
    assert "από " in thanasis.sees("/crew").words
    assert thanasis.offers("Έναρξη")


def test_the_office_chooses_whose_day_to_see(as_user: Enter, town: Town, order: int) -> None:
    maria = Person(as_user(town.maria)).sees("/crew")
    maria.sees(maria.link("Συνεργείο Θανάση")).presses("Έναρξη")
    assert maria.path == "/crew?crew=metal"
    assert maria.sees("/crew?crew=nonsense").status == 422


def test_a_crew_member_without_a_crew_is_told_whom_to_ask(as_user: Enter, town: Town, session: Session) -> None:
    session.query(Membership).filter_by(user_id=town.sofia.id).delete()
    session.commit()
    assert "Δεν έχετε ακόμη συνεργείο" in Person(as_user(town.sofia)).sees("/crew").words


def test_nonsense_is_a_page_not_a_fault(thanasis: Person, order: int) -> None:
    form = thanasis.sees("/crew").form("Έναρξη")
    sent = dict(form.fields)
    wrongs: list[dict[str, Any]] = [
        {"move": "nonsense"}, {"move": "assign"}, {"move": "cancel"}, {"version": "x"}, {"action_id": " " * 300},
    ]  # fmt: skip
    for wrong in wrongs:
        assert thanasis.sends(form.action, sent | wrong).status == 422, wrong
    assert thanasis.sees("/crew/orders/999999").status == 404
    assert thanasis.sees(form.action).path == f"/crew/orders/{order}"


def test_the_day_asks_the_database_few_questions(app: Flask, thanasis: Person, order: int) -> None:
    with counted_statements(app) as seen:
        thanasis.sees("/crew")
    assert len(seen) <= 6


# -- what was not right after all ------------------------------------------------------------------------------------


def test_the_crew_hears_that_what_it_put_right_was_opened_again(
    thanasis: Person, sofia: Person, nikos: Program, order: int, session: Session
) -> None:
    started(thanasis, order)
    thanasis.sees(f"/crew/orders/{order}?do=finish").presses("Έγινε, αποστολή", photo=after_photo(), words="Έγινε")
    assert "είχατε φτιάξει" not in thanasis.sees("/crew").words
    reference = session.query(Report).one().reference
    nikos.move(f"/reports/{reference}", move="reopen", words="Βούλιαξε ξανά στην πρώτη βροχή")
    thanasis.sees("/crew")
    for said in ("Άνοιξε ξανά κάτι που είχατε φτιάξει", "Βούλιαξε ξανά στην πρώτη βροχή", "Το γραφείο ορίζει ποιος"):
        assert said in thanasis.words
    assert "είχατε φτιάξει" not in sofia.sees("/crew").words
    nikos.post(f"/reports/{reference}/work-orders", {"crew": "metal"}, nikos.etag(f"/reports/{reference}"))
    assert "Είναι πάλι στις εντολές σας." in thanasis.sees("/crew").words
