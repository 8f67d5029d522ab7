"""``flask recount``: the kept counts of reports, counted anew."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _

from app.cli.terminal import for_operators
from app.extensions import unit_of_work
from app.search import tally_queries


@click.command("recount")
@with_appcontext
@for_operators
def recount() -> None:
    """Count reports anew by state and by patch of the map; needed only when flask doctor says so."""
    with unit_of_work():
        tally_queries.recount()
    click.echo(_("Οι μετρητές των αναφορών συμφωνούν."))
