"""Slow, silent and greedy connections cost their owners time, and nobody else."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from own_server import ROOT, free_port

APP = """
import os, time

def app(environ, start_response):
    path = environ["PATH_INFO"]
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if path == "/slow":
        time.sleep(1)
    told = b"x" * 30_000_000 if path == "/large" else b"%s %d" % (environ["REQUEST_METHOD"].encode(), len(body))
    start_response("200 OK", [("Content-Length", str(len(told)))])
    return [told]
"""
#: The rules of the shipped front, with less patience.
RULES = """
import app.front as front
front.HEADERS_S, front.SILENCE_S, front.PATIENCE_S, front.SLOWEST = 1, 3, 1, 1000
front.MOST_HELD = 3_000_000
worker_class = "app.front.FrontWorker"
workers, threads, graceful_timeout, control_socket_disable = 1, 2, 10, True
"""


class Front:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        (folder / "wapp.py").write_text(APP)
        (folder / "rules.py").write_text(RULES)
        command = ["gunicorn", "--config", str(folder / "rules.py"), "--pythonpath", str(folder)]
        command += ["--bind", f"127.0.0.1:{self.port}", "wapp:app"]
        self.process = subprocess.Popen(
            [Path(sys.executable).parent / command[0], *command[1:]],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError):
                self.get("/")
                return
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def connect(self, first_words: bytes = b"") -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        opened.sendall(first_words)
        return opened

    def get(self, path: str, method: str = "GET", body: bytes | None = None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, path, body)
            return connection.getresponse().read()


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    running = Front(tmp_path_factory.mktemp("front"))
    yield running
    running.process.terminate()
    running.process.wait(15)


def post(length: int) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: town\r\nContent-Length: %d\r\n\r\n" % length


def told(opened: socket.socket, ending: bytes) -> bool:
    """Whether the answer ends so, in however many pieces it comes."""
    answer = b""
    while not answer.endswith(ending) and (more := opened.recv(4096)):
        answer += more
    return answer.endswith(ending)


def goes_on_dripping(opened: socket.socket, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    try:
        while time.monotonic() < deadline:
            opened.sendall(b"a")
            time.sleep(0.1)
    except OSError:
        return False
    return True


@pytest.mark.parametrize("first_words", [b"GET / HTTP/1.1\r\nX-Slow: ", post(5000)], ids=["headers", "body"])
def test_who_drips_byte_by_byte_is_let_go(front: Front, first_words: bytes) -> None:
    with front.connect(first_words) as opened:
        assert not goes_on_dripping(opened, 8)


def test_who_says_nothing_is_let_go(front: Front) -> None:
    with front.connect() as opened:
        assert opened.recv(1) == b""


def test_a_phone_that_is_only_slow_gets_its_photo_through(front: Front) -> None:
    with front.connect(post(60_000)) as opened:
        for _ in range(20):  # two seconds, twice the patience
            opened.sendall(b"p" * 3000)
            time.sleep(0.1)
        assert told(opened, b"POST 60000")


def test_of_what_is_unfinished_the_largest_goes_when_there_is_too_much(front: Front) -> None:
    with front.connect(post(9_000_000)) as greedy, front.connect(post(600_000)) as modest:
        modest.sendall(b"m" * 300_000)
        with contextlib.suppress(OSError):
            for _ in range(40):
                greedy.sendall(b"g" * 200_000)
                time.sleep(0.05)
            pytest.fail("the greedy one was never stopped")
        modest.sendall(b"m" * 300_000)
        assert told(modest, b"POST 600000")


def test_who_reads_slowly_holds_no_thread(front: Front) -> None:
    with contextlib.ExitStack() as all_of_them:
        for _ in range(6):
            opened = all_of_them.enter_context(front.connect(b"GET /large HTTP/1.1\r\nHost: town\r\n\r\n"))
            opened.recv(10)
        assert front.get("/") == b"GET 0"


def test_a_body_in_chunks_and_one_after_a_hundred_continue_arrive_whole(front: Front) -> None:
    with front.connect(b"POST / HTTP/1.1\r\nHost: town\r\nTransfer-Encoding: chunked\r\n\r\n") as opened:
        opened.sendall(b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
        assert told(opened, b"POST 11")
    with front.connect(post(5).replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")) as opened:
        assert opened.recv(4096).startswith(b"HTTP/1.1 100 Continue")
        opened.sendall(b"hello")
        assert told(opened, b"POST 5")


def test_what_is_no_http_is_refused_and_what_smuggles_is_not_guessed_at(front: Front) -> None:
    for words in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: town\r\nContent-Length: -5\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: town\r\nX-Long: " + b"a" * 70_000 + b"\r\n\r\n",
    ):
        with front.connect(words) as opened:
            assert opened.recv(4096).startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))


def test_a_stop_lets_the_answer_under_way_be_finished(tmp_path: Path) -> None:
    front = Front(tmp_path)
    answers: list[bytes] = []
    asking = threading.Thread(target=lambda: answers.append(front.get("/slow")))
    asking.start()
    time.sleep(0.4)
    with front.connect():  # a silent one does not keep the stop waiting
        front.process.send_signal(signal.SIGTERM)
        assert front.process.wait(8) == 0
    asking.join()
    assert answers == [b"GET 0"]
