"""The server claims each action's id once, does the work, and gives the same answer to the same id for ever."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any

import orjson
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import FileStorage

from app.errors import Invalid, KeyReused
from app.extensions import Model, db

_AT_ONCE = 1024 * 1024


class ActionKey(Model):
    """One claimed id: who used it, the fingerprint of what was asked, and what was answered."""

    __tablename__ = "action_key"

    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    answer: Mapped[dict[str, Any] | None]
    claimed_at: Mapped[datetime]


def fingerprint(*parts: bytes | FileStorage) -> str:
    """SHA-256 over the parts of a request, order kept; a file is read through and left at its beginning."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest() if isinstance(part, bytes) else digest_of(part))
    return digest.hexdigest()


def digest_of(file: IO[bytes] | FileStorage) -> bytes:
    """SHA-256 of a file, which is read through and left at its beginning."""
    digest = hashlib.sha256()
    file.seek(0)
    while some := file.read(_AT_ONCE):
        digest.update(some)
    file.seek(0)
    return digest.digest()


def claim(scope: str, key: str, mark: str, *, at: datetime) -> dict[str, Any] | None:
    """Claim ``key`` inside the caller's transaction.

    Returns None when the work is ours to do (then call ``keep``), or the answer kept by whoever did it. A twin
    that is under way at the same moment is waited for. Raises KeyReused when the same key came with another body.
    """
    if not key.strip() or len(key) > 200:
        raise Invalid({"Idempotency-Key": [_l("Το κλειδί πρέπει να έχει 1 έως 200 χαρακτήρες.")]})
    mine = db.session.execute(
        insert(ActionKey)
        .values(scope=scope, key=key, fingerprint=mark, claimed_at=at)
        .on_conflict_do_nothing()
        .returning(ActionKey.key)
    ).scalar()
    if mine is not None:
        return None
    first = db.session.execute(select(ActionKey).where(ActionKey.scope == scope, ActionKey.key == key)).scalar_one()
    if first.fingerprint != mark:
        raise KeyReused(_l("Το ίδιο Idempotency-Key ήρθε με άλλο περιεχόμενο. Στείλτε το με νέο κλειδί."))
    return first.answer or {}


def keep(scope: str, key: str, answer: dict[str, Any]) -> None:
    """Keep the answer that every later request with this id will get."""
    kept = db.session.get_one(ActionKey, (scope, key))
    kept.answer = orjson.loads(orjson.dumps(answer, default=str, option=orjson.OPT_UTC_Z))


def once(scope: str, key: str | None, mark: str, *, at: datetime, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do ``work`` for the first request with this key and return its answer to all of them; no key, no memory."""
    if key is None:
        return work()
    kept = claim(scope, key, mark, at=at)
    if kept is not None:
        return kept
    answer = work()
    keep(scope, key, answer)
    return answer
