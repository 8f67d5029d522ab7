"""Eleni sees a broken thing on her way home and tells the town, with and without luck."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.extensions import unit_of_work
from app.geo.models import Place
from app.geo.shapes import point
from app.media.models import Photo
from app.reports import queries, service
from app.reports.lifecycle import Move
from app.reports.models import Report, ReportContact, ReportPhoto, Source
from tests.conftest import counted_statements
from tests.media import camera
from tests.town import MONDAY, Town

INSIDE: dict[str, Any] = {"lon": "23.52", "lat": "41.07"}
NEIGHBOUR: dict[str, Any] = {"lon": "23.65", "lat": "41.07"}


class Page:
    """An answer, read as its reader reads it."""

    def __init__(self, answer: TestResponse) -> None:
        self.status = answer.status_code
        self.headers = answer.headers
        self.html = answer.text
        self.text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", self.html)))

    def value(self, name: str) -> str:
        return self.values(name)[0]

    def values(self, name: str) -> list[str]:
        fields = re.findall(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', self.html)
        return [unescape(found[1]) for field in fields if (found := re.search(r'value="([^"]*)"', field))]


class Eleni:
    """A citizen at the form: every sending starts from what the last page gave her."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page = Page(client.get("/"))

    def sends(self, photos: list[tuple[bytes, str]] | None = None, **typed: Any) -> Page:
        hidden = {name: self.page.value(name) for name in ("csrf_token", "action_id")}
        kept = {"kept_photo": self.page.values("kept_photo"), "asked": self.page.values("asked")}
        files = [(BytesIO(data), name) for data, name in photos or []]
        answer = self.client.post(
            "/", data={**kept, **hidden, **typed, "photo": files}, content_type="multipart/form-data"
        )
        if answer.status_code != 303:
            self.page = Page(answer)
        return Page(answer)

    def reads(self, address: str) -> Page:
        return Page(self.client.get(address))


@pytest.fixture
def eleni(client: FlaskClient, town: Town) -> Eleni:
    return Eleni(client)


@pytest.fixture
def bench(session: Session, town: Town) -> Report:
    """A report about a bench, with words that wait for release."""
    with unit_of_work():
        return service.submit(
            category="bench",
            spot=point(23.52, 41.07),
            source=Source.WEB,
            at=MONDAY,
            description="Το παγκάκι έσπασε",
            contact={"name": "Ελένη", "email": "eleni@example.gr"},
        ).report


def reports(session: Session) -> list[Report]:
    session.expire_all()
    return list(session.scalars(select(Report).order_by(Report.id)))


# -- reporting -----------------------------------------------------------------------------------------------------


def test_a_citizen_reports_a_bench_and_gets_a_number_and_a_link(eleni: Eleni, session: Session) -> None:
    done = eleni.sends(
        category="bench",
        description="Έσπασε η πλάτη",
        contact_email="eleni@example.gr",
        address="Μεραρχίας 12",
        **INSIDE,
    )
    assert done.status == 303
    [report] = reports(session)
    assert done.headers["Location"] == f"/r/{report.reference}/{report.tracking_token}?new=1"
    assert report.description == "Έσπασε η πλάτη"
    assert report.address_words == "Μεραρχίας 12"
    assert session.scalars(select(ReportContact.email)).one() == "eleni@example.gr"
    thanks = eleni.reads(done.headers["Location"])
    assert report.reference in thanks.text
    assert "Ευχαριστούμε, την πήραμε" in thanks.text
    assert "Δευτέρα" in thanks.text or "έως" in thanks.text


def test_a_place_from_the_list_is_enough_for_whoever_has_no_map(eleni: Eleni, session: Session) -> None:
    place = session.scalars(select(Place)).one()
    assert eleni.sends(category="bench", place=str(place.id)).status == 303
    [report] = reports(session)
    assert report.near_place_id == place.id
    assert report.accuracy_m == 500


