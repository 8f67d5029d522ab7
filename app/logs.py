"""Logs: one JSON object a line, with the request it belongs to, and nothing by which a person could be found."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from uuid import uuid4

from flask import Flask, Response, g, has_app_context, has_request_context, request

_REDACTED = "…"
#: What PostgreSQL adds about the row at fault, and what SQLAlchemy adds about the values.
_VALUES = re.compile(r"\b(DETAIL|CONTEXT|HINT|QUERY):.*|\[parameters:.*")
#: Procrastinate names a job with all its arguments.
_ARGUMENTS = re.compile(r"(\w\[\d+\])\(.*\)")
_EMAIL = re.compile(r"[^\s@'\"<>(){},;:=]+@[^\s@'\"<>(){},;]+")
_PHONE = re.compile(r"\+?\d(?:[\s().\-/]?\d){6,}")
#: Keys in addresses, tokens, digests.
_KEY = re.compile(r"(?<![\w.])[\w-]{20,}(?![\w.])")
_ASKED_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


#: What concerns the doors: who came in, who was refused. Accounts by number, never by name.
security = logging.getLogger("app.security")


def discreet(line: str) -> str:
    """A line without values of a row, arguments, e-mail addresses, telephone numbers and keys."""
    for pattern in (_VALUES, _EMAIL, _KEY, _PHONE):
        line = pattern.sub(_REDACTED, line)
    return _ARGUMENTS.sub(rf"\1({_REDACTED})", line)


def _trace(message: str) -> str:
    """A traceback's own lines are ours and stay; what the exceptions say is made discreet."""
    return "\n".join(line if line.startswith(" ") else discreet(line) for line in message.split("\n"))


class Discreet(logging.Formatter):
    """Times are UTC. The address of a request is told by its endpoint, since paths hold keys."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "said": "\n".join(discreet(line) for line in record.getMessage().split("\n")),
        }
        if has_request_context():
            entry |= {"request": request_id(), "method": request.method, "endpoint": request.endpoint or ""}
        elif has_app_context() and "request_id" in g:
            entry["request"] = g.request_id  # a job, queued by that request
        if record.exc_info:
            entry["trace"] = _trace(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def request_id() -> str:
    """The id under which this request stands in the log; a proxy may have given it one."""
    if "request_id" not in g:
        header = request.headers.get("X-Request-ID", "")
        g.request_id = header if _ASKED_ID.fullmatch(header) else uuid4().hex
    return str(g.request_id)


def register(app: Flask) -> None:
    """Log to stderr, unless whoever runs us has a handler already; every answer tells its request's id."""
    security.setLevel(logging.INFO)
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(Discreet())
        root.addHandler(handler)

    @app.before_request
    def give_id() -> None:
        request_id()

    @app.after_request
    def tell_id(answer: Response) -> Response:
        answer.headers["X-Request-ID"] = request_id()
        return answer
