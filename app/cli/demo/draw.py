"""Paint the demo photos: flat little street scenes, broken and repaired, no third-party picture in them.

`draw("bench", after=False, seed=7)` answers JPEG bytes of 1200×900 with a caption band. The same arguments
give the same picture; before and after of one seed share light, background and colours, so they read as a pair.
"""

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


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(first: Colour, two: Colour, share: float) -> tuple[int, int, int]:
    """A colour on the way from `one` to `two`."""
    r, g, b = (round(a + (z - a) * share) for a, z in zip(first[:3], two[:3], strict=True))
    return r, g, b


INK: Final = _rgb("#14212B")
WHITE: Final = _rgb("#FFFFFF")
BLACK: Final = _rgb("#000000")
TEAL: Final = _rgb("#0B5563")
AMBER: Final = _rgb("#F2A33A")

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
        colours = [_rgb(text) for text in self.dice.choice(LIGHTS)]
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
        self.oval(sun, 130, 44, 44, mix(self.low, _rgb("#FFF3C9"), 0.7))
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
                ruin = mix(self.far, _rgb("#8A6F5A"), 0.5)
                self.rect(x - 16, y - 34, 26, 44, ruin)
                self.poly(
                    [(x - 16, y - 34), (x - 16, y - 44), (x - 6, y - 36), (x + 2, y - 42), (x + 10, y - 34)],
                    ruin,
                )

    def bush(self, x: float, y: float, size: float) -> None:
        green = mix(self.grass, _rgb("#3E6B45"), self.dice.uniform(0.35, 0.65))
        self.line([(x, y), (x, y - size)], _rgb("#7A5F48"), size * 0.12)
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
            green = mix(self.grass, _rgb("#3E6B45"), 0.45)
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
            wall = mix(self.house, _rgb(tint), 0.6)
            if night:
                wall = mix(wall, _rgb("#1B2A3F"), 0.72)
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
                        glass = _rgb("#F3CF82") if lit else _rgb("#22324A")
                    self.rect(wx - 3, wy - 3, 42, 62, mix(wall, WHITE, 0.3 if not night else 0.08))
                    self.rect(wx, wy, 36, 56, glass)
                    self.line([(wx + 18, wy), (wx + 18, wy + 56)], mix(wall, WHITE, 0.3 if not night else 0.08), 3)
                    if row % 2:
                        self.rect(wx - 8, wy + 52, 52, 6, mix(wall, BLACK, 0.25))
            x += width + self.dice.uniform(0, 14)

    def street(self, floor: float = 470, kerb: float = 650, *, night: bool = False) -> None:
        if night:
            self.fade(0, floor, _rgb("#1C2B4A"), _rgb("#6B6A8C"))
            for _ in range(30):
                x, y = self.dice.uniform(0, WIDTH), self.dice.uniform(10, 200)
                self.oval(x, y, 1.8, 1.8, (255, 255, 255, 150))
        else:
            self.heaven(floor)
            self.hills(floor)
        self.houses(floor, night=night)
        paving, asphalt = self.paving, self.asphalt
        if night:
            paving, asphalt = mix(paving, _rgb("#16233A"), 0.68), mix(asphalt, _rgb("#101A2C"), 0.6)
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
        wall = mix(self.house, _rgb(tint), 0.75)
        self.fade(0, floor, mix(wall, WHITE, 0.12), mix(wall, BLACK, 0.05))
        for _ in range(36):
            x, y = self.dice.uniform(0, WIDTH), self.dice.uniform(30, floor - 110)
            self.rect(x, y, self.dice.uniform(14, 44), 3, (*mix(wall, BLACK, 0.1), 120))
        self.rect(0, floor - 76, WIDTH, 76, mix(wall, _rgb("#7D8488"), 0.45))
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

WOOD: Final = _rgb("#B97A45")
GREY_WOOD: Final = _rgb("#A08E78")
IRON: Final = _rgb("#3D474E")
RUST: Final = _rgb("#9A5B3A")
STONE: Final = _rgb("#C4BCAE")
WATER: Final = _rgb("#8FB9CC")


def _bench(s: Scene, after: bool) -> None:
    s.park(450)
    s.path(610, 800)
    s.shadow(600, 742, 410, 46, 85)
    wood = WOOD if after else GREY_WOOD
    iron = IRON if after else mix(IRON, RUST, 0.45)
    for x in (310.0, 890.0):
        bent = 0 if after or x == 310 else 46
        s.line([(x, 385), (x, 600)], iron, 17)
        s.line([(x - 6, 600), (x - 6 - bent, 740)], iron, 19)
        s.line([(x - 40, 742), (x + 26 - bent, 742)], iron, 15)
        s.line([(x - 8, 596), (x + 4, 596)], iron, 24)
    for row, y in enumerate((400.0, 452.0, 504.0)):
        if not after and row == 1:
            s.plank((252, y), (520, y + 8), 37, wood)
            s.plank((600, y + 92), (948, y + 4), 37, wood)
            s.poly([(516, y - 12), (548, y - 2), (528, y + 6), (552, y + 18), (516, y + 25)], wood)
        else:
            s.plank((252, y), (948, y), 37, wood)
    for row, y in enumerate((572.0, 606.0)):
        if not after and row == 1:
            s.plank((236, y), (655, y + 2), 34, wood)
            s.plank((735, 748), (920, 722), 30, mix(wood, BLACK, 0.08))
        else:
            s.plank((236, y), (964, y), 34, wood)
    for x in (310.0, 890.0):
        for y in (400.0, 452.0, 504.0):
            if after or y != 452 or x == 310:
                s.oval(x, y, 6, 6, mix(iron, WHITE, 0.4))
    if not after:
        for _ in range(16):
            x, y = s.dice.uniform(270, 920), s.dice.choice((396.0, 404.0, 500.0, 508.0, 570.0))
            s.rect(x, y, s.dice.uniform(12, 36), 6, mix(WOOD, WHITE, 0.35), 3)
        s.line([(690, 604), (700, 588)], _rgb("#C8CDD0"), 4)


def _road(s: Scene, horizon: float = 330) -> None:
    """A street running away from the viewer."""
    s.heaven(horizon)
    s.hills(horizon)
    for side in (-1, 1):
        for step in range(7):
            depth = 1 / (1 + step * 0.55)
            x = 600 + side * (150 + 620 * depth)
            s.bush(x, horizon + 12 + 190 * depth * depth, 60 + 150 * depth)
    s.fade(horizon, HEIGHT, mix(s.grass, WHITE, 0.15), mix(s.grass, BLACK, 0.1))
    s.poly([(470, horizon), (730, horizon), (1720, HEIGHT), (-520, HEIGHT)], s.paving)
    s.poly([(480, horizon), (720, horizon), (1590, HEIGHT), (-390, HEIGHT)], mix(s.paving, BLACK, 0.28))
    s.poly([(486, horizon), (714, horizon), (1540, HEIGHT), (-340, HEIGHT)], s.asphalt)
    for _ in range(420):
        y = horizon + (HEIGHT - horizon) * s.dice.random() ** 0.7
        half = 114 + (y - horizon) / (HEIGHT - horizon) * 820
        x = 600 + s.dice.uniform(-half, half)
        tone = s.dice.choice((BLACK, WHITE))
        s.oval(x, y, 1 + (y - horizon) / 260, 0.7 + (y - horizon) / 420, (*tone, 34))
    y = horizon + 6.0
    while y < HEIGHT:
        size = 5 + (y - horizon) * 0.13
        half = 3 + (y - horizon) * 0.022
        s.poly(
            [(600 - half, y), (600 + half, y), (600 + half * 1.18, y + size), (600 - half * 1.18, y + size)],
            _rgb("#EDEBE2"),
        )
        y += size * 2.3


