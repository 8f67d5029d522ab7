"""A ground made elsewhere: tiles with our layers in one PMTiles file, https://docs.protomaps.com/pmtiles/"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType


class Archive:
    """An open file of vector tiles. Raises OSError, or ValueError when it is none."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._reader = Reader(MmapSource(file))
            self._header = self._reader.header()
            #: Whom to thank, as the file says.
            self.attribution = str(self._reader.metadata().get("attribution") or "")
        except Exception as error:  # a file that is cut or none fails in as many ways as it has bytes
            raise ValueError(f"{path.name} is no PMTiles file") from error
        header = self._header
        if header["tile_type"] != TileType.MVT:
            raise ValueError(f"{path.name} holds pictures, not vector tiles")
        if header["tile_compression"] not in (Compression.GZIP, Compression.NONE):
            raise ValueError(f"{path.name} is squeezed in a way we do not read")
        ends = (header[f"{part}_offset"] + header[f"{part}_length"] for part in ("leaf_directory", "tile_data"))
        if max(ends) > path.stat().st_size:
            raise ValueError(f"{path.name} is cut off")

    def tile(self, z: int, x: int, y: int) -> bytes:
        """The tile as it was before it was squeezed; empty where there is none."""
        try:
            found: Any = self._reader.get(z, x, y) or b""
            squeezed = self._header["tile_compression"] == Compression.GZIP
            return gzip.decompress(found) if found and squeezed else bytes(found)
        except Exception:
            current_app.logger.warning("a tile of GROUND_PMTILES cannot be read", exc_info=True)
            return b""


@lru_cache(maxsize=2)
def _opened(path: Path, version: int) -> Archive:
    return Archive(path)


def archive_in_use() -> tuple[int, Archive] | None:
    """The file that GROUND_PMTILES names, with its version; None when none is named, or it cannot be read."""
    named = current_app.config["GROUND_PMTILES"]
    if not named:
        return None
    path = Path(named)
    try:
        version = path.stat().st_mtime_ns // 1_000_000
        return version, _opened(path, version)
    except (OSError, ValueError):
        return None
