"""What makes the citizen's pages an application of the phone: manifest, service worker, and a page without network."""

from __future__ import annotations

import hashlib
from pathlib import Path

import orjson
from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext as _

from app.appearance.face import Face, face_in_use
from app.errors import NotFound
from app.http import json_answer
from app.language import LANGUAGES, language
from app.pages.assets import files_of

phone = Blueprint("phone", __name__)

#: What the citizen's steps need besides the build's own files.
_GROUND = ("icons.svg", "favicon.svg", "icons/icon-192.png")


@phone.get("/sw.js")
def worker() -> Response:
    """The service worker, with the files it keeps and a version that changes with any of them."""
    path = Path(current_app.static_folder or "") / "dist" / "worker" / "worker.js"
    if not path.exists():
        raise NotFound()
    script = path.read_bytes()
    face = face_in_use()
    own = [shown for shown in (face.style, face.crest and face.crest.file) if shown]
    files = [
        *files_of("citizen"),
        *(url_for("static", filename=name) for name in _GROUND),
        *(url_for("own_face.file", name=served.name) for served in own),
        url_for("citizen.names"),
        url_for("areas.list_areas", format="geojson"),
        *(url_for("phone.offline", lang=code) for code in LANGUAGES),
    ]
    version = hashlib.sha256(script + "".join(files).encode()).hexdigest()[:12]
    shell = orjson.dumps({"version": version, "files": files}).decode()
    answer = Response(f"self.KATHIMERINA = {shell};\n".encode() + script, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@phone.get("/manifest.webmanifest")
def manifest() -> Response:
    """How the phone shows us among its applications."""
    face = face_in_use()
    manifest = {
        "id": "/",
        "name": _("Καθημερινά: αναφορές στον Δήμο"),
        "short_name": _("Καθημερινά"),
        "lang": language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": face.accent,
        "icons": [
            {
                "src": url_for("static", filename=f"icons/icon-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size in (192, 512)
            # A crest is no icon to be cut round.
            for purpose in (("maskable",) if face.icon else ("any", "maskable"))
        ]
        + _crest(face),
        "shortcuts": [{"name": _("Οι αναφορές μου"), "url": "/mine"}],
    }
    return json_answer(manifest, mimetype="application/manifest+json")


def _crest(face: Face) -> list[dict[str, str]]:
    if face.icon is None:
        return []
    file, width, height = face.icon
    return [
        {
            "src": url_for("own_face.file", name=file.name),
            "sizes": "any" if file.mime == "image/svg+xml" else f"{width}x{height}",
            "type": file.mime,
            "purpose": "any",
        }
    ]


@phone.get("/offline")
def offline() -> str:
    """What a page that was not kept says without a network, with what waits on this phone."""
    return render_template("citizen/offline.html")
