"""Official outlines, named places and assets taken in: updated by (kind, code), never doubled.

The caller commits, and re-files reports in the same transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from geoalchemy2.shape import from_shape
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.errors import Invalid
from app.extensions import db
from app.geo import outline_queries, outlines
from app.geo.latin import latin, slug
from app.geo.models import Area, AreaKind, Asset, Place
from app.importing import field_names
from app.importing.field_names import FieldNames
from app.importing.outline_files import Contents, Feature, ImportResult, text_in

#: Rows of one INSERT; each has at most eight parameters, and PostgreSQL takes 65,535.
AT_ONCE = 1000


def name_fields(contents: Contents, *, areas: bool, **told: str | None) -> FieldNames:
    """Which field is which. Raises Invalid with the list of fields when one that is needed is missing."""
    needed = {"code", "name_el"} if areas else set()
    columns = FieldNames.__dataclass_fields__
    return FieldNames(**{c: field_names.find(c, told.get(c), contents.fields, needed=c in needed) for c in columns})


def only_codes(contents: Contents, code_field: str | None, codes: Sequence[str]) -> Contents:
    """The file without what the operator does not want. Raises Invalid when nothing is left."""
    if not codes:
        return contents
    chosen = [f for f in contents.features if code_field and text_in(f, code_field) in codes]
    if not chosen:
        raise _invalid(_("Κανένα στοιχείο του αρχείου δεν έχει κωδικό %(codes)s.", codes=", ".join(codes)))
    return Contents(contents.fields, chosen, contents.crs)


def import_areas(contents: Contents, kind: AreaKind, names: FieldNames, *, approximate: bool) -> ImportResult:
    """Areas of one kind. Communities given as points become cells around their seats, marked approximate."""
    result = ImportResult(latin_names=names.name_en is None)
    if kind is AreaKind.COMMUNITY and _are_points(contents):
        areas = list(_seats(contents, names, result))
        approximate = True
    else:
        areas = list(_outlined(contents, kind, names, result))
    if kind is AreaKind.MUNICIPALITY:
        _one_municipality(areas)
    rows = [
        {
            "kind": kind,
            "code": code,
            "name_el": _name(feature, names.name_el, code),
            "name_en": _name_en(feature, names, code),
            "parent_id": parent,
            "outline": from_shape(shape, srid=4326),
            "approximate": approximate,
            "contact_phone": text_in(feature, names.contact_phone),
            "contact_url": text_in(feature, names.contact_url),
        }
        for code, feature, shape, parent in areas
    ]
    result.areas = [(c, _name(f, names.name_el, c), outlines.area_m2(s) / 1e6) for c, f, s, _parent in areas]
    existing = {(kind.value, code) for code in _known(Area, kind.value)}
    _upsert(Area, rows, existing, result, keep_if_silent=("contact_phone", "contact_url", *_latin(names)))
    return result


_Found = tuple[str, Feature, MultiPolygon, int | None]


def _outlined(contents: Contents, kind: AreaKind, names: FieldNames, result: ImportResult) -> Iterator[_Found]:
    pieces: dict[str, tuple[Feature, list[MultiPolygon]]] = {}
    for number, feature in enumerate(contents.features, start=1):
        code = text_in(feature, names.code)
        label = code or f"#{number}"
        if code is None:
            result.refused.append((label, _("δεν έχει κωδικό")))
            continue
        outline = outlines.outline_from(feature.shape)
        if outline is None:
            result.refused.append((label, _("δεν έχει έκταση (κενό ή χωρίς πολύγωνο)")))
            continue
        result.repaired += outline.repaired
        if code in pieces:
            result.merged += 1
            pieces[code][1].append(outline.shape)
        else:
            pieces[code] = (feature, [outline.shape])
    parent_of = _parents(kind, names)
    for code, (feature, shapes) in pieces.items():
        shape = outlines.joined(shapes)
        parent, reason = parent_of(feature, shape)
        if reason:
            result.refused.append((code, reason))
        else:
            yield code, feature, shape, parent


def _seats(contents: Contents, names: FieldNames, result: ImportResult) -> Iterator[_Found]:
    by_unit: dict[int, dict[str, tuple[Feature, Point]]] = {}
    parent_of = _parents(AreaKind.COMMUNITY, names)
    for number, feature in enumerate(contents.features, start=1):
        code = text_in(feature, names.code)
        if code is None or not isinstance(feature.shape, Point) or feature.shape.is_empty:
            result.refused.append((code or f"#{number}", _("δεν έχει κωδικό ή σημείο")))
            continue
        parent, reason = parent_of(feature, feature.shape)
        if reason or parent is None:
            result.refused.append((code, reason))
        else:
            by_unit.setdefault(parent, {})[code] = (feature, feature.shape)
    for unit_id, seats in by_unit.items():
        outline = outline_queries.outline(unit_id)
        cells = outlines.cells(outline, {code: seat for code, (_feature, seat) in seats.items()})
        for code, (feature, _seat) in seats.items():
            if code in cells:
                yield code, feature, cells[code], unit_id
            else:
                result.refused.append((code, _("η έδρα της συμπίπτει με άλλης ή βρίσκεται έξω από την ενότητα")))


_ParentOf = Callable[[Feature, BaseGeometry], tuple[int | None, str]]


def _parents(kind: AreaKind, names: FieldNames) -> _ParentOf:
    """Says whose part a shape is: by the parent's code, else by a spot inside it; or why it cannot be told."""
    upper = {AreaKind.UNIT: AreaKind.MUNICIPALITY, AreaKind.COMMUNITY: AreaKind.UNIT}.get(kind)
    if upper is None:
        return lambda _feature, _shape: (None, "")
    ids = _known(Area, upper.value)
    if not ids:
        raise _invalid(
            _("Φορτώστε πρώτα τον Δήμο (--kind municipality).")
            if upper is AreaKind.MUNICIPALITY
            else _("Φορτώστε πρώτα τις δημοτικές ενότητες (--kind unit).")
        )

    def parent_of(feature: Feature, shape: BaseGeometry) -> tuple[int | None, str]:
        code = text_in(feature, names.parent)
        if code in ids:
            return ids[code], ""
        inside = outline_queries.covering(shape.representative_point(), upper)
        if inside is None:
            return None, _("δεν βρίσκεται μέσα σε γνωστή περιοχή «%(kind)s»", kind=upper.value)
        return inside, ""

    return parent_of