def _pothole(s: Scene, after: bool) -> None:
    _road(s)
    x, y = 850.0, 655.0
    if after:
        dark = mix(s.asphalt, BLACK, 0.34)
        s.poly([(652, 560), (1000, 560), (1106, 752), (664, 752)], mix(s.asphalt, BLACK, 0.55))
        s.poly([(660, 567), (993, 567), (1092, 745), (672, 745)], dark)
        for _ in range(260):
            py = s.dice.uniform(570, 742)
            px = s.dice.uniform(676, 990 + (py - 567) * 0.52)
            s.oval(px, py, 2, 1.4, (*mix(dark, WHITE, 0.32), 110))
        return
    s.blob(x, y, 232, 92, mix(s.asphalt, WHITE, 0.16), 0.1)
    rim = s.blob(x, y + 4, 204, 76, mix(s.asphalt, BLACK, 0.5), 0.12)
    s.poly([(px * 0.94 + x * 0.06, py * 0.9 + (y + 22) * 0.1 + 8) for px, py in rim], _rgb("#6F6251"))
    s.blob(x + 12, y + 26, 150, 38, mix(WATER, _rgb("#5B6C70"), 0.45), 0.08)
    s.blob(x - 18, y + 18, 74, 10, (*mix(s.low, WHITE, 0.3), 150), 0.1)
    for _ in range(34):
        angle, far = s.dice.uniform(0, 6.28), s.dice.uniform(1.0, 1.5)
        px, py = x + 230 * far * math.cos(angle), y + 82 * far * math.sin(angle)
        size = s.dice.uniform(4, 13)
        s.oval(px, py + size * 0.4, size * 1.1, size * 0.6, (0, 0, 0, 60))
        s.blob(px, py, size, size * 0.7, mix(s.asphalt, BLACK, s.dice.uniform(0.1, 0.4)), 0.18)
    for angle in (0.3, 1.0, 2.2, 3.3, 4.4, 5.5):
        points = [(x + 225 * math.cos(angle), y + 78 * math.sin(angle))]
        for _ in range(3):
            px, py = points[-1]
            points.append(
                (
                    px + 44 * math.cos(angle) + s.dice.uniform(-16, 16),
                    py + 20 * math.sin(angle) + s.dice.uniform(-9, 9),
                )
            )
        s.line(points, mix(s.asphalt, BLACK, 0.55), 4)


def _light(s: Scene, after: bool) -> None:
    s.street(night=True)
    if not after:
        s.poly([(0, 470), (WIDTH, 470), (WIDTH, HEIGHT), (0, HEIGHT)], (6, 12, 26, 90))
    if after:
        s.glow(640, 690, 470, 150, _rgb("#FFD98A"), 190)
    s.shadow(402, 655, 60, 14, 110)
    iron = _rgb("#8B97A3") if after else _rgb("#56616E")
    s.line([(400, 650), (400, 150), (420, 104), (462, 84), (590, 84)], iron, 17)
    s.line([(396, 640), (396, 170)], mix(iron, WHITE, 0.3), 4)
    s.rect(378, 560, 44, 92, mix(iron, BLACK, 0.12), 6)
    s.rect(386, 585, 28, 20, AMBER, 3)
    if after:
        cone = Image.new("L", (120, 90), 0)
        ImageDraw.Draw(cone).polygon([(60, 0), (66, 0), (112, 90), (14, 90)], fill=92)
        cone = cone.filter(ImageFilter.GaussianBlur(3)).resize((900 * SCALE, 590 * SCALE))
        s.image.paste(_rgb("#FFE3A0"), (170 * SCALE, 104 * SCALE), cone)
        s.glow(640, 104, 190, 150, _rgb("#FFE9B8"), 220)
    s.poly([(574, 66), (706, 66), (730, 98), (560, 98)], mix(iron, BLACK, 0.2))
    lens = _rgb("#FFF6D8") if after else _rgb("#3A4452")
    s.poly([(570, 98), (720, 98), (700, 116), (590, 116)], lens)
    if not after:
        s.line([(600, 100), (622, 108), (612, 115)], _rgb("#AEB8C2"), 3)
        s.line([(622, 108), (650, 102)], _rgb("#AEB8C2"), 3)


def _sack(s: Scene, x: float, y: float, size: float, colour: Colour) -> None:
    s.shadow(x, y, size * 1.1, size * 0.22, 90)
    s.blob(x, y - size * 0.55, size * 0.78, size * 0.62, colour, 0.07)
    s.poly(
        [
            (x - size * 0.16, y - size * 1.1),
            (x + size * 0.16, y - size * 1.1),
            (x + size * 0.3, y - size * 1.4),
            (x - size * 0.28, y - size * 1.36),
        ],
        colour,
    )
    s.line([(x - size * 0.15, y - size * 1.1), (x + size * 0.15, y - size * 1.1)], mix(colour, WHITE, 0.4), 5)
    s.line([(x - size * 0.4, y - size * 0.7), (x - size * 0.2, y - size * 0.35)], mix(colour, WHITE, 0.22), 6)
    s.line([(x + size * 0.1, y - size * 0.85), (x + size * 0.28, y - size * 0.5)], mix(colour, WHITE, 0.16), 5)


def _litter(s: Scene, left: float, right: float, top: float, bottom: float, count: int) -> None:
    for _ in range(count):
        x, y = s.dice.uniform(left, right), s.dice.uniform(top, bottom)
        colour = _rgb(s.dice.choice(("#E9E4D8", "#D4573F", "#5B9BC0", "#EFC75E", "#F6F6F2")))
        s.oval(x, y + 5, 16, 5, (0, 0, 0, 50))
        s.blob(x, y, s.dice.uniform(8, 17), s.dice.uniform(5, 9), colour, 0.2)


