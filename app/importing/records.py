"""A CSV file, plain or gzipped, as numbered records; bounded memory whatever is in it.

A quote that never closes costs one row: the lines it would have swallowed are read again as rows of their own.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from flask_babel import gettext as _

from app.errors import Invalid
from app.importing.mapping import Mapping

#: A record longer than this is no record but a quote left open, or no CSV at all.
MOST_LINES = 500
LONGEST_LINE = 1_000_000
_SNIFF = 65536


@dataclass(frozen=True, slots=True)
class Record:
    """``number`` counts from 1 after the header; ``trouble`` is a reason code when the row cannot be read."""

    number: int
    values: list[str]
    trouble: str = ""


class _TooLong(Exception):
    pass


class _Lines:
    """Physical lines with a memory of those the present record took, so that they can be given back."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._again: deque[str] = deque()
        self.ended_inside = False
        self.begin()

    def begin(self) -> None:
        """The next line starts a record."""
        self.taken: list[str] = []
        self._size = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES or self._size > LONGEST_LINE:
            raise _TooLong
        line = self._again.popleft() if self._again else self._stream.readline(LONGEST_LINE)
        if not line:
            self.ended_inside = bool(self.taken)
            raise StopIteration
        self.taken.append(line)
        self._size += len(line)
        return line

    def give_back(self) -> str:
        """The record's first line is lost to it; the rest will be read again."""
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        self.begin()
        self.ended_inside = False
        return first


class Records:
    """The header and then the records of one file. Raises Invalid for what makes the file as a whole unusable."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self._mapping = mapping
        self._name = path.name
        try:
            self._raw = path.open("rb")
        except OSError as error:
            raise Invalid(
                {}, _("Το «%(path)s» δεν ανοίγει: %(reason)s", path=path, reason=error.strerror or "")
            ) from error
        self.size = path.stat().st_size
        csv.field_size_limit(MOST_LINES * LONGEST_LINE)
        try:
            self._lines = _Lines(self._decoded())
            self.header = self._header()
        except BaseException:
            self.close()
            raise

    def position(self) -> int:
        """Bytes of the file gone through so far."""
        return self._raw.tell()

    def close(self) -> None:
        self._raw.close()

    def _decoded(self) -> IO[str]:
        magic = self._raw.read(4)
        self._raw.seek(0)
        if magic[:2] == b"PK":
            self._stop(_("είναι συμπιεσμένο ZIP: αποσυμπιέστε το και δώστε το CSV, σκέτο ή ως .gz."))
        opened: Any = gzip.GzipFile(fileobj=self._raw) if magic[:2] == b"\x1f\x8b" else self._raw
        stream = io.BufferedReader(opened)
        try:
            start = stream.peek(_SNIFF)[:_SNIFF]
        except (OSError, EOFError, zlib.error):
            self._cut_short()
        encoding = self._mapping.encoding or self._marked(start) or "utf-8-sig"
        self._doubt(encoding, start)
        # Bytes that are no text become lone surrogates, and only the row that holds them is refused.
        wide = encoding.startswith(("utf-16", "utf-32", "utf_16", "utf_32"))
        return io.TextIOWrapper(stream, encoding, "replace" if wide else "surrogateescape", newline="")

    @staticmethod
    def _marked(start: bytes) -> str | None:
        marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
        return next((name for mark, name in marks.items() if start.startswith(mark)), None)

    def _doubt(self, encoding: str, start: bytes) -> None:
        if encoding.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
            return
        if start[:1000].count(0) > len(start[:1000]) // 4:
            self._stop(_('φαίνεται γραμμένο σε UTF-16. Γράψτε encoding = "utf-16" στην αντιστοίχιση.'))
        if not encoding.startswith("utf-8") and not start.isascii() and _is_utf8(start):
            self._stop(_("είναι γραμμένο σε UTF-8 και όχι σε %(encoding)s. Διορθώστε το encoding.", encoding=encoding))

    def _header(self) -> list[str]:
        for record in self._parsed():
            if record.trouble == "encoding":
                self.wrong_encoding()
            header = [name.strip() for name in record.values]
            break
        else:
            self._stop(_("είναι άδειο."))
        missing = [name for name in self._mapping.columns.named() if name not in header]
        if missing:
            there = ", ".join(header) if len(header) > 1 else header[0][:200]
            self._stop(
                _("δεν έχει στήλη «%(missing)s». Έχει: %(there)s.", missing="», «".join(missing), there=there)
                + (
                    " " + _("Μήπως οι στήλες χωρίζονται με άλλο σημάδι; Ελέγξτε το delimiter.")
                    if len(header) == 1
                    else ""
                )
            )
        return header

    def __iter__(self) -> Iterator[Record]:
        width = len(self.header)
        for number, record in enumerate(self._parsed(width), start=1):
            yield Record(number, record.values, record.trouble)

    def _parsed(self, width: int | None = None) -> Iterator[Record]:
        reader = self._reader()
        lines = self._lines
        while True:
            lines.begin()
            try:
                values = next(reader)
            except StopIteration:
                return
            except (_TooLong, csv.Error):
                yield Record(0, [lines.give_back().rstrip("\r\n")], "quotes")
                reader = self._reader()
                continue
            except (OSError, EOFError, zlib.error):
                self._cut_short()
            if not values:
                continue
            several = len(lines.taken) > 1
            wrong_width = width is not None and len(values) != width
            if several and (lines.ended_inside or wrong_width):
                yield Record(0, [lines.give_back().rstrip("\r\n")], "quotes")
                reader = self._reader()
                continue
            trouble = "quotes" if lines.ended_inside else "columns" if wrong_width else _unfit(lines.taken)
            yield Record(0, values, trouble)

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._lines, delimiter=self._mapping.delimiter, quotechar=self._mapping.quote)

    def wrong_encoding(self) -> NoReturn:
        """Too much of the file is no text in this encoding for it to be the odd broken row."""
        self._stop(
            _(
                "δεν διαβάζεται ως %(encoding)s. Γράψτε στην αντιστοίχιση σε τι είναι γραμμένο, π.χ. encoding = "
                '"cp1253".',
                encoding=self._mapping.encoding or "UTF-8",
            )
        )

    def _cut_short(self) -> NoReturn:
        self._stop(_("κόβεται στη μέση (χαλασμένο gzip). Όσες γραμμές μπήκαν έχουν κρατηθεί· δώστε το ολόκληρο."))

    def _stop(self, sentence: str) -> NoReturn:
        raise Invalid({"file": [sentence]}, _("Το «%(file)s» ", file=self._name) + sentence)


def _is_utf8(start: bytes) -> bool:
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        # The piece may end in the middle of a letter.
        return error.start > len(start) - 4
    return True


def _unfit(lines: list[str]) -> str:
    for line in lines:
        if "\0" in line:
            return "nul"
        if not line.isascii() and any("\ud800" <= sign <= "\udfff" for sign in line):
            return "encoding"
    return ""


def digest(path: Path, mapping: Path, *, progress: Callable[[int], object] = lambda _count: None) -> str:
    """Says that it is the same file read in the same way: with a corrected mapping the refused rows get another try."""
    hashed = hashlib.sha256(hashlib.sha256(mapping.read_bytes()).digest())
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            hashed.update(piece)
            progress(len(piece))
    return hashed.hexdigest()
