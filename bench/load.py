"""Requests over kept connections, one at a time or from several clients at once, without the client being the brake."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

#: What to send next; asked anew for each request.
Next = Callable[[], bytes]


def request(path: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> bytes:
    """A request as it goes over the wire; ``_`` in a header's name is written as ``-``."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body or method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class _Connection:
    port: int
    socket: socket.socket = field(init=False)
    received: bytearray = field(default_factory=bytearray)
    began: float = 0.0

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        self.received.clear()
        self.began = time.perf_counter()
        self.socket.sendall(data)

    def read(self) -> Answer | None:
        """The answer, once all of it is here."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self.received += piece
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return None
        first, *lines = bytes(self.received[:end]).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _colon, value in (line.partition(": ") for line in lines)}
        if len(self.received) < end + 4 + int(headers.get("content-length", 0)):
            return None
        return Answer(int(first.split()[1]), headers, bytes(self.received[end + 4 :]))


def ask(port: int, data: bytes) -> Answer:
    """One request on a connection of its own."""
    connection = _Connection(port)
    connection.send(data)
    with connection.socket:
        while True:
            if (answer := connection.read()) is not None:
                return answer


@dataclass(frozen=True)
class Measured:
    """Milliseconds of each request, sorted; how long all of it took; and what was not answered as it should be."""

    milliseconds: list[float]
    seconds: float
    wrong: dict[int, int]

    @property
    def median(self) -> float:
        return self.milliseconds[len(self.milliseconds) // 2]

    @property
    def p95(self) -> float:
        return self.milliseconds[len(self.milliseconds) * 95 // 100]

    @property
    def rate(self) -> float:
        return len(self.milliseconds) / self.seconds


def measure(port: int, following: Next, *, clients: int, seconds: float, good: frozenset[int]) -> Measured:
    """Let so many clients ask for so long, each as soon as it has its answer."""
    selector = selectors.DefaultSelector()
    connections = [_Connection(port) for _client in range(clients)]
    for connection in connections:
        connection.socket.setblocking(True)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(following())
    taken: list[float] = []
    wrong: dict[int, int] = {}
    began = time.perf_counter()
    ends, waiting = began + seconds, clients
    while waiting:
        for key, _event in selector.select():
            connection = key.data
            answer = connection.read()
            if answer is None:
                continue
            at = time.perf_counter()
            taken.append((at - connection.began) * 1000)
            if answer.status not in good:
                wrong[answer.status] = wrong.get(answer.status, 0) + 1
            if at < ends:
                connection.send(following())
            else:
                waiting -= 1
                selector.unregister(connection.socket)
                connection.socket.close()
    return Measured(sorted(taken), time.perf_counter() - began, wrong)
