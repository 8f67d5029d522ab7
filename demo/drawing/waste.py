"""Bins and what lies beside them, before and after."""

from __future__ import annotations

import math

from demo.drawing.canvas import BLACK, IRON, WHITE, WOOD, Colour, Scene, mix, rgb


def sack(s: Scene, x: float, y: float, size: float, colour: Colour) -> None:
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


def litter(s: Scene, left: float, right: float, top: float, bottom: float, count: int) -> None:
    for _ in range(count):
        x, y = s.dice.uniform(left, right), s.dice.uniform(top, bottom)
        colour = rgb(s.dice.choice(("#E9E4D8", "#D4573F", "#5B9BC0", "#EFC75E", "#F6F6F2")))
        s.oval(x, y + 5, 16, 5, (0, 0, 0, 50))
        s.blob(x, y, s.dice.uniform(8, 17), s.dice.uniform(5, 9), colour, 0.2)


def bin(s: Scene, after: bool) -> None:
    s.street(460, 680)
    green = rgb("#2F7D5B") if s.dice.random() < 0.6 else rgb("#2E6FA3")
    if not after:
        green = mix(green, rgb("#8C8F86"), 0.28)
    s.shadow(610, 704, 300, 34, 110)
    if not after:
        sack(s, 330, 700, 96, rgb("#39424A"))
        sack(s, 930, 712, 110, rgb("#4B565E"))
        s.poly([(470, 300), (520, 250), (610, 232), (690, 262), (760, 246), (800, 300)], rgb("#4A535B"))
        s.blob(560, 282, 56, 44, rgb("#E8E2D3"), 0.1)
        s.blob(690, 280, 62, 46, rgb("#3C454D"), 0.1)
        s.poly([(600, 240), (640, 200), (664, 262), (616, 282)], rgb("#C98F56"))
    s.poly([(424, 310), (806, 310), (772, 672), (458, 672)], green)
    s.poly([(424, 310), (500, 310), (520, 672), (458, 672)], mix(green, WHITE, 0.13))
    s.poly([(740, 310), (806, 310), (772, 672), (720, 672)], mix(green, BLACK, 0.15))
    for x in (566.0, 664.0):
        s.poly([(x - 9, 350), (x + 9, 350), (x + 6, 640), (x - 6, 640)], mix(green, BLACK, 0.1))
    s.rect(412, 300, 406, 30, mix(green, BLACK, 0.2), 9)
    for x in (490.0, 740.0):
        broken = not after and x == 740
        s.oval(x + (30 if broken else 0), 688 + (8 if broken else 0), 25, 25, IRON)
        s.oval(x + (30 if broken else 0), 688 + (8 if broken else 0), 10, 10, rgb("#AEB6BA"))
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
        litter(s, 180, 1060, 690, 770, 15)


def rubbish(s: Scene, after: bool) -> None:
    s.street(450, 690)
    s.bush(170, 600, 150)
    if after:
        s.shadow(985, 686, 70, 14, 90)
        s.line([(940, 400), (984, 640)], WOOD, 13)
        s.poly([(956, 636), (1012, 626), (1032, 684), (946, 690)], rgb("#C9A552"))
        for straw in range(952, 1026, 12):
            s.line([(straw, 650), (straw + 3, 684)], rgb("#9E7E37"), 3)
        return
    s.shadow(620, 706, 430, 36, 110)
    cloth = rgb("#E4DCCB")
    s.poly([(330, 372), (560, 330), (640, 690), (400, 700)], mix(cloth, BLACK, 0.16))
    s.poly([(312, 382), (540, 340), (618, 692), (384, 704)], cloth)
    for step in range(1, 5):
        share = step / 5
        s.line(
            [(312 + 72 * share, 382 + 322 * share), (540 + 78 * share, 340 + 352 * share)],
            mix(cloth, rgb("#7FA3B8"), 0.6),
            5,
        )
    s.blob(440, 520, 42, 30, (*rgb("#B79B72"), 120), 0.15)
    fabric = rgb(s.dice.choice(("#8E4A4F", "#5A6E4E", "#6A5A80")))
    s.rect(600, 520, 350, 130, fabric, 20)
    s.rect(580, 560, 66, 124, mix(fabric, WHITE, 0.12), 22)
    s.rect(904, 560, 66, 124, mix(fabric, BLACK, 0.1), 22)
    s.rect(636, 600, 140, 50, mix(fabric, WHITE, 0.2), 12)
    s.rect(780, 600, 130, 50, mix(fabric, WHITE, 0.16), 12)
    s.poly([(840, 530), (882, 544), (866, 580), (832, 566)], rgb("#E8D9B4"))
    for x in (610.0, 930.0):
        s.rect(x, 680, 20, 20, rgb("#5B4633"))
    sack(s, 1050, 706, 92, rgb("#3C464E"))
    sack(s, 250, 712, 80, rgb("#4C5A52"))
    for _ in range(9):
        x, y = s.dice.uniform(430, 900), s.dice.uniform(708, 750)
        s.blob(
            x,
            y,
            s.dice.uniform(14, 30),
            s.dice.uniform(9, 16),
            mix(rgb("#B98A6A"), s.paving, s.dice.random() * 0.7),
            0.2,
        )
    litter(s, 200, 1080, 710, 790, 9)
