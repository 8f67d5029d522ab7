"""Walls, doors and what is written on them, broken and repaired."""

from __future__ import annotations

import math

from demo.drawing.canvas import BLACK, INK, RUST, STONE, WHITE, WOOD, Colour, Point, Scene, mix, rgb


def graffiti(s: Scene, after: bool) -> None:
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
        s.poly([(960, 600), (1060, 600), (1048, 690), (972, 690)], rgb("#D9DEE1"))
        s.oval(1010, 600, 50, 13, fresh)
        s.line([(964, 604), (984, 552), (1036, 552), (1056, 604)], rgb("#8C979D"), 4)
        s.line([(900, 684), (936, 600)], WOOD, 10)
        s.line([(880, 690), (922, 690)], rgb("#F3EFE6"), 28)
        return
    first, second = s.dice.sample([rgb(c) for c in ("#C8324A", "#2C4F9E", "#1D7F63", "#7A3C8E", "#222A33")], 2)
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
    s.rect(992, 664, 78, 26, rgb("#B9C1C6"), 10)
    s.rect(1066, 669, 14, 16, first, 4)


def door(s: Scene, after: bool) -> None:
    wall = s.facade()
    s.rect(408, 92, 384, 560, mix(wall, WHITE, 0.55))
    s.rect(430, 114, 340, 538, rgb("#1E262C"))
    blue = rgb(s.dice.choice(("#2F6E8E", "#7C4A32", "#3D6B52")))
    skin = blue if after else mix(blue, rgb("#A7A095"), 0.45)
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
    knob = rgb("#E0B354") if after else rgb("#8E8677")
    if after:
        s.poly([(488, 330), (594, 180), (594, 240), (488, 374)], (255, 255, 255, 50))
        s.poly([(606, 320), (700, 190), (712, 190), (712, 230), (620, 374), (606, 374)], (255, 255, 255, 40))
        s.rect(726, 386, 22, 64, knob, 8)
        s.oval(737, 404, 15, 15, mix(knob, WHITE, 0.25))
    else:
        s.oval(740, 446, 13, 13, mix(skin, BLACK, 0.5))
        s.poly([at(520, 200), at(560, 240), at(548, 300), at(500, 280), at(512, 240)], rgb("#11181C"))
        for dx, dy in ((60, -20), (-26, 84), (70, 80), (-30, -34)):
            s.line([at(534, 252), at(534 + dx, 252 + dy)], (*WHITE, 200), 3, caps=False)
        s.line([at(640, 660 - 14), at(668, 610), at(650, 560)], mix(skin, BLACK, 0.45), 5)
        for _ in range(16):
            x, y = s.dice.uniform(450, 740), s.dice.uniform(400, 630)
            px, py = at(x, y)
            s.blob(px, py, s.dice.uniform(5, 14), s.dice.uniform(4, 9), rgb("#CDBFA6"), 0.2)
    for y in (180.0, 560.0):
        if after or y == 560:
            s.rect(420, y, 20, 54, rgb("#8B949A"), 4)
        else:
            s.poly([(410, y), (432, y + 18), (426, y + 62), (408, y + 50)], RUST)
    s.shadow(600, 668, 250, 20, 90)
    s.poly([(380, 652), (820, 652), (846, 690), (354, 690)], mix(STONE, WHITE, 0.25))
    s.rect(354, 690, 492, 20, mix(STONE, BLACK, 0.2))
    if not after:
        for _ in range(9):
            x, y = s.dice.uniform(470, 720), s.dice.uniform(664, 686)
            s.poly([(x, y), (x + 17, y - 6), (x + 9, y + 7)], rgb("#D8ECF2"))


def wall(s: Scene, after: bool) -> None:
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
    brick = rgb("#B5694A")
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
