"""The row that stands for one photo; its bytes live in the store."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from geoalchemy2 import Geography
from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model


class PhotoState(enum.StrEnum):
    """``received``: only the original is kept. ``ready``: only the clean sizes are kept."""

    RECEIVED = "received"
    READY = "ready"


# length=None: TEXT-like VARCHAR, so that a longer state needs no change of type.
_STATE = Enum(
    PhotoState,
    native_enum=False,
    length=None,
    name="photo_state",
    create_constraint=True,
    values_callable=lambda states: [state.value for state in states],
)


class Upload(Model):
    """A photo on its way in, piece by piece, so that a broken line goes on where it broke."""

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("length > 0", name="has_length"),
        CheckConstraint("received BETWEEN 0 AND length", name="received_within_length"),
        Index("ix_upload_touched", "touched_at"),
        Index("ix_upload_unfinished_device", "device", postgresql_where=text("photo_id IS NULL")),
        Index("ix_upload_unfinished_sender", "sender", postgresql_where=text("photo_id IS NULL")),
    )

    #: Made by the phone.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    #: SHA-256 of the sender's device key; nobody else may add to it or use it.
    device: Mapped[str]
    #: A keyed hash of the network address (devices.sender).
    sender: Mapped[str] = mapped_column(default="", server_default="")
    name: Mapped[str]
    #: Bytes, whole and so far.
    length: Mapped[int]
    received: Mapped[int] = mapped_column(default=0)
    touched_at: Mapped[datetime]
    #: Once it is whole and examined.
    photo_id: Mapped[UUID | None] = mapped_column(ForeignKey("photo.id", ondelete="SET NULL"), index=True)


_UNUSED = text("used_at IS NULL")


class Photo(Model):
    """One photo a person sent.

    ``width`` and ``height`` are pixels of the upright original, ``bytes`` is its length. ``taken_at`` and
    ``location`` (WGS84, longitude first) are what the camera wrote, if anything credible.
    """

    __tablename__ = "photo"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_hex"),
        CheckConstraint("char_length(received_name) BETWEEN 1 AND 100", name="received_name_is_short"),
        CheckConstraint("mime LIKE 'image/%'", name="mime_is_image"),
        CheckConstraint("width > 0 AND height > 0", name="has_pixels"),
        CheckConstraint("bytes > 0", name="has_bytes"),
        Index("ix_photo_unused_device", "device", postgresql_where=_UNUSED, postgresql_include=["bytes"]),
        Index("ix_photo_unused_sender", "sender", postgresql_where=_UNUSED, postgresql_include=["bytes"]),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sha256: Mapped[str]
    received_name: Mapped[str]
    mime: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    taken_at: Mapped[datetime | None]
    # Nobody searches photos by place (reports are searched), hence no spatial index.
    location: Mapped[Any | None] = mapped_column(Geography("POINT", srid=4326, spatial_index=False))
    state: Mapped[PhotoState] = mapped_column(_STATE, default=PhotoState.RECEIVED)
    received_at: Mapped[datetime]
    #: SHA-256 of the key of the citizen's browser that sent it, and a keyed hash of its address (devices.py).
    device: Mapped[str | None]
    sender: Mapped[str] = mapped_column(default="", server_default="")
    #: When a report got it; until then it is unfinished (quotas.py).
    used_at: Mapped[datetime | None]
