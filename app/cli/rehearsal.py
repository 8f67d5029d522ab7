"""``--dry-run``: everything is done, and nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.extensions import unit_of_work


class _Rehearsed(Exception):
    pass


@contextmanager
def work_kept(*, unless: bool) -> Iterator[None]:
    """A unit of work that is rolled back at its end when ``unless`` is true."""
    try:
        with unit_of_work():
            yield
            if unless:
                raise _Rehearsed
    except _Rehearsed:
        pass
