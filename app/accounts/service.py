"""Passwords and bearer tokens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import joinedload

from app.accounts.models import ApiToken, Role, Scope, User
from app.accounts.sessions import end_sessions
from app.errors import Invalid, LoginRequired
from app.extensions import db

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 1000
TOKEN_LIVES = timedelta(days=90)
TOKEN_LIVES_AT_MOST = timedelta(days=730)
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
        _hasher.verify(user.password_hash if user else _NOBODY, password[:LONGEST_PASSWORD])
        known = user is not None and user.active
    except (VerifyMismatchError, InvalidHashError):
        known = False
    if user is None or not known:
        raise LoginRequired(_l("Το e-mail ή ο κωδικός δεν είναι σωστά. Δοκιμάστε ξανά."))
    return user


def check_password(user: User, password: str) -> None:
    """Ask again before something weighty. Raises Invalid."""
    try:
        _hasher.verify(user.password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        raise Invalid({"password": [_l("Δεν είναι ο τωρινός σας κωδικός.")]}) from None


def choose_password(user: User, password: str, *, at: datetime) -> None:
    """A password of the user's own choice. Raises Invalid."""
    if len(password) < SHORTEST_PASSWORD:
        least = _l("Ο κωδικός χρειάζεται τουλάχιστον %(least)s χαρακτήρες.", least=SHORTEST_PASSWORD)
        raise Invalid({"new_password": [least]})
    if len(password) > LONGEST_PASSWORD:
        raise Invalid({"new_password": [_l("Ο κωδικός είναι πολύ μεγάλος.")]})
    set_password(user, password, at=at)


def set_password(user: User, password: str, *, at: datetime) -> None:
    """A new password; whoever was signed in with the old one, person or program, is so no more."""
    user.password_hash = hash_password(password)
    end_everywhere(user, at=at)


def set_role(user: User, role: Role, *, at: datetime) -> None:
    """Another role; what was opened with the old one is over."""
    user.role = role
    end_everywhere(user, at=at)


def deactivate(user: User, *, at: datetime) -> None:
    user.active = False
    end_everywhere(user, at=at)


def end_everywhere(user: User, *, at: datetime) -> None:
    """End all sessions and tokens of this user."""
    end_sessions(user, at=at)
    db.session.execute(
        update(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None)).values(revoked_at=at)
    )


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue_token(
    name: str,
    *,
    at: datetime,
    user: User | None = None,
    source: str | None = None,
    scopes: Iterable[Scope] = tuple(Scope),
    lives: timedelta = TOKEN_LIVES,
) -> str:
    """A new bearer token, shown this once. It acts as ``user``, or only reports, marked with ``source``."""
    token = "kath_" + secrets.token_urlsafe(32)
    db.session.add(
        ApiToken(
            label=name.strip()[:200],
            digest=digest(token),
            user_id=user.id if user else None,
            source=source,
            scopes=sorted(scopes),
            expires_at=at + min(lives, TOKEN_LIVES_AT_MOST),
        )
    )
    return token


def token_in_force(token: str, *, at: datetime) -> ApiToken | None:
    """The token's row unless unknown, revoked or past its end."""
    return db.session.scalars(
        select(ApiToken).where(ApiToken.digest == digest(token), *_in_force(at)).options(joinedload(ApiToken.user))
    ).one_or_none()


def tokens_of(user: User, *, at: datetime) -> Sequence[ApiToken]:
    """The tokens that act as this person, the newest first."""
    return db.session.scalars(
        select(ApiToken).where(ApiToken.user_id == user.id, *_in_force(at)).order_by(ApiToken.id.desc()).limit(200)
    ).all()


def _in_force(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return ApiToken.revoked_at.is_(None), ApiToken.expires_at > at


def revoke_token(token: ApiToken, *, at: datetime) -> None:
    token.revoked_at = at
