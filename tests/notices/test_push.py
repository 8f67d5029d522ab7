"""Push messages to Eleni's telephone, through a real push service on this machine."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.notices import push, service
from app.notices.models import Notice, NoticeState, PushEndpoint, Subscription
from tests.dispatch.test_road_api import Program
from tests.notices.conftest import Box
from tests.notices.push_service import PushService
from tests.pages.person import Person
from tests.reports.test_submit_api import report
from tests.town import SPOT, Town

Work = Callable[[], list[str]]


@pytest.fixture
def phone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    monkeypatch.setitem(app.config, "PUSH_LOCAL", True)
    running = PushService()
    yield running
    running.close()


@pytest.fixture
def nikos(client: FlaskClient, town: Town, bearer: Any) -> Program:
    return Program(client, bearer(town.nikos))


def allows(client: FlaskClient, phone: PushService, **topic: Any) -> Any:
    return client.post("/follow/push", json={"endpoint": phone.url, "keys": phone.keys, "language": "el", **topic})


def test_her_telephone_hears_of_her_report_in_her_language_and_only_it_can_read_the_message(
    app: Flask, client: FlaskClient, town: Town, session: Session, phone: PushService, work: Work, nikos: Program
) -> None:
    reference = report(client).json["reference"]
    answer = allows(client, phone, reference=reference, language="en")
    assert answer.status_code == 200, answer.text
    assert reference in answer.json["topic"]
    nikos.move(f"/reports/{reference}", move="accept", words="Θα πάμε")
    assert work() == []
    (message,) = phone.messages
    assert message == {
        "title": "Pothole: Accepted",
        "body": message["body"],
        "url": f"/r/{reference}",
        "tag": f"report-{reference}",
        "lang": "en",
    }
    (headers,) = phone.headers
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["Authorization"].startswith("vapid t=")
    assert int(headers["TTL"]) > 0
    # The page that the answer leads to shows it, and ends it.
    eleni = Person(client).sees(answer.json["manage"])
    assert reference in eleni.words
    eleni.presses("Τέλος")
    nikos.move(f"/reports/{reference}", move="reject", words="Έγινε ήδη")
    work()
    assert len(phone.messages) == 1


def test_a_circle_can_be_followed_by_push_and_twice_is_once(
    client: FlaskClient, town: Town, session: Session, phone: PushService, work: Work
) -> None:
    for _time in range(2):
        assert allows(client, phone, lon=SPOT.x, lat=SPOT.y, radius=500).status_code == 200
    report(client)
    work()
    assert len(phone.messages) == 1
    assert len(session.scalars(select(Subscription)).all()) == 1


@pytest.mark.parametrize("answers", [404, 410])
def test_a_browser_that_is_gone_is_asked_no_more_and_troubles_nobody(
    client: FlaskClient, town: Town, session: Session, phone: PushService, work: Work, answers: int
) -> None:
    allows(client, phone, category="pothole")
    phone.answers = answers
    report(client)
    assert work() == []
    assert session.scalars(select(PushEndpoint)).one().gone_at is not None
    assert session.scalars(select(Notice)).one().state is NoticeState.DISMISSED
    report(client)
    work()
    assert len(phone.headers) == 1
    # The same browser comes back when its holder asks again.
    phone.answers = 201
    allows(client, phone, category="pothole")
    report(client)
    work()
    assert len(phone.messages) == 1


def test_a_push_service_that_sends_us_on_is_not_followed(
    client: FlaskClient, town: Town, phone: PushService, work: Work
) -> None:
    allows(client, phone, category="pothole")
    phone.answers = 307
    report(client)
    assert "redirects" in work()[0]
    assert len(phone.headers) == 1


def test_a_push_service_in_trouble_is_tried_again_and_one_that_refuses_is_shown_to_the_office(
    client: FlaskClient, town: Town, session: Session, phone: PushService, work: Work
) -> None:
    allows(client, phone, category="pothole")
    phone.answers = 500
    report(client)
    assert "500" in work()[0]
    notice = session.scalars(select(Notice)).one()
    assert (notice.state, notice.attempts) == (NoticeState.WAITING, 1)
    phone.answers = 403
    service.deliver(notice.id)
    (seen,) = service.failed()
    assert seen.last_error == "Refused: 403 words"


def test_mail_and_push_of_the_same_person_each_come_once(
    client: FlaskClient, town: Town, session: Session, phone: PushService, box: Box, work: Work
) -> None:
    allows(client, phone, category="pothole")
    allows(client, phone, area="905401")
    report(client, contact={"email": "eleni@example.gr"})
    work()
    assert len(phone.messages) == 1
    assert len(box.letters) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://push.example.org/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://10.0.0.4/x",
        "https://169.254.169.254/latest",
        "https://localhost/x",
        "https://postgres/x",
        "https://printer.local/x",
        "https://push.example.org:8443/x",
        "https://user@push.example.org/x",
        "ftp://push.example.org/x",
        "javascript:alert(1)",
        "",
        "https://[::1",
    ],
)
def test_an_address_inside_our_own_network_is_no_push_service(
    client: FlaskClient, town: Town, session: Session, address: str
) -> None:
    keys = PushService()
    answer = client.post("/follow/push", json={"endpoint": address, "keys": keys.keys, "category": "pothole"})
    keys.close()
    assert answer.status_code == 422
    assert session.scalars(select(PushEndpoint)).all() == []


def test_a_name_that_leads_inside_is_found_out_when_it_is_spoken_to(
    app: Flask, client: FlaskClient, town: Town, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PushServiceInside() as inside, push._session(local=False) as speaking:
        pool = speaking.get_adapter("https://x").poolmanager.connection_from_url(inside.url)  # type: ignore[attr-defined]
        with pytest.raises(push.Refused, match="own network"):
            pool._new_conn()._new_conn()


class PushServiceInside(PushService):
    def __init__(self) -> None:
        super().__init__()
        self.url = self.url.replace("http://", "https://")

    def __enter__(self) -> PushServiceInside:
        return self

    def __exit__(self, *_error: Any) -> None:
        self.close()


@pytest.mark.parametrize(
    "body", [[], "x", {}, {"keys": []}, {"endpoint": 5, "keys": {"p256dh": 1, "auth": []}, "category": "pothole"}]
)
def test_odd_subscriptions_are_refused_with_a_sentence(
    client: FlaskClient, town: Town, phone: PushService, body: Any
) -> None:
    answer = client.post("/follow/push", json=body, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.json["errors"]


def test_keys_that_no_browser_could_have_made_are_refused(client: FlaskClient, town: Town, phone: PushService) -> None:
    body = {"endpoint": phone.url, "keys": phone.keys | {"p256dh": "BAAA"}, "category": "pothole"}
    assert client.post("/follow/push", json=body).status_code == 422


def test_a_form_of_a_foreign_page_cannot_subscribe_anybody(client: FlaskClient, town: Town, phone: PushService) -> None:
    body = json.dumps({"endpoint": phone.url, "keys": phone.keys, "category": "pothole"})
    answer = client.post("/follow/push", data=body, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400


def test_the_towns_key_is_made_once_whoever_asks_first_and_nobody_else_may_read_it(app: Flask, tmp_path: Path) -> None:
    kept = tmp_path / "vapid_key.pem"
    with ThreadPoolExecutor(8) as several:
        list(several.map(lambda _n: push._make(kept), range(8)))
    assert [path.name for path in tmp_path.iterdir()] == ["vapid_key.pem"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with app.app_context():
        point = base64.urlsafe_b64decode(push.public_key() + "=")
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def test_two_workers_at_once_send_one_message(own_database: Flask) -> None:
    from app.extensions import db, unit_of_work
    from app.notices import following
    from tests import town as the_town

    running = PushService()
    own_database.config["PUSH_LOCAL"] = True
    with own_database.app_context(), unit_of_work() as session:
        the_town.build(session)
    with own_database.app_context():
        browser = own_database.test_client()
        allows(browser, running, category="pothole")
        report(browser)
        row = db.session.execute(select(Notice.id)).all()
        assert row == []
        assert following.MOST_WISHES > 1

    def work(function: Any, *numbers: int) -> None:
        def one(_n: int) -> None:
            with own_database.app_context():
                function(*numbers)

        with ThreadPoolExecutor(4) as several:
            list(several.map(one, range(4)))

    from app.reports.models import ReportHistory

    with own_database.app_context():
        history_id = db.session.scalars(select(ReportHistory.id)).one()
    work(service.tell, history_id)
    with own_database.app_context():
        notice_id = db.session.scalars(select(Notice.id)).one()
    work(service.deliver, notice_id)
    assert len(running.messages) == 1
    running.close()


def test_the_worker_itself_tells_everybody_from_the_row_to_the_telephone(own_database: Flask) -> None:
    from app.extensions import db, unit_of_work
    from tests import town as the_town

    running = PushService()
    own_database.config["PUSH_LOCAL"] = True
    with own_database.app_context(), unit_of_work() as session:
        the_town.build(session)
    with own_database.app_context():
        browser = own_database.test_client()
        assert allows(browser, running, category="pothole").status_code == 200
        report(browser, contact={"email": "eleni@example.gr"})
    # What a job queues may come too late for the run that did the job: the next one has it.
    for _run in range(3):
        result = own_database.test_cli_runner().invoke(args=["worker", "--once"])
    assert result.exit_code == 0, result.output
    assert len(running.messages) == 1
    assert len(list((own_database.config["DATA_DIR"] / "mail").iterdir())) == 1
    with own_database.app_context():
        assert set(db.session.scalars(select(Notice.state))) == {NoticeState.SENT}
    running.close()
