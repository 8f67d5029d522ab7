"""The HTML faces: citizen, office, crew. The server renders; script makes it quick."""

from __future__ import annotations

from flask import Flask

from app.pages import addresses, assets, faults, security, template_globals
from app.pages import profile as _own  # noqa: F401 - the pages put themselves on the blueprint
from app.pages.account import account
from app.pages.citizen import feeds as _feeds  # noqa: F401 - the pages put themselves on the blueprint
from app.pages.citizen import follow as _follow  # noqa: F401
from app.pages.citizen import routes as _routes  # noqa: F401
from app.pages.citizen.face import citizen
from app.pages.citizen.styleguide import styleguide
from app.pages.crew.routes import crew
from app.pages.docs import docs
from app.pages.health import health
from app.pages.office import blocked as _blocked  # noqa: F401
from app.pages.office import letters as _letters  # noqa: F401
from app.pages.office import moderation as _aside  # noqa: F401
from app.pages.office import routes as _desk  # noqa: F401
from app.pages.office.blueprint import office
from app.pages.own_face import own_face
from app.pages.preferences import preferences
from app.pages.pwa import phone


def register(app: Flask) -> None:
    """Attach every page."""
    security.register(app)
    assets.register(app)
    addresses.register(app)
    template_globals.register(app)
    faults.register(app)
    for face in (health, preferences, docs, phone, own_face, citizen, account, office, crew):
        app.register_blueprint(face)
    if app.config.get("STYLEGUIDE"):
        app.register_blueprint(styleguide)
