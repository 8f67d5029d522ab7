"""Eleni reports by the API."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from app.accounts.service import issue_token
from app.extensions import now
from app.reports.models import Draft, Report, ReportContact, ReportHistory, ReportPhoto
from tests.conftest import counted_statements
from tests.media import camera
from tests.town import SPOT, Town

PLACE = {"type": "Point", "coordinates": [SPOT.x, SPOT.y]}
POTHOLE = {"category": "pothole", "location": PLACE, "description": "Βαθιά λακκούβα"}


def report(client: FlaskClient, headers: dict[str, str] | None = None, **more: Any) -> Any:
    return client.post("/api/v1/reports", json=POTHOLE | more, headers=headers)


def at(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def test_eleni_reports_a_pothole_and_gets_a_number_to_remember(client: FlaskClient, town: Town) -> None:
    answer = report(client, accuracy_m=8)
    assert answer.status_code == 201, answer.text
    body = answer.json
    assert int(body["reference"].replace("-", "")) % 97 == 0
    assert body["state"] == "received"
    assert body["area"]["unit"]["code"] == "905401"
    assert body["area"]["community"]["code"] == "90540101"
    assert body["nearby"] == []
    assert body["reference"] in body["tracking_url"]
    assert client.get(f"/api/v1/reports/{body['reference']}").json["description"] == "Βαθιά λακκούβα"


def test_her_words_about_a_bench_wait_for_the_office_but_her_own_answer_has_them(
    app: Flask, client: FlaskClient, town: Town
) -> None:
    body = report(client, category="bench", description="Λείπει σανίδα").json
    assert body["description"] == "Λείπει σανίδα"
    seen = app.test_client().get(f"/api/v1/reports/{body['reference']}").json
    assert seen["description"] is None
    assert seen["status"] == "received"


def test_the_nearest_light_pole_is_found_for_a_dark_street(client: FlaskClient, town: Town) -> None:
    assert report(client, category="light").json["asset"]["code"] == "Φ-0001"
    assert report(client, category="pothole").json["asset"] is None


def test_the_second_report_of_a_pothole_hears_of_the_first_within_fifty_metres(client: FlaskClient, town: Town) -> None:
    first = report(client).json["reference"]
    near = report(client, location=at(SPOT.x + 0.0005, SPOT.y)).json["nearby"]
    assert [n["reference"] for n in near] == [first]
    assert 40 < near[0]["distance_m"] < 45
    assert report(client, location=at(SPOT.x + 0.0007, SPOT.y - 0.0003)).json["nearby"] != near
    assert report(client, category="light").json["nearby"] == []


def test_the_same_key_and_body_make_one_report_and_one_answer(
    client: FlaskClient, town: Town, session: Session
) -> None:
    key = {"Idempotency-Key": "a-1"}
    first, second = report(client, key), report(client, key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert session.scalar(select(func.count()).select_from(Report)) == 1
    other = report(client, key, description="Άλλη λακκούβα")
    assert other.status_code == 422
    assert other.json["type"].endswith("idempotency-key-reused")


def test_a_phone_that_never_heard_the_answer_gets_it_again_with_or_without_its_new_key(
    app: Flask, town: Town, session: Session
) -> None:
    key = {"Idempotency-Key": "4b6f2f0e-7f5b-4a55-9d52-0d1c53f6f0aa"}
    phone = app.test_client()
    first = report(phone, key)
    again = report(phone, key)
    without = app.test_client()
    lost = report(without, key)
    assert first.json == again.json == lost.json
    assert without.get_cookie("device") == phone.get_cookie("device")
    assert session.scalar(select(func.count()).select_from(Report)) == 1


def test_another_phone_with_the_same_key_learns_nothing_but_the_number(
    app: Flask, town: Town, session: Session
) -> None:
    key = {"Idempotency-Key": "4b6f2f0e-7f5b-4a55-9d52-0d1c53f6f0bb"}
    phone = app.test_client()
    phone.set_cookie("device", "e" * 32)
    first = report(phone, key)
    token = session.scalars(select(Report.tracking_token)).one()
    assert token in first.text
    other = app.test_client()
    other.set_cookie("device", "o" * 32)
    for stranger in (other, app.test_client()):
        answer = report(stranger, key)
        assert answer.status_code == 201
        assert answer.json["reference"] == first.json["reference"]
        assert token not in answer.text
        assert stranger.get(answer.json["tracking_url"]).status_code == 200
    assert report(phone, key).json == first.json
    assert session.scalar(select(func.count()).select_from(Report)) == 1


def test_nobody_is_told_how_the_answer_is_known_again(client: FlaskClient, town: Town, session: Session) -> None:
    answer = report(client, {"Idempotency-Key": "one"})
    device = session.scalars(select(Report.device)).one()
    assert device is not None
    assert device not in answer.text
    assert "device" not in answer.json


WHERE = {"lon": str(SPOT.x), "lat": str(SPOT.y)}


def fills_in(phone: FlaskClient, action: str, step: str, **typed: str) -> Any:
    """One step of the page, as a browser without script sends it."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', phone.get(f"/new/{action}/{step}").text)
    return phone.post(f"/new/{action}/{step}", data=typed | {"csrf_token": token[1] if token else ""})


