"""What another site makes a reader's browser send us is refused before anything runs, and never sets a cookie.

A browser withholds our SameSite cookies from such a request, but would take new ones from its answer: the reader would
lose their own. Browsers say where a request comes from in ``Sec-Fetch-Site``, older ones in ``Origin`` or ``Referer``
(the order of the OWASP cheat sheet on CSRF); programs say nothing, and are let through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, request

from app.errors import CrossSite
from app.logs import security

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_OURS = frozenset({"same-origin", "none"})
#: The Host the browser really named, kept from before links are made to follow PUBLIC_URL.
ASKED_HOST = "kathimerina.asked_host"

Environ = dict[str, Any]


def is_cross_site(environ: Environ) -> bool:
    """Whether a page that is not ours caused this request."""
    fetch_site = environ.get("HTTP_SEC_FETCH_SITE")
    if fetch_site is not None:
        return fetch_site.strip().lower() not in _OURS
    for header in ("HTTP_ORIGIN", "HTTP_REFERER"):
        if (address := environ.get(header)) is not None:
            return _host_of(address) not in (environ[ASKED_HOST], environ["HTTP_HOST"].lower())
    return False


def _host_of(address: str) -> str | None:
    """Host and port as a browser writes them in Host; None for what has none, such as the ``null`` of a sandbox."""
    try:
        return urlsplit(address).netloc.lower() or None
    except ValueError:
        return None


def is_followed_link(environ: Environ) -> bool:
    """Whether a reader came here by a link: the browser sends our cookies along and shows our address."""
    navigates = environ.get("HTTP_SEC_FETCH_MODE", "navigate") == "navigate"
    shown = environ.get("HTTP_SEC_FETCH_DEST", "document") == "document"
    return environ["REQUEST_METHOD"] in SAFE and navigates and shown


def _same_machine(public_url: str) -> list[str]:
    """For a trial on one's own machine its names are as good as each other."""
    parts = urlsplit(public_url)
    port = f":{parts.port}" if parts.port else ""
    names = ("localhost", "127.0.0.1", "[::1]")
    return [name + port for name in names] if parts.hostname in ("localhost", "127.0.0.1", "::1") else []


class KnownNames:
    """Links in our answers follow PUBLIC_URL, or a configured name, whatever Host a request makes up."""

    def __init__(self, inner: Any, public_url: str, names: Iterable[str]) -> None:
        self.inner = inner
        self.public = urlsplit(public_url).netloc.lower()
        self.known = {self.public, *names, *_same_machine(public_url)}

    def __call__(self, environ: Environ, start_response: Any) -> Any:
        host = environ.get("HTTP_HOST", "").lower()
        environ[ASKED_HOST] = host
        if host not in self.known:
            environ["HTTP_HOST"] = self.public
        return self.inner(environ, start_response)


class NoForeignCookies:
    """Takes every Set-Cookie off the answer to a request that another site made, unless its reader follows a link."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Any:
        if not is_cross_site(environ) or is_followed_link(environ):
            return self.inner(environ, start_response)

        def without_cookies(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            remaining = [(name, value) for name, value in headers if name.lower() != "set-cookie"]
            return start_response(status, remaining, *more)

        return self.inner(environ, without_cookies)


def register(app: Flask) -> None:
    """Attach the guard; the first to be registered is the first to be asked."""
    guarded = NoForeignCookies(app.wsgi_app)
    app.wsgi_app = KnownNames(guarded, app.config["PUBLIC_URL"], app.config["ALLOWED_HOSTS"])  # type: ignore[method-assign]

    @app.before_request
    def refuse_other_sites() -> None:
        if request.method not in SAFE and is_cross_site(request.environ):
            security.info("a request of another site was refused")
            raise CrossSite
