"""A minimal application for what needs only a language and a store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel


@pytest.fixture
def greek(tmp_path: Path) -> Iterator[Flask]:
    """An application that speaks Greek and keeps photos in a folder of this test."""
    small = Flask("small")
    small.config["BABEL_DEFAULT_LOCALE"] = "el"
    small.config["DATA_DIR"] = tmp_path
    small.config["PHOTO_STORE_URL"] = (tmp_path / "φωτογραφίες του δήμου").as_uri()
    Babel(small)
    with small.app_context():
        yield small
