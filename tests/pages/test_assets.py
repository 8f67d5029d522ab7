"""The web build's files, their tags, and where tiles may come from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from app.geo.ground import Ground
from app.pages.assets import _HASHED, asset_tags


@pytest.fixture
def built(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A static folder of its own, with a small build in it."""
    manifest = tmp_path / "dist" / ".vite" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(
        json.dumps(
            {
                "src/citizen.ts": {"file": "assets/citizen-1.js", "css": ["assets/a.css"], "imports": ["_shared.js"]},
                "_shared.js": {"file": "assets/shared-1.js", "css": ["assets/base.css"]},
            }
        )
    )
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    return manifest


def test_an_entry_brings_its_styles_and_what_it_imports(app: Flask, built: Path) -> None:
    with app.test_request_context():
        tags = asset_tags("citizen").split("\n")
    assert tags == [
        '<link rel="stylesheet" href="/static/dist/assets/base.css">',
        '<link rel="stylesheet" href="/static/dist/assets/a.css">',
        '<link rel="modulepreload" href="/static/dist/assets/shared-1.js">',
        '<script type="module" src="/static/dist/assets/citizen-1.js"></script>',
    ]


def test_before_the_first_build_a_page_has_no_tags_and_no_error(app: Flask, built: Path) -> None:
    built.unlink()
    with app.test_request_context():
        assert asset_tags("citizen") == ""


def test_only_names_with_a_hash_are_kept_for_ever() -> None:
    assert _HASHED.search("/static/dist/assets/citizen-DdRrEQt_.css")
    assert not _HASHED.search("/static/icons.svg")
    assert not _HASHED.search("/static/dist/swagger/swagger-ui.css")


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("", ""),
        ("https://tiles.example.org/{z}/{x}/{y}.png", "https://tiles.example.org"),
        ("https://{s}.tile.example.org/{z}/{x}/{y}.png", "https://*.tile.example.org"),
        ("/tiles/{z}/{x}/{y}.png", ""),
    ],
)
def test_tiles_may_come_from_the_host_in_the_settings_only(address: str, host: str) -> None:
    assert Ground(address).foreign_host == host