def _bin(s: Scene, after: bool) -> None:
    s.street(460, 680)
    green = _rgb("#2F7D5B") if s.dice.random() < 0.6 else _rgb("#2E6FA3")
    if not after:
        green = mix(green, _rgb("#8C8F86"), 0.28)
    s.shadow(610, 704, 300, 34, 110)
    if not after:
        _sack(s, 330, 700, 96, _rgb("#39424A"))
        _sack(s, 930, 712, 110, _rgb("#4B565E"))
        s.poly([(470, 300), (520, 250), (610, 232), (690, 262), (760, 246), (800, 300)], _rgb("#4A535B"))
        s.blob(560, 282, 56, 44, _rgb("#E8E2D3"), 0.1)
        s.blob(690, 280, 62, 46, _rgb("#3C454D"), 0.1)
        s.poly([(600, 240), (640, 200), (664, 262), (616, 282)], _rgb("#C98F56"))
    s.poly([(424, 310), (806, 310), (772, 672), (458, 672)], green)
    s.poly([(424, 310), (500, 310), (520, 672), (458, 672)], mix(green, WHITE, 0.13))
    s.poly([(740, 310), (806, 310), (772, 672), (720, 672)], mix(green, BLACK, 0.15))
    for x in (566.0, 664.0):
        s.poly([(x - 9, 350), (x + 9, 350), (x + 6, 640), (x - 6, 640)], mix(green, BLACK, 0.1))
    s.rect(412, 300, 406, 30, mix(green, BLACK, 0.2), 9)
    for x in (490.0, 740.0):
        broken = not after and x == 740
        s.oval(x + (30 if broken else 0), 688 + (8 if broken else 0), 25, 25, IRON)
        s.oval(x + (30 if broken else 0), 688 + (8 if broken else 0), 10, 10, _rgb("#AEB6BA"))
    if after:
        s.poly([(408, 302), (430, 246), (800, 246), (822, 302)], mix(green, WHITE, 0.08))
        s.poly([(430, 246), (800, 246), (806, 262), (424, 262)], mix(green, WHITE, 0.3))
        s.rect(560, 282, 110, 16, mix(green, BLACK, 0.3), 8)
        s.oval(615, 470, 56, 56, mix(green, WHITE, 0.86))
        for turn in range(3):
            a = turn * 2.094 - 1.57
            tip = (615 + 30 * math.cos(a), 470 + 30 * math.sin(a))
            s.line(
                [
                    (615 + 30 * math.cos(a + 1.35), 470 + 30 * math.sin(a + 1.35)),
                    (615 + 34 * math.cos(a + 0.7), 470 + 34 * math.sin(a + 0.7)),
                    tip,
                ],
                green,
                9,
            )
            s.oval(*tip, 9, 9, green)
    else:
        s.poly([(824, 300), (858, 306), (980, 560), (946, 578)], mix(green, BLACK, 0.08))
        s.poly([(824, 300), (836, 298), (958, 566), (946, 578)], mix(green, WHITE, 0.2))
        s.line([(560, 330), (600, 420), (578, 470), (612, 540)], mix(green, BLACK, 0.5), 6)
        _litter(s, 180, 1060, 690, 770, 15)


def _swing_frame(s: Scene, colour: Colour) -> None:
    for x in (270.0, 930.0):
        s.line([(x, 190), (x - 96, 742)], mix(colour, BLACK, 0.12), 24)
        s.line([(x, 190), (x + 96, 742)], colour, 24)
        s.line([(x - 52, 480), (x + 52, 480)], mix(colour, BLACK, 0.08), 13)
    s.line([(244, 190), (956, 190)], colour, 28)
    s.line([(250, 183), (950, 183)], mix(colour, WHITE, 0.4), 6)


def _playground(s: Scene, after: bool) -> None:
    s.park(440)
    mat = mix(_rgb("#C97B5A"), s.paving, 0.25)
    s.poly([(130, 610), (1070, 610), (1200, 840), (0, 840)], mat)
    s.poly([(130, 610), (1070, 610), (1076, 622), (124, 622)], mix(mat, WHITE, 0.25))
    for x in (174.0, 366.0, 834.0, 1026.0):
        s.shadow(x, 744, 60, 16, 90)
    colour = _rgb(s.dice.choice(("#3A7CA5", "#D2593F", "#2F8F7F")))
    if not after:
        colour = mix(colour, _rgb("#9A8F85"), 0.35)
    _swing_frame(s, colour)
    chain = _rgb("#69747B")

    def hang(x: float, *, whole: bool) -> None:
        s.shadow(x, 716, 96, 16, 80)
        s.line([(x - 62, 200), (x - 62, 590)], chain, 6)
        for y in range(215, 590, 22):
            s.oval(x - 62, y, 4.5, 8, mix(chain, WHITE, 0.35))
        if whole:
            s.line([(x + 62, 200), (x + 62, 590)], chain, 6)
            for y in range(215, 590, 22):
                s.oval(x + 62, y, 4.5, 8, mix(chain, WHITE, 0.35))
            s.plank((x - 82, 600), (x + 82, 600), 28, WOOD if after else GREY_WOOD)
        else:
            s.line([(x + 62, 200), (x + 64, 320), (x + 74, 345)], chain, 6)
            for y in range(215, 330, 22):
                s.oval(x + 63, y, 4.5, 8, mix(chain, WHITE, 0.35))
            s.plank((x - 70, 590), (x + 22, 716), 28, GREY_WOOD)
            s.line([(x + 26, 712), (x + 62, 730), (x + 92, 722), (x + 110, 734)], chain, 6)

    hang(450, whole=True)
    hang(740, whole=after)
    if not after:
        for points in (((520, 700), (590, 716), (640, 706)), ((880, 680), (930, 700), (990, 694))):
            s.line(points, mix(mat, BLACK, 0.3), 5)
        s.blob(588, 780, 64, 17, mix(mat, BLACK, 0.22), 0.12)


