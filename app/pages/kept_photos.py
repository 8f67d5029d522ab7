"""Photos that are on our side already though their form is not done: signed fields bring them back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer
from shapely.geometry import Point
from sqlalchemy import select

from app.extensions import db
from app.geo.shapes import spot_of
from app.media.models import Photo
from app.retention import PERIODS, Kept

#: Longer than any photo waits for its report: whether this one still does is asked of its row.
_KEPT_FOR_S = PERIODS[Kept.UNSENT].most * 24 * 3600


@dataclass(frozen=True)
class KeptPhoto:
    """A photo that is on our side already, though its report is not."""

    id: UUID
    name: str
    sha256: str
    spot: Point | None

    @property
    def token(self) -> str:
        return _signer().dumps(str(self.id))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="kept-photo")


def photo_id_in(token: str) -> UUID | None:
    """The photo a token of ours stands for; None when it is not ours, or too old."""
    try:
        return UUID(_signer().loads(token, max_age=_KEPT_FOR_S))
    except (BadSignature, ValueError):
        return None


def kept(photo: Photo) -> KeptPhoto:
    spot = spot_of(photo.location) if photo.location is not None else None
    return KeptPhoto(photo.id, photo.received_name, photo.sha256, spot)


def photos_for_report(sent: list[KeptPhoto]) -> list[Photo]:
    """The rows of kept photos, in order."""
    ids = [photo.id for photo in sent]
    question = select(Photo).where(Photo.id.in_(ids)).order_by(Photo.id).with_for_update(key_share=True)
    rows = {photo.id: photo for photo in db.session.scalars(question)}
    return [rows[photo_id] for photo_id in ids if photo_id in rows]
