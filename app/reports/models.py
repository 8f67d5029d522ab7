"""Categories, reports and what happened to them. Times in UTC; locations are geography, so metres are metres."""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Any

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.categories.models import Category
from app.extensions import Model, enum_text
from app.geo.models import Area, Asset, Place
from app.geo.shapes import spot_of
from app.media.models import Photo
from app.moderation.models import Moderated
from app.reports.lifecycle import OPEN, Move, Status

#: ``WHERE status IN (…)`` of the partial indexes that carry every list of open reports.
OPEN_SQL = "status IN (" + ", ".join(f"'{status}'" for status in sorted(OPEN)) + ")"


class Priority(enum.StrEnum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Source(enum.StrEnum):
    WEB = "web"
    PHONE = "phone"
    OPEN311 = "open311"
    DEVICE = "device"
    STAFF = "staff"
    IMPORT = "import"


class PhotoMoment(enum.StrEnum):
    """Before, with the report; after, by the crew; later, what the reporter added, or objected with."""

    BEFORE = "before"
    AFTER = "after"
    LATER = "later"


class WordsKind(enum.StrEnum):
    """What the reporter said after the report itself."""

    ANSWER = "answer"
    OBJECTION = "objection"
    ADDITION = "addition"


#: Street, number, the other street and the settlement of ``Report.street`` as they sound; null without a street.
STREET_WORDS = (
    "greek_key((street ->> 'name_el') || ' ' || coalesce(street ->> 'number', '') || ' '"
    " || coalesce(street ->> 'other_el', '') || ' ' || coalesce(street ->> 'in_el', ''))"
)


class Report(Moderated, Model):
    """One everyday issue, from the first word to the last."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("accuracy_m >= 0", name="accuracy_not_negative"),
        CheckConstraint("char_length(description) <= 4000", name="description_length"),
        CheckConstraint("(status = 'merged') = (merged_into_id IS NOT NULL)", name="merged_names_its_target"),
        CheckConstraint("(origin IS NULL) = (origin_id IS NULL)", name="origin_whole"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        CheckConstraint("status <> 'closed' OR closed_at IS NOT NULL", name="closed_says_when"),
        CheckConstraint("near_bearing BETWEEN 0 AND 359", name="bearing_in_degrees"),
        CheckConstraint("version >= 1", name="version_counts"),
        CheckConstraint("language IN ('el', 'en')", name="language_known"),
        Index("ix_report_location", "location", postgresql_using="gist"),
        Index("ix_report_box", text("(location::geometry)"), postgresql_using="gist"),
        Index(
            "ix_report_open_location",
            "category_id",
            "location",
            postgresql_using="gist",
            postgresql_where=text(OPEN_SQL),
        ),
        Index(
            "ix_report_words", "folded_words", postgresql_using="gin", postgresql_ops={"folded_words": "gin_trgm_ops"}
        ),
        Index("ix_report_near_place", "near_place_id"),
        Index("ix_report_street", "street_key", postgresql_using="gin", postgresql_ops={"street_key": "gin_trgm_ops"}),
        CheckConstraint("supporters >= 0", name="supporters_not_negative"),
        Index("ix_report_device", "device", text("received_at DESC"), postgresql_where=text("device IS NOT NULL")),
        Index("ix_report_sender", "sender", text("received_at DESC"), postgresql_where=text("sender IS NOT NULL")),
        Index(
            "ix_report_to_look_at",
            text("received_at DESC"),
            text("id DESC"),
            postgresql_where=text("suspicion IS NOT NULL OR flagged_at IS NOT NULL OR objected_at IS NOT NULL"),
        ),
        Index("ix_report_open_target", "target_at", postgresql_where=text(OPEN_SQL)),
        Index("ix_report_silence", "resolved_at", postgresql_where=text("status = 'resolved'")),
        Index("ix_report_supporters", "status", text("supporters DESC"), text("received_at DESC"), text("id DESC")),
        Index("ix_report_newest", text("received_at DESC"), text("id DESC")),
        Index("ix_report_status_newest", "status", text("received_at DESC"), text("id DESC")),
        Index("ix_report_category_newest", "category_id", text("received_at DESC"), text("id DESC")),
        Index(
            "ix_report_open_category",
            "category_id",
            text("received_at DESC"),
            text("id DESC"),
            postgresql_where=text(OPEN_SQL),
        ),
        Index("ix_report_unit_newest", "unit_id", text("received_at DESC"), text("id DESC")),
        Index("ix_report_community_newest", "community_id", text("received_at DESC"), text("id DESC")),
        Index(
            "uq_report_origin",
            "origin",
            "origin_id",
            unique=True,
            postgresql_where=text("origin IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: Made from the id by the database (migration 0001): three times three digits, easy to say on the telephone,
    #: in no visible order, and a multiple of 97, so that a wrong or swapped digit is noticed.
    reference: Mapped[str] = mapped_column(Text, Computed("report_reference(id)", persisted=True), unique=True)
    status: Mapped[Status] = mapped_column(enum_text(Status, "report_status"), default=Status.RECEIVED)
    version: Mapped[int] = mapped_column(default=1)
    #: Counts from 1 how often it was opened; work of an earlier life does not count for this one.
    life: Mapped[int] = mapped_column(default=1, server_default="1")
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    location: Mapped[WKBElement] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    accuracy_m: Mapped[float | None]
    address_words: Mapped[str] = mapped_column(default="")
    #: Door or crossing, as the town's streets were when it was filed (geo/places.py reads it); None without a street.
    street: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    #: The same as it sounds, for the search; like ``folded_words``, but everybody's at once.
    #: What its citizen pointed at: [{kind, code, name_el, name_en}].
    things: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    street_key: Mapped[str | None] = mapped_column(Text, Computed(STREET_WORDS, persisted=True), deferred=True)
    near_place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    near_distance_m: Mapped[int | None]
    #: Degrees clockwise from north, from the place to the report.
    near_bearing: Mapped[int | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    asset_id: Mapped[int | None] = mapped_column(ForeignKey("asset.id"), index=True)
    description: Mapped[str] = mapped_column(default="")
    #: Description and address as they sound, for the search: accents, spelling and alphabet make no difference.
    folded_words: Mapped[str] = mapped_column(
        Text, Computed("greek_key(description || ' ' || address_words)", persisted=True), deferred=True
    )
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    priority: Mapped[Priority] = mapped_column(enum_text(Priority, "report_priority"), default=Priority.NORMAL)
    source: Mapped[Source] = mapped_column(enum_text(Source, "report_source"))
    language: Mapped[str] = mapped_column(default="el")
    tracking_token: Mapped[str]
    received_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    target_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    #: How many others said «Κι εγώ»; the rows are in ``report_support``.
    supporters: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The reporter says it is not done; the office has not decided about that yet.
    objected_at: Mapped[datetime | None]
    #: SHA-256 of the key in the reporter's browser: its holder is the reporter.
    device: Mapped[str | None]
    #: Keyed hash of the network address, for limits; forgotten after a week.
    sender: Mapped[str | None]
    origin: Mapped[str | None]
    origin_id: Mapped[str | None]

    category: Mapped[Category] = relationship()
    unit: Mapped[Area | None] = relationship(foreign_keys=[unit_id])
    community: Mapped[Area | None] = relationship(foreign_keys=[community_id])
    asset: Mapped[Asset | None] = relationship()
    near_place: Mapped[Place | None] = relationship()
    contact: Mapped[ReportContact | None] = relationship(uselist=False, viewonly=True)

    @property
    def waits_aside(self) -> bool:
        """Whether something looks wrong with it and the office has not decided yet."""
        return self.suspicion is not None and self.status in OPEN

    @property
    def lon(self) -> float:
        return spot_of(self.location).x

    @property
    def lat(self) -> float:
        return spot_of(self.location).y


class ReportContact(Model):
    """How to reach the reporter, apart from the report: seen by the office only."""

    __tablename__ = "report_contact"
    __table_args__ = (
        CheckConstraint("coalesce(name, email, phone) IS NOT NULL", name="not_empty"),
        Index("ix_report_contact_email", func.lower(text("email"))),
    )

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]


class ReportHistory(Model):
    """Who did what, when, and in which words. Append-only (a trigger refuses anything else); also the outbox."""

    __tablename__ = "report_history"
    __table_args__ = (
        Index("ix_report_history_report", "report_id", "id"),
        Index("uq_report_history_undoes", "undoes_id", unique=True, postgresql_where=text("undoes_id IS NOT NULL")),
        CheckConstraint("(move = 'undo') = (undoes_id IS NOT NULL)", name="undo_names_what"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    at: Mapped[datetime]
    #: The row that this one takes back; for the public neither has ever been.
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("report_history.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))
    move: Mapped[Move] = mapped_column(enum_text(Move, "report_move"))
    status: Mapped[Status] = mapped_column(enum_text(Status, "history_status"))
    public_words: Mapped[str] = mapped_column(default="")
    internal_words: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)

    actor: Mapped[User | None] = relationship()


class ReportPhoto(Model):
    """A photo of the report: before, by the reporter; after, by the crew."""

    __tablename__ = "report_photo"
    __table_args__ = (UniqueConstraint("photo_id"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    photo_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("photo.id"), primary_key=True)
    moment: Mapped[PhotoMoment] = mapped_column(enum_text(PhotoMoment, "photo_moment"))
    position: Mapped[int] = mapped_column(default=0)
    #: Everybody sees what had been added when the office released the report, and nothing later.
    added_at: Mapped[datetime]

    photo: Mapped[Photo] = relationship()

    @property
    def by_crew(self) -> bool:
        return self.moment is PhotoMoment.AFTER

    @property
    def width(self) -> int:
        return self.photo.width

    @property
    def height(self) -> int:
        return self.photo.height

    @property
    def taken_at(self) -> datetime | None:
        return self.photo.taken_at


class ReporterWords(Model):
    """What the reporter said later: an answer, an objection, an addition. For the office and the reporter only."""

    __tablename__ = "reporter_words"
    __table_args__ = (CheckConstraint("char_length(words) <= 4000", name="words_length"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    kind: Mapped[WordsKind] = mapped_column(enum_text(WordsKind, "words_kind"))
    words: Mapped[str]
    at: Mapped[datetime]


class Support(Model):
    """Somebody with the same issue said «Κι εγώ»; once a device."""

    __tablename__ = "report_support"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    device: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Draft(Model):
    """A report that is still being written without script: what was typed, step by step.

    Its id is the report's action id, so however often it is sent there is one report.
    """

    __tablename__ = "report_draft"
    __table_args__ = (
        Index(
            "ix_report_draft_unsent_sender",
            "sender",
            postgresql_where=text("report_id IS NULL"),
            postgresql_include=["bytes"],
        ),
        Index("ix_report_draft_updated_at", "updated_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(index=True)
    #: A keyed hash of the network address (devices.sender).
    sender: Mapped[str] = mapped_column(default="", server_default="")
    #: Of what was typed; its photos are weighed by themselves.
    bytes: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Field names to lists of what was typed.
    typed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    photos: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()), default=list)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    #: The report it became.
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
