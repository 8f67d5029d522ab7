"""Photos that come in pieces, so that a broken line goes on where it broke. The manner is that of tus 1.0."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import IO, Any, Final
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.errors import Invalid, NotFound, StorageUnavailable, UploadOffset
from app.extensions import db, defer, job, jobs, now, unit_of_work
from app.media import quotas, service, spool, store
from app.media.disk_space import require_space
from app.media.models import Photo, Upload
from app.media.refusals import refusal
from app.media.validation import LARGEST_MEGABYTES, MEGABYTE, clean_name
from app.retention import Kept, is_over

_AT_ONCE: Final = 500
#: Weighed as announced.
_ON_THEIR_WAY: Final = quotas.UnfinishedBytes(
    Upload, Upload.id, Upload.device, Upload.sender, Upload.length, Upload.touched_at, Upload.photo_id.is_(None)
)


def begin(upload_id: UUID, *, device: str, name: str, length: int, at: datetime, sender: str = "") -> Upload:
    """Open an upload, or find it again as far as it came. Raises PhotoRefused for a length no photo has.

    Where a browser, its address or all together have more unfinished than is their share, older ones make room.
    """
    name = clean_name(name)
    if length <= 0:
        raise refusal("empty", name)
    if length > LARGEST_MEGABYTES * MEGABYTE:
        raise refusal("too_large", name, limit=LARGEST_MEGABYTES)
    require_space()
    fields = {"id": upload_id, "device": device, "sender": sender, "name": name, "length": length}
    row = insert(Upload).values(**fields, received=0, touched_at=at)
    mine = Upload.device == device
    db.session.execute(
        row.on_conflict_do_update(index_elements=["id"], set_={"touched_at": row.excluded.touched_at}, where=mine)
    )
    upload = of_device(upload_id, device)
    if upload.length != length:
        raise Invalid({"length": [_("Με αυτόν τον αριθμό άρχισε άλλη φωτογραφία.")]})
    for gone in quotas.is_over_quota(_ON_THEIR_WAY, upload.id, device=device, sender=sender):
        forget(gone)
        defer("media.clear_upload", upload_id=str(gone))
    return upload


def of_device(upload_id: UUID, device: str | None, *, lock: bool = False) -> Upload:
    """The upload of this browser. Raises NotFound for every other."""
    question = select(Upload).where(Upload.id == upload_id, Upload.device == device)
    if lock:
        question = question.with_for_update().execution_options(populate_existing=True)
    upload = db.session.scalars(question).one_or_none()
    if upload is None:
        raise NotFound(_("Αυτή η αποστολή φωτογραφίας δεν υπάρχει. Αρχίστε την ξανά."))
    return upload


def add(upload_id: UUID, data: bytes, *, offset: int, device: str | None, at: datetime) -> Upload:
    """Add the bytes that begin at ``offset``; the last ones make it a photo.

    Raises UploadOffset with the true offset when others are wanted, PhotoRefused when the whole is no good photo.
    """
    upload = of_device(upload_id, device, lock=True)
    if upload.photo_id is not None:
        return upload  # the last piece came again
    if offset != upload.received or offset + len(data) > upload.length:
        raise UploadOffset(_("Συνεχίστε από το byte %(offset)s.", offset=upload.received), offset=upload.received)
    if data:
        require_space()
        store.current_store().put(store.piece_key(upload.id, offset), data)
    upload.received += len(data)
    upload.touched_at = at
    if upload.received == upload.length:
        _finish(upload, at=at)
    return upload


def _finish(upload: Upload, *, at: datetime) -> None:
    try:
        stream = partial(_put_together, upload)
        photo = service.save_photo(stream, upload.name, at=at, device=upload.device, sender=upload.sender)
    except FileNotFoundError:
        upload.received = 0  # the store lost a piece: the phone has them all, and hears where to begin
        return
    db.session.flush()
    upload.photo_id = photo.id


def _put_together(upload: Upload, target: IO[bytes]) -> None:
    """Piece after piece; what an earlier, withdrawn try may have left at other offsets is not looked at."""
    while (written := target.tell()) < upload.length:
        key = store.piece_key(upload.id, written)
        if not spool.write(target, store.current_store().get(key)):
            raise FileNotFoundError(key)  # empty, as after a power cut


def forget(upload_id: UUID) -> None:
    """Forget an upload that turned out to be no good photo; sent again it is judged again."""
    db.session.execute(delete(Upload).where(Upload.id == upload_id))


def clear(upload_id: UUID) -> None:
    """Delete the pieces of an upload that is whole, refused or withdrawn.

    The sender has an answer that does not depend on it: what a store that is away keeps goes with ``clear_orphans``.
    """
    with suppress(StorageUnavailable):
        store.current_store().delete_all(store.pieces_of(upload_id))


def withdraw(upload_id: UUID, *, device: str | None) -> None:
    """The sender does not want it any more; a photo that no report has goes with the nightly cleaning."""
    db.session.delete(of_device(upload_id, device, lock=True))


def require_complete(ids: Sequence[UUID], *, device: str | None) -> list[Photo]:
    """The photos of these uploads, in order, held until the report has them.

    Raises Invalid at ``uploads`` for those that are not whole, saying how far each has come.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    # In one order, so that two reports that want the same photos cannot wait for each other.
    question = select(Upload).where(Upload.id.in_(wanted), Upload.device == device).order_by(Upload.id)
    rows = {row.id: row for row in db.session.scalars(question.with_for_update())}
    photos = {upload.id: upload.photo_id for upload in rows.values() if upload.photo_id is not None}
    if len(photos) < len(wanted):
        raise Invalid(
            {"uploads": [_not_whole(number) for number, upload_id in enumerate(wanted, 1) if upload_id not in photos]},
            uploads={
                str(upload_id): rows[upload_id].received if upload_id in rows else 0
                for upload_id in wanted
                if upload_id not in photos
            },
        )
    photos_question = select(Photo).where(Photo.id.in_(photos.values())).order_by(Photo.id)
    by_id = {photo.id: photo for photo in db.session.scalars(photos_question.with_for_update(key_share=True))}
    return [by_id[photos[upload_id]] for upload_id in wanted]