def test_coordinates_may_be_written_with_a_comma(eleni: Eleni, session: Session) -> None:
    assert eleni.sends(category="bench", lon="23,52", lat="41,07").status == 303
    assert len(reports(session)) == 1


def test_everything_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(eleni: Eleni, session: Session) -> None:
    page = eleni.sends(description="Κάτι <έσπασε>", contact_email="eleni", address="Μεραρχίας 12")
    assert page.status == 422
    for sentence in ("Διαλέξτε τι συμβαίνει", "Δείξτε το σημείο στον χάρτη", "Το e-mail δεν φαίνεται σωστό"):
        assert page.text.count(sentence) == 2  # in the summary and at the field
    assert 'href="#f-contact_email"' in page.html
    assert 'id="f-contact_email"' in page.html
    assert page.value("contact_email") == "eleni"
    assert page.value("address") == "Μεραρχίας 12"
    assert "Κάτι &lt;έσπασε&gt;</textarea>" in page.html
    assert reports(session) == []


def test_a_spot_in_the_next_town_names_that_town_and_its_telephone(eleni: Eleni, session: Session) -> None:
    page = eleni.sends(category="bench", description="Παγκάκι", **NEIGHBOUR)
    assert page.status == 422
    assert "Δήμος Εμμανουήλ Παππά" in page.text
    assert "2321 000001" in page.text
    assert page.value("lon") == "23.65"
    assert "Παγκάκι</textarea>" in page.html
    assert reports(session) == []


def test_a_good_photo_is_kept_while_the_bad_one_is_named(eleni: Eleni, session: Session) -> None:
    good, bad = (camera.file(camera.street()), "good.jpg"), (b"%PDF-1.7 letter", "letter.jpg")
    page = eleni.sends(photos=[good, bad], category="bench", **INSIDE)
    assert page.status == 422
    assert "letter.jpg" in page.text
    [token] = page.values("kept_photo")
    thumbnail = eleni.client.get(f"/kept-photo/{token}.jpg")
    assert thumbnail.mimetype == "image/jpeg"
    assert thumbnail.headers["Cache-Control"].startswith("private")
    assert eleni.sends(category="bench", **INSIDE).status == 303
    [report] = reports(session)
    assert session.scalars(select(ReportPhoto.report_id)).all() == [report.id]


def test_a_kept_photo_can_be_taken_out_again(eleni: Eleni, session: Session) -> None:
    page = eleni.sends(photos=[(camera.file(camera.street()), "good.jpg")], category="bench")
    eleni.sends(category="bench", remove_photo=page.values("kept_photo"), **INSIDE)
    assert len(reports(session)) == 1
    assert session.scalars(select(ReportPhoto)).all() == []


def test_nobody_reads_another_ones_photo_with_a_made_up_token(client: FlaskClient, town: Town) -> None:
    assert client.get("/kept-photo/ImFiYyI.Z0.made-up.jpg").status_code == 404


def test_of_six_photos_the_first_five_are_kept(eleni: Eleni, session: Session) -> None:
    photos = [(camera.file(camera.corners(96 + n, 64)), f"{n}.jpg") for n in range(6)]
    page = eleni.sends(photos=photos, category="bench", **INSIDE)
    assert page.status == 422
    assert "πρώτες 5" in page.text
    assert len(page.values("kept_photo")) == 5


def test_the_place_in_a_photo_is_offered_before_it_is_used(eleni: Eleni, session: Session) -> None:
    gps = camera.gps((41, 4, 12.0), "N", (23, 31, 12.0), "E")
    photo = (camera.file(camera.street(), exif=camera.exif(gps=gps)), "bench.jpg")
    page = eleni.sends(photos=[photo], category="bench")
    assert page.status == 200
    assert "Η φωτογραφία σας γράφει πού τραβήχτηκε: Λευκώνας, στο κέντρο" in page.text
    assert float(page.value("lon")) == pytest.approx(23.52)
    assert reports(session) == []
    assert eleni.sends(category="bench", lon=page.value("lon"), lat=page.value("lat")).status == 303
    assert len(reports(session)) == 1


