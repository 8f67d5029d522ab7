"""The WSGI entry: ``gunicorn wsgi:app`` and ``flask --app wsgi``."""

import ctypes
import sys

from flask.cli import NoAppException

from app import create_app, language

if sys.platform == "linux":
    # glibc: what is larger than a megabyte, such as a photo, goes back to the system as soon as it is let go. Left to
    # itself it raises this bound to 32 MB, and eight photos once in memory stay for ever. And two heaps are enough for
    # threads that take turns at Python; each thread's own would keep what was once in it.
    libc = ctypes.CDLL(None)
    libc.mallopt(-3, 1024 * 1024)  # M_MMAP_THRESHOLD
    libc.mallopt(-8, 2)  # M_ARENA_MAX

try:
    app = create_app()
    language.preload(app)
except RuntimeError as missing:
    # ``flask`` shows this as one sentence instead of a traceback.
    raise NoAppException(str(missing)) from None
