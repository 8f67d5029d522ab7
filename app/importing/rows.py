"""One row of the file as a report, or the reason why it is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from app.geo.shapes import DECIMALS
from app.importing.categories import Categories, UnknownCategory
from app.importing.mapping import SAME_SPOT, Mapping, fold
from app.importing.records import Record
from app.importing.runs import Incoming
from app.reports.lifecycle import Move, Status
from app.reports.models import Source
from app.reports.validation import DESCRIPTION_LIMIT
from app.text import clean

#: The address as the office keeps it (reports/submission.submit).
ADDRESS_LIMIT = 300
OLDEST = datetime(1900, 1, 1, tzinfo=UTC)
#: Clocks of two systems differ; a report of tomorrow is a mistake.
AHEAD = timedelta(hours=24)

#: How a report came to be where it is; no move for one that is still as submitted.
MOVE_TO = {
    Status.RECEIVED: None,
    Status.ACCEPTED: Move.ACCEPT,
    Status.RESOLVED: Move.RESOLVE,
    Status.CLOSED: Move.CLOSE,
    Status.REJECTED: Move.REJECT,
}
ENDED = frozenset({Status.RESOLVED, Status.CLOSED, Status.REJECTED})


class Refused(Exception):
    """``reason`` is a code for programs, ``why`` the sentence for people."""

    def __init__(self, reason: str, why: str) -> None:
        super().__init__(reason)
        self.reason, self.why = reason, why


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that is not taken, with its original values."""

    number: int
    reason: str
    why: str
    values: list[str]


def trouble_label(reason: str, expected: int, actual: int) -> str:
    """The sentence for a record that could not be read as a row."""
    if reason == "quotes":
        return _("Τα εισαγωγικά δεν κλείνουν.")
    if reason == "columns":
        return _("Έχει %(found)s στήλες και όχι %(expected)s.", found=actual, expected=expected)
    if reason == "nul":
        return _("Περιέχει μηδενικά bytes (NUL).")
    return _("Περιέχει bytes που δεν είναι κείμενο στη δηλωμένη κωδικοποίηση.")


