"""Who is a report's reporter: whoever has its key, or the browser it was sent with."""

from __future__ import annotations

import hmac
from typing import Protocol

from flask import request

from app.devices import known_device

KEY_HEADER = "X-Report-Key"


class Sent(Protocol):
    """A report, or its row: who may say that it is theirs."""

    @property
    def tracking_token(self) -> str: ...

    @property
    def device(self) -> str | None: ...


def has_key(report: Sent, key: str | None = None) -> bool:
    """Whether the report's key came with the request, in its header or, for what is a plain link, as ``key``."""
    typed = request.headers.get(KEY_HEADER, "") if key is None else key
    return hmac.compare_digest(typed.encode(), report.tracking_token.encode())


def is_reporter(report: Sent) -> bool:
    """Whether the reporter is asking."""
    return has_key(report) or (report.device is not None and report.device == known_device())
