"""Rows that were not taken, with the reason: a CSV beside the import, true to what the database has committed.

Each batch is written and synced before it is committed, so a kill between the two leaves rows of a batch that does
not count; going on drops them again, by their row number.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from flask_babel import gettext as _

from app.errors import Invalid
from app.importing.rows import Bad

ADDED = ("_row", "_reason", "_why")
PIECE = 1 << 16


class SideFile:
    """``path`` ending in .gz is compressed: one gzip member a batch, so that it can be read whatever happens."""

    def __init__(self, path: Path, header: Sequence[str], *, delimiter: str, kept_to_row: int) -> None:
        self.path = path
        self._header = [*ADDED, *header]
        self._delimiter = delimiter
        self._zipped = path.suffix == ".gz"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._keep_to(kept_to_row)
        except OSError as error:
            raise Invalid(
                {}, _("Το «%(path)s» δεν γράφεται: %(reason)s", path=path, reason=error.strerror or error)
            ) from error

    def write(self, bad: Iterable[Bad]) -> None:
        """Append, and return when it is on the disk."""
        self._append(self.path, [[str(b.number), b.reason, b.why, *b.values] for b in bad])

    def _keep_to(self, last: int) -> None:
        """Only what belongs to committed batches stays; the old file is there until the new one is whole."""
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.unlink(missing_ok=True)
        rows = self._rows_to(last) if last else iter(())
        while some := list(islice(rows, 1000)):
            self._append(fresh, some)
        if fresh.exists():
            fresh.replace(self.path)
        else:
            self.path.unlink(missing_ok=True)

    def _append(self, path: Path, rows: Sequence[Sequence[str]]) -> None:
        if not rows:
            return
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self._delimiter)
        if not path.exists():
            writer.writerow(self._header)
        writer.writerows(rows)
        # Bytes that were no text are shown as \udcXX; the file itself is always UTF-8.
        piece = text.getvalue().encode("utf-8", "backslashreplace")
        with path.open("ab") as stream:
            stream.write(gzip.compress(piece) if self._zipped else piece)
            stream.flush()
            os.fsync(stream.fileno())

    def _rows_to(self, last: int) -> Iterator[list[str]]:
        if not self.path.exists():
            return
        for row in csv.reader(self._lines(), delimiter=self._delimiter):
            if row and row[0].isdigit() and int(row[0]) <= last:
                yield row

    def _lines(self) -> Iterator[str]:
        """Whole lines only: half a line at the end belongs to a batch that was never committed."""
        rest = b""
        for piece in self._pieces():
            *lines, rest = (rest + piece).split(b"\n")
            yield from (line.decode("utf-8", "replace") + "\n" for line in lines)

    def _pieces(self) -> Iterator[bytes]:
        """The content as far as it can be read; a member that was cut short ends it without taking more along."""
        with self.path.open("rb") as raw:
            inflate = zlib.decompressobj(wbits=31)
            while piece := raw.read(PIECE):
                while piece and self._zipped:
                    try:
                        yield inflate.decompress(piece)
                    except zlib.error:
                        return
                    piece = inflate.unused_data
                    if inflate.eof:
                        inflate = zlib.decompressobj(wbits=31)
                if piece:
                    yield piece
