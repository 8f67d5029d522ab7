"""Headers that tell the browser what a page of ours may do: nothing inline, nothing foreign but the map's tiles."""

from __future__ import annotations

from flask import Flask, Response, g
from flask_talisman import Talisman

from app.geo.ground import Ground, ground_in_use

#: A drawing is shown in our pages as a picture; opened by itself it is a document, in which nothing may run.
DRAWING = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def ground_of_page() -> Ground:
    """What the page's map stands on. Only a page that asks may load a foreign tile."""
    ground = ground_in_use()
    g.tile_host = ground.foreign_host
    return ground


def register(app: Flask) -> None:
    # Registered before Talisman, so that it runs after it.
    @app.after_request
    def let_tiles_in(response: Response) -> Response:
        policy = response.headers.get("Content-Security-Policy", "")
        if g.get("is_drawing"):
            response.headers["Content-Security-Policy"] = DRAWING
        elif g.get("tile_host"):
            response.headers["Content-Security-Policy"] = policy.replace("img-src ", f"img-src {g.tile_host} ")
        return response

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
            "img-src": ["'self'", "data:", "blob:"],
            "object-src": "'none'",
            "worker-src": "'self'",
            "manifest-src": "'self'",
            "base-uri": "'none'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
        },
    )
