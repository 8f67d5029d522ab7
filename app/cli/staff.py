"""``flask staff …``: accounts of the staff and keys of programs, from a shell."""

from __future__ import annotations

from datetime import timedelta

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.factors import forget_all
from app.accounts.models import Role, User
from app.accounts.service import (
    TOKEN_LIVES_AT_MOST,
    deactivate,
    end_everywhere,
    hash_password,
    issue_token,
    password_weakness,
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
    _good_enough(password, email, name)
    if user_by_email(email):
        raise click.ClickException(_("Υπάρχει ήδη λογαριασμός με αυτό το e-mail."))
    with unit_of_work():
        user = User(email=email.strip(), name=name, role=Role(role), password_hash=hash_password(password))
        db.session.add(user)
        db.session.flush()
        if crew:
            db.session.add(Membership(user_id=user.id, crew_id=crew_by_code(crew).id))
    click.echo(_("Ο λογαριασμός %(email)s δημιουργήθηκε.", email=email))


def _good_enough(password: str, *about: str) -> None:
    if weakness := password_weakness(password, *about):
        raise click.ClickException(str(weakness))


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
    user = _known(email)
    _good_enough(password, user.email, user.name)
    with unit_of_work():
        set_password(user, password, at=now())
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


@staff.command("sign-out")
@click.argument("email", required=False)
@click.option("--everybody", is_flag=True, help="All accounts at once.")
def sign_out(email: str | None, everybody: bool) -> None:
    """End the sessions and tokens of an account, or of everybody."""
    if bool(email) == everybody:
        raise click.UsageError(_("Δώστε ένα e-mail ή --everybody."))
    with unit_of_work():
        for user in db.session.scalars(select(User)) if everybody else [_known(email or "")]:
            end_everywhere(user, at=now())
    click.echo(_("Έγινε: εκεί χρειάζεται νέα σύνδεση."))


@staff.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def other_role(email: str, role: str) -> None:
    """Give an account another role; its sessions and tokens end."""
    with unit_of_work():
        set_role(_known(email), Role(role), at=now())
    click.echo(_("Ο ρόλος άλλαξε· όπου ήταν συνδεδεμένος ο λογαριασμός, αποσυνδέθηκε."))
