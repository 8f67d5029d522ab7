"""Words, contacts and devices that the office has blocked: their reports wait aside."""

from __future__ import annotations

import re
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import User
from app.errors import Invalid
from app.extensions import db
from app.moderation.models import Blocked, BlockedKind
from app.text import clean


def phone_key(phone: str) -> str:
    """A telephone's last ten digits: the same with +30, 0030 or neither."""
    return re.sub(r"\D", "", phone)[-10:]


def _key(kind: BlockedKind, shown: str) -> str:
    if kind is BlockedKind.WORD:
        return re.sub("[^a-z0-9]+", " ", db.session.scalar(select(func.greek_key(shown))) or "").strip()
    return phone_key(shown) if kind is BlockedKind.PHONE else shown.lower()


def block(kind: BlockedKind, value: str, note: str = "", *, by: User, at: datetime) -> Blocked:
    """Let reports with this word, contact or device wait aside from now on. Raises Invalid at ``value``."""
    shown, note = clean(value), clean(note)
    key = _key(kind, shown[:200])
    if len(key) < 3:
        raise Invalid({"value": [_("Γράψτε τουλάχιστον τρία γράμματα ή ψηφία.")]})
    row = insert(Blocked).values(kind=kind, value=key, shown=shown[:200], note=note[:500], at=at, by_id=by.id)
    db.session.execute(row.on_conflict_do_nothing())
    return db.session.scalars(select(Blocked).where(Blocked.kind == kind, Blocked.value == key)).one()


def unblock(blocked_id: int) -> None:
    db.session.execute(delete(Blocked).where(Blocked.id == blocked_id))


def all_blocked() -> list[Blocked]:
    """Everything that is blocked, newest first."""
    return list(db.session.scalars(select(Blocked).order_by(Blocked.at.desc(), Blocked.id.desc())))
