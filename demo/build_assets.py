"""Scatter the demo assets along hand-drawn streets and write `assets.geojson`.

The streets are rough lines of our own near the well-known ones; everything follows from one fixed seed.
Run `python -m demo.build_assets` after `places.geojson` or a street has changed.
"""

from __future__ import annotations

import json
import math
import random
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
METRES: Final = 111_200.0  # in a degree of latitude
SHRINK: Final = math.cos(math.radians(41.1))

Coord = tuple[float, float]

# code, Greek, English, width, line
STREETS: Final[tuple[tuple[str, str, str, tuple[Coord, ...]], ...]] = (
    ("ΟΔ-01", "Οδός Μεραρχίας", "Merarchias Street",
     ((23.5483, 41.0899), (23.5463, 41.0850), (23.5440, 41.0800), (23.5424, 41.0762))),
    ("ΟΔ-02", "Οδός Εθνικής Αντίστασης", "Ethnikis Antistasis Street",
     ((23.5487, 41.0859), (23.5432, 41.0874), (23.5385, 41.0886))),
    ("ΟΔ-03", "Οδός Ελευθερίου Βενιζέλου", "Eleftheriou Venizelou Street",
     ((23.5492, 41.0905), (23.5532, 41.0896), (23.5588, 41.0884))),
    ("ΟΔ-04", "Οδός Εξοχών", "Exochon Street",
     ((23.5527, 41.0925), (23.5572, 41.0966), (23.5616, 41.0996))),
    ("ΟΔ-05", "Οδός Κύπρου", "Kyprou Street", ((23.5448, 41.0903), (23.5486, 41.0885), (23.5530, 41.0866))),
    ("ΟΔ-06", "Οδός Τσαλοπούλου", "Tsalopoulou Street",
     ((23.5478, 41.0908), (23.5428, 41.0925), (23.5372, 41.0934))),
    ("ΟΔ-07", "Οδός Δορυλαίου", "Dorylaiou Street",
     ((23.5496, 41.0868), (23.5536, 41.0840), (23.5575, 41.0806))),
    ("ΟΔ-08", "Οδός Μακεδονομάχων", "Makedonomachon Street",
     ((23.5530, 41.0880), (23.5546, 41.0840), (23.5552, 41.0790))),
    ("ΟΔ-09", "Οδός Κωνσταντινουπόλεως", "Konstantinoupoleos Street",
     ((23.5402, 41.0822), (23.5462, 41.0815), (23.5528, 41.0810))),
    ("ΟΔ-10", "Οδός 29ης Ιουνίου", "29 Iouniou Street",
     ((23.5459, 41.0898), (23.5441, 41.0862), (23.5428, 41.0826))),
    ("ΟΔ-11", "Οδός Σμύρνης", "Smyrnis Street", ((23.5566, 41.0902), (23.5570, 41.0852), (23.5577, 41.0812))),
    ("ΟΔ-12", "Τέρμα Μαγνησίας", "Terma Magnisias",
     ((23.5532, 41.0778), (23.5546, 41.0752), (23.5561, 41.0736))),
)  # fmt: skip
PATHS: Final[tuple[tuple[str, str, str, tuple[Coord, ...]], ...]] = (
    ("ΜΟΝ-01", "Μονοπάτι Κοιλάδας", "Valley path",
     ((23.5608, 41.0990), (23.5622, 41.1004), (23.5630, 41.1021), (23.5645, 41.1038))),
    ("ΜΟΝ-02", "Μονοπάτι Ακρόπολης", "Acropolis path",
     ((23.5532, 41.0962), (23.5540, 41.0975), (23.5545, 41.0986), (23.5560, 41.0991))),
    ("ΜΟΝ-03", "Πεζόδρομος Ερμού", "Ermou pedestrian street",
     ((23.5487, 41.0901), (23.5478, 41.0898), (23.5466, 41.0890))),
    ("ΜΟΝ-04", "Διάδρομος Πάρκου Ομόνοιας", "Omonoia Park walk",
     ((23.5428, 41.0839), (23.5436, 41.0842), (23.5443, 41.0846))),
)  # fmt: skip
SPOTS: Final[tuple[Coord, ...]] = (
    (23.5487, 41.0903),
    (23.5462, 41.0888),
    (23.5441, 41.0894),
    (23.5436, 41.0842),
    (23.5622, 41.1004),
    (23.5545, 41.0986),
    (23.5602, 41.0933),
    (23.5392, 41.0952),
    (23.5443, 41.0990),
    (23.5505, 41.0812),
    (23.5398, 41.0808),
)
TREES: Final = ("Πλάτανος", "Λεύκα", "Φλαμουριά", "Πεύκο", "Μουριά", "Καστανιά")
SIGNS: Final = (
    "STOP",
    "Παραχώρηση προτεραιότητας",
    "Όνομα οδού",
    "Διάβαση πεζών",
    "Στάθμευση ΑμεΑ",
    "Σχολείο",
)


def _step(at: Coord, east: float, north: float) -> Coord:
    return (round(at[0] + east / METRES / SHRINK, 6), round(at[1] + north / METRES, 6))


