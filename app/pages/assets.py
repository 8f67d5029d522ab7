"""The web build's files: their tags, and headers that let browsers keep them for ever."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, url_for
from markupsafe import Markup, escape
from whitenoise import WhiteNoise

#: Vite puts a hash of the content into these names, so a changed file has a new one.
_HASHED = re.compile(r"/static/dist/assets/[^/]+-[\w-]{8}\.\w+$")
_HOUR_S = 3600


def _manifest() -> dict[str, Any]:
    path = Path(current_app.static_folder or "") / "dist" / ".vite" / "manifest.json"
    # Only a developer rebuilds under a running server.
    stamp = path.stat().st_mtime_ns if path.exists() and (current_app.debug or current_app.testing) else 0
    return _read_manifest(path, stamp)


@lru_cache(maxsize=4)
def _read_manifest(path: Path, stamp: int) -> dict[str, Any]:
    if not path.exists():
        return {}
    manifest: dict[str, Any] = json.loads(path.read_text())
    return manifest


def _with_imports(manifest: dict[str, Any], key: str) -> list[str]:
    """The chunk and what it imports at once, in the order they are needed."""
    keys: list[str] = []
    for imported in manifest[key].get("imports", []):
        keys += [k for k in _with_imports(manifest, imported) if k not in keys]
    return [*keys, key]


def asset_tags(entry: str) -> Markup:
    """The style and script tags of one of web/src's entries; nothing before the first build."""
    manifest = _manifest()
    key = f"src/{entry}.ts"
    if key not in manifest:
        return Markup("")
    chunks = _with_imports(manifest, key)
    styles = dict.fromkeys(style for chunk in chunks for style in manifest[chunk].get("css", []))
    tags = [f'<link rel="stylesheet" href="{_address(name)}">' for name in styles]
    tags += [f'<link rel="modulepreload" href="{_address(manifest[chunk]["file"])}">' for chunk in chunks[:-1]]
    tags.append(f'<script type="module" src="{_address(manifest[key]["file"])}"></script>')
    return Markup("\n".join(tags))  # noqa: S704 - every address is escaped


def files_of(entry: str) -> list[str]:
    """The addresses of everything an entry may ever load, also later: its chunks, styles and pictures."""
    manifest = _manifest()
    wanted, files = [f"src/{entry}.ts"], dict[str, None]()
    visited: set[str] = set()
    while wanted:
        key = wanted.pop()
        chunk = manifest.get(key)
        if chunk is None or key in visited:
            continue
        visited.add(key)
        wanted += [*chunk.get("imports", []), *chunk.get("dynamicImports", [])]
        files |= dict.fromkeys((chunk["file"], *chunk.get("css", []), *chunk.get("assets", [])))
    return [url_for("static", filename=f"dist/{name}") for name in files]


def _address(name: str) -> str:
    return str(escape(url_for("static", filename=f"dist/{name}")))


def _never_changes(path: str, url: str) -> bool:
    return _HASHED.search(url) is not None


def register(app: Flask) -> None:
    """Attach the template's ``asset_tags`` and let WhiteNoise serve ``/static``."""
    app.jinja_env.globals["asset_tags"] = asset_tags
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=app.static_folder,
        prefix="static/",
        max_age=_HOUR_S,
        immutable_file_test=_never_changes,
        autorefresh=app.debug,
    )
