"""Machines that are not ours may drip, hang or be gone; they keep nobody else waiting."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.notices import outside, post
from app.notices.outside import FAILURES, Breaker, Later
from tests.notices.conftest import Box, serving


@pytest.fixture
def breaker(monkeypatch: pytest.MonkeyPatch) -> Breaker:
    """A breaker of this test's own."""
    own = Breaker()
    monkeypatch.setattr(outside, "breaker", own)
    return own


@contextlib.contextmanager
def dripping(line: bytes, greeting: bytes = b"") -> Iterator[int]:
    """A server that says a piece of a line every tenth of a second, and never its end; gives its port."""
    server = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while not stopped.is_set():
                guest, _address = server.accept()
                threading.Thread(target=drip, args=(guest,), daemon=True).start()

    def drip(guest: socket.socket) -> None:
        with contextlib.suppress(OSError), guest:
            guest.sendall(greeting)
            while not stopped.wait(0.1):
                guest.sendall(line)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        stopped.set()
        server.close()


def letter() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Message-ID"] = "office@example.gr", "eleni@example.gr", "<one@example.gr>"
    made.set_content("Η αναφορά σας έγινε δεκτή.")
    return made


@pytest.mark.parametrize("greeting", [b"", b"220 here\r\n"], ids=["from the first word", "after its greeting"])
def test_a_mail_server_that_drips_is_left_at_the_deadline(
    breaker: Breaker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, greeting: bytes
) -> None:
    monkeypatch.setattr(outside, "DEADLINE_S", 0.5)
    with dripping(b"250-still here\r\n" if greeting else b"2", greeting) as port:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            post.send(letter(), smtp_url=f"smtp://127.0.0.1:{port}", folder=tmp_path)
        assert time.monotonic() - began < post.PATIENCE_S / 2


def test_a_host_that_fails_again_and_again_rests_and_the_others_do_not(breaker: Breaker, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        gone = f"smtp://127.0.0.1:{nobody.getsockname()[1]}"
    for _try in range(FAILURES):
        with pytest.raises(ConnectionError):
            post.send(letter(), smtp_url=gone, folder=tmp_path)
    with pytest.raises(Later) as later:
        post.send(letter(), smtp_url=gone, folder=tmp_path)
    assert 0 < later.value.wait_s <= outside.FIRST_REST_S + 5
    with serving(Box()) as box:
        post.send(letter(), smtp_url=box.url, folder=tmp_path)
        assert len(box.letters) == 1


def test_after_its_rest_one_try_goes_first_and_an_answer_ends_the_rest(
    breaker: Breaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _try in range(FAILURES):
        breaker.note("mail", answered=False)
    monkeypatch.setattr(time, "monotonic", lambda asked=time.monotonic: asked() + outside.LONGEST_REST_S)
    breaker.require("mail")
    with pytest.raises(Later):
        breaker.require("mail")
    breaker.note("mail", answered=True)
    breaker.require("mail")


def test_a_recipient_that_is_refused_says_nothing_against_the_server(breaker: Breaker, tmp_path: Path) -> None:
    with serving(Box()) as box:
        box.refuses = "550 no such person"
        for _try in range(FAILURES + 1):
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                post.send(letter(), smtp_url=box.url, folder=tmp_path)


def test_a_letter_that_was_taken_is_sent_though_the_good_bye_is_never_answered(
    breaker: Breaker, tmp_path: Path
) -> None:
    """To wait for it would make a sent letter a failed one, which then comes twice."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard: list[bytes] = []

        def serve() -> None:
            guest, _address = server.accept()
            with guest, guest.makefile("rb") as lines:
                guest.sendall(b"220 here\r\n")
                answers = {
                    b"EHLO": b"250 here\r\n",
                    b"MAIL": b"250 ok\r\n",
                    b"RCPT": b"250 ok\r\n",
                    b"DATA": b"354 go\r\n",
                }
                for line in lines:
                    heard.append(line)
                    if line == b".\r\n":
                        guest.sendall(b"250 taken\r\n")
                    elif answer := answers.get(line[:4].upper()):
                        guest.sendall(answer)
                time.sleep(0.1)

        threading.Thread(target=serve, daemon=True).start()
        post.send(letter(), smtp_url=f"smtp://127.0.0.1:{server.getsockname()[1]}", folder=tmp_path)
        assert b".\r\n" in heard
