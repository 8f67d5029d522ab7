"""When and where a photo was taken, as far as its camera can be believed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import ExifTags

from app.media.exif import Position
from tests.media import camera
from tests.media.camera import examine

#: Decoding has its gate in a folder of the installation.
pytestmark = pytest.mark.usefixtures("greek")

NAN = float("nan")


def position(**tags: Any) -> Position | None:
    return examine(camera.file(camera.corners(), exif=camera.exif(**tags)), "a.jpg").position


def taken(written: str, offset: str | None = None) -> datetime | None:
    data = camera.file(camera.corners(), exif=camera.exif(taken=written, offset=offset))
    return examine(data, "a.jpg").taken_at


@pytest.mark.parametrize(
    ("lat_ref", "lon_ref", "lat", "lon"),
    [
        ("N", "E", 41.0856, 23.5484),
        ("S", "E", -41.0856, 23.5484),
        ("N", "W", 41.0856, -23.5484),
        ("S", "W", -41.0856, -23.5484),
    ],
)
def test_a_photo_knows_its_place_in_all_four_quarters_of_the_earth(
    lat_ref: str, lon_ref: str, lat: float, lon: float
) -> None:
    where = position(gps=camera.gps((41.0, 5.0, 8.16), lat_ref, (23.0, 32.0, 54.24), lon_ref))
    assert where is not None
    assert (where.lat, where.lon) == pytest.approx((lat, lon), abs=1e-6)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF", "AVIF"])
def test_the_place_is_read_from_every_kind_of_file(kind: str) -> None:
    exif = camera.exif(gps=camera.gps((41.0, 5.0, 8.16), "N", (23.0, 32.0, 54.24), "E"))
    where = examine(camera.file(camera.corners(), kind, exif=exif), "a").position
    assert where is not None
    assert (where.lat, where.lon) == pytest.approx((41.0856, 23.5484), abs=1e-6)


@pytest.mark.parametrize(
    "tags",
    [
        camera.gps((0.0, 0.0, 0.0), "N", (0.0, 0.0, 0.0), "E"),
        camera.gps((0.0, 0.0, 1.0), "N", (0.0, 0.0, 1.0), "W"),
        camera.gps((91.0, 0.0, 0.0), "N", (23.0, 0.0, 0.0), "E"),
        camera.gps((41.0, 0.0, 0.0), "N", (181.0, 0.0, 0.0), "E"),
        camera.gps((41.0, 75.0, 0.0), "N", (23.0, 0.0, 0.0), "E"),
        camera.gps((41.0, 0.0), "N", (23.0, 0.0, 0.0), "E"),
        camera.gps((41.0, 0.0, 0.0), "X", (23.0, 0.0, 0.0), "E"),
        {ExifTags.GPS.GPSLatitude: (41.0, 0.0, 0.0), ExifTags.GPS.GPSLongitude: (23.0, 0.0, 0.0)},
        {ExifTags.GPS.GPSLatitudeRef: "N"},
    ],
)
def test_a_receiver_without_a_fix_gives_no_place(tags: dict[int, Any]) -> None:
    assert position(gps=tags) is None


def test_a_fraction_over_zero_gives_no_place() -> None:
    whole = camera.exif(gps=camera.gps((41.0, 5.0, 8.0), "N", (23.0, 32.0, 54.0), "E"))
    for numerator in (41, 23):
        broken = whole.replace(numerator.to_bytes(4, "little") + b"\x01\0\0\0", bytes(8))
        broken = broken.replace(numerator.to_bytes(4, "big") + b"\0\0\0\x01", bytes(8))
        assert broken != whole
        assert examine(camera.file(camera.corners(), exif=broken), "a.jpg").position is None


def test_a_clock_without_an_offset_is_read_as_the_towns_summer_and_winter_time() -> None:
    assert taken("2026:07:01 12:00:00") == datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert taken("2026:01:15 12:00:00") == datetime(2026, 1, 15, 10, tzinfo=UTC)


def test_a_clock_with_an_offset_is_believed() -> None:
    assert taken("2026:07:01 12:00:00", "+02:00") == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_an_offset_that_is_nonsense_is_passed_over() -> None:
    assert taken("2026:07:01 12:00:00", "yes") == datetime(2026, 7, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["0000:00:00 00:00:00", "yesterday", "1970:01:01 00:00:00", "2026:13:01 00:00:00", ""]
)
def test_a_clock_that_was_never_set_tells_no_time(written: str) -> None:
    assert taken(written) is None
