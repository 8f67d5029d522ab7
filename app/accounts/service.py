"""Passwords and bearer tokens."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import joinedload

from app.accounts.models import ApiToken, Role, Scope, User
from app.accounts.sessions import end_sessions
from app.errors import Invalid, LoginRequired
from app.extensions import db
from app.logs import security

#: What a stranger would try first here.
OUR_WORDS = "kathimerina καθημερινά serres σέρρες σερρες dimos δήμος δημος demo admin office γραφείο"
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 1000
TOKEN_LIVES = timedelta(days=90)
TOKEN_LIVES_AT_MOST = timedelta(days=730)
_hasher = PasswordHasher()
# Checked when the e-mail is unknown, so that the time of the answer does not tell who has an account.
_NOBODY = _hasher.hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """Argon2id with the library's present defaults."""
    return _hasher.hash(password)


def is_hash_of(stored_hash: str, secret: str) -> bool:
    try:
        return _hasher.verify(stored_hash, secret)
    except (VerifyMismatchError, InvalidHashError):
        return False


def user_by_email(email: str) -> User | None:
    return db.session.scalars(select(User).where(func.lower(User.email) == email.strip().lower())).one_or_none()


def authenticate(email: str, password: str) -> User:
    """The active user with this e-mail and password. Raises LoginRequired with one sentence for every cause."""
    user = user_by_email(email.replace("\0", ""))
    fits = is_hash_of(user.password_hash if user else _NOBODY, password[:LONGEST_PASSWORD])
    if user is None or not user.active or not fits:
        security.info("refused at the door: %s", f"account {user.id}" if user else "no such account")
        raise LoginRequired(_l("Το e-mail ή ο κωδικός δεν είναι σωστά. Δοκιμάστε ξανά."))
    return user


def check_password(user: User, password: str) -> None:
    """Ask again before something weighty. Raises Invalid."""
    if not is_hash_of(user.password_hash, password):
        raise Invalid({"password": [_l("Δεν είναι ο τωρινός σας κωδικός.")]})


def choose_password(user: User, password: str, *, at: datetime) -> None:
    """A password of the user's own choice. Raises Invalid."""
    if weakness := password_weakness(password, user.email, user.name):
        raise Invalid({"new_password": [weakness]})
    set_password(user, password, at=at)


def password_weakness(password: str, *about: str) -> Any:
    """The sentence that says why a password is not taken, or nothing; ``about`` is what others know of its owner.

    Guessed in a few thousand tries counts as easy (zxcvbn's 0 and 1): its lists of common passwords, names and keyboard
    rows, and the words of this place. No rule asks for kinds of letters (ASVS 5, 6.2).
    """
    if len(password) < SHORTEST_PASSWORD:
        return _l("Ο κωδικός χρειάζεται τουλάχιστον %(least)s χαρακτήρες.", least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        return _l("Ο κωδικός είναι πολύ μεγάλος.")
    from zxcvbn import zxcvbn  # its lists take 12 MB, and passwords are seldom set

    parts = [word for words in (*about, OUR_WORDS) for word in re.split(r"[\s@.]+", words.lower()) if word]
    if zxcvbn(password[:72], user_inputs=[*parts, *(phrase.lower() for phrase in about)])["score"] < 2:
        return _l("Ο κωδικός μαντεύεται εύκολα. Διαλέξτε μια φράση με τρεις ή τέσσερις λέξεις.")
    return ""


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
