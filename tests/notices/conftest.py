"""A real mail server, a real push service, and the worker's hands."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.notices.housekeeping import forget, morning
from app.notices.service import deliver, deliver_push, magic_link, tell

DOES: dict[str, Callable[..., None]] = {
    "history.written": tell,
    "notices.deliver": deliver,
    "notices.push": deliver_push,
    "notices.magic_link": magic_link,
    "notices.morning": morning,
    "notices.forget": forget,
}


class Box:
    """A mail server's delivery: keeps what it was given; ``refuses`` is what it answers to a recipient instead."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.url = ""
        self.refuses = ""

    async def handle_RCPT(self, _s: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.raw.append(envelope.content)
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if letter["To"] == address]


def words(letter: EmailMessage, kind: str = "plain") -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@contextmanager
def serving(box: Box) -> Iterator[Box]:
    """A mail server on a free port that fills this box."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    box.url = f"smtp://127.0.0.1:{port}"
    try:
        yield box
    finally:
        server.stop()


@pytest.fixture
def box(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    with serving(Box()) as kept:
        monkeypatch.setitem(app.config, "SMTP_URL", kept.url)
        yield kept


@pytest.fixture
def work(session: Session) -> Callable[[], list[str]]:
    """Do what is queued, and what that queues, like the worker; says what went wrong on the way."""
    done: set[int] = set()

    def waiting() -> list[Any]:
        session.commit()
        rows = session.execute(
            text(
                "SELECT id, task_name, args - 'request' AS args FROM procrastinate_jobs"
                " WHERE task_name LIKE 'notices.%' OR task_name = 'history.written' ORDER BY id"
            )
        )
        return [row for row in rows if row.id not in done]

    def run() -> list[str]:
        troubles = []
        while rows := waiting():
            for row in rows:
                done.add(row.id)
                try:
                    DOES[row.task_name](**row.args)
                except Exception as trouble:
                    troubles.append(str(trouble))
        return troubles

    return run
