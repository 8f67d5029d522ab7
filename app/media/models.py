"""The row that stands for one photo; its bytes live in the store."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from geoalchemy2 import Geography
from sqlalchemy import CheckConstraint, Enum
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
