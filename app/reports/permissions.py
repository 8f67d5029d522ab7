"""Who is a report's reporter: whoever has its key, or the browser it was sent with."""

from __future__ import annotations

import hmac

from flask import request

from app.devices import known_device
from app.reports.models import Report

KEY_HEADER = "X-Report-Key"


def has_key(report: Report, key: str | None = None) -> bool:
    """Whether the report's key came with the request, in its header or, for what is a plain link, as ``key``."""
    typed = request.headers.get(KEY_HEADER, "") if key is None else key
    return hmac.compare_digest(typed.encode(), report.tracking_token.encode())


def is_reporter(report: Report) -> bool:
    """Whether the reporter is asking."""
    return has_key(report) or (report.device is not None and report.device == known_device())
