"""Questions about photos."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app.extensions import db
from app.media.models import Photo, PhotoState


def states_of(photo_ids: Iterable[UUID]) -> dict[UUID, PhotoState]:
    """The state of each of these photos that has a row."""
    rows = db.session.execute(select(Photo.id, Photo.state).where(Photo.id.in_(list(photo_ids))))
    return {row.id: row.state for row in rows}


def locked(photo_id: UUID) -> Photo | None:
    """The photo, kept from other workers until the transaction ends.

    FOR NO KEY UPDATE: a report that is just now being linked to the photo does not have to wait.
    """
    question = select(Photo).where(Photo.id == photo_id).with_for_update(key_share=True)
    return db.session.execute(question.execution_options(populate_existing=True)).scalar_one_or_none()
