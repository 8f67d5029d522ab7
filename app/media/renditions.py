"""The sizes we show: clean JPEGs drawn anew from the pixels, so nothing the sender wrote is in them."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from PIL import Image, ImageCms, ImageOps

from app.media import exif
from app.media.loading import loaded, opened

# Long side in pixels.
SIZES: Final = {"small": 480, "medium": 1080, "large": 2048}
QUALITY: Final = 82

_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def render(data: bytes, size: str) -> bytes:
    """One size of a photo as a progressive JPEG: upright, in sRGB, on white, without any metadata.

    Never larger than it came. The same bytes in give the same bytes out. Raises KeyError for an unknown size.
    """
    return _encoded(_fitted(_picture(data), SIZES[size]))


def render_all(data: bytes) -> dict[str, bytes]:
    """Every size, byte for byte what ``render`` gives, from decoding the photo once."""
    picture = _picture(data)
    return {size: _encoded(_fitted(picture, side)) for size, side in SIZES.items()}


#: A strip for the head of a page: width and height in pixels, and the most it may weigh.
STRIPS: Final = {"narrow": (720, 240, 20_000), "wide": (1600, 400, 100_000)}
_STRIP_QUALITIES: Final = (QUALITY, 74, 66, 58, 50, 42, 34)
#: Long side in pixels of an emblem: beside a word, also on a fine screen, and as the icon of an application.
EMBLEMS: Final = {"head": 160, "icon": 512}


def strips(data: bytes) -> dict[str, bytes]:
    """The middle of a photo as a strip of each width, as fine as its weight allows."""
    picture = _picture(data)
    return {name: _strip(picture, *form) for name, form in STRIPS.items()}


def _strip(picture: Image.Image, width: int, height: int, most_bytes: int) -> bytes:
    scale = min(1.0, picture.width / width, picture.height / height)
    strip = ImageOps.fit(picture, (max(1, round(width * scale)), max(1, round(height * scale))))
    made = b""
    for quality in _STRIP_QUALITIES:
        made = _encoded(strip, quality)
        if len(made) <= most_bytes:
            break
    return made


def emblems(data: bytes) -> dict[str, bytes]:
    """A picture that may be seen through as PNGs: one as it is, and one in a square, as icons of applications are."""
    with opened(data) as image:
        pixels = loaded(image, data, None, _fit(image.size, max(EMBLEMS.values())))
        picture = _eight_bit(pixels).convert("RGBA")
    picture.info = {}
    head, icon = (_fitted(picture, side) for side in EMBLEMS.values())
    square = Image.new("RGBA", (max(icon.size), max(icon.size)))
    square.paste(icon, ((square.width - icon.width) // 2, (square.height - icon.height) // 2))
    return {"head": _as_png(head), "icon": _as_png(square)}


def _picture(data: bytes) -> Image.Image:
    """The photo upright in sRGB, at most as large as the largest size."""
    largest = max(SIZES.values())
    with opened(data) as image:
        pixels = loaded(image, data, None, _fit(image.size, largest))
        orientation = exif.read(image).orientation
        picture = _on_white(_fitted(_eight_bit(pixels), largest))
        picture = _in_srgb(picture, image.info.get("icc_profile"))
    # What Pillow carries along in ``info`` (comments, XMP, profiles) ends here.
    picture.info = {}
    turn = _UPRIGHT.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def _eight_bit(image: Image.Image) -> Image.Image:
    """L, RGB, RGBA or CMYK with eight bits a channel."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.mode in ("RGB", "L", "CMYK") and "transparency" not in image.info:
        return image
    if image.mode == "CMYK" or image.mode == "RGBA":
        return image
    see_through = "transparency" in image.info or image.mode in ("PA", "LA", "La", "RGBa")
    return image.convert("RGBA" if see_through else "RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            source_profile = ImageCms.ImageCmsProfile(BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source_profile, srgb, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None  # a broken profile, or one for another kind of pixel: the plain colours will do
        if converted is not None:
            return converted
    return image.convert("RGB")


def _fitted(image: Image.Image, side: int) -> Image.Image:
    size = _fit(image.size, side)
    if size == image.size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    width, height = size
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _encoded(picture: Image.Image, quality: int = QUALITY) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, progressive=True, optimize=True)
    return out.getvalue()


def _as_png(picture: Image.Image) -> bytes:
    """With 256 colours, which are plenty for an emblem and a third of the weight."""
    out = BytesIO()
    picture.quantize(256, method=Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return out.getvalue()
