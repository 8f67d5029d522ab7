"""Headers that tell the browser what a page of ours may do: nothing inline, nothing foreign but the map's tiles."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask
from flask_talisman import Talisman


def tile_host(tile_url: str) -> str:
    """Where tiles come from, as a CSP source: ``https://{s}.tile.example/…`` → ``https://*.tile.example``."""
    parts = urlsplit(tile_url.replace("{s}.", "*."))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def register(app: Flask) -> None:
    images = ["'self'", "data:", "blob:"]
    host = tile_host(app.config.get("TILE_URL", ""))
    Talisman(
        app,
        force_https=False,  # the proxy in front redirects
        session_cookie_secure=False,  # config.py decides
        strict_transport_security_include_subdomains=False,
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy={"geolocation": "(self)", "camera": "(self)", "microphone": "()", "browsing-topics": "()"},
        content_security_policy={
            "default-src": "'self'",
            "img-src": [*images, host] if host else images,
            "object-src": "'none'",
            "worker-src": "'self'",
            "manifest-src": "'self'",
            "base-uri": "'none'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
        },
    )
