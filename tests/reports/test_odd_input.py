"""Whatever a program sends, it gets an answer it can understand, never a 500."""

from __future__ import annotations

import json

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reports.test_submit_api import POTHOLE
from tests.town import Town

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
