"""The after-photo of a form. A good one is kept when the form is refused: no browser fills in a file twice."""

from __future__ import annotations

from datetime import datetime

from flask import request
from werkzeug.datastructures import FileStorage

from app.errors import PhotoRefused
from app.extensions import db, now, unit_of_work
from app.media import service as media
from app.media.models import Photo
from app.pages.kept_photos import KeptPhoto, photo_id_in, photos_for_report
from app.pages.refusal import Refusal


def _sent() -> FileStorage | None:
    upload = request.files.get("photo")
    if upload is None or not upload.filename:
        return None
    upload.seek(0)
    return upload


def _kept() -> KeptPhoto | None:
    photo_id = photo_id_in(request.form.get("kept_photo", ""))
    photo = db.session.get(Photo, photo_id) if photo_id else None
    return _of(photo) if photo else None


def _of(photo: Photo) -> KeptPhoto:
    return KeptPhoto(photo.id, photo.received_name, photo.sha256, spot=None)


def mark() -> bytes | FileStorage:
    """What tells this request's photo from another."""
    sent, photo = _sent(), _kept()
    return sent or (photo.id.bytes if photo else b"")


def taken_in(*, at: datetime) -> Photo | None:
    """The photo of this request: a new one, else the one kept before. Raises PhotoRefused, Invalid."""
    sent, photo = _sent(), _kept()
    if sent:
        return media.save_photo(sent.stream, sent.filename or "", at=at)
    return photos_for_report([photo])[0] if photo else None


def kept_for(refusal: Refusal) -> KeptPhoto | None:
    """The photo of a form that was refused for another reason. A photo not worth keeping is said at its field."""
    sent = _sent()
    if refusal.at("photo") or not sent:
        return None if refusal.at("photo") else _kept()
    try:
        with unit_of_work():
            return _of(media.save_photo(sent.stream, sent.filename or "", at=now()))
    except PhotoRefused as error:
        refusal.errors["photo"] = [str(error.detail)]
        return None