def _one_municipality(areas: list[_Found]) -> None:
    if len(areas) > 1:
        raise _invalid(_("Το αρχείο έχει %(count)s Δήμους. Διαλέξτε τον δικό σας με --only ΚΩΔΙΚΟΣ.", count=len(areas)))
    others = set(_known(Area, AreaKind.MUNICIPALITY.value)) - {code for code, *_rest in areas}
    if areas and others:
        raise _invalid(
            _(
                "Εδώ υπάρχει ήδη ο Δήμος με κωδικό %(code)s. Μία εγκατάσταση εξυπηρετεί έναν Δήμο· "
                "ελέγξτε το πεδίο του κωδικού (--code).",
                code=", ".join(sorted(others)),
            )
        )


def import_places(contents: Contents, names: FieldNames) -> ImportResult:
    """Named places; an area or line stands at its middle."""
    if names.name_el is None:
        field_names.find("name_el", None, contents.fields, needed=True)
    result = ImportResult(latin_names=names.name_en is None)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for number, feature in enumerate(contents.features, start=1):
        name = text_in(feature, names.name_el)
        if name is None or feature.shape is None or feature.shape.is_empty:
            result.refused.append((name or f"#{number}", _("δεν έχει όνομα ή σημείο")))
            continue
        kind = text_in(feature, names.kind) or "locality"
        code = text_in(feature, names.code) or slug(text_in(feature, names.name_en) or name)
        if not code or (kind, code) in rows:
            result.refused.append((name, _("υπάρχει δεύτερο με τον ίδιο κωδικό «%(code)s»", code=code)))
            continue
        spot = feature.shape if isinstance(feature.shape, Point) else feature.shape.representative_point()
        rows[kind, code] = {
            "kind": kind,
            "code": code,
            "name_el": name,
            "name_en": _name_en(feature, names, name),
            "population": _whole(feature, names.population),
            "location": from_shape(spot, srid=4326),
        }
    existing = {(kind, code) for kind in {k for k, _code in rows} for code in _known(Place, kind)}
    _upsert(Place, list(rows.values()), existing, result, keep_if_silent=("population", *_latin(names)))
    return result


