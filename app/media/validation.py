"""The door: what a person sent is either a photo we can keep, or is refused in words that help."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final

from flask_babel import gettext as _

from app.digests import digest_of
from app.media import decoding
from app.media.exif import Position
from app.media.loading import Damaged, TooManyPixels, photo_mime, something_else
from app.media.probing import SMALLEST_SIDE
from app.media.refusals import refusal

MEGABYTE: Final = 1024 * 1024
LARGEST_MEGABYTES: Final = 20
LONGEST_NAME: Final = 100
#: What a file is stands in its first bytes.
_HEAD: Final = 4096


@dataclass(frozen=True)
class Examined:
    """A photo that passed.

    ``width`` and ``height`` are pixels when upright, ``bytes`` is the length as received, ``orientation`` is
    EXIF's 1 to 8, ``taken_at`` is in UTC, ``position`` in degrees WGS84.
    """

    name: str
    mime: str
    sha256: str
    bytes: int
    width: int
    height: int
    orientation: int
    taken_at: datetime | None
    position: Position | None


def examine(file: IO[bytes], name: str) -> Examined:
    """Decide whether the file is a photo we can keep, and read what the camera wrote.

    Accepts JPEG, PNG, WebP, GIF, HEIC and AVIF of at most 20 MB, by their content and never by their name, and
    decodes the pixels, so that a photo that breaks off is refused (a JPEG at an eighth of its size, which
    is as thorough and cheaper). A JPEG damaged in its middle but properly ended is not noticed: libjpeg
    mends it with grey. Of an animation only the first picture counts. Unreadable metadata is dropped, the
    photo is kept. A good JPEG followed by something else, such as HTML, is accepted: whatever we show is
    encoded anew from the pixels, so the tail is never sent to anybody.

    Raises Busy when no decoder is free in time, PhotoRefused with a sentence for the sender, ``name`` and ``reason``.
    """
    name = clean_name(name)
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise refusal("empty", name)
    if length > LARGEST_MEGABYTES * MEGABYTE:
        raise refusal("too_large", name, limit=LARGEST_MEGABYTES)
    mime = photo_mime(head)
    if mime is None:
        raise refusal(something_else(head), name)
    try:
        look = decoding.probe(file)
    except TooManyPixels as error:
        raise refusal("too_many_pixels", name, limit=error.limit) from error
    except Damaged as error:
        raise refusal("damaged", name) from error
    width, height, read = look.width, look.height, look.readings
    if min(width, height) < SMALLEST_SIDE:
        raise refusal("too_small", name, width=width, height=height)
    if read.orientation >= 5:
        width, height = height, width
    return Examined(
        name=name,
        mime=mime,
        sha256=digest_of(file).hex(),
        bytes=length,
        width=width,
        height=height,
        orientation=read.orientation,
        taken_at=read.taken_at,
        position=read.position,
    )


def clean_name(name: str) -> str:
    """The last part of a file name without control or direction characters, at most 100 characters long."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    # Category C: control, format (such as right-to-left override), surrogate, unassigned.
    visible = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in last)
    short = " ".join(visible.split())
    if len(short) > LONGEST_NAME:
        short = short[: LONGEST_NAME - 13] + "…" + short[-12:]
    return short or _("φωτογραφία")
