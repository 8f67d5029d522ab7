"""``flask import``: what other systems know, taken in."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import dropwhile, islice
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import format_decimal
from flask_babel import gettext as _

from app.categories import pace
from app.cli.rehearsal import work_kept
from app.cli.terminal import Refusal, for_operators, table
from app.extensions import now, unit_of_work
from app.geo.queries import bounds_of_the_municipality
from app.importing import mapping as mappings
from app.importing import runs
from app.importing.categories import Categories
from app.importing.mapping import Mapping
from app.importing.records import Record, Records, digest
from app.importing.rows import Bad, Reader
from app.importing.runs import Figures, Incoming
from app.importing.side_file import SideFile

group = AppGroup("import", help="Take in what other systems know.")


@dataclass
class Course:
    """One run of the import: what it works with, and what has become of the rows."""

    mapping: Mapping
    source: Records
    digest: str
    side: SideFile | None
    bounds: tuple[float, float, float, float]
    before: Figures
    #: Until a batch commits, nothing of it is there; in a rehearsal the whole run is one transaction of the caller's.
    batch: type[AbstractContextManager[Any]] | Any
    now_done: Figures = field(default_factory=Figures)
    reasons: Counter[str] = field(default_factory=Counter)
    swapped: int = 0
    seconds: float = 0.0


@group.command("reports")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--mapping", "mapping_path", type=click.Path(path_type=Path), required=True, help="What the columns mean."
)
@click.option("--origin", help="Name of the source; otherwise the mapping's.")
@click.option("--dry-run", is_flag=True, help="Do everything, keep nothing.")
@click.option("--batch", type=click.IntRange(1, 50_000), default=2000, show_default=True, help="Rows of a transaction.")
@click.option(
    "--bad-rows", type=click.Path(path_type=Path), help="Where rows that are not taken go; .gz is compressed."
)
@click.option("--limit", type=click.IntRange(min=1), help="Stop after so many rows.")
@click.option("--again", is_flag=True, help="Read the file from its start though it was read before.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
@for_operators
def import_reports(
    path: Path,
    mapping_path: Path,
    origin: str | None,
    dry_run: bool,
    batch: int,
    bad_rows: Path | None,
    limit: int | None,
    again: bool,
    quiet: bool,
) -> None:
    """Import service requests from a CSV file (also .gz); docs/importing.md describes the mapping.

    Runs again, or after a kill, without doubling anything: it goes on after the last batch that was kept.
    """
    mapping = mappings.load(mapping_path, origin=origin)
    source = Records(path, mapping)
    try:
        mark = digest(path, mapping_path)
        with work_kept(unless=True) if dry_run else nullcontext():
            keep = nullcontext if dry_run else unit_of_work
            with keep():
                course = _begin(mapping, source, mark, bad_rows, dry_run=dry_run, again=again, keep=keep)
            _run(course, size=batch, limit=limit, quiet=quiet)
            with keep():
                pace.measure(now())
    except KeyboardInterrupt:
        raise Refusal(_("Διακόπηκε. Ό,τι είχε ολοκληρωθεί κρατήθηκε· η ίδια εντολή συνεχίζει από εκεί.")) from None
    finally:
        source.close()
    _tell(course, dry_run=dry_run, limit=limit)


def _begin(
    mapping: Mapping, source: Records, mark: str, bad_rows: Path | None, *, dry_run: bool, again: bool, keep: Any
) -> Course:
    bounds = bounds_of_the_municipality()
    if bounds is None:
        raise Refusal(_("Δεν υπάρχει ακόμη το όριο του Δήμου. Φορτώστε το με flask geo import … --kind municipality."))
    before = runs.open_run(mapping.origin, mark, at=now(), afresh=again)
    side = None
    if not dry_run or bad_rows:
        place = bad_rows or Path(current_app.config["DATA_DIR"]) / "import" / f"{mapping.origin}-bad.csv.gz"
        side = SideFile(place, source.header, delimiter=mapping.delimiter, kept_to_row=before.rows_read)
    return Course(mapping, source, mark, side, bounds, before, keep)


def _run(course: Course, *, size: int, limit: int | None, quiet: bool) -> None:
    mapping, done = course.mapping, course.before.rows_read
    categories = Categories(
        mapping.categories,
        mapping.unknown_category,
        active=mapping.created_active,
        target_days=mapping.created_target_days,
    )
    reader = Reader(mapping, course.source.header, categories, now())
    waiting: Iterator[Record] = dropwhile(lambda record: record.number <= done, course.source)
    started = time.monotonic()
    with click.progressbar(
        length=course.source.size,
        label=_("Εισαγωγή"),
        file=sys.stderr,
        hidden=quiet or not sys.stderr.isatty(),
    ) as bar:
        while records := list(islice(waiting, size if limit is None else min(size, limit - course.now_done.rows_read))):
            if sum(record.trouble == "encoding" for record in records) > len(records) // 2:
                course.source.wrong_encoding()
            with course.batch():
                _take_in(course, reader, records)
            bar.update(course.source.position() - bar.pos)
    course.seconds = time.monotonic() - started


def _take_in(course: Course, reader: Reader, records: list[Record]) -> None:
    good, bad = reader.read(records)
    figures, outside = runs.import_batch(
        course.mapping.origin,
        course.digest,
        good,
        refused=len(bad),
        after_row=course.before.rows_read + course.now_done.rows_read,
        at=now(),
    )
    values = {record.number: record.values for record in records}
    strangers = [row for row in good if row.no in outside]
    for row in strangers:
        course.swapped += _would_be_inside_swapped(course, row)
        bad.append(Bad(row.no, "outside", _("Το σημείο είναι εκτός του Δήμου."), values[row.no]))
    bad.sort(key=lambda bad_row: bad_row.number)
    if course.side:
        course.side.write(bad)
    course.now_done.add(figures)
    course.reasons.update(bad_row.reason for bad_row in bad)


def _would_be_inside_swapped(course: Course, row: Incoming) -> bool:
    west, south, east, north = course.bounds
    shift_lon, shift_lat = course.mapping.shift
    lon, lat = row.lat - shift_lat + shift_lon, row.lon - shift_lon + shift_lat
    return course.mapping.transformer is None and west <= lon <= east and south <= lat <= north


def _tell(course: Course, *, dry_run: bool, limit: int | None) -> None:
    before, now_done = course.before, course.now_done
    if before.rows_read:
        click.echo(_("%(count)s γραμμές είχαν ήδη διαβαστεί σε προηγούμενη εκτέλεση.", count=_figure(before.rows_read)))
    if before.rows_read and not now_done.rows_read:
        click.echo(_("Το αρχείο έχει εισαχθεί ολόκληρο· δεν άλλαξε τίποτα."))
    total = Figures(**vars(before))
    total.add(now_done)
    rows = [
        (_("Διαβάστηκαν"), total.rows_read, now_done.rows_read),
        (_("Εισήχθησαν"), total.imported, now_done.imported),
        (_("Υπήρχαν ήδη"), total.known_already, now_done.known_already),
        (_("Εκτός του Δήμου"), total.outside, now_done.outside),
        (_("Απορρίφθηκαν"), total.refused, now_done.refused),
    ]
    # Two columns only when there is something to tell apart.
    head = [("", _("συνολικά"), _("τώρα"))] if before.rows_read else []
    cut = 3 if before.rows_read else 2
    table([*head, *([name, *map(_figure, figures)][:cut] for name, *figures in rows)], right=frozenset({1, 2}))
    if course.reasons:
        listed = ", ".join(f"{reason} {_figure(count)}" for reason, count in course.reasons.most_common())
        click.echo(_("Λόγοι: %(reasons)s.", reasons=listed))
    if now_done.rows_read:
        click.echo(
            _(
                "%(seconds)s s, %(rate)s γραμμές/s.",
                seconds=format_decimal(course.seconds, "0.0"),
                rate=_figure(round(now_done.rows_read / max(course.seconds, 0.001))),
            )
        )
    if course.swapped and course.swapped * 2 > now_done.outside:
        click.echo(
            _(
                "! %(count)s γραμμές θα ήταν μέσα στον Δήμο με το μήκος και το πλάτος ανάποδα: ελέγξτε τα lon και lat.",
                count=_figure(course.swapped),
            )
        )
    if course.side and course.reasons:
        click.echo(_("Όσες δεν μπήκαν, με τον λόγο: %(path)s", path=course.side.path))
    if dry_run:
        click.echo(_("Δοκιμή: τίποτα δεν αποθηκεύτηκε."))
    elif limit is not None and now_done.rows_read >= limit:
        click.echo(_("Σταμάτησε στο όριο· η ίδια εντολή χωρίς --limit συνεχίζει από εκεί."))


def _figure(number: int) -> str:
    return str(format_decimal(number))