def test_without_script_the_categorys_questions_come_in_a_second_look(eleni: Eleni, session: Session) -> None:
    page = eleni.sends(category="pothole", **INSIDE)
    assert page.status == 200
    assert "Βάθος (εκ.);" in page.text
    assert eleni.sends(category="pothole", **INSIDE).status == 303  # an optional one never blocks
    assert len(reports(session)) == 1


def test_a_compulsory_question_is_asked_again_with_the_others_answers_kept(eleni: Eleni, session: Session) -> None:
    eleni.sends(category="fence", **INSIDE)
    page = eleni.sends(category="fence", description="Στραβό", **INSIDE)
    assert page.status == 422
    assert 'href="#f-answers-material"' in page.html
    assert 'id="f-answers-material"' in page.html
    assert eleni.sends(category="fence", **(INSIDE | {"answers.material": "wood"})).status == 303
    assert reports(session)[0].answers == {"material": "wood"}


def test_a_double_tap_makes_one_report_and_shows_it_twice(eleni: Eleni, session: Session) -> None:
    photo = (camera.file(camera.street()), "bench.jpg")
    first = eleni.sends(photos=[photo], category="bench", **INSIDE)
    second = eleni.sends(photos=[photo], category="bench", **INSIDE)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(reports(session)) == 1


def test_going_back_and_sending_something_else_asks_first(eleni: Eleni, session: Session) -> None:
    eleni.sends(category="bench", **INSIDE)
    page = eleni.sends(category="light", **INSIDE)
    assert page.status == 422
    assert "Έχετε ήδη στείλει" in page.text
    assert eleni.sends(category="light", **INSIDE).status == 303
    assert len(reports(session)) == 2


def test_a_page_left_open_for_too_long_keeps_what_was_typed(eleni: Eleni, session: Session) -> None:
    with eleni.client.session_transaction() as kept:
        kept.clear()
    page = eleni.sends(category="bench", description="Τα λόγια μου", **INSIDE)
    assert page.status == 400
    assert "Τίποτα δεν χάθηκε" in page.text
    assert "Τα λόγια μου</textarea>" in page.html
    assert eleni.sends(category="bench", **INSIDE).status == 303


