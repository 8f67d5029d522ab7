"""Photos that come in pieces, so that a broken line goes on where it broke. The manner is that of tus 1.0."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.errors import Invalid, NotFound, UploadOffset
from app.extensions import db, job, jobs, now, unit_of_work
from app.media import service, store
from app.media.intake import LARGEST_MEGABYTES, MEGABYTE
from app.media.models import Photo, Upload

#: A phone may be without a network for long; after this it begins again at the first byte.
UNTOUCHED_FOR = timedelta(days=30)
_FORGOTTEN_AT_ONCE = 500


def begin(upload_id: UUID, *, device: str, name: str, length: int, at: datetime) -> Upload:
    """Open an upload, or find it again as far as it came. Raises Invalid for a length no photo has."""
    if not 0 < length <= LARGEST_MEGABYTES * MEGABYTE:
        raise Invalid({"length": [_("Μια φωτογραφία χωρά έως %(megabytes)s MB.", megabytes=LARGEST_MEGABYTES)]})
    row = insert(Upload).values(id=upload_id, device=device, name=name[:200], length=length, received=0, touched_at=at)
    db.session.execute(row.on_conflict_do_nothing())
    found = of_device(upload_id, device)
    if found.length != length:
        raise Invalid({"length": [_("Με αυτόν τον αριθμό άρχισε άλλη φωτογραφία.")]})
    return found


def of_device(upload_id: UUID, device: str | None, *, lock: bool = False) -> Upload:
    """The upload of this browser. Raises NotFound for every other."""
    question = select(Upload).where(Upload.id == upload_id, Upload.device == device)
    if lock:
        question = question.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(question).one_or_none()
    if found is None:
        raise NotFound(_("Αυτή η αποστολή φωτογραφίας δεν υπάρχει. Αρχίστε την ξανά."))
    return found


def add(upload_id: UUID, data: bytes, *, offset: int, device: str | None, at: datetime) -> Upload:
    """Add the bytes that begin at ``offset``; the last ones make it a photo.

    Raises UploadOffset with the true offset when others are wanted, PhotoRefused when the whole is no good photo.
    """
    upload = of_device(upload_id, device, lock=True)
    if upload.received == upload.length and upload.photo_id is not None:
        return upload  # the last piece came again
    if offset != upload.received or offset + len(data) > upload.length:
        raise UploadOffset(_("Συνεχίστε από το byte %(offset)s.", offset=upload.received), offset=upload.received)
    if data:
        store.here().put(store.piece_key(upload.id, offset), data)
    upload.received += len(data)
    upload.touched_at = at
    if upload.received == upload.length:
        photo = service.take_in(b"".join(_pieces(upload.id)), upload.name, at=at)
        db.session.flush()
        upload.photo_id = photo.id
    return upload


def forget(upload_id: UUID) -> None:
    """Forget an upload that turned out to be no good photo; sent again it is judged again."""
    db.session.execute(delete(Upload).where(Upload.id == upload_id))


def clear(upload_id: UUID) -> None:
    """Delete the pieces of an upload that is whole, refused or withdrawn."""
    for key in _piece_keys(upload_id):
        store.here().delete(key)


def withdraw(upload_id: UUID, *, device: str | None) -> None:
    """The sender does not want it any more; a photo that no report has goes with the nightly cleaning."""
    db.session.delete(of_device(upload_id, device, lock=True))


def whole(ids: list[UUID], *, device: str | None) -> list[Photo]:
    """The photos of these uploads, in order. Raises Invalid at ``uploads``, saying how far each has come."""
    if not ids:
        return []
    rows = {
        row.id: row for row in db.session.scalars(select(Upload).where(Upload.id.in_(ids), Upload.device == device))
    }
    unfinished = {str(one): rows[one].received if one in rows else 0 for one in ids if not _is_whole(rows.get(one))}
    if unfinished:
        raise Invalid({"uploads": [_("Μια φωτογραφία δεν έχει ανέβει ολόκληρη.")]}, uploads=unfinished)
    wanted = [rows[one].photo_id for one in ids]
    photos = {photo.id: photo for photo in db.session.scalars(select(Photo).where(Photo.id.in_(wanted)))}
    return [photos[photo_id] for photo_id in wanted if photo_id in photos]


def _is_whole(upload: Upload | None) -> bool:
    return upload is not None and upload.photo_id is not None


def _piece_keys(upload_id: UUID) -> list[str]:
    keys = [key for key, _written in store.here().keys(store.pieces_of(upload_id))]
    return sorted(keys, key=lambda key: int(key.rsplit("/", 1)[-1]))


def _pieces(upload_id: UUID) -> list[bytes]:
    return [store.here().get(key) for key in _piece_keys(upload_id)]


@job("media.forget_uploads")
def forget_uploads(timestamp: int) -> None:
    """Uploads that nobody goes on with are forgotten at night; ``timestamp`` is Procrastinate's, in seconds."""
    with unit_of_work():
        old = select(Upload.id).where(Upload.touched_at < now() - UNTOUCHED_FOR).limit(_FORGOTTEN_AT_ONCE)
        for upload_id in db.session.scalars(old).all():
            clear(upload_id)
            db.session.execute(delete(Upload).where(Upload.id == upload_id))


jobs.periodic(cron="27 1 * * *")(jobs.tasks["media.forget_uploads"])
