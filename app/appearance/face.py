"""What of the town's own face can be shown, made once of the files that the settings name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Final, NamedTuple
from uuid import uuid4
from xml.etree import ElementTree

from flask import current_app
from flask_babel import lazy_gettext as _l
from PIL import Image

from app.appearance import colours
from app.errors import Busy
from app.media import decoding
from app.media.loading import Damaged, TooManyPixels, photo_mime
from app.media.validation import LARGEST_MEGABYTES, MEGABYTE

SETTINGS: Final = ("TOWN_CREST", "TOWN_PHOTO", "TOWN_COLOUR")
#: Before it is squeezed: a drawing that stands at the head of every page is a light one.
HEAVIEST_SVG: Final = 40_000
ACCENT: Final = "#0b5563"
_SVG: Final = "{http://www.w3.org/2000/svg}svg"
_PHOTOS: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
_MIMES: Final = {"css": "text/css", "jpg": "image/jpeg", "png": "image/png", "svg": "image/svg+xml"}


class Served(NamedTuple):
    """A file under an address of its own, whose name changes with its content."""

    name: str
    data: bytes
    mime: str


class Shown(NamedTuple):
    """A picture and the room it takes."""

    file: Served
    width: int
    height: int


@dataclass(frozen=True)
class Face:
    """What is None is ours."""

    crest: Shown | None = None
    #: The crest as an application's icon.
    icon: Shown | None = None
    narrow: Shown | None = None
    wide: Shown | None = None
    style: Served | None = None
    #: For where no stylesheet reaches: letters, and the edge of the browser.
    accent: str = ACCENT
    files: dict[str, Served] = field(default_factory=dict)


class Unfit(NamedTuple):
    """Why what a setting names is not shown."""

    setting: str
    words: Any


class _Unfit(Exception):
    def __init__(self, words: Any) -> None:
        super().__init__(words)
        self.words = words


def face_in_use() -> Face:
    """The town's own face, or ours."""
    return _examined()[0]


def unfit() -> list[Unfit]:
    """What the settings name and cannot be shown. Raises Busy when pictures could not be looked at now."""
    _face, reasons, busy = _examined()
    if busy:
        raise busy
    return reasons


def _examined() -> tuple[Face, list[Unfit], Busy | None]:
    crest, photo, colour = (current_app.config.get(setting, "") for setting in SETTINGS)
    if not (crest or photo or colour):
        return _OURS
    folder = Path(current_app.config["DATA_DIR"])
    making = (
        crest and partial(_crest, *_stamped(folder / crest)),
        photo and partial(_photo, *_stamped(folder / photo)),
        colour and partial(_colour, colour),
    )
    parts: dict[str, Any] = {}
    reasons, busy = [], None
    for setting, make in zip(SETTINGS, making, strict=True):
        try:
            made = make() if make else {}
        except Busy as later:
            busy = later
            continue
        if isinstance(made, _Unfit):
            reasons.append(Unfit(setting, made.words))
        else:
            parts |= made
    return Face(**parts, files=dict(_files(parts))), reasons, busy


_OURS: Final[tuple[Face, list[Unfit], Busy | None]] = (Face(), [], None)


def _files(parts: dict[str, Any]) -> Iterator[tuple[str, Served]]:
    for part in parts.values():
        served = part.file if isinstance(part, Shown) else part
        if isinstance(served, Served):
            yield served.name, served


def _stamped(path: Path) -> tuple[Path, int]:
    """The file and when it was written, so that another in its place is seen."""
    try:
        return path, path.stat().st_mtime_ns
    except OSError:
        return path, 0


def _once(make: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any] | _Unfit]:
    """Made once for each file, also when it is unfit; only what was too busy is asked again."""

    @lru_cache(maxsize=4)
    def made(*told: Any) -> dict[str, Any] | _Unfit:
        try:
            return make(*told)
        except _Unfit as unfit:
            return unfit

    return made


