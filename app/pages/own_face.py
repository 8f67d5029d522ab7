"""The files of the town's own face: crest, photograph and colours, each under an address that never changes."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from app.appearance.face import face_in_use
from app.errors import NotFound
from app.http import FOR_EVER

own_face = Blueprint("own_face", __name__)


@own_face.get("/town/<name>")
def file(name: str) -> Response:
    """One of them; what is not of the face in use is not here."""
    served = face_in_use().files.get(name)
    if served is None:
        raise NotFound()
    g.is_drawing = served.mime == "image/svg+xml"
    answer = Response(served.data, mimetype=served.mime)
    answer.headers["Cache-Control"] = FOR_EVER
    answer.set_etag(served.name)
    answer.make_conditional(request)
    return answer
