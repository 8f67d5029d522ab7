"""Kathimerina: the application, put together. Nothing imports this but the entries."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_smorest import Api
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, cross_site, devices, errors, http, language, logs, pages
from app import rate_limits as rate_limits  # the limiter finds its storage by name
from app.accounts import login, login_throttle
from app.accounts.routes import tokens
from app.categories import routes as category_routes
from app.crews import routes as crew_routes
from app.dispatch.routes import work_orders
from app.extensions import babel, csrf, db, limiter, migrate
from app.geo.routes import areas
from app.geo.tiles import tiles
from app.media.routes import uploads
from app.reports import reporter_routes as reporter_routes
from app.reports import routes as report_routes
from app.search import routes as search_routes
from app.search.tiles import report_tiles
from config import from_environment


class QuietApi(Api):  # type: ignore[misc]
    """flask-smorest without an error face of its own: errors.py is the only one, and the description says so."""

    ERROR_SCHEMA = http.Problem
    DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"

    def _register_responses(self) -> None:
        # Only the errors are registered here; what routes answer has its type from DEFAULT_RESPONSE_CONTENT_TYPE.
        default_type, self.DEFAULT_RESPONSE_CONTENT_TYPE = (
            self.DEFAULT_RESPONSE_CONTENT_TYPE,
            "application/problem+json",
        )
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = default_type

    def _register_error_handlers(self, app: Flask | None = None) -> None:
        return None

    def handle_http_exception(self, error: HTTPException) -> Any:
        raise error


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """The WSGI application; ``overrides`` replace settings, for tests."""
    app = Flask(__name__)
    app.config.from_mapping(from_environment() if overrides is None else overrides)
    app.url_map.strict_slashes = False
    logs.register(app)
    cross_site.register(app)
    if app.config.get("TRUSTED_PROXIES"):
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    http.register(app)
    db.init_app(app)
    migrate.init_app(app, db)
    babel.init_app(app, locale_selector=language.select_locale)
    csrf.init_app(app)
    limiter.init_app(app)
    errors.register(app)
    login.register(app)
    login_throttle.register(app)
    devices.register(app)
    _register_api(app)
    app.register_blueprint(report_routes.photos)
    app.register_blueprint(tiles)
    app.register_blueprint(report_tiles)
    pages.register(app)
    cli.register(app)
    return app


def _register_api(app: Flask) -> None:
    app.config.update(
        API_TITLE="Kathimerina",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": "Everyday issues of a municipality: reports, crews and work orders."},
            "components": {
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "session": {"type": "apiKey", "in": "cookie", "name": app.config["SESSION_COOKIE_NAME"]},
                }
            },
        },
    )
    api = QuietApi(app)
    for blueprint in (
        category_routes.categories,
        areas,
        report_routes.reports,
        search_routes.search,
        uploads,
        crew_routes.crews,
        work_orders,
        tokens,
    ):
        api.register_blueprint(blueprint, url_prefix="/api/v1" + (blueprint.url_prefix or ""))
