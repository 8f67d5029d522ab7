"""What each step of a new report asks of the domain, and how the whole becomes a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import request
from flask_babel import gettext as _
from shapely.geometry import Point

from app.categories import questions
from app.categories.models import Category
from app.devices import device, sender
from app.errors import Invalid, OutsideTown
from app.extensions import db, now, unit_of_work
from app.geo.place_queries import standing_around
from app.geo.places import format_place, format_street
from app.geo.shapes import point, spot_of
from app.geo.thing_queries import Thing, things_pointed_at
from app.language import language, localized
from app.pages.citizen import drafts, gazetteer
from app.pages.citizen.drafts import NewReport
from app.pages.citizen.forms import checked, number_in
from app.pages.citizen.steps import SENTENCES
from app.pages.kept_photos import photos_for_report
from app.reports import recurrence, spot_queries, submission, validation
from app.reports.models import Report, Source
from app.reports.presenting import format_location

#: No person looks, chooses and sends faster than this.
BY_HAND = timedelta(seconds=3)


def kind_of(draft: NewReport, kinds: list[Category]) -> Category | None:
    return next((kind for kind in kinds if kind.code == draft.typed.get("category")), None)


# -- where ---------------------------------------------------------------------------------------------------------


def spot(draft: NewReport) -> tuple[Point, float | None]:
    """Where it is, and how exactly that is known in metres. Raises Invalid at ``where``."""
    try:
        lon, lat, accuracy_m = (number_in(draft.typed, name) for name in ("lon", "lat", "accuracy_m"))
    except ValueError:
        raise Invalid({"where": [SENTENCES["noNumbers"]]}) from None
    if lon is None or lat is None:
        raise Invalid({"where": [SENTENCES["noSpot"]]})
    good = accuracy_m is not None and 0 <= accuracy_m <= 1_000_000
    return point(lon, lat), accuracy_m if good else None


def spot_if_any(draft: NewReport) -> Point | None:
    try:
        return spot(draft)[0]
    except Invalid:
        return None


def settle_choice(draft: NewReport) -> None:
    """A place or asset chosen from a list becomes its point, as exactly as such a thing says where.

    What was typed to find it and is not its name stays as words.
    """
    chosen = gazetteer.chosen(request.form.get("place", ""))
    if chosen is not None:
        choice = gazetteer.choice(chosen)
        draft.typed["lon"], draft.typed["lat"] = str(choice["lon"]), str(choice["lat"])
        draft.typed["accuracy_m"] = str(choice["spread_m"])
        if chosen.thing and chosen.thing not in draft.typed.getlist("things"):
            draft.typed.add("things", chosen.thing)
        if not draft.typed.get("address", "").strip():
            draft.typed["address"] = gazetteer.words_lost(request.form.get("sought", "")[:100], chosen)


@dataclass(frozen=True)
class Again:
    """A report that was put right, as a new one begins with it: ``fields`` are those of the steps."""

    reference: str
    what: str
    where: str
    fields: dict[str, list[str]]


def again(reference: str) -> Again | None:
    """What is known already of something that is broken again; None when there is no such report."""
    old = recurrence.recurred(reference)
    if old is None:
        return None
    spot = spot_of(old.location)
    known = {"again": old.reference, "lon": f"{spot.x:.6f}", "lat": f"{spot.y:.6f}"}
    known |= {"category": old.category.code} if old.category.active else {}
    return Again(
        old.reference, localized(old.category), format_location(old), {name: [value] for name, value in known.items()}
    )


def offer_photo_spot(draft: NewReport) -> None:
    """When no place was given yet, offer the one a photo was taken at, if it lies in the town."""
    if draft.typed.get("lon") or draft.typed.get("lat"):
        return
    for photo in draft.photos:
        if photo.spot is None:
            continue
        if spot_queries.where_is(photo.spot).municipality is not None:
            draft.typed["lon"], draft.typed["lat"] = str(photo.spot.x), str(photo.spot.y)
            draft.notices["where"] = _("Η φωτογραφία σας γράφει πού τραβήχτηκε. Διορθώστε το σημείο, αν χρειάζεται.")
            return
        draft.notices["where"] = _("Η φωτογραφία σας τραβήχτηκε έξω από τον Δήμο. Δείξτε μας εσείς πού είναι.")


@dataclass(frozen=True)
class StepContext:
    """What the map knows about the draft's spot."""

    where: str = ""
    wrong: str = ""
    phone: str = ""
    url: str = ""
    around: list[dict[str, Any]] = field(default_factory=list)
    near: list[dict[str, Any]] = field(default_factory=list)


