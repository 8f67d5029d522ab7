"""``flask doctor``: is this installation well, and if not, what is to be done?"""

from __future__ import annotations

from collections.abc import Iterator

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import ngettext

from app.cli.checkup import database, machine, telling, town
from app.cli.checkup.finding import Check, Finding, Mark, wrong
from app.cli.terminal import for_operators
from app.extensions import db

COLOURS = {Mark.WELL: "green", Mark.LOOK: "yellow", Mark.WRONG: "red"}


@click.command()
@with_appcontext
@for_operators
def doctor() -> None:
    """Check this installation; exit code 1 when something is wrong."""
    marks = []
    for finding in examine():
        marks.append(finding.mark)
        click.echo(f"{click.style(finding.mark.value, fg=COLOURS[finding.mark])} {finding.words}")
    bad = marks.count(Mark.WRONG)
    if bad:
        click.echo(ngettext("%(num)s πράγμα χρειάζεται διόρθωση.", "%(num)s πράγματα χρειάζονται διόρθωση.", bad))
        raise click.exceptions.Exit(1)
    click.echo(_("Η εγκατάσταση είναι καλά."))


def examine() -> Iterator[Finding]:
    """All findings, one check after the other; without a database, or without its tables, what can be told."""
    reached = list(made(database.answers))
    yield from reached
    for check in (*machine.CHECKS, *telling.CHECKS):
        yield from made(check)
    if any(finding.mark is Mark.WRONG for finding in reached):
        return
    for check in database.CHECKS:
        yield from made(check)
    shaped = list(made(database.migrations))
    yield from shaped
    # Without its tables every further check would fail for the same reason.
    if all(finding.mark is Mark.WELL for finding in shaped):
        for check in (*database.CHECKS_OF_TABLES, *telling.CHECKS_OF_TABLES, *town.CHECKS):
            yield from made(check)


def made(check: Check) -> Iterator[Finding]:
    """A check's findings; one that fails is itself a finding, never a traceback."""
    try:
        yield from check()
    except Exception as error:
        try:
            db.session.rollback()
        except Exception:
            db.session.remove()
        reason = (str(error).strip().splitlines() or [""])[0]
        yield wrong(
            _(
                "Ο έλεγχος «%(name)s» δεν έγινε: %(kind)s %(reason)s",
                name=check.__name__,
                kind=type(error).__name__,
                reason=reason[:200],
            )
        )
