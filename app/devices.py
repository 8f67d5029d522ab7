"""The browser a citizen reports with: a random key in its cookie, kept here as a digest only.

Whoever holds the key is the reporter of what was sent with it, so the cookie is HttpOnly and lives long. It is given
when somebody begins to write or follows something, not when they only look.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from flask import Flask, Response, current_app, g, request

COOKIE = "device"
_YEARS_S = 5 * 365 * 24 * 3600
_KEY = re.compile(r"[A-Za-z0-9_-]{32}")


def known_device() -> str | None:
    """The digest of this browser's key, or None when it has none yet."""
    key = g.get("device_key") or request.cookies.get(COOKIE, "")
    return hashlib.sha256(key.encode()).hexdigest() if _KEY.fullmatch(key) else None


def device() -> str:
    """The digest of this browser's key; a browser without one gets it with this answer."""
    known = known_device()
    if known is None:
        g.device_key = secrets.token_urlsafe(24)
        known = known_device()
    assert known is not None
    return known


def sender() -> str:
    """A keyed hash of the network address, for limits: the same for the same address, and not to be read back."""
    address = (request.remote_addr or "").encode()
    return hmac.new(current_app.config["SECRET_KEY"].encode(), address, "sha256").hexdigest()[:32]


def whose_limit() -> str:
    """What a limit counts: a program's key, else this browser, else the network address.

    A wave of spam from an address that many phones share so leaves the phone its own limit.
    """
    authorization = request.headers.get("Authorization", "")
    return hashlib.sha256(authorization.encode()).hexdigest() if authorization else known_device() or sender()


def register(app: Flask) -> None:
    @app.after_request
    def give_key(answer: Response) -> Response:
        if "device_key" in g:
            answer.set_cookie(
                COOKIE, g.device_key, max_age=_YEARS_S, httponly=True, samesite="Lax", secure=request.is_secure
            )
        return answer
