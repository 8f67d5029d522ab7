"""Passkeys, as a device makes and shows them: for this address alone, for its owner alone, and each answer once."""

from __future__ import annotations

import hashlib
import json
import struct
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sqlalchemy.orm import Session
from webauthn.helpers import bytes_to_base64url as words_of

from app.accounts import passkeys
from app.accounts.factors import factors_of
from app.accounts.models import StaffSession, User
from app.accounts.sessions import open_session, session_in_force
from app.errors import Invalid, LoginRequired
from app.extensions import now
from tests.town import Town

HERE = "https://kathimerina.example"


class Device:
    """A phone that keeps one key."""

    def __init__(self, origin: str = HERE) -> None:
        self.origin, self.key, self.id, self.count = origin, ec.generate_private_key(ec.SECP256R1()), b"a phone", 0

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _about(self, flags: int) -> bytes:
        host = hashlib.sha256(HERE.removeprefix("https://").encode()).digest()
        self.count += 1
        return host + struct.pack(">BI", flags, self.count)

    def _told(self, **response: bytes) -> str:
        parts = {name: words_of(value) for name, value in response.items()}
        return json.dumps(
            {"id": words_of(self.id), "rawId": words_of(self.id), "type": "public-key", "response": parts}
        )

    def makes(self, options: str) -> str:
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        about = self._about(0x45) + bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(public)
        made: dict[str, Any] = {"fmt": "none", "attStmt": {}, "authData": about}
        said = self._said("webauthn.create", json.loads(options)["challenge"])
        return self._told(attestationObject=cbor2.dumps(made), clientDataJSON=said)

    def shows(self, options: str) -> str:
        about, said = self._about(0x05), self._said("webauthn.get", json.loads(options)["challenge"])
        signed = self.key.sign(about + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._told(authenticatorData=about, clientDataJSON=said, signature=signed)


@pytest.fixture(autouse=True)
def at_its_address(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PUBLIC_URL", HERE)


def session_of(user: User) -> StaffSession:
    kept = session_in_force(open_session(user, at=now(), passed=False), at=now())
    assert kept is not None
    return kept


@pytest.fixture
def phone(session: Session, town: Town) -> Device:
    """Of Nikos, whose passkey it keeps."""
    device, here = Device(), session_of(town.nikos)
    passkeys.add(town.nikos, here, device.makes(passkeys.registration_options(town.nikos, here)), "phone", at=now())
    session.commit()
    return device


def asked(user: User, here: StaffSession) -> str:
    options = passkeys.authentication_options(factors_of(user), here)
    assert options is not None
    return options


def test_it_opens_for_its_owner(phone: Device, town: Town) -> None:
    here = session_of(town.nikos)
    passkeys.verify(town.nikos, here, phone.shows(asked(town.nikos, here)), at=now())


def test_an_answer_that_somebody_recorded_opens_nothing(phone: Device, town: Town) -> None:
    here, elsewhere = session_of(town.nikos), session_of(town.nikos)
    shown = phone.shows(asked(town.nikos, here))
    passkeys.verify(town.nikos, here, shown, at=now())
    asked(town.nikos, elsewhere)
    for where in (here, elsewhere):
        with pytest.raises(LoginRequired):
            passkeys.verify(town.nikos, where, shown, at=now())


def test_a_key_of_somebody_else_opens_nothing(phone: Device, town: Town) -> None:
    assert passkeys.authentication_options(factors_of(town.maria), session_of(town.maria)) is None
    here = session_of(town.nikos)
    options = asked(town.nikos, here)
    with pytest.raises(LoginRequired):
        passkeys.verify(town.maria, here, phone.shows(options), at=now())
    stranger, here = Device(), session_of(town.nikos)
    with pytest.raises(LoginRequired):
        passkeys.verify(town.nikos, here, stranger.shows(asked(town.nikos, here)), at=now())


def test_a_page_that_looks_like_ours_gets_nothing_of_use(phone: Device, session: Session, town: Town) -> None:
    phone.origin = "https://kathimerina.example.evil.example"
    here = session_of(town.nikos)
    with pytest.raises(LoginRequired):
        passkeys.verify(town.nikos, here, phone.shows(asked(town.nikos, here)), at=now())
    copied = Device("https://evil.example")
    with pytest.raises(Invalid):
        passkeys.add(town.nikos, here, copied.makes(passkeys.registration_options(town.nikos, here)), "x", at=now())


def test_a_copy_of_the_key_that_counts_backwards_is_noticed(phone: Device, town: Town) -> None:
    here = session_of(town.nikos)
    phone.count = 7
    passkeys.verify(town.nikos, here, phone.shows(asked(town.nikos, here)), at=now())
    phone.count = 3
    with pytest.raises(LoginRequired):
        passkeys.verify(town.nikos, here, phone.shows(asked(town.nikos, here)), at=now())


@pytest.mark.parametrize(
    "odd", ["", "{}", "[]", "null", "\0", "{" * 5000, "x" * 30_000, '{"id": 1}', '{"id": "\\ud800"}']
)
def test_what_is_no_answer_of_a_device_gets_the_sentence(phone: Device, town: Town, odd: str) -> None:
    here = session_of(town.nikos)
    asked(town.nikos, here)
    with pytest.raises(LoginRequired):
        passkeys.verify(town.nikos, here, odd, at=now())
    passkeys.registration_options(town.nikos, here)
    with pytest.raises(Invalid):
        passkeys.add(town.nikos, here, odd, "x", at=now())


@pytest.mark.parametrize(
    ("address", "possible"),
    [
        (HERE, True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", False),
        ("https://192.0.2.1", False),
        ("https://[2001:db8::1]", False),
        ("http://kathimerina.example", False),
    ],
)
def test_they_are_offered_only_where_a_browser_makes_them(
    app: Flask, town: Town, monkeypatch: pytest.MonkeyPatch, address: str, possible: bool
) -> None:
    monkeypatch.setitem(app.config, "PUBLIC_URL", address)
    assert passkeys.are_possible() is possible
