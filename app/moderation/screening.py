"""Keeping spam from the desk without keeping honest people out: what looks wrong is taken in, and waits aside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.extensions import db
from app.moderation.blocks import phone_key
from app.moderation.models import BlockedKind, Suspicion

HOUR = timedelta(hours=1)
#: Reports of one device in an hour; nobody walks past more.
MOST_OF_A_DEVICE = 10
#: Reports of one network address in an hour. Many phones share one: a phone that is known already passes.
MOST_OF_AN_ADDRESS = 40
#: Joined to the one question about a new report's spot (``reports.spot_queries``), which binds what ``evidence`` gives.
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
_TAKEN_UP = "EXISTS (SELECT FROM report WHERE device = :device AND status NOT IN ('received', 'rejected'))"
COLUMNS = f"""
(SELECT kind FROM blocked_by) AS blocked,
(SELECT count(*) FROM (SELECT FROM report WHERE device = :device AND received_at > :since LIMIT :of_device) d)
    >= :of_device AS device_is_busy,
(SELECT count(*) FROM (SELECT FROM report WHERE sender = :sender AND received_at > :since LIMIT :of_address) s)
    >= :of_address
    AND NOT {_TAKEN_UP} AS address_is_busy"""


def is_known_as_honest(device: str) -> bool:
    """Whether the office took up a report of this browser before: then a wave of spam around it is not its own."""
    return bool(db.session.scalar(text(f"SELECT {_TAKEN_UP}"), {"device": device}))


def evidence(
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
        "phone": phone_key(reached.get("phone") or "") or None,
        "device": device,
        "sender": sender,
        "since": at - HOUR if at else None,
        "of_device": MOST_OF_A_DEVICE,
        "of_address": MOST_OF_AN_ADDRESS,
    }


def suspicion(evidence_found: Any, *, not_by_hand: bool) -> Suspicion | None:
    """Why a new report should wait aside until the office has looked; None when it need not."""
    if not_by_hand:
        return Suspicion.NOT_BY_HAND
    if evidence_found.blocked is not None:
        return Suspicion.BLOCKED_WORD if evidence_found.blocked == BlockedKind.WORD else Suspicion.BLOCKED_CONTACT
    return Suspicion.MANY_FROM_ONE if evidence_found.device_is_busy or evidence_found.address_is_busy else None


_HAS_BLOCKED_WORD = text(f"WITH {CTES} SELECT EXISTS (SELECT FROM blocked_by WHERE kind = 'word')")


def has_blocked_word(words: str) -> bool:
    return bool(db.session.scalar(_HAS_BLOCKED_WORD, evidence(words=words)))