def _sidewalk(s: Scene, after: bool) -> None:
    s.heaven(302)
    s.hills(302)
    s.houses(302)
    far, near = 300.0, float(HEIGHT)
    s.poly([(860, far), (WIDTH, far), (WIDTH, HEIGHT), (1120, HEIGHT)], s.asphalt)
    s.poly([(838, far), (862, far), (1150, HEIGHT), (1060, HEIGHT)], mix(s.paving, WHITE, 0.25))
    s.poly([(862, far), (868, far), (1176, HEIGHT), (1150, HEIGHT)], mix(s.paving, BLACK, 0.35))
    s.poly([(0, far), (840, far), (1064, HEIGHT), (0, HEIGHT)], mix(s.paving, BLACK, 0.2))

    def row_y(row: float) -> float:
        return float(far + (near - far) * (row / 7) ** 1.45)

    def edge(y: float, column: float) -> float:
        share = (y - far) / (near - far)
        left, right = -120 - 320 * share, 838 + 226 * share
        return left + (right - left) * column / 6

    bad = {(4, 3), (4, 4), (5, 3)}
    for row in range(7):
        for column in range(6):
            y0, y1 = row_y(row) + 1.5, row_y(row + 1) - 1.5
            gap = 2.2
            cell = [
                (edge(y0, column) + gap, y0),
                (edge(y0, column + 1) - gap, y0),
                (edge(y1, column + 1) - gap, y1),
                (edge(y1, column) + gap, y1),
            ]
            tone = mix(s.paving, s.dice.choice((WHITE, BLACK)), s.dice.uniform(0.02, 0.09))
            if (row, column) not in bad:
                s.poly(cell, tone)
                s.line([cell[0], cell[1]], mix(tone, WHITE, 0.3), 2.5, caps=False)
                continue
            if after:
                fresh = mix(s.paving, WHITE, 0.32)
                s.poly(cell, fresh)
                s.line([cell[0], cell[1]], WHITE, 3, caps=False)
                continue
            s.poly(cell, _rgb("#7A6650"))
            (ax, ay), (bx, by), (cx, cy), (dx, dy) = cell
            if (row, column) == (4, 3):
                lift = 46
                s.poly([(ax, ay), (bx, by), (cx, cy - lift), (dx, dy - lift * 0.3)], tone)
                s.poly(
                    [
                        (cx, cy - lift),
                        (dx, dy - lift * 0.3),
                        (dx, dy - lift * 0.3 + 22),
                        (cx, cy - lift + 24),
                    ],
                    mix(tone, BLACK, 0.35),
                )
                s.line(
                    [((ax + bx) / 2, ay), ((ax + cx) / 2, (ay + cy) / 2 - 20), (cx - 40, cy - lift)],
                    mix(tone, BLACK, 0.55),
                    5,
                )
            else:
                mx, my = (ax + cx) / 2 + s.dice.uniform(-20, 20), (ay + cy) / 2
                for piece in (
                    [(ax + 8, ay + 4), (mx - 6, ay + 6), (mx - 14, my), (dx + 24, my + 8)],
                    [(mx + 12, ay + 6), (bx - 10, by + 8), (cx - 26, my), (mx + 6, my - 4)],
                    [(dx + 14, dy - 14), (mx - 20, my + 18), (mx + 40, my + 12), (cx - 40, cy - 10)],
                ):
                    s.poly([(px + 3, py + 7) for px, py in piece], (0, 0, 0, 90))
                    s.poly(piece, mix(tone, BLACK, 0.05))
    if not after:
        for x, y in ((560, 560), (470, 640), (690, 600), (600, 700)):
            green = mix(s.grass, _rgb("#3E6B45"), 0.4)
            for lean in (-16, -7, 3, 13):
                s.line([(x, y), (x + lean, y - s.dice.uniform(22, 40))], green, 5)
        s.poly([(900, 560), (956, 560), (972, 600), (884, 600)], _rgb("#E8792F"))
        s.poly([(908, 560), (926, 452), (932, 452), (950, 560)], _rgb("#F08A3C"))
        s.poly([(914, 524), (944, 524), (940, 496), (918, 496)], WHITE)


def _graffiti(s: Scene, after: bool) -> None:
    wall = s.facade()
    s.rect(70, 120, 170, 250, mix(wall, WHITE, 0.5), 4)
    s.rect(84, 134, 142, 222, mix(s.sky, INK, 0.4))
    s.poly([(84, 250), (170, 134), (210, 134), (84, 310)], (255, 255, 255, 46))
    s.line([(155, 134), (155, 356)], mix(wall, WHITE, 0.5), 7)
    s.rect(58, 366, 194, 16, mix(wall, BLACK, 0.18))
    if after:
        fresh = mix(wall, WHITE, 0.2)
        s.rect(320, 110, 780, 446, fresh)
        s.rect(320, 110, 780, 5, mix(fresh, WHITE, 0.4))
        s.shadow(1010, 690, 84, 16, 100)
        s.poly([(960, 600), (1060, 600), (1048, 690), (972, 690)], _rgb("#D9DEE1"))
        s.oval(1010, 600, 50, 13, fresh)
        s.line([(964, 604), (984, 552), (1036, 552), (1056, 604)], _rgb("#8C979D"), 4)
        s.line([(900, 684), (936, 600)], WOOD, 10)
        s.line([(880, 690), (922, 690)], _rgb("#F3EFE6"), 28)
        return
    first, second = s.dice.sample([_rgb(c) for c in ("#C8324A", "#2C4F9E", "#1D7F63", "#7A3C8E", "#222A33")], 2)
    # «ΓΕΙΑ!», sprayed in a hurry
    strokes: list[list[Point]] = [
        [(360, 440), (366, 214), (486, 206)],
        [(632, 212), (532, 220), (528, 428), (636, 420)],
        [(532, 322), (612, 314)],
        [(700, 204), (694, 436)],
        [(748, 440), (826, 196), (906, 436)],
        [(776, 356), (884, 348)],
        [(972, 196), (958, 350)],
        [(952, 420), (954, 424)],
    ]
    sway = [[(x + s.dice.uniform(-9, 9), y + s.dice.uniform(-12, 12)) for x, y in stroke] for stroke in strokes]
    for width, colour, shift in (
        (58, mix(second, WHITE, 0.82), 0),
        (50, second, 0),
        (32, first, 0),
        (6, mix(first, WHITE, 0.5), -9),
    ):
        for stroke in sway:
            s.line([(x + shift, y + shift) for x, y in stroke], colour, width)
    s.line([(330 + t * 5.6, 512 + 16 * math.sin(t / 9) + t * -0.2) for t in range(118)], first, 13)
    for ends in (sway[0], sway[3], sway[4]):
        x, y = ends[-1]
        run = s.dice.uniform(50, 110)
        s.line([(x, y), (x, y + run)], first, 8)
        s.oval(x, y + run, 7, 10, first)
    for _ in range(60):
        x, y = s.dice.gauss(720, 240), s.dice.gauss(330, 90)
        s.oval(x, min(y, 600), 3, 3, (*second, 150))
    s.shadow(1030, 690, 60, 12, 90)
    s.rect(992, 664, 78, 26, _rgb("#B9C1C6"), 10)
    s.rect(1066, 669, 14, 16, first, 4)


def _crown(
    s: Scene, x: float, y: float, size: float, green: Colour, lobes: Sequence[tuple[float, float, float]]
) -> None:
    for dx, dy, r in lobes:
        s.oval(x + dx * size + 10, y + dy * size + 14, r * size, r * size, mix(green, BLACK, 0.2))
    for dx, dy, r in lobes:
        s.oval(x + dx * size, y + dy * size, r * size, r * size, green)
    for dx, dy, r in lobes[:4]:
        s.oval(
            x + (dx - 0.06) * size,
            y + (dy - 0.1) * size,
            r * size * 0.6,
            r * size * 0.52,
            mix(green, WHITE, 0.13),
        )


