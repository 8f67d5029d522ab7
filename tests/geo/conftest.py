"""A quarter with streets for the tests of the map."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.importing import ground
from tests.sketch import Sketch, quarter
from tests.town import Town


def lay(app: Flask, session: Session, sketch: Sketch, folder: Path) -> None:
    """The ground as the sketch has it, like an import."""
    ground.import_osm(sketch.write(folder / "sketch.osm"), data_dir=folder, latin_names=False)
    session.expire_all()
    asks_again(app)


def asks_again(app: Flask) -> None:
    """What the maps stand on is looked up anew, as after a while."""
    app.extensions.pop("ground", None)


@pytest.fixture
def streets(app: Flask, session: Session, town: Town, tmp_path: Path) -> Town:
    """The town, with the streets of ``tests.sketch.quarter``."""
    lay(app, session, quarter(), tmp_path)
    return town
