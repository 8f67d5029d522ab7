"""People who work by API alone."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.dispatch.test_road_api import Bearer, Program
from tests.town import Town


@pytest.fixture
def nikos(client: FlaskClient, town: Town, bearer: Bearer) -> Program:
    return Program(client, bearer(town.nikos))


@pytest.fixture
def thanasis(client: FlaskClient, town: Town, bearer: Bearer) -> Program:
    return Program(client, bearer(town.thanasis))


@pytest.fixture
def sofia(client: FlaskClient, town: Town, bearer: Bearer) -> Program:
    return Program(client, bearer(town.sofia))
