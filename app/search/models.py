"""Counts of reports that are kept: what changed, and what was summed up of it. Written by triggers (migration 0010).

A count is the sum over both. Whoever changes a report only adds a line, so nobody waits for anybody, and the sum is
exact whenever a transaction is committed; the worker sums the lines up every minute.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Identity, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model

#: The patches of the finest and the coarsest kept zoom are so wide: ``CELL_PX`` of the world in 256 · 2^zoom pixels.
FINEST, COARSEST = 18, 8
#: Stands for all categories together.
ALL_CATEGORIES = 0


class ReportChange(Model):
    """So many reports more, or less, with these facts. ``x`` and ``y`` count patches of the finest zoom from the
    north-west; ``lon`` and ``lat`` are sums of 1e-7 degrees, ``ids`` of the ids."""

    __tablename__ = "report_change"

    number: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    status: Mapped[str] = mapped_column(String(32))
    aside: Mapped[bool]
    to_look_at: Mapped[bool]
    objected: Mapped[bool]
    #: The last day of the promise, by the calendar of Serres; infinity for what is not open or has none.
    target_day: Mapped[date]
    visible: Mapped[bool]
    category_id: Mapped[int]
    x: Mapped[int]
    y: Mapped[int]
    n: Mapped[int]
    lon: Mapped[int] = mapped_column(BigInteger)
    lat: Mapped[int] = mapped_column(BigInteger)
    ids: Mapped[int] = mapped_column(BigInteger)


class ReportTally(Model):
    """How many reports have the same state, as far as it was summed up."""

    __tablename__ = "report_tally"

    status: Mapped[str] = mapped_column(String(32), primary_key=True)
    aside: Mapped[bool] = mapped_column(primary_key=True)
    to_look_at: Mapped[bool] = mapped_column(primary_key=True)
    objected: Mapped[bool] = mapped_column(primary_key=True)
    target_day: Mapped[date] = mapped_column(primary_key=True)
    n: Mapped[int]


class ReportCell(Model):
    """How many of the public's reports lie in one patch of the map, as far as it was summed up."""

    __tablename__ = "report_cell"
    __table_args__ = (
        Index("ix_report_cell_rows", "zoom", "category_id", "y", "x"),
        Index("ix_report_cell_empty", "n", postgresql_where=text("n = 0")),
    )

    zoom: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    category_id: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int] = mapped_column(primary_key=True)
    y: Mapped[int] = mapped_column(primary_key=True)
    open: Mapped[bool] = mapped_column(primary_key=True)
    n: Mapped[int]
    lon: Mapped[int] = mapped_column(BigInteger)
    lat: Mapped[int] = mapped_column(BigInteger)
    ids: Mapped[int] = mapped_column(BigInteger)
