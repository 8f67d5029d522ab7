"""Where the staff is signed in, and how that ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts import service, sessions
from app.accounts.models import Role, Scope, StaffSession, User
from app.extensions import now
from tests.conftest import PASSWORD
from tests.pages.person import Person
from tests.town import Town

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
TABLET = "Mozilla/5.0 (Linux; Android 14; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0 Safari/537.36"


@pytest.fixture
def sign_in(app: Flask, town: Town) -> Callable[..., Person]:
    """Through the door, with a browser that calls itself so."""

    def enter(who: str = "nikos", browser: str = FIREFOX, password: str = PASSWORD) -> Person:
        client = app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = browser
        return Person(client).sees("/login").presses("Σύνδεση", email=f"{who}@example.gr", password=password)

    return enter


def copy_of(person: Person, app: Flask) -> Person:
    """Another browser with this one's cookies, as they are now."""
    thief = app.test_client()
    thief._cookies = dict(person.client._cookies or {})
    return Person(thief)


def is_in(person: Person) -> bool:
    return person.sees("/office").path == "/office"


def test_a_cookie_copied_before_leaving_opens_nothing_afterwards(app: Flask, sign_in: Callable[..., Person]) -> None:
    nikos = sign_in()
    thief = copy_of(nikos, app)
    assert is_in(thief)
    nikos.sees("/office").presses("Έξοδος")
    assert not is_in(thief)
    assert thief.client.get("/api/v1/crews").status_code == 401


def test_nikos_sees_where_he_is_signed_in_and_ends_one_of_them(sign_in: Callable[..., Person]) -> None:
    desk, tablet = sign_in(), sign_in(browser=TABLET)
    desk.sees("/account")
    assert "Firefox, Windows αυτή εδώ" in desk.words
    assert "Chrome, Android" in desk.words
    desk.presses("Τέλος: Chrome, Android")
    assert "Chrome, Android" not in desk.words
    assert not is_in(tablet)
    assert is_in(desk)


def test_nikos_ends_all_others_at_once_and_nobody_elses(sign_in: Callable[..., Person]) -> None:
    here, others, maria = sign_in(), [sign_in(), sign_in(browser=TABLET)], sign_in("maria")
    here.sees("/account").presses("Τέλος παντού εκτός από εδώ")
    assert [is_in(one) for one in (here, *others, maria)] == [True, False, False, True]


def test_nobody_ends_the_session_of_somebody_else(sign_in: Callable[..., Person], session: Session, town: Town) -> None:
    nikos, maria = sign_in(), sign_in("maria")
    hers = sessions.sessions_of(town.maria, at=now())[0].id
    token = nikos.sees("/account").form("Αλλαγή").value("csrf_token")
    answer = nikos.client.post("/account/sessions", data={"which": hers, "csrf_token": token})
    assert answer.status_code == 404
    assert is_in(maria)


def test_a_new_password_ends_the_other_sessions_and_the_tokens(
    sign_in: Callable[..., Person], session: Session, town: Town, client: FlaskClient
) -> None:
    here, there = sign_in(), sign_in(browser=TABLET)
    token = {"Authorization": f"Bearer {service.issue_token('x', at=now(), user=town.nikos)}"}
    session.commit()
    here.sees("/account").presses("Αλλαγή", password="όχι αυτός", new_password="μια άλλη φράση")
    assert here.status == 422
    assert "Δεν είναι ο τωρινός σας κωδικός" in here.words
    here.presses("Αλλαγή", password=PASSWORD, new_password="μικρός")
    assert "τουλάχιστον 10 χαρακτήρες" in here.words
    assert is_in(there)
    here.sees("/account").presses("Αλλαγή", password=PASSWORD, new_password="μια άλλη φράση")
    assert is_in(here)
    assert not is_in(there)
    assert client.get("/api/v1/crews", headers=token).status_code == 401
    assert sign_in(password="μια άλλη φράση").path == "/office"


def test_another_role_ends_what_was_opened_with_the_old_one(
    sign_in: Callable[..., Person], session: Session, town: Town
) -> None:
    nikos = sign_in()
    session.execute(update(User).where(User.id == town.nikos.id).values(role=Role.CREW))  # by whatever hand
    session.commit()
    assert not is_in(nikos)


@pytest.mark.parametrize(
    ("started", "used", "stays"),
    [
        (timedelta(hours=20), timedelta(hours=11, minutes=59), True),
        (timedelta(hours=20), timedelta(hours=12, minutes=1), False),
        (timedelta(days=31), timedelta(minutes=1), False),
    ],
)
def test_a_session_ends_after_twelve_idle_hours_and_after_a_month(
    sign_in: Callable[..., Person], session: Session, started: timedelta, used: timedelta, stays: bool
) -> None:
    nikos = sign_in()
    session.execute(update(StaffSession).values(started_at=now() - started, used_at=now() - used))
    session.commit()
    assert is_in(nikos) is stays


