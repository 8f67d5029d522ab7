"""``flask crew …``: the days on which crews do not go out, from a shell."""

from __future__ import annotations

from datetime import date, datetime

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.calendar import local_day
from app.crews.models import Absence, Crew
from app.crews.queries import crew_by_code
from app.errors import Invalid
from app.extensions import db, now, unit_of_work

crew = AppGroup("crew", help="The days on which crews do not go out.")
DAY = click.DateTime(["%Y-%m-%d"])


def _known(code: str) -> Crew:
    try:
        return crew_by_code(code)
    except Invalid:
        raise click.ClickException(_("Δεν υπάρχει ενεργό συνεργείο με τον κωδικό %(code)s.", code=code)) from None


@crew.command("away")
@click.argument("code")
@click.argument("first", type=DAY)
@click.argument("last", type=DAY, required=False)
@click.option("--why", default="", help="Leave, training, a truck in the workshop.")
def away(code: str, first: datetime, last: datetime | None, why: str) -> None:
    """The crew CODE does not go out from FIRST to LAST (2026-12-24), both included."""
    begins, ends = first.date(), (last or first).date()
    if ends < begins:
        raise click.ClickException(_("Η τελευταία ημέρα είναι πριν από την πρώτη."))
    with unit_of_work():
        db.session.add(Absence(crew_id=_known(code).id, first_day=begins, last_day=ends, why=why))
    _list(code)


@crew.command("back")
@click.argument("code")
@click.argument("day", type=DAY)
def back(code: str, day: datetime) -> None:
    """Forget the absences of the crew CODE that DAY belongs to."""
    with unit_of_work():
        theirs = Absence.crew_id == _known(code).id
        db.session.execute(
            delete(Absence).where(theirs, Absence.first_day <= day.date(), Absence.last_day >= day.date())
        )
    _list(code)


@crew.command("absences")
@click.argument("code")
def absences(code: str) -> None:
    """When the crew CODE does not go out, from today on."""
    _list(code)


def _list(code: str) -> None:
    today: date = local_day(now())
    theirs = select(Absence).where(Absence.crew_id == _known(code).id, Absence.last_day >= today)
    for absence in db.session.scalars(theirs.order_by(Absence.first_day)):
        click.echo(f"{absence.first_day} – {absence.last_day}  {absence.why}".rstrip())
