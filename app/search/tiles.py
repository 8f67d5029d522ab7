"""Reports as tiles: ``/tiles/reports/{z}/{x}/{y}.mvt`` for everybody, ``/tiles/office/…`` with more for the staff."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response

from app.accounts.permissions import Act, require
from app.geo.tiles import require_on_the_grid, tile_answer
from app.search import tile_queries

report_tiles = Blueprint("report_tiles", __name__, url_prefix="/tiles")

#: A map may show for so long what was; whoever asks again is told when nothing changed.
FRESH_S = 30


@report_tiles.get("/reports/<int:z>/<int:x>/<int:y>.mvt")
def public_tile(z: int, x: int, y: int) -> Response:
    """What everybody may see of the reports in a tile."""
    return _answer(z, x, y, public=True)


@report_tiles.get("/office/<int:z>/<int:x>/<int:y>.mvt")
def office_tile(z: int, x: int, y: int) -> Response:
    """The same with priority, what is overdue and what waits aside."""
    require(Act.SEE_OFFICE)
    return _answer(z, x, y, public=False)


def _answer(z: int, x: int, y: int, *, public: bool) -> Response:
    require_on_the_grid(z, x, y)
    made = tile_queries.tile(z, x, y, public=public)
    lasting = f"public, max-age={FRESH_S}" if public else "private, no-cache"
    return tile_answer(lambda: made, tag=hashlib.sha256(made).hexdigest()[:16], lasting=lasting)