def test_far_too_much_at_once_is_said_on_the_form(app: Flask, eleni: Eleni, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    page = eleni.sends(photos=[(b"x" * 5000, "huge.jpg")], category="bench", **INSIDE)
    assert page.status == 413
    assert "πολύ μεγάλα" in page.text
    assert page.value("action_id")


def test_hostile_words_are_shown_as_words(eleni: Eleni, session: Session) -> None:
    eleni.sends(category="pothole", asked="pothole", description="<script>alert(1)</script>", **INSIDE)
    [report] = reports(session)
    page = eleni.reads(f"/r/{report.reference}")
    assert "<script>alert" not in page.html
    assert "&lt;script&gt;alert(1)" in page.html


@pytest.mark.parametrize(
    "typed", [{"lon": "NaN", "lat": "41"}, {"lon": "1e999", "lat": "41"}, {"lon": "α", "lat": "β"}, {"place": "9" * 30}]
)
def test_nonsense_for_a_place_is_answered_with_a_sentence(eleni: Eleni, typed: dict[str, Any]) -> None:
    page = eleni.sends(category="bench", **typed)
    assert page.status == 422
    assert 'href="#f-where"' in page.html


# -- what script asks for --------------------------------------------------------------------------------------------


def test_the_spot_says_where_it_is_and_what_is_open_there(client: FlaskClient, bench: Report) -> None:
    told = Page(client.get("/spot?category=bench&lon=23.5201&lat=41.07"))
    assert "Λευκώνας" in told.text
    assert bench.reference in told.text
    assert "Ίσως το ξέρουμε ήδη" in told.text
    assert bench.reference not in client.get("/spot?category=light&lon=23.5201&lat=41.07").text
    assert "2321 000001" in client.get("/spot?lon=23.65&lat=41.07").text


def test_the_questions_of_a_category_come_alone(client: FlaskClient, town: Town) -> None:
    assert 'name="answers.material"' in client.get("/questions/fence").text
    assert client.get("/questions/bench").text.strip() == ""
    assert client.get("/questions/unknown").text.strip() == ""


# -- following -------------------------------------------------------------------------------------------------------


def test_everybody_sees_the_state_but_not_the_words_before_release(client: FlaskClient, bench: Report) -> None:
    page = Page(client.get(f"/r/{bench.reference}"))
    assert "Παγκάκι" in page.text
    assert "Υποβλήθηκε" in page.text
    assert "Το παγκάκι έσπασε" not in page.text
    assert "eleni@example.gr" not in page.text
    assert bench.tracking_token not in page.html


def test_the_own_link_shows_own_words_and_is_kept_from_search_engines(client: FlaskClient, bench: Report) -> None:
    page = Page(client.get(f"/r/{bench.reference}/{bench.tracking_token}"))
    assert "Το παγκάκι έσπασε" in page.text
    assert "eleni@example.gr" in page.text
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "private" in page.headers["Cache-Control"]


def test_a_wrong_key_is_no_page_at_all(client: FlaskClient, bench: Report) -> None:
    answer = client.get(f"/r/{bench.reference}/{'x' * 24}")
    assert answer.status_code == 404
    assert "Παγκάκι" not in answer.text
    assert client.get(f"/r/{bench.reference}/κλειδί").status_code == 404


@pytest.mark.parametrize("typed", ["{0}{1}{2}", "{0} {1} {2}", " {0}–{1}–{2} "])
def test_a_number_read_over_the_telephone_is_found(client: FlaskClient, bench: Report, typed: str) -> None:
    found = client.get("/find", query_string={"reference": typed.format(*bench.reference.split("-"))})
    assert found.headers["Location"] == f"/r/{bench.reference}"


def test_the_address_with_an_unusual_number_leads_to_the_usual_one(client: FlaskClient, bench: Report) -> None:
    answer = client.get(f"/r/{bench.reference.replace('-', '')}/{bench.tracking_token}")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"/r/{bench.reference}/{bench.tracking_token}"


def test_a_mistyped_number_is_told_kindly_with_a_box_to_try_again(client: FlaskClient, town: Town) -> None:
    page = Page(client.get("/find?reference=123-456-789", follow_redirects=True))
    assert page.status == 404
    assert "Ελέγξτε τα ψηφία" in page.text
    assert 'name="reference"' in page.html


def test_a_forwarded_report_says_to_whom_and_under_which_number(client: FlaskClient, bench: Report, town: Town) -> None:
    with unit_of_work():
        service.decide(
            bench.reference, Move.FORWARD, by=town.nikos, at=MONDAY, version=None,
            forward_to="Περιφέρεια", protocol_number="123/2026", words="Είναι δικός τους δρόμος", internal="μυστικό",
        )  # fmt: skip
    page = Page(client.get(f"/r/{bench.reference}"))
    for words in ("Περιφέρεια", "123/2026", "Είναι δικός τους δρόμος"):
        assert words in page.text
    assert "μυστικό" not in page.text
    assert "Nikos" not in page.text


def test_a_merged_report_leads_to_the_one_that_stays(client: FlaskClient, bench: Report, town: Town) -> None:
    with unit_of_work():
        other = service.submit(category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY).report
    with unit_of_work():
        service.decide(bench.reference, Move.MERGE, by=town.nikos, at=MONDAY, version=None, into=other.reference)
    assert f'href="/r/{other.reference}"' in client.get(f"/r/{bench.reference}").text


# -- the public list -------------------------------------------------------------------------------------------------


def test_an_empty_town_invites_the_first_report(client: FlaskClient, town: Town) -> None:
    page = Page(client.get("/reports"))
    assert "Δεν υπάρχει ακόμη καμία αναφορά" in page.text


def test_the_list_goes_on_where_the_page_ends(client: FlaskClient, session: Session, town: Town) -> None:
    with unit_of_work():
        for _n in range(53):
            service.submit(category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY)
    first = Page(client.get("/reports?category=bench"))
    assert first.html.count('class="row"') == 50
    more = re.search(r'href="([^"]+)"[^>]*>Επόμενες', first.html)
    assert more is not None
    second = Page(client.get(unescape(more[1])))
    assert second.html.count('class="row"') == 3
    assert not set(re.findall(r'data-id="([^"]+)"', first.html)) & set(re.findall(r'data-id="([^"]+)"', second.html))


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("state=open", True),
        ("state=closed", False),
        ("category=bench", True),
        ("category=light", False),
        ("area=905401", True),
        ("area=905402", False),
        ("q=έσπασε", False),  # not released, so not searched
        ("state=&category=&area=&q=", True),
    ],
)
def test_filters_stand_in_the_address(client: FlaskClient, bench: Report, query: str, seen: bool) -> None:
    assert (bench.reference in client.get(f"/reports?{query}").text) is seen