def _not_whole(number: int) -> str:
    return _("Η %(number)sη φωτογραφία δεν έχει ανέβει ολόκληρη. Στείλτε και το υπόλοιπό της.", number=number)


@job("media.clear_upload")
def clear_upload(upload_id: str) -> None:
    """Delete the pieces of an upload that had to make room."""
    clear(UUID(upload_id))


@job("media.forget_uploads")
def forget_uploads(timestamp: int) -> None:
    """Uploads that nobody goes on with are forgotten at night; ``timestamp`` is Procrastinate's, in seconds."""
    while _forget_some(now()) == _AT_ONCE:
        pass
    clear_orphans(now() - service.ORPHAN_AGE)


def overdue(at: datetime) -> Select[Any]:
    """Uploads that nobody goes on with; a phone that was away for longer begins again, for it still has the photo."""
    return select(Upload.id).where(is_over(Upload.touched_at, Kept.UNSENT, at))


def _forget_some(at: datetime) -> int:
    old = overdue(at).limit(_AT_ONCE).with_for_update(skip_locked=True)
    with unit_of_work():
        gone = db.session.scalars(delete(Upload).where(Upload.id.in_(old)).returning(Upload.id)).all()
    for upload_id in gone:
        clear(upload_id)
    return len(gone)


def clear_orphans(older_than: datetime) -> int:
    """Delete pieces that a stopped server left of uploads that are whole or forgotten; returns of how many uploads."""
    left = {
        UUID(key.split("/")[-2]) for key, written in store.current_store().keys(store.UPLOADS) if written < older_than
    }
    cleared = 0
    listed = sorted(left)
    for some in (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE)):
        under_way = select(Upload.id).where(Upload.id.in_(some), Upload.photo_id.is_(None))
        for upload_id in set(some) - set(db.session.scalars(under_way)):
            clear(upload_id)
            cleared += 1
    return cleared


jobs.periodic(cron="27 1 * * *")(jobs.tasks["media.forget_uploads"])
