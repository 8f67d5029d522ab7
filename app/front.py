"""Requests are read whole, and answers handed over, by one loop a process; a thread is taken only for what is complete.

gunicorn keeps the processes, waitress reads and writes (decision 0016). gunicorn.conf.py names it.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
import time
from collections.abc import Iterator, Sequence
from socket import AF_UNIX, socket
from types import FrameType

from gunicorn.workers.base import Worker
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer, UnixWSGIServer
from waitress.task import ErrorTask, Task, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import RequestEntityTooLarge
from waitress.wasyncore import dispatcher, loop

MEGABYTE = 1024 * 1024
#: Open connections of one process; near the limit whoever has been silent longest goes.
MOST_CONNECTIONS = 4000
#: Seconds: for the headers of a request, and between two signs of life of a connection.
HEADERS_S, SILENCE_S = 30, 60
#: Once a request has taken PATIENCE_S, it has to come at least this fast, in bytes a second: any phone does.
PATIENCE_S, SLOWEST = 60, 256
#: What unfinished requests of one process may hold on its disk together; the largest goes first.
MOST_HELD = 1024 * MEGABYTE
#: A body the application refuses by its length without looking (MAX_CONTENT_LENGTH) is not read either.
LARGEST_BODY = 110 * MEGABYTE


class Connection(HTTPChannel):  # type: ignore[misc]
    """One connection, and since when the request it is sending has been under way."""

    request_began = 0.0

    def received(self, data: bytes) -> bool:
        if self.request is None:
            self.request_began = time.time()
        return bool(super().received(data))

    @staticmethod
    def error_task_class(channel: HTTPChannel, request: HTTPRequestParser) -> Task:
        """Too large is said by the application, in the reader's language; what is no HTTP at all is answered here."""
        if not isinstance(request.error, RequestEntityTooLarge):
            return ErrorTask(channel, request)
        request.headers["CONTENT_LENGTH"] = str(max(request.content_length, LARGEST_BODY))
        request.headers["CONNECTION"] = "close"
        return WSGITask(channel, request)

    @property
    def at_work(self) -> bool:
        """Whether a whole request is being answered, or an answer read."""
        return bool(self.requests or self.total_outbufs_len)

    @property
    def held(self) -> int:
        """Bytes of a body that is not whole yet."""
        return self.request.body_bytes_received if self.request is not None else 0

    def too_slow(self, now: float) -> bool:
        if self.request is None or self.requests:
            return False
        age = now - self.request_began
        if not self.request.headers_finished:
            return age > HEADERS_S
        return age > PATIENCE_S and self.held < age * SLOWEST


class Front:
    """What both kinds of listening sockets share: whom to take, and whom to let go."""

    channel_class = Connection
    active_channels: dict[int, Connection]
    task_dispatcher: ThreadedTaskDispatcher
    adj: Adjustments

    def readable(self) -> bool:
        """A process that has work waiting leaves new connections to its neighbours."""
        return bool(super().readable()) and not self.task_dispatcher.queue  # type: ignore[misc]

    def maintenance(self, now: float) -> None:
        for connection in self._to_let_go(now):
            connection.will_close = True

    def _to_let_go(self, now: float) -> Iterator[Connection]:
        staying = []
        for connection in self.active_channels.values():
            silent = now - connection.last_activity > SILENCE_S and not connection.requests
            if silent or connection.too_slow(now):
                yield connection
            else:
                staying.append(connection)
        held_bytes = sum(connection.held for connection in staying)
        for connection in sorted(staying, key=lambda each: each.held, reverse=True):
            if held_bytes <= MOST_HELD:
                break
            held_bytes -= connection.held
            yield connection
        surplus = len(staying) - int(self.adj.connection_limit * 0.9)
        if surplus > 0:
            idle = (each for each in staying if not each.at_work)
            yield from sorted(idle, key=lambda each: each.last_activity)[:surplus]


class TcpFront(Front, TcpWSGIServer):  # type: ignore[misc]
    pass


class UnixFront(Front, UnixWSGIServer):  # type: ignore[misc]
    pass


class FrontWorker(Worker):  # type: ignore[misc]
    """A gunicorn worker whose main thread is waitress's loop."""

    fronts: Sequence[TcpFront | UnixFront] = ()

    def init_signals(self) -> None:
        super().init_signals()
        # gunicorn's loops are woken by a pipe; this one by its own.
        signal.set_wakeup_fd(-1)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        for front in self.fronts:
            front.pull_trigger()

    def run(self) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        connections: dict[int, dispatcher] = {}
        threads = ThreadedTaskDispatcher()
        threads.set_thread_count(self.cfg.threads)
        adjusted = self._adjusted()
        self.fronts = [self._front(listener.sock, connections, threads, adjusted) for listener in self.sockets]
        while self.alive and self.ppid == os.getppid():
            self.notify()
            loop(timeout=1, use_poll=True, map=connections, count=1)
        self._finish(connections)
        threads.shutdown(timeout=1)

    def _front(
        self, sock: socket, connections: dict[int, dispatcher], threads: ThreadedTaskDispatcher, adjusted: Adjustments
    ) -> TcpFront | UnixFront:
        sock.setblocking(False)
        about = (sock.family, sock.type, sock.proto, sock.getsockname())
        kind = UnixFront if sock.family == AF_UNIX else TcpFront
        return kind(
            self.wsgi, connections, True, sock, dispatcher=threads, adj=adjusted, sockinfo=about, bind_socket=False
        )

    def _adjusted(self) -> Adjustments:
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = MOST_CONNECTIONS * 2 if hard == resource.RLIM_INFINITY else min(hard, MOST_CONNECTIONS * 2)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return Adjustments(
            backlog=self.cfg.backlog,
            # A body spilt to disk and an answer spilt to disk both have a file of their own.
            connection_limit=min(MOST_CONNECTIONS, most // 2),
            cleanup_interval=1,
            channel_timeout=SILENCE_S,
            log_socket_errors=False,
            max_request_header_size=64 * 1024,
            max_request_body_size=LARGEST_BODY,
            # A slow reader is handed his answer from disk instead of holding a thread.
            outbuf_high_watermark=1024 * MEGABYTE,
            recv_bytes=64 * 1024,
            # Whose word about the far end counts is TRUSTED_PROXIES' question (ProxyFix).
            clear_untrusted_proxy_headers=False,
            ident=None,
        )

    def _finish(self, connections: dict[int, dispatcher]) -> None:
        """Take nobody new, answer what is here."""
        deadline = time.monotonic() + self.cfg.graceful_timeout
        for front in self.fronts:
            front.accepting = False
            front.socket.close()
            front.del_channel(connections)
        while time.monotonic() < deadline and self._at_work():
            self.notify()
            loop(timeout=0.1, use_poll=True, map=connections, count=1)

    def _at_work(self) -> bool:
        return any(connection.at_work for front in self.fronts for connection in front.active_channels.values())