class Reader:
    """Turns records into rows for the database; knows the mapping, the header and the categories."""

    def __init__(self, mapping: Mapping, header: Sequence[str], categories: Categories, now: datetime) -> None:
        self._mapping = mapping
        self._width = len(header)
        self._categories = categories
        self._latest = now + AHEAD
        place = {name: n for n, name in reversed(list(enumerate(header)))}
        columns = mapping.columns
        self._at = {
            key: place[name]
            for key in (
                "id", "opened", "category", "x", "y", "status", "target", "resolved", "closed", "closure", "channel",
            )
            if (name := getattr(columns, key)) is not None
        }  # fmt: skip
        self._address = [place[name] for name in columns.address]
        self._description = [place[name] for name in columns.description]

    def read(self, records: Sequence[Record]) -> tuple[list[Incoming], list[Bad]]:
        """A batch: what can be taken in, and what cannot."""
        good: list[Incoming] = []
        bad: list[Bad] = []
        spots = self._spots(records)
        for record, spot in zip(records, spots, strict=True):
            if record.trouble:
                why = trouble_label(record.trouble, self._width, len(record.values))
                bad.append(Bad(record.number, record.trouble, why, record.values))
                continue
            try:
                good.append(self._row(record, spot))
            except Refused as refused:
                bad.append(Bad(record.number, refused.reason, refused.why, record.values))
        return good, bad

    def _spots(self, records: Sequence[Record]) -> list[tuple[float, float] | Refused]:
        """Every row's spot; a foreign coordinate system is left behind for the whole batch at once."""
        spots: list[tuple[float, float] | Refused] = []
        for record in records:
            if record.trouble:
                spots.append(Refused(record.trouble, ""))
                continue
            try:
                spots.append(self._given_spot(record.values))
            except Refused as refused:
                spots.append(refused)
        transformer = self._mapping.transformer
        if transformer is not None:
            numbers = [n for n, spot in enumerate(spots) if not isinstance(spot, Refused)]
            xs, ys = (
                zip(*(spot for spot in spots if not isinstance(spot, Refused)), strict=True) if numbers else ((), ())
            )
            for n, lon, lat in zip(numbers, *transformer.transform(list(xs), list(ys)), strict=True):
                spots[n] = (lon, lat)
        return [spot if isinstance(spot, Refused) else self._placed(*spot) for spot in spots]

    def _given_spot(self, values: list[str]) -> tuple[float, float]:
        words = [values[self._at[key]].strip() for key in ("x", "y")]
        if any(fold(word) in self._mapping.null_words for word in words):
            raise Refused("not-located", _("Δεν έχει συντεταγμένες."))
        try:
            x, y = (float(word.replace(",", ".") if "." not in word else word) for word in words)
        except ValueError:
            x = y = math.nan
        if not (math.isfinite(x) and math.isfinite(y)):
            raise Refused("coordinates", _("Οι συντεταγμένες «%(words)s» δεν είναι αριθμοί.", words=" ".join(words)))
        for nowhere in self._mapping.not_located:
            if abs(x - nowhere[0]) < SAME_SPOT and abs(y - nowhere[1]) < SAME_SPOT:
                raise Refused("not-located", _("Έχει το σημείο που σημαίνει «χωρίς θέση»."))
        return x, y

    def _placed(self, lon: float, lat: float) -> tuple[float, float] | Refused:
        lon, lat = lon + self._mapping.shift[0], lat + self._mapping.shift[1]
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            return Refused("coordinates", _("Οι συντεταγμένες δεν είναι σημείο της Γης."))
        return round(lon, DECIMALS), round(lat, DECIMALS)

    def _row(self, record: Record, spot: tuple[float, float] | Refused) -> Incoming:
        values = record.values
        if isinstance(spot, Refused):
            raise spot
        source_id = self._word(values, "id")
        if not source_id:
            raise Refused("id", _("Δεν έχει κωδικό πηγής."))
        received_at = self._time(values, "opened")
        if received_at is None:
            raise Refused("time", _("Δεν έχει χρόνο υποβολής."))
        if received_at > self._latest:
            raise Refused("time", _("Ο χρόνος υποβολής είναι στο μέλλον."))
        status, status_word = self._status(values)
        closed_at, resolved_at = self._time(values, "closed"), self._time(values, "resolved")
        moved_at = self._moved_at(status, received_at, closed_at, resolved_at)
        category_word = self._word(values, "category")
        try:
            category = self._categories.find(category_word)
        except UnknownCategory:
            raise Refused("category", _("Άγνωστη κατηγορία «%(word)s».", word=category_word)) from None
        channel = self._word(values, "channel")
        return Incoming(
            no=record.number,
            origin_id=source_id,
            category_id=category.id,
            asset_kind=category.asset_kind,
            lon=spot[0],
            lat=spot[1],
            status=status,
            move=MOVE_TO[status],
            source=self._mapping.sources.get(fold(channel), Source.IMPORT),
            language=self._mapping.language,
            received_at=received_at,
            target_at=self._time(values, "target"),
            resolved_at=resolved_at or (moved_at if status is Status.RESOLVED else None),
            closed_at=closed_at if status is Status.CLOSED else None,
            moved_at=moved_at,
            released_at=received_at if self._mapping.release else None,
            description=self._long(self._joined(values, self._description, "\n")),
            address_words=clean(self._joined(values, self._address, ", "))[:ADDRESS_LIMIT],
            public_words=self._long(self._word(values, "closure")),
            detail=_detail(self._mapping.origin, source_id, category_word, status_word, channel),
        )

    def _word(self, values: list[str], key: str) -> str:
        at = self._at.get(key)
        if at is None:
            return ""
        word = clean(values[at])
        return "" if fold(word) in self._mapping.null_words else word

    def _joined(self, values: list[str], places: list[int], glue: str) -> str:
        words = (clean(values[at]) for at in places)
        return glue.join(word for word in words if fold(word) not in self._mapping.null_words)

    def _long(self, words: str) -> str:
        words = clean(words)
        if len(words) > DESCRIPTION_LIMIT:
            if not self._mapping.cut_long_descriptions:
                raise Refused(
                    "too-long",
                    _(
                        "Ένα κείμενο έχει %(length)s χαρακτήρες· χωρούν %(limit)s.",
                        length=len(words),
                        limit=DESCRIPTION_LIMIT,
                    ),
                )
            words = words[: DESCRIPTION_LIMIT - 2] + " …"
        return words

    def _status(self, values: list[str]) -> tuple[Status, str]:
        if not self._mapping.statuses:
            # Without a status column a report with a closing time is closed.
            return (Status.CLOSED if self._word(values, "closed") else Status.RECEIVED), ""
        word = self._word(values, "status")
        try:
            return self._mapping.statuses[fold(word)], word
        except KeyError:
            raise Refused("status", _("Άγνωστη κατάσταση «%(word)s».", word=word)) from None

    def _moved_at(
        self, status: Status, received_at: datetime, closed_at: datetime | None, resolved_at: datetime | None
    ) -> datetime | None:
        if status is Status.RECEIVED:
            return None
        if status is Status.ACCEPTED:
            return received_at
        moved_at = (resolved_at or closed_at) if status is Status.RESOLVED else (closed_at or resolved_at)
        if moved_at is None:
            raise Refused("time", _("Έχει κλείσει, αλλά δεν λέει πότε."))
        if moved_at < received_at:
            raise Refused("time", _("Έκλεισε πριν υποβληθεί."))
        if moved_at > self._latest:
            raise Refused("time", _("Ο χρόνος που έκλεισε είναι στο μέλλον."))
        return moved_at

    def _time(self, values: list[str], key: str) -> datetime | None:
        """In UTC. An hour that came twice is taken as the first, one that never was as if the clock had not moved."""
        word = self._word(values, key)
        if not word:
            return None
        try:
            moment = self._parsed(word)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self._mapping.zone)
            moment = moment.astimezone(UTC)
            if moment < OLDEST:
                raise ValueError
        except (ValueError, OverflowError):
            raise Refused("time", _("Ο χρόνος «%(word)s» δεν διαβάζεται.", word=word)) from None
        return moment

    def _parsed(self, word: str) -> datetime:
        if not self._mapping.date_formats:
            return datetime.fromisoformat(word)
        for pattern in self._mapping.date_formats:
            try:
                return datetime.strptime(word, pattern)  # noqa: DTZ007 - the zone follows
            except ValueError:
                continue
        raise ValueError(word)


def _detail(origin: str, origin_id: str, category: str, status: str, channel: str) -> dict[str, Any]:
    detail = {"origin": origin, "id": origin_id, "category": category, "status": status, "channel": channel}
    return {"imported": {key: value for key, value in detail.items() if value}}
