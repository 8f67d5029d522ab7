"""Files of outlines, places and assets as others give them: opened, decoded and brought to WGS84 lon/lat."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from flask_babel import gettext as _
from pyogrio import raw
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry.base import BaseGeometry

from app.errors import Invalid
from app.geo.outlines import moved

#: In which columns of a CSV the coordinates stand, https://gdal.org/drivers/vector/csv.html
_CSV = {
    "X_POSSIBLE_NAMES": "lon,lng,longitude,x,easting,egsa_x,μήκος,χ",
    "Y_POSSIBLE_NAMES": "lat,latitude,y,northing,egsa_y,πλάτος,ψ",
    "KEEP_GEOM_COLUMNS": "NO",
}
#: What GDAL answers for a Shapefile that does not say its encoding.
UNDECLARED = "ISO-8859-1"


@dataclass(frozen=True)
class Feature:
    """One thing of the file: its values by field name, and its shape in WGS84 (None when it has none)."""

    values: dict[str, Any]
    shape: BaseGeometry | None


@dataclass(frozen=True)
class Contents:
    fields: list[str]
    features: list[Feature]
    crs: str


@dataclass
class ImportResult:
    """What became of the features of a file; ``refused`` names each with the reason."""

    created: int = 0
    updated: int = 0
    repaired: int = 0
    merged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    #: (code, name, km²) of each area.
    areas: list[tuple[str, str, float]] = field(default_factory=list)
    latin_names: bool = False


def text_in(feature: Feature, field_name: str | None) -> str | None:
    """What stands in a field, as text; None for nothing."""
    value = feature.values.get(field_name) if field_name else None
    return None if value is None else str(value).strip() or None


def wrong(sentence: str) -> Invalid:
    return Invalid({"file": [sentence]}, sentence)


def read(path: Path, *, layer: str | None = None, crs: str | None = None, encoding: str | None = None) -> Contents:
    """Everything in one layer of a GeoJSON, GeoPackage, CSV with coordinates, or (zipped) Shapefile.

    ``crs`` is used when the file names none; giving it for a file that names another is refused. Raises Invalid.
    """
    if not path.exists():
        raise wrong(_("Δεν υπάρχει αρχείο «%(path)s».", path=path))
    layer = layer or _only_layer(path)
    try:
        how = _CSV if path.suffix.lower() == ".csv" else {}
        meta, _fids, shapes, columns = raw.read(str(path), layer=layer, encoding=encoding, force_2d=True, **how)
    except (LookupError, UnicodeDecodeError, FieldError) as error:
        raise wrong(
            _(
                "Τα κείμενα του «%(file)s» δεν διαβάζονται με κωδικοποίηση %(encoding)s. Δοκιμάστε --encoding cp1253.",
                file=path.name,
                encoding=encoding or "UTF-8",
            )
        ) from error
    except (DataSourceError, DataLayerError, FeatureError, GeometryError, ValueError) as error:
        raise _unreadable(path, error) from error
    if shapes is None:
        raise wrong(_("Το «%(file)s» δεν έχει γεωμετρίες.", file=path.name))
    fields = [str(field) for field in meta["fields"]]
    texts = {field: [_plain(value) for value in column] for field, column in zip(fields, columns, strict=True)}
    if encoding is None and meta["encoding"] == UNDECLARED:
        texts = _decoded(path, texts)
    system = _system(path, meta["crs"], crs)
    placed = _to_wgs84(path, shapely.from_wkb(shapes, on_invalid="fix"), system)
    rows = [dict(zip(fields, values, strict=True)) for values in zip(*texts.values(), strict=True)] if fields else []
    rows = rows or [{} for _shape in placed]
    features = [Feature(row, shape) for row, shape in zip(rows, placed, strict=True)]
    return Contents(fields, features, system.name)


def _only_layer(path: Path) -> str | None:
    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(str(path)) if kind is not None]
        if path.suffix.lower() == ".csv":
            return None
    except (DataSourceError, ValueError) as error:
        raise _unreadable(path, error) from error
    if len(layers) > 1:
        raise wrong(
            _(
                "Το «%(file)s» έχει %(count)s επίπεδα: %(names)s. Διαλέξτε ένα με --layer.",
                file=path.name,
                count=len(layers),
                names=", ".join(layers),
            )
        )
    return layers[0] if layers else None


def _unreadable(path: Path, error: Exception) -> Invalid:
    reason = str(error).split(";")[0].strip()
    return wrong(
        _(
            "Το «%(file)s» δεν διαβάζεται ως GeoJSON, GeoPackage ή Shapefile: %(reason)s",
            file=path.name,
            reason=reason,
        )
    )


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        if isinstance(value, np.datetime64):
            return None if np.isnat(value) else str(value)
        value = value.item()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        # A column of whole numbers with one gap arrives as floats: 905405.0 means the code 905405.
        return int(value) if value.is_integer() else value
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bytes | memoryview):
        return None
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value]
    return value


def _decoded(path: Path, texts: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """A Shapefile that names no encoding: plain ASCII or valid UTF-8 is taken, anything else must be declared."""
    odd = [v for column in texts.values() for v in column if isinstance(v, str) and not v.isascii()]
    if not odd:
        return texts
    try:
        for value in odd:
            value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        raise wrong(
            _(
                "Το «%(file)s» δεν λέει σε τι κωδικοποίηση είναι γραμμένο (λείπει το .cpg). Δώστε --encoding: "
                "με cp1253 το πρώτο κείμενο διαβάζεται «%(sample)s».",
                file=path.name,
                sample=odd[0].encode("latin-1", "replace").decode("cp1253", "replace"),
            )
        ) from None
    return {
        field: [v.encode("latin-1").decode("utf-8") if isinstance(v, str) else v for v in column]
        for field, column in texts.items()
    }


def _system(path: Path, in_file: str | None, option: str | None) -> CRS:
    if not in_file and not option:
        raise wrong(
            _(
                "Το «%(file)s» δεν λέει σε ποιο σύστημα συντεταγμένων είναι. Δώστε --crs, "
                "π.χ. --crs EPSG:2100 για ΕΓΣΑ87 ή --crs EPSG:4326 για GPS.",
                file=path.name,
            )
        )
    try:
        declared = CRS.from_user_input(option) if option else None
        system = CRS.from_user_input(in_file) if in_file else declared
    except CRSError:
        raise wrong(
            _("Το σύστημα συντεταγμένων «%(crs)s» δεν υπάρχει. Δώστε το ως EPSG:2100.", crs=option or in_file)
        ) from None
    # GeoJSON says WGS84 by definition, so there a declared system is a correction; elsewhere it must agree.
    if declared is not None and path.suffix.lower() in (".json", ".geojson"):
        return declared
    # An ESRI .prj may describe a known system in words of its own that lack the datum's shift.
    if declared is not None and system is not None and system.to_epsg() not in (None, declared.to_epsg()):
        raise wrong(
            _(
                "Το «%(file)s» λέει ότι είναι σε %(found)s, όχι σε %(given)s. Αφήστε το --crs ή διορθώστε το αρχείο.",
                file=path.name,
                found=system.name,
                given=declared.name,
            )
        )
    chosen = declared or system
    assert chosen is not None
    return chosen


def _to_wgs84(path: Path, shapes: np.ndarray, system: CRS) -> list[BaseGeometry | None]:
    try:
        # Without a known shift between the datums PROJ would be silently wrong by up to 300 m in Greece.
        move = Transformer.from_crs(system, "EPSG:4326", always_xy=True, allow_ballpark=False)
        placed = moved(shapes, move)
    except ProjError:
        raise wrong(
            _(
                "Δεν είναι γνωστή η μετάβαση από «%(crs)s» σε WGS84. Δώστε το επίσημο σύστημα με --crs EPSG:….",
                crs=system.name,
            )
        ) from None
    bounds = shapely.total_bounds(placed[~shapely.is_missing(placed)]) if len(placed) else np.array([0, 0, 0, 0])
    if not np.isnan(bounds).all() and not (np.abs(bounds) <= [180, 90, 180, 90]).all():
        raise wrong(
            _(
                "Οι συντεταγμένες του «%(file)s» δεν είναι μοίρες (έως %(most)s). Πείτε σε τι σύστημα είναι: "
                "για ΕΓΣΑ87 δώστε --crs EPSG:2100.",
                file=path.name,
                most=f"{np.abs(bounds[np.isfinite(bounds)]).max(initial=0):.0f}",
            )
        )
    return list(placed)
