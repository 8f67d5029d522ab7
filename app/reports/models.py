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
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Model, words
from app.geo.models import Area, Asset, Place
from app.media.models import Photo
from app.reports.lifecycle import OPEN, Move, Status

#: ``WHERE status IN (…)`` of the partial indexes that carry every list of open reports.
OPEN_SQL = "status IN (" + ", ".join(f"'{status}'" for status in sorted(OPEN)) + ")"


class PublishPolicy(enum.StrEnum):
    AT_ONCE = "at_once"
    AFTER_RELEASE = "after_release"


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


class Suspicion(enum.StrEnum):
    """Why a report waits aside until the office has looked; it is taken in all the same, so no honest word is lost."""

    BLOCKED_WORD = "blocked_word"
    BLOCKED_CONTACT = "blocked_contact"
    MANY_FROM_ONE = "many_from_one"
    NOT_BY_HAND = "not_by_hand"


class WordsKind(enum.StrEnum):
    """What the reporter said after the report itself."""

    ANSWER = "answer"
    OBJECTION = "objection"
    ADDITION = "addition"


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


class CategoryGroup(Model):
    """What the citizen sees first: a handful of big tiles."""

    __tablename__ = "category_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_el: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)


class Category(Model):
    """A kind of everyday issue, with everything that depends on it, as data."""

    __tablename__ = "category"
    __table_args__ = (
        CheckConstraint("target_days > 0", name="target_days_positive"),
        CheckConstraint("contact_months > 0", name="contact_months_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("category_group.id"), index=True)
    name_el: Mapped[str]
    name_en: Mapped[str]
    description_el: Mapped[str] = mapped_column(default="")
    description_en: Mapped[str] = mapped_column(default="")
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text()), default=list)
    #: [{code, datatype, required, text_el, text_en, values: [{key, el, en}]}], datatypes as in Open311 GeoReport v2.
    questions: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    #: Asked before all else; a yes means that somebody else must be called at once:
    #: [{code, text_el, text_en, say_el, say_en, phone, url, stop}]. ``stop``: it is not for us at all.
    stoppers: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default="[]")
    #: Working days by the Greek calendar.
    target_days: Mapped[int]
    #: Measured at night: eight of ten reports of the last year were put right within this many working days.
    usual_days: Mapped[int | None]
    #: How many reports that was measured on.
    usual_of: Mapped[int] = mapped_column(default=0, server_default="0")
    photo_wanted: Mapped[bool] = mapped_column(default=True)
    publish_policy: Mapped[PublishPolicy] = mapped_column(
        words(PublishPolicy, "publish_policy"), default=PublishPolicy.AFTER_RELEASE
    )
    asset_kind: Mapped[str | None]
    #: So many months after a report has ended its reporter's contact is forgotten.
    contact_months: Mapped[int] = mapped_column(default=12, server_default="12")
    icon: Mapped[str] = mapped_column(default="other")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)

    group: Mapped[CategoryGroup] = relationship(lazy="joined", innerjoin=True)


class Report(Model):
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
        CheckConstraint("supporters >= 0", name="supporters_not_negative"),
        Index("ix_report_device", "device", text("received_at DESC"), postgresql_where=text("device IS NOT NULL")),
        Index("ix_report_sender", "sender", text("received_at DESC"), postgresql_where=text("sender IS NOT NULL")),
        Index(
            "ix_report_to_look_at",
            text("received_at DESC"),
            text("id DESC"),
            postgresql_where=text("suspicion IS NOT NULL OR flagged_at IS NOT NULL OR objected_at IS NOT NULL"),
        ),
        Index("ix_report_silence", "resolved_at", postgresql_where=text("status = 'resolved'")),
        Index("ix_report_supporters", "status", text("supporters DESC"), text("received_at DESC"), text("id DESC")),
        Index("ix_report_newest", text("received_at DESC"), text("id DESC")),
        Index("ix_report_status_newest", "status", text("received_at DESC"), text("id DESC")),
        Index("ix_report_category_newest", "category_id", text("received_at DESC"), text("id DESC")),
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
    status: Mapped[Status] = mapped_column(words(Status, "report_status"), default=Status.RECEIVED)
    version: Mapped[int] = mapped_column(default=1)
    #: Counts from 1 how often it was opened; work of an earlier life does not count for this one.
    life: Mapped[int] = mapped_column(default=1, server_default="1")
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    location: Mapped[WKBElement] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    accuracy_m: Mapped[float | None]
    address_words: Mapped[str] = mapped_column(default="")
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
    priority: Mapped[Priority] = mapped_column(words(Priority, "report_priority"), default=Priority.NORMAL)
    source: Mapped[Source] = mapped_column(words(Source, "report_source"))
    language: Mapped[str] = mapped_column(default="el")
    tracking_token: Mapped[str]
    received_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    target_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    #: When the office let the words and photos be seen by everybody; null means place, category and state only.
    released_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    #: How many others said «Κι εγώ»; the rows are in ``report_support``.
    supporters: Mapped[int] = mapped_column(default=0, server_default="0")
    #: The reporter says it is not done; the office has not decided about that yet.
    objected_at: Mapped[datetime | None]
    #: A reader reported the published words or photos, and the office has not looked yet.
    flagged_at: Mapped[datetime | None]
    #: Seen by the office only, and by nobody else until the office has looked.
    suspicion: Mapped[Suspicion | None] = mapped_column(words(Suspicion, "report_suspicion"))
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
    move: Mapped[Move] = mapped_column(words(Move, "report_move"))
    status: Mapped[Status] = mapped_column(words(Status, "history_status"))
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
    moment: Mapped[PhotoMoment] = mapped_column(words(PhotoMoment, "photo_moment"))
    position: Mapped[int] = mapped_column(default=0)
    #: Everybody sees what had been added when the office released the report, and nothing later.
    added_at: Mapped[datetime]

    photo: Mapped[Photo] = relationship()


class ReporterWords(Model):
    """What the reporter said later: an answer, an objection, an addition. For the office and the reporter only."""

    __tablename__ = "reporter_words"
    __table_args__ = (CheckConstraint("char_length(words) <= 4000", name="words_length"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    kind: Mapped[WordsKind] = mapped_column(words(WordsKind, "words_kind"))
    words: Mapped[str]
    at: Mapped[datetime]


class Support(Model):
    """Somebody with the same issue said «Κι εγώ»; once a device."""

    __tablename__ = "report_support"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    device: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Flag(Model):
    """A reader's word that something published must not stay; once a device."""

    __tablename__ = "report_flag"
    __table_args__ = (CheckConstraint("char_length(words) <= 1000", name="words_length"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    device: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[FlagReason] = mapped_column(words(FlagReason, "flag_reason"))
    words: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class Blocked(Model):
    """A word, contact or device whose reports wait aside until the office has looked."""

    __tablename__ = "blocked"
    __table_args__ = (UniqueConstraint("kind", "value", name="uq_blocked_kind_value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[BlockedKind] = mapped_column(words(BlockedKind, "blocked_kind"))
    #: A word as ``greek_key`` writes it; an e-mail in small letters; a phone's digits; a device's digest.
    value: Mapped[str]
    #: What the office typed, to be read again.
    shown: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_user.id"))


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


class ImportRun(Model):
    """How far the import of one file has come; written in the same transaction as its rows, so it can go on."""

    __tablename__ = "import_run"

    origin: Mapped[str] = mapped_column(primary_key=True)
    file_digest: Mapped[str] = mapped_column(primary_key=True)
    rows_read: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    known_already: Mapped[int] = mapped_column(default=0)
    outside: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]
