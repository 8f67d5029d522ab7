"""The letter box: SMTP where the town has a mail server, else files that can be opened and read."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

PATIENCE_S = 20


def send(letter: EmailMessage, *, smtp_url: str, folder: Path) -> None:
    """Send by ``smtp://user:password@host:port`` (STARTTLS when offered) or ``smtps://``; without one, keep as .eml.

    Raises OSError or smtplib.SMTPException when it did not go; the job then tries again.
    """
    if not smtp_url:
        _keep(letter, folder)
        return
    box = urlsplit(smtp_url)
    secure = box.scheme == "smtps"
    kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with kind(box.hostname or "localhost", box.port or (465 if secure else 25), timeout=PATIENCE_S) as server:
        server.ehlo()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if box.username:
            server.login(unquote(box.username), unquote(box.password or ""))
        server.send_message(letter)


def _keep(letter: EmailMessage, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f".{uuid4()}"
    with half.open("wb") as file:
        file.write(letter.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    half.rename(folder / f"{letter['Message-ID'].strip('<>').split('@')[0]}.eml")
