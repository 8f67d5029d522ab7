"""The citizen's pages: report, follow, look around. Complete without script."""

from __future__ import annotations

from werkzeug.wrappers import Response

from app.extensions import db
from app.media.models import Photo
from app.pages.citizen import afterwards as afterwards
from app.pages.citizen import listing as listing
from app.pages.citizen import mine as mine
from app.pages.citizen import new as new
from app.pages.citizen import track as track
from app.pages.citizen.face import citizen
from app.pages.citizen.forms import thumbnail
from app.pages.kept_photos import photo_id_in


@citizen.get("/kept-photo/<token>.jpg")
def kept_photo(token: str) -> Response:
    """The thumbnail of a photo whose report is still being written."""
    photo_id = photo_id_in(token)
    return thumbnail(db.session.get(Photo, photo_id) if photo_id else None)
