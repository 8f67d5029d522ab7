"""A citizen's own reports: what this browser sent, and by a link in a letter what was sent from elsewhere."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts import citizens
from app.devices import device, forget_device, known_device, rate_limited
from app.extensions import now, unit_of_work
from app.http import json_answer
from app.language import language, localized
from app.pages.citizen.face import citizen
from app.pages.refusal import Refusal, typed_stays
from app.reports import queries, validation
from app.reports.lifecycle import STATUS_LABELS, Status
from app.reports.models import Report, ReportPhoto
from app.reports.presenting import format_location, photo_urls


@citizen.get("/mine")
def mine() -> Response:
    """The own reports, those first that wait for a word."""
    return own_page(mine_page())


def mine_page(refusal: Refusal | None = None) -> str:
    emails = citizens.verified_emails(known_device())
    reports = own_reports(emails)
    photos = queries.photos_of(report.id for report in reports)
    items = [item(report, photos.get(report.id, [])) for report in reports]
    return render_template(
        "citizen/mine.html",
        asked=[own for own in items if own["asked"]],
        items=[own for own in items if not own["asked"]],
        emails=emails,
        known=known_device() is not None,
        typed=request.form,
        errors=refusal.errors if refusal else {},
    )


@citizen.get("/mine/marks")
def marks() -> Response:
    """Which reports of a map and its list are this reader's, 200 at most; what nobody else sees yet comes whole."""
    own = own_reports(citizens.verified_emails(known_device()))
    return own_answer(json_answer({"items": [own_mark(report) for report in own]}))


def own_mark(report: Report) -> dict[str, Any]:
    """A mark as ``/api/v1/reports/clusters`` names it, where that does not."""
    mark: dict[str, Any] = {"reference": report.reference}
    if report.suspicion is None:
        return mark
    return mark | {
        "lon": report.lon,
        "lat": report.lat,
        "status": report.status.value,
        "label": f"{localized(report.category)}, {STATUS_LABELS[report.status]}",
        "url": url_for("citizen.track", reference=report.reference),
    }


def own_page(page: str, status: int = 200) -> Response:
    return own_answer(make_response(page, status))


def own_answer(answer: Response) -> Response:
    """Nobody else's, and nothing for a cache or a search engine."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def own_reports(emails: list[str]) -> list[Report]:
    """All that is this reader's, newest first."""
    device = known_device()
    by_id = {report.id: report for report in queries.of_device(device)} if device else {}
    if emails:
        by_id |= {report.id: report for report in queries.of_emails(emails)}
    return sorted(by_id.values(), key=lambda report: (report.received_at, report.id), reverse=True)


def item(report: Report, photos: list[ReportPhoto]) -> dict[str, Any]:
    return {
        "report": report,
        "where": format_location(report, with_address=True),
        "photo": photo_urls(photos[-1], report.tracking_token) if photos else None,
        "asked": asked_of(report),
    }


def asked_of(report: Report) -> str:
    """What the reporter is asked now, in a line."""
    if report.status is Status.QUESTION:
        return _("Το γραφείο σάς ρωτά κάτι")
    if report.status is Status.RESOLVED and report.objected_at is None:
        return _("Πείτε μας αν είναι εντάξει")
    return ""


# -- on another device -----------------------------------------------------------------------------------------------


@citizen.get("/mine/link")
def link_asked() -> Response:
    """What comes next; the same for every address."""
    return own_page(render_template("citizen/mine_link.html", step="asked", errors={}, typed={}))


@citizen.post("/mine/link")
@rate_limited("10 per hour", "100 per hour", scope="mine.link")
@typed_stays(mine_page)
def ask_link() -> Response:
    """Send a link to an address. Whether we know it is told to nobody but its reader."""
    email = validation.email(request.form.get("email", ""))
    with unit_of_work():
        citizens.request_link(email=email, language=language(), at=now())
    return redirect(url_for("citizen.link_asked"), 303)


@citizen.get("/mine/link/<token>")
def link(token: str) -> Response:
    """A page with a button: mail scanners open links, people press buttons."""
    with unit_of_work():
        magic_link = citizens.link_in_force(token, at=now())
        email = magic_link.email if magic_link else ""
    step = "open" if email else "spent"
    page = render_template("citizen/mine_link.html", step=step, email=email, token=token, errors={}, typed={})
    return own_page(page, 200 if email else 404)


@citizen.post("/mine/link/<token>")
@rate_limited("30 per hour", "300 per hour", scope="mine.open")
def use_link(token: str) -> Response:
    """From now on this browser shows what was sent with the address."""
    with unit_of_work():
        email = citizens.use_link(token, device=device(), at=now())
    if email is None:
        page = render_template("citizen/mine_link.html", step="spent", email="", token=token, errors={}, typed={})
        return own_page(page, 404)
    flash(_("Έτοιμο: εδώ είναι όσα στείλατε με το %(email)s.", email=email), "ok")
    return redirect(url_for("citizen.mine"), 303)


@citizen.post("/mine/forget")
def forget() -> Response:
    """This browser shows nothing of the addresses any more; if so ticked, nothing that was sent from it either."""
    device, wholly = known_device(), "device" in request.form
    if device is not None:
        with unit_of_work():
            citizens.forget(device)
    flash(
        _("Αυτή η συσκευή δεν δείχνει πια καμία αναφορά σας.")
        if wholly
        else _("Το e-mail σας ξεχάστηκε σε αυτή τη συσκευή."),
        "ok",
    )
    answer = redirect(url_for("citizen.mine"), 303)
    if wholly:
        forget_device(answer)
    return answer
