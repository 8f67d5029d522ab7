"""Which field of somebody's file holds the code, the names, the parent: told by the operator, or guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from app.errors import Invalid
from app.geo.latin import latin

#: Names seen in official Greek files, in QGIS exports and in OpenStreetMap extracts, likeliest first.
GUESSES: dict[str, tuple[str, ...]] = {
    "code": (
        "code",
        "kalcode",
        "kal_code",
        "kallikratis",
        "kwd_ypes",
        "kod_ypes",
        "kwdikos",
        "kodikos",
        "kwd",
        "geo_code",
        "geocode",
        "asset_id",
        "pole_id",
        "geonames_id",
        "osm_id",
        "gid",
        "objectid",
        "id",
    ),
    "name_el": ("name_el", "name_gr", "onoma_el", "onoma", "onomasia", "lektiko", "name_greek", "name", "label"),
    "name_en": ("name_en", "name_eng", "name_lat", "name_latin", "int_name", "name_int", "onoma_en"),
    "parent": (
        "parent",
        "parent_code",
        "municipal_unit_code",
        "unit_code",
        "unit",
        "municipality_code",
        "municipality",
    ),
    "kind": ("kind", "place", "fclass", "type"),
    "population": ("population", "pop", "plithysmos", "population_2021", "population_2011", "population_2001"),
    "street": ("street", "odos", "addr_street", "dromos", "onoma_odou", "street_name", "name"),
    "number": ("number", "housenumber", "house_number", "addr_housenumber", "arithmos", "ar", "no", "num"),
    "contact_phone": ("contact_phone", "phone", "tel", "tilefono"),
    "contact_url": ("contact_url", "website", "url", "web"),
}

LABELS = {
    "code": "--code",
    "name_el": "--name-el",
    "name_en": "--name-en",
    "parent": "--parent",
    "street": "--street",
    "number": "--number",
}


@dataclass(frozen=True)
class FieldNames:
    """The field for each of our columns; None where the file has none."""

    code: str | None
    name_el: str | None
    name_en: str | None
    parent: str | None
    kind: str | None
    population: str | None
    contact_phone: str | None
    contact_url: str | None
    street: str | None
    number: str | None


def _key(name: str) -> str:
    return latin(name).lower().replace(" ", "_").replace("-", "_")


def find(column: str, name: str | None, fields: Sequence[str], *, needed: bool) -> str | None:
    """The field for a column. Raises Invalid, listing what the file has, when it is needed and not there."""
    keys = {_key(field): field for field in reversed(fields)}
    if name is not None:
        if _key(name) in keys:
            return name if name in fields else keys[_key(name)]
        raise _missing(_("Το πεδίο «%(name)s» δεν υπάρχει στο αρχείο.", name=name), fields)
    match = next((keys[guess] for guess in GUESSES[column] if guess in keys), None)
    if match is None and needed:
        raise _missing(
            _("Δεν βρέθηκε πεδίο για το «%(column)s»: πείτε το με %(option)s.", column=column, option=LABELS[column]),
            fields,
        )
    return match


def _missing(sentence: str, fields: Sequence[str]) -> Invalid:
    listed = ", ".join(fields) or "—"
    message = sentence + " " + _("Το αρχείο έχει: %(fields)s.", fields=listed)
    return Invalid({"field": [message]}, message)
