"""Draw the ground of the demo town as an OpenStreetMap extract of our own: `ground.osm.bz2`.

Approximate and marked so: the well-known streets follow the rough lines of `build_assets`, everything between them is
scenery from one fixed seed, so that a newcomer without a network sees a town, finds a door and a crossing, and can
drive from village to village. Streets that cross share a node, as in OpenStreetMap itself, and `script/flask geo
import-osm` reads it like any other extract. Run `python -m demo.build_ground` after a street or a place has changed.
"""

from __future__ import annotations

import bz2
import json
import math
import random
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import LineString, MultiLineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize, substring, unary_union

from demo.build_assets import HERE, METRES, PATHS, SHRINK, STREETS
from demo.street_names import CITY, VILLAGE

Coord = tuple[float, float]

#: Everything is drawn in metres east and north of here, and written in degrees.
CENTRE: Final[Coord] = (23.5484, 41.0876)
#: How the old streets of the town lie: a little east of north.
TILT: Final = math.radians(17)
TOWN_NAME: Final = "Σέρρες"
#: The built-up town, metres from the centre.
TOWN: Final = Polygon(
    [(-1150, 900), (-700, 1250), (-150, 1350), (350, 1050), (800, 1150), (1250, 800), (1350, 250), (1050, -450),
     (900, -1150), (450, -1550), (-250, -1500), (-900, -1150), (-1300, -500), (-1350, 300)]
)  # fmt: skip
#: House numbers are surveyed here; farther out they are reckoned between the ends of a street.
OLD_TOWN_M: Final = 800
DOOR_EVERY_M: Final = 17.0
DOOR_ASIDE_M: Final = 9.0
STREAM: Final[tuple[Coord, ...]] = (
    (23.5700, 41.1120), (23.5648, 41.1046), (23.5626, 41.1008), (23.5640, 41.0960), (23.5652, 41.0900),
    (23.5640, 41.0840), (23.5655, 41.0780), (23.5628, 41.0700), (23.5560, 41.0560), (23.5480, 41.0380),
)  # fmt: skip
RAILWAY: Final[tuple[Coord, ...]] = (
    (23.4300, 41.0800), (23.4800, 41.0765), (23.5250, 41.0752), (23.5421, 41.0752), (23.5600, 41.0716),
    (23.6100, 41.0560),    (23.6700, 41.0420),
)  # fmt: skip
CHURCHES: Final = (
    "Άγιος Γεώργιος",
    "Αγία Τριάδα",
    "Άγιος Παντελεήμων",
    "Ευαγγελίστρια",
    "Άγιος Νεκτάριος",
    "Προφήτης Ηλίας",
)
PUBLIC: Final = (
    ("townhall", "Δημαρχείο", "Town Hall"), ("police", "Αστυνομικό Τμήμα", "Police Station"),
    ("post_office", "Ταχυδρομείο", "Post Office"), ("library", "Δημόσια Βιβλιοθήκη", "Public Library"),
    ("fire_station", "Πυροσβεστική", "Fire Station"), ("hospital", "Νοσοκομείο", "Hospital"),
    ("theatre", "Δημοτικό Θέατρο", "Municipal Theatre"), ("marketplace", "Δημοτική Αγορά", "Municipal Market"),
)  # fmt: skip


def flat(spot: Sequence[float]) -> Coord:
    return ((spot[0] - CENTRE[0]) * METRES * SHRINK, (spot[1] - CENTRE[1]) * METRES)


def degrees(spot: Sequence[float]) -> Coord:
    return (round(CENTRE[0] + spot[0] / METRES / SHRINK, 6), round(CENTRE[1] + spot[1] / METRES, 6))


def flat_line(line: Iterable[Sequence[float]]) -> LineString:
    return LineString([flat(spot) for spot in line])


class Extract:
    """An OpenStreetMap file in the making: a spot is one node, however many ways meet there."""

    def __init__(self) -> None:
        self._nodes: dict[Coord, tuple[int, dict[str, str]]] = {}
        self._ways: list[tuple[list[int], dict[str, str]]] = []

    def node(self, spot: Sequence[float], **tags: str) -> int:
        number, told = self._nodes.setdefault(degrees(spot), (len(self._nodes) + 1, {}))
        told.update(tags)
        return number

    def way(self, corners: Iterable[Sequence[float]], **tags: str) -> None:
        numbers = [self.node(corner) for corner in corners]
        self._ways.append(([n for n, _next in _without_repeats(numbers)], tags))

    def area(self, shape: BaseGeometry, **tags: str) -> None:
        for part in shapely.get_parts(shape):
            if isinstance(part, Polygon) and part.area > 20:
                self.way(part.exterior.coords, **tags)

    def xml(self) -> str:
        lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6" generator="the demo of Kathimerina">']
        for (lon, lat), (number, tags) in self._nodes.items():
            lines += _element("node", f'id="{number}" lat="{lat}" lon="{lon}" version="1"', [], tags)
        for number, (nodes, tags) in enumerate(self._ways, start=1):
            refs = [f'<nd ref="{node}"/>' for node in nodes]
            lines += _element("way", f'id="{number}" version="1"', refs, tags)
        return "\n".join([*lines, "</osm>", ""])