def test_the_list_asks_the_database_the_same_few_questions_however_long_it_is(
    app: Flask, client: FlaskClient, session: Session, town: Town
) -> None:
    with counted_statements(app) as few:
        client.get("/reports")
    with unit_of_work():
        for _n in range(20):
            service.submit(category="bench", spot=point(23.52, 41.07), source=Source.WEB, at=MONDAY)
    with counted_statements(app) as many:
        client.get("/reports")
    assert len(many) == len(few)
    assert len(many) <= 5


# -- languages, errors, headers ----------------------------------------------------------------------------------------


def test_the_language_is_remembered_and_leads_back_only_to_this_site(client: FlaskClient, town: Town) -> None:
    answer = client.get("/language/en?next=/reports?state=open%26lang=el")
    assert answer.headers["Location"] == "/reports?state=open"
    assert '<html lang="en"' in client.get("/reports").text
    for foreign in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"):
        assert client.get("/language/el", query_string={"next": foreign}).headers["Location"] == "/"
    assert '<html lang="el"' in client.get("/reports").text


def test_greek_is_spoken_to_whoever_asks_for_nothing_we_have(client: FlaskClient, town: Town) -> None:
    assert '<html lang="el"' in client.get("/", headers={"Accept-Language": "fi"}).text
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "en-GB,en"}).text


def test_a_page_that_is_not_there_says_so_in_the_readers_language(client: FlaskClient, town: Town) -> None:
    page = Page(client.get("/nowhere"))
    assert page.status == 404
    assert "Αρχική σελίδα" in page.text


def test_when_the_database_is_away_people_still_get_a_page(
    client: FlaskClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_named: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(queries, "categories", away)
    page = Page(client.get("/"))
    assert page.status == 503
    assert "Σε λίγο είμαστε πάλι εδώ" in page.text


def test_an_unexpected_fault_is_a_page_too(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "categories", lambda: 1 / 0)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    page = Page(client.get("/"))
    assert page.status == 500
    assert "από τη μεριά μας" in page.text


def test_nothing_inline_is_allowed_and_nothing_inline_is_there(client: FlaskClient, town: Town) -> None:
    page = Page(client.get("/"))
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page.html)
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=(self)" in page.headers["Permissions-Policy"]


def test_photos_that_never_became_a_report_are_not_shown_to_anybody(eleni: Eleni, session: Session) -> None:
    eleni.sends(photos=[(camera.file(camera.street()), "good.jpg")], category="bench")
    assert session.scalar(select(func.count()).select_from(Photo)) == 1
    photo_id = session.scalars(select(Photo.id)).one()
    assert eleni.client.get(f"/photos/{photo_id}/small.jpg").status_code == 404
