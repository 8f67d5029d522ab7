"""Addresses by pattern: the router is asked once for each kind of address, not once for each row of a list."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import request, url_for


class Link:
    """``Link("photos.photo", "photo_id", "size")`` is called with these parts and gives the path, as ``url_for`` does.

    The parts stand in the path as they are: ids, references and words of ours, nothing that would need quoting.
    """

    def __init__(self, endpoint: str, *parts: str, **fixed: Any) -> None:
        self._endpoint, self._parts, self._fixed = endpoint, parts, tuple(sorted(fixed.items()))

    def __call__(self, *values: Any) -> str:
        return _pattern(request.script_root, self._endpoint, self._parts, self._fixed) % values


@lru_cache(maxsize=256)
def _pattern(root: str, endpoint: str, parts: tuple[str, ...], fixed: tuple[tuple[str, Any], ...]) -> str:
    """The address with ``%s`` for each part; ``root`` is where the service is mounted, which ``url_for`` reads."""
    marks = {part: f"qq{number}qq" for number, part in enumerate(parts)}
    pattern = url_for(endpoint, **{**dict[str, Any](fixed), **marks}).replace("%", "%%")
    for mark in marks.values():
        pattern = pattern.replace(mark, "%s")
    return pattern