def _tree(s: Scene, after: bool) -> None:
    s.park(470)
    s.path(640, 800)
    bark = _rgb("#7A5B43")
    green = mix(_rgb("#4F8A4C"), s.grass, 0.3)
    s.shadow(590, 690, 330, 44, 90)
    s.poly([(540, 690), (560, 420), (552, 300), (628, 300), (622, 430), (660, 690), (700, 702), (500, 702)], bark)
    s.poly([(600, 690), (606, 430), (608, 300), (628, 300), (622, 430), (660, 690)], mix(bark, BLACK, 0.16))
    s.line([(572, 400), (440, 290)], bark, 34)
    if after:
        s.line([(612, 400), (690, 330)], bark, 32)
        s.oval(694, 326, 17, 19, _rgb("#E2C08E"))
        s.oval(694, 326, 9, 10, _rgb("#CFA56C"))
        lobes = (
            (-0.62, -0.05, 0.42),
            (-0.3, -0.5, 0.48),
            (0.14, -0.6, 0.5),
            (0.42, -0.24, 0.34),
            (-0.1, -0.12, 0.44),
        )
        _crown(s, 590, 290, 255, green, lobes)
        return
    broken = ((-0.62, -0.05, 0.42), (-0.3, -0.5, 0.48), (0.16, -0.56, 0.44), (-0.1, -0.12, 0.42))
    _crown(s, 570, 290, 255, green, broken)
    s.line([(612, 410), (700, 340), (742, 330)], bark, 34)
    s.poly([(728, 312), (776, 318), (752, 330), (782, 342), (736, 350)], _rgb("#E2C08E"))
    s.line([(768, 340), (850, 470), (930, 640)], mix(bark, BLACK, 0.08), 26)
    s.line([(850, 470), (940, 500)], mix(bark, BLACK, 0.08), 14)
    dry = mix(_rgb("#A98B45"), green, 0.25)
    _crown(s, 930, 610, 150, dry, ((-0.5, 0.1, 0.42), (0.0, -0.3, 0.5), (0.5, 0.05, 0.45), (0.05, 0.2, 0.5)))
    for _ in range(30):
        x, y = s.dice.uniform(720, 1130), s.dice.uniform(690, 790)
        s.oval(x, y, 9, 4.5, mix(dry, BLACK, s.dice.uniform(0, 0.3)))


def _drain(s: Scene, after: bool) -> None:
    s.fade(0, 300, mix(s.paving, WHITE, 0.18), s.paving)
    for joint in range(-60, WIDTH, 170):
        s.line([(joint, 0), (joint - 40, 300)], mix(s.paving, BLACK, 0.14), 4, caps=False)
    s.line([(0, 130), (WIDTH, 130)], mix(s.paving, BLACK, 0.14), 4, caps=False)
    s.rect(0, 292, WIDTH, 56, mix(s.paving, WHITE, 0.4))
    s.rect(0, 346, WIDTH, 58, mix(s.paving, BLACK, 0.22))
    for x in (150.0, 470.0, 790.0, 1110.0):
        s.line([(x, 292), (x, 404)], mix(s.paving, BLACK, 0.4), 4, caps=False)
    s.fade(404, HEIGHT, mix(s.asphalt, BLACK, 0.14), mix(s.asphalt, WHITE, 0.08))
    for _ in range(360):
        x, y = s.dice.uniform(0, WIDTH), s.dice.uniform(408, HEIGHT)
        s.oval(x, y, 2.2, 1.6, (*s.dice.choice((BLACK, WHITE)), 36))
    if not after:
        s.blob(600, 600, 560, 186, mix(WATER, s.asphalt, 0.5), 0.06)
        s.blob(590, 590, 520, 160, mix(WATER, s.asphalt, 0.35), 0.06)
        s.blob(380, 520, 190, 20, (*mix(s.low, WHITE, 0.5), 120), 0.1)
    iron = IRON if after else mix(IRON, RUST, 0.35)
    s.poly([(330, 440), (870, 440), (910, 716), (290, 716)], mix(iron, WHITE, 0.2))
    s.poly([(346, 450), (854, 450), (890, 704), (310, 704)], _rgb("#12181C"))
    for step in range(10):
        x0, x1 = 366 + step * 51.5, 332 + step * 58.6
        if not after and step in (5, 6):
            s.line([(x0, 452), (x0 + 6, 520)], iron, 24)
            s.line([(x1 - 6, 660), (x1, 700)], iron, 24)
            continue
        s.line([(x0, 456), (x1, 698)], iron, 25)
        s.line([(x0 - 7, 458), (x1 - 8, 696)], mix(iron, WHITE, 0.28), 5)
    s.line([(330, 576), (870, 576)] if after else [(330, 576), (600, 576)], iron, 20)
    for a, b in (((338, 445), (862, 445)), ((300, 710), (900, 710))):
        s.line([a, b], mix(iron, WHITE, 0.12), 20)
    s.line([(338, 445), (300, 710)], mix(iron, WHITE, 0.12), 20)
    s.line([(862, 445), (900, 710)], mix(iron, WHITE, 0.05), 20)
    if after:
        return
    for _ in range(64):
        x, y = s.dice.gauss(520, 190), s.dice.gauss(600, 75)
        leaf = _rgb(s.dice.choice(("#B5762E", "#8D5A2B", "#C79A3C", "#7A6A35")))
        turn = s.dice.uniform(0, 3.14)
        tip = (x + 25 * math.cos(turn), y + 16 * math.sin(turn))
        back = (x - 25 * math.cos(turn), y - 16 * math.sin(turn))
        side = (11 * math.sin(turn), -9 * math.cos(turn))
        s.poly([tip, (x + side[0], y + side[1]), back, (x - side[0], y - side[1])], leaf)
        s.line([tip, back], mix(leaf, BLACK, 0.25), 2)


def _sign(s: Scene, after: bool) -> None:
    s.street(470, 660)
    s.shadow(600, 650, 70, 15, 100)
    iron = _rgb("#8F9AA1")
    lean = 0.0 if after else s.dice.choice((-1, 1)) * 0.42

    def turned(points: Sequence[Point]) -> list[Point]:
        c, d = math.cos(lean), math.sin(lean)
        return [(600 + (x - 600) * c - (y - 640) * d, 640 + (x - 600) * d + (y - 640) * c) for x, y in points]

    s.line(turned([(600, 640), (600, 130)]), iron, 20)
    s.line(turned([(595, 630), (595, 140)]), mix(iron, WHITE, 0.45), 5)
    red = _rgb("#C0262C") if after else _rgb("#B5655F")

    def octagon(radius: float) -> list[Point]:
        return turned(
            [
                (
                    600 + radius * math.cos((k + 0.5) * math.pi / 4),
                    220 + radius * math.sin((k + 0.5) * math.pi / 4),
                )
                for k in range(8)
            ]
        )

    s.poly([(x + 8, y + 9) for x, y in octagon(150)], (0, 0, 0, 70))
    s.poly(octagon(150), WHITE)
    s.poly(octagon(138), red)
    s.poly(turned([(505, 200), (695, 200), (695, 240), (505, 240)]), WHITE)
    if after:
        s.poly(turned([(510, 170), (560, 110), (640, 110), (520, 190)]), (255, 255, 255, 34))
        s.rect(560, 626, 80, 22, mix(s.paving, BLACK, 0.12), 6)
        return
    s.line(turned([(520, 290), (580, 260), (570, 180), (640, 150)]), mix(red, WHITE, 0.5), 6)
    for dx, dy in ((40, 60), (-70, -50), (70, -30)):
        ((x, y),) = turned([(600 + dx, 220 + dy)])
        s.blob(x, y, 16, 11, RUST, 0.2)
    s.blob(600, 646, 84, 17, mix(s.paving, BLACK, 0.42), 0.12)
    for _ in range(12):
        x, y = 600 + s.dice.uniform(-130, 130), 652 + s.dice.uniform(-16, 24)
        s.blob(
            x,
            y,
            s.dice.uniform(7, 17),
            s.dice.uniform(5, 10),
            mix(s.paving, BLACK, s.dice.uniform(0.08, 0.3)),
            0.2,
        )


