"""The browser a citizen reports with: a random key in its cookie, kept here as a digest only.

Whoever holds the key is the reporter of what was sent with it, so the cookie is HttpOnly and lives long. It is given
when somebody begins to write or follows something, not when they only look.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import TypeVar

from flask import Flask, current_app, g, request
from limits import parse
from werkzeug.wrappers import Response

from app.extensions import limiter

View = TypeVar("View", bound=Callable[..., object])

_YEARS_S = 5 * 365 * 24 * 3600
_KEY = re.compile(r"[A-Za-z0-9_-]{32}")


def _cookie() -> str:
    return str(current_app.config["DEVICE_COOKIE"])


def is_secure() -> bool:
    """Whether a cookie that we give is for HTTPS alone."""
    return bool(request.is_secure or current_app.config["SESSION_COOKIE_SECURE"])


def known_device() -> str | None:
    """The digest of this browser's key, or None when it has none yet."""
    key = g.get("device_key") or request.cookies.get(_cookie(), "")
    return hashlib.sha256(key.encode()).hexdigest() if _KEY.fullmatch(key) else None


def device(*, deed: str | None = None) -> str:
    """The digest of this browser's key; a browser without one gets it with this answer.

    ``deed`` says what a browser without a key is doing: should it never hear our answer and do the very same again,
    it gets the very same key, so that what it sent is its own.
    """
    if "device_key" not in g:
        # Given anew each time: browsers forget a cookie 400 days after they last got it, however long it may live.
        g.device_key = request.cookies[_cookie()] if known_device() else _new_key(deed)
    device_key = known_device()
    assert device_key is not None
    return device_key


def _new_key(deed: str | None) -> str:
    if deed is None:
        return secrets.token_urlsafe(24)
    secret = current_app.config["SECRET_KEY"].encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, f"device {deed}".encode(), "sha256")[:24]).decode()


def forget_device(answer: Response) -> None:
    """Take this browser's key away with this answer."""
    answer.delete_cookie(_cookie(), httponly=True, samesite="Lax", secure=is_secure())


def sender() -> str:
    """A keyed hash of the network address, for limits: the same for the same address, and not to be read back."""
    return hmac.new(current_app.config["SECRET_KEY"].encode(), _network().encode(), "sha256").hexdigest()[:32]


def _network() -> str:
    """The address, or of an IPv6 one the half that a household has: within it anybody may choose at will."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return request.remote_addr or ""
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ip_network(f"{address}/64", strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def rate_limited(
    per_browser: str, per_address: str, *, scope: str, known_as_honest: Callable[[str], bool] = lambda device: False
) -> Callable[[View], View]:
    """Let one browser, and one network address, do this only so often; the rest is told when to come again.

    A browser's cookie is easily thrown away, hence the address; many phones share an address, hence
    ``known_as_honest``: asked once the address is full, it lets such a browser through. Programs with a key of ours
    are not counted, the key can be revoked.
    """
    flood = parse(per_address)

    def goes_through() -> bool:
        device_key = known_device()
        if _is_program() or device_key is None:
            return _is_program()
        return not limiter.limiter.test(flood, sender(), scope) and known_as_honest(device_key)

    by_browser = limiter.shared_limit(
        per_browser,
        scope=scope,
        key_func=lambda: known_device() or "",
        exempt_when=lambda: _is_program() or known_device() is None,
    )
    by_address = limiter.shared_limit(per_address, scope=scope, key_func=sender, exempt_when=goes_through)

    def decorate(view: View) -> View:
        # The inner one counts first: a browser that is stopped does not use up its address.
        return by_address(by_browser(view))  # type: ignore[return-value]

    return decorate


def _is_program() -> bool:
    return g.get("bearer") is not None


def register(app: Flask) -> None:
    @app.after_request
    def give_key(answer: Response) -> Response:
        if "device_key" in g:
            answer.set_cookie(
                _cookie(), g.device_key, max_age=_YEARS_S, httponly=True, samesite="Lax", secure=is_secure()
            )
        return answer
