"""Passwords and bearer tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from app.accounts.models import ApiToken, User
from app.errors import LoginRequired
from app.extensions import db

_hasher = PasswordHasher()
# Checked when the e-mail is unknown, so that the time of the answer does not tell who has an account.
_NOBODY = _hasher.hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """Argon2id with the library's present defaults."""
    return _hasher.hash(password)


def user_by_email(email: str) -> User | None:
    return db.session.scalars(select(User).where(func.lower(User.email) == email.strip().lower())).one_or_none()


def authenticate(email: str, password: str) -> User:
    """The active user with this e-mail and password. Raises LoginRequired with one sentence for every cause."""
    user = user_by_email(email.replace("\0", ""))
    try:
        _hasher.verify(user.password_hash if user else _NOBODY, password)
        known = user is not None and user.active
    except (VerifyMismatchError, InvalidHashError):
        known = False
    if user is None or not known:
        raise LoginRequired(_l("Το e-mail ή ο κωδικός δεν είναι σωστά. Δοκιμάστε ξανά."))
    return user


def set_password(user: User, password: str, *, at: datetime) -> None:
    """A new password; whoever was signed in with the old one, person or program, is so no more."""
    user.password_hash = hash_password(password)
    end_everywhere(user, at=at)


def deactivate(user: User, *, at: datetime) -> None:
    user.active = False
    end_everywhere(user, at=at)


def end_everywhere(user: User, *, at: datetime) -> None:
    """End all sessions and tokens of this user."""
    user.session_key = secrets.token_hex(8)
    db.session.execute(
        update(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None)).values(revoked_at=at)
    )


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue_token(label: str, *, user: User | None = None, source: str | None = None) -> str:
    """A new bearer token, shown this once. It acts as ``user``, or only reports, marked with ``source``."""
    token = "kath_" + secrets.token_urlsafe(32)
    db.session.add(ApiToken(label=label[:200], digest=digest(token), user_id=user.id if user else None, source=source))
    return token


def token_in_force(token: str) -> ApiToken | None:
    """The token's row unless unknown or revoked."""
    return db.session.scalars(
        select(ApiToken)
        .where(ApiToken.digest == digest(token), ApiToken.revoked_at.is_(None))
        .options(joinedload(ApiToken.user))
    ).one_or_none()


def revoke_token(token: ApiToken, *, at: datetime) -> None:
    token.revoked_at = at
