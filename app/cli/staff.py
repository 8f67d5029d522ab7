"""``flask staff …``: accounts of the staff and keys of programs, from a shell."""

from __future__ import annotations

from datetime import timedelta

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from app.accounts.factors import forget_all
from app.accounts.models import Role, User
from app.accounts.service import (
    SHORTEST_PASSWORD,
    TOKEN_LIVES_AT_MOST,
    deactivate,
    hash_password,
    issue_token,
    set_password,
    set_role,
    user_by_email,
)
from app.crews.models import Membership
from app.crews.queries import crew_by_code
from app.extensions import db, now, unit_of_work
from app.reports.models import Source

staff = AppGroup("staff", help="Accounts of the staff and keys of programs.")


@staff.command("add")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--crew", help="Code of the crew, for role crew.")
@click.password_option()
def add(role: str, email: str, name: str, crew: str | None, password: str) -> None:
    """Add a member of the staff."""
    _long_enough(password)
    if user_by_email(email):
        raise click.ClickException(_("Υπάρχει ήδη λογαριασμός με αυτό το e-mail."))
    with unit_of_work():
        user = User(email=email.strip(), name=name, role=Role(role), password_hash=hash_password(password))
        db.session.add(user)
        db.session.flush()
        if crew:
            db.session.add(Membership(user_id=user.id, crew_id=crew_by_code(crew).id))
    click.echo(_("Ο λογαριασμός %(email)s δημιουργήθηκε.", email=email))


def _long_enough(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise click.ClickException(_("Ο κωδικός χρειάζεται τουλάχιστον %(least)s χαρακτήρες.", least=SHORTEST_PASSWORD))


def _known(email: str) -> User:
    user = user_by_email(email)
    if user is None:
        raise click.ClickException(_("Δεν υπάρχει λογαριασμός με αυτό το e-mail."))
    return user


@staff.command("password")
@click.argument("email")
@click.password_option()
def password(email: str, password: str) -> None:
    """Set a new password; sessions and tokens of the account end."""
    _long_enough(password)
    with unit_of_work():
        set_password(_known(email), password, at=now())
    click.echo(_("Ο κωδικός άλλαξε· όπου ήταν συνδεδεμένος ο λογαριασμός, αποσυνδέθηκε."))


@staff.command("second-step")
@click.argument("email")
def forget_second_step(email: str) -> None:
    """Remove the second step of somebody who lost phone and paper; sessions and tokens end."""
    with unit_of_work():
        forget_all(_known(email), at=now())
    click.echo(_("Το δεύτερο βήμα του λογαριασμού σβήστηκε· όπου ήταν συνδεδεμένος, αποσυνδέθηκε."))


@staff.command("deactivate")
@click.argument("email")
def leave(email: str) -> None:
    """Close an account; what it did stays in the history."""
    with unit_of_work():
        deactivate(_known(email), at=now())
    click.echo(_("Ο λογαριασμός %(email)s έκλεισε.", email=email))


@staff.command("key")
@click.argument("label")
@click.option("--source", type=click.Choice([Source.OPEN311.value, Source.DEVICE.value]), required=True)
@click.option("--days", type=click.IntRange(1, TOKEN_LIVES_AT_MOST.days), default=365, show_default=True)
def key(label: str, source: str, days: int) -> None:
    """Issue a key with which a partner system or a device may report; it is shown this once."""
    with unit_of_work():
        click.echo(issue_token(label, at=now(), source=source, scopes=(), lives=timedelta(days=days)))


@staff.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def other_role(email: str, role: str) -> None:
    """Give an account another role; its sessions and tokens end."""
    with unit_of_work():
        set_role(_known(email), Role(role), at=now())
    click.echo(_("Ο ρόλος άλλαξε· όπου ήταν συνδεδεμένος ο λογαριασμός, αποσυνδέθηκε."))
