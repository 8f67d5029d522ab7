"""What the camera wrote beside the pixels: which way is up, when, and where."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image

from app.media.loading import quiet

T = TypeVar("T")

LOCAL: Final = ZoneInfo("Europe/Athens")
FIRST_DIGITAL_YEAR: Final = 1990
# A receiver without a fix writes 0,0. There is only sea within this many degrees of it.
NULL_ISLAND_DEGREES: Final = 0.01


@dataclass(frozen=True)
class Position:
    """A place in degrees, WGS84."""

    lon: float
    lat: float


@dataclass(frozen=True)
class PhotoMetadata:
    """``orientation`` is EXIF's 1 to 8; ``taken_at`` is in UTC."""

    orientation: int = 1
    taken_at: datetime | None = None
    position: Position | None = None


def read(image: Image.Image) -> PhotoMetadata:
    """The readings of a photo whose pixels have been decoded; what cannot be read is left out."""
    with quiet():
        exif = _tried(image.getexif)
        if not exif:
            return PhotoMetadata()
        return PhotoMetadata(
            orientation=_tried(lambda: _orientation(exif)) or 1,
            taken_at=_tried(lambda: _taken_at(exif.get_ifd(ExifTags.IFD.Exif))),
            position=_tried(lambda: _position(exif.get_ifd(ExifTags.IFD.GPSInfo))),
        )


def _tried(reading: Callable[[], T]) -> T | None:
    # Broken EXIF makes Pillow raise nearly anything; the photo is good all the same.
    try:
        return reading()
    except Exception:
        return None


def _orientation(exif: Image.Exif) -> int:
    value = int(exif.get(ExifTags.Base.Orientation, 1))
    return value if 1 <= value <= 8 else 1


def _taken_at(tags: dict[int, Any]) -> datetime | None:
    written = datetime.strptime(_text(tags[ExifTags.Base.DateTimeOriginal]), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    if written.year < FIRST_DIGITAL_YEAR:
        return None
    offset = _tried(lambda: datetime.strptime(_text(tags[ExifTags.Base.OffsetTimeOriginal]), "%z").tzinfo)
    return written.replace(tzinfo=offset or LOCAL).astimezone(UTC)


def _position(tags: dict[int, Any]) -> Position | None:
    gps = ExifTags.GPS
    lat = _degrees(tags[gps.GPSLatitude]) * {"N": 1, "S": -1}[_text(tags[gps.GPSLatitudeRef])]
    lon = _degrees(tags[gps.GPSLongitude]) * {"E": 1, "W": -1}[_text(tags[gps.GPSLongitudeRef])]
    # NaN fails every comparison and so is out of range.
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    if math.hypot(lat, lon) < NULL_ISLAND_DEGREES:
        return None
    return Position(lon=lon, lat=lat)


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    if not (degrees >= 0 and 0 <= minutes <= 60 and 0 <= seconds <= 60):
        return math.nan
    return degrees + minutes / 60 + seconds / 3600


def _text(value: Any) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    return text.strip(" \x00").upper()
