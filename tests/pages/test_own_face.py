"""Dimitra gives the service the face of her town: its crest, a photograph and its colour."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from app.appearance import colours
from app.appearance.face import unfit
from app.cli.checkup.finding import Finding, Mark
from app.cli.checkup.machine import own_face
from app.pages.security import DRAWING
from tests.conftest import login_as
from tests.town import Town

CREST = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 100"><script>alert(1)</script></svg>'
PALE_YELLOW, NEARLY_BLACK, SEA = "#fff3a0", "#0a0a0a", "#1c6cbe"
#: Grounds of web/styles/_tokens.scss on which words in the accent stand.
BY_DAY, BY_NIGHT = ("#ffffff", "#fbfaf7", "#f1f3f2"), ("#17222a", "#0f171c", "#111b21")


def picture(size: tuple[int, int], kind: str = "JPEG") -> bytes:
    """Noise, which weighs as much as a picture can."""
    out = BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(out, kind)
    return out.getvalue()


@pytest.fixture
def dressed(app: Flask, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes the settings, with files in DATA_DIR."""
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)

    def dress(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setitem(app.config, f"TOWN_{name.upper()}", value)

    (tmp_path / "crest.svg").write_text(CREST)
    (tmp_path / "view.jpg").write_bytes(picture((2400, 1600)))
    return dress


def addresses(answer: TestResponse) -> list[str]:
    return re.findall(r'"(/town/[^"]+)"', answer.text)


def told(app: Flask) -> list[Finding]:
    with app.test_request_context():
        return list(own_face())


def test_without_settings_nothing_of_it_is_asked_for(client: FlaskClient, town: Town) -> None:
    for path in ("/", "/reports", "/login", "/manifest.webmanifest"):
        assert "/town/" not in client.get(path).text, path
    assert 'content="#0b5563"' in client.get("/").text


def test_the_crest_is_beside_the_mark_of_all_three_faces_and_can_do_nothing(
    client: FlaskClient, app: Flask, dressed: Any, town: Town
) -> None:
    dressed(crest="crest.svg")
    (crest,) = addresses(client.get("/reports"))
    login_as(client, town.nikos)
    for path in ("/office", "/crew?crew=metal"):
        assert addresses(client.get(path)) == [crest], path
    answer = client.get(crest)
    assert answer.mimetype == "image/svg+xml"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == DRAWING
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(crest, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get("/town/crest-0000000000000000.svg").status_code == 404
    icons = client.get("/manifest.webmanifest").json["icons"]
    assert [icon["src"] for icon in icons if icon["purpose"] == "any"] == [crest]
    assert any(icon["purpose"] == "maskable" for icon in icons)


def test_a_large_png_of_the_crest_is_sent_small_and_seen_through(
    client: FlaskClient, dressed: Any, tmp_path: Path
) -> None:
    Image.new("RGBA", (1500, 3000), (120, 0, 0, 0)).save(tmp_path / "crest.png")
    dressed(crest=str(tmp_path / "crest.png"))
    (crest,) = addresses(client.get("/reports"))
    with Image.open(BytesIO(client.get(crest).data)) as shown:
        assert shown.size == (80, 160)
        assert shown.convert("RGBA").getpixel((0, 0))[3] == 0
    (icon,) = (each for each in client.get("/manifest.webmanifest").json["icons"] if each["purpose"] == "any")
    assert icon["sizes"] == "512x512"


def test_the_photograph_is_on_the_first_page_alone_and_light_on_a_phone(client: FlaskClient, dressed: Any) -> None:
    dressed(photo="view.jpg")
    first = client.get("/")
    wide, narrow = addresses(first)
    assert 'loading="lazy"' in re.search(r"<picture.*?</picture>", first.text, re.S)[0]
    assert addresses(client.get("/reports")) == []
    answer = client.get(narrow)
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert len(answer.data) <= 25_000
    assert len(client.get(wide).data) <= 250_000


def test_the_photograph_is_made_once(
    client: FlaskClient, dressed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dressed(photo="view.jpg")
    before = addresses(client.get("/"))
    monkeypatch.setattr("app.appearance.face.decoding.strips", lambda _file: pytest.fail("made again"))
    (tmp_path / "other.jpg").write_bytes((tmp_path / "view.jpg").read_bytes())
    dressed(photo="other.jpg")
    assert addresses(client.get("/")) == before


def test_one_colour_becomes_a_stylesheet_of_its_own(client: FlaskClient, dressed: Any) -> None:
    dressed(colour=SEA)
    page = client.get("/")
    (style,) = addresses(page)
    assert f'content="{SEA}"' in page.text
    answer = client.get(style)
    assert answer.mimetype == "text/css"
    assert f"--teal:{SEA}" in answer.text
    assert "prefers-color-scheme:dark" in answer.text
    assert client.get("/manifest.webmanifest").json["theme_color"] == SEA
    assert style in client.get("/sw.js").text or client.get("/sw.js").status_code == 404


@pytest.mark.parametrize("colour", [PALE_YELLOW, NEARLY_BLACK, "#ffffff", "#000000", "#00ff00", "#ff0000", SEA])
def test_words_in_any_accent_can_be_read_by_day_and_by_night(colour: str) -> None:
    for tokens, grounds in ((colours.by_day(colour), BY_DAY), (colours.by_night(colour), BY_NIGHT)):
        accent = tokens["teal"]
        for ground in (*grounds, tokens["teal-soft"], tokens["on-teal"]):
            assert colours.contrast(accent, ground) >= 4.5, (accent, ground)
        assert colours.contrast(tokens["teal-dark"], grounds[0]) >= 4.5
        assert tokens["teal-dark"] != accent or colour == "#ffffff"
    assert colours.contrast(colours.by_day(colour)["foot"], "#dcebed") >= 4.5


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"crest": "nowhere.svg"}, "TOWN_CREST"),
        ({"crest": "words.txt"}, "SVG"),
        ({"crest": "heavy.svg"}, "kB"),
        ({"crest": "view.jpg"}, "SVG"),
        ({"photo": "words.txt"}, "JPEG"),
        ({"photo": "half.jpg"}, "χαλασμένη"),
        ({"photo": "."}, "TOWN_PHOTO"),
        ({"colour": "red"}, "#rrggbb"),
        ({"colour": "#777777"}, "#767676"),
    ],
)
def test_what_is_no_good_is_said_by_the_doctor_and_breaks_no_page(
    client: FlaskClient, app: Flask, dressed: Any, tmp_path: Path, settings: dict[str, str], hint: str
) -> None:
    (tmp_path / "words.txt").write_text("Δήμος")
    (tmp_path / "half.jpg").write_bytes((tmp_path / "view.jpg").read_bytes()[:2000])
    (tmp_path / "heavy.svg").write_text(CREST + " " * 50_000)
    dressed(**settings)
    page = client.get("/")
    assert page.status_code == 200
    assert addresses(page) == []
    (finding,) = told(app)
    assert finding.mark is Mark.WRONG
    assert hint in finding.words


def test_a_town_that_is_well_dressed_is_told_so(app: Flask, dressed: Any) -> None:
    dressed(crest="crest.svg", photo="view.jpg", colour=NEARLY_BLACK)
    (finding,) = told(app)
    assert finding.mark is Mark.WELL
    assert "TOWN_CREST, TOWN_PHOTO, TOWN_COLOUR" in finding.words
    with app.app_context():
        assert unfit() == []


def test_another_file_in_its_place_is_another_address(client: FlaskClient, dressed: Any, tmp_path: Path) -> None:
    dressed(crest="crest.svg")
    before = addresses(client.get("/reports"))
    (tmp_path / "crest.svg").write_text(CREST.replace("alert(1)", ""))
    assert addresses(client.get("/reports")) != before