def _fence(s: Scene, after: bool) -> None:
    s.park(440)
    s.path(650, 810)
    green = _rgb("#2E6B57") if after else mix(_rgb("#2E6B57"), RUST, 0.5)
    s.shadow(600, 668, 640, 26, 80)
    gone = set() if after else {9, 10, 12}
    hanging = set() if after else {11}
    posts = (60, 600, 1140) if after else (60, 1140)
    for y in (372.0, 590.0):
        if after:
            s.line([(0, y), (WIDTH, y)], green, 20)
            s.line([(0, y - 6), (WIDTH, y - 6)], mix(green, WHITE, 0.3), 5)
        else:
            s.line([(0, y), (528, y)], green, 20)
            s.line([(528, y), (640, y + (54 if y < 500 else 18))], green, 20)
            s.line([(826, y), (WIDTH, y)], green, 20)
            s.line([(0, y - 6), (524, y - 6)], mix(green, WHITE, 0.25), 5)
    for step in range(20):
        x = 30.0 + step * 60
        if step in gone or x in posts:
            continue
        if step in hanging:
            s.line([(700, 410), (636, 668)], green, 13)
            continue
        s.line([(x, 338), (x, 650)], green, 13)
        s.line([(x - 3, 340), (x - 3, 646)], mix(green, WHITE, 0.25), 3)
        s.poly([(x - 11, 338), (x, 308), (x + 11, 338)], green)
    for x in posts:
        s.rect(x - 15, 300, 30, 364, mix(green, BLACK, 0.15), 4)
        s.rect(x - 15, 300, 9, 364, mix(green, WHITE, 0.15), 4)
        s.oval(x, 292, 21, 21, mix(green, BLACK, 0.1))
        s.oval(x - 6, 286, 7, 6, mix(green, WHITE, 0.35))
    if not after:
        s.shadow(700, 728, 190, 16, 80)
        s.line([(540, 726), (850, 700)], green, 13)
        s.line([(600, 752), (900, 742)], mix(green, BLACK, 0.1), 13)
        for _ in range(44):
            x, y = s.dice.uniform(0, WIDTH), s.dice.choice((366.0, 374.0, 586.0, 594.0))
            if not 520 < x < 836:
                s.blob(x, y, s.dice.uniform(8, 20), 6, RUST, 0.2)


def _door(s: Scene, after: bool) -> None:
    wall = s.facade()
    s.rect(408, 92, 384, 560, mix(wall, WHITE, 0.55))
    s.rect(430, 114, 340, 538, _rgb("#1E262C"))
    blue = _rgb(s.dice.choice(("#2F6E8E", "#7C4A32", "#3D6B52")))
    skin = blue if after else mix(blue, _rgb("#A7A095"), 0.45)
    drop, slide = (0.0, 0.0) if after else (34.0, 62.0)

    def at(x: float, y: float) -> Point:
        return (x + slide * (y - 114) / 538 * -0.2, y + drop * (x - 430) / 340)

    def leaf(x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        s.poly([at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1)], colour)

    leaf(430, 114, 770, 650, skin)
    leaf(430, 114, 448, 650, mix(skin, WHITE, 0.2))
    leaf(752, 114, 770, 650, mix(skin, BLACK, 0.15))
    for x0 in (478, 618):
        leaf(x0, 420, x0 + 104, 600, mix(skin, BLACK, 0.18))
        leaf(x0 + 8, 430, x0 + 104, 600, mix(skin, WHITE, 0.07))
    leaf(478, 158, 722, 384, mix(skin, BLACK, 0.2))
    leaf(488, 168, 712, 374, mix(s.sky, INK, 0.25 if after else 0.4))
    leaf(594, 168, 606, 374, mix(skin, BLACK, 0.05))
    knob = _rgb("#E0B354") if after else _rgb("#8E8677")
    if after:
        s.poly([(488, 330), (594, 180), (594, 240), (488, 374)], (255, 255, 255, 50))
        s.poly([(606, 320), (700, 190), (712, 190), (712, 230), (620, 374), (606, 374)], (255, 255, 255, 40))
        s.rect(726, 386, 22, 64, knob, 8)
        s.oval(737, 404, 15, 15, mix(knob, WHITE, 0.25))
    else:
        s.oval(740, 446, 13, 13, mix(skin, BLACK, 0.5))
        s.poly([at(520, 200), at(560, 240), at(548, 300), at(500, 280), at(512, 240)], _rgb("#11181C"))
        for dx, dy in ((60, -20), (-26, 84), (70, 80), (-30, -34)):
            s.line([at(534, 252), at(534 + dx, 252 + dy)], (*WHITE, 200), 3, caps=False)
        s.line([at(640, 660 - 14), at(668, 610), at(650, 560)], mix(skin, BLACK, 0.45), 5)
        for _ in range(16):
            x, y = s.dice.uniform(450, 740), s.dice.uniform(400, 630)
            px, py = at(x, y)
            s.blob(px, py, s.dice.uniform(5, 14), s.dice.uniform(4, 9), _rgb("#CDBFA6"), 0.2)
    for y in (180.0, 560.0):
        if after or y == 560:
            s.rect(420, y, 20, 54, _rgb("#8B949A"), 4)
        else:
            s.poly([(410, y), (432, y + 18), (426, y + 62), (408, y + 50)], RUST)
    s.shadow(600, 668, 250, 20, 90)
    s.poly([(380, 652), (820, 652), (846, 690), (354, 690)], mix(STONE, WHITE, 0.25))
    s.rect(354, 690, 492, 20, mix(STONE, BLACK, 0.2))
    if not after:
        for _ in range(9):
            x, y = s.dice.uniform(470, 720), s.dice.uniform(664, 686)
            s.poly([(x, y), (x + 17, y - 6), (x + 9, y + 7)], _rgb("#D8ECF2"))


