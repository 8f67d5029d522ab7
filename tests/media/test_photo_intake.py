"""What is accepted at the door, and in which words the rest is refused."""

from __future__ import annotations

import hashlib
import random
import time
import warnings
import zlib
from contextlib import suppress

import pytest
from flask import Flask
from PIL import Image, ImageFile

from app.errors import PhotoRefused
from app.media.refusals import SENTENCES
from app.media.validation import clean_name
from tests.media import camera
from tests.media.camera import examine

pytestmark = pytest.mark.usefixtures("greek")


def reason_for(data: bytes, name: str = "φωτο.jpg") -> str:
    with pytest.raises(PhotoRefused) as caught:
        examine(data, name)
    return str(caught.value.extra["reason"])


@pytest.mark.parametrize(
    ("kind", "mime"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("HEIF", "image/heic"),
        ("AVIF", "image/avif"),
    ],
)
def test_eleni_may_send_what_her_phone_writes(kind: str, mime: str) -> None:
    data = camera.file(camera.street(), kind)
    seen = examine(data, "IMG_0001")
    assert (seen.mime, seen.width, seen.height) == (mime, 640, 480)
    assert (seen.bytes, seen.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_the_content_decides_and_not_the_name() -> None:
    assert examine(camera.file(camera.street(), "PNG"), "photo.jpg").mime == "image/png"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_width_and_height_are_those_of_the_upright_photo(orientation: int) -> None:
    seen = examine(camera.sideways(orientation), "a.jpg")
    assert (seen.width, seen.height, seen.orientation) == (96, 64, orientation)


def test_a_sideways_heic_from_an_iphone_has_upright_measures() -> None:
    data = camera.file(camera.corners().transpose(Image.Transpose.ROTATE_90), "HEIF", exif=camera.exif(orientation=6))
    seen = examine(data, "IMG_1.HEIC")
    assert (seen.width, seen.height) == (96, 64)


def test_an_empty_file_is_refused_by_its_name() -> None:
    with pytest.raises(PhotoRefused) as caught:
        examine(b"", "λακκούβα.jpg")
    assert str(caught.value) == "Το αρχείο «λακκούβα.jpg» είναι άδειο. Διαλέξτε άλλη φωτογραφία."
    assert caught.value.extra == {"name": "λακκούβα.jpg", "reason": "empty"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<!doctype html><script>alert(1)</script>", "not_a_photo"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "not_a_photo"),
        (b'<?xml version="1.0"?><svg/>', "not_a_photo"),
        (b"MZ\x90\x00 program", "not_a_photo"),
        (b"II*\x00" + bytes(60), "not_a_photo"),
        (b"\xff\xd8", "not_a_photo"),
        (b"GIF89a" + bytes(40), "damaged"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42", "video"),
        (b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "video"),
    ],
)
def test_a_file_disguised_as_a_photo_is_refused(data: bytes, reason: str) -> None:
    assert reason_for(data, "innocent.jpg") == reason


def test_of_a_gif_the_first_picture_is_taken() -> None:
    seen = examine(camera.file(camera.street(), "GIF", save_all=True, append_images=[camera.corners()]), "a.jpg")
    assert (seen.mime, seen.width, seen.height) == ("image/gif", 640, 480)


@pytest.mark.parametrize("share", [0.001, 0.02, 0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("kind", ["JPEG", "progressive", "PNG", "WEBP", "HEIF", "AVIF"])
def test_a_photo_whose_sending_broke_off_is_refused(kind: str, share: float) -> None:
    options = {"progressive": True} if kind == "progressive" else {}
    whole = camera.file(camera.street(), "JPEG" if kind == "progressive" else kind, **options)
    cut = whole[: max(16, int(len(whole) * share))]
    assert reason_for(cut) == "damaged"


def test_a_jpeg_without_its_last_byte_is_refused() -> None:
    assert reason_for(camera.file(camera.street())[:-1]) == "damaged"


def test_truncated_photos_are_never_let_through_by_a_setting() -> None:
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_a_photo_over_twenty_megabytes_is_refused() -> None:
    photo = camera.file(camera.street())
    assert examine(photo + bytes(20 * 1024 * 1024 - len(photo)), "a.jpg").bytes == 20 * 1024 * 1024
    assert reason_for(photo + bytes(20 * 1024 * 1024 - len(photo) + 1)) == "too_large"


def test_a_png_that_would_unfold_to_gigabytes_is_refused_at_its_header() -> None:
    bomb = camera.png_bomb()
    assert len(bomb) < 1_000_000
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as warned:
        assert reason_for(bomb) == "too_many_pixels"
    assert time.perf_counter() - start < 0.5
    assert not warned


@pytest.mark.parametrize(("side", "kind"), [(7_500, "PNG"), (7_500, "WEBP")])
def test_more_than_fifty_megapixels_are_refused_unless_jpeg(side: int, kind: str) -> None:
    assert reason_for(camera.file(Image.new("1" if kind == "PNG" else "RGB", (side, side)), kind)) == "too_many_pixels"


def test_phones_of_108_and_200_megapixels_are_welcome_but_no_more() -> None:
    assert examine(camera.file(Image.new("L", (12_000, 9_000))), "108.jpg").width == 12_000
    assert examine(camera.file(Image.new("L", (16_320, 12_240))), "200.jpg").width == 16_320
    with warnings.catch_warnings(record=True) as warned:
        assert reason_for(camera.file(Image.new("L", (18_000, 12_000)))) == "too_many_pixels"
    assert not warned


def test_a_huge_progressive_jpeg_is_refused_since_it_is_held_whole_in_memory() -> None:
    assert reason_for(camera.file(Image.new("L", (9_000, 6_000)), progressive=True)) == "too_many_pixels"


def test_a_progressive_jpeg_of_a_thousand_scans_is_refused() -> None:
    photo = camera.file(camera.street(64, 64), progressive=True)
    last = photo.rindex(b"\xff\xda")
    assert reason_for(photo[:-2] + photo[last:-2] * 1000 + photo[-2:]) == "damaged"


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_png_with_a_bomb_in_its_text_is_refused(kind: bytes) -> None:
    squeezed = zlib.compress(bytes(50_000_000), 9)
    body = b"k\0\1\0\0\0" + squeezed if kind == b"iTXt" else b"k\0\0" + squeezed
    data = camera.with_chunk(camera.file(camera.street(), "PNG"), camera.chunk(kind, body))
    assert reason_for(data) == "damaged"


@pytest.mark.parametrize(
    ("width", "height", "fine"), [(15, 200, False), (200, 15, False), (1, 1, False), (16, 16, True)]
)
def test_a_dot_is_no_photo(width: int, height: int, fine: bool) -> None:
    data = camera.file(Image.new("RGB", (width, height)), "PNG")
    if fine:
        assert examine(data, "a.png").width == width
    else:
        assert reason_for(data) == "too_small"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_picture_counts(kind: str) -> None:
    first, second = Image.new("RGB", (64, 48), "red"), Image.new("RGB", (64, 48), "blue")
    data = camera.file(first, kind, save_all=True, append_images=[second] * 30, duration=50)
    assert examine(data, "a").width == 64


def test_a_photo_with_a_second_picture_inside_counts_as_the_first() -> None:
    data = camera.file(camera.corners(), "MPO", save_all=True, append_images=[camera.street(320, 200)])
    seen = examine(data, "samsung.jpg")
    assert (seen.mime, seen.width) == ("image/jpeg", 96)


def test_a_jpeg_with_a_web_page_behind_it_is_accepted_since_the_tail_is_never_shown() -> None:
    assert examine(camera.file(camera.street()) + b"<script>alert(1)</script>", "a.jpg").width == 640


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"Exif\0\0",
        b"Exif\0\0garbage that is no TIFF at all",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01" * 40,
        b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x63\0\0\0\x69\x87\x04\0\x01\0\0\0\xff\xff\xff\x7f",
    ],
)
def test_a_photo_with_broken_metadata_is_kept_and_the_metadata_dropped(broken: bytes) -> None:
    seen = examine(camera.file(camera.street(), exif=broken), "a.jpg")
    assert (seen.orientation, seen.taken_at, seen.position) == (1, None, None)


def test_no_mangled_file_ever_gets_past_the_words_of_refusal() -> None:
    chance = random.Random(1912)
    gps = camera.gps((41.0, 5.0, 8.0), "N", (23.0, 32.0, 54.0), "E")
    photos = [
        camera.file(camera.street(160, 120), kind, exif=camera.exif(orientation=6, gps=gps))
        for kind in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")
    ]
    for _ in range(500):
        mangled = bytearray(chance.choice(photos))
        for _ in range(chance.choice((1, 3, 20))):
            mangled[chance.randrange(min(len(mangled), chance.choice((64, 400, 4000))))] = chance.randrange(256)
        with suppress(PhotoRefused):
            examine(bytes(mangled), "a.jpg")


def test_a_photo_of_twelve_megapixels_is_examined_in_a_blink() -> None:
    data = camera.file(camera.street(1000, 750).resize((4000, 3000)), quality=95)
    took = []
    for _ in range(3):
        start = time.perf_counter()
        examine(data, "a.jpg")
        took.append(time.perf_counter() - start)
    assert min(took) < 0.1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("λακκούβα.jpg", "λακκούβα.jpg"),
        ("C:\\Users\\Ελένη\\δρόμος.jpg", "δρόμος.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\nc\u202egpj.exe", "a b c gpj.exe"),
        ("", "φωτογραφία"),
        ("/", "φωτογραφία"),
        ("ο\u0301δο\u0301ς.jpg", "όδός.jpg"),
        ("<script>.jpg", "<script>.jpg"),
    ],
)
def test_a_name_is_kept_without_its_folder_and_its_tricks(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_name_without_end_is_shortened_but_keeps_its_ending() -> None:
    short = clean_name("α" * 500 + ".jpeg")
    assert len(short) == 100
    assert short.endswith(".jpeg")


def test_a_percent_sign_in_the_name_does_no_harm() -> None:
    with pytest.raises(PhotoRefused, match="100%s"):
        examine(b"", "100%s.jpg")


def test_every_refusal_names_the_file(greek: Flask) -> None:
    with greek.test_request_context():
        for sentence in SENTENCES.values():
            assert "«%(name)s»" in str(sentence)
