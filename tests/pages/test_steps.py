"""The steps of a new report without script: the cases that the phone's script answers as well (web/tests/core)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.categories.models import Category
from app.extensions import unit_of_work
from app.geo.shapes import point
from app.pages.citizen import reporting, steps
from app.reports import submission
from app.reports.models import Source
from tests.pages.test_new_report import Eleni
from tests.town import MONDAY, Town

PATH = Path(__file__).parents[2] / "web/tests/core/steps.json"
TOLD = json.loads(PATH.read_text())


@pytest.fixture
def categories(town: Town) -> list[Category]:
    """The categories of the cases, beside the town's own."""
    group = town.categories["bench"].group_id
    with unit_of_work() as session:
        kinds = [Category(group_id=group, target_days=5, **told) for told in TOLD["categories"]]
        session.add_all(kinds)
    return kinds


@pytest.fixture
def eleni(client: FlaskClient, categories: list[Category], monkeypatch: pytest.MonkeyPatch) -> Eleni:
    monkeypatch.setattr(reporting, "BY_HAND", timedelta(0))
    return Eleni(client)


def test_the_phone_is_tried_with_the_table_that_the_server_sends(app: Flask, categories: list[Category]) -> None:
    """When it fails: write what ``steps.table`` gives into the file, and see what the cases say."""
    with app.test_request_context():
        sent = json.loads(json.dumps(steps.table(categories)))
    assert TOLD["table"] == sent


@pytest.mark.parametrize("case", TOLD["cases"], ids=lambda case: case["told"])
def test_a_step_leads_where_the_phone_leads_and_says_what_it_says(eleni: Eleni, case: dict[str, Any]) -> None:
    step, fields, to = case["step"], case["fields"], case.get("to")
    if case.get("near"):
        known = {"category": fields["category"][0], "answers": {"where": "square"}, "spot": point(23.5201, 41.07)}
        with unit_of_work():
            submission.submit(**known, source=Source.STAFF, at=MONDAY)
    stands = {name: values for name, values in fields.items() if name != "checked"}
    for earlier in steps.STEPS:
        names = steps.fields_of(earlier, stands)
        if earlier != step and any(name in stands for name in names):
            eleni.answers(earlier, **{name: stands[name] for name in names if name in stands})
    if "checked" in fields:
        eleni.at("check")
    typed = {name: stands[name] for name in steps.fields_of(step, stands) if name in stands}
    page = eleni.answers(step, **typed, **({"to": to} if to else {}), **({"skip": "1"} if case.get("skip") else {}))
    if page.status == 303:
        place = page.headers["Location"]
        assert ("sent" if place.startswith("/r/") else place.rpartition("/")[2]) == case["at"]
        assert "wrong" not in case
        return
    assert page.status == 422
    assert re.search(r'data-current="(\w+)"', page.html).group(1) == case["at"]  # type: ignore[union-attr]
    shown = {sentence for sentence in case["wrong"].values() if sentence in page.text}
    assert shown == set(case["wrong"].values())
    assert page.html.count('class="govuk-error-message"') == len(case["wrong"])


@pytest.mark.parametrize("case", TOLD["back"], ids=lambda case: f"{case['step']} to {case['at']}")
def test_back_leads_where_it_leads_on_the_phone(eleni: Eleni, case: dict[str, Any]) -> None:
    fields = case["fields"]
    for step in steps.STEPS:
        if typed := {name: fields[name] for name in steps.fields_of(step, fields) if name in fields}:
            eleni.answers(step, **typed)
    back = re.search(r'class="step__back" href="[^"]*/(\w+)"', eleni.at(case["step"]).html)
    assert back
    assert back.group(1) == case["at"]


@pytest.mark.parametrize("case", TOLD["errors"], ids=lambda case: case["field"])
def test_what_is_wrong_with_a_field_is_put_right_at_the_same_step(case: dict[str, str]) -> None:
    assert steps.step_of(case["field"]) == case["at"]
