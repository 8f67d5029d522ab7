"""What readers say must not stay published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.extensions import db
from app.moderation.models import Flag, FlagReason
from app.text import clean


def raise_flag(report_id: int, *, device: str, reason: FlagReason, words: str, at: datetime) -> None:
    """Keep what a reader says about a report; once a device, the last word counts."""
    cleaned = clean(words)[:1000]
    row = insert(Flag).values(report_id=report_id, device=device, reason=reason, words=cleaned, at=at)
    db.session.execute(
        row.on_conflict_do_update(
            index_elements=["report_id", "device"],
            set_={"reason": reason, "words": cleaned, "at": at, "settled_at": None},
        )
    )


def unsettled(report_id: int) -> list[Flag]:
    """What readers reported and the office has not settled yet."""
    return list(
        db.session.scalars(select(Flag).where(Flag.report_id == report_id, Flag.settled_at.is_(None)).order_by(Flag.at))
    )


def settle(report_id: int, *, at: datetime) -> None:
    db.session.execute(update(Flag).where(Flag.report_id == report_id, Flag.settled_at.is_(None)).values(settled_at=at))
