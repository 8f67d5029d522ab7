"""A photo that the office hides is gone for everybody at once; whoever has it already costs us no reading."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.extensions import now, unit_of_work
from app.media import service as media
from app.reports import triage
from tests.media import camera
from tests.reports.test_submit_api import POTHOLE
from tests.town import Town


def shown_photo(client: FlaskClient) -> tuple[str, str]:
    """A pothole that everybody sees: its reference, and the address of its photo."""
    data = {"report": json.dumps(POTHOLE), "photo": (io.BytesIO(camera.file(camera.street())), "a.jpg")}
    reference = client.post("/api/v1/reports", data=data).json["reference"]
    [photo] = client.application.test_client().get(f"/api/v1/reports/{reference}").json["photos"]
    return reference, photo["urls"]["small"]


def test_a_hidden_photo_is_not_shown_from_any_store_on_the_way(client: FlaskClient, town: Town) -> None:
    reference, address = shown_photo(client)
    everybody = client.application.test_client()
    seen = everybody.get(address)
    assert seen.status_code == 200
    assert seen.headers["Cache-Control"] == "public, no-cache"
    with unit_of_work():
        triage.edit(reference, by=town.nikos, at=now(), version=None, released=False)
    assert everybody.get(address, headers={"If-None-Match": seen.headers["ETag"]}).status_code == 404


def test_whoever_has_the_photo_already_is_told_so_without_reading_it(
    client: FlaskClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    _reference, address = shown_photo(client)
    etag = client.get(address).headers["ETag"]

    def read(*_of: Any) -> bytes:
        raise AssertionError("read for nothing")

    monkeypatch.setattr(media, "rendition", read)
    again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
