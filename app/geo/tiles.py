"""The map's own tiles: ``/tiles/{layer}/{z}/{x}/{y}.mvt``, and the same below a version, which then never changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, request
from flask_babel import lazy_gettext as _l

from app.errors import NotFound
from app.geo import tile_queries
from app.geo.archive import archive_in_use
from app.geo.models import TileLayer
from app.http import FOR_EVER

tiles = Blueprint("tiles", __name__, url_prefix="/tiles")

MVT = "application/vnd.mapbox-vector-tile"
#: Without a version in the address somebody may ask whether it is still so.
ASK_AGAIN = "public, max-age=300"


@tiles.get("/<any(ground, areas, assets):layer>/<int:z>/<int:x>/<int:y>.mvt")
@tiles.get("/<any(ground, areas, assets):layer>/v<int:version>/<int:z>/<int:x>/<int:y>.mvt")
def tile(layer: str, z: int, x: int, y: int, version: int | None = None) -> Response:
    """A tile of the ground, the areas or the assets."""
    kind = TileLayer(layer)
    require_on_the_grid(z, x, y)
    archive = archive_in_use() if kind is TileLayer.GROUND else None
    if archive is not None:
        now_at, make = archive[0], partial(archive[1].tile, z, x, y)
    else:
        now_at, make = tile_queries.version_of(kind), partial(tile_queries.tile, kind, z, x, y)
    # Whoever comes with an older version is given what is, and not for ever.
    return tile_answer(make, tag=f"{layer}-{now_at}", lasting=FOR_EVER if version == now_at else ASK_AGAIN)


def require_on_the_grid(z: int, x: int, y: int) -> None:
    """Raises NotFound for an address outside the world, or finer than any data."""
    if z > tile_queries.FINEST_ZOOM or x >= 2**z or y >= 2**z:
        raise NotFound(_l("Δεν υπάρχει τέτοιο πλακίδιο του χάρτη."))


def tile_answer(make: Callable[[], bytes], *, tag: str, lasting: str) -> Response:
    """The tile, unless who asks has it: what makes it is not run then."""
    response = Response(mimetype=MVT)
    response.set_etag(tag)
    response.headers["Cache-Control"] = lasting
    response.make_conditional(request)
    if response.status_code == 200:
        response.set_data(make())
    return response
