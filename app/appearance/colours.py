"""A family of colours from one, by day and by night, on which all text can be read (WCAG 2, AA)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import atan2, cos, hypot, sin
from typing import Final, NamedTuple

#: What text needs against what is behind it.
AA: Final = 4.5
WHITE: Final = "#ffffff"
INK: Final = "#14212b"
#: What words in the accent stand on (web/styles/_tokens.scss), besides its own soft tone.
_GROUNDS_BY_DAY: Final = (WHITE, "#fbfaf7", "#f1f3f2")
_GROUNDS_BY_NIGHT: Final = ("#17222a", "#0f171c", "#111b21")
_ON_ACCENT_BY_NIGHT: Final = "#0a1a1f"
_FOOT_WORDS: Final = "#dcebed"
_STEP: Final = 0.005

_HEX: Final = re.compile(r"#[0-9a-f]{6}")


class Oklch(NamedTuple):
    """Lightness 0–1, chroma, and hue in radians, as the eye sees them: https://bottosson.github.io/posts/oklab/"""

    light: float
    chroma: float
    hue: float


def is_colour(text: str) -> bool:
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """The WCAG contrast of two ``#rrggbb``, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def carries_text(colour: str) -> bool:
    """Whether white or our ink can be read on it."""
    return max(contrast(colour, WHITE), contrast(colour, INK)) >= AA


def nearest_that_carries(colour: str) -> str:
    """The same colour, as much darker as white on it needs."""
    return _legible(_oklch(colour), [WHITE], towards=-_STEP)


def by_day(colour: str) -> dict[str, str]:
    """The accent's tokens on light grounds."""
    own = _oklch(colour)
    soft = _hex(Oklch(0.945, min(own.chroma, 0.022), own.hue))
    accent = _legible(own, [*_GROUNDS_BY_DAY, soft], towards=-_STEP)
    shown = _oklch(accent)
    # What is nearly black already cannot answer a pointer by growing darker.
    pointed = shown.light - 0.08 if shown.light > 0.3 else shown.light + 0.14
    deep = Oklch(min(shown.light, 0.34), min(shown.chroma, 0.09), shown.hue)
    return {
        "teal": accent,
        "teal-dark": _hex(shown._replace(light=pointed)),
        "teal-soft": soft,
        "on-teal": WHITE,
        "map-edge": accent,
        "foot": _legible(deep, [_FOOT_WORDS], towards=-_STEP),
    }


def by_night(colour: str) -> dict[str, str]:
    """The same on dark grounds; the foot of a page is dark by day too, and stays."""
    own = _oklch(colour)
    soft = _hex(Oklch(0.3, min(own.chroma, 0.045), own.hue))
    bright = Oklch(max(own.light, 0.77), min(own.chroma, 0.13), own.hue)
    accent = _legible(bright, [*_GROUNDS_BY_NIGHT, soft, _ON_ACCENT_BY_NIGHT], towards=_STEP)
    shown = _oklch(accent)
    return {
        "teal": accent,
        "teal-dark": _hex(shown._replace(light=min(1.0, shown.light + 0.08))),
        "teal-soft": soft,
        "on-teal": _ON_ACCENT_BY_NIGHT,
        "map-edge": accent,
    }


def stylesheet(colour: str) -> str:
    """The tokens of web/styles/_tokens.scss that follow from the accent, under the same selectors."""
    day, night = (
        "".join(f"--{name}:{value};" for name, value in tokens.items()) for tokens in (by_day(colour), by_night(colour))
    )
    return (
        f":root{{{day}}}\n"
        f'@media (prefers-color-scheme:dark){{:root:not([data-theme="light"]){{{night}}}}}\n'
        f':root[data-theme="dark"]{{{night}}}\n'
    )


def _legible(colour: Oklch, others: Iterable[str], *, towards: float) -> str:
    """The colour, as much lighter or darker as it takes against all of these."""
    grounds, light = list(others), colour.light
    while min(contrast(_hex(colour._replace(light=light)), ground) for ground in grounds) < AA and 0 < light < 1:
        light = min(1.0, max(0.0, light + towards))
    return _hex(colour._replace(light=light))


def _channels(colour: str) -> list[float]:
    """Red, green and blue as amounts of light."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def _luminance(colour: str) -> float:
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklch(colour: str) -> Oklch:
    r, g, b = _channels(colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    light = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    green_red = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    blue_yellow = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return Oklch(light, hypot(green_red, blue_yellow), atan2(blue_yellow, green_red))


def _hex(colour: Oklch) -> str:
    """``#rrggbb``; with less chroma where a screen has no such colour."""
    chroma = colour.chroma
    channels = _screen(colour)
    while chroma > 0 and not all(-1e-4 <= channel <= 1 + 1e-4 for channel in channels):
        chroma = max(0.0, chroma - 0.004)
        channels = _screen(colour._replace(chroma=chroma))
    shown = (min(1.0, max(0.0, channel)) for channel in channels)
    curved = (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in shown)
    return "#" + "".join(f"{round(part * 255):02x}" for part in curved)


def _screen(colour: Oklch) -> tuple[float, float, float]:
    green_red, blue_yellow = colour.chroma * cos(colour.hue), colour.chroma * sin(colour.hue)
    long = (colour.light + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    middle = (colour.light - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (colour.light - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
