"""Whatever a program sends, it gets an answer it can understand, never a 500."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.reports.models import ReportContact
from tests.media import camera
from tests.reports.test_submit_api import POTHOLE
from tests.town import PASSWORD, Town

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["category", "location", "accuracy_m", "description", "answers", "contact", "address", "source"]
QUIET = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@QUIET
@given(field=st.sampled_from(FIELDS), value=ANYTHING)
def test_any_value_in_any_field(client: FlaskClient, town: Town, field: str, value: object) -> None:
    body = json.dumps(POTHOLE | {field: value})
    answer = client.post("/api/v1/reports", data=body, content_type="application/json")
    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 422:
        assert answer.mimetype == "application/problem+json"


@QUIET
@given(
    name=st.sampled_from(
        ["status", "state", "category", "area", "bbox", "since", "until", "q", "after", "limit", "format"]
    ),
    value=st.text(max_size=30) | st.sampled_from(["%00", "1e400", "NaN,NaN,NaN,NaN", "0001-01-01T00:00:00+14:00"]),
)
def test_any_text_in_any_filter(client: FlaskClient, town: Town, name: str, value: str) -> None:
    answer = client.get("/api/v1/reports", query_string={name: value})
    assert answer.status_code in (200, 422), answer.text


@QUIET
@given(reference=st.text(min_size=1, max_size=30))
def test_any_text_as_a_reference(client: FlaskClient, town: Town, reference: str) -> None:
    from urllib.parse import quote

    answer = client.get("/api/v1/reports/" + quote(reference, safe=""))
    assert answer.status_code in (404, 308, 200), answer.text


NUL, HALF, HUGE = "be\x00nch", "\ud800", 10**30


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/reports?category=%00",
        "/api/v1/reports?area=%00",
        "/api/v1/reports?q=%00",
        "/api/v1/areas?parent=%00",
        "/api/v1/categories/%00",
        "/api/v1/work-orders?crew=%00",
        f"/api/v1/work-orders?before={HUGE}",
        f"/api/v1/work-orders/{HUGE}",
        "/api/v1/reports?bbox=-180,-90,180,90",
        "/api/v1/reports?bbox=0,0,180,0",
        "/reports?category=%00",
        "/reports?state=foo",
        "/reports?after=zzz",
        "/office?category=%00",
        "/office?area=%00&q=%00",
        "/crew?crew=%00",
        f"/crew/orders/{HUGE}",
        f"/r/{HUGE}",
    ],
)
def test_no_address_is_a_fault_of_ours(town: Town, as_user: Callable[[User], FlaskClient], address: str) -> None:
    answer = as_user(town.nikos).get(address)
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("value", [NUL, HALF, HUGE, [HALF], {"a": NUL}])
@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/api/v1/reports", "category"),
        ("/api/v1/reports", "description"),
        ("/api/v1/tokens", "email"),
        ("/api/v1/tokens", "password"),
        ("/api/v1/tokens", "label"),
        ("/api/v1/reports/{reference}/work-orders", "crew"),
        ("/api/v1/reports/{reference}/work-orders", "trade"),
        ("/api/v1/reports/{reference}/work-orders", "planned_day"),
        ("/api/v1/reports/{reference}/work-orders", "estimate_min"),
        ("/api/v1/reports/{reference}/moves", "into"),
        ("/api/v1/reports/{reference}/moves", "words"),
    ],
)
def test_no_value_is_a_fault_of_ours(
    client: FlaskClient,
    town: Town,
    bearer: Callable[[User], dict[str, str]],
    address: str,
    field: str,
    value: object,
) -> None:
    reference = client.post("/api/v1/reports", json=POTHOLE).json["reference"]
    good = POTHOLE | {"email": "nikos@example.gr", "password": PASSWORD, "crew": "metal", "move": "accept"}
    answer = client.post(
        address.format(reference=reference),
        data=json.dumps(good | {field: value}),
        content_type="application/json",
        headers=bearer(town.nikos) | {"If-Match": '"1"'},
    )
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("body", ["[" * 100_000, '{"x":[' + "[]," * 500_000 + "1]}", '{"location":{"type":"Point",'
    '"coordinates":[1' + "0" * 400 + ',41]},"category":"pothole"}'])  # fmt: skip
def test_bodies_without_measure_are_refused(client: FlaskClient, town: Town, body: str) -> None:
    answer = client.post("/api/v1/reports", data=body, content_type="application/json")
    assert answer.status_code in (413, 422)


@pytest.mark.parametrize("tag", ['"²"', '"' + "9" * 5000 + '"', '""', "*", 'W/"1"', '"1","2"'])
def test_odd_etags_are_refused_in_words(
    client: FlaskClient, town: Town, bearer: Callable[[User], dict[str, str]], tag: str
) -> None:
    reference = client.post("/api/v1/reports", json=POTHOLE).json["reference"]
    headers = bearer(town.nikos) | {"If-Match": tag.encode().decode("latin-1")}
    answer = client.post(f"/api/v1/reports/{reference}/moves", json={"move": "accept"}, headers=headers)
    assert answer.status_code in (422, 428), answer.text


@pytest.mark.parametrize(
    "address", ["a..b@x.gr", ".a@x.gr", "a(b@x.gr", "a@b..gr", "a[b]@x.gr", "μαρία@x.gr", "a@x", "a b@x.gr", "@x.gr"]
)
def test_an_address_no_letter_could_reach_is_refused_at_once(client: FlaskClient, town: Town, address: str) -> None:
    answer = client.post("/api/v1/reports", json=POTHOLE | {"contact": {"email": address}})
    assert answer.status_code == 422
    assert "contact.email" in answer.json["errors"]


def test_an_address_with_a_greek_domain_is_kept_as_servers_write_it(
    client: FlaskClient, town: Town, session: Session
) -> None:
    answer = client.post("/api/v1/reports", json=POTHOLE | {"contact": {"email": "maria@παράδειγμα.gr"}})
    assert answer.status_code == 201
    assert session.scalars(select(ReportContact)).one().email == "maria@xn--hxajbheg2az3al.gr"


@pytest.mark.parametrize("typed", ["λάμπα", "λαμπα", "ΛΑΜΠΑ", "Λάμπα"])
def test_search_does_not_mind_accents_and_capitals(client: FlaskClient, town: Town, typed: str) -> None:
    client.post("/api/v1/reports", json=POTHOLE | {"description": "Κάηκε η λάμπα στους δρόμους"})
    assert len(client.get("/api/v1/reports", query_string={"q": typed}).json["items"]) == 1
    assert len(client.get("/api/v1/reports", query_string={"q": "100%"}).json["items"]) == 0


def test_a_box_is_flat_and_its_edges_do_not_bend(client: FlaskClient, town: Town) -> None:
    client.post("/api/v1/reports", json=POTHOLE)
    for box, found in {
        "0,30,47,41.06": 0,
        "0,30,47,41.08": 1,
        "-180,-90,180,90": 1,
        "23.51,41.06,23.53,41.08": 1,
    }.items():
        assert len(client.get("/api/v1/reports", query_string={"bbox": box}).json["items"]) == found


def test_a_refused_report_leaves_no_photo_behind(client: FlaskClient, town: Town, app: Flask) -> None:
    store = Path(app.config["DATA_DIR"]) / "photos" / "originals"
    before = sum(1 for path in store.rglob("*") if path.is_file())
    outside = POTHOLE | {"location": {"type": "Point", "coordinates": [0, 0]}}
    photo = (io.BytesIO(camera.file(camera.street())), "a.jpg")
    answer = client.post("/api/v1/reports", data={"report": json.dumps(outside), "photo": photo})
    assert answer.status_code == 422
    assert sum(1 for path in store.rglob("*") if path.is_file()) == before
