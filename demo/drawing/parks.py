"""Benches, playgrounds, trees, greenery and fountains, broken and repaired."""

from __future__ import annotations

import math
from collections.abc import Sequence

from demo.drawing.canvas import (
    BLACK,
    GREY_WOOD,
    IRON,
    RUST,
    STONE,
    TEAL,
    WATER,
    WHITE,
    WIDTH,
    WOOD,
    Colour,
    Scene,
    mix,
    rgb,
)
from demo.drawing.waste import litter


def bench(s: Scene, after: bool) -> None:
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
        s.line([(690, 604), (700, 588)], rgb("#C8CDD0"), 4)


def swing_frame(s: Scene, colour: Colour) -> None:
    for x in (270.0, 930.0):
        s.line([(x, 190), (x - 96, 742)], mix(colour, BLACK, 0.12), 24)
        s.line([(x, 190), (x + 96, 742)], colour, 24)
        s.line([(x - 52, 480), (x + 52, 480)], mix(colour, BLACK, 0.08), 13)
    s.line([(244, 190), (956, 190)], colour, 28)
    s.line([(250, 183), (950, 183)], mix(colour, WHITE, 0.4), 6)


def playground(s: Scene, after: bool) -> None:
    s.park(440)
    mat = mix(rgb("#C97B5A"), s.paving, 0.25)
    s.poly([(130, 610), (1070, 610), (1200, 840), (0, 840)], mat)
    s.poly([(130, 610), (1070, 610), (1076, 622), (124, 622)], mix(mat, WHITE, 0.25))
    for x in (174.0, 366.0, 834.0, 1026.0):
        s.shadow(x, 744, 60, 16, 90)
    colour = rgb(s.dice.choice(("#3A7CA5", "#D2593F", "#2F8F7F")))
    if not after:
        colour = mix(colour, rgb("#9A8F85"), 0.35)
    swing_frame(s, colour)
    chain = rgb("#69747B")

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