def import_assets(contents: Contents, kind: str, names: FieldNames) -> ImportResult:
    """Assets of one kind: points, lines, or areas by a spot inside; the other fields are kept as attributes."""
    if names.code is None:
        field_names.find("code", None, contents.fields, needed=True)
    result = ImportResult()
    rows: dict[str, dict[str, Any]] = {}
    ours = {names.code, names.name_el, names.name_en}
    for number, feature in enumerate(contents.features, start=1):
        code = text_in(feature, names.code)
        shape = _standing(feature.shape)
        if code is None or shape is None:
            result.refused.append((code or f"#{number}", _("δεν έχει κωδικό ή σημείο")))
            continue
        if code in rows:
            result.refused.append((code, _("υπάρχει δεύτερο με τον ίδιο κωδικό «%(code)s»", code=code)))
            continue
        rows[code] = {
            "kind": kind,
            "code": code,
            "name_el": _name(feature, names.name_el, code),
            "name_en": _name_en(feature, names, code),
            "attributes": {k: v for k, v in feature.values.items() if k not in ours and v is not None},
            "location": from_shape(shape, srid=4326),
        }
    existing = {(kind, code) for code in _known(Asset, kind)}
    _upsert(Asset, list(rows.values()), existing, result, keep_if_silent=())
    return result


def _standing(shape: BaseGeometry | None) -> BaseGeometry | None:
    if shape is None or shape.is_empty:
        return None
    return shape if isinstance(shape, Point | LineString | MultiLineString) else shape.representative_point()


def _upsert(
    model: type[Area] | type[Place] | type[Asset],
    rows: list[dict[str, Any]],
    existing: set[tuple[str, str]],
    result: ImportResult,
    *,
    keep_if_silent: Sequence[str],
) -> None:
    """``keep_if_silent``: columns that stay as they were when the file says nothing about them."""
    table = model.__table__
    for start in range(0, len(rows), AT_ONCE):
        statement = insert(model).values(rows[start : start + AT_ONCE])
        new: dict[str, Any] = {c: statement.excluded[c] for c in rows[start] if c not in ("kind", "code")}
        for column in keep_if_silent:
            old = table.c[column]
            # A name spelled by rule never replaces one that somebody gave.
            new[column] = old if column == "name_en" else func.coalesce(statement.excluded[column], old)
        db.session.execute(statement.on_conflict_do_update(index_elements=["kind", "code"], set_=new))
    counts = Counter((str(row["kind"]), row["code"]) in existing for row in rows)
    result.updated, result.created = counts[True], counts[False]
    db.session.expire_all()


def _known(model: type[Area] | type[Place] | type[Asset], kind: str) -> dict[str, int]:
    return dict(db.session.execute(select(model.code, model.id).where(model.kind == kind)).all())


def _are_points(contents: Contents) -> bool:
    shapes = [f.shape for f in contents.features if f.shape is not None and not f.shape.is_empty]
    return bool(shapes) and all(isinstance(shape, Point) for shape in shapes)


def _whole(feature: Feature, field_name: str | None) -> int | None:
    try:
        return int(float(text_in(feature, field_name) or "nothing"))
    except ValueError:
        return None


def _name(feature: Feature, field_name: str | None, otherwise: str) -> str:
    return text_in(feature, field_name) or otherwise


def _name_en(feature: Feature, names: FieldNames, otherwise: str) -> str:
    return text_in(feature, names.name_en) or latin(_name(feature, names.name_el, otherwise))


def _latin(names: FieldNames) -> tuple[str, ...]:
    return () if names.name_en else ("name_en",)


def _invalid(sentence: str) -> Invalid:
    return Invalid({"file": [sentence]}, sentence)
