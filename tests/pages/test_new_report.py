"""Eleni sees a broken thing on her way home and tells the town, one question a page, without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.extensions import unit_of_work
from app.geo.models import Asset, Place
from app.geo.shapes import point
from app.media import quotas
from app.media.models import Photo
from app.moderation.models import Suspicion
from app.pages.citizen import reporting
from app.reports import submission
from app.reports.models import Draft, Report, ReportContact, ReportPhoto, Source
from tests.conftest import counted_statements
from tests.media import camera
from tests.pages.page import Page
from tests.town import MONDAY, Town

INSIDE: dict[str, Any] = {"lon": "23.52", "lat": "41.07"}
NEIGHBOUR: dict[str, Any] = {"lon": "23.65", "lat": "41.07"}


class Eleni:
    """A citizen with one draft; she answers a step and reads what comes."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        first = client.get("/").text
        address = re.search(r"/new/([0-9a-f-]{36})/photo", first)
        assert address
        self.draft = address[1]

    def at(self, step: str, **query: str) -> Page:
        return Page(self.client.get(f"/new/{self.draft}/{step}", query_string=query))

    def answers(self, step: str, photos: Any = (), **typed: Any) -> Page:
        token = self.at(step).value("csrf_token")
        files = [(BytesIO(data), name) for data, name in photos]
        form = {"csrf_token": token, **typed, "photo": files}
        return Page(self.client.post(f"/new/{self.draft}/{step}", data=form, content_type="multipart/form-data"))

    def reports(self, category: str = "bench", **more: Any) -> Page:
        """The whole way, quickly."""
        self.answers("place", **INSIDE)
        self.answers("category", category=category)
        for step, typed in more.items():
            self.answers(step, **typed)
        return self.answers("check")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests type faster than people."""
    monkeypatch.setattr(reporting, "BY_HAND", timedelta(0))


@pytest.fixture
def eleni(client: FlaskClient, town: Town) -> Eleni:
    return Eleni(client)


def reports(session: Session) -> list[Report]:
    session.expire_all()
    return list(session.scalars(select(Report).order_by(Report.id)))


def a_bench_is_known(**more: Any) -> Report:
    with unit_of_work():
        return submission.submit(
            category="bench", spot=point(23.5201, 41.07), source=Source.WEB, at=MONDAY, **more
        ).report


# -- the road --------------------------------------------------------------------------------------------------------


def test_a_citizen_is_led_from_the_photo_to_the_number(eleni: Eleni, session: Session) -> None:
    photo = (camera.file(camera.street()), "παγκάκι.jpg")
    assert eleni.answers("photo", photos=[photo]).goes_to == "place"
    assert eleni.answers("place", address="Μεραρχίας 12", **INSIDE).goes_to == "category"
    assert eleni.answers("category", category="bench").goes_to == "words"
    assert eleni.answers("words", description="Έσπασε η πλάτη").goes_to == "contact"
    assert eleni.answers("contact", contact_email="eleni@example.gr").goes_to == "check"
    shown = eleni.at("check")
    for told in ("Παγκάκι", "Λευκώνας", "Μεραρχίας 12", "Έσπασε η πλάτη", "eleni@example.gr"):
        assert told in shown.text
    done = eleni.answers("check")
    [report] = reports(session)
    assert done.headers["Location"] == f"/r/{report.reference}/{report.tracking_token}?new=1"
    assert (report.description, report.address_words) == ("Έσπασε η πλάτη", "Μεραρχίας 12")
    assert report.suspicion is None
    assert session.scalars(select(ReportContact.email)).one() == "eleni@example.gr"
    assert session.scalars(select(ReportPhoto.report_id)).all() == [report.id]


def test_five_taps_are_enough(eleni: Eleni, session: Session) -> None:
    assert eleni.answers("photo", skip="1").goes_to == "place"
    assert eleni.answers("place", **INSIDE).goes_to == "category"
    assert eleni.answers("category", category="light").goes_to == "words"
    assert eleni.answers("words", to="check").goes_to == "check"
    assert eleni.answers("check").status == 303
    assert len(reports(session)) == 1


def test_every_step_is_an_address_that_keeps_what_was_typed(eleni: Eleni) -> None:
    eleni.answers("place", address="Μεραρχίας 12", **INSIDE)
    eleni.answers("words", description="Δύο <σανίδες> λείπουν")
    assert eleni.at("place").value("address") == "Μεραρχίας 12"
    assert eleni.at("place").value("lon") == "23.52"
    assert "Δύο &lt;σανίδες&gt; λείπουν</textarea>" in eleni.at("words").html


def test_a_correction_from_the_check_page_leads_straight_back_to_it(eleni: Eleni) -> None:
    eleni.answers("place", **INSIDE)
    eleni.answers("category", category="bench")
    eleni.at("check")
    assert eleni.answers("words", description="Κι άλλο").goes_to == "check"
    assert eleni.answers("place", **INSIDE).goes_to == "check"
    assert eleni.answers("photo", skip="1").goes_to == "check"
    assert eleni.answers("category", category="fence").goes_to == "questions"


def test_sending_too_early_leads_to_what_is_missing(eleni: Eleni, session: Session) -> None:
    page = eleni.answers("check")
    assert page.status == 422
    assert 'href="#f-where"' in page.html
    eleni.answers("place", **INSIDE)
    assert "Διαλέξτε τι συμβαίνει" in eleni.answers("check").text
    assert reports(session) == []


def test_what_is_not_sent_yet_is_offered_on_the_first_page(eleni: Eleni) -> None:
    eleni.answers("words", description="Αύριο τα υπόλοιπα")
    assert f"/new/{eleni.draft}/check" in eleni.client.get("/").text
    eleni.reports()
    assert f"/new/{eleni.draft}/check" not in eleni.client.get("/").text


def test_nobody_opens_the_draft_of_another_phone(app: Flask, eleni: Eleni) -> None:
    photo = (camera.file(camera.street()), "παγκάκι.jpg")
    eleni.answers("photo", photos=[photo])
    eleni.answers("words", description="Μόνο δικό μου")
    picture = re.search(r'src="(/new/[^"]+\.jpg)"', eleni.at("photo").html)
    assert picture
    assert eleni.client.get(picture[1]).mimetype == "image/jpeg"
    stranger = app.test_client()
    assert stranger.get(f"/new/{eleni.draft}/words").status_code == 404
    assert stranger.get(picture[1]).status_code == 404


def test_a_draft_sent_twice_is_one_report(eleni: Eleni, session: Session) -> None:
    first = eleni.reports()
    second = eleni.client.post(f"/new/{eleni.draft}/check", data={"csrf_token": "again"})
    assert first.status == 303
    assert len(reports(session)) == 1
    assert eleni.at("words").headers["Location"] == first.headers["Location"]
    # Even from a page that is too old for anything else: what was sent is shown, not asked for again.
    assert second.status_code == 303
    assert second.headers["Location"] == first.headers["Location"]


def test_two_tabs_do_not_lose_each_others_steps(eleni: Eleni, session: Session) -> None:
    eleni.answers("place", **INSIDE)
    eleni.answers("words", description="Από τη μία καρτέλα")
    eleni.answers("category", category="bench")
    typed = session.scalars(select(Draft.typed)).one()
    assert typed["description"] == ["Από τη μία καρτέλα"]
    assert typed["category"] == ["bench"]


# -- photos ----------------------------------------------------------------------------------------------------------


def test_a_good_photo_is_kept_while_the_bad_one_is_named(eleni: Eleni) -> None:
    good, bad = (camera.file(camera.street()), "good.jpg"), (b"%PDF-1.7 letter", "letter.jpg")
    page = eleni.answers("photo", photos=[good, bad])
    assert page.status in (415, 422)
    assert "letter.jpg" in page.text
    assert eleni.at("photo").html.count("kept__one") == 1


def test_a_photo_that_is_in_no_report_yet_is_shown_to_nobody_else(app: Flask, eleni: Eleni, session: Session) -> None:
    eleni.answers("photo", photos=[(camera.file(camera.street()), "good.jpg")])
    [kept] = session.scalars(select(Draft.photos)).one()
    assert app.test_client().get(f"/photos/{kept}/small.jpg").status_code == 404


def test_a_photo_can_be_taken_out_again(eleni: Eleni, session: Session) -> None:
    eleni.answers("photo", photos=[(camera.file(camera.street()), "good.jpg")])
    [kept] = session.scalars(select(Draft.photos)).one()
    page = eleni.answers("photo", remove=str(kept))
    assert "kept__one" not in page.html
    eleni.reports()
    assert session.scalars(select(ReportPhoto)).all() == []


def test_of_six_photos_the_first_five_are_kept(eleni: Eleni) -> None:
    photos = [(camera.file(camera.corners(96 + n, 64)), f"{n}.jpg") for n in range(6)]
    page = eleni.answers("photo", photos=photos)
    assert page.status == 422
    assert "πρώτες 5" in page.text
    assert page.html.count("kept__one") == 5


def test_the_place_in_a_photo_is_offered_before_it_is_used(eleni: Eleni) -> None:
    gps = camera.gps((41, 4, 12.0), "N", (23, 31, 12.0), "E")
    eleni.answers("photo", photos=[(camera.file(camera.street(), exif=camera.exif(gps=gps)), "bench.jpg")])
    page = eleni.at("place")
    assert "Η φωτογραφία σας γράφει πού τραβήχτηκε" in page.text
    assert "Λευκώνας, στο κέντρο" in page.text
    assert float(page.value("lon")) == pytest.approx(23.52)


def test_a_photo_from_outside_the_town_leaves_the_place_open(eleni: Eleni) -> None:
    gps = camera.gps((37, 58, 0.0), "N", (23, 43, 0.0), "E")
    eleni.answers("photo", photos=[(camera.file(camera.street(), exif=camera.exif(gps=gps)), "athens.jpg")])
    page = eleni.at("place")
    assert "τραβήχτηκε έξω από τον Δήμο" in page.text
    assert page.value("lon") == ""


# -- where -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["λευκωνας", "leykonas", "lefkonas", "ΛΕΥΚΏΝΑΣ", "Λευκόνας", "λευκωνα"])
def test_a_place_is_found_however_it_is_typed_and_is_enough(eleni: Eleni, session: Session, typed: str) -> None:
    place = session.scalars(select(Place)).one()
    assert f'value="place:{place.id}"' in eleni.at("place", q=typed).html
    assert eleni.answers("place", place=f"place:{place.id}").goes_to == "category"
    eleni.answers("category", category="bench")
    eleni.answers("check")
    [report] = reports(session)
    assert (report.near_place_id, report.accuracy_m) == (place.id, 500)


def test_a_lamp_is_found_by_the_number_on_its_pole(eleni: Eleni, session: Session) -> None:
    pole = session.scalars(select(Asset)).one()
    assert f'value="asset:{pole.id}"' in eleni.at("place", q="Φ-0001").html
    assert eleni.answers("place", place=f"asset:{pole.id}").goes_to == "category"


def test_what_stands_around_the_spot_is_offered_as_a_list(eleni: Eleni) -> None:
    eleni.answers("place", **INSIDE)
    assert "Φωτιστικό Φ-0001" in eleni.at("place").text


def test_a_name_that_nobody_knows_is_no_dead_end(eleni: Eleni) -> None:
    assert "το γράψαμε στην περιγραφή του σημείου" in eleni.at("place", q="Ξζψξζψ").text


def test_coordinates_may_be_written_with_a_comma(eleni: Eleni) -> None:
    assert eleni.answers("place", lon="23,52", lat="41,07").goes_to == "category"


def test_coordinates_the_wrong_way_round_are_noticed(eleni: Eleni) -> None:
    assert "ανάποδα" in eleni.answers("place", lon="41.07", lat="23.52").text


def test_a_spot_in_the_next_town_says_whom_to_call(eleni: Eleni) -> None:
    page = eleni.answers("place", address="Στη γέφυρα", **NEIGHBOUR)
    assert page.status == 422
    assert "Δήμος Εμμανουήλ Παππά" in page.text
    assert 'href="tel:2321000001"' in page.html
    assert page.value("lon") == "23.65"
    assert page.value("address") == "Στη γέφυρα"


@pytest.mark.parametrize(
    "typed",
    [
        {"lon": "NaN", "lat": "41"},
        {"lon": "1e999", "lat": "41"},
        {"lon": "α", "lat": "β"},
        {"place": "place:" + "9" * 30},
        {"place": "asset:0"},
        {},
    ],
)
def test_nonsense_for_a_place_is_answered_with_a_sentence(eleni: Eleni, typed: dict[str, Any]) -> None:
    page = eleni.answers("place", **typed)
    assert page.status == 422
    assert 'href="#f-where"' in page.html


# -- what ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["παγκακι", "pagkaki", "PAGAKI", "παγκακη", "bench"])
def test_a_category_is_found_however_it_is_typed(eleni: Eleni, typed: str) -> None:
    assert 'id="s-bench"' in eleni.at("category", q=typed).html


def test_a_word_that_fits_nothing_still_shows_every_tile(eleni: Eleni) -> None:
    page = eleni.at("category", q="ξζψ")
    assert "Κανένα είδος δεν λέγεται" in page.text
    assert 'id="c-bench"' in page.html


def test_a_lamp_post_beside_the_spot_proposes_the_lamp(eleni: Eleni) -> None:
    eleni.answers("place", lon="23.5201", lat="41.0701")
    assert 'id="s-light"' in eleni.at("category").html


def test_a_compulsory_question_is_asked_again_with_the_other_answers_kept(eleni: Eleni, session: Session) -> None:
    eleni.answers("place", **INSIDE)
    assert eleni.answers("category", category="fence").goes_to == "questions"
    page = eleni.answers("questions")
    assert page.status == 422
    assert 'href="#f-answers-material"' in page.html
    assert eleni.answers("questions", **{"answers.material": "wood"}).goes_to == "words"
    eleni.answers("check")
    assert reports(session)[0].answers == {"material": "wood"}


def test_an_optional_question_never_blocks(eleni: Eleni) -> None:
    eleni.answers("category", category="pothole")
    assert "Βάθος (εκ.);" in eleni.at("questions").text
    assert eleni.answers("questions").goes_to == "words"


def test_danger_says_at_once_whom_to_call_and_then_goes_on(eleni: Eleni, town: Town, session: Session) -> None:
    _asks_about_danger(town, session, stop=False)
    assert eleni.answers("category", category="light").goes_to == "questions"
    assert eleni.answers("questions", **{"stopper.wires": "yes"}).goes_to == "words"
    assert 'href="tel:112"' in eleni.at("questions").html


def test_what_is_not_ours_stops_with_the_number_of_who_it_is(eleni: Eleni, town: Town, session: Session) -> None:
    _asks_about_danger(town, session, stop=True)
    eleni.answers("place", **INSIDE)
    eleni.answers("category", category="light")
    page = eleni.answers("questions", **{"stopper.wires": "yes"})
    assert page.status == 422
    assert "Καλέστε το 112" in page.text
    assert eleni.answers("check").status == 422
    assert reports(session) == []
    assert eleni.answers("questions", **{"stopper.wires": "no"}).goes_to == "check"


def _asks_about_danger(town: Town, session: Session, *, stop: bool) -> None:
    town.categories["light"].stoppers = [
        {
            "code": "wires",
            "text_el": "Κρέμονται καλώδια;",
            "text_en": "Are wires hanging down?",
            "say_el": "Καλέστε το 112 και μείνετε μακριά.",
            "say_en": "Call 112 and keep away.",
            "phone": "112",
            "url": "",
            "stop": stop,
        }
    ]
    session.commit()


# -- known already ---------------------------------------------------------------------------------------------------


def test_me_too_counts_instead_of_a_second_report(eleni: Eleni, session: Session) -> None:
    known = a_bench_is_known()
    eleni.answers("place", **INSIDE)
    assert eleni.answers("category", category="bench").goes_to == "known"
    assert known.reference in eleni.at("known").html
    done = eleni.answers("known", support=known.reference)
    assert done.headers["Location"].startswith("/follow?reference=")
    [report] = reports(session)
    assert report.supporters == 1


def test_something_else_beside_it_goes_on(eleni: Eleni, session: Session) -> None:
    a_bench_is_known()
    eleni.answers("place", **INSIDE)
    eleni.answers("category", category="bench")
    assert eleni.answers("known").goes_to == "words"
    eleni.answers("check")
    assert len(reports(session)) == 2


# -- bad days --------------------------------------------------------------------------------------------------------


def test_a_wrong_address_stays_in_its_field(eleni: Eleni) -> None:
    page = eleni.answers("contact", contact_email="eleni", contact_name="Ελένη")
    assert page.status == 422
    assert page.text.count("Το e-mail δεν φαίνεται σωστό") == 2  # in the summary and at the field
    assert page.value("contact_email") == "eleni"
    assert eleni.at("contact").value("contact_name") == "Ελένη"


def test_a_page_left_open_for_too_long_keeps_what_was_typed(eleni: Eleni) -> None:
    token = eleni.at("words").value("csrf_token")
    with eleni.client.session_transaction() as kept:
        kept.clear()
    late = Page(eleni.client.post(f"/new/{eleni.draft}/words", data={"csrf_token": token, "description": "Τα λόγια"}))
    assert late.status == 400
    assert "Τίποτα δεν χάθηκε" in late.text
    assert "Τα λόγια</textarea>" in eleni.at("words").html


@pytest.mark.parametrize("token", [{}, {"csrf_token": "made-up"}])
def test_of_a_step_that_no_page_of_ours_sent_nothing_is_kept(
    app: Flask, session: Session, town: Town, token: dict[str, str]
) -> None:
    draft = uuid4()
    sent = {**token, "photo": (BytesIO(camera.file(camera.street())), "a.jpg")}
    answer = app.test_client().post(f"/new/{draft}/photo", data=sent)
    assert answer.status_code == 400
    answer = app.test_client().post(f"/new/{draft}/words", data={**token, "description": "Τα λόγια"})
    assert answer.status_code == 400
    assert "Τα λόγια</textarea>" in answer.text
    assert session.get(Draft, draft) is None
    assert session.scalar(select(func.count(Photo.id))) == 0


def test_far_too_much_at_once_is_said_on_the_page(app: Flask, eleni: Eleni, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    page = eleni.answers("photo", photos=[(b"x" * 5000, "huge.jpg")])
    assert page.status == 413
    assert "πολύ μεγάλα" in page.text


def test_hostile_words_are_shown_as_words(eleni: Eleni, session: Session) -> None:
    eleni.reports("pothole", words={"description": "<script>alert(1)</script>"})
    [report] = reports(session)
    page = eleni.client.get(f"/r/{report.reference}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("step", ["photo", "place", "category", "known", "words", "contact", "check"])
def test_every_step_of_an_unknown_draft_is_an_empty_page(eleni: Eleni, step: str) -> None:
    eleni.draft = str(uuid4())
    assert eleni.at(step).status == 200


def test_a_program_that_fills_in_everything_waits_aside(eleni: Eleni, session: Session) -> None:
    eleni.answers("place", **INSIDE)
    eleni.answers("category", category="pothole")
    done = eleni.answers("check", website="https://spam.example")
    assert done.status == 303  # it is not told
    [report] = reports(session)
    assert report.suspicion is Suspicion.NOT_BY_HAND
    assert report.released_at is None


def test_who_is_done_in_a_second_waits_aside(eleni: Eleni, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "BY_HAND", timedelta(seconds=3))
    assert eleni.reports("pothole").status == 303
    assert reports(session)[0].suspicion is Suspicion.NOT_BY_HAND


# -- what script asks for --------------------------------------------------------------------------------------------


def test_the_spot_says_where_it_is_and_whose(client: FlaskClient, town: Town) -> None:
    told = client.get("/new/spot?lon=23.5201&lat=41.07").text
    assert "Λευκώνας" in told
    assert 'data-part="around"' in told
    assert "2321 000001" in client.get("/new/spot?lon=23.65&lat=41.07").text
    assert client.get("/new/spot?lon=x&lat=41").status_code == 200


def test_what_is_known_near_comes_alone_or_not_at_all(client: FlaskClient, town: Town) -> None:
    bench = a_bench_is_known()
    assert bench.reference in client.get("/new/known?category=bench&lon=23.5201&lat=41.07").text
    assert client.get("/new/known?category=light&lon=23.5201&lat=41.07").text == ""
    assert client.get("/new/known?category=none&lon=23.5201&lat=41.07").text == ""


def test_the_shell_holds_every_step_and_every_question(client: FlaskClient, town: Town) -> None:
    answer = client.get("/new/shell")
    for step in ("photo", "place", "category", "questions", "known", "words", "contact", "check"):
        assert f'data-step="{step}"' in answer.text
    assert 'name="answers.material"' in answer.text
    assert "csrf_token" not in answer.text
    assert "Set-Cookie" not in answer.headers
    again = client.get("/new/shell", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_more_categories_and_photos_mean_no_more_statements(
    app: Flask, eleni: Eleni, as_user: Callable[[User], FlaskClient]
) -> None:
    with counted_statements(app) as first:
        eleni.client.get("/")
    assert len(first) <= 2, first


def test_looking_at_the_first_page_leaves_no_cookie_of_the_device(client: FlaskClient, town: Town) -> None:
    client.get("/")
    assert client.get_cookie("device") is None


def test_a_device_keeps_its_drafts_apart(session: Session, eleni: Eleni) -> None:
    eleni.answers("words", description="Ένα")
    assert session.scalar(select(func.count()).select_from(Draft)) == 1
    cookie = eleni.client.get_cookie("device")
    assert cookie is not None
    assert cookie.http_only


def test_drafts_have_a_share_and_the_oldest_of_who_has_too_many_make_room(
    client: FlaskClient, town: Town, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "PER_BROWSER", 2500)
    many = [Eleni(client) for _ in range(4)]
    for one in many:
        one.answers("words", description="α" * 500)
    assert set(session.scalars(select(Draft.id))) == {UUID(one.draft) for one in many[-2:]}
    assert many[-1].answers("words", description="β" * 400).status == 303
    assert "β" * 400 in many[-1].at("words").html


def test_who_comes_back_after_two_days_is_told_that_the_photo_is_gone(
    client: FlaskClient, town: Town, session: Session
) -> None:
    eleni = Eleni(client)
    eleni.answers("photo", photos=[(camera.file(camera.street()), "a.jpg")])
    assert "δεν κρατήθηκε" not in eleni.at("photo").text
    session.delete(session.scalars(select(Photo)).one())
    session.commit()
    assert "Μια φωτογραφία δεν κρατήθηκε" in eleni.at("photo").text
    assert "Μια φωτογραφία δεν κρατήθηκε" in eleni.at("check").text
    eleni.answers("photo")
    assert "δεν κρατήθηκε" not in eleni.at("photo").text
