"""The sheet that the demo photos are painted on: colours, light, and the words of drawing."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFilter, ImageOps

WIDTH: Final = 1200


HEIGHT: Final = 900


SCALE: Final = 2  # drawn twice as large and reduced, for smooth edges


BAND: Final = 54


Point = tuple[float, float]


Colour = tuple[int, int, int] | tuple[int, int, int, int]


Painter = Callable[["Scene", bool], None]


def rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(first: Colour, two: Colour, share: float) -> tuple[int, int, int]:
    """A colour on the way from `one` to `two`."""
    r, g, b = (round(a + (z - a) * share) for a, z in zip(first[:3], two[:3], strict=True))
    return r, g, b


INK: Final = rgb("#14212B")


WHITE: Final = rgb("#FFFFFF")


BLACK: Final = rgb("#000000")


TEAL: Final = rgb("#0B5563")


AMBER: Final = rgb("#F2A33A")


# sky above, sky below, far hill, near hill, grass, paving, asphalt, house
LIGHTS: Final[tuple[tuple[str, ...], ...]] = (
    ("#8CC7E8", "#E9F4F5", "#A9C4C0", "#86AE96", "#8DB46A", "#D9D2C4", "#6C7378", "#F0DFC4"),
    ("#9ED0E6", "#FDF1DC", "#B6C3B4", "#95AE84", "#A3B766", "#E0D5C1", "#72757A", "#EBD3BD"),
    ("#B7C6D1", "#EEF0EE", "#AEBBBC", "#8FA79A", "#86A46F", "#CFCDC6", "#666D73", "#DFD8CB"),
    ("#F0B99A", "#FCE9CE", "#B9A6A6", "#97938A", "#9BA469", "#DCC8B4", "#6B6A70", "#E8C7AA"),
)


class Scene:
    """A canvas of 1200×900 units with the drawing words the painters use."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - scenery, not secrets
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE))
        self.pen = ImageDraw.Draw(self.image, "RGBA")
        colours = [rgb(text) for text in self.dice.choice(LIGHTS)]
        self.sky, self.low, self.far, self.near, self.grass, self.paving, self.asphalt, self.house = colours

    # -- strokes and shapes

    def poly(self, points: Sequence[Point], fill: Colour) -> None:
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def rect(self, x: float, y: float, w: float, h: float, fill: Colour, radius: float = 0) -> None:
        box = (x * SCALE, y * SCALE, (x + w) * SCALE, (y + h) * SCALE)
        if radius:
            self.pen.rounded_rectangle(box, radius * SCALE, fill=fill)
        else:
            self.pen.rectangle(box, fill=fill)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        self.pen.ellipse(((x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE), fill=fill)

    def line(self, points: Sequence[Point], fill: Colour, width: float, *, caps: bool = True) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.pen.line(scaled, fill=fill, width=round(width * SCALE), joint="curve")
        if caps and len(fill) == 3:
            for x, y in (points[0], points[-1]):
                self.oval(x, y, width / 2 - 0.3, width / 2 - 0.3, fill)

    def plank(self, one: Point, two: Point, thick: float, fill: Colour) -> None:
        """A board from one point to another, with a light upper edge, a dark lower one and some grain."""
        (x0, y0), (x1, y1) = one, two
        length = math.hypot(x1 - x0, y1 - y0) or 1
        nx, ny = -(y1 - y0) / length * thick / 2, (x1 - x0) / length * thick / 2

        def strip(low: float, high: float, colour: Colour) -> None:
            self.poly(
                [
                    (x0 + nx * low, y0 + ny * low),
                    (x1 + nx * low, y1 + ny * low),
                    (x1 + nx * high, y1 + ny * high),
                    (x0 + nx * high, y0 + ny * high),
                ],
                colour,
            )

        strip(-1, 1, fill)
        strip(-1, -0.62, mix(fill, WHITE, 0.25))
        strip(0.6, 1, mix(fill, BLACK, 0.18))
        for share in (-0.25, 0.2):
            self.line(
                [
                    (x0 + nx * share + (x1 - x0) * 0.08, y0 + ny * share + (y1 - y0) * 0.08),
                    (x0 + nx * share + (x1 - x0) * 0.8, y0 + ny * share + (y1 - y0) * 0.8),
                ],
                (*mix(fill, BLACK, 0.25), 110),
                2,
                caps=False,
            )

    def blob(self, x: float, y: float, rx: float, ry: float, fill: Colour, rough: float = 0.12) -> list[Point]:
        """An uneven oval; its points are answered for drawing the same shape again."""
        count = 30
        waves = [self.dice.uniform(0.6, 1.0) for _ in range(4)]
        turn = self.dice.uniform(0, 6.28)
        points: list[Point] = []
        for step in range(count):
            angle = 2 * math.pi * step / count
            push = 1 + rough * (
                waves[0] * math.sin(2 * angle + turn)
                + waves[1] * math.sin(3 * angle - turn)
                + waves[2] * 0.6 * math.sin(5 * angle + 2 * turn)
            )
            points.append((x + rx * push * math.cos(angle), y + ry * push * math.sin(angle)))
        self.poly(points, fill)
        return points

    def fade(self, top: float, bottom: float, one: Colour, two: Colour) -> None:
        """A vertical gradient across the whole width."""
        column = Image.new("RGB", (1, 64))
        for step in range(64):
            column.putpixel((0, step), mix(one, two, step / 63))
        size = (WIDTH * SCALE, round((bottom - top) * SCALE))
        self.image.paste(column.resize(size, Image.Resampling.BILINEAR), (0, round(top * SCALE)))

    def shadow(self, x: float, y: float, rx: float, ry: float, strength: int = 70) -> None:
        """A soft shadow lying on the ground."""
        self._soft(x, y, rx, ry, BLACK, strength, 0.45)

    def glow(self, x: float, y: float, rx: float, ry: float, colour: Colour, strength: int) -> None:
        self._soft(x, y, rx, ry, colour, strength, 0.85)

    def _soft(self, x: float, y: float, rx: float, ry: float, colour: Colour, strength: int, blur: float) -> None:
        small = 48
        mask = Image.new("L", (small, small), 0)
        edge = small * 0.5 * blur * 0.5
        ImageDraw.Draw(mask).ellipse((edge, edge, small - edge, small - edge), fill=strength)
        mask = mask.filter(ImageFilter.GaussianBlur(edge * 0.5))
        size = (max(1, round(2 * rx * SCALE)), max(1, round(2 * ry * SCALE)))
        at = (round((x - rx) * SCALE), round((y - ry) * SCALE))
        self.image.paste(colour[:3], (*at, at[0] + size[0], at[1] + size[1]), mask.resize(size))

    # -- backgrounds

    def heaven(self, horizon: float) -> None:
        self.fade(0, horizon, self.sky, self.low)
        sun = self.dice.uniform(120, 1080)
        self.glow(sun, 130, 190, 190, WHITE, 130)
        self.oval(sun, 130, 44, 44, mix(self.low, rgb("#FFF3C9"), 0.7))
        for _ in range(self.dice.randint(2, 3)):
            x, y = self.dice.uniform(80, 1120), self.dice.uniform(70, 210)
            cloud = mix(mix(self.sky, self.low, y / horizon), WHITE, 0.62)
            for dx, dy, r in ((-54, 8, 26), (-20, -8, 36), (24, -2, 30), (58, 9, 22)):
                self.oval(x + dx, y + dy, r * 1.25, r * 0.8, cloud)
            self.rect(x - 84, y + 8, 168, 24, cloud, 12)

    def hills(self, horizon: float) -> None:
        for colour, height, length in ((self.far, 150, 420), (self.near, 80, 300)):
            turn = self.dice.uniform(0, 6.28)
            ridge: list[Point] = [
                (
                    x,
                    horizon - height * (0.55 + 0.3 * math.sin(x / length + turn) + 0.15 * math.sin(x / 97 + turn)),
                )
                for x in range(0, WIDTH + 25, 24)
            ]
            self.poly([(0, horizon + 2), *ridge, (WIDTH, horizon + 2)], colour)
            if colour == self.far:
                x, y = ridge[self.dice.randint(8, len(ridge) - 8)]
                ruin = mix(self.far, rgb("#8A6F5A"), 0.5)
                self.rect(x - 16, y - 34, 26, 44, ruin)
                self.poly(
                    [(x - 16, y - 34), (x - 16, y - 44), (x - 6, y - 36), (x + 2, y - 42), (x + 10, y - 34)],
                    ruin,
                )

    def bush(self, x: float, y: float, size: float) -> None:
        green = mix(self.grass, rgb("#3E6B45"), self.dice.uniform(0.35, 0.65))
        self.line([(x, y), (x, y - size)], rgb("#7A5F48"), size * 0.12)
        for dx, dy, r in ((-0.34, -1.0, 0.42), (0.34, -1.0, 0.42), (0, -1.35, 0.5), (0, -0.95, 0.45)):
            self.oval(x + dx * size, y + dy * size, r * size, r * size, green)
        self.oval(x - 0.15 * size, y - 1.45 * size, 0.24 * size, 0.2 * size, mix(green, WHITE, 0.14))

    def park(self, horizon: float = 480) -> None:
        self.heaven(horizon)
        self.hills(horizon)
        for _ in range(6):
            self.bush(self.dice.uniform(0, WIDTH), horizon + self.dice.uniform(0, 16), self.dice.uniform(52, 92))
        self.fade(horizon, HEIGHT, mix(self.grass, WHITE, 0.16), mix(self.grass, BLACK, 0.12))
        for _ in range(46):
            x, y = self.dice.uniform(0, WIDTH), self.dice.uniform(horizon + 20, HEIGHT - 60)
            size = 4 + (y - horizon) / 34
            green = mix(self.grass, rgb("#3E6B45"), 0.45)
            self.line([(x, y), (x - size * 0.5, y - size * 1.5)], green, 2.4)
            self.line([(x, y), (x + size * 0.5, y - size * 1.3)], green, 2.4)

    def path(self, top: float, bottom: float) -> None:
        """A paved strip across the picture."""
        self.fade(top, bottom, mix(self.paving, WHITE, 0.15), mix(self.paving, BLACK, 0.04))
        self.rect(0, top - 7, WIDTH, 9, mix(self.paving, BLACK, 0.14))
        self.rect(0, bottom - 2, WIDTH, 12, mix(self.paving, BLACK, 0.2))
        middle = (top + bottom) / 2
        joint = mix(self.paving, BLACK, 0.1)
        self.line([(0, middle), (WIDTH, middle)], joint, 2.5, caps=False)
        for step in range(-2, 16):
            x = 600 + (step - 6.5) * 120
            lean = (x - 600) * 0.16
            self.line([(x, top), (x + lean / 2, middle)], joint, 2.5, caps=False)
            self.line([(x + 60 + lean / 2, middle), (x + 60 + lean, bottom)], joint, 2.5, caps=False)

    def houses(self, floor: float, *, night: bool = False) -> None:
        x = -self.dice.uniform(10, 70)
        while x < WIDTH:
            width, height = self.dice.uniform(170, 260), self.dice.uniform(190, 320)
            tint = self.dice.choice(("#E9C9A5", "#DDB7A0", "#E8DDC9", "#C9D3CF", "#E3C08F"))
            wall = mix(self.house, rgb(tint), 0.6)
            if night:
                wall = mix(wall, rgb("#1B2A3F"), 0.72)
            self.rect(x, floor - height, width, height, wall)
            self.rect(x + width - 16, floor - height, 16, height, mix(wall, BLACK, 0.08))
            self.rect(x - 5, floor - height - 12, width + 10, 16, mix(wall, BLACK, 0.22))
            columns = 3
            for row in range(int(height // 96)):
                for column in range(columns):
                    wx = x + 22 + column * (width - 44 - 36) / (columns - 1)
                    wy = floor - height + 28 + row * 92
                    glass = mix(self.sky, INK, 0.35)
                    if night:
                        lit = self.dice.random() < 0.35
                        glass = rgb("#F3CF82") if lit else rgb("#22324A")
                    self.rect(wx - 3, wy - 3, 42, 62, mix(wall, WHITE, 0.3 if not night else 0.08))
                    self.rect(wx, wy, 36, 56, glass)
                    self.line([(wx + 18, wy), (wx + 18, wy + 56)], mix(wall, WHITE, 0.3 if not night else 0.08), 3)
                    if row % 2:
                        self.rect(wx - 8, wy + 52, 52, 6, mix(wall, BLACK, 0.25))
            x += width + self.dice.uniform(0, 14)

    def street(self, floor: float = 470, kerb: float = 650, *, night: bool = False) -> None:
        if night:
            self.fade(0, floor, rgb("#1C2B4A"), rgb("#6B6A8C"))
            for _ in range(30):
                x, y = self.dice.uniform(0, WIDTH), self.dice.uniform(10, 200)
                self.oval(x, y, 1.8, 1.8, (255, 255, 255, 150))
        else:
            self.heaven(floor)
            self.hills(floor)
        self.houses(floor, night=night)
        paving, asphalt = self.paving, self.asphalt
        if night:
            paving, asphalt = mix(paving, rgb("#16233A"), 0.68), mix(asphalt, rgb("#101A2C"), 0.6)
        paved = self.paving
        self.paving = paving
        self.path(floor, kerb)
        self.paving = paved
        self.rect(0, kerb, WIDTH, 20, mix(paving, WHITE, 0.2))
        self.rect(0, kerb + 18, WIDTH, 12, mix(paving, BLACK, 0.3))
        self.fade(kerb + 28, HEIGHT, mix(asphalt, BLACK, 0.08), mix(asphalt, WHITE, 0.06))

    def facade(self, floor: float = 640) -> Colour:
        """A wall that fills the view, and the pavement before it."""
        tint = self.dice.choice(("#E9D3AE", "#E2C3A8", "#D8DCCF", "#E6DCC8", "#CFD9DB"))
        wall = mix(self.house, rgb(tint), 0.75)
        self.fade(0, floor, mix(wall, WHITE, 0.12), mix(wall, BLACK, 0.05))
        for _ in range(36):
            x, y = self.dice.uniform(0, WIDTH), self.dice.uniform(30, floor - 110)
            self.rect(x, y, self.dice.uniform(14, 44), 3, (*mix(wall, BLACK, 0.1), 120))
        self.rect(0, floor - 76, WIDTH, 76, mix(wall, rgb("#7D8488"), 0.45))
        self.rect(0, floor - 80, WIDTH, 7, mix(wall, BLACK, 0.16))
        self.path(floor, HEIGHT - 60)
        self.fade(HEIGHT - 50, HEIGHT, self.asphalt, self.asphalt)
        return wall

    # -- the end

    def mirror(self) -> None:
        self.image = ImageOps.mirror(self.image)
        self.pen = ImageDraw.Draw(self.image, "RGBA")

    def caption(self) -> None:
        top = HEIGHT - BAND
        self.rect(0, top, WIDTH, BAND, INK)
        self.rect(0, top - 4, WIDTH, 4, AMBER)
        x = 34.0
        for letter in "ΕΠΙΔΕΙΞΗ":
            x += self._letter(letter, x, top + 15)
        self.oval(x + 8, top + 27, 4, 4, AMBER)
        x += 30
        for letter in "DEMO":
            x += self._letter(letter, x, top + 15)

    def _letter(self, letter: str, x: float, y: float) -> float:
        """One capital drawn with strokes, so that no font is needed; answers the advance."""
        wide, strokes = LETTERS[letter]
        size = 24.0
        for stroke in strokes:
            self.line([(x + a * size, y + b * size) for a, b in stroke], WHITE, 3.4)
        return wide * size + 11

    def jpeg(self) -> bytes:
        self.caption()
        out = io.BytesIO()
        self.image.reduce(SCALE).save(out, "JPEG", quality=86)
        return out.getvalue()


_ROUND: Final = tuple(
    (0.42 + 0.42 * math.cos(a / 8 * math.pi), 0.5 + 0.5 * math.sin(a / 8 * math.pi)) for a in range(17)
)


_BELLY: Final = (
    (0.0, 0.0), (0.3, 0.0), (0.52, 0.1), (0.66, 0.3), (0.68, 0.5),
    (0.66, 0.7), (0.52, 0.9), (0.3, 1.0), (0.0, 1.0), (0.0, 0.0),
)  # fmt: skip


_E: Final = (((0.55, 0.0), (0.0, 0.0), (0.0, 1.0), (0.55, 1.0)), ((0.0, 0.5), (0.45, 0.5)))


LETTERS: Final[dict[str, tuple[float, tuple[tuple[Point, ...], ...]]]] = {
    "Ε": (0.55, _E),
    "E": (0.55, _E),
    "Π": (0.65, (((0.0, 1.0), (0.0, 0.0), (0.65, 0.0), (0.65, 1.0)),)),
    "Ι": (0.04, (((0.02, 0.0), (0.02, 1.0)),)),
    "Δ": (0.8, (((0.0, 1.0), (0.4, 0.0), (0.8, 1.0), (0.0, 1.0)),)),
    "Ξ": (0.6, (((0.0, 0.0), (0.6, 0.0)), ((0.08, 0.5), (0.52, 0.5)), ((0.0, 1.0), (0.6, 1.0)))),
    "Η": (0.62, (((0.0, 0.0), (0.0, 1.0)), ((0.62, 0.0), (0.62, 1.0)), ((0.0, 0.5), (0.62, 0.5)))),
    "D": (0.68, (_BELLY,)),
    "M": (0.78, (((0.0, 1.0), (0.0, 0.0), (0.39, 0.7), (0.78, 0.0), (0.78, 1.0)),)),
    "O": (0.84, (_ROUND,)),
}


WOOD: Final = rgb("#B97A45")


GREY_WOOD: Final = rgb("#A08E78")


IRON: Final = rgb("#3D474E")


RUST: Final = rgb("#9A5B3A")


STONE: Final = rgb("#C4BCAE")


WATER: Final = rgb("#8FB9CC")
