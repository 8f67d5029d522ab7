"""A dispatcher's second step, in a browser that has a passkey."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys.conftest import DESK, PHONE, LiveTown, Somebody


@pytest.fixture
def maria(somebody: Callable[..., Somebody], live_town: LiveTown) -> Iterator[Somebody]:
    """The second dispatcher, on a phone with a built-in key; afterwards she has no second step again."""
    person = somebody(PHONE)
    devtools = person.context.new_cdp_session(person.page)
    devtools.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": kind | {"automaticPresenceSimulation": True}})
    yield person
    with live_town.database() as database:
        database.execute("DELETE FROM second_factor")


def door(person: Somebody, account: dict[str, Any]) -> None:
    person.page.goto("/login")
    person.page.get_by_label("E-mail").fill(account["email"])
    person.page.get_by_label("Κωδικός").fill(account["password"])
    person.page.get_by_role("button", name="Σύνδεση").click()


def test_maria_makes_a_passkey_and_comes_in_with_it(
    maria: Somebody, somebody: Callable[..., Somebody], live_town: LiveTown
) -> None:
    account = next(one for one in live_town.told["accounts"] if one["email"].startswith("dispatcher2"))
    page = maria.page
    maria.signs_in(account, "/login")
    page.goto("/account")
    page.get_by_text("Νέο κλειδί εισόδου").click()
    page.get_by_label("Πώς το λέτε").fill("Το κινητό μου")
    page.locator("#f-password-account-add_passkey").fill(account["password"])
    page.get_by_role("button", name="Συνέχεια").click()
    page.get_by_role("button", name="Αγγίξτε το κλειδί").click()
    page.get_by_text("δεν θα τους ξαναδείτε").wait_for()
    paper = page.locator(".own__codes code").first.inner_text()

    page.goto("/office")
    page.get_by_role("button", name="Έξοδος").click()
    door(maria, account)
    page.get_by_role("button", name="Με κλειδί εισόδου").click()
    page.wait_for_url("**/office")

    thief = somebody(DESK)  # who knows the password, and has another machine
    door(thief, account)
    thief.page.goto("/office")
    assert "/login" in thief.page.url
    door(thief, account)
    thief.page.get_by_label("Κωδικός μιας χρήσης").fill(paper)  # unless the paper lies beside it
    thief.page.get_by_role("button", name="Συνέχεια").click()
    thief.page.wait_for_url("**/office")