def crown(
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


def tree(s: Scene, after: bool) -> None:
    s.park(470)
    s.path(640, 800)
    bark = rgb("#7A5B43")
    green = mix(rgb("#4F8A4C"), s.grass, 0.3)
    s.shadow(590, 690, 330, 44, 90)
    s.poly([(540, 690), (560, 420), (552, 300), (628, 300), (622, 430), (660, 690), (700, 702), (500, 702)], bark)
    s.poly([(600, 690), (606, 430), (608, 300), (628, 300), (622, 430), (660, 690)], mix(bark, BLACK, 0.16))
    s.line([(572, 400), (440, 290)], bark, 34)
    if after:
        s.line([(612, 400), (690, 330)], bark, 32)
        s.oval(694, 326, 17, 19, rgb("#E2C08E"))
        s.oval(694, 326, 9, 10, rgb("#CFA56C"))
        lobes = (
            (-0.62, -0.05, 0.42),
            (-0.3, -0.5, 0.48),
            (0.14, -0.6, 0.5),
            (0.42, -0.24, 0.34),
            (-0.1, -0.12, 0.44),
        )
        crown(s, 590, 290, 255, green, lobes)
        return
    broken = ((-0.62, -0.05, 0.42), (-0.3, -0.5, 0.48), (0.16, -0.56, 0.44), (-0.1, -0.12, 0.42))
    crown(s, 570, 290, 255, green, broken)
    s.line([(612, 410), (700, 340), (742, 330)], bark, 34)
    s.poly([(728, 312), (776, 318), (752, 330), (782, 342), (736, 350)], rgb("#E2C08E"))
    s.line([(768, 340), (850, 470), (930, 640)], mix(bark, BLACK, 0.08), 26)
    s.line([(850, 470), (940, 500)], mix(bark, BLACK, 0.08), 14)
    dry = mix(rgb("#A98B45"), green, 0.25)
    crown(s, 930, 610, 150, dry, ((-0.5, 0.1, 0.42), (0.0, -0.3, 0.5), (0.5, 0.05, 0.45), (0.05, 0.2, 0.5)))
    for _ in range(30):
        x, y = s.dice.uniform(720, 1130), s.dice.uniform(690, 790)
        s.oval(x, y, 9, 4.5, mix(dry, BLACK, s.dice.uniform(0, 0.3)))


def fence(s: Scene, after: bool) -> None:
    s.park(440)
    s.path(650, 810)
    green = rgb("#2E6B57") if after else mix(rgb("#2E6B57"), RUST, 0.5)
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


def grass(s: Scene, after: bool) -> None:
    s.park(430)
    s.path(720, 830)
    earth = rgb("#8A6C4E")
    s.poly([(70, 560), (1130, 560), (1190, 730), (10, 730)], mix(STONE, BLACK, 0.12))
    s.poly([(92, 568), (1108, 568), (1160, 716), (40, 716)], earth)
    if after:
        s.poly([(100, 570), (1100, 570), (1148, 700), (52, 700)], mix(s.grass, rgb("#5B9A4A"), 0.55))
        for row in range(6):
            y = 580.0 + row * 21
            s.line([(96 - row * 8, y), (1104 + row * 8, y)], mix(s.grass, WHITE, 0.2 if row % 2 else 0.08), 9)
        for step in range(9):
            x, y = 170.0 + step * 108, 650.0 + 14 * (step % 2)
            petal = rgb(("#D8556B", "#F0C24B", "#F4F1EA")[step % 3])
            s.line([(x, y), (x, y - 48)], rgb("#4B7F43"), 6)
            s.oval(x - 12, y - 16, 13, 6, rgb("#5D9550"))
            for k in range(6):
                s.oval(x + 15 * math.cos(k * 1.047), y - 54 + 15 * math.sin(k * 1.047), 10, 10, petal)
            s.oval(x, y - 54, 8, 8, rgb("#B5762E"))
        return
    for _ in range(330):
        x = s.dice.uniform(50, 1150)
        y = s.dice.uniform(590, 730)
        tall = s.dice.uniform(120, 300) * (0.75 + (y - 590) / 400)
        lean = s.dice.uniform(-60, 60)
        green = mix(rgb(s.dice.choice(("#6E8B3D", "#8C9A45", "#A99F52", "#55783A"))), s.grass, 0.25)
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
            s.oval(x + lean, y - tall, 7, 15, rgb("#C7AD6A"))
    litter(s, 120, 1080, 700, 735, 6)


def fountain(s: Scene, after: bool) -> None:
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
    brass = rgb("#C9983E") if after else mix(rgb("#C9983E"), rgb("#6F7B6B"), 0.55)
    if after:
        s.oval(600, 643, 214, 25, mix(WATER, WHITE, 0.1))
        s.oval(600, 645, 120, 12, (*WHITE, 90))
        s.poly([(582, 462), (614, 462), (618, 640), (580, 640)], (*mix(WATER, WHITE, 0.35), 220))
        s.line([(592, 470), (590, 632)], (*WHITE, 220), 5, caps=False)
        for dx, dy in ((-40, -12), (-26, -30), (30, -24), (46, -8), (12, -34), (-8, -18)):
            s.oval(598 + dx, 640 + dy, 6, 7, mix(WATER, WHITE, 0.5))
    else:
        s.oval(600, 643, 214, 25, rgb("#8F8B74"))
        for _ in range(26):
            x, y = s.dice.uniform(420, 780), s.dice.uniform(632, 656)
            s.oval(x, y, 13, 5, rgb(s.dice.choice(("#B5762E", "#8D5A2B", "#C79A3C"))))
        s.line([(560, 700), (590, 676), (580, 640), (612, 600), (600, 540)], mix(stone, BLACK, 0.5), 5)
        s.line([(590, 676), (640, 700)], mix(stone, BLACK, 0.5), 4)
        s.line([(600, 470), (600, 560)], (*rgb("#5F7A5A"), 110), 26, caps=False)
    s.rect(560, 402, 76, 26, brass, 10)
    s.poly([(580, 420), (616, 420), (612, 466), (584, 466)], brass)
    s.line([(598, 400), (598, 380)], brass, 12)
    s.line([(566, 378), (630, 378)] if after else [(570, 390), (628, 364)], brass, 14)
    s.line([(566, 408), (624, 408)], mix(brass, WHITE, 0.45), 4)
