"""STUB by FLOW so that the app imports; REPORTS overwrites this file."""

from __future__ import annotations

from datetime import datetime


def support(reference: str, *, device: str, at: datetime) -> int:
    raise NotImplementedError
