"""Following by mail or push: asking, confirming, changing, ending. Complete without script, except push itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, current_app, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from shapely.geometry import Point
from werkzeug.wrappers import Response

from app.accounts.login import without_csrf
from app.categories import queries as category_queries
from app.devices import device, known_device
from app.errors import Invalid
from app.extensions import limiter, now, unit_of_work
from app.geo.models import AreaKind
from app.geo.places import format_distance
from app.geo.queries import areas
from app.geo.shapes import point
from app.language import LANGUAGES, language
from app.notices import following, push
from app.notices.letters import topic_label
from app.notices.models import Frequency, Subscription
from app.pages.citizen import gazetteer
from app.pages.citizen.face import citizen
from app.reports.presenting import place_of
from app.reports.row_queries import report_by_reference

WHATS = ("circle", "category", "area")


@citizen.record
def offer_the_key(state: Any) -> None:
    state.app.jinja_env.globals["push_key"] = push.public_key
    state.app.jinja_env.filters["distance"] = format_distance


# -- asking ------------------------------------------------------------------------------------------------------


@citizen.get("/follow")
def follow() -> str:
    """What to follow, and how."""
    return asked(request.args)


@citizen.post("/follow")
@limiter.limit("30 per hour")
def start_following() -> Response:
    """Follow by mail; a search for a place comes back with what it found."""
    typed = request.form
    if "seek" in typed:
        return make_response(asked(typed, found=gazetteer.found(typed.get("q", ""))))
    try:
        done = by_mail(typed)
    except Invalid as wrong:
        return make_response(asked(typed, errors=wrong.errors), wrong.status)
    if done.live:
        flash(_("Έγινε: σας γράφουμε για «%(topic)s».", topic=topic_label(done.subscription)), "ok")
    elif done.letter:
        flash(_("Σας στείλαμε μια επιστολή στο %(email)s.", email=done.subscription.email), "ok")
    answer = "live" if done.live and not done.letter else "letter" if done.letter else "enough"
    return redirect(url_for("citizen.follow_asked", answer=answer), 303)


@citizen.get("/follow/<any(letter, live, enough):answer>")
def follow_asked(answer: str) -> str:
    """What comes next."""
    return render_template("citizen/follow_asked.html", answer=answer)


def asked(typed: Mapping[str, str], *, errors: dict[str, Any] | None = None, found: Any = None) -> str:
    """The form, with what was typed or came along in the address."""
    reference = typed.get("reference", "")
    report = report_by_reference(reference) if reference else None
    wrong = {"what": [_("Διαλέξτε τι θέλετε να ακολουθείτε.")]} if typed.get("what", WHATS[0]) not in WHATS else {}
    return render_template(
        "citizen/follow.html",
        typed=typed,
        errors={**wrong, **(errors or {})},
        found=found,
        report=report,
        where=place_of(report) if report else "",
        what=what_in(typed),
        kinds=[] if report else category_queries.active_categories(),
        areas=[] if report else [area for area in areas() if area.kind is not AreaKind.NEIGHBOUR],
        radii=following.RADII,
    )


def what_in(typed: Mapping[str, str]) -> str:
    """Which of the three is meant, also in an address that does not say."""
    what = typed.get("what") or ("category" if typed.get("category") else "area" if typed.get("area") else "")
    return what if what in WHATS else WHATS[0]


def by_mail(typed: Mapping[str, str]) -> following.Followed:
    with unit_of_work():
        return following.subscribe_by_mail(
            wish_in(typed),
            email=typed.get("email", ""),
            frequency=Frequency.DAILY if typed.get("frequency") == Frequency.DAILY else Frequency.AT_ONCE,
            language=language_in(typed),
            device=known_device(),
            at=now(),
        )


def language_in(typed: Mapping[str, Any]) -> str:
    wanted = typed.get("language")
    return str(wanted) if wanted in LANGUAGES else language()


def wish_in(typed: Mapping[str, Any]) -> following.Wish:
    """What the form or the script wants followed. Raises Invalid at the field."""
    if typed.get("reference"):
        return following.wish_of(reference=str(typed["reference"]))
    what = what_in(typed) if "what" in typed or "lon" not in typed else "circle"
    if what == "circle":
        return following.wish_of(spot=spot_in(typed), radius_m=radius_in(typed))
    if what == "category":
        return following.wish_of(
            category=str(typed.get("category") or "-"), area=str(typed.get("within") or typed.get("area") or "")
        )
    return following.wish_of(area=str(typed.get("area") or "-"))


def spot_in(typed: Mapping[str, Any]) -> Point:
    chosen = gazetteer.chosen(str(typed.get("place") or ""))
    lon, lat = (chosen.lon, chosen.lat) if chosen else (typed.get("lon"), typed.get("lat"))
    try:
        return point(float(str(lon).replace(",", ".")), float(str(lat).replace(",", ".")))
    except (ValueError, Invalid):
        missing = _("Δείξτε το σημείο στον χάρτη, ή βρείτε το με το όνομα του δρόμου ή του χωριού.")
        raise Invalid({"spot": [missing]}) from None


def radius_in(typed: Mapping[str, Any]) -> int | None:
    radius = str(typed.get("radius") or following.RADII[1])
    return int(radius) if radius.isascii() and radius.isdigit() and len(radius) < 6 else 0


# -- push --------------------------------------------------------------------------------------------------------


@citizen.post("/follow/push")
@limiter.limit("30 per hour")
@without_csrf
def follow_by_push() -> Response:
    """From the script, once the reader has allowed it: JSON, which no foreign page may send us."""
    if not request.is_json:
        abort(400)
    body = request.get_json()
    typed = body if isinstance(body, dict) else {}
    with unit_of_work():
        subscription = followed_by_push(typed)
        words, token = topic_label(subscription), subscription.token
    return jsonify(topic=words, manage=url_for("citizen.manage", token=token))


def followed_by_push(typed: dict[str, Any]) -> Subscription:
    keys = typed.get("keys") if isinstance(typed.get("keys"), dict) else {}
    return following.subscribe_by_push(
        wish_in(typed),
        url=str(typed.get("endpoint") or ""),
        p256dh=str((keys or {}).get("p256dh") or ""),
        auth=str((keys or {}).get("auth") or ""),
        language=language_in(typed),
        device=device(),
        at=now(),
        local=current_app.config["PUSH_LOCAL"],
    )


# -- the links in letters ----------------------------------------------------------------------------------------


@citizen.get("/follow/confirm/<token>")
def confirm(token: str) -> Response:
    """A page with a button: mail scanners open links, people press buttons."""
    return private("citizen/follow_confirm.html", one=following.require_subscription(token))


@citizen.post("/follow/confirm/<token>")
def confirm_now(token: str) -> Response:
    with unit_of_work():
        subscription = following.confirm(token, at=now())
        flash(_("Έγινε: σας γράφουμε για «%(topic)s».", topic=topic_label(subscription)), "ok")
    return redirect(url_for("citizen.manage", token=token), 303)


@citizen.get("/unsubscribe/<token>")
def leave(token: str) -> Response:
    """A page with a button, for whoever follows the link by hand."""
    return private(
        "citizen/follow_leave.html", one=following.require_subscription(token), daily="daily" in request.args
    )


@citizen.post("/unsubscribe/<token>")
@without_csrf
def leave_now(token: str) -> Response:
    """One click in the reader's mail program (RFC 8058) or on our page; the token alone says who asks."""
    with unit_of_work():
        subscription = following.unsubscribe(token, at=now(), daily="daily" in request.args)
        return private("citizen/follow_left.html", one=subscription, daily="daily" in request.args)


