"""Roads, pavements, lamps, signs and cables, broken and repaired."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

from demo.drawing.canvas import (
    AMBER,
    BLACK,
    HEIGHT,
    INK,
    IRON,
    RUST,
    SCALE,
    STONE,
    WATER,
    WHITE,
    WIDTH,
    Point,
    Scene,
    mix,
    rgb,
)


def road(s: Scene, horizon: float = 330) -> None:
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
            rgb("#EDEBE2"),
        )
        y += size * 2.3


def pothole(s: Scene, after: bool) -> None:
    road(s)
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
    s.poly([(px * 0.94 + x * 0.06, py * 0.9 + (y + 22) * 0.1 + 8) for px, py in rim], rgb("#6F6251"))
    s.blob(x + 12, y + 26, 150, 38, mix(WATER, rgb("#5B6C70"), 0.45), 0.08)
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


def light(s: Scene, after: bool) -> None:
    s.street(night=True)
    if not after:
        s.poly([(0, 470), (WIDTH, 470), (WIDTH, HEIGHT), (0, HEIGHT)], (6, 12, 26, 90))
    if after:
        s.glow(640, 690, 470, 150, rgb("#FFD98A"), 190)
    s.shadow(402, 655, 60, 14, 110)
    iron = rgb("#8B97A3") if after else rgb("#56616E")
    s.line([(400, 650), (400, 150), (420, 104), (462, 84), (590, 84)], iron, 17)
    s.line([(396, 640), (396, 170)], mix(iron, WHITE, 0.3), 4)
    s.rect(378, 560, 44, 92, mix(iron, BLACK, 0.12), 6)
    s.rect(386, 585, 28, 20, AMBER, 3)
    if after:
        cone = Image.new("L", (120, 90), 0)
        ImageDraw.Draw(cone).polygon([(60, 0), (66, 0), (112, 90), (14, 90)], fill=92)
        cone = cone.filter(ImageFilter.GaussianBlur(3)).resize((900 * SCALE, 590 * SCALE))
        s.image.paste(rgb("#FFE3A0"), (170 * SCALE, 104 * SCALE), cone)
        s.glow(640, 104, 190, 150, rgb("#FFE9B8"), 220)
    s.poly([(574, 66), (706, 66), (730, 98), (560, 98)], mix(iron, BLACK, 0.2))
    lens = rgb("#FFF6D8") if after else rgb("#3A4452")
    s.poly([(570, 98), (720, 98), (700, 116), (590, 116)], lens)
    if not after:
        s.line([(600, 100), (622, 108), (612, 115)], rgb("#AEB8C2"), 3)
        s.line([(622, 108), (650, 102)], rgb("#AEB8C2"), 3)


def sidewalk(s: Scene, after: bool) -> None:
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
            s.poly(cell, rgb("#7A6650"))
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
            green = mix(s.grass, rgb("#3E6B45"), 0.4)
            for lean in (-16, -7, 3, 13):
                s.line([(x, y), (x + lean, y - s.dice.uniform(22, 40))], green, 5)
        s.poly([(900, 560), (956, 560), (972, 600), (884, 600)], rgb("#E8792F"))
        s.poly([(908, 560), (926, 452), (932, 452), (950, 560)], rgb("#F08A3C"))
        s.poly([(914, 524), (944, 524), (940, 496), (918, 496)], WHITE)


def drain(s: Scene, after: bool) -> None:
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
    s.poly([(346, 450), (854, 450), (890, 704), (310, 704)], rgb("#12181C"))
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
        leaf = rgb(s.dice.choice(("#B5762E", "#8D5A2B", "#C79A3C", "#7A6A35")))
        turn = s.dice.uniform(0, 3.14)
        tip = (x + 25 * math.cos(turn), y + 16 * math.sin(turn))
        back = (x - 25 * math.cos(turn), y - 16 * math.sin(turn))
        side = (11 * math.sin(turn), -9 * math.cos(turn))
        s.poly([tip, (x + side[0], y + side[1]), back, (x - side[0], y - side[1])], leaf)
        s.line([tip, back], mix(leaf, BLACK, 0.25), 2)


def sign(s: Scene, after: bool) -> None:
    s.street(470, 660)
    s.shadow(600, 650, 70, 15, 100)
    iron = rgb("#8F9AA1")
    lean = 0.0 if after else s.dice.choice((-1, 1)) * 0.42

    def turned(points: Sequence[Point]) -> list[Point]:
        c, d = math.cos(lean), math.sin(lean)
        return [(600 + (x - 600) * c - (y - 640) * d, 640 + (x - 600) * d + (y - 640) * c) for x, y in points]

    s.line(turned([(600, 640), (600, 130)]), iron, 20)
    s.line(turned([(595, 630), (595, 140)]), mix(iron, WHITE, 0.45), 5)
    red = rgb("#C0262C") if after else rgb("#B5655F")

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


def cable(s: Scene, after: bool) -> None:
    s.street(440, 670)
    iron = rgb("#75828A")
    s.shadow(610, 676, 190, 26, 100)
    s.rect(545, -10, 110, 680, iron)
    s.rect(545, -10, 28, 680, mix(iron, WHITE, 0.25))
    s.rect(632, -10, 23, 680, mix(iron, BLACK, 0.2))
    s.rect(510, 640, 180, 34, mix(STONE, BLACK, 0.1), 5)
    s.rect(520, 110, 160, 62, mix(AMBER, WHITE, 0.1), 5)
    s.rect(536, 126, 128, 30, INK, 4)
    grey = rgb("#C9D0D3")
    s.rect(490, 290, 220, 280, mix(grey, BLACK, 0.25), 12)
    if after:
        s.rect(498, 296, 204, 266, grey, 9)
        s.rect(498, 296, 204, 14, mix(grey, WHITE, 0.5), 7)
        s.poly([(600, 360), (660, 470), (540, 470)], rgb("#F4C63A"))
        s.poly([(606, 384), (586, 428), (600, 428), (592, 460), (620, 416), (605, 416)], INK)
        s.oval(680, 430, 9, 9, mix(grey, BLACK, 0.4))
        s.rect(536, 510, 128, 12, mix(grey, BLACK, 0.18), 6)
        return
    s.rect(504, 304, 192, 252, rgb("#1D252B"), 6)
    s.poly([(490, 296), (372, 340), (384, 612), (490, 566)], grey)
    s.poly([(490, 296), (372, 340), (374, 354), (490, 312)], mix(grey, WHITE, 0.5))
    s.poly([(436, 400), (462, 480), (410, 494)], rgb("#F4C63A"))
    s.rect(528, 326, 144, 40, rgb("#E8E4D8"), 4)
    for x in (548.0, 580.0, 612.0, 644.0):
        s.rect(x, 334, 16, 24, INK, 3)
    for colour, points in (
        ("#C8324A", ((556, 366), (540, 440), (566, 520), (540, 610), (500, 640))),
        ("#2E6FA3", ((588, 366), (600, 450), (570, 540), (610, 620), (680, 652))),
        ("#E0B33C", ((620, 366), (650, 430), (612, 500), (646, 590), (724, 630))),
        ("#3D8B57", ((652, 366), (640, 430), (664, 500))),
    ):
        s.line(points, rgb(colour), 11)
        x, y = points[-1]
        s.line([(x, y), (x + 12, y + 5)], rgb("#D98A4A"), 6)
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
