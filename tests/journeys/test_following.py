"""Eleni follows by mail and on her telephone: real letters, real push messages, a real browser."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.journeys.conftest import DESK, PHONE, LiveTown
from tests.journeys.test_every_page import well_made
from tests.notices.conftest import Box, words
from tests.notices.push_service import PushService

SOON_S = 60


def soon(there: Callable[[], Any]) -> Any:
    """What the worker brings within a moment."""
    deadline = time.monotonic() + SOON_S
    while not (found := there()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found


def link(letter: EmailMessage, begins: str) -> str:
    return next(word for word in words(letter).split() if begins in word)


def received(somebody: Any) -> str:
    """A report that waits for the office."""
    api = somebody.context.request
    items = api.get("/api/v1/reports?status=received").json()["items"]
    return str(items[0]["reference"])


def accepts(live_town: LiveTown, reference: str) -> None:
    """Nikos accepts it, with a program of the office."""

    def asks(method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        wanted = urllib.request.Request(f"{live_town.url}/api/v1{path}", data, method=method)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            wanted.add_header(name.replace("_", "-"), value)
        return urllib.request.urlopen(wanted, timeout=20)

    account = live_town.account("dispatcher")
    told = {"email": account["email"], "password": account["password"], "label": "journey"}
    with asks("POST", "/tokens", told) as answer:
        bearer = f"Bearer {json.load(answer)['token']}"
    with asks("GET", f"/reports/{reference}", Authorization=bearer) as seen:
        etag = seen.headers["ETag"]
    with asks("POST", f"/reports/{reference}/moves", {"move": "accept"}, Authorization=bearer, If_Match=etag) as done:
        assert done.status == 200


def test_a_report_by_mail_from_the_first_yes_to_the_one_click_that_ends_it(
    somebody: Any, live_town: LiveTown, letter_box: Box
) -> None:
    eleni = somebody(PHONE, script=False)
    reference = received(eleni)
    eleni.page.goto(f"/follow?reference={reference}")
    eleni.page.get_by_label("E-mail").fill("eleni.journey@example.gr")
    eleni.page.locator(".follow__go button").click()
    assert "Μένει ένα «ναι» σας" in eleni.page.inner_text("h1")
    (asked,) = soon(lambda: letter_box.to("eleni.journey@example.gr"))
    eleni.page.goto(link(asked, "/follow/confirm/"))
    eleni.page.get_by_role("button", name="Ναι, να μου γράφετε").click()
    assert reference in eleni.page.inner_text("main")
    accepts(live_town, reference)
    told = soon(lambda: letter_box.to("eleni.journey@example.gr")[1:])[0]
    assert "Έγινε δεκτή" in told["Subject"]
    assert reference in words(told)
    leave = told["List-Unsubscribe"].strip(" <>")
    # Her mail program, which has none of her cookies.
    with urllib.request.urlopen(leave, data=b"List-Unsubscribe=One-Click", timeout=20) as answer:
        assert answer.status == 200
    eleni.page.goto(link(told, "/follow/manage/"))
    assert "Δεν ακολουθείτε τίποτα τώρα" in eleni.page.inner_text("main")


@pytest.mark.parametrize("language", ["el-GR", "en-GB"])
def test_around_her_home_without_a_map_or_with_one(
    somebody: Any, live_town: LiveTown, letter_box: Box, language: str
) -> None:
    address = f"home-{language.lower()}@example.gr"
    eleni = somebody(PHONE, language=language)
    eleni.page.goto("/follow")
    well_made(eleni.page)
    eleni.page.locator("#f-q").fill("lefkonas")
    eleni.page.locator("[name=seek]").click()
    eleni.page.locator("#found").wait_for()
    well_made(eleni.page)
    eleni.page.get_by_label("E-mail").fill(address)
    eleni.page.locator(".follow__go button").click()
    eleni.page.wait_for_url("**/follow/letter")
    well_made(eleni.page)
    (asked,) = soon(lambda: letter_box.to(address))
    assert asked["Content-Language"] == language[:2]
    for begins in ("/follow/confirm/",):
        eleni.page.goto(link(asked, begins))
        well_made(eleni.page)
    eleni.page.locator("main form button").click()
    eleni.page.wait_for_url("**/follow/manage/**")
    well_made(eleni.page)
    token = urlsplit(eleni.page.url).path.rpartition("/")[2]
    eleni.page.goto(f"/unsubscribe/{token}")
    well_made(eleni.page)
    eleni.page.locator("main form button").click()
    well_made(eleni.page)


@pytest.fixture
def push_service() -> Iterator[PushService]:
    running = PushService()
    yield running
    running.close()


#: The browser's own push service is far away; in its place stands ours. Everything else is the browser.
SUBSCRIBED = """({url, keys}) => {
  PushManager.prototype.getSubscription = async () => null;
  PushManager.prototype.subscribe = async (options) => {
    window.subscribedWith = options;
    return {options, toJSON: () => ({endpoint: url, keys})};
  };
}"""


def test_on_her_telephone_a_tap_asks_and_the_message_arrives(
    somebody: Any, live_town: LiveTown, push_service: PushService
) -> None:
    eleni = somebody(DESK, permissions=["notifications"])
    reference = received(eleni)
    eleni.page.goto(f"/follow?reference={reference}")
    told = {"url": push_service.url, "keys": push_service.keys}
    eleni.page.evaluate(SUBSCRIBED, told)
    eleni.page.locator("[data-push-start]").click()
    eleni.page.get_by_text("Έγινε: θα σας ειδοποιούμε σε αυτή τη συσκευή.").wait_for()
    assert eleni.page.evaluate("subscribedWith.applicationServerKey.length") == 65
    accepts(live_town, reference)
    message = soon(lambda: push_service.messages)[0]
    assert message["url"] == f"/r/{reference}"
    assert "Έγινε δεκτή" in message["title"]
    shown = delivered(eleni, live_town, message)
    assert shown == {"title": message["title"], "body": message["body"], "lang": "el"}


def delivered(somebody: Any, live_town: LiveTown, message: dict[str, Any]) -> Any:
    """What the browser shows when its push service brings this message to our service worker."""
    speaking = somebody.context.new_cdp_session(somebody.page)
    registrations: list[Any] = []
    speaking.on("ServiceWorker.workerRegistrationUpdated", lambda told: registrations.extend(told["registrations"]))
    speaking.send("ServiceWorker.enable")
    deadline = time.monotonic() + SOON_S
    while not registrations:
        assert time.monotonic() < deadline
        somebody.page.wait_for_timeout(100)
    speaking.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": live_town.url,
            "registrationId": registrations[0]["registrationId"],
            "data": json.dumps(message),
        },
    )
    return somebody.page.evaluate(
        """async () => {
          const worker = await navigator.serviceWorker.ready;
          for (let tried = 0; tried < 100; tried++) {
            const [shown] = await worker.getNotifications();
            if (shown) return {title: shown.title, body: shown.body, lang: shown.lang};
            await new Promise((go) => setTimeout(go, 100));
          }
          return null;
        }"""
    )
