"""Citizens have no account: a browser shows once, by a link sent there, that its holder reads an e-mail address."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import CitizenDevice, MagicLink
from app.accounts.service import digest
from app.extensions import db, defer

LINK_GOOD_FOR = timedelta(minutes=30)
#: Whoever types another one's address shall not fill that one's letter box.
MOST_LINKS_AN_HOUR = 3


def request_link(*, email: str, language: str, at: datetime) -> None:
    """Send a link to this address, whether it is known or not; silently none when it has had enough of them."""
    address = email.lower()
    lately = select(func.count()).where(
        func.lower(MagicLink.email) == address, MagicLink.made_at > at - timedelta(hours=1)
    )
    if (db.session.scalar(lately) or 0) >= MOST_LINKS_AN_HOUR:
        return
    seed = secrets.token_urlsafe(24)
    db.session.add(MagicLink(digest=digest(token_of(seed)), email=address, language=language, made_at=at))
    defer("notices.magic_link", email=address, seed=seed, language=language)


def token_of(seed: str) -> str:
    """The link's token. The seed waits in the queue, and with it alone, without our key, nobody gets in."""
    key = current_app.config["SECRET_KEY"].encode()
    return base64.urlsafe_b64encode(hmac.digest(key, b"magic link " + seed.encode(), "sha256")).decode().rstrip("=")


def link_in_force(token: str, *, at: datetime) -> MagicLink | None:
    """The link unless it is unknown, used or too old; held until the unit of work ends."""
    link = db.session.scalars(
        select(MagicLink)
        .where(MagicLink.digest == digest(token))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    return link if link and link.used_at is None and link.made_at > at - LINK_GOOD_FOR else None


def use_link(token: str, *, device: str, at: datetime) -> str | None:
    """This browser reads the address the link was sent to. Returns that address, or None for a spent link.

    A second tap in the same browser is as good as the first.
    """
    link = link_in_force(token, at=at)
    if link is None:
        spent = db.session.get(MagicLink, digest(token))
        return spent.email if spent and spent.email in verified_emails(device) else None
    link.used_at = at
    shown = insert(CitizenDevice).values(device=device, email=link.email, verified_at=at)
    db.session.execute(
        shown.on_conflict_do_update(index_elements=["device", "email"], set_={"verified_at": at}),
    )
    return link.email


def verified_emails(device: str | None) -> list[str]:
    """The addresses this browser has shown to read, in small letters."""
    if device is None:
        return []
    rows = db.session.scalars(select(CitizenDevice.email).where(CitizenDevice.device == device))
    return sorted(email.lower() for email in rows)


def forget(device: str) -> None:
    """This browser reads nobody's letters any more."""
    db.session.execute(delete(CitizenDevice).where(CitizenDevice.device == device))