def page_sends(phone: FlaskClient, action: str) -> Any:
    """The same report by the page."""
    fills_in(phone, action, "place", **WHERE)
    fills_in(phone, action, "category", category="pothole")
    return fills_in(phone, action, "check")


def test_a_report_that_its_phone_sent_is_not_made_again_by_its_page(
    client: FlaskClient, town: Town, session: Session
) -> None:
    action = "4b6f2f0e-7f5b-4a55-9d52-0d1c53f6f0cc"
    made = report(client, {"Idempotency-Key": action}).json
    assert made["reference"] in client.get(f"/new/{action}/check").headers["Location"]
    assert session.scalar(select(func.count()).select_from(Report)) == 1


def test_a_report_that_its_page_sent_is_not_made_again_by_its_phone(
    client: FlaskClient, town: Town, session: Session
) -> None:
    action = "4b6f2f0e-7f5b-4a55-9d52-0d1c53f6f0dd"
    sent = page_sends(client, action)
    made = report(client, {"Idempotency-Key": action})
    assert made.status_code == 201
    assert made.json["reference"] in sent.headers["Location"]
    assert made.json["tracking_url"].rpartition("/")[2] in sent.headers["Location"]
    assert session.scalar(select(func.count()).select_from(Report)) == 1


def test_anothers_draft_is_neither_taken_over_nor_told(app: Flask, town: Town, session: Session) -> None:
    action = "4b6f2f0e-7f5b-4a55-9d52-0d1c53f6f0ee"
    eleni, stranger = app.test_client(), app.test_client()
    fills_in(eleni, action, "place", **WHERE)
    assert report(stranger, {"Idempotency-Key": action}).status_code == 201
    assert session.scalars(select(Draft.report_id)).one() is None
    assert "/r/" in page_sends(eleni, action).headers["Location"]
    assert session.scalar(select(func.count()).select_from(Report)) == 2


def test_a_refused_report_may_be_corrected_under_the_same_key(
    client: FlaskClient, town: Town, session: Session
) -> None:
    key = {"Idempotency-Key": "4b6f2f0e-7f5b-4a55-9d52-0d1c53f6f0ff"}
    assert report(client, key, location=at(23.65, 41.07)).status_code == 422
    assert report(client, key).status_code == 201


def test_a_report_with_photos_comes_as_multipart(client: FlaskClient, town: Town, session: Session) -> None:
    photo = camera.file(camera.street())
    answer = client.post(
        "/api/v1/reports",
        data={
            "report": json.dumps(POTHOLE),
            "photo": [(io.BytesIO(photo), "a.jpg"), (io.BytesIO(photo), "β.jpg")],
        },
    )
    assert answer.status_code == 201, answer.text
    assert len(answer.json["photos"]) == 2
    assert session.scalar(select(func.count()).select_from(ReportPhoto)) == 2
    shown = client.get(answer.json["photos"][0]["urls"]["small"])
    assert shown.status_code == 200
    assert shown.mimetype == "image/jpeg"


