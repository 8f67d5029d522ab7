"""How people are told: the mail server, the key of push messages, and what could not be delivered."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from app.cli.checkup.finding import Check, Finding, look, well, wrong
from app.notices import post, push, service

PATIENCE_S = 5


def mail() -> Iterator[Finding]:
    config = current_app.config
    if not config["SMTP_URL"]:
        yield well(_("Οι επιστολές κρατιούνται ως αρχεία στο DATA_DIR/mail (SMTP_URL κενό)."))
        return
    try:
        with post.opened(config["SMTP_URL"], patience_s=PATIENCE_S):
            pass
    except (OSError, smtplib.SMTPException, ValueError) as reason:
        yield wrong(_("Ο διακομιστής αλληλογραφίας δεν απαντά (%(reason)s). Ελέγξτε το SMTP_URL.", reason=reason))
    else:
        yield well(_("Ο διακομιστής αλληλογραφίας απαντά."))
    if not config["PUBLIC_URL"].startswith("https://"):
        yield look(_("Το PUBLIC_URL δεν είναι https: η διαγραφή με ένα πάτημα μέσα από το ταχυδρομείο δεν δουλεύει."))


def push_key() -> Iterator[Finding]:
    try:
        push.public_key()
    except Exception as reason:  # a key may be wrong in as many ways as there are formats
        yield wrong(
            _("Το κλειδί των ειδοποιήσεων δεν διαβάζεται (%(reason)s). Ελέγξτε το VAPID_PRIVATE_KEY.", reason=reason)
        )
    else:
        yield well(_("Το κλειδί των ειδοποιήσεων (VAPID) είναι έτοιμο."))


def failed_notices() -> Iterator[Finding]:
    count = service.how_many_failed()
    if not count:
        yield well(_("Όλες οι ειδοποιήσεις έφτασαν ή περιμένουν τη σειρά τους."))
        return
    yield look(
        ngettext(
            "%(num)s ειδοποίηση δεν παραδόθηκε. Το γραφείο βλέπει γιατί και μπορεί να τη στείλει ξανά.",
            "%(num)s ειδοποιήσεις δεν παραδόθηκαν. Το γραφείο βλέπει γιατί και μπορεί να τις στείλει ξανά.",
            count,
        )
    )


CHECKS: tuple[Check, ...] = (mail, push_key)
CHECKS_OF_TABLES: tuple[Check, ...] = (failed_notices,)