def _without_repeats(numbers: Sequence[int]) -> list[tuple[int, int | None]]:
    following = [*numbers[1:], None]
    return [(n, after) for n, after in zip(numbers, following, strict=True) if n != after]


def _element(name: str, attributes: str, inside: list[str], tags: dict[str, str]) -> list[str]:
    inside = inside + [f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items()]
    return [f"<{name} {attributes}>", *inside, f"</{name}>"] if inside else [f"<{name} {attributes}/>"]


class Street:
    """A street: its name, what kind of road it is, and its line in metres."""

    def __init__(self, name: str, kind: str, line: LineString, english: str = "") -> None:
        self.name, self.kind, self.line, self.english = name, kind, line, english


def known_streets() -> list[Street]:
    """The well-known ones, each a little longer, so that it meets the next."""
    streets = []
    for _code, name, english, line in STREETS:
        plain = name.removeprefix("Οδός ")
        kind = "tertiary" if plain in ("Σμύρνης", "Δορυλαίου", "Τέρμα Μαγνησίας") else "secondary"
        streets.append(Street(plain, kind, _longer(flat_line(line), 130), english.removesuffix(" Street")))
    ring = TOWN.buffer(-120, join_style="mitre").exterior
    streets.append(Street("Περιφερειακή", "primary", LineString(ring.coords), "Ring Road"))
    for code, _name, _english, line in PATHS:
        if code == "ΜΟΝ-03":
            streets.append(Street("Ερμού", "pedestrian", _longer(flat_line(line), 20), "Ermou"))
    return streets


def _longer(line: LineString, metres: float) -> LineString:
    (x0, y0), (x1, y1) = line.coords[0], line.coords[1]
    (xa, ya), (xb, yb) = line.coords[-2], line.coords[-1]
    first = math.hypot(x1 - x0, y1 - y0)
    last = math.hypot(xb - xa, yb - ya)
    start = (x0 + (x0 - x1) / first * metres, y0 + (y0 - y1) / first * metres)
    end = (xb + (xb - xa) / last * metres, yb + (yb - ya) / last * metres)
    return LineString([start, *line.coords, end])


def side_streets(dice: random.Random, known: list[Street], kept_free: BaseGeometry) -> list[LineString]:
    """Two families of winding lines across the town, left out where a known street runs beside them."""
    built = TOWN.buffer(-130)
    beside = unary_union([street.line.buffer(26) for street in known if street.kind != "primary"])
    lines: list[LineString] = []
    for across in (False, True):
        at = -2000.0
        while at < 2000:
            at += dice.uniform(72, 100) if across else dice.uniform(78, 112)
            bend, wave = dice.uniform(-45, 45), dice.uniform(500, 1100)
            phase = dice.uniform(0, 6)
            corners = []
            for far in range(-2000, 2001, 100):
                aside = at + bend * math.sin(far / wave + phase)
                x, y = (far, aside) if across else (aside, far)
                turned = (x * math.cos(TILT) + y * math.sin(TILT), -x * math.sin(TILT) + y * math.cos(TILT))
                corners.append(turned)
            left = LineString(corners).intersection(built).difference(kept_free)
            for part in shapely.get_parts(left):
                kept = _pieces_not_beside(part, beside)
                lines += [piece for piece in kept if piece.length > 90]
    return lines


def _pieces_not_beside(line: LineString, beside: BaseGeometry) -> list[LineString]:
    """What runs along a known street for long goes; what only crosses it stays."""
    along = [part for part in shapely.get_parts(line.intersection(beside)) if part.length > 95]
    left = line.difference(unary_union([part.buffer(0.5) for part in along])) if along else line
    return [part for part in shapely.get_parts(left) if isinstance(part, LineString)]