def test_photos_of_an_unreleased_report_are_shown_to_its_reporter_and_the_office_only(
    app: Flask, client: FlaskClient, town: Town, as_user: Any
) -> None:
    answer = client.post(
        "/api/v1/reports",
        data={
            "report": json.dumps(POTHOLE | {"category": "bench"}),
            "photo": (io.BytesIO(camera.file(camera.street())), "a.jpg"),
        },
    )
    own = answer.json["photos"][0]["urls"]["small"]
    assert client.get(own).status_code == 200
    stranger = app.test_client()
    assert stranger.get(own.split("?")[0]).status_code == 404
    assert stranger.get(own.split("?")[0] + "?key=").status_code == 404
    assert as_user(town.nikos).get(own.split("?")[0]).status_code == 200
    assert stranger.get(f"/api/v1/reports/{answer.json['reference']}").json["photos"] == []


def test_a_web_page_named_jpg_is_refused_in_words_and_nothing_is_kept(
    client: FlaskClient, town: Town, session: Session
) -> None:
    answer = client.post(
        "/api/v1/reports",
        data={"report": json.dumps(POTHOLE), "photo": (io.BytesIO(b"<html><script>1</script></html>"), "φωτο.jpg")},
    )
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert "φωτο.jpg" in answer.json["detail"]
    assert session.scalar(select(func.count()).select_from(Report)) == 0


