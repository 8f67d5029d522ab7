"""What the citizen's form asks, in its order, and how its answers become a report."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from shapely.geometry import Point

from app import idempotency
from app.errors import Invalid, OutsideTown
from app.extensions import now, unit_of_work
from app.geo.places import place_words
from app.geo.shapes import point, spot_of
from app.language import language, named
from app.pages.citizen import gazetteer
from app.pages.citizen.forms import Draft, checked, number_in, photos_for_report
from app.reports import intake, queries, service
from app.reports.models import Category, Source

SCOPE = "page.report"


def ready(draft: Draft, kinds: list[Category]) -> bool:
    """True when the form can be sent; else its errors and notices say what is missing."""
    kind = next((kind for kind in kinds if kind.code == draft.typed.get("category")), None)
    _look_at_photos(draft)
    complete = checked(
        draft,
        lambda: _asked(kind),
        lambda: _inside(spot(draft)[0]),
        lambda: intake.description(draft.typed.get("description", "")),
        lambda: intake.contact(draft.contact()),
    )
    if kind is not None and kind.questions:
        if draft.typed.get("asked") == kind.code:
            complete = checked(draft, lambda: intake.answers(kind, draft.answers()))
        else:
            draft.notices["questions"] = _("Λίγα ακόμη για αυτή την κατηγορία, και είστε έτοιμοι.")
    return complete and not draft.notices


def _asked(kind: Category | None) -> None:
    if kind is None:
        raise Invalid({"category": [_("Διαλέξτε τι συμβαίνει.")]})


def _inside(here: Point) -> None:
    """Raises OutsideTown; or Invalid when the two numbers were written the other way round, as maps give them."""
    try:
        service.inside(queries.where_is(here))
    except OutsideTown:
        if abs(here.x) <= 90 and queries.where_is(Point(here.y, here.x)).municipality is not None:
            swapped = _("Μήπως τα γράψατε ανάποδα; Πρώτα το μήκος (εδώ περίπου 23), μετά το πλάτος (περίπου 41).")
            raise Invalid({"where": [swapped]}) from None
        raise


def spot(draft: Draft) -> tuple[Point, float | None]:
    """Where it is, and how exactly that is known in metres. Raises Invalid at ``where``."""
    try:
        lon, lat, accuracy_m = (number_in(draft.typed, name) for name in ("lon", "lat", "accuracy_m"))
    except ValueError:
        raise Invalid({"where": [_("Γράψτε τις συντεταγμένες ως αριθμούς, π.χ. 23,5484 και 41,0856.")]}) from None
    if lon is not None and lat is not None:
        good = accuracy_m is not None and 0 <= accuracy_m <= 1_000_000
        return point(lon, lat), accuracy_m if good else None
    place = gazetteer.place(draft.typed.get("place", ""))
    if place is None:
        raise Invalid({"where": [_("Δείξτε το σημείο στον χάρτη ή διαλέξτε την πιο κοντινή τοποθεσία από τη λίστα.")]})
    return spot_of(place.location), gazetteer.spread_m(place)


def _look_at_photos(draft: Draft) -> None:
    """When no place was given, offer the place a photo was taken at, if it lies in the town."""
    if any(draft.typed.get(name, "").strip() for name in ("lon", "lat", "place")):
        return
    for photo in draft.photos:
        where = queries.where_is(photo.spot) if photo.spot is not None else None
        if photo.spot is None or where is None or where.municipality is None:
            continue
        draft.typed["lon"], draft.typed["lat"] = str(photo.spot.x), str(photo.spot.y)
        draft.typed["accuracy_m"] = ""
        draft.notices["where"] = _(
            "Η φωτογραφία σας γράφει πού τραβήχτηκε: %(where)s. Αν είναι σωστό, πατήστε «Αποστολή αναφοράς»·"
            " αλλιώς διορθώστε το.",
            where=words_for(where) or _("μέσα στον Δήμο"),
        )
        return


def words_for(where: queries.Whereabouts) -> str:
    """«Λευκώνας, 120 m ΒΑ του κέντρου», or nothing when no place is known."""
    place = where.place
    return place_words(named(place), place["kind"], place["distance_m"], place["bearing"]) if place else ""


def send(draft: Draft) -> dict[str, Any]:
    """Make the report once, however often the form arrives; returns its reference and the reporter's key."""
    moment = now()
    where, accuracy_m = spot(draft)

    def work() -> dict[str, Any]:
        done = service.submit(
            category=draft.typed.get("category", ""),
            spot=where,
            accuracy_m=accuracy_m,
            description=draft.typed.get("description", ""),
            answers=draft.answers(),
            contact=draft.contact(),
            address_words=draft.typed.get("address", ""),
            photos=photos_for_report(draft.photos),
            source=Source.WEB,
            language=language(),
            at=moment,
        )
        return {"reference": done.report.reference, "key": done.report.tracking_token}

    with unit_of_work():
        return idempotency.once(SCOPE, draft.action_id, _fingerprint(draft), at=moment, work=work)


def _fingerprint(draft: Draft) -> str:
    """The same for the same report, whether its photos were just sent or had been kept."""
    aside = {"csrf_token", "action_id", "kept_photo", "remove_photo", "asked"}
    typed = sorted(f"{name}={value}" for name, value in draft.typed.items(multi=True) if name not in aside and value)
    photos = [photo.sha256 for photo in draft.photos]
    return idempotency.fingerprint(*(part.encode("utf-8", "surrogatepass") for part in (*typed, "", *photos)))
