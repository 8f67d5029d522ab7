"""Keeping spam from the desk without keeping honest people out: what looks wrong is taken in, and waits aside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import User
from app.errors import Invalid
from app.extensions import db
from app.reports.lifecycle import Status
from app.reports.models import Blocked, BlockedKind, Category, Report, Suspicion

HOUR = timedelta(hours=1)
#: Reports of one device in an hour; nobody walks past more.
MOST_OF_A_DEVICE = 10
#: Reports of one network address in an hour. Many phones share one: a phone that is known already passes.
MOST_OF_AN_ADDRESS = 40

#: Joined to the one question about a new report's spot (``queries.where_is``), which binds what ``asked`` gives.
CTES = """
said AS (SELECT ' ' || regexp_replace(greek_key(:words), '[^a-z0-9]+', ' ', 'g') || ' ' AS words),
blocked_by AS (
    SELECT b.kind FROM blocked b, said
    WHERE (b.kind = 'word' AND said.words LIKE '% ' || b.value || ' %')
       OR (b.kind = 'email' AND b.value = :email)
       OR (b.kind = 'phone' AND b.value = :phone)
       OR (b.kind = 'device' AND b.value = :device)
    LIMIT 1
)"""
COLUMNS = """
(SELECT kind FROM blocked_by) AS blocked,
(SELECT count(*) FROM (SELECT FROM report WHERE device = :device AND received_at > :since LIMIT :of_device) d)
    >= :of_device AS device_is_busy,
(SELECT count(*) FROM (SELECT FROM report WHERE sender = :sender AND received_at > :since LIMIT :of_address) s)
    >= :of_address
    AND NOT EXISTS (SELECT FROM report WHERE device = :device AND status NOT IN ('received', 'rejected'))
    AS address_is_busy"""


def is_known_as_honest(device: str) -> bool:
    """Whether the office took up a report of this browser before: then a wave of spam around it is not its own."""
    taken_up = Report.status.not_in((Status.RECEIVED, Status.REJECTED))
    return db.session.scalar(select(exists().where(Report.device == device, taken_up))) or False


def asked(
    *,
    words: str = "",
    contact: Mapping[str, str | None] | None = None,
    device: str | None = None,
    sender: str | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """What ``CTES`` and ``COLUMNS`` bind; with nothing given nothing looks wrong."""
    reached = contact or {}
    return {
        "words": words,
        "email": (reached.get("email") or "").lower() or None,
        "phone": _number(reached.get("phone") or "") or None,
        "device": device,
        "sender": sender,
        "since": at - HOUR if at else None,
        "of_device": MOST_OF_A_DEVICE,
        "of_address": MOST_OF_AN_ADDRESS,
    }


def suspicion(seen: Any, *, not_by_hand: bool) -> Suspicion | None:
    """Why a new report should wait aside until the office has looked; None when it need not."""
    if not_by_hand:
        return Suspicion.NOT_BY_HAND
    if seen.blocked is not None:
        return Suspicion.BLOCKED_WORD if seen.blocked == BlockedKind.WORD else Suspicion.BLOCKED_CONTACT
    return Suspicion.MANY_FROM_ONE if seen.device_is_busy or seen.address_is_busy else None


def free_words(kind: Category, answers: Mapping[str, Any]) -> list[str]:
    """The answers that were written and not chosen."""
    written = [question["code"] for question in kind.questions if question["datatype"] in ("string", "text")]
    return [str(answers[code]) for code in written if code in answers]


def _number(phone: str) -> str:
    """A telephone's last ten digits: the same with +30, 0030 or neither."""
    return re.sub(r"\D", "", phone)[-10:]


def _key(kind: BlockedKind, shown: str) -> str:
    if kind is BlockedKind.WORD:
        return re.sub("[^a-z0-9]+", " ", db.session.scalar(select(func.greek_key(shown))) or "").strip()
    return _number(shown) if kind is BlockedKind.PHONE else shown.lower()


def block(kind: BlockedKind, value: str, note: str = "", *, by: User, at: datetime) -> Blocked:
    """Let reports with this word, contact or device wait aside from now on. Raises Invalid at ``value``."""
    shown, note = (text.replace("\0", "").strip() for text in (value, note))
    key = _key(kind, shown[:200])
    if len(key) < 3:
        raise Invalid({"value": [_("Γράψτε τουλάχιστον τρία γράμματα ή ψηφία.")]})
    row = insert(Blocked).values(kind=kind, value=key, shown=shown[:200], note=note[:500], at=at, by_id=by.id)
    db.session.execute(row.on_conflict_do_nothing())
    return db.session.scalars(select(Blocked).where(Blocked.kind == kind, Blocked.value == key)).one()


def unblock(blocked_id: int) -> None:
    db.session.execute(delete(Blocked).where(Blocked.id == blocked_id))


def blocked() -> list[Blocked]:
    """Everything that is blocked, newest first."""
    return list(db.session.scalars(select(Blocked).order_by(Blocked.at.desc(), Blocked.id.desc())))