def named(dice: random.Random, lines: list[LineString]) -> list[Street]:
    """Every line in stretches of some four hundred metres with a name each, the longest and most central first."""
    stretches: list[LineString] = []
    for line in lines:
        count = max(1, round(line.length / 520))
        stretches += [_cut(line, n / count, (n + 1) / count) for n in range(count)]
    stretches.sort(key=lambda stretch: stretch.centroid.distance(Point(0, 0)) - stretch.length / 4)
    streets = []
    for number, stretch in enumerate(stretches):
        if number < len(CITY):
            streets.append(Street(CITY[number], "residential", stretch))
        else:
            streets.append(Street("", "residential" if dice.random() < 0.6 else "service", stretch))
    return streets


def _cut(line: LineString, start: float, end: float) -> LineString:
    piece = substring(line, start, end, normalized=True)
    assert isinstance(piece, LineString)
    return piece


def village_streets(dice: random.Random, places: list[dict[str, Any]]) -> tuple[list[Street], list[Street]]:
    """A few streets around each village's square, and the roads that join the villages to each other and to town."""
    inside: list[Street] = []
    centres: dict[str, Coord] = {}
    sizes = {"town": 420, "village": 260, "hamlet": 110}
    for place in places:
        size = sizes.get(place["properties"]["kind"])
        if size is None:
            continue
        x, y = flat(place["geometry"]["coordinates"])
        centres[place["properties"]["name_el"]] = (x, y)
        turn = dice.uniform(0, math.pi)
        names = iter(dice.sample(VILLAGE[1:], len(VILLAGE) - 1))
        for side in (0, 1):
            angle = turn + side * math.pi / 2
            for at in range(-1, 2) if size > 110 else range(1):
                off = at * size / 2.6
                mid = (x - math.sin(angle) * off, y + math.cos(angle) * off)
                reach = size * (1 if at == 0 else 0.75)
                ends = [(mid[0] + math.cos(angle) * d, mid[1] + math.sin(angle) * d) for d in (-reach, 0, reach)]
                ends[1] = (ends[1][0] + dice.uniform(-12, 12), ends[1][1] + dice.uniform(-12, 12))
                main = side == 0 and at == 0
                inside.append(
                    Street(VILLAGE[0] if main else next(names), "tertiary" if main else "residential", LineString(ends))
                )
    return inside, _roads(dice, centres)


def _roads(dice: random.Random, centres: dict[str, Coord]) -> list[Street]:
    """The shortest roads that reach every village, from the ring of the town outwards."""
    ring = TOWN.buffer(-120, join_style="mitre").exterior
    reached: dict[str, Coord] = {}
    left = dict(centres)
    roads = []
    while left:

        def from_town(name: str) -> tuple[float, Coord, str]:
            spot = Point(left[name])
            start = ring.interpolate(ring.project(spot))
            best = (spot.distance(start), (start.x, start.y), TOWN_NAME)
            for other, there in reached.items():
                far = math.dist(there, left[name]) * 1.15
                best = min(best, (far, there, other), key=lambda one: one[0])
            return best

        name = min(left, key=lambda one: (from_town(one)[0], one))
        _far, start, other = from_town(name)
        end = left.pop(name)
        reached[name] = end
        bends = []
        for share in (0.33, 0.66):
            sway = math.dist(start, end) * 0.05
            bends.append(
                (start[0] + (end[0] - start[0]) * share + dice.uniform(-sway, sway),
                 start[1] + (end[1] - start[1]) * share + dice.uniform(-sway, sway))
            )  # fmt: skip
        kind = "secondary" if other == TOWN_NAME else "tertiary"
        roads.append(Street(f"{other} – {name}", kind, LineString([start, *bends, end])))
    return roads


def with_crossings(streets: list[Street]) -> list[list[Coord]]:
    """The corners of each street and its meeting points with all others, in order; the same spot for both."""
    tree = STRtree([street.line for street in streets])
    found: list[dict[float, Coord]] = [
        {street.line.project(Point(x, y)): (x, y) for x, y in street.line.coords} for street in streets
    ]
    firsts, seconds = tree.query([street.line for street in streets], predicate="intersects")
    for one, other in zip(firsts.tolist(), seconds.tolist(), strict=True):
        if one >= other:
            continue
        for spot in _spots(streets[one].line.intersection(streets[other].line)):
            for which in (one, other):
                found[which][streets[which].line.project(Point(spot))] = spot
    return [[spot for _far, spot in sorted(places.items())] for places in found]


def _spots(shape: BaseGeometry) -> list[Coord]:
    if shape.is_empty:
        return []
    return [(part.x, part.y) for part in shapely.get_parts(shape) if isinstance(part, Point)]


