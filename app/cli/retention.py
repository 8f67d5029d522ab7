"""``flask retention …``: how long what is only needed for a while is kept."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.categories.models import Category
from app.cli.terminal import Refusal, for_operators, table
from app.extensions import db, unit_of_work
from app.retention import PERIODS, Kept, decide, periods

retention = AppGroup("retention", help="How long what is only needed for a while is kept.")

LABELS = {
    Kept.ACTIONS: _l("ταυτότητες ενεργειών, ώστε μια επανάληψη να μη γίνει δύο φορές"),
    Kept.UNSENT: _l("πρόχειρα και φωτογραφίες που δεν στάλθηκαν"),
    Kept.SENT_DRAFTS: _l("η διεύθυνση ενός πρόχειρου που έγινε αναφορά"),
    Kept.SENDERS: _l("το αποτύπωμα της διεύθυνσης δικτύου μιας αναφοράς"),
    Kept.UNCONFIRMED: _l("διευθύνσεις που δεν επιβεβαίωσαν ότι παρακολουθούν"),
    Kept.ENDED: _l("παρακολουθήσεις που σταμάτησαν"),
    Kept.NOTICES: _l("ειδοποιήσεις που στάλθηκαν: σε ποιον, για τι και πότε"),
}


@retention.command("list")
@for_operators
def show() -> None:
    """What is kept for how many days, and reporters' contacts by category."""
    _list()


@retention.command("set")
@click.argument("kind", type=click.Choice([kind.value for kind in Kept]))
@click.argument("days", type=int)
@for_operators
def set_days(kind: str, days: int) -> None:
    """Keep KIND for DAYS days; what is older is forgotten next night."""
    period = PERIODS[Kept(kind)]
    try:
        with unit_of_work():
            decide(Kept(kind), days)
    except ValueError:
        raise Refusal(
            _(
                "Δώστε από %(least)s έως %(most)s ημέρες για το «%(kind)s».",
                least=period.least,
                most=period.most,
                kind=kind,
            )
        ) from None
    _list()


@retention.command("contacts")
@click.argument("category")
@click.argument("months", type=click.IntRange(1, 120))
@for_operators
def set_months(category: str, months: int) -> None:
    """Forget reporters' contacts MONTHS months after a report of the category CODE has ended."""
    with unit_of_work():
        kind = db.session.scalars(select(Category).where(Category.code == category)).one_or_none()
        if kind is None:
            raise Refusal(_("Δεν υπάρχει κατηγορία με κωδικό «%(code)s».", code=category))
        kind.contact_months = months
    _list()


def _list() -> None:
    rows = [(kind.value, _("%(days)s ημ.", days=days), str(LABELS[kind])) for kind, days in periods().items()]
    contacts = _("στοιχεία επικοινωνίας, αφού τελειώσει η αναφορά")
    question = select(Category.code, Category.contact_months).where(Category.active).order_by(Category.code)
    rows += [
        (code, _("%(months)s μήν.", months=months), contacts) for code, months in db.session.execute(question).all()
    ]
    table(rows, right=frozenset({1}))