def step_context(draft: NewReport, kind: Category | None = None, *, around: bool = False) -> StepContext:
    """The words for the draft's spot, whom to call when it is another town's, and what stands and is open there."""
    chosen = spot_if_any(draft)
    if chosen is None:
        return StepContext()
    try:
        where = spot_queries.where_is(chosen, kind)
        submission.require_inside(chosen, where)
    except Invalid as turned:
        return StepContext(wrong=" ".join(turned.errors["location"]))
    except OutsideTown as error:
        town = error.extra.get("neighbour") or {}
        return StepContext(
            wrong=str(error.detail), phone=town.get("contact_phone") or "", url=town.get("contact_url") or ""
        )
    return StepContext(
        where=format_whereabouts(where) or _("Μέσα στον Δήμο"),
        around=[gazetteer.choice(place) for place in standing_around(chosen)] if around else [],
        near=where.open_near if kind else [],
    )


def format_whereabouts(where: spot_queries.Whereabouts) -> str:
    """«Μεραρχίας 12, Σέρρες», «Λευκώνας, 120 m ΒΑ του κέντρου», or nothing when no place is known."""
    if where.street:
        return format_street(where.street)
    place = where.place
    return format_place(localized(place), place["kind"], place["distance_m"], place["bearing"]) if place else ""


def pointed_at(draft: NewReport) -> list[Thing]:
    """The things that were pointed at. Raises Invalid at ``things``."""
    chosen = spot_if_any(draft)
    return things_pointed_at(draft.typed.getlist("things"), chosen) if chosen else []


def _inside(point: Point) -> None:
    submission.require_inside(point, spot_queries.where_is(point))


# -- each step -----------------------------------------------------------------------------------------------------


def _chosen(kind: Category | None) -> None:
    if kind is None:
        raise Invalid({"category": [SENTENCES["noCategory"]]})


def _words(draft: NewReport, kind: Category | None) -> None:
    words = validation.description(draft.typed.get("description", ""))
    if kind is not None:
        validation.words_needed(kind, words)


def check(step: str, draft: NewReport, kind: Category | None) -> bool:
    """True when a step is answered well; else its errors say what is missing."""
    checks: dict[str, list[Callable[[], Any]]] = {
        "place": [lambda: _inside(spot(draft)[0]), lambda: pointed_at(draft)],
        "category": [lambda: _chosen(kind)],
        "questions": [
            lambda: questions.require_ours(kind, draft.stoppers()) if kind else None,
            lambda: questions.valid_answers(kind, draft.answers()) if kind else None,
        ],
        "words": [lambda: _words(draft, kind)],
        "contact": [lambda: validation.contact(draft.contact())],
    }
    steps = list(checks) if step == "check" else [step]
    return checked(draft, *(step_check for name in steps for step_check in checks.get(name, [])))


# -- sending -------------------------------------------------------------------------------------------------------


def send(draft: NewReport) -> Report:
    """Make the report once, however often its draft is sent."""
    moment = now()
    where, accuracy_m = spot(draft)
    with unit_of_work():
        row = drafts.held(draft.id)
        if row is not None and row.report_id is not None:
            return db.session.get_one(Report, row.report_id)
        report = submission.submit(
            category=draft.typed.get("category", ""),
            spot=where,
            accuracy_m=accuracy_m,
            description=draft.typed.get("description", ""),
            answers=draft.answers(),
            stoppers=draft.stoppers(),
            contact=draft.contact(),
            address_words=draft.typed.get("address", ""),
            again=draft.typed.get("again", ""),
            things=draft.typed.getlist("things"),
            photos=photos_for_report(draft.photos),
            source=Source.WEB,
            language=language(),
            at=moment,
            device=device(),
            sender=sender(),
            not_by_hand=bool(request.form.get("website")) or moment - draft.created_at < BY_HAND,
        ).report
        if row is not None:
            row.report_id = report.id
            row.typed, row.photos, row.bytes = {}, [], 0
        return report
