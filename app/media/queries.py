"""Questions about photos."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true

from app.extensions import db
from app.media.models import Photo, PhotoState, Upload

_MOST_AT_ONCE = 100


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


def unfinished_too_many(mine: Upload, *, per_browser: int, per_address: int, in_all: int) -> list[UUID]:
    """Which unfinished uploads must go so that this one fits; all figures are bytes as announced.

    Of an address, or of all, those of the browser that has the most go first, and of a browser the oldest. One that
    is being added to just now is passed over.
    """
    shares: list[tuple[ColumnElement[bool], int]] = [
        (Upload.device == mine.device, per_browser),
        (Upload.sender == mine.sender, per_address),
        (true(), in_all),
    ]
    for whose, most in shares:
        unfinished = (Upload.photo_id.is_(None), whose)
        excess = (db.session.scalar(select(func.sum(Upload.length)).where(*unfinished)) or 0) - most
        if excess > 0:
            return _oldest_of_the_heaviest(unfinished, mine, excess)
    return []


def _oldest_of_the_heaviest(unfinished: tuple[ColumnElement[bool], ...], mine: Upload, excess: int) -> list[UUID]:
    weights = (
        select(Upload.device, func.sum(Upload.length).label("weight"))
        .where(*unfinished)
        .group_by(Upload.device)
        .subquery()
    )
    question = (
        select(Upload.id, Upload.length)
        .join(weights, weights.c.device == Upload.device)
        .where(*unfinished, Upload.id != mine.id)
        .order_by(weights.c.weight.desc(), Upload.device, Upload.touched_at)
        .limit(_MOST_AT_ONCE)
        .with_for_update(of=Upload, skip_locked=True)
    )
    going: list[UUID] = []
    for upload_id, length in db.session.execute(question):
        if excess <= 0:
            break
        going.append(upload_id)
        excess -= length
    return going
