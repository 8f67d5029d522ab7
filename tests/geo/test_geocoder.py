"""A town that has no streets of its own asks a geocoder, which may be slow, broken or not there."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask

from app.geo import geocoder
from app.pages.citizen import gazetteer
from tests.town import Town

PHOTON = {
    "features": [
        {
            "geometry": {"type": "Point", "coordinates": [23.5471, 41.0822]},
            "properties": {"street": "Μεραρχίας", "housenumber": "12", "city": "Σέρρες"},
        },
        {
            "geometry": {"type": "Point", "coordinates": [22.94, 40.64]},
            "properties": {"name": "Μεραρχίας", "city": "Αλλού"},
        },
    ]
}
NOMINATIM = {
    "features": [
        {
            "geometry": {"type": "Point", "coordinates": [23.5471, 41.0822]},
            "properties": {"display_name": "12, Μεραρχίας, Σέρρες, Ελλάδα"},
        }
    ]
}


class Server:
    """Somebody else's geocoder, on this machine."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: Any = PHOTON
        self.wait_s = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                time.sleep(outer.wait_s)
                body = outer.answer if isinstance(outer.answer, bytes) else json.dumps(outer.answer).encode()
                self.send_response(200)
                self.end_headers()
                with suppress(BrokenPipeError):  # who asked did not wait
                    self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/api?q={{q}}&lon={{lon}}&lat={{lat}}"


@pytest.fixture
def elsewhere(app: Flask, town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server()
    monkeypatch.setitem(app.config, "GEOCODER_URL", server.address)
    app.extensions.pop("geocoder_silent_until", None)
    yield server
    app.extensions.pop("geocoder_silent_until", None)
    server.server.shutdown()
    server.server.server_close()


@pytest.mark.parametrize("answer", [PHOTON, NOMINATIM], ids=["photon", "nominatim"])
def test_what_it_knows_of_the_town_is_offered_and_can_be_chosen(elsewhere: Server, answer: Any) -> None:
    elsewhere.answer = answer
    [found] = gazetteer.found("merarxias 12")
    assert (found["name"], found["near"]) == ("Μεραρχίας 12", "Σέρρες")
    assert "merarxias%2012" in elsewhere.asked[0]
    chosen = gazetteer.chosen(found["value"])
    assert chosen is not None
    assert (chosen.lon, chosen.lat) == (23.5471, 41.0822)


def test_it_is_not_asked_for_what_the_town_knows(elsewhere: Server, streets: Town) -> None:
    assert gazetteer.found("Μεραρχίας 12")[0]["name"] == "Μεραρχίας 12"
    assert gazetteer.found("Λευκώνας")
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"[]", b'{"features": 3}', b'{"features": [{"geometry": null}]}', b'{"features": [{}]}']
)
def test_broken_it_is_as_if_there_were_none_and_is_left_alone_for_a_while(elsewhere: Server, answer: bytes) -> None:
    elsewhere.answer = answer
    assert gazetteer.found("merarxias 12") == []
    assert gazetteer.found("merarxias 12") == []
    assert len(elsewhere.asked) == 1


def test_nobody_waits_for_it(elsewhere: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geocoder, "PATIENCE_S", 0.2)
    elsewhere.wait_s = 2
    assert gazetteer.found("merarxias 12") == []


@pytest.mark.parametrize("value", ["at:", "at:x,y", "at:999999,1", "at:1,2,3", "at:23.5;41"])
def test_a_choice_that_never_was_is_none(elsewhere: Server, value: str) -> None:
    assert gazetteer.chosen(value) is None