def _rubbish(s: Scene, after: bool) -> None:
    s.street(450, 690)
    s.bush(170, 600, 150)
    if after:
        s.shadow(985, 686, 70, 14, 90)
        s.line([(940, 400), (984, 640)], WOOD, 13)
        s.poly([(956, 636), (1012, 626), (1032, 684), (946, 690)], _rgb("#C9A552"))
        for straw in range(952, 1026, 12):
            s.line([(straw, 650), (straw + 3, 684)], _rgb("#9E7E37"), 3)
        return
    s.shadow(620, 706, 430, 36, 110)
    cloth = _rgb("#E4DCCB")
    s.poly([(330, 372), (560, 330), (640, 690), (400, 700)], mix(cloth, BLACK, 0.16))
    s.poly([(312, 382), (540, 340), (618, 692), (384, 704)], cloth)
    for step in range(1, 5):
        share = step / 5
        s.line(
            [(312 + 72 * share, 382 + 322 * share), (540 + 78 * share, 340 + 352 * share)],
            mix(cloth, _rgb("#7FA3B8"), 0.6),
            5,
        )
    s.blob(440, 520, 42, 30, (*_rgb("#B79B72"), 120), 0.15)
    fabric = _rgb(s.dice.choice(("#8E4A4F", "#5A6E4E", "#6A5A80")))
    s.rect(600, 520, 350, 130, fabric, 20)
    s.rect(580, 560, 66, 124, mix(fabric, WHITE, 0.12), 22)
    s.rect(904, 560, 66, 124, mix(fabric, BLACK, 0.1), 22)
    s.rect(636, 600, 140, 50, mix(fabric, WHITE, 0.2), 12)
    s.rect(780, 600, 130, 50, mix(fabric, WHITE, 0.16), 12)
    s.poly([(840, 530), (882, 544), (866, 580), (832, 566)], _rgb("#E8D9B4"))
    for x in (610.0, 930.0):
        s.rect(x, 680, 20, 20, _rgb("#5B4633"))
    _sack(s, 1050, 706, 92, _rgb("#3C464E"))
    _sack(s, 250, 712, 80, _rgb("#4C5A52"))
    for _ in range(9):
        x, y = s.dice.uniform(430, 900), s.dice.uniform(708, 750)
        s.blob(
            x,
            y,
            s.dice.uniform(14, 30),
            s.dice.uniform(9, 16),
            mix(_rgb("#B98A6A"), s.paving, s.dice.random() * 0.7),
            0.2,
        )
    _litter(s, 200, 1080, 710, 790, 9)


def _grass(s: Scene, after: bool) -> None:
    s.park(430)
    s.path(720, 830)
    earth = _rgb("#8A6C4E")
    s.poly([(70, 560), (1130, 560), (1190, 730), (10, 730)], mix(STONE, BLACK, 0.12))
    s.poly([(92, 568), (1108, 568), (1160, 716), (40, 716)], earth)
    if after:
        s.poly([(100, 570), (1100, 570), (1148, 700), (52, 700)], mix(s.grass, _rgb("#5B9A4A"), 0.55))
        for row in range(6):
            y = 580.0 + row * 21
            s.line([(96 - row * 8, y), (1104 + row * 8, y)], mix(s.grass, WHITE, 0.2 if row % 2 else 0.08), 9)
        for step in range(9):
            x, y = 170.0 + step * 108, 650.0 + 14 * (step % 2)
            petal = _rgb(("#D8556B", "#F0C24B", "#F4F1EA")[step % 3])
            s.line([(x, y), (x, y - 48)], _rgb("#4B7F43"), 6)
            s.oval(x - 12, y - 16, 13, 6, _rgb("#5D9550"))
            for k in range(6):
                s.oval(x + 15 * math.cos(k * 1.047), y - 54 + 15 * math.sin(k * 1.047), 10, 10, petal)
            s.oval(x, y - 54, 8, 8, _rgb("#B5762E"))
        return
    for _ in range(330):
        x = s.dice.uniform(50, 1150)
        y = s.dice.uniform(590, 730)
        tall = s.dice.uniform(120, 300) * (0.75 + (y - 590) / 400)
        lean = s.dice.uniform(-60, 60)
        green = mix(_rgb(s.dice.choice(("#6E8B3D", "#8C9A45", "#A99F52", "#55783A"))), s.grass, 0.25)
        s.poly(
            [
                (x - 5, y),
                (x + lean * 0.4, y - tall * 0.6),
                (x + lean, y - tall),
                (x + lean * 0.45 + 5, y - tall * 0.55),
                (x + 6, y),
            ],
            green,
        )
        if s.dice.random() < 0.16:
            s.oval(x + lean, y - tall, 7, 15, _rgb("#C7AD6A"))
    _litter(s, 120, 1080, 700, 735, 6)


def _fountain(s: Scene, after: bool) -> None:
    s.park(450)
    s.path(640, 820)
    stone = mix(STONE, s.paving, 0.2)
    s.shadow(600, 752, 330, 36, 95)
    s.poly([(500, 250), (700, 250), (716, 690), (484, 690)], stone)
    s.poly([(640, 250), (700, 250), (716, 690), (650, 690)], mix(stone, BLACK, 0.12))
    s.poly([(480, 250), (600, 176), (720, 250)], mix(stone, BLACK, 0.08))
    s.rect(468, 246, 264, 24, mix(stone, WHITE, 0.25), 4)
    for y in (360.0, 450.0, 540.0):
        s.line([(494, y), (706, y)], mix(stone, BLACK, 0.16), 3, caps=False)
    s.rect(545, 296, 110, 46, mix(stone, TEAL, 0.55), 6)
    s.poly([(360, 640), (840, 640), (800, 748), (400, 748)], mix(stone, BLACK, 0.06))
    s.poly([(720, 640), (840, 640), (800, 748), (700, 748)], mix(stone, BLACK, 0.16))
    s.oval(600, 640, 240, 34, mix(stone, WHITE, 0.3))
    brass = _rgb("#C9983E") if after else mix(_rgb("#C9983E"), _rgb("#6F7B6B"), 0.55)
    if after:
        s.oval(600, 643, 214, 25, mix(WATER, WHITE, 0.1))
        s.oval(600, 645, 120, 12, (*WHITE, 90))
        s.poly([(582, 462), (614, 462), (618, 640), (580, 640)], (*mix(WATER, WHITE, 0.35), 220))
        s.line([(592, 470), (590, 632)], (*WHITE, 220), 5, caps=False)
        for dx, dy in ((-40, -12), (-26, -30), (30, -24), (46, -8), (12, -34), (-8, -18)):
            s.oval(598 + dx, 640 + dy, 6, 7, mix(WATER, WHITE, 0.5))
    else:
        s.oval(600, 643, 214, 25, _rgb("#8F8B74"))
        for _ in range(26):
            x, y = s.dice.uniform(420, 780), s.dice.uniform(632, 656)
            s.oval(x, y, 13, 5, _rgb(s.dice.choice(("#B5762E", "#8D5A2B", "#C79A3C"))))
        s.line([(560, 700), (590, 676), (580, 640), (612, 600), (600, 540)], mix(stone, BLACK, 0.5), 5)
        s.line([(590, 676), (640, 700)], mix(stone, BLACK, 0.5), 4)
        s.line([(600, 470), (600, 560)], (*_rgb("#5F7A5A"), 110), 26, caps=False)
    s.rect(560, 402, 76, 26, brass, 10)
    s.poly([(580, 420), (616, 420), (612, 466), (584, 466)], brass)
    s.line([(598, 400), (598, 380)], brass, 12)
    s.line([(566, 378), (630, 378)] if after else [(570, 390), (628, 364)], brass, 14)
    s.line([(566, 408), (624, 408)], mix(brass, WHITE, 0.45), 4)


