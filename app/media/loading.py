"""Opens bytes as a photo, decided by their content alone and within limits that keep the server standing."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Final

import pillow_heif
from PIL import AvifImagePlugin, GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

__all__ = ["Damaged", "TooManyPixels", "loaded", "opened", "photo_mime", "something_else"]

MEGAPIXEL: Final = 1_000_000
# Phones make 200 MP JPEGs, and a baseline JPEG is decoded at an eighth: its pixels cost little memory.
JPEG_PIXELS: Final = 210 * MEGAPIXEL
OTHER_PIXELS: Final = 50 * MEGAPIXEL
# What is decoded whole and larger than this takes its turn alone.
LIGHT_PIXELS: Final = 13 * MEGAPIXEL
NEARLY: Final = 0.95
# A camera writes about ten scans; each further one is a whole pass over all pixels.
PROGRESSIVE_SCANS: Final = 64

_FORMATS: Final = {
    "image/jpeg": JpegImagePlugin.JpegImageFile.format,
    "image/png": PngImagePlugin.PngImageFile.format,
    "image/webp": WebPImagePlugin.WebPImageFile.format,
    "image/gif": GifImagePlugin.GifImageFile.format,
    "image/avif": AvifImagePlugin.AvifImageFile.format,
    "image/heic": "HEIF",
}
#: By how many bands libvips gives.
_MODES: Final = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_HEIC_BRANDS: Final = frozenset(b"heic heix heim heis hevc hevx hevm hevs mif1 msf1".split())
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_quiet = threading.Lock()

# Only the picture itself is wanted; what libheif would add is work for a stranger's bytes.
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=2)
Image.MAX_IMAGE_PIXELS = JPEG_PIXELS


class Damaged(Exception):
    """The bytes begin like a photo but cannot be decoded to the end."""


class TooManyPixels(Exception):
    """More pixels than we decode. ``limit`` is in megapixels."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


def photo_mime(data: bytes) -> str | None:
    """The MIME type of a photo we accept, or None; read from the first bytes, never from a name."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        brands = _brands(data)
        if brands & _AVIF_BRANDS:
            return "image/avif"
        if brands & _HEIC_BRANDS:
            return "image/heic"
    return None


def something_else(data: bytes) -> str:
    """What a file that is no photo is, as far as its sender is helped by knowing."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data[4:8] == b"ftyp" or data.startswith(b"\x1aE\xdf\xa3") or data[8:12] == b"AVI ":
        return "video"
    return "not_a_photo"


def _brands(data: bytes) -> set[bytes]:
    end = min(int.from_bytes(data[:4], "big"), 256, len(data))
    return {data[8:12]} | {data[i : i + 4] for i in range(16, end, 4)}


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """The photo with its header read and its pixels not yet decoded.

    Whatever goes wrong while the block decodes comes out as Damaged: with a stranger's bytes any failure of a
    decoder is a fault of the file. Of a file with several pictures only the first is ever looked at.
    """
    mime = photo_mime(data)
    if mime is None:
        raise Damaged("not a photo")
    try:
        with _open(data, mime) as image:
            _check_cost(image, data)
            yield image
    except (Damaged, TooManyPixels):
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise TooManyPixels(_limit(mime == "image/jpeg") // MEGAPIXEL) from error
    except Exception as error:
        raise Damaged(str(error)) from error


def loaded(image: Image.Image, data: bytes, mode: str | None, size: tuple[int, int]) -> Image.Image:
    """The photo's pixels, all of them or, where it is a JPEG or large, at least ``size``.

    A JPEG becomes ``mode`` as well. What is large otherwise goes by libvips, which scales while it decodes or from the
    decoder's own memory: Pillow copies such a picture whole, up to three times, and the emptiest one cost 770 MB.
    """
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        # Nearly is enough: 4000 pixels are then decoded as 2000, not as 4000 to become 2048.
        image.draft(mode, (round(size[0] * NEARLY), round(size[1] * NEARLY)))
    elif image.width * image.height > LIGHT_PIXELS and image.format != "AVIF":  # libvips takes twice Pillow's for it
        return _scaled(image, data, size)
    image.load()
    return image


def _scaled(image: Image.Image, data: bytes, size: tuple[int, int]) -> Image.Image:
    import pyvips  # 20 ms and 5 MB, for large pictures alone

    width, how = size[0], {"height": size[1], "size": "down", "no_rotate": True}
    if image.format == "HEIF":  # libvips has no decoder for HEVC
        heif = pillow_heif.open_heif(data)
        raw, bands = heif.data, len(heif.mode)
        pixels = pyvips.Image.new_from_memory(raw, *heif.size, bands, "uchar").thumbnail_image(width, **how)
    else:
        pixels = pyvips.Image.thumbnail_buffer(data, width, **how, fail_on="truncated")
    if pixels.format != "uchar":
        pixels = pixels.colourspace("b-w" if pixels.bands < 3 else "srgb")
    shape = (pixels.width, pixels.height)
    return Image.frombytes(_MODES[pixels.bands], shape, pixels.cast("uchar").write_to_memory())


def _open(data: bytes, mime: str) -> Image.Image:
    with quiet():
        return Image.open(BytesIO(data), formats=(_FORMATS[mime],))


@contextmanager
def quiet() -> Iterator[None]:
    """No warnings from Pillow, about odd metadata or large sizes, inside the block: both are dealt with here.

    The filters are the process's, not the thread's, hence the lock; it is held for headers and metadata only,
    never while pixels are decoded.
    """
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _limit(baseline_jpeg: bool) -> int:
    return JPEG_PIXELS if baseline_jpeg else OTHER_PIXELS


def is_heavy(data: bytes) -> bool:
    """Whether decoding will take much memory, as far as the header tells; what has none will be found out later."""
    try:
        with _open(data, photo_mime(data) or "") as image:
            is_jpeg = isinstance(image, JpegImagePlugin.JpegImageFile)
            return image.width * image.height > LIGHT_PIXELS and (not is_jpeg or _is_whole(image, data))
    except Exception:
        return False


def _is_whole(jpeg: Image.Image, data: bytes) -> bool:
    """Of several scans libjpeg holds all coefficients in memory, progressive or not; one more is a thumbnail's."""
    return bool(jpeg.info.get("progressive")) or data.count(b"\xff\xda") > 2


def _check_cost(image: Image.Image, data: bytes) -> None:
    is_jpeg = isinstance(image, JpegImagePlugin.JpegImageFile)
    scans = data.count(b"\xff\xda")
    is_whole = is_jpeg and _is_whole(image, data)
    limit = _limit(is_jpeg and not is_whole)
    if image.width * image.height > limit:
        raise TooManyPixels(limit // MEGAPIXEL)
    if is_whole and scans > PROGRESSIVE_SCANS:
        raise Damaged("too many scans")
