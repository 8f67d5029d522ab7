"""The Chromium of this machine, for journeys and pictures: no screen, no sandbox as root, nothing of the network."""

from __future__ import annotations

import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def program() -> str | None:
    """Where it is; None when there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)