def _wall(s: Scene, after: bool) -> None:
    wall = s.facade()
    for x in (150.0, 850.0):
        s.rect(x - 14, 106, 228, 304, mix(wall, WHITE, 0.5), 4)
        s.rect(x, 120, 200, 276, mix(s.sky, INK, 0.38))
        s.poly([(x, 300), (x + 130, 120), (x + 180, 120), (x, 370)], (255, 255, 255, 44))
        s.line([(x + 100, 120), (x + 100, 396)], mix(wall, WHITE, 0.5), 9)
        s.line([(x, 220), (x + 200, 220)], mix(wall, WHITE, 0.5), 9)
        s.rect(x - 24, 400, 248, 20, mix(wall, BLACK, 0.18))
    if after:
        fresh = mix(wall, WHITE, 0.22)
        s.poly([(440, 60), (790, 60), (790, 548), (440, 548)], fresh)
        s.shadow(610, 690, 130, 18, 100)
        for x in (520.0, 690.0):
            s.line([(605, 330), (x, 690)], WOOD, 15)
        for step in range(1, 5):
            y = 330.0 + step * 74
            s.line([(605 - step * 17.5, y), (605 + step * 17.5, y)], mix(WOOD, WHITE, 0.15), 11)
        return
    brick = _rgb("#B5694A")
    s.blob(610, 280, 190, 210, mix(wall, WHITE, 0.42), 0.14)
    hole = s.blob(612, 284, 166, 184, mix(brick, WHITE, 0.45), 0.14)
    top, bottom = min(y for _, y in hole), max(y for _, y in hole)
    row = 0
    y = top + 12
    while y < bottom - 24:
        crossing = [
            x0 + (y + 14 - y0) / (y1 - y0) * (x1 - x0)
            for (x0, y0), (x1, y1) in zip(hole, [*hole[1:], hole[0]], strict=True)
            if (y0 <= y + 14 < y1) or (y1 <= y + 14 < y0)
        ]
        if len(crossing) >= 2:
            left, right = min(crossing) + 16, max(crossing) - 16
            x = left - (28 if row % 2 else 0)
            while x < right:
                a, b = max(left, x), min(right, x + 62)
                if b - a > 12:
                    s.rect(a, y, b - a, 27, mix(brick, BLACK, s.dice.uniform(0, 0.18)), 3)
                x += 68
        y += 34
        row += 1
    for start in (hole[2], hole[9], hole[16], hole[24]):
        x, yy = start
        points = [start]
        for _ in range(4):
            x += (x - 610) * 0.12 + s.dice.uniform(-18, 18)
            yy += (yy - 284) * 0.16 + s.dice.uniform(-8, 20)
            points.append((x, yy))
        s.line(points, mix(wall, BLACK, 0.45), 4)
    s.shadow(610, 690, 260, 26, 100)
    for _ in range(34):
        x, y = s.dice.gauss(610, 120), 686 - abs(s.dice.gauss(0, 16))
        s.blob(
            x,
            y,
            s.dice.uniform(10, 32),
            s.dice.uniform(8, 18),
            mix(s.dice.choice((wall, WHITE, brick)), wall, 0.5),
            0.2,
        )


def _cable(s: Scene, after: bool) -> None:
    s.street(440, 670)
    iron = _rgb("#75828A")
    s.shadow(610, 676, 190, 26, 100)
    s.rect(545, -10, 110, 680, iron)
    s.rect(545, -10, 28, 680, mix(iron, WHITE, 0.25))
    s.rect(632, -10, 23, 680, mix(iron, BLACK, 0.2))
    s.rect(510, 640, 180, 34, mix(STONE, BLACK, 0.1), 5)
    s.rect(520, 110, 160, 62, mix(AMBER, WHITE, 0.1), 5)
    s.rect(536, 126, 128, 30, INK, 4)
    grey = _rgb("#C9D0D3")
    s.rect(490, 290, 220, 280, mix(grey, BLACK, 0.25), 12)
    if after:
        s.rect(498, 296, 204, 266, grey, 9)
        s.rect(498, 296, 204, 14, mix(grey, WHITE, 0.5), 7)
        s.poly([(600, 360), (660, 470), (540, 470)], _rgb("#F4C63A"))
        s.poly([(606, 384), (586, 428), (600, 428), (592, 460), (620, 416), (605, 416)], INK)
        s.oval(680, 430, 9, 9, mix(grey, BLACK, 0.4))
        s.rect(536, 510, 128, 12, mix(grey, BLACK, 0.18), 6)
        return
    s.rect(504, 304, 192, 252, _rgb("#1D252B"), 6)
    s.poly([(490, 296), (372, 340), (384, 612), (490, 566)], grey)
    s.poly([(490, 296), (372, 340), (374, 354), (490, 312)], mix(grey, WHITE, 0.5))
    s.poly([(436, 400), (462, 480), (410, 494)], _rgb("#F4C63A"))
    s.rect(528, 326, 144, 40, _rgb("#E8E4D8"), 4)
    for x in (548.0, 580.0, 612.0, 644.0):
        s.rect(x, 334, 16, 24, INK, 3)
    for colour, points in (
        ("#C8324A", ((556, 366), (540, 440), (566, 520), (540, 610), (500, 640))),
        ("#2E6FA3", ((588, 366), (600, 450), (570, 540), (610, 620), (680, 652))),
        ("#E0B33C", ((620, 366), (650, 430), (612, 500), (646, 590), (724, 630))),
        ("#3D8B57", ((652, 366), (640, 430), (664, 500))),
    ):
        s.line(points, _rgb(colour), 11)
        x, y = points[-1]
        s.line([(x, y), (x + 12, y + 5)], _rgb("#D98A4A"), 6)
    s.poly(
        [
            (770, 600),
            (786, 560),
            (798, 600),
            (836, 590),
            (808, 618),
            (826, 652),
            (792, 636),
            (766, 660),
            (768, 626),
            (736, 612),
        ],
        AMBER,
    )


SCENES: Final[dict[str, Painter]] = {
    "bench": _bench,
    "bin": _bin,
    "cable": _cable,
    "door": _door,
    "drain": _drain,
    "fence": _fence,
    "fountain": _fountain,
    "graffiti": _graffiti,
    "grass": _grass,
    "light": _light,
    "playground": _playground,
    "pothole": _pothole,
    "rubbish": _rubbish,
    "sidewalk": _sidewalk,
    "sign": _sign,
    "tree": _tree,
    "wall": _wall,
}

LETTERED: Final = frozenset({"graffiti", "cable"})  # never mirrored


def draw(kind: str, *, after: bool, seed: int) -> bytes:
    """One demo photo as JPEG bytes; `kind` is a key of `SCENES`. Odd seeds look from the other side."""
    scene = Scene(seed)
    SCENES[kind](scene, after)
    if seed % 2 and kind not in LETTERED:
        scene.mirror()
    return scene.jpeg()
