"""Small OpenStreetMap extracts for tests, drawn in a few lines."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

Spot = tuple[float, float]


class Sketch:
    """Nodes, ways and rings of a file in the making; the same spot is the same node."""

    def __init__(self) -> None:
        self._nodes: dict[Spot, tuple[int, dict[str, str]]] = {}
        self._ways: list[tuple[int, list[int], dict[str, str]]] = []

    def node(self, lon: float, lat: float, **tags: str) -> int:
        number, told = self._nodes.setdefault((lon, lat), (len(self._nodes) + 1, {}))
        told.update({key.replace("__", ":"): value for key, value in tags.items()})
        return number

    def way(self, spots: list[Spot], **tags: str) -> int:
        """An open or closed line; in the names of tags «__» is a colon. Returns its number."""
        number = len(self._ways) + 1
        self.put(number, spots, **tags)
        return number

    def put(self, number: int, spots: list[Spot], **tags: str) -> None:
        told = {key.replace("__", ":"): value for key, value in tags.items()}
        self._ways.append((number, [self.node(*spot) for spot in spots], told))

    def ring(self, lon: float, lat: float, size: float, **tags: str) -> int:
        """A square whose south-west corner is there."""
        corners = [(lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size), (lon, lat)]
        return self.way(corners, **tags)

    def write(self, path: Path) -> Path:
        lines = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6">']
        for (lon, lat), (number, tags) in self._nodes.items():
            lines += [f'<node id="{number}" lat="{lat}" lon="{lon}" version="1">', *_tags(tags), "</node>"]
        for number, nodes, tags in self._ways:
            refs = [f'<nd ref="{node}"/>' for node in nodes]
            lines += [f'<way id="{number}" version="1">', *refs, *_tags(tags), "</way>"]
        path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
        return path


def _tags(tags: dict[str, str]) -> list[str]:
    return [f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items()]


def quarter() -> Sketch:
    """A few streets round the spot that tests speak of, in the square of tests/town.py: Merarchias from west to east.

    Its doors: even ones on the south side, odd ones on the north, 20 m apart; of 7 to 13 only the ends are known.
    """
    made = Sketch()
    middle, crossing = (23.52, 41.07), (23.523, 41.07)
    made.way(
        [(23.515, 41.07), middle, crossing, (23.53, 41.07)], highway="secondary", name="Μεραρχίας", old_name="Λαχανά"
    )
    made.way([(23.52, 41.065), middle, (23.52, 41.075)], highway="residential", name="Ελευθερίου Βενιζέλου")
    made.way([(23.523, 41.065), crossing, (23.523, 41.075)], highway="residential", name="25ης Μαρτίου")
    made.way([(23.515, 41.075), (23.52, 41.075)], highway="residential", name="Εμμανουήλ Παππά")
    made.way([(23.52, 41.075), (23.523, 41.075), (23.53, 41.075)], highway="residential", name="Εμμανουήλ Παππά")
    made.way(
        [(23.515, 41.065), (23.52, 41.065), (23.523, 41.065), (23.53, 41.065)],
        highway="tertiary",
        name="Εθνικής Αντίστασης",
        alt_name="Εθνικής Αντιστάσεως",
    )
    for n, number in enumerate(("2", "4", "6", "8", "10", "12", "12Α")):
        made.node(round(23.5203 + n * 0.00025, 6), 41.0699, addr__street="Μεραρχίας", addr__housenumber=number)
    ends = [(23.5203, 41.0701), (23.5215, 41.0701)]
    for spot, number in zip(ends, ("1", "13"), strict=True):
        made.node(*spot, addr__street="Μεραρχίας", addr__housenumber=number)
    made.way(ends, addr__interpolation="odd", addr__street="Μεραρχίας")
    made.ring(23.516, 41.071, 0.0006, building="yes", addr__street="Εμμανουήλ Παππά", addr__housenumber="3")
    made.ring(23.5165, 41.066, 0.002, leisure="park", name="Πάρκο Ηρώων", name__en="Heroes' Park")
    made.ring(23.525, 41.066, 0.001, natural="water")
    made.way([(23.51, 41.06), (23.54, 41.061)], waterway="stream", name="Ρέμα")
    made.way([(23.51, 41.062), (23.54, 41.063)], railway="rail")
    made.node(23.5212, 41.0695, amenity="pharmacy", name="Φαρμακείο Κέντρου")
    return made