def test_six_photos_are_one_too_many(client: FlaskClient, town: Town) -> None:
    photos = [(io.BytesIO(camera.file(camera.street())), f"{n}.jpg") for n in range(6)]
    answer = client.post("/api/v1/reports", data={"report": json.dumps(POTHOLE), "photo": photos})
    assert answer.status_code == 422
    assert "photo" in answer.json["errors"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"category": "no-such"}, "category"),
        ({"category": None}, "category"),
        ({"location": None}, "location"),
        ({"location": {"type": "Point", "coordinates": [23.5]}}, "location"),
        ({"location": {"type": "Point", "coordinates": ["23.5", "41"]}}, "location"),
        ({"location": {"type": "Point", "coordinates": [523.5, 41.0]}}, "location"),
        ({"location": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}, "location"),
        ({"accuracy_m": -1}, "accuracy_m"),
        ({"accuracy_m": "NaN"}, "accuracy_m"),
        ({"description": "α" * 4001}, "description"),
        ({"contact": {"email": "eleni at example"}}, "contact.email"),
        ({"contact": {"phone": "12"}}, "contact.phone"),
        ({"answers": {"depth": "πολύ"}}, "answers.depth"),
        ({"category": "fence", "answers": {}}, "answers.material"),
        ({"category": "fence", "answers": {"material": "gold"}}, "answers.material"),
    ],
)
def test_wrong_input_is_named_at_its_field(client: FlaskClient, town: Town, wrong: dict[str, Any], field: str) -> None:
    answer = report(client, **wrong)
    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"
    assert field in answer.json["errors"], answer.json
    assert answer.json["errors"][field]


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"null", b"\xff\xfe", b'"text"'])
def test_a_body_that_is_no_report_gets_a_sentence(client: FlaskClient, town: Town, body: bytes) -> None:
    answer = client.post("/api/v1/reports", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_greek_emoji_and_line_breaks_come_back_and_control_characters_do_not(client: FlaskClient, town: Town) -> None:
    words = "Στον δρόμο\r\nμε τις ελιές 🫒\x00\x07 <b>&amp;"
    assert report(client, description=words).json["description"] == "Στον δρόμο\nμε τις ελιές 🫒 <b>&amp;"


def test_one_metre_outside_the_municipality_is_outside_and_the_neighbour_is_named(
    client: FlaskClient, town: Town, session: Session
) -> None:
    metre = 1 / 83_700  # degrees of longitude at 41° N
    assert report(client, location=at(23.60, 41.07)).status_code == 201
    answer = report(client, location=at(23.60 + metre, 41.07))
    assert answer.status_code == 422
    assert answer.json["neighbour"]["code"] == "9056"
    assert "Εμμανουήλ Παππά" in answer.json["detail"]
    assert "2321 000001" in answer.json["detail"]
    nowhere = report(client, location=at(23.50 - metre, 41.07))
    assert nowhere.status_code == 422
    assert "neighbour" not in nowhere.json
    assert session.scalar(select(func.count()).select_from(Report)) == 1


def test_whoever_gives_latitude_first_is_told_so_and_nothing_is_taken_in(
    client: FlaskClient, town: Town, session: Session
) -> None:
    answer = report(client, location=at(SPOT.y, SPOT.x))
    assert answer.status_code == 422
    [sentence] = answer.json["errors"]["location"]
    assert f"Πρώτα το μήκος ({SPOT.x:.4f}), μετά το πλάτος ({SPOT.y:.4f})" in sentence
    english = client.post(
        "/api/v1/reports", json=POTHOLE | {"location": at(SPOT.y, SPOT.x)}, headers={"Accept-Language": "en"}
    )
    assert "longitude" in english.json["errors"]["location"][0]
    assert session.scalar(select(func.count()).select_from(Report)) == 0


def test_on_the_border_of_two_units_the_same_one_wins_every_time(client: FlaskClient, town: Town) -> None:
    areas = [report(client, location=at(23.55, y)).json["area"] for y in (41.06, 41.10, 41.14, 41.06)]
    assert {area["unit"]["code"] for area in areas} == {"905401"}
    assert [area["community"]["code"] for area in areas] == ["90540101", "90540101", "90540102", "90540101"]


def test_the_contact_is_kept_apart_and_shown_to_the_office_only(
    client: FlaskClient, town: Town, session: Session, as_user: Any
) -> None:
    body = report(client, contact={"name": "Ελένη", "email": "eleni@example.gr", "phone": "690 000 0000"}).json
    assert session.scalars(select(ReportContact)).one().phone == "6900000000"
    public = client.get(f"/api/v1/reports/{body['reference']}").text
    assert "eleni@example.gr" not in public
    office = as_user(town.nikos).get(f"/api/v1/reports/{body['reference']}").json
    assert office["contact"]["email"] == "eleni@example.gr"


def test_errors_speak_the_readers_language(client: FlaskClient, town: Town) -> None:
    greek = report(client, category="nothing").json["detail"]
    english = report(client, {"Accept-Language": "en"}, category="nothing").json["detail"]
    assert greek != english
    assert english.isascii()


def test_a_device_reports_with_its_own_token(client: FlaskClient, town: Town, session: Session) -> None:
    token = issue_token("sensor", at=now(), source="device")
    session.commit()
    reference = report(client, {"Authorization": f"Bearer {token}"}).json["reference"]
    assert session.scalars(select(Report).where(Report.reference == reference)).one().source == "device"
    assert report(client, {"Authorization": "Bearer wrong"}).status_code == 401


def test_a_citizen_cannot_pretend_to_be_staff(client: FlaskClient, town: Town, session: Session, bearer: Any) -> None:
    assert report(client, source="staff").status_code == 201
    assert session.scalars(select(Report)).one().source == "web"
    phoned = report(client, bearer(town.nikos), source="phone").json["reference"]
    assert session.scalars(select(Report).where(Report.reference == phoned)).one().source == "phone"


def test_history_is_append_only_even_for_sql(client: FlaskClient, town: Town, session: Session) -> None:
    report(client)
    assert session.scalars(select(ReportHistory)).one().move == "submit"
    for attempt in ("UPDATE report_history SET public_words = 'x'", "DELETE FROM report_history"):
        with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
            session.execute(text(attempt))


def test_a_new_report_takes_few_questions_of_the_database(app: Flask, client: FlaskClient, town: Town) -> None:
    report(client)
    with counted_statements(app) as seen:
        report(client)
    assert len(seen) <= 4, "\n".join(seen)