def _along(line: tuple[Coord, ...], every: float, aside: float, start: float) -> list[Coord]:
    """Points at a fixed spacing, alternately left and right of the line."""
    spots: list[Coord] = []
    left_over = start
    side = 1
    for (x0, y0), (x1, y1) in pairwise(line):
        east, north = (x1 - x0) * METRES * SHRINK, (y1 - y0) * METRES
        length = math.hypot(east, north)
        while left_over < length:
            share = left_over / length
            spots.append(
                _step(
                    (x0, y0),
                    east * share + side * aside * north / length,
                    north * share - side * aside * east / length,
                )
            )
            side, left_over = -side, left_over + every
        left_over -= length
    return spots


class _Inventory:
    """Collects the features and counts the codes of each kind."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._count: dict[str, int] = {}

    def add(self, kind: str, prefix: str, el: str, en: str, at: Coord, **attributes: Any) -> None:
        number = self._count[prefix] = self._count.get(prefix, 0) + 1
        code = f"{prefix}-{number:04d}"
        self.rows.append(
            {
                "type": "Feature",
                "properties": {
                    "code": code,
                    "kind": kind,
                    "name_el": f"{el} {code}",
                    "name_en": f"{en} {code}",
                    "attributes": attributes,
                },
                "geometry": {"type": "Point", "coordinates": list(at)},
            }
        )

    def line(self, kind: str, code: str, el: str, en: str, line: tuple[Coord, ...]) -> None:
        self.rows.append(
            {
                "type": "Feature",
                "properties": {
                    "code": code,
                    "kind": kind,
                    "name_el": el,
                    "name_en": en,
                    "attributes": {"surface": "πλακόστρωτο" if kind == "path" else "άσφαλτος"},
                },
                "geometry": {"type": "LineString", "coordinates": [list(at) for at in line]},
            }
        )


def build() -> dict[str, Any]:
    """Every asset, in a fixed order."""
    dice = random.Random(9054)  # noqa: S311 - scenery, not secrets
    places = json.loads((HERE / "places.geojson").read_text(encoding="utf-8"))["features"]
    villages = [
        (place["properties"]["kind"], tuple(place["geometry"]["coordinates"]))
        for place in places
        if place["properties"]["kind"] in {"town", "village", "hamlet"}
    ]
    stock = _Inventory()

    def near(at: Coord, reach: float) -> Coord:
        angle, far = dice.uniform(0, 2 * math.pi), reach * math.sqrt(dice.uniform(0.08, 1))
        return _step(at, far * math.cos(angle), far * math.sin(angle))

    def light(at: Coord) -> None:
        led = dice.random() < 0.6
        stock.add(
            "light_pole",
            "Φ",
            "Φωτιστικό",
            "Light pole",
            at,
            lamp="LED" if led else "Na",
            watt=60 if led else 150,
        )

    def bench(at: Coord) -> None:
        wooden = dice.random() < 0.75
        stock.add(
            "bench",
            "Π",
            "Παγκάκι",
            "Bench",
            at,
            material="ξύλο και σίδερο" if wooden else "σκυρόδεμα",
            slats=6,
        )

    def bin_(at: Coord) -> None:
        blue = dice.random() < 0.35
        stock.add("bin", "Κ", "Κάδος", "Bin", at, stream="ανακύκλωση" if blue else "σύμμεικτα", litres=1100)

    def tree(at: Coord) -> None:
        stock.add("tree", "Δ", "Δέντρο", "Tree", at, species=dice.choice(TREES))

    for _, _, _, line in STREETS:
        for at in _along(line, 120, 6, 20):
            light(at)
        for at in _along(line, 320, 8, 70):
            bin_(at)
        for at in _along(line, 300, 5, 110):
            stock.add("drain", "ΦΡ", "Φρεάτιο", "Drain", at, grate="χυτοσίδηρος")
        for at in _along(line, 330, 7, 40):
            tree(at)
        for at in _along(line, 330, 6, 12):
            stock.add("sign", "ΠΙΝ", "Πινακίδα", "Sign", at, shows=dice.choice(SIGNS))
        for at in _along(line, 560, 7, 150):
            bench(at)
    for _, _, _, line in PATHS:
        for at in _along(line, 60, 3, 15):
            light(at)
        for at in _along(line, 110, 3, 30):
            bench(at)
    for at in SPOTS:
        for _ in range(2):
            bench(near(at, 35))
        bin_(near(at, 40))
        tree(near(at, 45))
        if at[1] not in (41.0903, 41.0986):
            stock.add("playground", "ΠΧ", "Παιδική χαρά", "Playground", near(at, 45), swings=dice.randint(2, 4))
    for kind, at in villages:
        for _ in range({"town": 4, "village": 2, "hamlet": 0}[kind]):
            light(near(at, 220))
        if kind != "hamlet":
            bench(near(at, 60))
            bin_(near(at, 150))
        if kind == "town":
            stock.add("playground", "ΠΧ", "Παιδική χαρά", "Playground", near(at, 120), swings=2)
            stock.add("drain", "ΦΡ", "Φρεάτιο", "Drain", near(at, 150), grate="χυτοσίδηρος")
            tree(near(at, 80))
    for code, el, en, line in STREETS[:8]:
        stock.line("road_section", code, el, en, line)
    for code, el, en, line in PATHS:
        stock.line("path", code, el, en, line)
    return {"type": "FeatureCollection", "features": stock.rows}


def main() -> None:
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in build()["features"])
    text = '{"type": "FeatureCollection", "features": [\n' + rows + "\n]}\n"
    (HERE / "assets.geojson").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
