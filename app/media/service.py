"""What the town hall does with photos: takes them in, shows them, forgets them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from flask_babel import gettext as _
from geoalchemy2 import WKTElement

from app.errors import NotFound, StorageUnavailable
from app.extensions import db, defer, job, jobs, now, unit_of_work
from app.media import decoding, queries, quotas, renditions, spool, store
from app.media.exif import Position
from app.media.models import Photo, PhotoState
from app.media.validation import examine

# A camera may run a little ahead; a photo from next year has a wrong clock and tells nothing.
CLOCK_SLACK: Final = timedelta(days=1)
# Longer than any request that may still commit the row of an original.
ORPHAN_AGE: Final = timedelta(days=1)
_ASKED_AT_ONCE: Final = 1000


#: Photos that no report has yet, of citizens' browsers.
_UNUSED: Final = quotas.UnfinishedBytes(
    Photo, Photo.id, Photo.device, Photo.sender, Photo.bytes, Photo.received_at, Photo.used_at.is_(None)
)


def save_photo(sent: spool.Sent, name: str, *, at: datetime, device: str | None = None, sender: str = "") -> Photo:
    """Examine a photo, keep it, and queue its sizes. Raises PhotoRefused, StorageUnavailable, Busy.

    With ``device`` and ``sender`` it is a citizen's, and older ones that no report has may have to make room.

    The original is on disk before the row is; if the caller's transaction is rolled back, ``forget_orphans``
    finds it the next day.
    """
    photo_id = uuid4()
    with decoding.turn(), spool.spooled(sent) as file:
        examined = examine(file, name)
        store.current_store().put(store.original_key(photo_id), file)
    photo = Photo(
        id=photo_id,
        sha256=examined.sha256,
        received_name=examined.name,
        mime=examined.mime,
        width=examined.width,
        height=examined.height,
        bytes=examined.bytes,
        taken_at=examined.taken_at if examined.taken_at and examined.taken_at <= at + CLOCK_SLACK else None,
        location=_point(examined.position),
        state=PhotoState.RECEIVED,
        received_at=at,
        device=device,
        sender=sender,
    )
    db.session.add(photo)
    defer("media.make_sizes", photo_id=str(photo.id))
    if device is not None:
        db.session.flush()
        for gone in quotas.is_over_quota(_UNUSED, photo.id, device=device, sender=sender):
            discard(db.session.get_one(Photo, gone))
    return photo


def rendition(photo: Photo, size: str) -> bytes:
    """A size of a photo as JPEG bytes, made on the spot if the worker has not come to it yet.

    Raises NotFound for an unknown size or a photo whose bytes are gone.
    """
    if size not in renditions.SIZES:
        raise NotFound(_("Η φωτογραφία δεν βρέθηκε."))
    store_now, key = store.current_store(), store.rendition_key(photo.id, size)
    try:
        return store_now.get(key)
    except FileNotFoundError:
        pass
    try:
        with decoding.turn(), store_now.open(store.original_key(photo.id)) as original:
            made = decoding.render(original, size)
    except FileNotFoundError:
        return _finished_meanwhile(key)
    with suppress(StorageUnavailable):  # it is shown all the same, and made again next time
        store_now.put(key, made)
    return made


def discard(photo: Photo) -> None:
    """Delete a photo's row and, once that is committed, its bytes."""
    db.session.delete(photo)
    defer("media.discard_files", photo_id=str(photo.id))


def forget_orphans(older_than: datetime) -> int:
    """Delete originals that nobody needs any more; returns how many.

    An original written before ``older_than`` without a row belongs to a request that failed; one whose photo
    is ready was left by a worker that was stopped. One still waiting for its sizes is queued again.
    """
    store_now = store.current_store()
    stored = store_now.keys(store.ORIGINALS)
    old = [UUID(key.rsplit("/", 1)[-1]) for key, written in stored if written < older_than]
    forgotten = 0
    for start in range(0, len(old), _ASKED_AT_ONCE):
        keys = old[start : start + _ASKED_AT_ONCE]
        states = queries.states_of(keys)
        for photo_id in keys:
            if states.get(photo_id) is PhotoState.RECEIVED:
                defer("media.make_sizes", photo_id=str(photo_id))
            else:
                store_now.delete(store.original_key(photo_id))
                forgotten += 1
    return forgotten


@job("media.make_sizes")
def make_sizes(photo_id: str) -> None:
    """Make all sizes of a photo and delete its original, so that no metadata remain anywhere.

    May run twice, also at once: the second waits for the first and finds the work done.
    """
    wanted = UUID(photo_id)
    with unit_of_work():
        photo = queries.locked(wanted)
        if photo is not None and photo.state is PhotoState.RECEIVED:
            _make_sizes(wanted)
            photo.state = PhotoState.READY
    # After the commit, and also when the work was done before: the last run may have been stopped right here.
    store.current_store().delete(store.original_key(wanted))


@job("media.discard_files")
def discard_files(photo_id: str) -> None:
    """Delete everything kept of a photo whose row is gone."""
    wanted = UUID(photo_id)
    store.current_store().delete(store.original_key(wanted))
    for size in renditions.SIZES:
        store.current_store().delete(store.rendition_key(wanted, size))


@job("media.forget_orphans")
def forget_orphans_daily(timestamp: int) -> None:
    """Run ``forget_orphans`` on what is older than a day; ``timestamp`` is Procrastinate's, in seconds."""
    with unit_of_work():
        forget_orphans(now() - ORPHAN_AGE)


jobs.periodic(cron="17 1 * * *")(jobs.tasks["media.forget_orphans"])


def _make_sizes(photo_id: UUID) -> None:
    store_now = store.current_store()
    with decoding.turn(), store_now.open(store.original_key(photo_id)) as original:
        made_of = decoding.render_all(original)
    for size, made in made_of.items():
        store_now.put(store.rendition_key(photo_id, size), made)


def _finished_meanwhile(key: str) -> bytes:
    # The worker may have made the sizes and deleted the original between our two looks.
    try:
        return store.current_store().get(key)
    except FileNotFoundError as error:
        raise NotFound(_("Η φωτογραφία δεν βρέθηκε.")) from error


def _point(position: Position | None) -> WKTElement | None:
    return None if position is None else WKTElement(f"POINT({position.lon} {position.lat})", srid=4326)