@citizen.get("/follow/manage/<token>")
def manage(token: str) -> Response:
    """Everything that this address or browser follows."""
    return private(
        "citizen/follow_manage.html", one=following.require_subscription(token), all=following.everything(token)
    )


@citizen.post("/follow/manage/<token>")
def change(token: str) -> Response:
    """Another frequency, or the end, of one of them."""
    wanted = request.form.get("frequency", "")
    which = request.form.get("which", "")
    frequency = Frequency(wanted) if wanted in list(Frequency) else None
    if frequency is None and "end" not in request.form:
        abort(400)
    with unit_of_work():
        number = int(which) if which.isascii() and which.isdigit() and len(which) < 18 else 0
        subscription = following.change(token, number, frequency=frequency, at=now())
        flash(said(subscription, ended=frequency is None), "ok")
    return redirect(url_for("citizen.manage", token=token), 303)


def said(subscription: Subscription, *, ended: bool) -> str:
    topic = topic_label(subscription)
    if ended:
        return _("Τέλος: δεν θα σας γράψουμε άλλο για «%(topic)s».", topic=topic)
    if subscription.frequency is Frequency.DAILY:
        return _("Έγινε: «%(topic)s» θα έρχεται μία φορά την ημέρα, το πρωί.", topic=topic)
    return _("Έγινε: για «%(topic)s» σας γράφουμε αμέσως.", topic=topic)


def private(template: str, **told: Any) -> Response:
    """A page that only the holder of a letter sees."""
    page = make_response(render_template(template, topic_label=topic_label, Frequency=Frequency, **told))
    page.headers["X-Robots-Tag"] = "noindex, nofollow"
    page.headers["Cache-Control"] = "private, no-store"
    return page
