"""The citizen's form between two sendings: what was typed, the photos already kept, and what is still wrong.

Nothing is lost on the way: every good photo of a request is taken in at once and comes back as a signed field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import make_response, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.wrappers import Response

from app.devices import device, sender
from app.errors import (
    DomainError,
    Invalid,
    KeyReused,
    NotFound,
    OutsideTown,
    PhotoRefused,
    StorageFull,
    StorageUnavailable,
    plain,
)
from app.extensions import db, now, unit_of_work
from app.media import service as media
from app.media.disk_space import require_space
from app.media.models import Photo
from app.pages.kept_photos import KeptPhoto, kept, photo_id_in
from app.reports.attachments import MAX_PHOTOS

#: What the domain calls a field, and what the page calls it.
_FIELDS = {
    "location": "where",
    "contact.name": "contact_name",
    "contact.email": "contact_email",
    "contact.phone": "contact_phone",
}


_ORDER = (
    "form",
    "photo",
    "where",
    "things",
    "address",
    "category",
    "stopper",
    "answers",
    "description",
    "contact_email",
    "contact_phone",
    "contact_name",
)


@dataclass
class Draft:
    """A report on its way in. ``errors`` and ``notices`` map a field's name to sentences shown at it."""

    typed: MultiDict[str, str] = field(default_factory=MultiDict)
    action_id: str = field(default_factory=lambda: str(uuid4()))
    photos: list[KeptPhoto] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    status: int = 200

    @contextmanager
    def holding(self) -> Iterator[None]:
        """What the domain refuses inside the block is noted in the draft instead."""
        try:
            yield
        except DomainError as error:
            self.note(error)

    def note(self, error: DomainError) -> None:
        """Put an error to the field it is about."""
        self.status = max(self.status, error.status)
        if isinstance(error, Invalid):
            for name, sentences in plain(error.errors).items():
                self.say(_FIELDS.get(name, name), *(sentences if isinstance(sentences, list) else [sentences]))
        elif isinstance(error, OutsideTown):
            self.say("where", str(error.detail))
        elif isinstance(error, PhotoRefused | StorageUnavailable | StorageFull):
            self.say("photo", str(error.detail))
        elif isinstance(error, KeyReused):
            self.action_id = str(uuid4())
            self.say("form", _("Έχετε ήδη στείλει αναφορά από αυτή τη σελίδα. Για δεύτερη, πατήστε ξανά «Αποστολή»."))
        else:
            self.say("form", str(error.detail))

    def say(self, name: str, *sentences: str) -> None:
        messages = self.errors.setdefault(name, [])
        messages.extend(str(sentence) for sentence in sentences if sentence not in messages)

    def wrong(self) -> dict[str, list[str]]:
        """The errors in the order of the page."""
        place = {name: number for number, name in enumerate(_ORDER)}
        return dict(sorted(self.errors.items(), key=lambda said: place.get(said[0].partition(".")[0], 0)))

    def answers(self) -> dict[str, Any]:
        """The answers to the category's questions, by their code; several boxes may be ticked for one."""
        prefix = "answers."
        answers: dict[str, Any] = {}
        for name, values in self.typed.lists():
            if name.startswith(prefix):
                filled = [value for value in values if value.strip()]
                answers[name.removeprefix(prefix)] = filled if len(filled) > 1 else "".join(filled)
        return answers

    def stoppers(self) -> dict[str, str]:
        """«yes» or «no» to the questions that show whether it is for us, by their code."""
        prefix = "stopper."
        return {name.removeprefix(prefix): value for name, value in self.typed.items() if name.startswith(prefix)}

    def contact(self) -> dict[str, Any]:
        return {part: self.typed.get(f"contact_{part}", "") for part in ("name", "email", "phone")}


def received(*, take_photos: bool = True) -> Draft:
    """The form of this request, with its good photos taken in and the others named in the errors."""
    typed: MultiDict[str, str] = MultiDict(request.form)
    draft = Draft(typed=typed, action_id=typed.get("action_id") or str(uuid4()))
    _keep_the_kept(draft)
    sent = request.files.getlist("photo") if take_photos else []
    take_in_photos(draft, sent)
    return draft


def take_in_photos(draft: Draft, sent: list[FileStorage]) -> None:
    """Take in what was sent, as far as there is room; what is refused is noted at ``photo``."""
    uploads = [upload for upload in sent if upload.filename or upload.content_length]
    room = MAX_PHOTOS - len(draft.photos)
    if len(uploads) > room:
        draft.status = 422
        draft.say(
            "photo", _("Κρατήσαμε τις πρώτες %(most)s φωτογραφίες· τόσες χωρούν σε μία αναφορά.", most=MAX_PHOTOS)
        )
    for upload in uploads[:room]:
        with draft.holding():
            draft.photos.append(_take_in(upload))


def _take_in(upload: FileStorage) -> KeptPhoto:
    require_space()
    with unit_of_work():
        photo = media.save_photo(upload.stream, upload.filename or "", at=now(), device=device(), sender=sender())
    return kept(photo)


def _keep_the_kept(draft: Draft) -> None:
    removed = set(draft.typed.getlist("remove_photo"))
    tokens = [token for token in draft.typed.getlist("kept_photo") if token not in removed][:MAX_PHOTOS]
    wanted = [photo_id_in(token) for token in tokens]
    by_id = {photo.id: photo for photo in db.session.scalars(select(Photo).where(Photo.id.in_(filter(None, wanted))))}
    draft.photos = [kept(by_id[photo_id]) for photo_id in dict.fromkeys(wanted) if photo_id in by_id]
    if len(draft.photos) < len(set(tokens)):
        draft.status = 422
        draft.say("photo", not_kept())


def not_kept() -> str:
    return _("Μια φωτογραφία δεν κρατήθηκε γιατί πέρασε πολλή ώρα. Προσθέστε την ξανά.")


def thumbnail(photo: Photo | None) -> Response:
    """A kept photo, small, for its own browser only. Raises NotFound when there is none."""
    if photo is None:
        raise NotFound(_("Η φωτογραφία δεν βρέθηκε."))
    picture = make_response(media.rendition(photo, "small"))
    picture.mimetype = "image/jpeg"
    picture.headers["Cache-Control"] = "private, max-age=3600"
    return picture


def number_in(typed: Mapping[str, str], name: str) -> float | None:
    """A number as people write it, with comma or dot; None when the field is empty. Raises ValueError."""
    text = typed.get(name, "").strip().replace("−", "-").replace(",", ".")
    return float(text) if text else None


def checked(draft: Draft, *checks: Callable[[], Any]) -> bool:
    """Run every check, so that all that is wrong is said at once; True when nothing is."""
    for check in checks:
        with draft.holding():
            check()
    return not draft.errors
