"""Where the staff is signed in: rows, so that each can be seen and ended."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, bindparam, delete, select, update
from sqlalchemy.orm import contains_eager

from app.accounts.models import StaffSession, User
from app.extensions import db, job, jobs, now, unit_of_work
from app.prepared import PREPARED

#: A session ends when nobody used it for a while, and after a month however much it is used (ASVS 5, 7.3).
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=30)
#: How often its use is written down, at most.
NOTED = timedelta(minutes=5)

_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


_IN_FORCE = (
    StaffSession.ended_at.is_(None),
    StaffSession.used_at > bindparam("unused_since", type_=DateTime(timezone=True)),
    StaffSession.started_at > bindparam("begun_before", type_=DateTime(timezone=True)),
    StaffSession.role == User.role,
    User.active.is_(True),
)
_BY_KEY = (
    select(StaffSession)
    .join(StaffSession.user)
    .where(StaffSession.digest == bindparam("digest"), *_IN_FORCE)
    .options(contains_eager(StaffSession.user))
    .execution_options(**PREPARED)
)


def device_label(user_agent: str) -> str:
    """What a person calls this device, from what its browser says of itself: «Firefox, Windows»; else empty."""
    named = [
        next((name for sign, name in signs.items() if sign in user_agent), None) for signs in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in named if name)


def open_session(user: User, *, at: datetime, user_agent: str = "", passed: bool = True) -> str:
    """A new session of this person; returns its key. Without ``passed`` it waits for the second factor."""
    key = secrets.token_urlsafe(32)
    db.session.add(
        StaffSession(
            user_id=user.id,
            digest=_digest(key),
            role=user.role,
            device=device_label(user_agent[:1000]),
            passed=passed,
            started_at=at,
            used_at=at,
        )
    )
    return key


def session_in_force(key: str, *, at: datetime) -> StaffSession | None:
    """The session with this key and its user, unless it ended, idled, or the user left or has another role by now."""
    return db.session.scalars(_BY_KEY, _limits(at) | {"digest": _digest(key)}).one_or_none()


def sessions_of(user: User, *, at: datetime) -> Sequence[StaffSession]:
    """Where this person is signed in, the last used first."""
    return db.session.scalars(
        select(StaffSession)
        .join(StaffSession.user)
        .where(StaffSession.user_id == user.id, StaffSession.passed.is_(True), *_IN_FORCE)
        .order_by(StaffSession.used_at.desc(), StaffSession.id.desc())
        .limit(200),
        _limits(at),
    ).all()


def note_use(session: StaffSession, *, at: datetime) -> None:
    session.used_at = at


def end_session(session: StaffSession, *, at: datetime) -> None:
    session.ended_at = at


def end_sessions(user: User, *, at: datetime, but: int | None = None) -> None:
    """End all sessions of this person, except the one with the id ``but``."""
    open_ones = update(StaffSession).where(StaffSession.user_id == user.id, StaffSession.ended_at.is_(None))
    db.session.execute((open_ones.where(StaffSession.id != but) if but else open_ones).values(ended_at=at))


def _limits(at: datetime) -> dict[str, Any]:
    """What ``_IN_FORCE`` binds."""
    return {"unused_since": at - IDLE, "begun_before": at - LONGEST}


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


@job("accounts.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Delete what nobody can use any more; ``timestamp`` is Procrastinate's, in seconds."""
    with unit_of_work():
        db.session.execute(delete(StaffSession).where(StaffSession.used_at < now() - LONGEST))


jobs.periodic(cron="57 1 * * *")(jobs.tasks["accounts.forget_sessions"])
