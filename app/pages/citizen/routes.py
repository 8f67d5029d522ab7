"""The citizen's pages: report, follow, look around. Complete without script."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.errors import NotFound, http_sentence
from app.extensions import db, limiter
from app.geo.models import AreaKind
from app.geo.queries import areas, bounds_of_the_municipality
from app.http import json_answer
from app.media import service as media
from app.media.models import Photo
from app.pages.citizen import gazetteer, reporting
from app.pages.citizen.following import Following, listed
from app.pages.citizen.forms import Draft, photo_id_in, received
from app.reports import queries, service
from app.reports.routes import filters_from
from app.reports.schemas import ReportsQuery

citizen = Blueprint("citizen", __name__)


# -- report ------------------------------------------------------------------------------------------------------


@citizen.get("/")
def report() -> str:
    """The form."""
    wanted = request.args.get("category", "")
    draft = Draft()
    if wanted:
        draft.typed["category"] = wanted
    return form(draft)


@citizen.post("/")
@limiter.limit("30 per minute")
def send() -> Response:
    """Take in the report; or show the form again, with everything that was in it."""
    draft = received()
    kinds = queries.categories()
    with draft.holding():
        if reporting.ready(draft, kinds):
            return redirect(url_for("citizen.track", **reporting.send(draft), new=1), 303)
    return answer(draft)


def answer(draft: Draft) -> Response:
    page = make_response(form(draft), draft.status)
    page.headers["Cache-Control"] = "no-store"
    return page


def form(draft: Draft) -> str:
    kinds = queries.categories()
    chosen = next((kind for kind in kinds if kind.code == draft.typed.get("category")), None)
    return render_template(
        "citizen/report.html",
        draft=draft,
        typed=draft.typed,
        errors=draft.wrong(),
        kinds=kinds,
        chosen=chosen,
        places=gazetteer.grouped(),
        bounds=bounds_of_the_municipality(),
    )


@citizen.errorhandler(CSRFError)
@citizen.errorhandler(RateLimitExceeded)
def try_again(error: HTTPException) -> Response:
    """A form that came too late or too often comes back whole; its reader only presses again."""
    if request.endpoint != "citizen.send":
        raise error
    draft = received(take_photos=isinstance(error, CSRFError))
    draft.status = error.code or 400
    late = _("Η σελίδα έμεινε ανοιχτή πολλή ώρα. Τίποτα δεν χάθηκε· πατήστε ξανά «Αποστολή αναφοράς».")
    draft.say("form", late if isinstance(error, CSRFError) else http_sentence(429))
    return answer(draft)


@citizen.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> Response:
    """So much that it was not even read: the form starts anew, and says why."""
    draft = Draft(status=413)
    draft.say("photo", http_sentence(413))
    return answer(draft)


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


@citizen.get("/questions/<code>")
def questions(code: str) -> str:
    """A category's own questions, to be set into the form; nothing when it has none."""
    kind = next((kind for kind in queries.categories() if kind.code == code), None)
    return render_template("citizen/_questions.html", chosen=kind, typed={}, errors={}, notices={})


@citizen.get("/spot")
def spot() -> str:
    """What is known about a spot: its words, whose it is, and what is open there already."""
    draft = Draft(typed=request.args)
    kind = next((kind for kind in queries.categories() if kind.code == request.args.get("category")), None)
    where = None
    with draft.holding():
        where = queries.where_is(reporting.spot(draft)[0], kind)
        service.inside(where)
    words = reporting.words_for(where) if where else ""
    near = where.open_near if where and kind else []
    return render_template("citizen/_spot.html", where=words, errors=draft.errors, near=near, kind=kind)


@citizen.get("/map/names.json")
def names() -> Response:
    """Names of places, for a map without tiles."""
    found = json_answer({"items": gazetteer.on_the_map()})
    found.headers["Cache-Control"] = "public, max-age=3600"
    return found


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
