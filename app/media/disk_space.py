"""How much of the disk is left, and when photos and drafts must wait so that reports and the office can go on."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import current_app

from app.errors import StorageFull

GIGABYTE: Final = 1024**3
LARGEST_RESERVE: Final = 2 * GIGABYTE
RESERVE_SHARE: Final = 0.05
#: People and the operator are told well before: at this many times the reserve.
WARN_AT: Final = 2.0
_ASKED_EVERY_S: Final = 2.0


@dataclass(frozen=True)
class Space:
    """Bytes left on the disk of DATA_DIR, and how many of them are not for photos and drafts."""

    free: int
    reserve: int

    @property
    def is_short(self) -> bool:
        return self.free < self.reserve

    @property
    def is_getting_short(self) -> bool:
        return self.free < self.reserve * WARN_AT


_last: dict[Path, tuple[float, Space]] = {}


def free_space() -> Space:
    """The room on this installation's disk; asked of the system every other second at most."""
    folder = Path(current_app.config["DATA_DIR"])
    measured_at, room = _last.get(folder, (0.0, None))
    if room is None or time.monotonic() - measured_at > _ASKED_EVERY_S:
        room = _measured(folder)
        _last[folder] = (time.monotonic(), room)
    return room


def _measured(folder: Path) -> Space:
    disk = shutil.disk_usage(folder)
    reserve_mb = current_app.config["DISK_RESERVE_MB"]
    usual = min(LARGEST_RESERVE, int(disk.total * RESERVE_SHARE))
    return Space(disk.free, usual if reserve_mb is None else reserve_mb * 1024 * 1024)


def require_space() -> None:
    """Raises StorageFull when only the reserve is left."""
    if free_space().is_short:
        raise StorageFull
