"""What a newcomer finds after script/server."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import take_pictures
from playwright.sync_api import Browser

from tests.journeys.conftest import LiveTown


def fetched(town: LiveTown, path: str, body: Any = None, **headers: str) -> Any:
    data = json.dumps(body).encode() if body is not None else None
    asked = urllib.request.Request(town.url + path, data, {"Content-Type": "application/json"} | headers)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return json.loads(answer.read())


def test_demo_json_says_where_the_town_is_and_who_may_sign_in(live_town: LiveTown) -> None:
    assert live_town.told["base_url"] == live_town.url
    roles = [account["role"] for account in live_town.told["accounts"]]
    assert roles.count("crew") == 5
    assert {"dispatcher", "crew", "head", "admin"} == set(roles)
    for account in live_town.told["accounts"]:
        wanted = {key: account[key] for key in ("email", "password")}
        token = fetched(live_town, "/api/v1/tokens", wanted)["token"]
        own = fetched(live_town, "/api/v1/work-orders", Authorization=f"Bearer {token}")["items"]
        if account["role"] == "crew":
            assert {order["crew"]["code"] for order in own} <= {account["crew"]}


def test_a_partner_system_reports_with_its_key(live_town: LiveTown) -> None:
    spot = {"type": "Point", "coordinates": [23.5484, 41.0856]}
    key = {"Authorization": f"Bearer {live_town.told['open311_api_key']}"}
    answer = fetched(live_town, "/api/v1/reports", {"category": "bench", "location": spot}, **key)
    assert answer["area"]["community"]["name_el"]


def test_the_town_has_reports_in_every_state_and_its_categories(live_town: LiveTown) -> None:
    states = {
        state: fetched(live_town, f"/api/v1/reports?limit=200&status={state}")["items"]
        for state in (
            "received", "accepted", "scheduled", "in_progress", "resolved", "closed", "question", "forwarded",
            "rejected", "merged",
        )
    }  # fmt: skip
    assert all(states.values())
    assert sum(map(len, states.values())) >= 150
    kinds = fetched(live_town, "/api/v1/categories")["items"]
    assert len(kinds) >= 14
    assert len({kind["group"]["code"] for kind in kinds}) >= 3


def test_the_three_faces_can_be_photographed_for_the_front_page(chromium: Browser, live_town: LiveTown) -> None:
    pictures = take_pictures.faces(chromium, live_town.url, live_town.folder)
    for face, picture in pictures.items():
        colours = picture.getcolors(1 << 24) or []
        assert len(colours) > 200, face.name
    assert take_pictures.set_side_by_side(pictures).size == (take_pictures.WIDTH, take_pictures.HEIGHT)
