"""The WSGI entry: ``gunicorn wsgi:app`` and ``flask --app wsgi``."""

from flask.cli import NoAppException

from app import create_app

try:
    app = create_app()
except RuntimeError as missing:
    # ``flask`` shows this as one sentence instead of a traceback.
    raise NoAppException(str(missing)) from None
