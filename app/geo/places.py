"""Words for a spot: «Λευκώνας, 120 μ. βορειοανατολικά του κέντρου»."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.language import language, localized

#: Eight winds, clockwise from north.
WINDS = (
    _l("βόρεια"),
    _l("βορειοανατολικά"),
    _l("ανατολικά"),
    _l("νοτιοανατολικά"),
    _l("νότια"),
    _l("νοτιοδυτικά"),
    _l("δυτικά"),
    _l("βορειοδυτικά"),
)

#: Kinds of places that have a centre one can be away from.
SETTLEMENTS = frozenset({"city", "town", "village", "hamlet"})

#: Nearer than this, the name alone says it.
AT_THE_PLACE_M = 25


def wind(bearing: float) -> str:
    """The way of a bearing in degrees clockwise from north: 0 → βόρεια, 44 → βορειοανατολικά."""
    return str(WINDS[round(bearing / 45) % 8])


def format_distance(metres: float) -> str:
    """«120 μ.», «1,4 χλμ.» as the reader's language writes them."""
    if metres < 1000:
        return _("%(count)s μ.", count=round(metres / 10) * 10 if metres >= 100 else round(metres))
    return _("%(count)s χλμ.", count=format_decimal(round(metres / 1000, 1)))


def format_street(street: Mapping[str, Any]) -> str:
    """«Μεραρχίας 12, Σέρρες», «Μεραρχίας και Βενιζέλου, Σέρρες», «Μεραρχίας προς Βενιζέλου»: a report's ``street``."""
    name = localized(street)
    other, settlement = (street.get(f"{which}_{language()}", "") for which in ("other", "in"))
    if street.get("number"):
        name = f"{name} {street['number']}"
    elif other and street["far_m"] <= AT_THE_PLACE_M:
        name = _("%(street)s και %(other)s", street=name, other=other)
    elif other:
        name = _("%(street)s προς %(other)s", street=name, other=other)
    return ", ".join(filter(None, (name, settlement)))


def format_place(name: str, kind: str, distance_m: float, bearing: float) -> str:
    """Say where a spot is from the nearest named place."""
    if distance_m < AT_THE_PLACE_M:
        return name if kind not in SETTLEMENTS else _("%(name)s, στο κέντρο", name=name)
    parts = {"name": name, "distance": format_distance(distance_m), "wind": wind(bearing)}
    if kind in SETTLEMENTS:
        return _("%(name)s, %(distance)s %(wind)s του κέντρου", **parts)
    return _("%(name)s, %(distance)s %(wind)s", **parts)
