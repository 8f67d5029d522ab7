"""What tells one request's content from another's."""

from __future__ import annotations

import hashlib
from typing import IO

from werkzeug.datastructures import FileStorage

_AT_ONCE = 1024 * 1024


def fingerprint(*parts: bytes | FileStorage) -> str:
    """SHA-256 over the parts of a request, order kept; a file is read through and left at its beginning."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest() if isinstance(part, bytes) else digest_of(part))
    return digest.hexdigest()


def digest_of(file: IO[bytes] | FileStorage) -> bytes:
    """SHA-256 of a file, which is read through and left at its beginning."""
    digest = hashlib.sha256()
    file.seek(0)
    while some := file.read(_AT_ONCE):
        digest.update(some)
    file.seek(0)
    return digest.digest()
