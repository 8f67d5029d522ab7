"""The letter box: SMTP where the town has a mail server, else files that can be opened and read."""

from __future__ import annotations

import os
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import EmailPolicy
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from app.notices.outside import asking, watched

PATIENCE_S = 20


class LetterPolicy(EmailPolicy):
    """Leaves addresses in headers whole: Python would break a long one up into encoded words nobody can follow."""

    WHOLE = frozenset({"message-id", "list-unsubscribe", "list-unsubscribe-post"})

    def fold(self, name: str, value: Any) -> str:
        return f"{name}: {value}{self.linesep}" if name.lower() in self.WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode() if name.lower() in self.WHOLE else super().fold_binary(name, value)


LETTER = LetterPolicy()


def send(letter: EmailMessage, *, smtp_url: str, folder: Path) -> None:
    """Send by ``smtp://user:password@host:port`` (STARTTLS when offered) or ``smtps://``; without one, keep as .eml.

    Raises OSError or smtplib.SMTPException when it did not go; the job then tries again.
    """
    if not smtp_url:
        _keep(letter, folder)
        return
    box = urlsplit(smtp_url)
    with asking(f"{box.hostname}:{box.port}", smtplib.SMTPRecipientsRefused), opened(smtp_url) as server:
        server.send_message(letter)


class _Smtp(smtplib.SMTP):
    """Under the deadline of its delivery; and once the letter is taken, no answer to a good-bye is waited for."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return watched(super()._get_socket(host, port, timeout))  # type: ignore[misc]

    def __exit__(self, *_how: object) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self.putcmd("quit")
        self.close()


class _SmtpOverTls(smtplib.SMTP_SSL, _Smtp):
    """smtps: TLS from the first byte; the socket below it is _Smtp's."""


@contextmanager
def opened(smtp_url: str, *, patience_s: float = PATIENCE_S) -> Iterator[smtplib.SMTP]:
    """The mail server, greeted and signed in to."""
    box = urlsplit(smtp_url)
    secure = box.scheme == "smtps"
    kind = _SmtpOverTls if secure else _Smtp
    with kind(box.hostname or "localhost", box.port or (465 if secure else 25), timeout=patience_s) as server:
        server.ehlo()
        if not secure and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if box.username:
            server.login(unquote(box.username), unquote(box.password or ""))
        yield server


def _keep(letter: EmailMessage, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f".{uuid4()}"
    with half.open("wb") as file:
        file.write(letter.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    half.rename(folder / f"{letter['Message-ID'].strip('<>').split('@')[0]}.eml")