@_once
def _crest(path: Path, _stamp: int) -> dict[str, Any]:
    data = _read(path)
    if photo_mime(data) == "image/png":
        made = _made_of(path, data, ("head", "icon"), decoding.emblems, "png")
        return {"crest": made["head"], "icon": made["icon"]}
    try:
        # The operator's own file, and expat bounds what entities may grow to.
        root = ElementTree.fromstring(data)  # noqa: S314
    except ElementTree.ParseError:
        root = None
    if root is None or root.tag != _SVG:
        raise _Unfit(_l("το αρχείο %(path)s δεν είναι εικόνα SVG ή PNG.", path=path))
    if len(data) > HEAVIEST_SVG:
        raise _Unfit(
            _l(
                "το σχέδιο %(path)s έχει %(size)s kB και θα βάραινε κάθε σελίδα. Απλοποιήστε το κάτω από "
                "%(most)s kB ή δώστε το ως PNG.",
                path=path,
                size=len(data) // 1000,
                most=HEAVIEST_SVG // 1000,
            )
        )
    drawing = Shown(_served("crest", data, "svg"), *_room(root))
    return {"crest": drawing, "icon": drawing}


@_once
def _photo(path: Path, _stamp: int) -> dict[str, Any]:
    data = _read(path)
    if photo_mime(data) not in _PHOTOS:
        raise _Unfit(_l("το αρχείο %(path)s δεν είναι φωτογραφία JPEG, PNG ή WebP.", path=path))
    made = _made_of(path, data, ("narrow", "wide"), decoding.strips, "jpg")
    return {"narrow": made["narrow"], "wide": made["wide"]}


@_once
def _colour(text: str) -> dict[str, Any]:
    colour = text.strip().lower()
    if not colours.is_colour(colour):
        raise _Unfit(_l("το «%(colour)s» δεν είναι χρώμα. Γράψτε το ως #rrggbb, π.χ. #0b5563.", colour=text))
    if not colours.carries_text(colour):
        raise _Unfit(
            _l(
                "επάνω στο %(colour)s δεν διαβάζονται ούτε λευκά ούτε σκούρα γράμματα. "
                "Λίγο πιο σκούρο αρκεί: %(near)s.",
                colour=colour,
                near=colours.nearest_that_carries(colour),
            )
        )
    style = _served("colours", colours.stylesheet(colour).encode(), "css")
    return {"style": style, "accent": colours.by_day(colour)["teal"]}


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_MEGABYTES * MEGABYTE:
            raise _Unfit(_l("το αρχείο %(path)s ξεπερνά τα %(most)s MB.", path=path, most=LARGEST_MEGABYTES))
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _Unfit(_l("το αρχείο %(path)s δεν διαβάζεται (%(reason)s).", path=path, reason=reason)) from None


def _made_of(
    path: Path, data: bytes, names: tuple[str, str], make: Callable[[IO[bytes]], dict[str, bytes]], ending: str
) -> dict[str, Shown]:
    """Its sizes: as they were kept, else made now and kept, so that the next process need not."""
    folder = Path(current_app.config["DATA_DIR"]) / "face"
    kept = {name: folder / f"{_hash(data)}-{name}.{ending}" for name in names}
    try:
        made = {name: file.read_bytes() for name, file in kept.items()}
    except OSError:
        made = _made(path, make)
        with suppress(OSError):  # where nothing can be kept it is made again
            folder.mkdir(parents=True, exist_ok=True)
            for name, file in kept.items():
                half = file.with_suffix(f".{uuid4().hex}")
                half.write_bytes(made[name])
                half.replace(file)
    return {name: Shown(_served(name, made[name], ending), *_size(made[name])) for name in names}


def _made(path: Path, make: Callable[[IO[bytes]], dict[str, bytes]]) -> dict[str, bytes]:
    try:
        with path.open("rb") as file:
            return make(file)
    except TooManyPixels as error:
        raise _Unfit(
            _l("η εικόνα %(path)s έχει πάνω από %(most)s εκατομμύρια pixel.", path=path, most=error.limit)
        ) from None
    except Damaged:
        raise _Unfit(_l("η εικόνα %(path)s είναι χαλασμένη.", path=path)) from None


def _size(picture: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(picture)) as opened:
        return opened.size


def _served(name: str, data: bytes, ending: str) -> Served:
    return Served(f"{name}-{_hash(data)}.{ending}", data, _MIMES[ending])


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _room(drawing: ElementTree.Element) -> tuple[int, int]:
    """Width and height as the drawing says, a square where it does not: enough for its place to be kept."""
    told = re.findall(r"[-+]?[\d.]+", drawing.get("viewBox", ""))[2:4]
    if len(told) < 2:
        told = [*re.findall(r"^[\d.]+", drawing.get("width", "")), *re.findall(r"^[\d.]+", drawing.get("height", ""))]
    try:
        width, height = (float(each) for each in told)
        return max(1, round(100 * width / height)), 100
    except (ValueError, ZeroDivisionError):
        return 100, 100
