"""Which kept patches of the map lie wholly in a box, the largest first, and what is left at its border.

Patches are squares of 60 screen pixels at their zoom, counted from the north-west of the world in Web Mercator; one of
a zoom is four of the next. No patch is counted twice, and none that reaches over the border.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.search.models import FINEST

Box = tuple[float, float, float, float]

TILE_PX = 256
CELL_PX = 60
#: A patch counts as inside only with this share of itself to spare, so that no rounding can put it over the border.
_TO_SPARE = 1e-6


def across(lon: float, lat: float) -> tuple[float, float]:
    """Web Mercator, with the whole world from 0 to 1, from the north-west."""
    lat = math.radians(max(-85.0, min(85.0, lat)))
    return (lon + 180) / 360, (1 - math.asinh(math.tan(lat)) / math.pi) / 2


def degrees(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a point of the world from 0 to 1: the inverse of ``across``."""
    return x * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))


def width(zoom: float) -> float:
    """How much of the world a patch is wide."""
    return CELL_PX / TILE_PX / 2**zoom


def box_of(zoom: int, x: int, y: int) -> Box:
    """West, south, east, north of a patch."""
    west, north = degrees(x * width(zoom), y * width(zoom))
    east, south = degrees((x + 1) * width(zoom), (y + 1) * width(zoom))
    return west, south, east, north


@dataclass(frozen=True)
class Block:
    """Patches of one zoom side by side, both ends included."""

    zoom: int
    x0: int
    x1: int
    y0: int
    y1: int

    @property
    def is_empty(self) -> bool:
        return self.x0 > self.x1 or self.y0 > self.y1


def inside(box: Box, zoom: int) -> Block:
    """The patches of this zoom that lie wholly in the box."""
    (west, north), (east, south) = across(box[0], box[3]), across(box[2], box[1])
    size = width(zoom)
    return Block(
        zoom,
        math.ceil(west / size + _TO_SPARE),
        math.floor(east / size - _TO_SPARE) - 1,
        math.ceil(north / size + _TO_SPARE),
        math.floor(south / size - _TO_SPARE) - 1,
    )


@dataclass(frozen=True)
class Cover:
    """How a box is covered: one block, thinner and thinner columns and rows around it, and what is left."""

    block: Block
    columns: list[Block]
    rows: list[Block]
    #: What all of these cover together, in patches of the finest zoom.
    whole: Block
    #: Boxes in degrees that hold the rest of the box, and may overlap.
    border: list[Box]


def cover(box: Box, zoom: int) -> Cover:
    """Cover a box with patches of this zoom and finer ones."""
    block = next((b for b in (inside(box, z) for z in range(zoom, FINEST + 1)) if not b.is_empty), inside(box, FINEST))
    columns: list[Block] = []
    rows: list[Block] = []
    inner = block
    while not inner.is_empty and inner.zoom < FINEST:
        outer = inside(box, inner.zoom + 1)
        x0, x1, y0, y1 = 2 * inner.x0, 2 * inner.x1 + 1, 2 * inner.y0, 2 * inner.y1 + 1
        columns += [
            Block(outer.zoom, x, x, outer.y0, outer.y1) for x in (*range(outer.x0, x0), *range(x1 + 1, outer.x1 + 1))
        ]
        rows += [Block(outer.zoom, x0, x1, y, y) for y in (*range(outer.y0, y0), *range(y1 + 1, outer.y1 + 1))]
        inner = outer
    return Cover(block, columns, rows, inner, _border(box, inner))


def _border(box: Box, whole: Block) -> list[Box]:
    if whole.is_empty:
        return [box]
    west, south, east, north = box
    inner_west, _south, _east, inner_north = box_of(FINEST, whole.x0, whole.y0)
    _west, inner_south, inner_east, _north = box_of(FINEST, whole.x1, whole.y1)
    return [
        (west, south, inner_west, north),
        (inner_east, south, east, north),
        (west, south, east, inner_south),
        (west, inner_north, east, north),
    ]
