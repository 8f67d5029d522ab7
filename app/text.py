"""Text as people type it, made fit to be kept."""

from __future__ import annotations

import re
import unicodedata


def clean(text: str) -> str:
    """Composed Unicode, LF line ends, no control characters, no blank edges."""
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


# XML 1.0 forbids these, PostgreSQL refuses NUL, and no person types them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
