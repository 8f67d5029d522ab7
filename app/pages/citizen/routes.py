"""The citizen's pages: report, follow, look around. Complete without script."""

from __future__ import annotations

import hmac
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import NotFound
from app.extensions import db
from app.geo.models import AreaKind
from app.geo.queries import areas
from app.media import service as media
from app.media.models import Photo
from app.pages.citizen import new as new
from app.pages.citizen.face import citizen
from app.pages.citizen.following import Following, listed
from app.pages.citizen.forms import photo_id_in
from app.reports import queries
from app.reports.routes import filters_from
from app.reports.schemas import ReportsQuery


@citizen.get("/kept-photo/<token>.jpg")
def kept_photo(token: str) -> Response:
    """The thumbnail of a photo whose report is still being written."""
    photo_id = photo_id_in(token)
    photo = db.session.get(Photo, photo_id) if photo_id else None
    if photo is None:
        raise NotFound(_("Η φωτογραφία δεν βρέθηκε."))
    picture = make_response(media.rendition(photo, "small"))
    picture.mimetype = "image/jpeg"
    picture.headers["Cache-Control"] = "private, max-age=3600"
    return picture


# -- follow ------------------------------------------------------------------------------------------------------


@citizen.get("/find")
def find() -> Response:
    """From a typed number to its page."""
    typed = request.args.get("reference", "")
    return redirect(url_for("citizen.track", reference=queries.reference_from(typed) or typed.strip()[:40] or "-"))


@citizen.get("/r/<reference>")
@citizen.get("/r/<reference>/<key>")
def track(reference: str, key: str | None = None) -> Response:
    """One report: what everybody may see, and more for whoever has the key."""
    found = queries.report_by_reference(reference, contact=key is not None)
    if found.reference != reference:
        return redirect(url_for("citizen.track", reference=found.reference, key=key), 301)
    if key is not None and not hmac.compare_digest(found.tracking_token.encode(), key.encode()):
        raise NotFound(_("Αυτός ο σύνδεσμος δεν υπάρχει. Ελέγξτε ότι τον αντιγράψατε ολόκληρο."))
    following = Following.of(found, key)
    page = make_response(render_template("citizen/track.html", **following.parts(), new="new" in request.args))
    if key is not None:
        page.headers["X-Robots-Tag"] = "noindex, nofollow"
        page.headers["Cache-Control"] = "private, no-store"
    return page


@citizen.get("/reports")
def listing() -> str:
    """All reports, newest first, beside their map."""
    # A form sends its empty fields too.
    filled = {name: value for name, value in request.args.items() if value}
    typed: dict[str, Any] = ReportsQuery(only=("status", "state", "category", "area", "q", "after")).load(filled)
    page = queries.page(filters_from(typed), after=typed.get("after"))
    photos = queries.photos_of(report.id for report in page.reports)
    return render_template(
        "citizen/listing.html",
        items=[listed(report, photos.get(report.id, [])) for report in page.reports],
        next=page.next,
        typed=typed,
        kinds=queries.categories(),
        areas=[area for area in areas() if area.kind in (AreaKind.UNIT, AreaKind.COMMUNITY)],
    )
