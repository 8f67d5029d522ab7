"""What a photo says of itself once its pixels were decoded. Runs where strangers' bytes are decoded (decoding.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.media import exif
from app.media.exif import PhotoMetadata
from app.media.loading import loaded, opened

SMALLEST_SIDE: Final = 16


@dataclass(frozen=True)
class Probe:
    """``width`` and ``height`` are pixels as stored, not turned upright. What is too small has no readings."""

    width: int
    height: int
    readings: PhotoMetadata


def probe(data: bytes) -> Probe:
    """Decode the pixels, a JPEG's at an eighth (as thorough and cheaper). Raises Damaged or TooManyPixels."""
    with opened(data) as image:
        width, height = image.size
        if min(width, height) < SMALLEST_SIDE:
            return Probe(width, height, PhotoMetadata())
        # Greyscale at an eighth: every byte of the file is still read.
        loaded(image, data, "L", (image.width // 8, image.height // 8))
        return Probe(width, height, exif.read(image))