def doors(extract: Extract, street: Street) -> None:
    """Odd numbers on the left, even ones on the right, from the beginning of the street."""
    line = street.line
    many = int((line.length - 20) / DOOR_EVERY_M)
    if many < 1 or not street.name or "–" in street.name:
        return
    surveyed = line.distance(Point(0, 0)) < OLD_TOWN_M or street.kind == "secondary"
    for side, odd in ((1, 1), (-1, 0)):
        spots = []
        for n in range(many):
            far = 12 + n * DOOR_EVERY_M
            spots.append((_aside(line, far, side * DOOR_ASIDE_M), str(2 * n + (1 if odd else 2))))
        if surveyed and line.interpolate(line.length / 2).distance(Point(0, 0)) < OLD_TOWN_M * 1.6:
            for spot, number in spots:
                extract.node(spot, **{"addr:street": street.name, "addr:housenumber": number})
        elif len(spots) > 1:
            for spot, number in (spots[0], spots[-1]):
                extract.node(spot, **{"addr:street": street.name, "addr:housenumber": number})
            how = {"addr:street": street.name, "addr:interpolation": "odd" if odd else "even"}
            extract.way([spot for spot, _number in spots], **how)


def _aside(line: LineString, far: float, metres: float) -> Coord:
    here, ahead = line.interpolate(far), line.interpolate(min(far + 1, line.length))
    dx, dy = ahead.x - here.x, ahead.y - here.y
    size = math.hypot(dx, dy) or 1
    return here.x - dy / size * metres, here.y + dx / size * metres


def buildings(extract: Extract, dice: random.Random, blocks: list[Polygon]) -> None:
    """Houses along the inside of each block of the old town, as deep as it allows."""
    for block in blocks:
        if block.centroid.distance(Point(0, 0)) > OLD_TOWN_M * 1.35:
            continue
        yard = block.buffer(-7, join_style="mitre")
        if yard.area < 250 or not isinstance(yard, Polygon):
            continue
        taken: list[Polygon] = []
        corners = list(shapely.simplify(yard, 4).exterior.coords)
        for (x0, y0), (x1, y1) in pairwise(corners):
            length = math.hypot(x1 - x0, y1 - y0)
            at = dice.uniform(0, 3)
            while at < length - 9:
                wide = min(dice.uniform(11, 21), length - at)
                deep = dice.uniform(9, 14)
                house = _house((x0, y0), (x1, y1), length, at, wide, deep).intersection(yard)
                at += wide + (0 if dice.random() < 0.7 else dice.uniform(2, 6))
                if (
                    isinstance(house, Polygon)
                    and house.area > 60
                    and not any(house.intersection(t).area > 4 for t in taken)
                ):
                    taken.append(house)
                    extract.area(house, building="yes")


def _house(start: Coord, end: Coord, length: float, at: float, wide: float, deep: float) -> Polygon:
    ux, uy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    inward = (uy, -ux)  # shapely's outer rings of buffers run clockwise
    a = (start[0] + ux * at, start[1] + uy * at)
    b = (a[0] + ux * wide, a[1] + uy * wide)
    return Polygon(
        [a, b, (b[0] + inward[0] * deep, b[1] + inward[1] * deep), (a[0] + inward[0] * deep, a[1] + inward[1] * deep)]
    )


def blob(dice: random.Random, spot: Coord, reach: float) -> Polygon:
    """Something like a park: round, but by nobody's compass."""
    corners = []
    for turn in np.linspace(0, 2 * math.pi, 18, endpoint=False):
        far = reach * dice.uniform(0.78, 1.12)
        corners.append((spot[0] + far * math.cos(turn), spot[1] + far * math.sin(turn)))
    return Polygon(corners)


def build() -> str:
    """The extract as OpenStreetMap XML, the same on every run."""
    dice = random.Random(9054)  # noqa: S311 - scenery, not secrets
    places = json.loads((HERE / "places.geojson").read_text(encoding="utf-8"))["features"]
    extract = Extract()
    known = known_streets()
    parks, squares = _green(dice, places)
    free = unary_union([*(park for park, _name in parks), *(square for square, _name in squares)])
    lines = side_streets(dice, known, free)
    villages, roads = village_streets(dice, places)
    streets = known + named(dice, lines) + villages + roads
    for street, corners in zip(streets, with_crossings(streets), strict=True):
        tags = {"highway": street.kind}
        if street.name:
            tags |= {"name": street.name} | ({"name:en": street.english} if street.english else {})
        if street.name == "Εθνικής Αντίστασης":
            tags["alt_name"] = "Εθνικής Αντιστάσεως"
        extract.way(corners, **tags)
        doors(extract, street)
    built = unary_union([TOWN, *(street.line.buffer(60) for street in villages)]).simplify(6)
    extract.area(built, landuse="residential")
    _land(extract, dice, parks, squares)
    blocks = _blocks(streets)
    _points(extract, dice, blocks, known)
    buildings(extract, dice, blocks)
    return extract.xml()


