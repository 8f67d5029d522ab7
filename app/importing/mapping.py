"""The mapping file: what the columns of somebody's CSV mean here. docs/importing.md describes every key."""

from __future__ import annotations

import codecs
import re
import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import gettext as _
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from app.errors import Invalid
from app.reports.lifecycle import Status
from app.reports.models import Source

#: What an import can say honestly: the states in between belong to work orders, forwarding and merges of this office.
IMPORTABLE = (Status.RECEIVED, Status.ACCEPTED, Status.RESOLVED, Status.CLOSED, Status.REJECTED)

#: Within this of a "not located" point a row is not located, in the file's own units.
SAME_SPOT = 5e-5


class WrongMapping(Invalid):
    """The mapping file cannot be used; the sentence names the key."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__({key: [sentence]}, _("Αντιστοίχιση, κλειδί «%(key)s»: ", key=key) + sentence)


@dataclass(frozen=True)
class Columns:
    """Column names of the file; several for ``description`` are joined, one line each."""

    id: str
    opened: str
    category: str
    x: str
    y: str
    status: str | None
    target: str | None
    resolved: str | None
    closed: str | None
    closure: str | None
    channel: str | None
    address: tuple[str, ...]
    description: tuple[str, ...]

    def named(self) -> list[str]:
        single = (
            self.id, self.opened, self.category, self.x, self.y, self.status, self.target, self.resolved,
            self.closed, self.closure, self.channel,
        )  # fmt: skip
        return [name for name in (*single, *self.address, *self.description) if name]


@dataclass(frozen=True)
class Mapping:
    origin: str
    encoding: str | None
    delimiter: str
    quote: str
    zone: ZoneInfo
    date_formats: tuple[str, ...]
    language: str
    null_words: frozenset[str]
    release: bool
    cut_long_descriptions: bool
    columns: Columns
    #: To WGS84 lon/lat; None when the file is in it.
    transformer: Transformer | None
    shift: tuple[float, float]
    not_located: tuple[tuple[float, float], ...]
    statuses: dict[str, Status]
    categories: dict[str, str]
    #: "create", "refuse", or the code of a category of ours.
    unknown_category: str
    created_active: bool
    created_target_days: int
    sources: dict[str, Source] = field(default_factory=dict)


class _Table:
    """One table of the mapping file: every key is asked for once, and what was never asked for is a mistake."""

    def __init__(self, values: Any, name: str) -> None:
        if not isinstance(values, dict):
            raise WrongMapping(name, _("εδώ χρειάζεται πίνακας [%(name)s].", name=name))
        self._values: dict[str, Any] = dict(values)
        self._known: list[str] = []
        self._name = name

    def key(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key

    def take(self, key: str, kind: type, default: Any = None, *, needed: bool = False) -> Any:
        self._known.append(key)
        value = self._values.pop(key, None)
        if value is None:
            if needed:
                raise WrongMapping(self.key(key), _("λείπει."))
            return default
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
            raise WrongMapping(self.key(key), _("περιμέναμε %(kind)s.", kind=_kind_words(kind)))
        return value

    def table(self, key: str) -> _Table:
        self._known.append(key)
        return _Table(self._values.pop(key, {}), self.key(key))

    def words(self, key: str) -> dict[str, str]:
        """A table of word → word; keys are compared without regard to case."""
        entries = self.take(key, dict, {})
        for word, value in entries.items():
            if not isinstance(value, str):
                raise WrongMapping(f"{self.key(key)}.{word}", _("περιμέναμε %(kind)s.", kind=_kind_words(str)))
        return {fold(word): value for word, value in entries.items()}

    def texts(self, key: str) -> tuple[str, ...]:
        """A text, or a list of them."""
        self._known.append(key)
        value = self._values.pop(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
            raise WrongMapping(self.key(key), _("περιμέναμε ένα κείμενο ή λίστα κειμένων."))
        return tuple(value)

    def end(self) -> None:
        for key in self._values:
            raise WrongMapping(
                self.key(key), _("δεν υπάρχει τέτοιο κλειδί. Υπάρχουν: %(keys)s.", keys=", ".join(self._known))
            )


def _kind_words(kind: type) -> str:
    words = {str: _("κείμενο"), bool: "true / false", float: _("αριθμό"), int: _("ακέραιο αριθμό"), list: _("λίστα")}
    return words.get(kind, _("πίνακα"))


def fold(word: str) -> str:
    """How words of the file are compared: without case, with single spaces."""
    return " ".join(word.split()).casefold()


def load(path: Path, *, origin: str | None = None) -> Mapping:
    """Read and check a mapping file. Raises WrongMapping naming the first key that is wrong."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Invalid({}, _("Το «%(path)s» δεν ανοίγει: %(reason)s", path=path, reason=error.strerror or "")) from None
    except UnicodeDecodeError:
        raise Invalid({}, _("Το «%(path)s» δεν είναι γραμμένο σε UTF-8.", path=path)) from None
    except tomllib.TOMLDecodeError as error:
        raise Invalid({}, _("Το «%(path)s» δεν είναι σωστό TOML: %(reason)s", path=path, reason=error)) from None
    top = _Table(document, "")
    category = top.table("category")
    transformer, shift, not_located = _coordinates(top.table("coordinates"))
    mapping = Mapping(
        origin=_origin(top, origin),
        encoding=_encoding(top),
        delimiter=_one_sign(top, "delimiter", ","),
        quote=_one_sign(top, "quote", '"'),
        zone=_zone(top),
        date_formats=_formats(top),
        language=_choice(top, "language", "el", ("el", "en")),
        null_words=frozenset(fold(word) for word in ("", *top.texts("null_words"))),
        release=top.take("release", bool, False),
        cut_long_descriptions=_choice(top, "long_description", "refuse", ("refuse", "cut")) == "cut",
        columns=_columns(top.table("columns")),
        transformer=transformer,
        shift=shift,
        not_located=not_located,
        statuses=_statuses(top),
        categories=category.words("codes"),
        unknown_category=category.take("unknown", str, "refuse"),
        created_active=category.take("active", bool, False),
        created_target_days=category.take("target_days", int, 10),
        sources=_sources(top),
    )
    category.end()
    top.end()
    if mapping.created_target_days < 1:
        raise WrongMapping("category.target_days", _("περιμέναμε τουλάχιστον 1."))
    if mapping.columns.status is None and not mapping.statuses:
        return mapping
    if mapping.columns.status is None:
        raise WrongMapping("columns.status", _("λείπει, ενώ υπάρχει ο πίνακας [status]."))
    if not mapping.statuses:
        raise WrongMapping("status", _('λείπει: γράψτε τι σημαίνει κάθε λέξη, π.χ. Closed = "closed".'))
    return mapping


