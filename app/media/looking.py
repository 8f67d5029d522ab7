"""What a photo says of itself once its pixels were decoded. Runs where strangers' bytes are decoded (decoding.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.media import readings
from app.media.opening import loaded, opened
from app.media.readings import Readings

SMALLEST_SIDE: Final = 16


@dataclass(frozen=True)
class Look:
    """``width`` and ``height`` are pixels as stored, not turned upright. What is too small has no readings."""

    width: int
    height: int
    readings: Readings


def look(data: bytes) -> Look:
    """Decode the pixels, a JPEG's at an eighth (as thorough and cheaper). Raises Damaged or TooManyPixels."""
    with opened(data) as image:
        width, height = image.size
        if min(width, height) < SMALLEST_SIDE:
            return Look(width, height, Readings())
        # Greyscale at an eighth: every byte of the file is still read.
        loaded(image, data, "L", (image.width // 8, image.height // 8))
        return Look(width, height, readings.read(image))
