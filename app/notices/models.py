"""What was told to whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model


class Letter(Model):
    """A letter about one history row, once it is on its way: so that a job run twice sends it once."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_recipient", "recipient", "sent_at"),)

    history_id: Mapped[int] = mapped_column(ForeignKey("report_history.id"), primary_key=True)
    recipient: Mapped[str]
    sent_at: Mapped[datetime]
