"""The whole road by API alone: Eleni reports, Nikos dispatches, the crew of Thanasis goes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.calendar import local_day
from app.extensions import now
from tests.conftest import PASSWORD, counted_statements
from tests.media import camera
from tests.reports.test_submit_api import report
from tests.town import MONDAY, Town

Bearer = Callable[[Any], dict[str, str]]


class Program:
    """A program that acts as one person and remembers ETags."""

    def __init__(self, client: FlaskClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def post(self, path: str, body: dict[str, Any], etag: str | None = None, **headers: str) -> Any:
        match = {"If-Match": etag} if etag else {}
        return self.client.post(f"/api/v1{path}", json=body, headers=self.headers | match | headers)

    def etag(self, path: str) -> str:
        return self.get(path).headers["ETag"]

    def move(self, path: str, **body: Any) -> Any:
        """Look, then move what was seen."""
        return self.post(f"{path}/moves", body, self.etag(path))

    def finish(self, number: int, photo: bytes | None = None, words: str = "Έγινε") -> Any:
        path = f"/work-orders/{number}"
        data: dict[str, Any] = {"move": "finish", "words": words}
        if photo is not None:
            data["photo"] = (io.BytesIO(photo), "after.jpg")
        headers = self.headers | {"If-Match": self.etag(path)}
        return self.client.post(f"/api/v1{path}/moves", data=data, headers=headers)


def dispatched(client: FlaskClient, nikos: Program, crew: str = "metal", **more: Any) -> tuple[str, int]:
    """A reported pothole that is on its way to a crew: reference and order number."""
    reference = report(client).json["reference"]
    answer = nikos.post(f"/reports/{reference}/work-orders", {"crew": crew} | more, '"1"')
    assert answer.status_code == 201, answer.text
    return reference, answer.json["items"][0]["id"]


def test_a_pothole_from_the_first_word_to_the_last(
    client: FlaskClient, nikos: Program, thanasis: Program, town: Town
) -> None:
    reference = report(client).json["reference"]
    assert nikos.move(f"/reports/{reference}", move="accept", release=True).json["status"] == "accepted"
    path = f"/reports/{reference}"
    sent = nikos.post(f"{path}/work-orders", {"crew": "metal", "instructions": "Με προσοχή"}, nikos.etag(path))
    order = sent.json["items"][0]
    assert order["trade"]["code"] == "metalwork"
    assert nikos.get(path).json["status"] == "scheduled"
    assert [o["id"] for o in thanasis.get("/work-orders").json["items"]] == [order["id"]]
    assert thanasis.move(f"/work-orders/{order['id']}", move="start").json["status"] == "started"
    assert client.get(f"/api/v1{path}").json["status"] == "in_progress"
    done = thanasis.finish(order["id"], camera.file(camera.street()), "Κλείσαμε τη λακκούβα")
    assert done.status_code == 200, done.text
    seen = client.get(f"/api/v1{path}").json
    assert seen["status"] == "resolved"
    assert [photo["moment"] for photo in seen["photos"]] == ["after"]
    assert client.get(seen["photos"][0]["urls"]["medium"]).status_code == 200
    told = client.get(f"/api/v1{path}/history").json["items"]
    assert [row["move"] for row in told] == ["submit", "accept", "schedule", "start", "resolve"]
    assert told[-1]["words"] == "Κλείσαμε τη λακκούβα"
    assert "by" not in told[1]


def test_two_dispatchers_race_for_one_report_and_the_second_is_told(
    client: FlaskClient, nikos: Program, town: Town, bearer: Bearer
) -> None:
    maria = Program(client, bearer(town.maria))
    path = f"/reports/{report(client).json['reference']}"
    seen = maria.etag(path)
    assert nikos.move(path, move="accept").status_code == 200
    late = maria.post(f"{path}/moves", {"move": "reject", "words": "Δεν είναι δική μας"}, seen)
    assert late.status_code == 412
    assert late.json["state"] == "accepted"
    assert nikos.get(path).json["status"] == "accepted"


def test_an_edit_without_if_match_is_asked_for_it(client: FlaskClient, nikos: Program, town: Town) -> None:
    path = f"/reports/{report(client).json['reference']}"
    assert nikos.post(f"{path}/moves", {"move": "accept"}).status_code == 428
    assert nikos.post(f"{path}/moves", {"move": "accept"}, '"abc"').status_code == 422


def test_a_report_is_not_rejected_without_a_word_of_why(client: FlaskClient, nikos: Program, town: Town) -> None:
    path = f"/reports/{report(client).json['reference']}"
    answer = nikos.move(path, move="reject")
    assert answer.status_code == 422
    assert "words" in answer.json["errors"]
    assert nikos.move(path, move="reject", words="Ιδιωτικός χώρος").json["status"] == "rejected"
    assert nikos.move(path, move="accept").status_code == 409


def test_a_crew_may_not_touch_or_see_another_crews_order(
    client: FlaskClient, nikos: Program, sofia: Program, town: Town
) -> None:
    _reference, number = dispatched(client, nikos)
    assert sofia.get(f"/work-orders/{number}").status_code == 403
    assert sofia.post(f"/work-orders/{number}/moves", {"move": "start"}, '"1"').status_code == 403
    assert sofia.get("/work-orders?crew=metal").json["items"] == []


def test_a_crew_does_not_assign_or_cancel_its_own_orders(
    client: FlaskClient, nikos: Program, thanasis: Program, town: Town
) -> None:
    _reference, number = dispatched(client, nikos)
    for move in ("cancel", "unassign", "assign"):
        assert thanasis.move(f"/work-orders/{number}", move=move, crew="wood").status_code == 403


def test_work_without_an_after_photo_is_not_done(
    client: FlaskClient, nikos: Program, thanasis: Program, town: Town
) -> None:
    reference, number = dispatched(client, nikos)
    thanasis.move(f"/work-orders/{number}", move="start")
    answer = thanasis.finish(number)
    assert answer.status_code == 422
    assert "photo" in answer.json["errors"]
    assert nikos.get(f"/reports/{reference}").json["status"] == "in_progress"


def test_what_could_not_be_done_is_back_at_the_office_with_the_reason(
    client: FlaskClient, nikos: Program, thanasis: Program, town: Town
) -> None:
    reference, number = dispatched(client, nikos)
    assert thanasis.move(f"/work-orders/{number}", move="could_not").status_code == 422
    assert thanasis.move(f"/work-orders/{number}", move="could_not", reason="Παρκαρισμένα").status_code == 200
    assert nikos.get(f"/reports/{reference}").json["status"] == "accepted"
    assert nikos.get(f"/reports/{reference}/history").json["items"][-1]["internal_words"] == "Παρκαρισμένα"
    public = client.get(f"/api/v1/reports/{reference}/history").text
    assert "Παρκαρισμένα" not in public


def test_a_bench_needs_the_metalworker_before_the_carpenter(
    client: FlaskClient, nikos: Program, thanasis: Program, sofia: Program, town: Town
) -> None:
    reference = report(client, category="bench").json["reference"]
    steps = [{"trade": "metalwork", "crew": "metal"}, {"trade": "carpentry", "crew": "wood"}, {"trade": "painting"}]
    sent = nikos.post(f"/reports/{reference}/work-orders", {"steps": steps}, '"1"')
    assert sent.status_code == 201, sent.text
    metal, wood, paint = (order["id"] for order in sent.json["items"])
    assert [order["status"] for order in sent.json["items"]] == ["assigned", "assigned", "planned"]
    assert sofia.get(f"/work-orders/{wood}").json["waits"] is True
    assert sofia.move(f"/work-orders/{wood}", move="start").status_code == 409
    thanasis.move(f"/work-orders/{metal}", move="start")
    thanasis.finish(metal, camera.file(camera.street()))
    assert nikos.get(f"/reports/{reference}").json["status"] == "in_progress"
    assert sofia.move(f"/work-orders/{wood}", move="start").status_code == 200
    sofia.finish(wood, camera.file(camera.street()))
    assert nikos.move(f"/work-orders/{paint}", move="assign", crew="wood").json["status"] == "assigned"
    sofia.move(f"/work-orders/{paint}", move="start")
    sofia.finish(paint, camera.file(camera.street()))
    assert nikos.get(f"/reports/{reference}").json["status"] == "resolved"


def test_a_cancelled_order_gives_the_report_back(client: FlaskClient, nikos: Program, town: Town) -> None:
    reference, number = dispatched(client, nikos)
    assert nikos.move(f"/work-orders/{number}", move="cancel", reason="Διπλή").json["status"] == "cancelled"
    assert nikos.get(f"/reports/{reference}").json["status"] == "accepted"


def test_a_tap_that_is_sent_twice_finishes_once(
    client: FlaskClient, nikos: Program, thanasis: Program, town: Town
) -> None:
    _reference, number = dispatched(client, nikos)
    path = f"/work-orders/{number}"
    etag = thanasis.etag(path)
    for _time in range(2):
        answer = thanasis.post(f"{path}/moves", {"move": "start"}, etag, **{"Idempotency-Key": "tap-1"})
        assert answer.status_code == 200, answer.text
        assert answer.json["status"] == "started"
    assert thanasis.post(f"{path}/moves", {"move": "start"}, etag).status_code == 412


def test_yesterday_is_no_day_to_send_a_crew(client: FlaskClient, nikos: Program, town: Town) -> None:
    reference = report(client).json["reference"]
    body = {"crew": "metal", "planned_day": (local_day(now()) - timedelta(days=1)).isoformat()}
    answer = nikos.post(f"/reports/{reference}/work-orders", body, '"1"')
    assert answer.status_code == 422
    assert "planned_day" in answer.json["errors"]


def test_the_crew_with_the_trade_and_the_area_comes_first_and_the_list_says_why(
    client: FlaskClient, nikos: Program, town: Town
) -> None:
    reference = report(client).json["reference"]
    ranked = nikos.get(f"/reports/{reference}/crews").json
    assert ranked["trade"]["code"] == "metalwork"
    assert [(c["code"], c["has_trade"], c["covers"]) for c in ranked["items"]] == [
        ("metal", True, True),
        ("wood", False, False),
    ]
    assert ranked["items"][0]["why"] == [
        "Σιδεράς στο συνεργείο",
        "καλύπτει την περιοχή",
        "καμία ανοιχτή εντολή",
        "1,4 χλμ. από τη βάση",
    ]
    dispatched(client, nikos)
    assert nikos.get(f"/reports/{reference}/crews").json["items"][0]["open_orders"] == 1
    carpenters = nikos.get(f"/reports/{reference}/crews?trade=carpentry").json["items"]
    assert carpenters[0]["code"] == "wood"


def test_the_ranked_list_is_two_questions_of_the_database_however_many_crews_there_are(
    app: Flask, client: FlaskClient, nikos: Program, town: Town, session: Session
) -> None:
    from app.dispatch.queries import crews_for
    from app.reports.row_queries import report_by_reference

    one = report_by_reference(report(client).json["reference"])
    trade = town.trades["metalwork"]
    assert trade.id
    with counted_statements(app) as seen:
        assert len(crews_for(one.id, trade, today=MONDAY.date())) == 2
    assert len(seen) == 2


def test_a_reopened_report_goes_back_to_accepted(
    client: FlaskClient, nikos: Program, thanasis: Program, town: Town
) -> None:
    reference, number = dispatched(client, nikos)
    thanasis.move(f"/work-orders/{number}", move="start")
    thanasis.finish(number, camera.file(camera.street()))
    path = f"/reports/{reference}"
    assert nikos.move(path, move="close").json["closed_at"]
    assert nikos.move(path, move="reopen").status_code == 422
    opened = nikos.move(path, move="reopen", words="Άνοιξε πάλι").json
    assert (opened["status"], opened["closed_at"], opened["resolved_at"]) == ("accepted", None, None)


def test_a_merged_report_names_the_one_that_stays(client: FlaskClient, nikos: Program, town: Town) -> None:
    stays, goes = report(client).json["reference"], report(client).json["reference"]
    path = f"/reports/{goes}"
    for wrong in ("", "123", goes):
        assert nikos.move(path, move="merge", into=wrong).status_code == 422
    assert nikos.move(path, move="merge", into=stays.replace("-", " ")).json["status"] == "merged"
    assert client.get(f"/api/v1{path}/history").json["items"][-1]["merged_into"] == stays
    assert nikos.move(path, move="split").json["status"] == "received"


def test_a_forwarded_report_says_to_whom_and_under_which_number(
    client: FlaskClient, nikos: Program, town: Town
) -> None:
    path = f"/reports/{report(client).json['reference']}"
    assert nikos.move(path, move="forward").status_code == 422
    nikos.move(path, move="forward", forward_to="ΔΕΥΑ Σερρών", protocol_number="1234/2026")
    last = client.get(f"/api/v1{path}/history").json["items"][-1]
    assert (last["forwarded_to"], last["protocol_number"]) == ("ΔΕΥΑ Σερρών", "1234/2026")


def test_a_program_gets_its_token_with_a_staff_password_and_gives_it_back(client: FlaskClient, town: Town) -> None:
    wrong = client.post("/api/v1/tokens", json={"email": "nikos@example.gr", "password": "όχι"})
    assert wrong.status_code == 401
    token = client.post("/api/v1/tokens", json={"email": "Nikos@example.gr", "password": PASSWORD}).json["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/crews", headers=headers).status_code == 200
    assert client.delete("/api/v1/tokens/current", headers=headers).status_code == 204
    assert client.get("/api/v1/crews", headers=headers).status_code == 401


def test_a_session_cookie_needs_its_csrf_token_and_a_bearer_does_not(
    client: FlaskClient, town: Town, as_user: Any
) -> None:
    path = f"/api/v1/reports/{report(client).json['reference']}/moves"
    answer = as_user(town.nikos).post(path, json={"move": "accept"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 400
    assert "CSRF" not in answer.json["detail"]


def bench_of_three(client: FlaskClient, nikos: Program) -> tuple[str, list[int]]:
    """A bench whose metalwork is the crew's of Thanasis and the rest the crew's of Sofia."""
    reference = report(client, category="bench").json["reference"]
    steps = [
        {"trade": "metalwork", "crew": "metal"},
        {"trade": "carpentry", "crew": "wood"},
        {"trade": "painting", "crew": "wood"},
    ]
    sent = nikos.post(f"/reports/{reference}/work-orders", {"steps": steps}, '"1"')
    return reference, [order["id"] for order in sent.json["items"]]


def test_a_crew_whose_turn_has_not_come_cannot_stop_the_one_at_work(
    client: FlaskClient, nikos: Program, thanasis: Program, sofia: Program, town: Town
) -> None:
    reference, (metal, wood, _paint) = bench_of_three(client, nikos)
    thanasis.move(f"/work-orders/{metal}", move="start")
    assert sofia.move(f"/work-orders/{wood}", move="could_not", reason="Δεν θέλω").status_code == 409
    assert thanasis.finish(metal, camera.file(camera.street())).status_code == 200
    assert sofia.move(f"/work-orders/{wood}", move="could_not", reason="Λείπουν σανίδες").status_code == 200
    states = [o["status"] for o in nikos.get(f"/reports/{reference}/work-orders").json["items"]]
    assert states == ["done", "could_not", "cancelled"]
    fallen = nikos.get(f"/reports/{reference}/history").json["items"][-1]["detail"]["orders"]
    assert len(fallen) == 2


def test_when_the_rest_is_called_off_after_good_work_the_report_is_resolved(
    client: FlaskClient, nikos: Program, thanasis: Program, town: Town
) -> None:
    reference, (metal, wood, paint) = bench_of_three(client, nikos)
    thanasis.move(f"/work-orders/{metal}", move="start")
    thanasis.finish(metal, camera.file(camera.street()))
    nikos.move(f"/work-orders/{wood}", move="cancel", reason="Δεν χρειάζεται")
    assert nikos.get(f"/reports/{reference}").json["status"] == "in_progress"
    nikos.move(f"/work-orders/{paint}", move="cancel", reason="Δεν χρειάζεται")
    assert nikos.get(f"/reports/{reference}").json["status"] == "resolved"


def test_a_report_whose_last_crew_is_taken_away_is_the_offices_again(
    client: FlaskClient, nikos: Program, town: Town
) -> None:
    reference, number = dispatched(client, nikos)
    nikos.move(f"/work-orders/{number}", move="unassign")
    assert nikos.get(f"/reports/{reference}").json["status"] == "accepted"
    nikos.move(f"/work-orders/{number}", move="assign", crew="wood")
    assert nikos.get(f"/reports/{reference}").json["status"] == "scheduled"


def test_giving_an_order_to_another_crew_is_no_news_for_the_citizen(
    client: FlaskClient, nikos: Program, town: Town
) -> None:
    reference, number = dispatched(client, nikos)
    nikos.move(f"/work-orders/{number}", move="assign", crew="wood")
    nikos.move(f"/work-orders/{number}", move="assign", crew="wood")
    told = [row["move"] for row in client.get(f"/api/v1/reports/{reference}/history").json["items"]]
    assert told == ["submit", "accept", "schedule"]


def test_a_pause_says_why(client: FlaskClient, nikos: Program, thanasis: Program, town: Town) -> None:
    _reference, number = dispatched(client, nikos)
    thanasis.move(f"/work-orders/{number}", move="start")
    assert thanasis.move(f"/work-orders/{number}", move="pause").status_code == 422
    assert thanasis.move(f"/work-orders/{number}", move="pause", reason="Βροχή").json["status"] == "paused"
    assert thanasis.move(f"/work-orders/{number}", move="resume").json["status"] == "started"


def test_merges_do_not_make_chains(client: FlaskClient, nikos: Program, town: Town) -> None:
    first, second, third, refused = (report(client).json["reference"] for _ in range(4))
    nikos.move(f"/reports/{first}", move="merge", into=second)
    assert nikos.move(f"/reports/{second}", move="merge", into=third).json["status"] == "merged"
    assert client.get(f"/api/v1/reports/{first}/history").json["items"][-1]["merged_into"] == second
    assert nikos.get(f"/reports/{first}/history").json["items"][-1]["merged_into"] == third
    nikos.move(f"/reports/{refused}", move="reject", words="Όχι")
    assert nikos.move(f"/reports/{third}", move="merge", into=refused).status_code == 422


def test_another_category_finds_its_own_asset(client: FlaskClient, nikos: Program, town: Town) -> None:
    reference = report(client).json["reference"]
    headers = nikos.headers | {"If-Match": nikos.etag(f"/reports/{reference}")}
    edited = client.patch(f"/api/v1/reports/{reference}", json={"category": "light"}, headers=headers)
    assert edited.json["asset"]["code"] == "Φ-0001"


def test_letting_everybody_see_the_words_is_written_down(client: FlaskClient, nikos: Program, town: Town) -> None:
    reference = report(client, category="bench").json["reference"]
    nikos.move(f"/reports/{reference}", move="accept", release=True)
    assert nikos.get(f"/reports/{reference}/history").json["items"][-1]["detail"] == {"changed": {"released": True}}


def test_an_order_that_may_begin_now_reads_otherwise_than_one_that_waits(
    client: FlaskClient, nikos: Program, thanasis: Program, sofia: Program, town: Town
) -> None:
    _reference, (metal, wood, _paint) = bench_of_three(client, nikos)
    waiting = sofia.etag(f"/work-orders/{wood}")
    thanasis.move(f"/work-orders/{metal}", move="start")
    thanasis.finish(metal, camera.file(camera.street()))
    again = client.get(f"/api/v1/work-orders/{wood}", headers=sofia.headers | {"If-None-Match": waiting})
    assert again.status_code == 200
    assert again.json["waits"] is False


def test_a_crew_does_not_read_who_reported(client: FlaskClient, nikos: Program, thanasis: Program, town: Town) -> None:
    contact = {"name": "Ελένη", "email": "eleni@example.gr", "phone": "6900000000"}
    reference = report(client, contact=contact).json["reference"]
    sent = nikos.post(f"/reports/{reference}/work-orders", {"crew": "metal"}, nikos.etag(f"/reports/{reference}"))
    number = sent.json["items"][0]["id"]
    assert nikos.get(f"/reports/{reference}").json["contact"]["phone"] == "6900000000"
    for path in (f"/reports/{reference}", f"/work-orders/{number}", "/work-orders", f"/reports/{reference}/history"):
        told = thanasis.get(path)
        assert told.status_code == 200, path
        assert "contact" not in told.json
        assert not any(value in told.text for value in contact.values()), path
