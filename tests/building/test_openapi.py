"""The API's own description is valid, whole, and true."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from app.accounts.models import User
from tests.dispatch.test_road_api import Program, dispatched
from tests.town import Town


@pytest.fixture
def description(client: FlaskClient) -> dict[str, Any]:
    told: dict[str, Any] = client.get("/api/v1/openapi.json").json or {}
    return told


def test_it_is_valid_openapi_3_1_and_names_every_address_of_the_api(app: Flask, description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    validate(description)
    described = {path.replace("{", "<").replace("}", ">") for path in description["paths"]}
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    real = {re.sub("<[a-z]+:", "<", rule) for rule in rules} - {"/api/v1/openapi.json", "/api/v1/docs"}
    assert real <= described


def test_what_the_api_answers_is_what_it_describes(
    client: FlaskClient, town: Town, bearer: Callable[[User], dict[str, str]], description: dict[str, Any]
) -> None:
    headers = bearer(town.nikos)
    reference, order = dispatched(client, Program(client, headers))
    upload = "00000000-0000-4000-8000-000000000001"
    client.put(f"/api/v1/uploads/{upload}", json={"length": 1000})
    for path, template in {
        "/categories": "/categories",
        "/categories/pothole": "/categories/{code}",
        "/areas": "/areas",
        "/reports": "/reports",
        f"/reports/{reference}": "/reports/{reference}",
        f"/reports/{reference}/history": "/reports/{reference}/history",
        f"/reports/{reference}/crews": "/reports/{reference}/crews",
        f"/reports/{reference}/work-orders": "/reports/{reference}/work-orders",
        "/crews": "/crews",
        "/work-orders": "/work-orders",
        f"/work-orders/{order}": "/work-orders/{order_id}",
        f"/uploads/{upload}": "/uploads/{upload_id}",
    }.items():
        told = description["paths"]["/api/v1" + template]["get"]["responses"]["200"]
        schema = told["content"]["application/json"]["schema"]
        for asking in ({}, headers):
            answer = client.get("/api/v1" + path, headers=asking)
            if answer.status_code == 200:
                OAS31Validator(schema | {"components": description["components"]}).validate(answer.json)


def test_errors_are_problems_in_the_description_as_on_the_wire(
    client: FlaskClient, town: Town, description: dict[str, Any]
) -> None:
    told = description["components"]["responses"]
    assert {tuple(response["content"]) for response in told.values()} == {("application/problem+json",)}
    schema = told["UNPROCESSABLE_ENTITY"]["content"]["application/problem+json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Problem"}
    whole = {**description["components"]["schemas"]["Problem"], "components": description["components"]}
    for answer in (client.post("/api/v1/reports", json={}), client.get("/api/v1/reports/000-000-000")):
        assert answer.mimetype == "application/problem+json"
        OAS31Validator(whole).validate(answer.json)