def _green(dice: random.Random, places: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    parks, squares = [], []
    for place in places:
        spot, name = flat(place["geometry"]["coordinates"]), place["properties"]
        if name["kind"] == "park":
            parks.append((blob(dice, spot, 150 if "Κοιλάδα" in name["name_el"] else 95), name))
        if name["kind"] == "square":
            squares.append((blob(dice, spot, 34), name))
    return parks, squares


def _land(extract: Extract, dice: random.Random, parks: list[Any], squares: list[Any]) -> None:
    for shape, name in parks:
        extract.area(shape, leisure="park", **{"name": name["name_el"], "name:en": name["name_en"]})
    for shape, name in squares:
        extract.area(shape, place="square", **{"name": name["name_el"], "name:en": name["name_en"]})
    woods = blob(dice, (900, 3300), 1700).difference(TOWN.buffer(200))
    extract.area(woods, natural="wood", name="Δάσος Κουλά")
    extract.area(blob(dice, (-2600, -2400), 1900).difference(TOWN.buffer(150)), landuse="farmland")
    extract.area(blob(dice, (2700, -2300), 1500).difference(TOWN.buffer(150)), landuse="farmland")
    extract.area(blob(dice, (-300, -5200), 2200), landuse="farmland")
    extract.area(blob(dice, (980, 640), 70), landuse="cemetery", name="Κοιμητήριο")
    extract.way([flat(spot) for spot in STREAM], waterway="stream", name="Ρέμα Αγίων Αναργύρων")
    extract.way([flat(spot) for spot in RAILWAY], railway="rail")
    for _code, name, english, line in PATHS:
        if "Πεζόδρομος" not in name:
            extract.way([flat(spot) for spot in line], highway="footway", **{"name": name, "name:en": english})


def _blocks(streets: list[Street]) -> list[Polygon]:
    net = unary_union(MultiLineString([s.line for s in streets if s.line.distance(Point(0, 0)) < 1900]))
    return sorted(polygonize(net), key=lambda block: (round(block.centroid.x), round(block.centroid.y)))


def _points(extract: Extract, dice: random.Random, blocks: list[Polygon], known: list[Street]) -> None:
    """Schools in blocks of their own, churches, offices, pharmacies and stops."""
    fit = [block for block in blocks if 3000 < block.area < 16000 and TOWN.buffer(-200).contains(block)]
    chosen = dice.sample(fit, 10 + len(CHURCHES) + len(PUBLIC) + 12)
    for number in range(1, 11):
        school = chosen.pop()
        name = f"{number}ο Δημοτικό Σχολείο" if number < 8 else f"{number - 7}ο Γυμνάσιο"
        english = f"Primary School No. {number}" if number < 8 else f"Gymnasium No. {number - 7}"
        extract.area(school.buffer(-12), amenity="school", **{"name": name, "name:en": english})
    for church in CHURCHES:
        spot = chosen.pop().representative_point()
        extract.node((spot.x, spot.y), amenity="place_of_worship", religion="christian", name=church)
    for kind, name, english in PUBLIC:
        spot = chosen.pop().representative_point()
        extract.node((spot.x, spot.y), amenity=kind, **{"name": name, "name:en": english})
    for block, street in zip(chosen, dice.sample(CITY[:60], len(chosen)), strict=True):
        spot = block.representative_point()
        extract.node((spot.x + 15, spot.y), amenity="pharmacy", name=f"Φαρμακείο {street}")
    station = flat((23.5421, 41.0757))
    extract.node(
        station, railway="station", **{"name": "Σιδηροδρομικός Σταθμός Σερρών", "name:en": "Serres Railway Station"}
    )
    for road in known:
        for n, far in enumerate(np.arange(160, road.line.length - 100, 420), start=1):
            if road.kind in ("secondary", "primary") and n < 5:
                extract.node(_aside(road.line, float(far), 6), highway="bus_stop", name=f"Στάση {road.name} {n}")


def main() -> None:
    (HERE / "ground.osm.bz2").write_bytes(bz2.compress(build().encode(), 9))


if __name__ == "__main__":
    main()
