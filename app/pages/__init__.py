"""The HTML faces: citizen, office, crew. The server renders; script makes it quick."""

from __future__ import annotations

from flask import Flask

from app.pages import assets, faults, security, words
from app.pages.account import account
from app.pages.citizen import feeds as _feeds  # noqa: F401 - the pages put themselves on the blueprint
from app.pages.citizen import follow as _follow  # noqa: F401
from app.pages.citizen import routes as _routes  # noqa: F401
from app.pages.citizen.face import citizen
from app.pages.crew.routes import crew
from app.pages.docs import docs
from app.pages.health import health
from app.pages.office.routes import office
from app.pages.preferences import preferences


def register(app: Flask) -> None:
    """Attach every page."""
    security.register(app)
    assets.register(app)
    words.register(app)
    faults.register(app)
    for face in (health, preferences, docs, citizen, account, office, crew):
        app.register_blueprint(face)
