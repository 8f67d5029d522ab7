"""Paint the demo photos: flat little street scenes, broken and repaired, no third-party picture in them.

`draw("bench", after=False, seed=7)` answers JPEG bytes of 1200×900 with a caption band. The same arguments
give the same picture; before and after of one seed share light, background and colours, so they read as a pair.
"""

from __future__ import annotations

from typing import Final

from demo.drawing.canvas import Painter, Scene
from demo.drawing.parks import bench, fence, fountain, grass, playground, tree
from demo.drawing.streets import cable, drain, light, pothole, sidewalk, sign
from demo.drawing.walls import door, graffiti, wall
from demo.drawing.waste import bin, rubbish

SCENES: Final[dict[str, Painter]] = {
    "bench": bench,
    "bin": bin,
    "cable": cable,
    "door": door,
    "drain": drain,
    "fence": fence,
    "fountain": fountain,
    "graffiti": graffiti,
    "grass": grass,
    "light": light,
    "playground": playground,
    "pothole": pothole,
    "rubbish": rubbish,
    "sidewalk": sidewalk,
    "sign": sign,
    "tree": tree,
    "wall": wall,
}


LETTERED: Final = frozenset({"graffiti", "cable"})  # never mirrored


def draw(kind: str, *, after: bool, seed: int) -> bytes:
    """One demo photo as JPEG bytes; `kind` is a key of `SCENES`. Odd seeds look from the other side."""
    scene = Scene(seed)
    SCENES[kind](scene, after)
    if seed % 2 and kind not in LETTERED:
        scene.mirror()
    return scene.jpeg()
