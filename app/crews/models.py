"""Trades and crews. A new trade is a row, never code."""

from __future__ import annotations

from datetime import date, time

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import ARRAY, CheckConstraint, Column, ForeignKey, Index, Integer, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model, db

crew_trade = Table(
    "crew_trade",
    db.metadata,
    Column("crew_id", ForeignKey("crew.id"), primary_key=True),
    Column("trade_id", ForeignKey("trade.id"), primary_key=True, index=True),
)

crew_area = Table(
    "crew_area",
    db.metadata,
    Column("crew_id", ForeignKey("crew.id"), primary_key=True),
    Column("area_id", ForeignKey("area.id"), primary_key=True, index=True),
)


class Trade(Model):
    """A craft: carpentry, painting, metalwork …"""

    __tablename__ = "trade"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_el: Mapped[str]
    name_en: Mapped[str]


class Crew(Model):
    """People who go out together, with their base, their trades and the areas they cover."""

    __tablename__ = "crew"
    __table_args__ = (
        CheckConstraint("shift_days <@ ARRAY[1,2,3,4,5,6,7]", name="shift_days_iso"),
        CheckConstraint("shift_start < shift_end", name="shift_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_el: Mapped[str]
    name_en: Mapped[str]
    base: Mapped[WKBElement] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    #: Local time (Europe/Athens); days as ISO weekday numbers, Monday = 1.
    shift_start: Mapped[time]
    shift_end: Mapped[time]
    shift_days: Mapped[list[int]] = mapped_column(ARRAY(Integer()))
    works_on_holidays: Mapped[bool] = mapped_column(default=False, server_default="false")
    active: Mapped[bool] = mapped_column(default=True)

    trades: Mapped[list[Trade]] = relationship(secondary=crew_trade, order_by=Trade.id)


class Membership(Model):
    """A staff user belongs to one crew at most."""

    __tablename__ = "crew_member"

    user_id: Mapped[int] = mapped_column(ForeignKey("staff_user.id"), primary_key=True)
    crew_id: Mapped[int] = mapped_column(ForeignKey("crew.id"), index=True)

    crew: Mapped[Crew] = relationship()


class Absence(Model):
    """Days on which a crew does not go out: leave, training, a truck in the workshop."""

    __tablename__ = "crew_absence"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days_in_order"),
        Index("ix_crew_absence_crew", "crew_id", "last_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    crew_id: Mapped[int] = mapped_column(ForeignKey("crew.id"))
    #: By the calendar of Serres; both days belong to it.
    first_day: Mapped[date]
    last_day: Mapped[date]
    why: Mapped[str] = mapped_column(default="")


class Vehicle(Model):
    """A pickup or truck, usually at one crew's hand."""

    __tablename__ = "vehicle"
    __table_args__ = (CheckConstraint("seats > 0", name="seats_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plate: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    seats: Mapped[int] = mapped_column(default=5)
    crew_id: Mapped[int | None] = mapped_column(ForeignKey("crew.id"), index=True)
    active: Mapped[bool] = mapped_column(default=True)
