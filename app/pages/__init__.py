"""The HTML faces: citizen, office, crew. The server renders; script makes it quick."""

from __future__ import annotations

from flask import Flask

from app.pages.health import health


def register(app: Flask) -> None:
    """Attach every page."""
    app.register_blueprint(health)
