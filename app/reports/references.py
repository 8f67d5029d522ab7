"""Report numbers, as people read them out."""

from __future__ import annotations

import re


def reference_from(typed: str) -> str | None:
    """The reference in what somebody typed or read over the telephone; None when its check digits are wrong."""
    digits = re.sub(r"\D", "", typed)
    if not 9 <= len(digits) <= 12 or int(digits) % 97:
        return None
    return f"{digits[:-6]}-{digits[-6:-3]}-{digits[-3:]}"
