"""Who follows what, and what was told to whom."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.categories.models import Category
from app.extensions import Model, enum_text
from app.geo.models import Area, Place
from app.reports.models import Report, ReportHistory


class Topic(enum.StrEnum):
    """What somebody cares for: one report, a kind of issue, an area, or what is near home."""

    REPORT = "report"
    CATEGORY = "category"
    AREA = "area"
    CIRCLE = "circle"


class Channel(enum.StrEnum):
    MAIL = "mail"
    PUSH = "push"


class Frequency(enum.StrEnum):
    AT_ONCE = "at_once"
    DAILY = "daily"


class NoticeKind(enum.StrEnum):
    """Service: about a report somebody made or follows. News: about a kind, an area or a circle."""

    SERVICE = "service"
    NEWS = "news"
    DIGEST = "digest"
    CONFIRMATION = "confirmation"
    MAGIC_LINK = "magic_link"
    #: To the operator, about the machine.
    OPERATOR = "operator"


class NoticeState(enum.StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    #: It failed, and the office has seen it.
    DISMISSED = "dismissed"


class PushEndpoint(Model):
    """Where a browser takes push messages, with the keys that only it can read them by."""

    __tablename__ = "push_endpoint"
    __table_args__ = (CheckConstraint("language IN ('el', 'en')", name="language_known"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    device: Mapped[str] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(default="el")
    created_at: Mapped[datetime]
    #: The push service said that this browser takes no more.
    gone_at: Mapped[datetime | None]


class Subscription(Model):
    """A wish to be told: what about, how, how often. Mail waits for a yes from the address itself."""

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("wish", "email", name="uq_subscription_wish_email"),
        UniqueConstraint("wish", "push_endpoint_id", name="uq_subscription_wish_push"),
        CheckConstraint(
            "CASE topic WHEN 'report' THEN report_id IS NOT NULL AND num_nonnulls(category_id, area_id, centre) = 0"
            " WHEN 'category' THEN category_id IS NOT NULL AND num_nonnulls(report_id, centre) = 0"
            " WHEN 'area' THEN area_id IS NOT NULL AND num_nonnulls(report_id, category_id, centre) = 0"
            " ELSE centre IS NOT NULL AND num_nonnulls(report_id, category_id, area_id) = 0 END",
            name="topic_whole",
        ),
        CheckConstraint("(centre IS NULL) = (radius_m IS NULL)", name="circle_whole"),
        CheckConstraint("radius_m BETWEEN 100 AND 5000", name="radius_within_reach"),
        CheckConstraint(
            "CASE channel WHEN 'mail' THEN email IS NOT NULL AND push_endpoint_id IS NULL"
            " ELSE email IS NULL AND push_endpoint_id IS NOT NULL AND frequency = 'at_once' END",
            name="channel_whole",
        ),
        CheckConstraint("email = lower(email)", name="email_in_small_letters"),
        CheckConstraint("language IN ('el', 'en')", name="language_known"),
        Index("ix_subscription_report", "report_id", postgresql_where=text("report_id IS NOT NULL")),
        Index("ix_subscription_category", "category_id", postgresql_where=text("category_id IS NOT NULL")),
        Index("ix_subscription_area", "area_id", postgresql_where=text("area_id IS NOT NULL")),
        Index("ix_subscription_centre", "centre", postgresql_using="gist"),
        Index("ix_subscription_email", "email", postgresql_where=text("email IS NOT NULL")),
        Index("ix_subscription_push", "push_endpoint_id", postgresql_where=text("push_endpoint_id IS NOT NULL")),
        Index("ix_subscription_daily", "told_until", postgresql_where=text("told_until IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    topic: Mapped[Topic] = mapped_column(enum_text(Topic, "subscription_topic"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    centre: Mapped[WKBElement | None] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    #: Metres on the ground.
    radius_m: Mapped[int | None]
    #: The nearest place, to tell two circles apart in words.
    near_place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    #: The topic in one line, so that the same wish twice is one.
    wish: Mapped[str]
    channel: Mapped[Channel] = mapped_column(enum_text(Channel, "subscription_channel"))
    email: Mapped[str | None]
    push_endpoint_id: Mapped[int | None] = mapped_column(ForeignKey("push_endpoint.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(default="el")
    frequency: Mapped[Frequency] = mapped_column(enum_text(Frequency, "subscription_frequency"))
    #: Stands in its letters' links: whoever has it may confirm, change and end.
    token: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    #: The daily letters have told what happened up to here; null when everything is told at once.
    told_until: Mapped[datetime | None]

    report: Mapped[Report | None] = relationship()
    category: Mapped[Category | None] = relationship()
    area: Mapped[Area | None] = relationship()
    near_place: Mapped[Place | None] = relationship()
    push_endpoint: Mapped[PushEndpoint | None] = relationship()


class Notice(Model):
    """One thing told to one recipient by one channel, from the moment it is queued."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("about", "channel", "recipient", name="uq_notice_told_once"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_says_when"),
        CheckConstraint("language IN ('el', 'en')", name="language_known"),
        CheckConstraint("attempts >= 0", name="attempts_count"),
        Index("ix_notice_recipient", "recipient", text("queued_at DESC")),
        Index("ix_notice_failed", "id", postgresql_where=text("state = 'failed'")),
        Index("ix_notice_queued", "queued_at"),
        Index("ix_notice_history", "history_id", postgresql_where=text("history_id IS NOT NULL")),
        Index("ix_notice_subscription", "subscription_id", postgresql_where=text("subscription_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(enum_text(NoticeKind, "notice_kind"))
    channel: Mapped[Channel] = mapped_column(enum_text(Channel, "notice_channel"))
    #: An e-mail address in small letters, or a push endpoint's address.
    recipient: Mapped[str]
    language: Mapped[str] = mapped_column(default="el")
    #: ``history:12``, ``day:2026-11-23:el`` …: told once to one recipient, however often its job runs.
    about: Mapped[str]
    history_id: Mapped[int | None] = mapped_column(ForeignKey("report_history.id"))
    subscription_id: Mapped[int | None] = mapped_column(ForeignKey("subscription.id", ondelete="CASCADE"))
    #: What a morning's letter tells: {"groups": [{"subscription": id, "history": [ids]}]}.
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    state: Mapped[NoticeState] = mapped_column(enum_text(NoticeState, "notice_state"), default=NoticeState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    #: What the mail server or push service answered.
    last_error: Mapped[str] = mapped_column(default="", server_default="")
    queued_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    history: Mapped[ReportHistory | None] = relationship()
    subscription: Mapped[Subscription | None] = relationship()
