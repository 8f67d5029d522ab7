"""The second step at the door: codes of an app (TOTP, RFC 6238), passkeys (WebAuthn), and codes on paper."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from app.accounts.models import FactorKind, SecondFactor, User
from app.accounts.service import end_everywhere, hash_password, is_hash_of
from app.errors import Invalid, LoginRequired
from app.extensions import db
from app.logs import security

#: Seconds of a code, and how many of them a clock may be off either way.
STEP_S, SLACK = 30, 1
_PAPER_CODES = 10
#: Letters of a code that are kept readable, so that one slow hash is tried and not ten.
_SHOWN = 2
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that looks like another


def factors_of(user: User) -> Sequence[SecondFactor]:
    """What this person takes the second step with, oldest first; codes on paper alone are none."""
    return db.session.scalars(
        select(SecondFactor)
        .where(SecondFactor.user_id == user.id, SecondFactor.kind != FactorKind.RECOVERY)
        .order_by(SecondFactor.id)
    ).all()


def has_any(user: User) -> bool:
    """Whether there is a second step to take."""
    return bool(factors_of(user))


def paper_codes_left(user: User) -> int:
    """How many codes on paper are still good."""
    mine = select(func.count()).where(SecondFactor.user_id == user.id, SecondFactor.kind == FactorKind.RECOVERY)
    return db.session.scalar(mine) or 0


def is_required(user: User) -> bool:
    return user.role.value in current_app.config["SECOND_FACTOR_ROLES"]


def new_secret() -> str:
    return pyotp.random_base32()


def address_for_app(user: User, secret: str) -> str:
    """The otpauth: address that an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name="Kathimerina")


def set_up_app(user: User, secret: str, code: str, *, at: datetime) -> None:
    """Take the app that shows this code in place of any other. Raises Invalid."""
    step = _step_of(secret, code, at=at, after=0)
    if step is None:
        raise Invalid({"code": [_l("Ο κωδικός δεν ταιριάζει. Δείτε την ώρα του κινητού και γράψτε τον επόμενο.")]})
    db.session.execute(
        delete(SecondFactor).where(SecondFactor.user_id == user.id, SecondFactor.kind == FactorKind.TOTP)
    )
    encrypted = _lock().encrypt(secret.encode()).decode()
    db.session.add(SecondFactor(user_id=user.id, kind=FactorKind.TOTP, secret=encrypted, counter=step, made_at=at))


def _lock() -> Fernet:
    """Whoever reads the database, or a backup of it, cannot make codes: the key is not in it."""
    secret = current_app.config["SECRET_KEY"].encode()
    return Fernet(base64.urlsafe_b64encode(hmac.digest(secret, b"second factor", "sha256")))


def _secret_in(factor: SecondFactor) -> str:
    """The app's secret; empty when it was kept under another SECRET_KEY."""
    try:
        return _lock().decrypt(factor.secret).decode()
    except InvalidToken:
        return ""


def _step_of(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The time step whose code this is, newer than ``after``; None when there is none."""
    if not secret:
        return None
    digits = "".join(code.split())
    present = int(at.timestamp()) // STEP_S
    with suppress(ValueError):  # no base32
        totp = pyotp.TOTP(secret)
        for step in range(max(after + 1, present - SLACK), present + SLACK + 1):
            if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode("utf-8", "replace")):
                return step
    return None


def verify_code(user: User, code: str, *, at: datetime) -> None:
    """Accept a code of the app, or one on paper, once. Raises LoginRequired."""
    plain = _plain(code)
    mine = select(SecondFactor).where(SecondFactor.user_id == user.id).with_for_update()
    for factor in db.session.scalars(mine):
        if factor.kind == FactorKind.TOTP:
            step = _step_of(_secret_in(factor), code, at=at, after=factor.counter)
            if step is not None:
                factor.counter, factor.used_at = step, at
                return
        elif factor.kind == FactorKind.RECOVERY and factor.name == plain[:_SHOWN] and is_hash_of(factor.secret, plain):
            db.session.delete(factor)
            return
    security.info("refused at the second step: account %s", user.id)
    raise LoginRequired(_l("Ο κωδικός δεν είναι σωστός ή χρησιμοποιήθηκε ήδη. Περιμένετε τον επόμενο."))


def new_paper_codes(user: User, *, at: datetime) -> list[str]:
    """Ten codes, each good once, in place of those before; they are shown this once."""
    db.session.execute(
        delete(SecondFactor).where(SecondFactor.user_id == user.id, SecondFactor.kind == FactorKind.RECOVERY)
    )
    codes = [f"{_letters()}-{_letters()}" for _ in range(_PAPER_CODES)]
    db.session.add_all(
        SecondFactor(
            user_id=user.id,
            kind=FactorKind.RECOVERY,
            name=_plain(code)[:_SHOWN],
            secret=hash_password(_plain(code)),
            made_at=at,
        )
        for code in codes
    )
    return codes


def remove(user: User, factor_id: int) -> None:
    """Give one up; with the last one its codes on paper go as well."""
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id, SecondFactor.id == factor_id))
    if not has_any(user):
        db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))


def forget_all(user: User, *, at: datetime) -> None:
    """For somebody who lost phone and paper; whoever is signed in as them is so no more."""
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    end_everywhere(user, at=at)


def _letters() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(5))


def _plain(code: str) -> str:
    return "".join(code[:100].lower().split())