def _origin(top: _Table, option: str | None) -> str:
    origin = option or top.take("origin", str, needed=option is None)
    if option:
        top.take("origin", str)
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", origin):
        raise WrongMapping("origin", _("χρησιμοποιήστε έως 64 μικρά λατινικά γράμματα, ψηφία, παύλες και τελείες."))
    return str(origin)


def _encoding(top: _Table) -> str | None:
    name = top.take("encoding", str)
    if name is None:
        return None
    try:
        codec = codecs.lookup(name)
        "Σέρρες".encode(name, "replace")
    except (LookupError, TypeError):
        raise WrongMapping(
            "encoding", _("δεν υπάρχει κωδικοποίηση «%(name)s». Συνηθισμένες: utf-8, cp1253.", name=name)
        ) from None
    # With the mark or without: it is taken off where it stands.
    return "utf-8-sig" if codec.name == "utf-8" else codec.name


def _one_sign(top: _Table, key: str, default: str) -> str:
    sign = top.take(key, str, default)
    if len(sign) != 1 or sign in "\r\n\0":
        raise WrongMapping(key, _("περιμέναμε έναν χαρακτήρα, π.χ. ; ή ,"))
    return str(sign)


def _zone(top: _Table) -> ZoneInfo:
    name = top.take("time_zone", str, "Europe/Athens")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongMapping("time_zone", _("δεν υπάρχει ζώνη ώρας «%(name)s». Π.χ. Europe/Athens.", name=name)) from None


