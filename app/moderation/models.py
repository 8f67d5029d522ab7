"""What is looked at before everybody sees it: suspicion, readers' flags, and what the office has blocked."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, enum_text


class Suspicion(enum.StrEnum):
    """Why a report waits aside until the office has looked; it is taken in all the same, so no honest word is lost."""

    BLOCKED_WORD = "blocked_word"
    BLOCKED_CONTACT = "blocked_contact"
    MANY_FROM_ONE = "many_from_one"
    NOT_BY_HAND = "not_by_hand"


class FlagReason(enum.StrEnum):
    """Why a reader thinks that a published report must not stay as it is."""

    PERSONAL = "personal"
    OFFENSIVE = "offensive"
    FALSE = "false"
    OTHER = "other"


class BlockedKind(enum.StrEnum):
    WORD = "word"
    EMAIL = "email"
    PHONE = "phone"
    DEVICE = "device"


class Moderated:
    """What moderation writes on a report."""

    #: Seen by the office only, and by nobody else until the office has looked.
    suspicion: Mapped[Suspicion | None] = mapped_column(enum_text(Suspicion, "report_suspicion"))
    #: A reader reported the published words or photos, and the office has not looked yet.
    flagged_at: Mapped[datetime | None]
    #: When the office let the words and photos be seen by everybody; null means place, category and state only.
    released_at: Mapped[datetime | None]


class Flag(Model):
    """A reader's word that something published must not stay; once a device."""

    __tablename__ = "report_flag"
    __table_args__ = (CheckConstraint("char_length(words) <= 1000", name="words_length"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    device: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[FlagReason] = mapped_column(enum_text(FlagReason, "flag_reason"))
    words: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class Blocked(Model):
    """A word, contact or device whose reports wait aside until the office has looked."""

    __tablename__ = "blocked"
    __table_args__ = (UniqueConstraint("kind", "value", name="uq_blocked_kind_value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[BlockedKind] = mapped_column(enum_text(BlockedKind, "blocked_kind"))
    #: A word as ``greek_key`` writes it; an e-mail in small letters; a phone's digits; a device's digest.
    value: Mapped[str]
    #: What the office typed, to be read again.
    shown: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
