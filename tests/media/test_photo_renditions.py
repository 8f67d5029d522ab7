"""What everybody sees: upright, in true colours, and without a word about the sender."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from app.media.loading import Damaged
from app.media.renditions import SIZES, render, render_all
from tests.media import camera


def shown(data: bytes, size: str = "large") -> Image.Image:
    picture = Image.open(BytesIO(render(data, size)))
    picture.load()
    return picture


def colour(picture: Image.Image, x: float, y: float) -> tuple[int, ...]:
    pixel = picture.getpixel((int(x * picture.width), int(y * picture.height)))
    assert isinstance(pixel, tuple)
    return pixel


def near(pixel: tuple[int, ...], wanted: tuple[int, ...], within: int = 12) -> bool:
    return all(abs(a - b) <= within for a, b in zip(pixel, wanted, strict=True))


def is_upright(picture: Image.Image) -> bool:
    places = {
        (0.2, 0.2): camera.RED,
        (0.8, 0.2): camera.GREEN,
        (0.2, 0.8): camera.BLUE,
        (0.8, 0.8): camera.YELLOW,
    }
    return all(near(colour(picture, *at), wanted) for at, wanted in places.items())


@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_sideways_photo_from_elenis_phone_stands_upright(orientation: int, kind: str, size: str) -> None:
    picture = shown(camera.sideways(orientation, kind), size)
    assert picture.size == (96, 64)
    assert is_upright(picture)


@pytest.mark.parametrize("orientation", [3, 6, 8])
@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_a_sideways_photo_from_a_newer_phone_stands_upright(kind: str, orientation: int) -> None:
    turn = camera.LAID_DOWN[orientation]
    assert turn is not None
    picture = camera.corners(192, 128).transpose(turn)
    data = camera.file(picture, kind, quality=95, exif=camera.exif(orientation=orientation))
    assert is_upright(shown(data))


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_large_sideways_photo_is_shrunk_to_its_long_side(orientation: int) -> None:
    data = camera.sideways(orientation, size=(3000, 2000))
    made = {size: Image.open(BytesIO(jpeg)) for size, jpeg in render_all(data).items()}
    assert {size: picture.size for size, picture in made.items()} == {
        "small": (480, 320),
        "medium": (1080, 720),
        "large": (2048, 1365),
    }
    assert all(is_upright(picture) for picture in made.values())


def test_a_panorama_is_shrunk_by_its_width_alone() -> None:
    assert shown(camera.file(camera.corners(6000, 400))).size == (2048, 137)


def test_a_small_photo_is_never_blown_up() -> None:
    assert {shown(camera.file(camera.street(320, 240)), size).size for size in SIZES} == {(320, 240)}


def test_the_same_photo_gives_the_same_bytes_one_by_one_or_all_at_once() -> None:
    data = camera.file(camera.street(2500, 1800))
    assert {size: render(data, size) for size in SIZES} == render_all(data)


def test_what_is_shown_is_a_progressive_jpeg() -> None:
    picture = shown(camera.file(camera.street(), "PNG"))
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    assert picture.info.get("progressive")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(mode: str) -> None:
    clear = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
    clear.paste((200, 0, 0, 255), (0, 0, 32, 48))
    picture = shown(camera.file(clear.convert(mode), "PNG"))
    assert near(colour(picture, 0.9, 0.5), (255, 255, 255), within=3)
    assert not near(colour(picture, 0.2, 0.5), (255, 255, 255), within=60)


def test_a_single_colour_named_transparent_is_white() -> None:
    data = camera.file(Image.new("RGB", (64, 48), (10, 20, 30)), "PNG", transparency=(10, 20, 30))
    assert near(colour(shown(data), 0.5, 0.5), (255, 255, 255), within=3)


def test_a_scan_with_sixteen_bits_keeps_its_greys() -> None:
    scan = Image.new("I;16", (64, 48), 128 * 257)
    scan.paste(30 * 257, (0, 0, 32, 48))
    picture = shown(camera.file(scan, "PNG"))
    assert near(colour(picture, 0.2, 0.5), (30, 30, 30), within=4)
    assert near(colour(picture, 0.8, 0.5), (128, 128, 128), within=4)


def test_a_print_shops_cmyk_has_its_colours() -> None:
    picture = shown(camera.file(Image.new("CMYK", (64, 48), (0, 255, 255, 0)), "JPEG", quality=95))
    assert near(colour(picture, 0.5, 0.5), (255, 0, 0), within=30)


@pytest.mark.parametrize("mode", ["1", "L"])
def test_black_and_white_is_shown_as_it_is(mode: str) -> None:
    picture = shown(camera.file(Image.new(mode, (64, 48), 255), "PNG"))
    assert near(colour(picture, 0.5, 0.5), (255, 255, 255), within=3)


def test_colours_of_another_profile_are_turned_into_srgb() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A screen whose red shines blue and whose blue shines red: the two primaries change their names.
    swapped = srgb.replace(b"rXYZ", b"----", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"----", b"bXYZ", 1)
    brown = Image.new("RGB", (64, 48), (120, 90, 60))
    for profile, wanted in ((srgb, (120, 90, 60)), (swapped, (60, 90, 120))):
        for kind in ("PNG", "JPEG", "WEBP"):
            picture = shown(camera.file(brown, kind, icc_profile=profile))
            assert near(colour(picture, 0.5, 0.5), wanted, within=8)


@pytest.mark.parametrize("profile", [b"", b"no profile at all", b"\0" * 200])
def test_a_broken_profile_costs_nothing_but_itself(profile: bytes) -> None:
    data = camera.file(Image.new("RGB", (64, 48), (120, 90, 60)), "JPEG", quality=95, icc_profile=profile)
    assert near(colour(shown(data), 0.5, 0.5), (120, 90, 60), within=6)


def test_nothing_the_sender_wrote_beside_the_pixels_is_shown() -> None:
    attack = "<script>alert(1)</script>"
    exif = camera.exif(
        orientation=6,
        taken="2026:07:01 12:00:00",
        gps=camera.gps((41.0, 5.0, 8.0), "N", (23.0, 32.0, 54.0), "E"),
        texts={
            ExifTags.Base.Make: attack,
            ExifTags.Base.Artist: "Ελένη",
            ExifTags.Base.ImageDescription: attack,
        },
    )
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{attack}</x:xmpmeta>".encode()
    iptc = b"\xff\xed" + (2 + 60).to_bytes(2, "big") + (b"Photoshop 3.0\x008BIM\x04\x04" + attack.encode()).ljust(60)
    jpeg = camera.file(camera.street(), exif=exif, comment=attack, icc_profile=profile, xmp=xmp)
    jpeg = jpeg[:2] + iptc + jpeg[2:] + f"<html>{attack}</html>".encode()
    for out in render_all(jpeg).values():
        for word in (
            b"script",
            b"alert",
            b"Exif",
            b"xmpmeta",
            b"ICC_PROFILE",
            b"Photoshop",
            b"8BIM",
            b"html",
        ):
            assert word not in out
        left = Image.open(BytesIO(out))
        assert not left.getexif()
        assert set(left.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "progressive",
            "progression",
        }


def test_nothing_written_into_a_png_is_shown() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "<script>alert(1)</script>")
    notes.add_itxt("Comment", "<script>alert(1)</script>", zip=True)
    out = render(camera.file(camera.street(), "PNG", pnginfo=notes, exif=camera.exif(orientation=3)), "small")
    assert b"script" not in out
    assert not Image.open(BytesIO(out)).getexif()


def test_a_photo_that_breaks_off_is_not_shown_half() -> None:
    data = camera.file(camera.street())
    with pytest.raises(Damaged):
        render(data[: len(data) // 2], "small")


def test_only_the_three_sizes_exist() -> None:
    with pytest.raises(KeyError):
        render(camera.file(camera.street()), "huge")