def test_use_keeps_a_session_and_is_written_down_now_and_then(
    sign_in: Callable[..., Person], session: Session, town: Town
) -> None:
    nikos = sign_in()
    session.execute(update(StaffSession).values(used_at=now() - timedelta(hours=3)))
    session.commit()
    assert is_in(nikos)
    first = sessions.sessions_of(town.nikos, at=now())[0].used_at
    assert now() - first < timedelta(minutes=1)
    assert is_in(nikos)
    assert sessions.sessions_of(town.nikos, at=now())[0].used_at == first


def test_what_nobody_can_use_any_more_is_forgotten(
    sign_in: Callable[..., Person], session: Session, town: Town
) -> None:
    sign_in(), sign_in()
    oldest = session.query(StaffSession).order_by(StaffSession.id).first()
    assert oldest is not None
    oldest.used_at = now() - timedelta(days=31)
    session.commit()
    sessions.forget_sessions(0)
    assert session.query(StaffSession).count() == 1


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (FIREFOX, "Firefox, Windows"),
        (TABLET, "Chrome, Android"),
        ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1", "Safari, iPad"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge, macOS"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_device_is_called_what_people_call_it(told: str, shown: str) -> None:
    assert sessions.device_label(told) == shown


def headers(session: Session, user: User, *scopes: Scope, lives: timedelta = timedelta(days=1)) -> dict[str, str]:
    token = service.issue_token("a program", at=now(), user=user, scopes=scopes, lives=lives)
    session.commit()
    return {"Authorization": f"Bearer {token}"}


def test_a_token_is_good_for_what_it_was_given_for_and_until_its_end(
    client: FlaskClient, session: Session, town: Town
) -> None:
    reading = headers(session, town.nikos, Scope.READ)
    assert client.get("/api/v1/crews", headers=reading).status_code == 200
    report = {"category": "pothole", "location": {"type": "Point", "coordinates": [23.52, 41.07]}}
    reference = client.post("/api/v1/reports", json=report, headers=reading).json["reference"]
    deed = {"json": {"move": "accept"}}
    path = f"/api/v1/reports/{reference}/moves"
    refused = client.post(path, headers=reading | {"If-Match": '"1"'}, **deed)
    assert refused.status_code == 403
    deciding = headers(session, town.nikos, Scope.OFFICE)
    assert client.post(path, headers=deciding | {"If-Match": '"1"'}, **deed).status_code == 200
    over = headers(session, town.nikos, Scope.READ, lives=timedelta(seconds=-1))
    assert client.get("/api/v1/crews", headers=over).status_code == 401


def test_nikos_makes_a_key_for_a_program_sees_it_once_and_takes_it_back(
    client: FlaskClient, sign_in: Callable[..., Person]
) -> None:
    nikos = sign_in().sees("/account")
    nikos.presses("Έκδοση", name="", days="0", password=PASSWORD)
    assert nikos.status == 422
    assert "Γράψτε σε ποιο πρόγραμμα θα το δώσετε" in nikos.words
    assert "από 1 έως 730" in nikos.words
    nikos.presses("Έκδοση", name="Πίνακας στο χολ", days="30", scope="read", password=PASSWORD)
    token = next(word for word in nikos.words.split() if word.startswith("kath_"))
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/crews", headers=bearer).status_code == 200
    assert token not in nikos.sees("/account").text
    nikos.presses("Ανάκληση: Πίνακας στο χολ")
    assert client.get("/api/v1/crews", headers=bearer).status_code == 401


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("μικρός", False),
        ("password123", False),
        ("qwertyuiop", False),
        ("aaaaaaaaaaaaaaaa", False),
        ("kathimerina1", False),
        ("nikos@example.gr", False),
        ("x" * 1001, False),
        ("τρεις κίτρινες καρέκλες", True),
        ("correct horse battery", True),
        ("π" * 20 + "μια φράση που αρχίζει παράξενα", True),
    ],
)
def test_a_password_is_refused_when_it_is_guessed_easily_and_for_no_other_reason(
    town: Town, password: str, good: bool
) -> None:
    assert bool(service.password_weakness(password, town.nikos.email, town.nikos.name)) is not good


def test_a_token_opens_no_account(client: FlaskClient, session: Session, town: Town) -> None:
    reading = headers(session, town.nikos, Scope.READ)
    open_ones = sessions.open_session(town.nikos, at=now())
    session.commit()
    assert client.get("/account", headers=reading).headers["Location"].startswith("/login")
    for path, form in {
        "/account/sessions": {"which": "others"},
        "/account/tokens/revoke": {"which": "1"},
        "/account/tokens": {"name": "x", "scope": "office", "days": "9", "password": PASSWORD},
    }.items():
        assert client.post(path, data=form, headers=reading).headers["Location"].startswith("/login")
    assert sessions.session_in_force(open_ones, at=now()) is not None
    assert len(service.tokens_of(town.nikos, at=now())) == 1