def _formats(top: _Table) -> tuple[str, ...]:
    formats = top.texts("date_formats")
    for pattern in formats:
        try:
            datetime.strptime(datetime(2001, 2, 3).strftime(pattern), pattern)  # noqa: DTZ001, DTZ007 - a trial
        except (ValueError, re.error):
            raise WrongMapping("date_formats", _("το «%(format)s» δεν διαβάζεται.", format=pattern)) from None
    return formats


def _choice(top: _Table, key: str, default: str, choices: tuple[str, ...]) -> str:
    value = top.take(key, str, default)
    if value not in choices:
        raise WrongMapping(top.key(key), _("Δώστε: %(words)s.", words=", ".join(choices)))
    return str(value)


def _columns(table: _Table) -> Columns:
    def one(key: str, *, needed: bool = False) -> Any:
        return table.take(key, str, needed=needed) or None

    pairs = [(x, y) for x, y in (("lon", "lat"), ("x", "y")) if one_of(table, x) or one_of(table, y)]
    if len(pairs) != 1:
        raise WrongMapping(table.key("lon"), _("δώστε είτε lon και lat είτε x και y."))
    x, y = (one(key, needed=True) for key in pairs[0])
    for key in ("lon", "lat", "x", "y"):
        table.take(key, str)
    columns = Columns(
        id=one("id", needed=True),
        opened=one("opened", needed=True),
        category=one("category", needed=True),
        x=x,
        y=y,
        status=one("status"),
        target=one("target"),
        resolved=one("resolved"),
        closed=one("closed"),
        closure=one("closure"),
        channel=one("channel"),
        address=table.texts("address"),
        description=table.texts("description"),
    )
    table.end()
    return columns


def one_of(table: _Table, key: str) -> bool:
    return key in table._values


def _coordinates(
    table: _Table,
) -> tuple[Transformer | None, tuple[float, float], tuple[tuple[float, float], ...]]:
    name = table.take("crs", str)
    transformer = None
    if name is not None:
        try:
            system = CRS.from_user_input(name)
        except CRSError:
            raise WrongMapping("coordinates.crs", _("δεν υπάρχει «%(crs)s». Π.χ. EPSG:2100.", crs=name)) from None
        if system.to_epsg() != 4326:
            transformer = Transformer.from_crs(system, "EPSG:4326", always_xy=True, allow_ballpark=False)
    shift = _shift(table.table("shift"))
    listed = table.take("not_located", list, [])
    spots = tuple(_pair("coordinates.not_located", spot) for spot in listed)
    table.end()
    return transformer, shift, spots


def _shift(table: _Table) -> tuple[float, float]:
    """Degrees to add: given as such, or as the way from one centre to another."""
    start, goal = table.take("from", list), table.take("to", list)
    lon, lat = table.take("lon", float), table.take("lat", float)
    table.end()
    if start is None and goal is None:
        return lon or 0.0, lat or 0.0
    if start is None or goal is None or lon is not None or lat is not None:
        raise WrongMapping("coordinates.shift", _("δώστε είτε from και to είτε lon και lat."))
    a, b = _pair("coordinates.shift.from", start), _pair("coordinates.shift.to", goal)
    return b[0] - a[0], b[1] - a[1]


def _pair(key: str, value: Any) -> tuple[float, float]:
    good = isinstance(value, list) and len(value) == 2
    if not good or not all(isinstance(n, int | float) and not isinstance(n, bool) for n in value):
        raise WrongMapping(key, _("περιμέναμε [μήκος, πλάτος]."))
    return float(value[0]), float(value[1])


def _statuses(top: _Table) -> dict[str, Status]:
    statuses = {}
    for word, value in top.words("status").items():
        if value not in list(IMPORTABLE):
            raise WrongMapping(
                f"status.{word}",
                _("το «%(value)s» δεν εισάγεται. Δώστε: %(words)s.", value=value, words=", ".join(IMPORTABLE)),
            )
        statuses[word] = Status(value)
    return statuses


def _sources(top: _Table) -> dict[str, Source]:
    sources = {}
    for word, value in top.words("channel").items():
        try:
            sources[word] = Source(value)
        except ValueError:
            raise WrongMapping(f"channel.{word}", _("Δώστε: %(words)s.", words=", ".join(Source))) from None
    return sources
