"""What is blocked, as the office reads it: with whose hand, and what it has held back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.extensions import db
from app.moderation.models import BlockedKind

#: Only so many of the newest suspicious reports are looked through, so that a wave of spam does not slow the page.
LOOKED_THROUGH = 1000
PAGE = 100

_BLOCKED = text(
    f"""
WITH listed AS (
    SELECT b.id, b.kind, b.value, b.shown, b.note, b.at, u.name AS by_name
    FROM blocked b LEFT JOIN staff_user u ON u.id = b.by_id
    WHERE (:q = '' OR greek_key(b.shown || ' ' || b.note) LIKE '%' || greek_key(:q) || '%')
      AND (CAST(:before AS integer) IS NULL OR b.id < :before)
    ORDER BY b.id DESC LIMIT {PAGE + 1}
), held AS MATERIALIZED (
    SELECT r.received_at, r.device, lower(c.email) AS email,
        right(regexp_replace(c.phone, '[^0-9]', '', 'g'), 10) AS phone,
        ' ' || regexp_replace(r.folded_words, '[^a-z0-9]+', ' ', 'g') || ' ' AS words
    FROM report r LEFT JOIN report_contact c ON c.report_id = r.id
    WHERE r.suspicion IN ('blocked_word', 'blocked_contact')
    ORDER BY r.received_at DESC LIMIT {LOOKED_THROUGH}
)
SELECT listed.*, (
    SELECT count(*) FROM held WHERE held.received_at >= listed.at AND CASE listed.kind
        WHEN 'device' THEN held.device = listed.value
        WHEN 'email' THEN held.email = listed.value
        WHEN 'phone' THEN held.phone = listed.value
        ELSE held.words LIKE '% ' || listed.value || ' %' END
) AS caught
FROM listed ORDER BY listed.id DESC
"""
)


@dataclass(frozen=True)
class BlockedLine:
    """One line of the list. ``caught`` counts the reports it has held back and the office has not let through."""

    id: int
    kind: BlockedKind
    value: str
    shown: str
    note: str
    at: datetime
    by_name: str | None
    caught: int


def blocked(q: str = "", *, before: int | None = None) -> tuple[list[BlockedLine], int | None]:
    """A page of what is blocked, newest first, and where the next one begins."""
    rows = db.session.execute(_BLOCKED, {"q": q, "before": before}).all()
    lines = [BlockedLine(**{**row._mapping, "kind": BlockedKind(row.kind)}) for row in rows[:PAGE]]
    return lines, lines[-1].id if len(rows) > PAGE else None
