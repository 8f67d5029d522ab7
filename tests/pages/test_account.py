"""People of the town hall come in by the door, and only by the door."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.conftest import PASSWORD, login_as
from tests.pages.person import Person
from tests.town import Town


@pytest.fixture
def somebody(client: FlaskClient, town: Town) -> Person:
    return Person(client)


@pytest.mark.parametrize(("who", "home"), [("nikos", "/office"), ("head", "/office"), ("thanasis", "/crew")])
def test_everybody_lands_where_their_day_begins(somebody: Person, who: str, home: str) -> None:
    somebody.sees("/login").presses("Σύνδεση", email=f"{who}@example.gr", password=PASSWORD)
    assert (somebody.status, somebody.path) == (200, home)


def test_a_wrong_password_gets_a_sentence_and_keeps_the_email(somebody: Person) -> None:
    somebody.sees("/login").presses("Σύνδεση", email="nikos@example.gr", password="λάθος")
    assert somebody.status == 401
    assert "Το e-mail ή ο κωδικός δεν είναι σωστά" in somebody.words
    assert somebody.form("Σύνδεση").value("email") == "nikos@example.gr"
    assert somebody.form("Σύνδεση").value("password") == ""


def test_nikos_comes_back_to_the_page_he_asked_for(somebody: Person) -> None:
    somebody.sees("/office?queue=accepted&category=bench")
    assert somebody.path.startswith("/login")
    somebody.presses("Σύνδεση", email="nikos@example.gr", password=PASSWORD)
    assert somebody.path == "/office?queue=accepted&category=bench"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.org/", "//example.org", "/\\example.org", "\\\\example.org", "/\t/example.org", "javascript:1"],
)
def test_the_door_leads_nowhere_but_into_the_house(client: FlaskClient, town: Town, elsewhere: str) -> None:
    somebody = Person(client).sees("/login")
    token = somebody.form("Σύνδεση").value("csrf_token")
    asked = {"email": "nikos@example.gr", "password": PASSWORD, "next": elsewhere, "csrf_token": token}
    assert client.post("/login", data=asked).headers["Location"] == "/office"


def test_a_crew_that_was_on_its_way_to_the_office_comes_to_its_own_day(client: FlaskClient, town: Town) -> None:
    somebody = Person(client).sees("/office")
    somebody.presses("Σύνδεση", email="thanasis@example.gr", password=PASSWORD)
    assert (somebody.status, somebody.path) == (200, "/crew")


def test_who_is_in_already_needs_no_door(client: FlaskClient, town: Town) -> None:
    login_as(client, town.nikos)
    assert client.get("/login").headers["Location"] == "/office"


def test_going_out_really_ends_it(client: FlaskClient, town: Town) -> None:
    nikos = Person(login_as(client, town.nikos))
    nikos.sees("/office").presses("Έξοδος")
    assert "Αποσυνδεθήκατε." in nikos.words
    assert client.get("/office").status_code == 303
    assert client.get("/logout").status_code == 405


def test_pages_ask_a_stranger_in_and_the_api_says_401(client: FlaskClient, town: Town) -> None:
    for path in ("/office", "/office/reports/000-000-097", "/crew", "/crew/orders/1"):
        answer = client.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/login?next=")
    assert client.get("/api/v1/work-orders").status_code == 401


def test_a_form_without_its_token_is_refused(client: FlaskClient, town: Town) -> None:
    assert client.post("/login", data={"email": "nikos@example.gr", "password": PASSWORD}).status_code == 400
