"""How many days what is only needed for a while is kept, as data of the town.

Contacts of reporters are kept by months after the end, by category (``Category.contact_months``).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db, enum_text


class Kept(enum.StrEnum):
    """What is kept for a number of days."""

    ACTIONS = "actions"
    UNSENT = "unsent"
    SENT_DRAFTS = "sent_drafts"
    SENDERS = "senders"
    UNCONFIRMED = "unconfirmed"
    ENDED = "ended"
    NOTICES = "notices"


@dataclass(frozen=True)
class Days:
    """How long it is kept unless the town says otherwise, and what it may say."""

    usual: int
    least: int
    most: int


PERIODS = {
    # Not shorter than what a tablet without signal may still send (actions.LATE), nor than any outbox goes on trying.
    Kept.ACTIONS: Days(90, least=15, most=730),
    # Uploads, photos without a report and drafts without script; drafts on a phone are the phone's own.
    Kept.UNSENT: Days(2, least=1, most=30),
    # Their address still leads to the report; what was typed is emptied when it is sent.
    Kept.SENT_DRAFTS: Days(30, least=1, most=365),
    # Keyed hashes of addresses serve limits of an hour; a week lets the office look at a wave of spam.
    Kept.SENDERS: Days(7, least=1, most=30),
    # Subscriptions to which nobody said yes; subscriptions and browsers that follow no more.
    Kept.UNCONFIRMED: Days(7, least=1, most=30),
    Kept.ENDED: Days(30, least=1, most=365),
    # Letters that were sent or put aside: to whom, about what, and when.
    Kept.NOTICES: Days(90, least=7, most=730),
}


class Retention(Model):
    """What the town has decided for itself; everything else is kept as ``PERIODS`` says."""

    __tablename__ = "retention"
    __table_args__ = (CheckConstraint("days > 0", name="days_positive"),)

    kind: Mapped[Kept] = mapped_column(enum_text(Kept, "retention_kind"), primary_key=True)
    days: Mapped[int]


def is_over(moment: Any, kind: Kept, at: datetime) -> ColumnElement[bool]:
    """Whether what dates from ``moment``, a column, need not be kept any more at this time."""
    decided = select(func.make_interval(0, 0, 0, Retention.days)).where(Retention.kind == kind).scalar_subquery()
    return moment < at - func.coalesce(decided, func.make_interval(0, 0, 0, PERIODS[kind].usual))


def periods() -> dict[Kept, int]:
    """The days of everything that is kept for a while."""
    decided = {row.kind: row.days for row in db.session.scalars(select(Retention))}
    return {kind: decided.get(kind, days.usual) for kind, days in PERIODS.items()}


def decide(kind: Kept, days: int) -> None:
    """Keep it for so many days from now on. Raises ValueError beyond what ``PERIODS`` allows."""
    period = PERIODS[kind]
    if not period.least <= days <= period.most:
        raise ValueError(days)
    row = insert(Retention).values(kind=kind, days=days)
    db.session.execute(row.on_conflict_do_update(index_elements=["kind"], set_={"days": days}))
