"""Photos made in code: what Eleni's phone, a scanner or a trickster might send."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image

from app.media import spool, validation

RED, GREEN, BLUE, YELLOW = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)
# How the pixels must lie in the file for EXIF's orientation to make them upright.
LAID_DOWN = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def corners(width: int = 96, height: int = 64) -> Image.Image:
    """Upright: red top left, green top right, blue bottom left, yellow bottom right."""
    picture = Image.new("RGB", (width, height))
    half_w, half_h = width // 2, height // 2
    for colour, at in (
        (RED, (0, 0)),
        (GREEN, (half_w, 0)),
        (BLUE, (0, half_h)),
        (YELLOW, (half_w, half_h)),
    ):
        picture.paste(colour, (*at, at[0] + half_w, at[1] + half_h))
    return picture


def street(width: int = 640, height: int = 480) -> Image.Image:
    """Something with enough detail that its file is not tiny."""
    return Image.effect_mandelbrot((width, height), (-2.0, -1.5, 1.0, 1.5), 60).convert("RGB")


def file(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The picture as the bytes of a file."""
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def sideways(orientation: int, kind: str = "JPEG", size: tuple[int, int] = (96, 64)) -> bytes:
    """The four corners as a phone writes them when it is held in one of the eight ways."""
    picture = corners(*size)
    turn = LAID_DOWN[orientation]
    if turn is not None:
        picture = picture.transpose(turn)
    options = {"quality": 95, "subsampling": 0} if kind == "JPEG" else {"lossless": True}
    return file(picture, kind, exif=exif(orientation=orientation), **options)


def exif(
    *,
    orientation: int | None = None,
    taken: str | None = None,
    offset: str | None = None,
    gps: dict[int, Any] | None = None,
    texts: dict[int, str] | None = None,
) -> bytes:
    """EXIF as a camera writes it; ``taken`` as ``YYYY:MM:DD HH:MM:SS``, ``offset`` as ``+03:00``."""
    tags = Image.Exif()
    if orientation is not None:
        tags[ExifTags.Base.Orientation] = orientation
    for tag, text in (texts or {}).items():
        tags[tag] = text
    inner = tags.get_ifd(ExifTags.IFD.Exif)
    if taken is not None:
        inner[ExifTags.Base.DateTimeOriginal] = taken
    if offset is not None:
        inner[ExifTags.Base.OffsetTimeOriginal] = offset
    if gps is not None:
        tags.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    return tags.tobytes()


def gps(lat: tuple[Any, ...], lat_ref: str, lon: tuple[Any, ...], lon_ref: str) -> dict[int, Any]:
    """The GPS block: degrees, minutes and seconds, and N/S, E/W."""
    return {
        ExifTags.GPS.GPSLatitudeRef: lat_ref,
        ExifTags.GPS.GPSLatitude: lat,
        ExifTags.GPS.GPSLongitudeRef: lon_ref,
        ExifTags.GPS.GPSLongitude: lon,
    }


def chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(side: int = 30_000) -> bytes:
    """A PNG of ``side`` × ``side`` pixels, all zero: small as a file, gigabytes when decoded."""
    squeeze = zlib.compressobj(9)
    row = bytes(side // 8 + 1)
    rows = b"".join(squeeze.compress(row) for _ in range(side)) + squeeze.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def with_chunk(png: bytes, extra: bytes) -> bytes:
    """A PNG with one more chunk right after its header."""
    return png[:33] + extra + png[33:]


def examine(data: bytes, name: str) -> validation.Examined:
    """What the door makes of these bytes."""
    with spool.spooled(data) as sent:
        return validation.examine(sent, name)
