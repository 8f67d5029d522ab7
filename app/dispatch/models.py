"""Work orders and the job plans they come from."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.crews.models import Crew, Trade
from app.dispatch.lifecycle import OPEN, OrderStatus, Piece
from app.extensions import Model, enum_text
from app.media.models import Photo
from app.reports.models import Report

OPEN_SQL = "status IN (" + ", ".join(f"'{status}'" for status in sorted(OPEN)) + ")"


class JobPlanStep(Model):
    """A step of a category's default job plan: steps with a lower position come first."""

    __tablename__ = "job_plan_step"
    __table_args__ = (
        UniqueConstraint("category_id", "position", name="uq_job_plan_step_position"),
        CheckConstraint("estimate_min > 0", name="estimate_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    position: Mapped[int]
    trade_id: Mapped[int] = mapped_column(ForeignKey("trade.id"))
    #: Minutes of work on the spot.
    estimate_min: Mapped[int]
    words_el: Mapped[str] = mapped_column(default="")
    words_en: Mapped[str] = mapped_column(default="")

    trade: Mapped[Trade] = relationship(lazy="joined", innerjoin=True)


class WorkOrder(Model):
    """One trade's piece of work for one report, done by one crew."""

    __tablename__ = "work_order"
    __table_args__ = (
        CheckConstraint("(status = 'planned') = (crew_id IS NULL) OR status = 'cancelled'", name="planned_has_no_crew"),
        CheckConstraint("status <> 'could_not' OR reason <> ''", name="could_not_says_why"),
        CheckConstraint("status <> 'done' OR after_photo_id IS NOT NULL", name="done_has_after_photo"),
        CheckConstraint("estimate_min > 0", name="estimate_positive"),
        Index("ix_work_order_report", "report_id", "step"),
        Index("uq_work_order_place", "crew_id", "planned_day", "sequence", unique=True),
        Index("ix_work_order_crew_newest", "crew_id", text("id DESC")),
        Index("ix_work_order_crew_ended", "crew_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    trade_id: Mapped[int] = mapped_column(ForeignKey("trade.id"))
    crew_id: Mapped[int | None] = mapped_column(ForeignKey("crew.id"))
    #: The life of the report that it belongs to.
    life: Mapped[int] = mapped_column(default=1, server_default="1")
    #: Orders of one life of a report with a lower step come first and unlock the next.
    step: Mapped[int] = mapped_column(default=1)
    planned_day: Mapped[date]
    #: Place in the crew's day; nobody else's there.
    sequence: Mapped[int] = mapped_column(default=0)
    #: Minutes of work on the spot.
    estimate_min: Mapped[int]
    status: Mapped[OrderStatus] = mapped_column(
        enum_text(OrderStatus, "work_order_status"), default=OrderStatus.PLANNED
    )
    instructions: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    after_photo_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("photo.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    report: Mapped[Report] = relationship()
    trade: Mapped[Trade] = relationship()
    crew: Mapped[Crew | None] = relationship()
    after_photo: Mapped[Photo | None] = relationship()

    @property
    def piece(self) -> Piece:
        """What the rules know of it."""
        return Piece(self.id, self.step, self.status, has_crew=self.crew is not None)


class CrewDay(Model):
    """The last place that was given away in a crew's day. Whoever adds an order to the day holds this row."""

    __tablename__ = "crew_day"

    crew_id: Mapped[int] = mapped_column(ForeignKey("crew.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last_sequence: Mapped[int]
